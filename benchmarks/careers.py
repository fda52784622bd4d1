"""Entries about made-up careers in made-up organizations, the same ones every time, to fill stores of any size with.

A career is five events: a person joins, goes on leave, comes back, is gone or still there, and a product is released. The first
`OWN` careers are in the organization `OBSERVED`, recorded as they were announced; all others are recorded in 2024 and later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from events.entities import EntityAbsorbed, EntityMerged, EntityRegistered, entity_aggregate
from events.entries import Entry, aggregate_id
from events.event import EventRecorded
from events.fields import Kind

OBSERVED = "organization-0"
EVENTS = 5
"""How many events a career has."""
OWN = 400
CAREERS_EACH = 40
"""How many careers each other organization has."""
VERSIONS = 8
"""How many careers release versions of one product."""
MERGED_EVERY = 200
"""Of this many people one turns out to be the one before."""
_OPENED, _DAYS = date(2000, 1, 1), 5500
_LATER = datetime(2024, 1, 1, tzinfo=UTC)


def observed() -> list[Entry]:
    """All entries about the organization `OBSERVED`: those about entities first, then the events as they were announced."""
    opened = _noon(_OPENED)
    about = [entry for number in range(OWN) for entry in _registered(number, opened)]
    events = [_event(number, turn, None) for number in range(OWN) for turn in range(EVENTS)]
    return [*about, *sorted(events, key=lambda event: event.timestamp)]


def others(first: int, last: int) -> Iterator[Entry]:
    """The entries of the careers from the number `first` to before `last`, none of them in `OBSERVED`."""
    for number in range(max(first, OWN), last):
        at = _LATER + timedelta(seconds=number)
        yield from _registered(number, at)
        yield from (_event(number, turn, at) for turn in range(EVENTS))
        if number % MERGED_EVERY == MERGED_EVERY - 1:
            yield from _merge(f"person-{number}", f"person-{number - 1}", at)


def _organization(number: int) -> str:
    return OBSERVED if number < OWN else f"organization-{number // CAREERS_EACH}"


def _registered(number: int, at: datetime) -> Iterator[Entry]:
    """The entities that a career is the first to mention."""
    yield _entity("person", f"person-{number}", number, 0, at)
    if number % VERSIONS == 0:
        yield _entity("product", f"product-{number // VERSIONS}", number, EVENTS - 1, at)
    if number == 0 or (number >= OWN and number % CAREERS_EACH == 0):
        yield _entity("organization", _organization(number), number, 0, at)


def _entity(kind: Kind, entity: str, number: int, turn: int, at: datetime) -> Entry:
    names = {"en": entity.replace("-", " ").title()}
    return EntityRegistered(entity_aggregate(kind, entity), 1, at, None, kind, entity, None, names, [], {}, _event_id(number, turn))


def _merge(loser: str, winner: str, at: datetime) -> Iterator[Entry]:
    yield EntityMerged(entity_aggregate("person", loser), 2, at, None, "person", loser, None, winner, "the same person")
    yield EntityAbsorbed(entity_aggregate("person", winner), 2, at, None, "person", winner, None, loser)


def _event_id(number: int, turn: int) -> UUID:
    return aggregate_id("event", str(number), str(turn))


def _event(number: int, turn: int, at: datetime | None) -> EventRecorded:
    name, days, own = _turns(number)[turn]
    day = _OPENED + timedelta(days=number * 7919 % _DAYS + days)
    source = {"title": f"Report {number} {turn}", "publisher": f"Wire {number % 50}", "url": f"https://news.example/{number}/{turn}"}
    fields = {**own, "organization": _organization(number)}
    return EventRecorded(
        _event_id(number, turn), 1, at or _noon(day), None, name, fields, day.isoformat(), day.isoformat(), "reported", [source], {}, [],
        None,
    )  # fmt: skip


def _turns(number: int) -> list[tuple[str, int, dict[str, Any]]]:
    """The type, the days since the beginning and the own fields of each event of a career."""
    who = {"person": f"person-{number}"}
    post = {**who, "role": f"Head of unit {number % 150}"}
    seen = ("departure", {**who, "reason": "retired"}) if number % 4 else ("incumbency", post)
    return [
        ("appointment", 0, post),
        ("leave_of_absence", 200, {**who, "reason": "illness"}),
        ("return_from_leave", 260, who),
        (seen[0], 1500, seen[1]),
        ("product_release", 100, {"product": f"product-{number // VERSIONS}", "version": str(number % VERSIONS)}),
    ]


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
