"""From days to places: a linear time scale with ticks at the begins of months, quarters or years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from events.dates import PartialDate
from events.headlines import Lang, date_text
from service.web.charts.lettering import width_of

LEAST_DAYS = 180
"""The fewest days that a chart spans, so that a single day still has something around it."""
TICK_SIZE = 11.0
_GAP = 14.0
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000, 60000, 120000)
"""Months between two ticks."""
_MOST_TICKS, _MONTH_DAYS = 40, 30.4
_FIRST, _LAST = 1, date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis with its words, which begin there."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The ordinal days `first` to `last` laid out from `left` to `right`."""

    first: int
    last: int
    left: float
    right: float

    def x(self, day: int) -> float:
        """The place of a day; one beyond the scale lies on its border."""
        kept = min(max(day, self.first), self.last)
        return self.left + (kept - self.first) * (self.right - self.left) / (self.last - self.first)

    def shows(self, day: int) -> bool:
        """Whether the day lies on the scale."""
        return self.first <= day <= self.last


def scale_of(days: Iterable[int], left: float, right: float) -> Scale:
    """The scale on which all those ordinal days lie, with some room around them; days that no calendar has are passed over.

    Room that is only there to make up `LEAST_DAYS` lies mostly behind, where labels stand and open bars run,
    as far as the calendar goes.
    """
    known = [day for day in days if _FIRST <= day <= _LAST]
    first, last = min(known, default=_LAST - LEAST_DAYS), max(known, default=_LAST)
    room = max((last - first) // 60, 1)
    missing = max(LEAST_DAYS - (last - first), 0)
    behind = min(missing - missing // 6, _LAST - last)
    return Scale(max(first - room - (missing - behind), _FIRST), min(last + room + max(behind, missing - first), _LAST), left, right)


def ticks(scale: Scale, lang: Lang) -> list[Tick]:
    """Ticks as close as their words allow: every month, quarter, half year or number of years; words beyond the border are left out."""
    months = (scale.last - scale.first) / _MONTH_DAYS
    steps = (step for step in _STEPS if months / step <= _MOST_TICKS)
    found = next(found for step in steps if _apart(found := list(_every(scale, step, lang))))
    return [tick if tick.x + width_of(tick.label, TICK_SIZE) <= scale.right else Tick(tick.x, "") for tick in found]


def _every(scale: Scale, step: int, lang: Lang) -> Iterator[Tick]:
    begin = date.fromordinal(scale.first)
    months = begin.year * 12 + begin.month - 1 + (begin.day > 1)
    for number in range(-(-months // step) * step, (date.max.year + 1) * 12, step):
        year, month = divmod(number, 12)
        day = date(year, month + 1, 1).toordinal()
        if day > scale.last:
            return
        yield Tick(scale.x(day), _short(f"{year:04}" if step % 12 == 0 else f"{year:04}-{month + 1:02}", lang))


def _short(words: str, lang: Lang) -> str:
    """The month or the year as an axis has room for it."""
    text = date_text(PartialDate.parse(words), lang)
    if lang == "ja" or " " not in text:
        return text
    month, year = text.split(" ")
    return f"{month[:3]} {year}"


def _apart(found: list[Tick]) -> bool:
    """Whether no two words touch."""
    return all(tick.x + width_of(tick.label, TICK_SIZE) + _GAP <= after.x for tick, after in pairwise(found))
