"""Pairs of events that may be the same, side by side, with what would join them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from events.posting import load
from projections.duplicates import DuplicateQuery
from projections.duplicates import duplicates as pairs
from service.api.answers import Look
from service.api.duplicates import DuplicateParameters
from service.api.feed import listed_types
from service.errors import Json
from service.web.addresses import data_onward, here, link
from service.web.entries import Entry, entry
from service.web.filtering import read_filters
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table
from service.web.timeline import by_group

COLUMNS = ("type", "join", "headline", "effective", "recorded_at", "into", "into_headline", "into_effective", "into_recorded_at")
_SCHEMA = DuplicateParameters()
_SHOWN = ("headline", "effective", "recorded_at")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two events, the older one first; `form` is the address where they can be joined, `line` does it in an import."""

    events: tuple[Entry, ...]
    form: str
    line: str


@page("/duplicates", "duplicates.html", csv=True)
def duplicates(seen: Look) -> Shown:
    """The pairs, those with the event recorded last first."""
    title, types = str(gettext("Possible duplicates")), by_group()
    form = read_filters(request.args, ("organization", "person", "type"), lambda given: _query(load(_SCHEMA, given)), seen)
    if form.refused is not None:
        return Shown(title, {}, of_events(seen), {"form": form, "types": types}, refused=form.refused)
    found = pairs(seen.connection, _query({**form.values, "cursor": request.args.get("cursor")}), seen.reading, seen.ceiling)
    following = here(cursor=found.next) if found.next is not None else None
    extra = {"form": form, "types": types, "pairs": list(map(_pair, found.items)), "following": following}
    data = {"items": found.items, "next": data_onward(found.next)}
    return Shown(title, data, of_events(seen), extra, {"duplicates": Table(COLUMNS, list(_rows(found.items)))})


def _pair(pair: Json) -> Pair:
    line = pair["line"]
    form = link("web.join", event_id=line["join"], into=line["into"])
    return Pair(tuple(entry(event) for event in pair["events"]), form, json.dumps(line, ensure_ascii=False))


def _rows(pairs: Iterable[Json]) -> Iterator[Json]:
    """A row for each pair: the newer event, which would be joined, and the older one into which it would be."""
    for pair in pairs:
        older, newer = (
            {"id": event["id"], **{name: event[name] for name in _SHOWN}, "effective": event["effective"]["value"]}
            for event in pair["events"]
        )
        own = {"type": pair["events"][0]["type"], "join": newer.pop("id"), "into": older.pop("id"), **newer}
        yield {**own, **{f"into_{name}": value for name, value in older.items()}}


def _query(given: dict[str, str | None]) -> DuplicateQuery:
    """What the parameters ask for; raises `Invalid` for a type that is none."""
    return DuplicateQuery(50, given.get("cursor"), given.get("organization"), given.get("person"), listed_types(given.get("type")))
