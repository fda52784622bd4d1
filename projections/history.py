"""The fold: from the events known about one person in one organization to the tenures held there.

A pure function of a set of reports: the order in which they were recorded plays no part. Openings and closings are
put in order (rule 1) and applied one by one: openings by rule 2, closings by rules 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from events.dates import PartialDate, close
from events.effects import Closing, Departs, Ends, Holds, Observed, Opening
from projections.claims import Claim, Report
from projections.tenure import UNBOUNDED, Act, Departure, Note, Tenure


@dataclass(frozen=True, slots=True)
class Step:
    """An opening or a closing with the event that it comes from."""

    report: Report
    effect: Opening | Closing

    @property
    def date(self) -> PartialDate:
        """The day on which it takes effect."""
        match self.effect:
            case Holds(start=date) | Observed(seen=date):
                return date
            case closing:
                return closing.end

    @property
    def claim(self) -> Claim:
        """The event's word on that day."""
        return Claim(self.date, self.report)

    def did(self, rule: int, act: Act) -> Note:
        """A note of what it did."""
        return Note(self.report.event_id, rule, act)

    @property
    def order(self) -> tuple[int, bool, int, str]:
        """Rule 1: openings by `earliest`, closings by `latest`, openings first; then as announced, then by id."""
        closing = isinstance(self.effect, (Ends, Departs))
        return self.date.last if closing else self.date.first, closing, self.report.announced, self.report.event_id


@dataclass(slots=True)
class Fold:
    """The fold's state while it runs: the tenures so far, the departures, and ends for which a return is missing."""

    tenures: list[Tenure] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    missing_returns: list[Claim] = field(default_factory=list)

    def indexes(self, key: str | None, *, ended: bool) -> list[int]:
        """The tenures of that role that have ended, or are still open, in the order in which they were opened."""
        return [index for index, tenure in enumerate(self.tenures) if tenure.key == key and bool(tenure.ends) is ended]

    def open_tenure(self, key: str) -> int | None:
        """The index of the open tenure of that role."""
        return next(iter(self.indexes(key, ended=False)), None)

    def last_ended(self, key: str | None) -> int | None:
        """The index of the tenure of that role that ended last."""
        return next(reversed(self.indexes(key, ended=True)), None)

    def still_open(self) -> list[int]:
        """The indexes of the open tenures."""
        return [index for index, tenure in enumerate(self.tenures) if not tenure.ends]

    def began_before(self, indexes: Iterable[int], day: int) -> bool:
        """Whether any of the tenures began before the ordinal day."""
        return any(self.tenures[index].began_before(day) for index in indexes)

    def change(self, index: int, note: Note, **changes: Any) -> None:
        """Replace a tenure, and note what did."""
        self.tenures[index] = replace(self.tenures[index].noted(note), **changes)

    def add(self, tenure: Tenure, note: Note) -> int:
        """A new tenure; every departure so far has something opened after it, unless the tenure is ended already."""
        self.tenures.append(tenure.noted(note))
        if not tenure.ends:
            self.departures = [replace(departure, opened_since=True) for departure in self.departures]
        return len(self.tenures) - 1


def fold(steps: Iterable[Step]) -> Fold:
    """The tenures of one person in one organization, from all the openings and closings known of them there."""
    state = Fold()
    waiting = sorted(steps, key=lambda step: step.order)
    while waiting:
        step = waiting.pop(0)
        if isinstance(step.effect, Holds):
            _bring_forward(state, step, step.effect, waiting)
        _apply(state, step)
    return state


def _bring_forward(state: Fold, holds: Step, effect: Holds, waiting: list[Step]) -> None:
    """Apply the closings that belong to the older tenure just before a `Holds` (rule 1's exceptions)."""
    while (step := next((step for step in waiting if _comes_first(state, step, holds.date, effect.role.key)), None)) is not None:
        waiting.remove(step)
        _apply(state, step)
        if _same_day(step.date, holds.date) and state.departures and step.claim in state.departures[-1].claims:
            state.departures[-1] = replace(state.departures[-1], resumed=True)


def _same_day(date: PartialDate, other: PartialDate) -> bool:
    return date.is_day and other.is_day and date.first == other.first


