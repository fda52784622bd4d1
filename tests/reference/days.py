"""Partial dates and moments for the referee: texts in, plain numbers out."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

DayDate = dict[str, Any]
"""`text`, and `first` and `last`: the inclusive bounds as ordinals of days."""

NEVER_BEFORE, NEVER_AFTER = 0, 4_000_000
CLOSE = 92


def partial(text: str) -> DayDate:
    """The partial date that a text of the subset writes."""
    start, slash, end = text.partition("/")
    if not slash:
        return {"text": text, "first": _side(text)[0], "last": _side(text)[1]}
    return {
        "text": text,
        "first": NEVER_BEFORE if start == ".." else _side(start)[0],
        "last": NEVER_AFTER if end == ".." else _side(end)[1],
    }


def _side(text: str) -> tuple[int, int]:
    parts = [int(part) for part in text.rstrip("?~%").split("-")]
    year = parts[0]
    if len(parts) == 3:
        day = date(*parts).toordinal()
        return day, day
    if len(parts) == 1:
        return _months(year, 1, 12)
    number = parts[1]
    if number <= 12:
        return _months(year, number, 1)
    return _months(year, {21: 3, 22: 6, 23: 9, 24: 12, 33: 1, 34: 4, 35: 7, 36: 10}[number], 3)


def _months(year: int, month: int, length: int) -> tuple[int, int]:
    last_year, last_month = year, month + length - 1
    if last_month > 12:
        last_year, last_month = year + 1, last_month - 12
    last = calendar.monthrange(last_year, last_month)[1]
    return date(year, month, 1).toordinal(), date(last_year, last_month, last).toordinal()


def overlap(a: DayDate, b: DayDate) -> bool:
    """Whether some day lies in both."""
    return bool(a["first"] <= b["last"] and b["first"] <= a["last"])


def is_close(a: DayDate, b: DayDate) -> bool:
    """Whether at most 92 days lie between the nearest bounds."""
    return overlap(a, b) or min(abs(a["first"] - b["last"]), abs(b["first"] - a["last"])) <= CLOSE


def same_day(a: DayDate, b: DayDate) -> bool:
    """Whether both are dated to the day, and to the same one."""
    return bool(a["first"] == a["last"] == b["first"] == b["last"])


def shown(day: DayDate | None) -> dict[str, str | None] | None:
    """A partial date as answers write it."""
    if day is None:
        return None
    earliest = None if day["first"] == NEVER_BEFORE else date.fromordinal(day["first"]).isoformat()
    latest = None if day["last"] == NEVER_AFTER else date.fromordinal(day["last"]).isoformat()
    return {"value": day["text"], "earliest": earliest, "latest": latest}


def moment(text: str) -> datetime:
    """When something announced or published on `text` begins to count: a day, from its start (UTC)."""
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    return datetime.fromisoformat(text)


def moment_end(text: str) -> datetime:
    """What was known `at` a text: a day means its end."""
    return moment(text) + timedelta(days=1) - timedelta(microseconds=1) if len(text) == 10 else moment(text)


def start_of(ordinal: int) -> datetime:
    """The instant at which a day begins; an open side began before all."""
    return datetime.combine(date.fromordinal(max(ordinal, 1)), time(), UTC)
