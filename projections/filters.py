"""Which events a reader wants: each filter as a condition on rows of `versions`.

What few events meet is looked up and given as their ids, which the engines then fetch; what many meet is asked of each
event in turn, since a page of the feed is full after some of them. Either way the answer is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, exists, false, or_, select

from events.fields import KINDS, Kind
from events.names import match_key
from events.text import CJK_RUN, query_tokens
from projections.known import current, standing_merge
from projections.merging import together, touching
from projections.reading import Reading
from projections.tables import links, versions
from projections.texts import has_text, targets

FEW = 1000
MOST_TARGET = 120

Targets = Collection[str] | Select[str]
_Part = list[str] | ColumnElement[bool]
"""Some of the events that are wanted: the ids of all, or a condition on a version."""


def mentions(connection: Connection, kind: str, wanted: Targets, reading: Reading) -> ColumnElement[bool]:
    """Whether an event mentions one of the entities of that kind, cites one of the articles or has one of the tags."""
    return _any([_linked(connection, kind, wanted, reading)])


def tagged(connection: Connection, tag: str, reading: Reading) -> ColumnElement[bool]:
    """Whether an event has the tag, however it is spelt."""
    return mentions(connection, "tag", [match_key(tag)[:MOST_TARGET]], reading)


def one_of(connection: Connection, column: Column[str], wanted: Collection[str], reading: Reading) -> ColumnElement[bool]:
    """Whether the `type` or the `status` of a version is one of those."""
    asked = column.in_(wanted)
    return _any([_few_or_each(connection, select(versions.c.event_id).where(asked, current(versions, reading)), asked)])


def worded(connection: Connection, q: str, reading: Reading) -> Iterator[ColumnElement[bool]]:
    """Conditions that every word of `q` is in an event or in the name of an entity that it mentions."""
    wanted = query_tokens(q)
    if q.strip() and not wanted:
        yield false()  # nothing can be found by punctuation alone
    for token in wanted:
        yield _any(list(_with_token(connection, token, reading)))


def _with_token(connection: Connection, token: str, reading: Reading) -> Iterator[_Part]:
    prefix = len(token) == 1 and CJK_RUN.match(token) is not None
    each = has_text(connection, "event", versions.c.event_id, [token], reading, prefix=prefix)
    yield _few_or_each(connection, targets(connection, "event", [token], reading, prefix=prefix), each)
    for kind in KINDS:
        named = targets(connection, kind, [token], reading, prefix=prefix)
        few = connection.scalars(named.limit(FEW + 1)).all()
        if few:
            yield from _named(connection, kind, named if len(few) > FEW else few, reading)


def _named(connection: Connection, kind: Kind, named: Targets, reading: Reading) -> Iterator[_Part]:
    """Events that mention one of the entities, or one that a merge makes the same."""
    yield _linked(connection, kind, named, reading)
    merged = {row.loser for row in connection.execute(touching(kind, named, standing_merge(reading)))}
    if merged:
        yield _linked(connection, kind, together(connection, kind, merged, reading), reading)


def _linked(connection: Connection, kind: str, wanted: Targets, reading: Reading) -> _Part:
    link = and_(links.c.kind == kind, links.c.target.in_(wanted), current(links, reading))
    return _few_or_each(connection, select(links.c.event_id).where(link), exists().where(link, links.c.event_id == versions.c.event_id))


def _few_or_each(connection: Connection, ids: Select[str], each: ColumnElement[bool]) -> _Part:
    few = connection.scalars(ids.limit(FEW + 1)).all()
    return list(few) if len(few) <= FEW else each


def _any(parts: list[_Part]) -> ColumnElement[bool]:
    ids = {event for part in parts if isinstance(part, list) for event in part}
    conditions: list[Any] = [part for part in parts if not isinstance(part, list)]
    return or_(versions.c.event_id.in_(sorted(ids)), *conditions)
