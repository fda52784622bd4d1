"""On which days events took effect: what a time bar over the whole feed marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from projections.known import current
from projections.reading import Reading
from projections.tables import versions

_DAY = versions.c.effective_first


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one year with the number of events that may have taken effect from each, as ordinals.

    `first` and `last` are those of all years, `previous` and `next` those around the day looked at; None where there is none.
    """

    days: dict[int, int]
    first: int | None
    last: int | None
    previous: int | None
    next: int | None


def calendar(connection: Connection, reading: Reading) -> Calendar:
    """The days of the year of `as_of` on which events known at the reading took effect; an event of unknown begin has none."""
    year = date.fromordinal(reading.as_of).year
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    counted = select(_DAY, func.count()).where(*_known(reading), _DAY.between(first, last)).group_by(_DAY).order_by(_DAY)
    return Calendar(
        {row[0]: row[1] for row in connection.execute(counted)},
        connection.scalar(select(func.min(_DAY)).where(*_known(reading))),
        connection.scalar(select(func.max(_DAY)).where(*_known(reading))),
        connection.scalar(select(func.max(_DAY)).where(*_known(reading), reading.as_of > _DAY)),
        connection.scalar(select(func.min(_DAY)).where(*_known(reading), reading.as_of < _DAY)),
    )


def _known(reading: Reading) -> tuple[ColumnElement[bool], ...]:
    return versions.c.own, current(versions, reading), _DAY > 0
