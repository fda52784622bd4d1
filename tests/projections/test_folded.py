"""Histories as they are flattened for comparing with a day, and what must hold of any set of reports."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import OPEN_END, PartialDate
from projections.claims import Report, day_json
from projections.folded import histories
from tests.projections.strategies import day, report_lists, told


def test_by_person_and_organization() -> None:
    """What one person does in one organization may not touch another's tenures, nor their own elsewhere."""
    mine = told("holds CEO 2018", "departs - 2020")
    elsewhere = [replace(report, event_id=f"x{report.event_id}") for report in told("holds CEO 2019", organization="bolt")]
    others = [replace(report, event_id=f"y{report.event_id}") for report in told("holds CEO 2021", person="bob")]
    found = histories([*others, *elsewhere, *mine])
    assert [(held.person, held.organization, held.body["since"]["value"]) for held in found.tenures] == [
        ("ann", "acme", "2018"),
        ("ann", "bolt", "2019"),
        ("bob", "acme", "2021"),
    ]
    assert [held.end_last for held in found.tenures] == [day("2020-12-31"), OPEN_END, OPEN_END]


def test_held() -> None:
    """A row has all that a day is compared with, and all that an answer shows."""
    (held,) = histories(told("holds CTO 2018-05 interim", "holds CTO 2018-06-02", "departs CTO 2024-09-25", "departs - 2024-10")).tenures
    assert (held.person, held.organization, held.role_key, held.start_known) == ("ann", "acme", "chief-technology-officer", True)
    assert (held.start_first, held.start_last) == (day("2018-05-01"), day("2018-05-31"))
    assert (held.end_first, held.end_last) == (day("2024-09-25"), day("2024-09-25"))
    assert held.body == {
        "role": "CTO",
        "since": {"value": "2018-05", "earliest": "2018-05-01", "latest": "2018-05-31"},
        "until": {"value": "2024-09-25", "earliest": "2024-09-25", "latest": "2024-09-25"},
        "left": day("2024-09-25"),
        "interims": [[day("2018-05-01"), True], [day("2018-06-02"), False]],
        "events": ["e1", "e2", "e3", "e4"],
        "started_by": ["e1"],
        "ended_by": ["e3", "e4"],
        "disputed": [
            {
                "field": "until",
                "value": {"value": "2024-10", "earliest": "2024-10-01", "latest": "2024-10-31"},
                "event": "e4",
                "status": "reported",
            }
        ],
    }


def test_a_disputed_start() -> None:
    """Sources that disagree on a start are shown beside the one that is believed."""
    (held,) = histories(told("holds CTO 2018-05-01 status=confirmed", "holds CTO 2018-06-01", "seen CTO 2019 since=2018")).tenures
    assert held.body["since"]["value"] == "2018-05-01"
    assert [(line["field"], line["value"]["value"], line["event"]) for line in held.body["disputed"]] == [
        ("since", "2018-06-01", "e2"),
        ("since", "2018", "e3"),
    ]


def test_an_unknown_start() -> None:
    """A tenure of unknown start reaches from the end of the one before to its first evidence, if there is one before."""
    first, second = histories(told("ends CEO 2020-03", "seen CEO 2021-05")).tenures
    assert (first.start_known, first.start_first, first.start_last) == (False, 0, day("2020-03-01"))
    assert (second.start_known, second.start_first, second.start_last) == (False, day("2020-03-01"), day("2021-05-01"))
    assert second.end_first == second.end_last == OPEN_END


@pytest.mark.parametrize(
    ("tellings", "left"),
    [
        (["holds CEO 2018"], [None]),
        (["holds CEO 2018", "departs - 2020-02"], ["2020-02-29"]),
        (["holds CEO 2018", "ends CEO 2020-02"], [None]),
        (["holds CEO 2018", "ends CEO 2020-02", "departs - 2020-05-01"], ["2020-05-01"]),
        (["holds CEO 2018", "departs - 2020-02-01", "holds CEO 2021", "ends CEO 2022"], ["2020-02-01", None]),
        # The day of leaving stays, where a rough report moves the tenure's end.
        (
            ["holds CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "departs - 2020-11 publishers=2"],
            ["2020-11-17", None],
        ),
        (["departs - 2020-02-01"], ["2020-02-01"]),
    ],
)
def test_left(tellings: list[str], left: list[str | None]) -> None:
    """Whoever steps down stays: that somebody left the organization has to be told apart from it."""
    wanted = [day(text) if text else None for text in left]
    assert [held.body["left"] for held in histories(told(*tellings)).tenures] == wanted


def test_leaves_and_lines() -> None:
    """Leaves and lines are laid out in the same way, an unknown return included."""
    found = histories(told("away 2024-08-05 back=2024-12", "away 2024-08-06", "reports 2024-01 manager=bob", "departs - 2025-01-01"))
    (leave,), (line,) = found.leaves, found.lines
    assert (leave.first, leave.until) == (day("2024-08-05"), day("2025-01-01"))
    december = {"value": "2024-12", "earliest": "2024-12-01", "latest": "2024-12-31"}
    assert leave.body["expectations"] == [[day("2024-08-05"), december, day("2024-12-31")], [day("2024-08-06"), None, None]]
    assert leave.body["since"]["value"] == "2024-08-05"
    assert leave.body["until"]["value"] == "2025-01-01"
    assert leave.body["events"] == ["e1", "e2", "e4"]
    assert (line.manager, line.first, line.until) == ("bob", day("2024-01-01"), day("2025-01-01"))
    assert (leave.body["started_by"], leave.body["ended_by"]) == (["e1"], ["e4"])
    assert line.body == {
        "since": {"value": "2024-01", "earliest": "2024-01-01", "latest": "2024-01-31"},
        "events": ["e3"],
        "started_by": ["e3"],
        "ended_by": ["e4"],
    }


def test_a_day_as_json() -> None:
    """An open side has no bound, and what is not known is no date."""
    assert day_json(None) is None
    assert day_json(PartialDate.parse("2024/..")) == {"value": "2024/..", "earliest": "2024-01-01", "latest": None}
    assert day_json(PartialDate.parse("../2024")) == {"value": "../2024", "earliest": None, "latest": "2024-12-31"}


@given(report_lists(), st.data())
def test_any_order(reports: list[Report], data: st.DataObject) -> None:
    """The result hangs on the set of events alone: articles are found in no order."""
    assert histories(data.draw(st.permutations(reports))) == histories(reports)


@given(report_lists())
def test_nothing_known_is_left_out(reports: list[Report]) -> None:
    """Every row names the events behind it, each once, and none that was not given."""
    found = histories(reports)
    bodies = [held.body for held in found.tenures] + [leave.body for leave in found.leaves] + [line.body for line in found.lines]
    for body in bodies:
        assert body["events"]
        assert len(set(body["events"])) == len(body["events"])
        assert set(body["events"]) <= {report.event_id for report in reports}
    for held in found.tenures:
        assert {line["event"] for line in held.body["disputed"]} <= set(held.body["events"])


@given(report_lists())
def test_bounds(reports: list[Report]) -> None:
    """Where dates contradict each other nothing may crash, and each bound stays on its side."""
    for held in histories(reports).tenures:
        assert held.start_first <= held.start_last
        assert held.end_first <= held.end_last
        assert (held.body["since"] is None, held.body["until"] is None) == (not held.start_known, held.end_first == OPEN_END)