def _comes_first(state: Fold, step: Step, start: PartialDate, key: str) -> bool:
    if not step.date.overlaps(start):
        return False
    match step.effect:
        case Ends(role=role):
            older = [*state.indexes(key, ended=False), *state.indexes(key, ended=True)]
            return role.key == key and (_same_day(step.date, start) or state.began_before(older, start.first))
        case Departs():
            return _departs_first(state, step.effect, start, key)
        case _:
            return False


def _departs_first(state: Fold, departs: Departs, start: PartialDate, key: str) -> bool:
    of_role = state.indexes(key, ended=False)
    if not _same_day(departs.end, start):
        return state.began_before(of_role, start.first)
    # The open tenure that it ended may be gone already, with another report of that day's departure, or was never
    # reported: whoever left another role had held it.
    again = bool(state.departures) and _same_day(state.departures[-1].claim.date, start)
    of_another = departs.role is not None and departs.role.key != key
    return bool(of_role) or again or of_another or state.began_before(state.still_open(), start.first)


def _apply(state: Fold, step: Step) -> None:
    match step.effect:
        case Holds() as effect:
            _hold(state, step, effect)
        case Observed() as effect:
            _observe(state, step, effect)
        case Ends() as effect:
            _end(state, step, effect)
        case departs:
            _depart(state, step, departs)


def _hold(state: Fold, step: Step, effect: Holds) -> None:
    index = state.open_tenure(effect.role.key)
    interim = ((step.date.first, effect.interim),)
    if index is None:
        state.add(Tenure(effect.role, step.date.first, (step.claim,), interims=interim), step.did(2, "opened"))
        return
    tenure = state.tenures[index]
    if _dates_the_start(tenure, step.date, effect):
        claims = (*tenure.starts, step.claim)
        state.change(index, step.did(2, "start_claimed"), starts=claims, interims=tenure.interims + interim)
    else:
        state.change(index, step.did(2, "reappointed"), interims=tenure.interims + interim)


def _dates_the_start(tenure: Tenure, date: PartialDate, effect: Holds) -> bool:
    """Whether a further `Holds` of an open role speaks of its start; else it is a reappointment."""
    start = tenure.start
    if start is None:
        return tenure.sighting is not None and date.first <= tenure.sighting.date.last
    # Made permanent after a while as interim: close as the days may be, they are two appointments.
    made_permanent = any(interim for _, interim in tenure.interims) and not effect.interim and date.first > start.last
    return close(date, start) and not made_permanent


def _observe(state: Fold, step: Step, effect: Observed) -> None:
    index = _seen_in(state, step, effect)
    if index is None:
        index = _seen_anew(state, step, effect)
    else:
        state.change(index, step.did(2, "seen"))
    _claim_start(state, index, step, effect.since)


def _seen_in(state: Fold, step: Step, effect: Observed) -> int | None:
    """The tenure that a sighting supports: the open one, or one that had not ended by then."""
    index, last = state.open_tenure(effect.role.key), state.last_ended(effect.role.key)
    if index is not None or last is None:
        return index
    # An end that came just before a `Holds` may lie after the sighting.
    end = state.tenures[last].end
    return last if end is not None and step.date.first <= end.last else None


def _seen_anew(state: Fold, step: Step, effect: Observed) -> int:
    last = state.last_ended(effect.role.key)
    end = state.tenures[last].end if last is not None else None
    not_before = end.first if end else UNBOUNDED
    return state.add(Tenure(effect.role, step.date.first, not_before=not_before, sighting=step.claim), step.did(2, "opened_by_sighting"))


def _claim_start(state: Fold, index: int, step: Step, since: PartialDate | None) -> None:
    """Note a `since` as a claim of the start, unless it speaks of an earlier tenure of that role, of the future, or of a time after."""
    tenure = state.tenures[index]
    latest = step.date.last if tenure.end is None else min(step.date.last, tenure.end.last)
    if since is not None and since.first <= latest and since.last >= _previous_end(state, index):
        rule = 2 if isinstance(step.effect, Observed) else 3
        state.change(index, step.did(rule, "since_claimed"), starts=(*tenure.starts, Claim(since, step.report)))


def _previous_end(state: Fold, index: int) -> int:
    key = state.tenures[index].key
    ends = [tenure.end for tenure in state.tenures[:index] if tenure.key == key]
    return max((end.first for end in ends if end is not None), default=UNBOUNDED)


def _fill_start(state: Fold, index: int, step: Step, since: PartialDate | None) -> None:
    if not state.tenures[index].starts:
        _claim_start(state, index, step, since)


