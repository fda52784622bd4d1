"""What an event's entries make of it, whichever order they are given in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from events.entries import Logged
from events.event import (
    Dispute,
    EventCorrected,
    EventCorroborated,
    EventRestored,
    EventRetracted,
    Posted,
    SourceAdded,
    SourceRemoved,
    StatusChanged,
)
from events.reducer import reduce_event
from events.sources import source_key
from tests.events.histories import FIELDS, ID, NOTE, WIRE, histories, later, post


@given(histories())
def test_hearing_it_again_changes_nothing(history: list[Logged]) -> None:
    """A client that sends everything twice must not make disputes or sources out of it."""
    entries = [found.entry for found in history]
    last = next(entry for entry in reversed(entries) if isinstance(entry, Posted))
    content = {name: value for name, value in vars(last).items() if name != "originator_version"}
    once, twice = ([*entries, EventCorroborated(originator_version=len(entries) + more, **content)] for more in (1, 2))
    assert replace(reduce_event([*once, twice[-1]]), number=0) == replace(reduce_event(once), number=0)


@given(histories())
def test_sources_are_distinct_and_of_the_log(history: list[Logged]) -> None:
    """Publishers are counted by them, so none may count twice or come from nowhere."""
    entries = [found.entry for found in history]
    said = [source for entry in entries for source in getattr(entry, "sources", [getattr(entry, "source", None)]) if source]
    keys = [source_key(source) for source in reduce_event(entries).sources]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {source_key(source) for source in said}


def test_a_second_report_adds_what_was_missing() -> None:
    """That is what corroboration is for: nothing that was told is lost, and nothing told first is overwritten."""
    first = post(fields={"reason": "other"}, summary={"en": "She leaves."}, tags=["a"])
    second = post(2, fields={"since": "2018"}, summary={"en": "No.", "ja": "退任"}, tags=["b", "a"], sources=[WIRE, NOTE], ref="r")
    version = reduce_event([first, second])
    assert version.fields == {**FIELDS, "reason": "other", "since": "2018"}
    assert (version.summary, version.tags, version.ref) == ({"en": "She leaves.", "ja": "退任"}, ("a", "b"), "r")
    assert (list(version.sources), version.number, version.disputed) == ([WIRE, NOTE], 2, ())


def test_a_detail_that_differs_is_kept_with_its_source() -> None:
    """Neither report is thrown away: the reader sees that they disagree, and who said what."""
    version = reduce_event([post(fields={"reason": "other"}), post(2, fields={"reason": "illness"}, sources=[NOTE])])
    assert version.fields["reason"] == "other"
    assert version.disputed == (Dispute("reason", "illness", ("Note: Note",)),)
    settled = reduce_event(
        [post(fields={"reason": "other"}), post(2, fields={"reason": "illness"}), later(EventCorrected, 3, {"reason": "illness"})]
    )
    assert settled.fields["reason"] == "illness" and not settled.disputed


def test_one_role_in_two_languages_is_no_dispute() -> None:
    """Roles are compared by their key everywhere, and two reports seldom write one alike."""
    moves = [
        replace(post(number, fields={"to_role": "CEO", "from_role": role}), type="role_change")
        for number, role in ((1, "CTO"), (2, "最高技術責任者"), (3, "COO"))
    ]
    assert [dispute.value for dispute in reduce_event(moves).disputed] == ["COO"]


def test_a_report_that_comes_after_a_correction_undoes_nothing() -> None:
    """Corrections lie over all reports, also those that come to count later."""
    corrected = later(EventCorrected, 2, {"reason": "illness", "effective": "2024-01-03"})
    version = reduce_event([post(fields={"reason": "other"}), corrected, post(3, fields={"reason": "other", "since": "2018"})])
    assert (version.fields["reason"], version.fields["since"], version.effective) == ("illness", "2018", "2024-01-03")
    assert version.corrected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reason": None}, {"fields": FIELDS}),
        ({"summary": {"en": "New."}}, {"summary": {"en": "New.", "ja": "退任"}}),
        ({"summary": None}, {"summary": {}}),
        ({"tags": ["b"]}, {"tags": ("b",)}),
        ({"tags": None}, {"tags": ()}),
        ({"effective": "2024-02"}, {"effective": "2024-02"}),
    ],
)
def test_what_a_correction_changes(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    """Null takes a value away, anything else replaces it, and what is not named stays."""
    first = post(fields={"reason": "other"}, summary={"en": "She leaves.", "ja": "退任"}, tags=["a"])
    before, after = reduce_event([first]), reduce_event([first, later(EventCorrected, 2, changes)])
    assert after == replace(before, number=2, corrected=True, **expected)


def test_no_manager_is_a_value() -> None:
    """Somebody who is corrected to report to nobody still reports to nobody; the line has not become incomplete."""
    line = replace(post(fields={"manager": "sam-altman"}), type="reporting_line")
    assert reduce_event([line, later(EventCorrected, 2, {"manager": None})]).fields["manager"] is None


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ([post(status="rumoured"), post(2, status="confirmed")], "confirmed"),
        ([post(status="confirmed"), post(2, status="rumoured")], "confirmed"),
        ([post(status="confirmed"), later(StatusChanged, 2, "denied")], "denied"),
        ([post(status="confirmed"), later(StatusChanged, 2, "denied"), post(3, status="reported")], "reported"),
        ([post(status="denied"), post(2, status="denied")], "denied"),
    ],
)
def test_status_rises_with_reports_and_is_set_by_changes(entries: list[Any], status: str) -> None:
    """A rumour is confirmed by the report that confirms it; only a change of status can lower it."""
    assert reduce_event(entries).status == status


def test_a_retraction_keeps_its_reason_until_it_is_undone() -> None:
    """The reason is what is told to whoever posts the event again."""
    entries: list[Any] = [post(), later(EventRetracted, 2, reason="another person")]
    assert reduce_event(entries).retraction == "another person"
    restored = reduce_event([*entries, later(EventRestored, 3)])
    assert (restored.retracted, restored.retraction) == (False, None)


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([later(SourceAdded, 2, NOTE), later(SourceRemoved, 3, source_key(NOTE))], [WIRE]),
        ([later(SourceRemoved, 3, source_key(NOTE)), later(SourceAdded, 2, NOTE)], [WIRE]),
        ([later(SourceRemoved, 2, source_key(NOTE)), later(SourceAdded, 3, NOTE)], [WIRE, NOTE]),
        ([later(SourceAdded, 2, WIRE)], [WIRE]),
    ],
)
def test_a_removal_takes_away_what_was_there_when_it_was_made(entries: list[Any], left: list[Any]) -> None:
    """On the public clock it may be applied before the source that it is about, and one added afresh must stay."""
    version = reduce_event([post(), *entries])
    assert list(version.sources) == left and version.number == max(entry.originator_version for entry in entries)
    assert entries[0].originator_id == ID
