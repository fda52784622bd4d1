"""Events that are one: a joined event is a further report of the other, at the same moments for both, until they are parted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clocks import CLOCKS, Clock, Span, spans
from events.entries import Logged
from events.event import (
    EventAbsorbed,
    EventCorrected,
    EventJoined,
    EventParted,
    EventReleased,
    EventRestored,
    EventRetracted,
    SourceRemoved,
    StatusChanged,
    Version,
)
from events.joins import Family, counted
from events.moments import Moment
from events.reducer import reduce_event
from events.sources import source_key
from tests.events.histories import BEGIN, HOUR, NOTE, WIRE, later, maybe_days, post, said_later

DAY = 24 * HOUR
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


@dataclass
class Log:
    """A log of some events, to which entries are added an hour apart; those that join or part get both sides, as the ledger does."""

    family: dict[UUID, list[Logged]] = field(default_factory=dict)
    at: int = BEGIN

    def say(self, event: UUID, entry: Any) -> None:
        """Add an entry under the event's id and its next number."""
        history = self.family.setdefault(event, [])
        own = replace(entry, originator_id=event, originator_version=len(history) + 1)
        history.append(Logged(own, sum(map(len, self.family.values())) + 1, self.at))

    def hours(self, span: int = 1) -> None:
        """Go on."""
        self.at += span * HOUR

    def join(self, loser: UUID, winner: UUID, announced: str | None = None) -> None:
        """Join the one into the other."""
        self.hours()
        self.say(loser, later(EventJoined, 1, winner, announced=announced))
        self.say(winner, later(EventAbsorbed, 1, loser, announced=announced))

    def part(self, loser: UUID, announced: str | None = None) -> None:
        """Undo that."""
        self.hours()
        winner = self.current(loser).duplicate_of
        assert winner is not None
        self.say(loser, later(EventParted, 1, winner, announced=announced))
        self.say(winner, later(EventReleased, 1, loser, announced=announced))

    def current(self, event: UUID) -> Version:
        """The event with everything that was said of it, whose embargo or not."""
        return reduce_event([logged.entry for logged in self.family[event]])

    def spans(self, event: UUID, clock: Clock = "public") -> list[Span]:
        """The event's versions."""
        return spans(self.family[event], clock, self.family)

    def on(self, event: UUID, day: int, clock: Clock = "public") -> Version | None:
        """The event on a day of January."""
        return at(self.spans(event, clock), BEGIN + (day - 1) * DAY)


def at(found: Sequence[Span], instant: int) -> Version | None:
    """The version of an instant."""
    return next((span.version for span in found if span.start <= instant < span.until), None)


def two(first: str | None = "2024-01-02", second: str | None = "2024-01-04", **said: Any) -> Log:
    """Two events announced on two days, the second cited by Note and with further details."""
    log = Log()
    log.say(ONE, post(1, first))
    log.hours()
    log.say(TWO, post(1, second, **{"sources": [NOTE], "tags": ["t"], "summary": {"en": "So."}, "fields": {"reason": "other"}, **said}))
    return log


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Three events with up to ten later entries, joins and partings among them, as the ledger lets them be said."""
    log = Log()
    for event in (ONE, TWO, THREE):
        log.say(event, post(1, draw(maybe_days), sources=[{"title": f"S{event.int}"}]))
    for _ in range(draw(st.integers(1, 10))):
        log.hours(draw(st.sampled_from([0, 1, 30])))
        event, other = draw(st.sampled_from(list(permutations((ONE, TWO, THREE), 2))))
        mine, its = log.current(event), log.current(other)
        if mine.duplicate_of is not None:
            if log.current(mine.duplicate_of).duplicate_of is None:
                log.part(event, draw(maybe_days))
        elif mine.counts and its.counts and draw(st.booleans()):
            log.join(event, other, draw(maybe_days))
        else:
            log.say(event, draw(said_later(1)))
    return log


def bounds(log: Log, clock: Clock) -> Iterator[int]:
    """Every instant at which any of the events changes."""
    yield from sorted({span.start for event in log.family for span in log.spans(event, clock)})


@given(logs())
def test_both_sides_agree_at_every_moment(log: Log) -> None:
    """An event joined on one side alone would be counted twice or not at all."""
    for clock in CLOCKS:
        found = {event: log.spans(event, clock) for event in log.family}
        for instant in bounds(log, clock):
            known = {event: version for event in log.family if (version := at(found[event], instant)) is not None}
            joined = {(event, version.duplicate_of) for event, version in known.items() if version.duplicate_of}
            assert joined == {(loser, event) for event, version in known.items() for loser in version.duplicates}


@given(logs())
def test_joins_never_lead_back_to_where_they_began(log: Log) -> None:
    """Of events that were each other's report in turn, none would count."""
    for clock in CLOCKS:
        found = {event: log.spans(event, clock) for event in log.family}
        for instant in bounds(log, clock):
            standing = {event: version.duplicate_of for event in log.family if (version := at(found[event], instant)) is not None}
            for event in standing:
                path: list[UUID] = []
                step: UUID | None = event
                while step is not None:
                    assert step not in path
                    path.append(step)
                    step = standing[step]


