"""Leaves of absence and reporting lines of one person in one organization, from the events known about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from events.dates import OPEN_END, PartialDate
from events.effects import Away, Back, ReportsTo
from projections.claims import Report, event_ids
from projections.tenure import Departure


@dataclass(frozen=True, slots=True)
class Expectation:
    """From the ordinal day `since` on, the return was expected on `expected_return`, as the report said."""

    since: int
    expected_return: PartialDate | None
    report: Report


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave of absence: it holds from the `earliest` of its start until `until`, an ordinal day (exclusive)."""

    start: PartialDate
    expectations: tuple[Expectation, ...]
    events: tuple[str, ...]
    until: int = OPEN_END
    end: PartialDate | None = None
    ended_by: tuple[str, ...] = ()


Told = tuple[Report, ReportsTo]
"""A report with what it says of a reporting line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A reporting line: it holds from ordinal day `since` until `until` (exclusive); no manager means none any more.

    `told` are the report that holds, then those that it won over: of the same day, and of the line that it replaced.
    """

    manager: str | None
    since: int
    until: int
    start: PartialDate
    told: tuple[Told, ...]
    ended_by: tuple[str, ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        """The event behind the line."""
        return (self.told[0][0].event_id,)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Something that begins or ends a leave."""

    day: int
    closing: bool
    report: Report
    date: PartialDate
    effect: Away | None
    events: tuple[str, ...]


def leaves(reports: Iterable[tuple[Report, Away | Back]], departures: Sequence[Departure]) -> list[Leave]:
    """The leaves, oldest first: a second one meanwhile only changes the expected return."""
    found: list[Leave] = []
    for turn in sorted((*map(_turn, reports), *_goodbyes(departures)), key=_order):
        away = bool(found) and found[-1].end is None
        if turn.closing and away:
            found[-1] = replace(found[-1], until=turn.day, end=turn.date, events=_together(found[-1], turn), ended_by=turn.events)
        elif turn.effect is not None:
            expectation = Expectation(turn.day, turn.effect.expected_return, turn.report)
            if away:
                held = found[-1]
                found[-1] = replace(held, expectations=(*held.expectations, expectation), events=_together(held, turn))
            else:
                found.append(Leave(turn.date, (expectation,), turn.events))
    return found


def _order(turn: _Turn) -> tuple[int, bool, int, str]:
    return turn.day, turn.closing, turn.report.announced, turn.report.event_id


def _together(leave: Leave, turn: _Turn) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leave.events + turn.events))


def _turn(reported: tuple[Report, Away | Back]) -> _Turn:
    report, effect = reported
    if isinstance(effect, Away):
        return _Turn(effect.start.first, False, report, effect.start, effect, (report.event_id,))
    return _Turn(effect.when.last, True, report, effect.when, None, (report.event_id,))


def _goodbyes(departures: Iterable[Departure]) -> Iterable[_Turn]:
    for departure in departures:
        date, report = departure.claim.date, departure.claim.report
        yield _Turn(date.last, True, report, date, None, event_ids(departure.claims))


def lines(reports: Iterable[Told], departures: Sequence[Departure]) -> list[Line]:
    """The reporting lines, oldest first; each ends where the next begins or the person departs."""
    ordered = sorted(reports, key=lambda pair: (pair[1].when.first, pair[0].announced, pair[0].event_id))
    found: list[Line] = []
    for index, (report, effect) in enumerate(ordered):
        since = effect.when.first
        ends = [(following.when.first, (other.event_id,)) for other, following in ordered[index + 1 : index + 2]]
        until, ended_by = min((*ends, *_partings(departures, since)), default=(OPEN_END, ()))
        if since < until:
            same = [told for told in ordered[:index] if told[1].when.first == since]
            told = ((report, effect), *reversed(same), *_replaced(found[-1:], departures, since))
            found.append(Line(effect.manager, since, until, effect.when, told, ended_by))
    return found


def _replaced(last: Iterable[Line], departures: Sequence[Departure], since: int) -> Iterable[Told]:
    """The report of the last line, if what begins on the ordinal day `since` replaced it, and no departure had ended it by then."""
    return (line.told[0] for line in last if line.until == since and all(day > since for day, _ in _partings(departures, line.since)))


def _partings(departures: Sequence[Departure], since: int) -> Iterable[tuple[int, tuple[str, ...]]]:
    """The days of departures that end a line which began on `since`, with their events."""
    for departure in departures:
        day = departure.claim.date.last
        # Whoever leaves and takes up another role on that very day has the line of the new role.
        if day > since or (day == since and not departure.resumed):
            yield day, event_ids(departure.claims)
