"""Two readings of the feed compared: the events that only one of them has, or that they know differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, except_, func, or_, select, union

from projections.cursors import Page, Paged, place
from projections.known import current
from projections.reading import Reading
from projections.rendering import event_json
from projections.tables import versions

Json = dict[str, Any]
Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FeedDiffQuery(Paged):
    """The first of the two readings; the second is the page's own."""

    from_as_of: int = 0
    from_known_at: int = 0


def feed_diff(connection: Connection, query: FeedDiffQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of the events in which two readings differ, newest first by the day on which they took effect.

    `{"id", "change", "before", "after"}` each: `added`, `removed` or `changed`, and the event as either reading has it, null where it
    has none. An event belongs to a reading from the `earliest` of its day on. `ceiling` is the latest moment to which a cursor
    may look. Raises `Invalid` for a broken cursor.
    """
    at = place(query, reading, lambda _: tuple[int, str], ceiling)
    after = at.reading
    before = replace(after, as_of=at.query.from_as_of, known_at=_from_known_at(at.query, query.cursor, reading, ceiling))
    rows = connection.execute(_differing(before, after, at.key).limit(query.limit + 1)).all()
    kept, following = at.cut(rows, lambda row: (row.day, row.event_id))
    ids = [row.event_id for row in kept]
    then, now = (_events(connection, ids, side) for side in (before, after))
    return Page([_line(then.get(event), now.get(event)) for event in ids], following)


def _from_known_at(pinned: FeedDiffQuery, cursor: str | None, reading: Reading, ceiling: int | None) -> int:
    """What the first reading knew: as asked for, but a cursor may be forged."""
    return pinned.from_known_at if cursor is None else min(pinned.from_known_at, reading.known_at if ceiling is None else ceiling)


def _known(reading: Reading) -> ColumnElement[bool]:
    return current(versions, reading) & (versions.c.effective_first <= reading.as_of)


def _differing(before: Reading, after: Reading, key: Sequence[Any] | None) -> Select[Any]:
    columns = (versions.c.event_id, versions.c.seq, versions.c.effective_first)
    one, other = (select(*columns).where(_known(reading)) for reading in (before, after))
    either = union(select(except_(one, other).subquery()), select(except_(other, one).subquery())).subquery().c
    day = func.max(either.effective_first).label("day")
    query = select(either.event_id, day).group_by(either.event_id).order_by(day.desc(), either.event_id)
    if key is not None:
        query = query.having(or_(day < key[0], (day == key[0]) & (either.event_id > key[1])))
    return query


def _events(connection: Connection, ids: Sequence[str], reading: Reading) -> dict[str, Json]:
    rows = connection.execute(select(versions).where(versions.c.event_id.in_(ids), _known(reading))).all()
    return {row.event_id: event for row, event in zip(rows, event_json(connection, rows, reading), strict=True)}


def _line(before: Json | None, after: Json | None) -> Json:
    change: Change = "added" if before is None else "removed" if after is None else "changed"
    return {"id": (after or before or {})["id"], "change": change, "before": before, "after": after}