@given(logs())
def test_nothing_is_known_before_it_was_announced(log: Log) -> None:
    """A join must not give away an event that is under embargo, on either side and on either clock."""
    for clock in CLOCKS:
        for event in log.family:
            for span in log.spans(event, clock):
                others = [log.spans(other, clock) for other in (span.version.duplicate_of, *span.version.duplicates) if other]
                assert Moment.parse(span.version.announced).at <= span.start
                assert all(at(other, span.start) is not None for other in others)


@given(logs())
def test_a_past_answer_on_the_recorded_clock_is_final(log: Log) -> None:
    """What was known at an instant stays what it was, whatever is joined or parted later."""
    instants = sorted({logged.recorded_at for history in log.family.values() for logged in history})
    until = instants[len(instants) // 2]
    before: Family = {event: [logged for logged in history if logged.recorded_at < until] for event, history in log.family.items()}
    before = {event: history for event, history in before.items() if history}
    for event, history in before.items():
        whole = log.spans(event, "recorded")
        for span in spans(history, "recorded", before):
            if span.start < until:
                assert at(whole, span.start) == span.version
                assert at(whole, min(span.until, until) - 1) == span.version


@given(logs(), maybe_days)
def test_a_parting_takes_everything_back(log: Log, announced: str | None) -> None:
    """Who joined two events by mistake must not have to put together by hand what each of them said."""
    free = [event for event in log.family if log.current(event).counts]
    if len(free) < 2:
        return
    apart = {event: {clock: log.spans(event, clock)[-1].version for clock in CLOCKS} for event in free}
    log.join(free[0], free[1], announced)
    log.part(free[0])
    for event in free[:2]:
        for clock in CLOCKS:
            assert replace(log.spans(event, clock)[-1].version, number=0) == replace(apart[event][clock], number=0)


@given(st.permutations((ONE, TWO, THREE)), maybe_days, maybe_days)
def test_the_order_of_recording_does_not_matter(order: list[UUID], one: str | None, two: str | None) -> None:
    """Two desks that post the same events and join them in another order must come to the same."""

    def written(events: Sequence[UUID]) -> Log:
        log = Log()
        for event in events:
            log.say(event, post(1, f"2024-01-0{event.int}", sources=[{"title": f"S{event.int}"}]))
        for loser in events:
            if loser != ONE:
                log.join(loser, ONE, {TWO: one, THREE: two}[loser] or "2024-01-03")
        return log

    def content(log: Log, event: UUID) -> list[tuple[int, set[str], UUID | None]]:
        return [
            (span.start, {source_key(source) for source in span.version.sources}, span.version.duplicate_of) for span in log.spans(event)
        ]

    first, other = written((ONE, TWO, THREE)), written(order)
    assert [content(first, event) for event in first.family] == [content(other, event) for event in first.family]


@pytest.mark.parametrize("status", ["denied", "rumoured", "reported", "confirmed"])
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_joined_event_counts_as_if_it_had_been_posted_again(status: str, clock: Clock) -> None:
    """Whether two reports are seen to be one at once or later must make no difference."""
    given: dict[str, Any] = {"sources": [NOTE], "tags": ["t"], "summary": {"en": "So."}, "fields": {"reason": "other"}, "status": status}
    log = two("2024-01-02", "2024-01-02", **given)
    log.join(TWO, ONE)
    again = Log()
    again.say(ONE, post(1))
    again.hours(2)
    again.say(ONE, post(2, **given))
    joined = log.spans(ONE, clock)[-1].version
    assert replace(joined, duplicates=()) == again.spans(ONE, clock)[-1].version
    assert (joined.sources, joined.fields["reason"], joined.duplicates) == ((WIRE, NOTE), "other", (TWO,))


def test_what_differs_is_disputed_and_nothing_that_identifies_the_event_changes() -> None:
    """The two were recorded as two because they differ, and who joins them has to see in what."""
    log = two(effective="2024-01", fields={"role": "CEO", "reason": "illness"})
    log.say(ONE, later(EventCorrected, 1, {"reason": "retired"}))
    log.join(TWO, ONE)
    found = log.spans(ONE)[-1].version
    assert (found.effective, found.fields["role"], found.fields["reason"]) == ("2024-01-01", "CTO", "retired")
    assert {dispute.field: dispute.value for dispute in found.disputed} == {"role": "CEO", "reason": "illness", "effective": "2024-01"}
    log.say(ONE, later(EventCorrected, 1, {"effective": "2024-01-05"}, announced="2024-01-08"))
    assert [dispute.field for dispute in log.spans(ONE)[-1].version.disputed] == ["role", "reason"]


def test_a_role_in_other_words_is_no_dispute() -> None:
    """The same office in two spellings is what makes most of such pairs."""
    log = two(fields={"role": "Chief Technology Officer"})
    log.join(TWO, ONE)
    assert log.spans(ONE)[-1].version.disputed == ()


@pytest.mark.parametrize(
    ("first", "second", "announced", "day"),
    [
        ("2024-01-02", "2024-01-04", None, 4),
        ("2024-01-04", "2024-01-02", None, 4),
        ("2024-01-02", "2024-01-04", "2024-01-06", 6),
        ("2024-01-02", "2024-01-04", "2024-01-01", 4),
        ("2024-01-02", "2024-01-20", "2024-01-06", 20),
    ],
)
def test_since_when_a_join_counts(first: str, second: str, announced: str | None, day: int) -> None:
    """Clerical it always was so, as soon as both are known; announced, from that day."""
    log = two(first, second)
    log.join(TWO, ONE, announced)
    assert {(log.on(TWO, before) or log.current(TWO)).duplicate_of for before in range(2, day)} <= {
        None,
        *([ONE] if second > first else []),
    }
    joined, winner = log.on(TWO, day), log.on(ONE, day)
    assert joined and winner and (joined.duplicate_of, winner.duplicates) == (ONE, (TWO,))
    if (early := log.on(ONE, day - 1)) is not None:
        assert (early.duplicates, early.sources) == ((), (WIRE,))


def test_an_announced_parting_leaves_what_was_held_until_then() -> None:
    """A look back shows what was believed, if that it was wrong was news."""
    log = two()
    log.join(TWO, ONE)
    log.part(TWO, "2024-01-09")
    assert [bool(version and version.duplicates) for day in (3, 4, 8, 9) for version in [log.on(ONE, day)]] == [False, True, True, False]
    assert [bool(version and version.duplicate_of) for day in (4, 8, 9) for version in [log.on(TWO, day)]] == [True, True, False]


def test_an_embargo_put_right_later_holds_for_a_join_too() -> None:
    """When the winner turns out to become public only later, the joined event counts for itself until then."""
    log = two()
    log.join(TWO, ONE)
    log.hours()
    log.say(ONE, later(EventCorrected, 1, {"announced": "2024-01-10"}))
    assert log.on(ONE, 9) is None and (early := log.on(TWO, 9)) is not None and early.counts
    assert (then := log.on(TWO, 10)) is not None and then.duplicate_of == ONE


def test_what_is_still_to_come_of_an_event_delays_its_join() -> None:
    """The winner would tell the correction before its day otherwise."""
    log = two()
    log.say(TWO, later(StatusChanged, 1, "confirmed", announced="2024-01-08"))
    log.join(TWO, ONE)
    assert [version.status for day in (7, 8) if (version := log.on(ONE, day))] == ["reported", "confirmed"]


def test_a_chain_is_followed() -> None:
    """The third event tells all that was told, whoever was joined first."""
    log = two()
    log.say(THREE, post(1, "2024-01-03", sources=[{"title": "Third"}]))
    log.join(TWO, ONE)
    log.join(ONE, THREE)
    found = log.spans(THREE)[-1].version
    assert [source["title"] for source in found.sources] == ["Third", "Wire", "Note"]
    assert found.duplicates == (ONE,) and log.spans(TWO)[-1].version.duplicate_of == ONE


def test_sources_and_retractions_are_the_winners_from_then_on() -> None:
    """A source taken away from the winner stays away, and a retraction takes all of its reports along."""
    log = two()
    log.join(TWO, ONE)
    log.say(ONE, later(SourceRemoved, 1, source_key(NOTE)))
    assert log.spans(ONE)[-1].version.sources == (WIRE,)
    log.say(ONE, later(EventRetracted, 1, announced="2024-01-09", reason="false"))
    log.part(TWO, "2024-01-10")
    found = log.spans(TWO)[-1].version
    assert found.counts and found.sources == (NOTE,) and not log.spans(ONE)[-1].version.counts


def test_an_event_that_was_retracted_at_the_time_tells_nothing() -> None:
    """On the public clock a join may reach back before the restoration that made it possible."""
    log = two()
    log.say(TWO, later(EventRetracted, 1, announced="2024-01-06", reason="false"))
    log.say(TWO, later(EventRestored, 1, announced="2024-01-08"))
    log.join(TWO, ONE, "2024-01-05")
    assert (before := log.on(ONE, 7)) is not None and before.sources == (WIRE,)
    assert (after := log.on(ONE, 8)) is not None and after.sources == (WIRE, NOTE)


def test_half_of_a_join_is_none() -> None:
    """A projection may hold one side for a moment before it has read the other."""
    log = two()
    log.join(TWO, ONE)
    half = {ONE: log.family[ONE][:1], TWO: log.family[TWO]}
    assert counted(half)[ONE][0] == [BEGIN + DAY]
    assert spans(half[ONE], "public", half)[-1].version.sources == (WIRE,)
