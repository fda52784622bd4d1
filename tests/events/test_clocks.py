"""The two clocks: when each entry counts, and that neither tells anything too early or takes it back later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from events.clocks import CLOCKS, Clock, Span, public_moments, resolved_announced, spans
from events.entries import Logged
from events.event import EventCorrected, EventRestored, EventRetracted, LaterEntry, SourceAdded, SourceRemoved, StatusChanged
from events.moments import FOREVER, Moment
from events.reducer import reduce_event
from events.sources import source_key
from tests.events.histories import BEGIN, HOUR, NOTE, WIRE, histories, later, logged, post

DAY = 24 * HOUR


def at(span_list: Sequence[Span], instant: int) -> Span | None:
    """The span of an instant."""
    return next((span for span in span_list if span.start <= instant < span.until), None)


def days(history: Sequence[Logged]) -> list[int]:
    """The days of January on which the entries count in public, as far as they count from the start of one."""
    return [1 + (moment - BEGIN) // DAY for moment in public_moments(history)[0]]


@given(histories())
def test_versions_follow_on_one_another(history: list[Logged]) -> None:
    """At no instant may an event have two versions, nor in public, once it is known, none."""
    for clock in CLOCKS:
        found = spans(history, clock)
        assert all(span.start < span.until for span in found) and found[-1].until == FOREVER
        for one, other in pairwise(found):
            # On the recorded clock a correction of its `announced` can put an event back under embargo.
            assert one.until <= other.start if clock == "recorded" else one.until == other.start
            assert one.until < other.start or one.version != other.version


@given(histories())
def test_nothing_is_known_before_it_was_announced(history: list[Logged]) -> None:
    """An embargo that leaks by a microsecond has leaked."""
    for clock in CLOCKS:
        for span in spans(history, clock):
            assert Moment.parse(span.version.announced).at <= span.start
    assert spans(history, "recorded")[0].start >= history[0].recorded_at
    assert spans(history, "public")[0].start == resolved_announced(history).at


@given(histories())
def test_a_past_answer_on_the_recorded_clock_is_final(history: list[Logged]) -> None:
    """Whoever asks what was known at an instant must get the same answer for ever, whatever is recorded later."""
    whole = spans(history, "recorded")
    for count in range(1, len(history)):
        until = history[count].recorded_at
        before = [replace(span, until=min(span.until, until)) for span in spans(history[:count], "recorded") if span.start < until]
        for span in before:
            known = at(whole, span.start)
            assert known is not None and known.version == span.version and known.until >= span.until


@given(histories())
def test_in_the_end_the_recorded_clock_knows_the_whole_log(history: list[Logged]) -> None:
    """Once everything is recorded and public, an event is what all its entries in their order make of it."""
    whole = reduce_event([found.entry for found in history])
    assert spans(history, "recorded")[-1].version == replace(whole, announced=public_moments(history)[1])


@given(histories())
def test_a_clerical_entry_counts_with_the_one_before(history: list[Logged]) -> None:
    """A typing error put right was never news, so it must not appear as a change on any day of its own."""
    moments, _ = public_moments(history)
    for index, found in enumerate(history):
        clerical = isinstance(found.entry, LaterEntry) and found.entry.announced is None
        if clerical and not (isinstance(found.entry, SourceAdded) and found.entry.source.get("published_at")):
            assert moments[index] == moments[index - 1]


@given(histories())
def test_a_retraction_removes_and_a_restoration_brings_back(history: list[Logged]) -> None:
    """Both are clerical here, so they undo exactly what the log said last."""
    number, last = len(history) + 1, history[-1].recorded_at
    retracted = [*history, Logged(later(EventRetracted, number, announced="2024-02-01", reason="wrong"), number, last + HOUR)]
    restored = [*retracted, Logged(later(EventRestored, number + 1), number + 1, last + 2 * HOUR)]
    for clock in CLOCKS:
        assert spans(retracted, clock)[-1].version.retraction == "wrong"
        assert not spans(restored, clock)[-1].version.retracted


@pytest.mark.parametrize(
    ("announced", "published", "expected"),
    [
        ("2024-01-05", ["2024-01-03"], "2024-01-05"),
        (None, ["2024-01-04", "2024-01-03T12:00:00Z", None], "2024-01-03T12:00:00Z"),
        (None, [None], "2024-01-01T00:00:00Z"),
    ],
)
def test_what_was_left_out_is_resolved(announced: str | None, published: list[str | None], expected: str) -> None:
    """Without `announced` the earliest publication counts, and without that the recording."""
    given = [{**WIRE, "published_at": day} if day else WIRE for day in published]
    assert resolved_announced(logged(post(1, announced, sources=given))).text == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (post(2, "2024-01-03"), "2024-01-03"),
        (post(2, "2024-01-06"), "2024-01-05"),
        (post(2, None, sources=[{**NOTE, "published_at": "2024-01-02"}]), "2024-01-05"),
        (later(EventCorrected, 2, {"announced": "2024-01-04"}), "2024-01-04"),
        (later(EventCorrected, 2, {"announced": "2024-01-09"}), "2024-01-09"),
    ],
)
def test_which_announcement_counts(second: object, expected: str) -> None:
    """The earliest one given does, and none that is left out lifts an embargo; a correction of it counts by itself."""
    history = logged(post(1, "2024-01-05"), second)
    assert resolved_announced(history).text == expected
    assert spans(history, "public")[0].start == Moment.parse(expected).at


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([later(StatusChanged, 2, "denied", announced="2024-01-04"), later(EventCorrected, 3, {"reason": "other"})], [2, 4, 4]),
        ([later(EventCorrected, 2, {"reason": "other"}), later(EventRetracted, 3, announced="2024-01-05")], [2, 2, 5]),
        ([later(SourceAdded, 2, {**NOTE, "published_at": "2024-01-07"}), later(SourceAdded, 3, NOTE)], [2, 7, 7]),
        ([later(SourceAdded, 2, {**NOTE, "published_at": "2024-01-07"}, announced="2024-01-03")], [2, 3]),
        ([post(2, "2024-01-01"), later(EventRetracted, 3)], [2, 1, 1]),
        ([later(EventRetracted, 2, announced="2024-01-01")], [2, 2]),
    ],
)
def test_when_later_entries_count_in_public(entries: list[object], expected: list[int]) -> None:
    """Each rule of the public clock once: own announcement, publication, clerical, and never before the event itself."""
    assert days(logged(post(), *entries)) == expected


def test_a_correction_of_the_announcement_moves_what_was_recorded_before() -> None:
    """The first version counts from the corrected moment too, or a reader of that day would still see it too early."""
    history = logged(post(1, "2024-01-02"), later(StatusChanged, 2, "denied"), later(EventCorrected, 3, {"announced": "2024-01-06"}))
    assert days(history) == [6, 6, 6]
    assert at(spans(history, "public"), BEGIN + 2 * DAY) is None


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_source_removed_before_it_counts_never_appears(clock: Clock) -> None:
    """A removal is clerical and may come to count before the publication date of the source that it takes away."""
    wrong = {**NOTE, "published_at": "2024-01-20"}
    confirmed = later(StatusChanged, 3, "confirmed", announced="2024-01-03")
    history = logged(post(), later(SourceAdded, 2, wrong), confirmed, later(SourceRemoved, 4, source_key(NOTE)))
    shown = [span.version.sources for span in spans(history, clock) if span.until > Moment.parse("2024-01-03").at]
    assert shown and all(sources == (WIRE,) for sources in shown)


def test_recorded_under_embargo_is_known_when_the_embargo_ends() -> None:
    """On the recorded clock too, what was recorded ahead of its announcement waits for it."""
    history = logged(post(1, "2024-01-10"), later(EventCorrected, 2, {"reason": "other"}), hours=(0, 48))
    (only,) = spans(history, "recorded")
    assert only.start == BEGIN + 9 * DAY and only.version.corrected
