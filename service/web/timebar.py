"""The time bar: which day a page shows and what of it was known, and where else something changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext

from events.dates import PartialDate
from events.headlines import date_text
from events.moments import day_ordinal
from service.api.answers import Look
from service.web.addresses import KNOWN, TIME, here
from service.web.filters import lang, moment_text
from service.web.marks import Marks


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to in time: a year, or a day; `changes` is how many parts changed then, None where that is not counted."""

    label: str
    address: str
    changes: int | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A day of the year with changes, by its number from 0."""

    place: int
    changes: int


@dataclass(frozen=True, slots=True)
class TimeBar:
    """All that the time bar shows; days are ISO dates, `place` is the day's number in its year from 0."""

    as_of: str
    label: str
    known: str
    known_at: str
    clock: str
    rumoured: bool
    place: int
    length: int
    year: int
    marks: tuple[Mark, ...]
    years: tuple[Stop, ...]
    previous: Stop | None
    next: Stop | None
    banner: str | None
    today: str
    compares: bool


def time_bar(seen: Look, marks: Marks, compares: bool = False) -> TimeBar:
    """The bar of a page that looks at `seen` and changes on the days of `marks`; one that `compares` has a second day."""
    day = date.fromordinal(seen.reading.as_of)
    first, last = date(day.year, 1, 1).toordinal(), date(day.year, 12, 31).toordinal()
    again = {"from": None} if compares else {}  # each step is compared with the day before it
    return TimeBar(
        as_of=day.isoformat(),
        label=day_text(day.toordinal()),
        known=_known(),
        known_at=request.args.get("known_at", ""),
        clock=seen.reading.clock,
        rumoured=seen.reading.rumoured,
        place=day.toordinal() - first,
        length=last - first + 1,
        year=day.year,
        marks=tuple(Mark(at - first, changes) for at, changes in sorted(marks.days.items()) if first <= at <= last),
        years=tuple(_years(marks, day, again)),
        previous=_stop(marks, marks.previous, again),
        next=_stop(marks, marks.next, again),
        banner=_banner(seen),
        today=here(**dict.fromkeys(TIME), **again),
        compares=compares,
    )


def day_text(ordinal: int) -> str:
    """A day in the words of the page's language."""
    day = date.fromordinal(ordinal)
    return date_text(PartialDate(day.isoformat(), day, day), lang())


def _known() -> str:
    """How the reader asked for what was known."""
    return request.args.get("known", KNOWN[2] if "known_at" in request.args else KNOWN[0])


def _stop(marks: Marks, day: int | None, again: Mapping[str, None]) -> Stop | None:
    if day is None:
        return None
    return Stop(day_text(day), here(as_of=date.fromordinal(day).isoformat(), **again), marks.days.get(day))


def _years(marks: Marks, day: date, again: Mapping[str, None]) -> Iterator[Stop]:
    """A stop for each year with changes and that of the day; it leads to the year's last change, as far as that is known here."""
    for year in sorted({*marks.years, day.year}):
        days = (at for at in marks.days if date.fromordinal(at).year == year)
        address = here(as_of=_last(days, year), **again)
        yield Stop(str(year), address, marks.years.get(year), year == day.year)


def _last(days: Iterable[int], year: int) -> str:
    return date.fromordinal(max(days, default=date(year, 12, 31).toordinal())).isoformat()


def _banner(seen: Look) -> str | None:
    """What the page shows, in words, where that is not today with all that is known."""
    parts = {"day": day_text(seen.reading.as_of), "moment": moment_text(seen.reading.known_at)}
    if not seen.pinned:
        if seen.reading.as_of == day_ordinal(seen.now):
            return None
        return str(gettext("You are looking at the end of %(day)s, with what is known today.", **parts))
    if seen.reading.clock == "recorded":
        return str(gettext("You are looking at the end of %(day)s, with what was recorded here by %(moment)s.", **parts))
    return str(gettext("You are looking at the end of %(day)s, with what was public by %(moment)s.", **parts))
