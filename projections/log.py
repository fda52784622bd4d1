"""The log as readers may see it: the stored entries in their order, each from the moment at which it counts.

An entry counts from the later of its recording and its moment on the public clock, as far as was known by then. One
that introduces or names what is still under embargo is under it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, select

from events.articles import ArticleRegistered
from events.entities import (
    EntityAbsorbed,
    EntityEntry,
    EntityIdentified,
    EntityMerged,
    EntityRegistered,
    EntityReleased,
    EntityUnmerged,
)
from events.entries import Entry, Logged
from events.joins import counted
from events.moments import BEGINNING, Moment, rfc3339
from events.naming import Naming
from projections.entries import decoded, family_of, histories
from projections.known import visible
from projections.reading import Reading
from projections.tables import entries, identifiers, links, names

Json = dict[str, Any]
_MERGING = (EntityMerged, EntityUnmerged, EntityAbsorbed, EntityReleased)
_OF_ALL = {field.name for field in fields(Entry)}


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries in the order of the log, and the position after which the next page begins; None on the last."""

    items: list[Json]
    after: int | None


def log_page(connection: Connection, reading: Reading, after: int, limit: int) -> LogPage:
    """At most `limit` entries beyond the position `after` that count at the reading's `known_at` on the recorded clock.

    `{"position", "topic", "originator", "number", "recorded_at", "subject", "actor", "data"}` each; `subject` is
    `(kind, id)`, where the kind is `event`, `article` or that of the entity.
    """
    reading = replace(reading, clock="recorded")
    found: list[Json] = []
    while True:
        pulled = _pulled(connection, reading, after, limit + 1 - len(found))
        known = set(_counting(connection, pulled, reading))
        found += [_shown(logged) for logged in pulled if logged.position in known]
        if len(found) > limit:
            return LogPage(found[:limit], found[limit - 1]["position"])
        if not pulled:
            return LogPage(found, None)
        after = pulled[-1].position


def _pulled(connection: Connection, reading: Reading, after: int, limit: int) -> list[Logged]:
    query = select(entries).where(entries.c.position > after, entries.c.recorded_at <= reading.known_at)
    return list(decoded(connection.execute(query.order_by(entries.c.position).limit(limit))))


def _counting(connection: Connection, pulled: Sequence[Logged], reading: Reading) -> Iterator[int]:
    """The positions of the entries that count at the reading."""
    for history in histories(connection, {logged.entry.originator_id.hex for logged in pulled}, reading).values():
        count = _counts_about(history[0].entry)
        yield from (logged.position for logged in count(connection, history, reading))


Counting = Callable[[Connection, Sequence[Logged], Reading], Iterator[Logged]]


def _counts_about(entry: Entry) -> Counting:
    if isinstance(entry, EntityEntry):
        return _of_entity
    return _of_article if isinstance(entry, ArticleRegistered) else _of_event


def _of_event(connection: Connection, history: Sequence[Logged], reading: Reading) -> Iterator[Logged]:
    event = history[0].entry.originator_id
    moments, _announced = counted(family_of(connection, event, {event: list(history)}, reading))[event]
    yield from (logged for logged, moment in zip(history, moments, strict=True) if moment <= reading.known_at)


def _of_article(connection: Connection, history: Sequence[Logged], reading: Reading) -> Iterator[Logged]:
    target = history[0].entry.originator_id.hex
    cited = (links.c.kind == "article", links.c.target == target, links.c.clock == "recorded", links.c.known_from <= reading.known_at)
    if connection.scalar(select(exists().where(*cited))):
        yield from history


def _of_entity(connection: Connection, history: Sequence[Logged], reading: Reading) -> Iterator[Logged]:
    merging = BEGINNING
    for logged in history:
        entry = logged.entry
        moment = Moment.parse(entry.announced).at if entry.announced is not None else BEGINNING
        if isinstance(entry, _MERGING):  # what is undone clerically is as secret as what was done
            merging = moment = max(moment, merging)
        if moment <= reading.known_at and all(connection.scalar(select(condition)) for condition in _conditions(entry, reading)):
            yield logged


def _conditions(entry: EntityEntry, reading: Reading) -> Iterator[ColumnElement[bool]]:
    """What has to be known for an entry about an entity to be: whom it is about, and every name that it gives."""
    for entity in {entry.id, *(getattr(entry, side) for side in ("winner", "loser") if hasattr(entry, side))}:
        yield visible(reading, entry.kind, entity)
    if isinstance(entry, Naming):
        for name in {*entry.names.values(), *entry.aliases}:
            yield _stands(names, entry, reading, names.c.name == name)
    if isinstance(entry, EntityRegistered | EntityIdentified):
        for scheme, value in entry.identifiers.items():
            yield _stands(identifiers, entry, reading, identifiers.c.scheme == scheme, identifiers.c.value == value)


def _stands(table: Table, entry: EntityEntry, reading: Reading, *same: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.kind == entry.kind, table.c.id == entry.id, table.c.recorded_from <= reading.known_at, *same)


def _shown(logged: Logged) -> Json:
    entry = logged.entry
    return {
        "position": logged.position,
        "topic": entry.TOPIC,
        "originator": entry.originator_id.hex,
        "number": entry.originator_version,
        "recorded_at": rfc3339(logged.recorded_at),
        "subject": _subject(entry),
        "actor": entry.actor,
        "data": {field.name: getattr(entry, field.name) for field in fields(entry) if field.name not in _OF_ALL},
    }


def _subject(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, EntityEntry):
        return entry.kind, entry.id
    return "article" if isinstance(entry, ArticleRegistered) else "event", str(entry.originator_id)
