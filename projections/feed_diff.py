"""Two readings of the feed compared: the events that only one of them has, or that they know or call differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, Subquery, except_, func, or_, select, union

from projections.cursors import Page, Paged, place
from projections.known import current
from projections.reading import Reading
from projections.rendering import event_json
from projections.retold import retold
from projections.tables import versions

Json = dict[str, Any]
Change = Literal["added", "removed", "changed"]
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class FeedDiffQuery(Paged):
    """The first of the two readings; the second is the page's own."""

    from_as_of: int = 0
    from_known_at: int = 0


def feed_diff(connection: Connection, query: FeedDiffQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of the events in which two readings differ, newest first by the day on which they took effect.

    `{"id", "change", "before", "after"}` each: `added`, `removed` or `changed`, and the event as either reading has it, null where it
    has none. An event is changed, too, that reads otherwise on the second reading's day by what is known of its names and merges;
    a name that only the other day has changes none. An event belongs to a reading from the `earliest` of its day on. `ceiling` is
    the latest moment to which a cursor may look. Raises `Invalid` for a broken cursor.
    """
    at = place(query, reading, lambda _: tuple[int, str], ceiling)
    after = at.reading
    before = replace(after, as_of=at.query.from_as_of, known_at=_from_known_at(at.query, query.cursor, reading, ceiling))
    lines = list(islice(_lines(connection, before, after, at.key, query.limit), query.limit + 1))
    kept, following = at.cut(lines, lambda line: line[0])
    return Page([line for _, line in kept], following)


def _lines(connection: Connection, before: Reading, after: Reading, key: Key | None, limit: int) -> Iterator[tuple[Key, Json]]:
    """The lines after a place, each with its own; they are read by so many at once, and those left out that read alike."""
    either = _either(connection, before, after)
    more = True
    while more:
        rows = connection.execute(_after(either, key).limit(limit + 1)).all()
        ids = [row.event_id for row in rows]
        then, now = (_events(connection, ids, side) for side in (before, after))
        alike = then if before.as_of == after.as_of else _events(connection, ids, replace(before, as_of=after.as_of))
        for row in rows:
            event = row.event_id
            if event not in then or event not in now or alike[event] != now[event]:
                yield (row.day, event), _line(then.get(event), now.get(event))
        more = len(rows) > limit
        key = (rows[-1].day, rows[-1].event_id) if more else None


def _from_known_at(pinned: FeedDiffQuery, cursor: str | None, reading: Reading, ceiling: int | None) -> int:
    """What the first reading knew: as asked for, but a cursor may be forged."""
    return pinned.from_known_at if cursor is None else min(pinned.from_known_at, reading.known_at if ceiling is None else ceiling)


def _known(reading: Reading) -> ColumnElement[bool]:
    return current(versions, reading) & (versions.c.effective_first <= reading.as_of)


def _either(connection: Connection, before: Reading, after: Reading) -> Subquery:
    """The events, with their days, that the readings know in different versions, or that mention whom they call differently."""
    columns = (versions.c.event_id, versions.c.seq, versions.c.effective_first)
    one, other = (select(*columns).where(_known(reading)) for reading in (before, after))
    found = [
        select(sided.c.event_id, sided.c.effective_first) for sided in (except_(one, other).subquery(), except_(other, one).subquery())
    ]
    if before.known_at != after.known_at:
        found.append(retold(connection, before, after))
    return union(*found).subquery()


def _after(either: Subquery, key: Sequence[Any] | None) -> Select[Any]:
    day = func.max(either.c.effective_first).label("day")
    query = select(either.c.event_id, day).group_by(either.c.event_id).order_by(day.desc(), either.c.event_id)
    if key is not None:
        query = query.having(or_(day < key[0], (day == key[0]) & (either.c.event_id > key[1])))
    return query


def _events(connection: Connection, ids: Sequence[str], reading: Reading) -> dict[str, Json]:
    rows = connection.execute(select(versions).where(versions.c.event_id.in_(ids), _known(reading))).all()
    return {row.event_id: event for row, event in zip(rows, event_json(connection, rows, reading), strict=True)}


def _line(before: Json | None, after: Json | None) -> Json:
    change: Change = "added" if before is None else "removed" if after is None else "changed"
    return {"id": (after or before or {})["id"], "change": change, "before": before, "after": after}
