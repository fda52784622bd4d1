"""Near duplicates: pairs of events of one type about the same entities on overlapping or close dates, which may be one event.

Where the type tells what happened in free words, as a statement does, the two must share half of their words at least.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, select, tuple_

from events.dates import CLOSE_DAYS, PartialDate
from events.fields import Kind
from events.text import likeness
from events.types import event_type
from projections.cursors import Page, Paged, Place, place
from projections.entities import resolve
from projections.filters import mentions
from projections.known import current
from projections.likeness import Likenesses, identifying
from projections.merging import losers
from projections.reading import Reading
from projections.rendering import event_json
from projections.tables import versions

REASON = "the same event"
ALIKE = Fraction(1, 2)
"""How much of their words two events must share at least, where their type has any."""
Json = dict[str, Any]
Key = tuple[int, int]
_OLDER = versions.alias("older")
_AT = (versions.c.position, _OLDER.c.position)


@dataclass(frozen=True, slots=True)
class DuplicateQuery(Paged):
    """Which pairs: of events that mention the `organization` and the `person` (ids or names), of one of the `types`."""

    organization: str | None = None
    person: str | None = None
    types: tuple[str, ...] = ()


def duplicates(connection: Connection, query: DuplicateQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of pairs that are known at the reading, those with the event recorded last first.

    `{"events": [older, newer], "line": {"join", "into", "reason"}}` each, the events as `event_json` has them, the line as
    an import takes it. `ceiling` is the latest moment to which a cursor may look. Raises `Invalid`, `NotFound`, `Ambiguous`.
    """
    at = place(query, reading, lambda _: tuple[int, int], ceiling)
    found: list[tuple[Row[Any], Row[Any]]] = []
    wanted, key = list(_conditions(connection, at.query, at.reading)), at.key
    while len(found) <= at.query.limit and (pulled := _pulled(connection, at, wanted, key)):
        found += _alike(connection, pulled, at.reading)
        key = (pulled[-1][0], pulled[-1][1])
    kept, following = at.cut(found, lambda pair: (pair[1].position, pair[0].position))
    shown = event_json(connection, [row for pair in kept for row in pair], at.reading)
    return Page([_pair(*both) for both in zip(shown[::2], shown[1::2], strict=True)], following)


def near(connection: Connection, event_id: UUID, version: Mapping[str, Any], reading: Reading) -> list[Json]:
    """The events that may be the same as one that is not written yet, oldest first; `version` is its `type`, `fields` and `effective`.

    `{"id", "headline", "effective", "line"}` each.
    """
    kind, day = event_type(version["type"]), PartialDate.parse(version["effective"])
    mentioned = identifying(kind.name, version["fields"])
    key = Likenesses.of(connection, mentioned).key(kind, version["fields"])
    if key is None:
        return []
    close = _close(versions.c.effective_first, versions.c.effective_last, day.first, day.last)
    query = select(versions).where(versions.c.likeness == key, versions.c.event_id != event_id.hex, current(versions, reading), close)
    rows = connection.execute(query.order_by(versions.c.position)).all()
    bodies = [version, *(orjson.loads(row.body) for row in rows)]
    own, *others = zip(_keys(connection, bodies, reading), bodies, strict=True)
    shown = event_json(connection, [row for row, other in zip(rows, others, strict=True) if _may_be_one(own, other)], reading)
    return [{**{name: one[name] for name in ("id", "headline", "effective")}, "line": _line(str(event_id), one["id"])} for one in shown]


def _conditions(connection: Connection, query: DuplicateQuery, reading: Reading) -> Iterator[ColumnElement[bool]]:
    yield and_(versions.c.likeness == _OLDER.c.likeness, versions.c.clock == _OLDER.c.clock, _AT[0] > _AT[1])
    yield _close(versions.c.effective_first, versions.c.effective_last, _OLDER.c.effective_first, _OLDER.c.effective_last)
    yield and_(current(versions, reading), current(_OLDER, reading))
    wanted: dict[Kind, str | None] = {"organization": query.organization, "person": query.person}
    for kind, text in wanted.items():
        if text is not None:
            entity = resolve(connection, kind, text, reading)
            yield mentions(connection, kind, losers(connection, kind, entity, reading), reading)
    if query.types:
        yield versions.c.type.in_(query.types)


def _close(first: Any, last: Any, other_first: Any, other_last: Any) -> ColumnElement[bool]:
    return and_(first - CLOSE_DAYS <= other_last, other_first <= last + CLOSE_DAYS)


def _pulled(
    connection: Connection, at: Place[DuplicateQuery], wanted: Sequence[ColumnElement[bool]], key: tuple[Any, ...] | None
) -> Sequence[Row[int, int, str, str]]:
    query = select(*_AT, versions.c.event_id, _OLDER.c.event_id).where(*wanted)
    if key is not None:
        query = query.where(tuple_(*_AT) < key)
    return connection.execute(query.order_by(*(column.desc() for column in _AT)).limit(at.query.limit + 1)).all()


def _alike(connection: Connection, pulled: Sequence[Row[int, int, str, str]], reading: Reading) -> Iterator[tuple[Row[Any], Row[Any]]]:
    """The pairs, older first, whose entities are the same at the reading, and whose words are alike."""
    ids = sorted({event_id for row in pulled for event_id in row[2:]})
    rows = connection.execute(select(versions).where(versions.c.event_id.in_(ids), current(versions, reading))).all()
    bodies = [orjson.loads(row.body) for row in rows]
    told = dict(zip((row.event_id for row in rows), zip(_keys(connection, bodies, reading), bodies, strict=True), strict=True))
    by_id = {row.event_id: row for row in rows}
    for _, _, newer, older in pulled:
        if _may_be_one(told[newer], told[older]):
            yield by_id[older], by_id[newer]


def _keys(connection: Connection, bodies: Sequence[Mapping[str, Any]], reading: Reading) -> list[str | None]:
    mentioned = {one for body in bodies for one in identifying(body["type"], body["fields"])}
    alike = Likenesses.at(connection, mentioned, reading)
    return [alike.key(event_type(body["type"]), body["fields"]) for body in bodies]


def _may_be_one(one: tuple[str | None, Mapping[str, Any]], other: tuple[str | None, Mapping[str, Any]]) -> bool:
    """Whether two events have the same key, each given with its body, and words that are alike."""
    (key, body), (other_key, other_body) = one, other
    words = event_type(body["type"]).words
    return key == other_key and (words is None or likeness(body["fields"][words], other_body["fields"][words]) >= ALIKE)


def _pair(older: Json, newer: Json) -> Json:
    return {"events": [older, newer], "line": _line(newer["id"], older["id"])}


def _line(loser: str, winner: str) -> Json:
    return {"join": loser, "into": winner, "reason": REASON}
