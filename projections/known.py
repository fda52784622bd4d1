"""What a reader may see at a moment, as SQL conditions: the one place in which queries compare with `known_at`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, exists, func, or_, select

from events.clocks import Clock
from events.fields import Kind
from events.moments import FOREVER
from projections.reading import Reading
from projections.tables import entities, links, merges, versions

Text = ColumnElement[str] | str
_OWN, _LINK = entities.alias("own"), links.alias("link")


def current(table: FromClause, reading: Reading) -> ColumnElement[bool]:
    """Whether a row of `versions`, `links` or `texts` is of the reading's clock and counts at its `known_at`."""
    return and_(table.c.clock == reading.clock, table.c.known_from <= reading.known_at, table.c.known_until > reading.known_at)


def counting(table: Table, reading: Reading) -> ColumnElement[bool]:
    """Whether a row of `names`, `identifiers` or `merges`, which have a span for either clock, counts at `known_at`."""
    begin, end = table.c[f"{reading.clock}_from"], table.c[f"{reading.clock}_until"]
    return and_(begin <= reading.known_at, end > reading.known_at)


def visible(reading: Reading, kind: Kind | ColumnElement[str], entity: Text) -> ColumnElement[bool]:
    """Whether an entity is known at the reading: of itself, or through a version of an event that was known by then."""
    direct = _OWN.c[f"direct_{reading.clock}"] <= reading.known_at
    known = and_(_LINK.c.clock == reading.clock, _LINK.c.known_from <= reading.known_at)
    return or_(
        exists().where(_OWN.c.kind == kind, _OWN.c.id == entity, direct),
        exists().where(_LINK.c.kind == kind, _LINK.c.target == entity, known),
    )


def known_from(connection: Connection, kind: Kind, entity: str, clock: Clock) -> int:
    """The moment from which an entity is known on the clock, in microseconds since 1970."""
    direct = select(entities.c[f"direct_{clock}"]).where(entities.c.kind == kind, entities.c.id == entity)
    told = select(func.min(links.c.known_from)).where(links.c.kind == kind, links.c.target == entity, links.c.clock == clock)
    return min((at for at in (*connection.scalars(direct), *connection.scalars(told)) if at is not None), default=FOREVER)


def event_known_from(connection: Connection, event_id: str, clock: Clock) -> int:
    """The moment from which an event (id as hex) is known on the clock, in microseconds since 1970."""
    query = select(func.min(versions.c.known_from)).where(versions.c.event_id == event_id, versions.c.clock == clock)
    found: int | None = connection.scalar(query)
    return FOREVER if found is None else found


def standing_merge(reading: Reading) -> ColumnElement[bool]:
    """Whether a row of `merges` stands at the reading: while either side is unknown there is nothing to merge."""
    sides = (visible(reading, merges.c.kind, side) for side in (merges.c.loser, merges.c.winner))
    return and_(counting(merges, reading), *sides)
