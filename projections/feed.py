"""The feed: events in the order of one of the three clocks, filtered, and cut into pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Connection, Select, select, tuple_

from events.fields import Kind
from events.moments import Moment
from projections.cursors import Page, Paged, Place, place
from projections.entities import resolve
from projections.filters import mentions, one_of, tagged, worded
from projections.known import current
from projections.merging import losers
from projections.reading import Reading
from projections.rendering import event as event
from projections.rendering import event_json as event_json
from projections.tables import versions

Order = Literal["effective", "announced", "recorded"]
_KEYS: dict[Order, tuple[Column[Any], ...]] = {
    "effective": (versions.c.effective_first, versions.c.announced, versions.c.event_id),
    "announced": (versions.c.announced, versions.c.event_id),
    "recorded": (versions.c.position,),
}
_KEY_TYPES: dict[Order, object] = {"effective": tuple[int, int, str], "announced": tuple[int, str], "recorded": tuple[int]}


@dataclass(frozen=True, slots=True)
class FeedQuery(Paged):
    """Which events, in which order.

    `organization`, `person` and `product` are ids or names of whom the events mention; `types` and `statuses` are
    alternatives. Every word of `q` must be in the event or in the name of an entity that it mentions. `from_` and
    `to` are inclusive ordinal days of the clock of the order (of the earliest day for `effective`, UTC for the other
    two). With `as_of`, an ordinal day, only what may have taken effect by its end.
    """

    organization: str | None = None
    person: str | None = None
    product: str | None = None
    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    tag: str | None = None
    q: str | None = None
    from_: int | None = None
    to: int | None = None
    as_of: int | None = None
    order: Order = "effective"
    descending: bool = True

    def about(self, kind: Kind, entity: str) -> FeedQuery:
        """The same query of those events that mention the entity."""
        match kind:
            case "person":
                return replace(self, person=entity)
            case "organization":
                return replace(self, organization=entity)
        return replace(self, product=entity)


def feed(connection: Connection, query: FeedQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of events as `event_json` shows them; retracted ones stay, marked, and those joined into another are left out.

    A cursor brings back its own filters, order and reading, but looks no further than `ceiling`, in microseconds since
    1970 (by default the `known_at` of `reading`). Raises `Invalid` for a broken cursor, `NotFound` and `Ambiguous` for
    a filter by an entity that is not known or not one.
    """
    at = place(query, reading, lambda pinned: _KEY_TYPES[pinned.order], ceiling)
    columns = _KEYS[at.query.order]
    statement = select(versions).where(versions.c.own, current(versions, at.reading), *_filters(connection, at.query, at.reading))
    statement = statement.order_by(*(column.desc() if at.query.descending else column.asc() for column in columns))
    rows = connection.execute(_from(at, statement).limit(at.query.limit + 1)).all()
    kept, following = at.cut(rows, lambda row: tuple(row._mapping[column] for column in columns))
    return Page(event_json(connection, kept, at.reading), following)


def _from(at: Place[FeedQuery], statement: Select[Any]) -> Select[Any]:
    if at.key is None:
        return statement
    columns = tuple_(*_KEYS[at.query.order])
    return statement.where(columns < at.key if at.query.descending else columns > at.key)


def _filters(connection: Connection, query: FeedQuery, reading: Reading) -> Iterator[ColumnElement[bool]]:
    wanted: dict[Kind, str | None] = {"organization": query.organization, "person": query.person, "product": query.product}
    for kind, text in wanted.items():
        if text is not None:
            entity = resolve(connection, kind, text, reading)
            yield mentions(connection, kind, losers(connection, kind, entity, reading), reading)
    if query.tag is not None:
        yield tagged(connection, query.tag, reading)
    if query.types:
        yield one_of(connection, versions.c.type, query.types, reading)
    if query.statuses:
        yield one_of(connection, versions.c.status, query.statuses, reading)
    yield from _days(query)
    yield from worded(connection, query.q or "", reading)


def _days(query: FeedQuery) -> Iterator[ColumnElement[bool]]:
    effective = query.order == "effective"
    column = {"effective": versions.c.effective_first, "announced": versions.c.announced, "recorded": versions.c.recorded_at}[query.order]
    if query.from_ is not None:
        yield column >= (query.from_ if effective else _day(query.from_).at)
    if query.to is not None:
        yield column <= (query.to if effective else _day(query.to).end)
    if query.as_of is not None:
        yield versions.c.effective_first <= query.as_of


def _day(ordinal: int) -> Moment:
    return Moment.parse(date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).isoformat())
