"""What pages about a person, an organization or a product have in common: the card, the events, and how much of a long list is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import request

from events.errors import Invalid, NotFound
from events.refs import Kind
from projections.changes import days_of
from projections.entities import card
from projections.feed import FeedQuery, feed
from projections.rendering import events_by_id
from service.api.answers import Json, Look
from service.web.marks import Marks, of_days, travelling
from service.web.tables import Table

LISTS: Mapping[str, int] = {"holders": 60, "chart": 60, "reports": 30, "changes": 15, "on_leave": 15, "vacant": 15, "products": 15}
"""How many lines of a long list a page shows where the reader does not ask for all."""
MOST_DRAWN = 240
"""How many tenures a chart draws at most: a page with more would be too heavy, and the chart no easier to read."""
_TRUTHS = {"1": True, "true": True, "0": False, "false": False}


def card_of(seen: Look, kind: Kind, entity: str) -> Json:
    """The card as the API has it, with `known`: false where nothing was known of it yet at the reading, and then with nothing on it."""
    try:
        return {**card(seen.connection, kind, entity, seen.reading), "known": True}
    except NotFound:
        nothing: Json = {"names": {}, "aliases": [], "identifiers": {}, "merged": []}
        return {"kind": kind, "id": entity, "name": entity, **nothing, "known": False}


def marks_of(seen: Look, kind: Kind, entity: str) -> Marks:
    """The days on which the answer about it changes."""
    return of_days(days_of(seen.connection, kind, entity, travelling(seen).reading), seen)


def events_about(seen: Look, kind: Kind, entity: str, limit: int, types: tuple[str, ...] = ()) -> list[Json]:
    """The newest events that mention it, by the day looked at where the reader chose one."""
    query = FeedQuery(limit, types=types, as_of=seen.reading.as_of if "as_of" in request.args else None)
    try:
        return feed(seen.connection, query.about(kind, entity), seen.reading, seen.ceiling).items
    except NotFound:  # it was not known at the reading, so no event was either
        return []


def told_by(seen: Look, lines: Iterable[Json]) -> dict[str, Json]:
    """The events that the lines name, also in their reasons, by id."""
    whys = [why for line in lines for why in (line, *line.get("why", {}).get("steps", ()), *line.get("why", {}).get("claims", ()))]
    ids = [event for why in whys for event in (*why.get("events", ()), why.get("event"))]
    return events_by_id(seen.connection, [event for event in ids if event is not None], seen.reading)


def asked(name: str) -> bool:
    """Whether a parameter of the address that is yes or no says yes; raises `Invalid` for anything else."""
    given = request.args.get(name, "0")
    if given not in _TRUTHS:
        raise Invalid.of(name, given, f"{name!r} is yes or no, and {given!r} is neither", "1 or 0")
    return _TRUTHS[given]


def most(name: str) -> int | None:
    """How many lines of one of the long `LISTS` are shown, or None for all where the address asks for that list (`all=holders`).

    Of a chart those are as many as can be drawn. Raises `Invalid` for what is none of the lists.
    """
    given = request.args.get("all")
    if given is not None and given not in LISTS:
        raise Invalid.of("all", given, f"{given!r} is no list of the page", "one of " + ", ".join(LISTS))
    if given != name:
        return LISTS[name]
    return MOST_DRAWN if name == "chart" else None


def table(columns: tuple[str, ...], lines: Iterable[Json]) -> Table:
    """Lines of an answer as a table: entities by id and name, dates as written, events by id."""
    return Table(columns, [dict(_cells(line)) for line in lines])


def _cells(line: Json) -> Iterable[tuple[str, object]]:
    for name, value in line.items():
        match value:
            case {"id": entity, "name": text}:
                yield from ((name, text), (f"{name}_id", entity))
            case {"value": date}:
                yield name, date
            case list():
                yield name, " ".join(str(item) for item in value if isinstance(item, str))
            case _:
                yield name, value
