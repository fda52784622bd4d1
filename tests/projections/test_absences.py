"""Leaves of absence and reporting lines: what is told, and from when until when they hold."""

from __future__ import annotations

import pytest

from events.dates import OPEN_END
from events.effects import Away, Back, ReportsTo
from projections.absences import Leave, Line, leaves, lines
from projections.claims import Report
from projections.tenure import Departure
from tests.projections.strategies import day, told
from tests.projections.test_history import folded


def departures(reports: list[Report]) -> list[Departure]:
    """The departures that the fold finds."""
    return folded(reports).departures


def leaves_of(*tellings: str) -> list[Leave]:
    """The leaves that come of the tellings."""
    reports = told(*tellings)
    return leaves(
        [(report, effect) for report in reports for effect in report.effects if isinstance(effect, (Away, Back))], departures(reports)
    )


def lines_of(*tellings: str) -> list[Line]:
    """The reporting lines that come of the tellings."""
    reports = told(*tellings)
    return lines(
        [(report, effect) for report in reports for effect in report.effects if isinstance(effect, ReportsTo)], departures(reports)
    )


@pytest.mark.parametrize(
    ("tellings", "spans"),
    [
        (["away 2020-01-10"], [("2020-01-10", "")]),
        (["away 2020-01-10", "back 2020-02-10"], [("2020-01-10", "2020-02-10")]),
        # From the earliest day on which it may have begun until the latest on which it may have ended.
        (["away 2020-01", "back 2020-03"], [("2020-01-01", "2020-03-31")]),
        (["away 2020-01-10", "back 2020-01-10"], [("2020-01-10", "2020-01-10")]),
        (["away 2020-01-10", "back 2020-02-10", "away 2020-03-10"], [("2020-01-10", "2020-02-10"), ("2020-03-10", "")]),
        # A second one meanwhile is the same leave; nobody comes back who is not away.
        (["away 2020-01-10", "away 2020-02-10", "back 2020-03-10"], [("2020-01-10", "2020-03-10")]),
        (["back 2020-02-10"], []),
        (["away 2020-01-10", "back 2020-02-10", "back 2020-02-20"], [("2020-01-10", "2020-02-10")]),
        # A departure ends it, whatever it ends besides, also where it is one more report of the last one.
        (["away 2020-01-10", "departs - 2020-02"], [("2020-01-10", "2020-02-29")]),
        (["holds CEO 2018", "ends CEO 2019", "away 2020-01-10", "departs CEO 2020-02-10"], [("2020-01-10", "2020-02-10")]),
        (["holds CEO 2018", "away 2020-01-10", "departs - 2020-02-10", "departs - 2020-02-20"], [("2020-01-10", "2020-02-20")]),
        # A step down does not, nor does a departure before it or a rough report of one.
        (["holds CEO 2018", "away 2020-01-10", "ends CEO 2020-02-10"], [("2020-01-10", "")]),
        (["departs - 2020-01-01", "away 2020-01-10"], [("2020-01-10", "")]),
        (["holds CEO 2018", "departs - 2020-01-10", "holds CEO 2020-01-12", "away 2020-01-14", "departs - 2020-01"], [("2020-01-14", "")]),
    ],
)
def test_leaves(tellings: list[str], spans: list[tuple[str, str]]) -> None:
    """Somebody on leave still belongs to the organization, and is away until somebody says otherwise."""
    wanted = [(day(start), day(until) if until else OPEN_END) for start, until in spans]
    assert [(leave.start.first, leave.until) for leave in leaves_of(*tellings)] == wanted


def test_a_second_leave_changes_the_expected_return() -> None:
    """A leave that is extended began when it began, and until the extension was said to end when it was said to."""
    (leave,) = leaves_of("away 2020-01-10 back=2020-02", "away 2020-01-20 back=2020-04", "away 2020-01-30", "back 2020-05-01")
    expected = [(turn.since, turn.expected_return.text if turn.expected_return else None) for turn in leave.expectations]
    assert expected == [(day("2020-01-10"), "2020-02"), (day("2020-01-20"), "2020-04"), (day("2020-01-30"), None)]
    assert leave.events == ("e1", "e2", "e3", "e4")
    assert leave.end is not None and leave.end.text == "2020-05-01"


@pytest.mark.parametrize(
    ("tellings", "spans"),
    [
        (["reports 2020-01 manager=bob"], [("bob", "2020-01-01", "")]),
        (
            ["reports 2020-01-10 manager=bob", "reports 2020-02-10 manager=cat"],
            [("bob", "2020-01-10", "2020-02-10"), ("cat", "2020-02-10", "")],
        ),
        (["reports 2020-01-10 manager=bob", "reports 2020-02-10"], [("bob", "2020-01-10", "2020-02-10"), (None, "2020-02-10", "")]),
        # Of one day the later report holds.
        (["reports 2020-01-10 manager=bob announced=2020-01-12", "reports 2020-01-10 manager=cat"], [("bob", "2020-01-10", "")]),
        (["reports 2020-01-10 manager=bob", "reports 2020-01-10 manager=cat"], [("cat", "2020-01-10", "")]),
        # A departure ends it, and one that came before does not.
        (["reports 2020-01-10 manager=bob", "departs - 2020-02"], [("bob", "2020-01-10", "2020-02-29")]),
        (["reports 2020-01-10 manager=bob", "departs - 2020-01-10"], []),
        (["departs - 2020-01-09", "reports 2020-01-10 manager=bob"], [("bob", "2020-01-10", "")]),
        (["reports 2020-01-10 manager=bob", "departs - 2020-02-10", "reports 2020-01-20 manager=cat"],
         [("bob", "2020-01-10", "2020-01-20"), ("cat", "2020-01-20", "2020-02-10")]),
        # Whoever leaves and takes up another role that very day keeps the line of the new role, not the old one.
        (
            [
                "holds CEO 2018",
                "reports 2020-01-10 manager=bob",
                "departs - 2020-02-10",
                "holds adviser 2020-02-10",
                "reports 2020-02-10 manager=cat",
            ],
            [("bob", "2020-01-10", "2020-02-10"), ("cat", "2020-02-10", "")],
        ),
        (
            ["holds CEO 2018", "reports 2020-01-10 manager=bob", "departs - 2020-02-10", "holds adviser 2020-02-10"],
            [("bob", "2020-01-10", "2020-02-10")],
        ),
    ],
)  # fmt: skip
def test_lines(tellings: list[str], spans: list[tuple[str | None, str, str]]) -> None:
    """Everybody has one line at a time, and none after leaving."""
    wanted = [(manager, day(since), day(until) if until else OPEN_END) for manager, since, until in spans]
    assert [(line.manager, line.since, line.until) for line in lines_of(*tellings)] == wanted
