"""The days on which something changed, as the time bar marks them: those of an answer, or those of all events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import request

from projections.calendar import calendar
from service.api.answers import Json, Look


@dataclass(frozen=True, slots=True)
class Marks:
    """Ordinal days with the number of changes, at least those of the year looked at, and every year in which there are some.

    `years` are calendar years with their number of changes, None where they are not counted; `previous` and `next` are the
    changes around the day looked at.
    """

    days: Mapping[int, int]
    years: Mapping[int, int | None]
    previous: int | None
    next: int | None


def travelling(seen: Look) -> Look:
    """The look whose days the time bar marks: with `known=then` each step also learns more, so that is all that is known now."""
    if request.args.get("known") != "then":
        return seen
    return replace(seen, reading=replace(seen.reading, known_at=seen.now))


def of_days(days: Iterable[Json], seen: Look) -> Marks:
    """The marks of `days` as moments have them: `{"day": "2024-09-25", "changes": 3}` each."""
    counted = {date.fromisoformat(day["day"]).toordinal(): int(day["changes"]) for day in days}
    years: Counter[int] = Counter()
    for day, changes in counted.items():
        years[date.fromordinal(day).year] += changes
    as_of = seen.reading.as_of
    before = max((day for day in counted if day < as_of), default=None)
    after = min((day for day in counted if day > as_of), default=None)
    return Marks(counted, dict(sorted(years.items())), before, after)


def of_events(seen: Look) -> Marks:
    """The marks of all events."""
    found = calendar(seen.connection, travelling(seen).reading)
    first, last = (None if day is None else date.fromordinal(day).year for day in (found.first, found.last))
    years = range(first, last + 1) if first is not None and last is not None else ()
    return Marks(found.days, dict.fromkeys(years), found.previous, found.next)
