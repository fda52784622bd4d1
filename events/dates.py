"""Partial dates: days, months, seasons, quarters, years and intervals, known only as precisely as a source says.

The texts are a subset of EDTF (ISO 8601-2:2019, levels 0 to 2). Winter, `24`, runs from December to the end of
February of the next year.
"""

from __future__ import annotations

import re
import reprlib
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from events.errors import Invalid

CLOSE_DAYS = 92
OPEN_START = 0
OPEN_END = 4_000_000

_OPEN_SIDE = ".."
_EXAMPLES = "'2024-09-25' or '2024-09'"
_SINGLE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
# What follows the year, as the month in which it begins and its length in months.
_PARTS: dict[str | None, tuple[int, int]] = {
    None: (1, 12),
    **{f"{month:02}": (month, 1) for month in range(1, 13)},
    **{str(21 + n): (3 * n + 3, 3) for n in range(4)},
    **{str(33 + n): (3 * n + 1, 3) for n in range(4)},
}
# Not `calendar.month_name`: that follows the locale of the process.
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_YEAR_LAST = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:[0-9]{2}){1,2}")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class InvalidDate(Invalid):
    """The text is no partial date. Its problem has an empty field, for the caller to put a prefix to."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """Some day from `earliest` to `latest`, both inclusive; None is an open side.

    `text` is the date as given, after NFKC and without blanks around it. The flags do not move the bounds; on an
    interval they tell of either side. `first` and `last` are the bounds as proleptic Gregorian ordinals
    (`date.toordinal`, 1 to 3652059), `OPEN_START` and `OPEN_END` where a side is open.
    """

    text: str
    earliest: date | None
    latest: date | None
    uncertain: bool = False
    approximate: bool = False
    first: int = field(init=False, repr=False, compare=False)
    last: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", self.earliest.toordinal() if self.earliest else OPEN_START)
        object.__setattr__(self, "last", self.latest.toordinal() if self.latest else OPEN_END)

    @classmethod
    def parse(cls, text: object) -> PartialDate:
        """The partial date that `text` writes; raises InvalidDate for any other text and for what is no text."""
        try:
            return _parsed(as_text(text))
        except ValueError as why:
            message = f"{quote(text)} is not a partial date: {why}; write for example {_EXAMPLES}"
            raise InvalidDate.of("", text, message, f"a partial date such as {_EXAMPLES}") from None

    @property
    def is_day(self) -> bool:
        """Whether it is known to the day."""
        return self.first == self.last

    @property
    def width(self) -> int:
        """Days between its bounds: 0 for a day, millions where a side is open."""
        return self.last - self.first

    def overlaps(self, other: PartialDate) -> bool:
        """Whether some day lies within both; neighbouring days do not overlap."""
        return self.first <= other.last and other.first <= self.last


def gap(a: PartialDate, b: PartialDate) -> int:
    """Days between the nearest bounds: 0 where the two overlap, 1 for neighbouring days."""
    return max(0, a.first - b.last, b.first - a.last)


def close(a: PartialDate, b: PartialDate) -> bool:
    """Whether the two may be reports of one day: at most `CLOSE_DAYS` lie between them."""
    return gap(a, b) <= CLOSE_DAYS


def describe(d: PartialDate) -> str:
    """The date in English, such as `some day from 1 to 30 September 2024`."""
    about, uncertain = "about " if d.approximate else "", ", uncertain" if d.uncertain else ""
    return _words(d.earliest, d.latest, about) + uncertain


def as_text(value: object) -> str:
    """The text in NFKC and without blanks around it; raises ValueError for what is no text."""
    if not isinstance(value, str):
        raise ValueError("it is not text")
    return unicodedata.normalize("NFKC", value).strip()


def quote(value: object) -> str:
    """The value as an error quotes it, cut short in the middle where it is long."""
    return _SHORT.repr(value)


def check_order(text: str) -> None:
    """Raise ValueError for a date such as 9/25/2024, whose day and month only its writer can tell apart."""
    if _YEAR_LAST.fullmatch(text):
        raise ValueError("the year comes first, since with the year last the day and the month cannot be told apart")


@lru_cache(maxsize=8192)
def _parsed(text: str) -> PartialDate:
    check_order(text)
    start, slash, end = text.partition("/")
    return _interval(text, start, end) if slash else _single(text)


def _interval(text: str, start: str, end: str) -> PartialDate:
    if {start, end} <= {"", _OPEN_SIDE}:
        raise ValueError("an interval needs a date on at least one side")
    if not (start and end):
        raise ValueError(f"an open side is two dots: write {quote(f'{start or _OPEN_SIDE}/{end or _OPEN_SIDE}')}")
    before, after = _side(start), _side(end)
    if before.first > after.last:
        raise ValueError("the interval ends before it starts")
    flags = before.uncertain or after.uncertain, before.approximate or after.approximate
    return PartialDate(text, before.earliest, after.latest, *flags)


def _side(text: str) -> PartialDate:
    return PartialDate(text, None, None) if text == _OPEN_SIDE else _single(text)


def _single(text: str) -> PartialDate:
    match = _SINGLE.fullmatch(text)
    if not match:
        raise ValueError("it is neither YYYY, YYYY-MM or YYYY-MM-DD with at most one of ? ~ % after it, nor two of them joined by /")
    year, part, day, flag = match.groups()
    if day:
        earliest = latest = date(int(year), int(part), int(day))
    else:
        earliest, latest = _bounds(int(year), part)
    return PartialDate(text, earliest, latest, flag in ("?", "%"), flag in ("~", "%"))


def _bounds(year: int, part: str | None) -> tuple[date, date]:
    if part not in _PARTS:
        raise ValueError(f"{part} is no month (01 to 12), season (21 to 24) or quarter (33 to 36)")
    begin, length = _PARTS[part]
    years, month = divmod(begin + length - 2, 12)
    end_year, end_month = year + years, month + 1
    return date(year, begin, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def _words(earliest: date | None, latest: date | None, about: str) -> str:
    if earliest and latest:
        span = f"some day from {about}{_shortened(earliest, latest)} to {_day(latest)}"
        return span if earliest < latest else about + _day(latest)
    if earliest:
        return f"on or after {about}{_day(earliest)}"
    return f"on or before {about}{_day(latest)}" if latest else "any day"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _shortened(day: date, until: date) -> str:
    """The day without the month and year that `until` says again."""
    if day.year != until.year:
        return _day(day)
    return str(day.day) if day.month == until.month else f"{day.day} {_MONTHS[day.month - 1]}"