def _close(state: Fold, index: int, step: Step, rule: int = 3) -> None:
    ends = state.tenures[index].ends
    state.change(index, step.did(rule, "end_claimed" if ends else "closed"), ends=(*ends, step.claim))


def _old_end(state: Fold, step: Step, index: int) -> int | None:
    """Rule 4: the ended tenure of which the closing is a late, rough report, if it is one."""
    tenure = state.tenures[index]
    last = state.last_ended(tenure.key)
    end = state.tenures[last].end if last is not None else None
    start = tenure.start
    if end is None or start is None or not end.overlaps(step.date) or step.date.first > start.last:
        return None
    return last


def _end(state: Fold, step: Step, effect: Ends) -> None:
    key = effect.role.key
    index, last, rule = state.open_tenure(key), state.last_ended(key), 3
    if index is not None:
        old = _old_end(state, step, index)
        index, rule = (index, 3) if old is None else (old, 4)
    elif last is None:
        index = state.add(Tenure(effect.role, step.date.first, ends=(step.claim,)), step.did(3, "made_by_leaving"))
        _fill_start(state, index, step, effect.since)
        return
    elif _is_close(state.tenures[last].end, step.date):
        index = last
    else:
        state.missing_returns.append(step.claim)
        return
    _close(state, index, step, rule)
    _fill_start(state, index, step, effect.since)


def _is_close(date: PartialDate | None, other: PartialDate) -> bool:
    return date is not None and close(date, other)


def _depart(state: Fold, step: Step, effect: Departs) -> None:
    still_open = state.still_open()
    again = None if still_open else _reported_again(state, step)
    about, ended = _close_all(state, step, still_open)
    made = _named(state, step, effect, again)
    if again is not None:
        about += _leave_again(state, step, again, made)
    elif ended or not still_open:
        _leave(state, step, ended, made)
    if effect.role is not None:
        about = state.indexes(effect.role.key, ended=True)[-1:]
    for index in (*about, *made):
        _fill_start(state, index, step, effect.since)


def _close_all(state: Fold, step: Step, still_open: Sequence[int]) -> tuple[list[int], list[int]]:
    """Close each open tenure, or by rule 4 the one before it: all that were closed, and those of them that were open."""
    old = {index: earlier for index in still_open if (earlier := _old_end(state, step, index)) is not None}
    ended = [index for index in still_open if index not in old]
    about = [*old.values(), *ended]
    for index in about:
        _close(state, index, step, 3 if index in ended else 4)
    return about, ended


def _reported_again(state: Fold, step: Step) -> Departure | None:
    """The departure of which a `Departs` that found nothing open is another report, if it is one."""
    last = state.departures[-1] if state.departures else None
    return last if last is not None and not last.opened_since and close(last.claim.date, step.date) else None


def _leave_again(state: Fold, step: Step, last: Departure, made: Sequence[int]) -> Sequence[int]:
    """Note another report of the last departure; the tenures that it ended."""
    for index in last.ended:
        _close(state, index, step)
    state.departures[-1] = replace(last, claims=(*last.claims, step.claim), ended=(*last.ended, *made))
    return last.ended


def _leave(state: Fold, step: Step, ended: Sequence[int], made: Sequence[int]) -> None:
    """Note a new departure, or that a return is missing before it."""
    if not ended and state.departures and not state.departures[-1].opened_since:
        state.missing_returns.append(step.claim)
    state.departures.append(Departure((step.claim,), (*ended, *made)))


def _named(state: Fold, step: Step, effect: Departs, again: Departure | None) -> list[int]:
    """The tenure that the departure itself makes: of a role never held there, or of none where there never was any.

    Where it is another report of a departure, a tenure without a role that this one ended is the tenure meant.
    """
    role = effect.role
    if role is None:
        return [] if state.tenures else [state.add(Tenure(None, step.date.first, ends=(step.claim,)), step.did(3, "made_by_leaving"))]
    if any(tenure.key == role.key for tenure in state.tenures):
        return []
    unnamed = [index for index in (again.ended if again is not None else ()) if state.tenures[index].key is None]
    if unnamed:
        state.change(unnamed[0], step.did(3, "role_named"), role=role)
        return []
    return [state.add(Tenure(role, step.date.first, ends=(step.claim,)), step.did(3, "made_by_leaving"))]
