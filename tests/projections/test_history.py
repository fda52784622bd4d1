"""The fold's rules on tenures, clause by clause: what is told, and the tenures that must come of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.effects import Departs, Ends, Holds, Observed
from projections.claims import Report
from projections.history import Fold, Step, fold
from projections.tenure import UNBOUNDED
from tests.projections.strategies import ROLES, day, report_lists, told


def folded(reports: Sequence[Report]) -> Fold:
    """The fold of the reports, all of one person in one organization."""
    steps = [(report, effect) for report in reports for effect in report.effects]
    return fold(Step(report, effect) for report, effect in steps if isinstance(effect, (Holds, Observed, Ends, Departs)))


def shown(state: Fold) -> list[str]:
    """The tenures as `role start > end`, `?` for an unknown start and nothing for the end of an open one, in order."""
    lines = [
        f"{tenure.role.text if tenure.role else '-'} {tenure.start.text if tenure.start else '?'} > {tenure.end.text if tenure.end else ''}"
        for tenure in state.tenures
    ]
    return sorted(line.strip() for line in lines)


def expect(tellings: Sequence[str], tenures: Sequence[str]) -> Fold:
    """Fold the tellings and compare the tenures, given in any order."""
    state = folded(told(*tellings))
    assert shown(state) == sorted(tenures)
    return state


Table = list[tuple[list[str], list[str]]]


def table(rows: Table) -> pytest.MarkDecorator:
    """A test's rows: what is told, and the tenures."""
    return pytest.mark.parametrize(("tellings", "tenures"), rows, ids=lambda value: "; ".join(value)[:90])


@table([
    (["ends CEO 2020-05-01", "holds CEO 2020-01-01"], ["CEO 2020-01-01 > 2020-05-01"]),
    # An opening counts from its earliest day, a closing from its latest.
    (["holds CEO 2020", "ends CEO 2020-03-01"], ["CEO 2020 > 2020-03-01"]),
    (["holds CEO 2020-03-01", "ends CEO 2020"], ["CEO 2020-03-01 > 2020"]),
    # On the same day openings come first.
    (["ends CEO 2020-02-01 announced=2019-01-01", "seen CEO 2020-02-01"], ["CEO ? > 2020-02-01"]),
])  # fmt: skip
def test_order(tellings: list[str], tenures: list[str]) -> None:
    """Whatever was recorded first, the story is read in the order in which it happened (rule 1)."""
    expect(tellings, tenures)


@pytest.mark.parametrize(
    ("tellings", "events"),
    [
        (["seen CEO 2020-02-01 announced=2020-03-02", "holds CEO 2020-02-01 announced=2020-03-01"], ("e2", "e1")),
        (["seen CEO 2020-02-01 announced=2020-03-01", "holds CEO 2020-02-01 announced=2020-03-01"], ("e1", "e2")),
        (["ends CEO 2020-02-01 announced=2020-03-02", "ends CEO 2020-02-01 announced=2020-03-01"], ("e2", "e1")),
        (["ends CEO 2020-02-01", "holds CEO 2019", "seen CEO 2020"], ("e2", "e3", "e1")),
    ],
)
def test_order_of_one_day(tellings: list[str], events: tuple[str, ...]) -> None:
    """What happened on one day is told in the order of announcement, then of ids, so that the answer is always the same."""
    assert folded(told(*tellings)).tenures[0].events == events


@table([
    # A tenure of that role began before: the end belongs to the older term.
    (["holds CEO 2018", "holds CEO 2020-11", "ends CEO 2020-11-17"], ["CEO 2018 > 2020-11-17", "CEO 2020-11 >"]),
    # Also when that one has ended already, early.
    (
        ["holds CEO 2018", "ends CEO 2020-09-15", "holds CEO 2020-11-01", "ends CEO 2020-11-01"],
        ["CEO 2018 > 2020-11-01", "CEO 2020-11-01 >"],
    ),
    # Also where the older one is known from a sighting alone, on or before that day.
    (["seen CEO 2020-11-01", "holds CEO 2020-11", "ends CEO 2020-11-17"], ["CEO ? > 2020-11-17", "CEO 2020-11 >"]),
    # Of one day, even with nothing known before.
    (["holds CEO 2020-11-01", "ends CEO 2020-11-01"], ["CEO ? > 2020-11-01", "CEO 2020-11-01 >"]),
    # Not of one day, nothing before: it ends what the appointment began.
    (["holds CEO 2020-11", "ends CEO 2020-11-17"], ["CEO 2020-11 > 2020-11-17"]),
    (["holds CEO 2020-11-01", "ends CEO 2020-11"], ["CEO 2020-11-01 > 2020-11"]),
    # Not overlapping, or of another role.
    (["holds CEO 2018", "holds CEO 2020-11-16", "ends CEO 2020-11-17"], ["CEO 2018 > 2020-11-17"]),
    (["holds CEO 2018", "holds CTO 2020-11", "ends CEO 2020-11-17"], ["CEO 2018 > 2020-11-17", "CTO 2020-11 >"]),
    # An older tenure whose start is not known to lie before does not count as such.
    (["holds CEO 2020", "holds CEO 2020-11", "ends CEO 2020-11-17"], ["CEO 2020-11 > 2020-11-17"]),
    # A sighting is no new term.
    (["holds CEO 2018", "seen CEO 2020-11", "ends CEO 2020-11-17"], ["CEO 2018 > 2020-11-17"]),
])  # fmt: skip
def test_an_end_before_a_new_term(tellings: list[str], tenures: list[str]) -> None:
    """Terms end and begin on one day, and who is back in a month left before it (rule 1, first exception)."""
    expect(tellings, tenures)


@table([
    (["holds CEO 2018", "holds CEO 2020-11", "departs - 2020-11-17"], ["CEO 2018 > 2020-11-17", "CEO 2020-11 >"]),
    # Of the same role, one that was open: the first departure leaves nothing for the second to come before.
    (
        ["holds CEO 2018", "holds CEO 2020-11", "departs - 2020-11-17", "departs - 2020-11-20"],
        ["CEO 2018 > 2020-11-17", "CEO 2020-11 > 2020-11-20"],
    ),
    (
        ["holds CEO 2018", "ends CEO 2019-12-01", "holds CEO 2020", "departs - 2020-12-01"],
        ["CEO 2018 > 2019-12-01", "CEO 2020 > 2020-12-01"],
    ),
    (["holds CEO 2020-11-01", "holds CEO 2020-11-01", "departs - 2020-11-01"], ["CEO 2020-11-01 > 2020-11-01", "CEO 2020-11-01 >"]),
    # Another role taken up on that very day: left, and became adviser.
    (["holds CEO 2018", "holds adviser 2020-11-17", "departs CEO 2020-11-17"], ["CEO 2018 > 2020-11-17", "adviser 2020-11-17 >"]),
    (["seen CTO 2018", "holds adviser 2020-11-17", "departs - 2020-11-17"], ["CTO ? > 2020-11-17", "adviser 2020-11-17 >"]),
    # Dated to the day on both sides, or it ends the new role too.
    (["holds CEO 2018", "holds adviser 2020-11-17", "departs - 2020-11"], ["CEO 2018 > 2020-11", "adviser 2020-11-17 > 2020-11"]),
    (["holds CEO 2018", "holds adviser 2020-11", "departs - 2020-11-17"], ["CEO 2018 > 2020-11-17", "adviser 2020-11 > 2020-11-17"]),
    # With nothing open before, whoever is appointed and leaves on one day has left.
    (["holds adviser 2020-11-17", "departs - 2020-11-17"], ["adviser 2020-11-17 > 2020-11-17"]),
    # Two reports of that one departure, and a departure from a role of which nobody had told.
    (
        ["holds CEO 2018", "holds adviser 2020-11-17", "departs CEO 2020-11-17", "departs - 2020-11-17"],
        ["CEO 2018 > 2020-11-17", "adviser 2020-11-17 >"],
    ),
    (["holds adviser 2020-11-17", "departs CEO 2020-11-17"], ["CEO ? > 2020-11-17", "adviser 2020-11-17 >"]),
    (["holds adviser 2020-11-17", "departs adviser 2020-11-17"], ["adviser 2020-11-17 > 2020-11-17"]),
])  # fmt: skip
def test_a_departure_before_a_return(tellings: list[str], tenures: list[str]) -> None:
    """Somebody who leaves and takes up a role on one day did not leave that role (rule 1, second exception)."""
    expect(tellings, tenures)


@table([
    (["holds CEO 2020-01-01", "holds CTO 2020-01-01"], ["CEO 2020-01-01 >", "CTO 2020-01-01 >"]),
    # Another claim of the start within 92 days, a reappointment after that.
    (["holds CEO 2020-01-01", "holds CEO 2020-04-02"], ["CEO 2020-04-02 >"]),
    (["holds CEO 2020-01-01", "holds CEO 2020-04-03"], ["CEO 2020-01-01 >"]),
    # The nearest bounds count.
    (["holds CEO 2020-01", "holds CEO 2020-05-02"], ["CEO 2020-05-02 >"]),
    (["holds CEO 2020-01", "holds CEO 2020-05-03"], ["CEO 2020-01 >"]),
    # The start that has won by then is the one to be close to.
    (["holds CEO 2020-01-01", "holds CEO 2020-03-01", "holds CEO 2020-05-01"], ["CEO 2020-05-01 >"]),
    (["holds CEO 2020-01-01 status=confirmed", "holds CEO 2020-03-01", "holds CEO 2020-05-01 status=confirmed"], ["CEO 2020-01-01 >"]),
    # An unknown start is filled, unless it lies wholly after the first sighting.
    (["seen CEO 2020", "holds CEO 2020-12-31"], ["CEO 2020-12-31 >"]),
    (["seen CEO 2020", "holds CEO 2021-01-01"], ["CEO ? >"]),
    (["seen CEO 2020-06-01", "holds CEO 2020-06-01"], ["CEO 2020-06-01 >"]),
    (["seen CEO 2020-06-01", "seen CEO 2022", "holds CEO 2022-01-02"], ["CEO ? >"]),
])  # fmt: skip
def test_opening(tellings: list[str], tenures: list[str]) -> None:
    """A second report of an appointment is not a second term, and a new term of who stays is not a second start (rule 2)."""
    expect(tellings, tenures)


@table([
    # Supports the open tenure.
    (["holds CEO 2020-01-01", "seen CEO 2022"], ["CEO 2020-01-01 >"]),
    (["seen CEO 2020", "seen CEO 2022"], ["CEO ? >"]),
    # Supports one that ended within the sighting's bounds.
    (
        ["holds CEO 2018", "departs - 2020-11-17", "holds adviser 2020-11-17", "seen CEO 2020-11-17 announced=2021-01-01"],
        ["CEO 2018 > 2020-11-17", "adviser 2020-11-17 >"],
    ),
    # Nor does who was seen in the role before its end hold it after, where that end came first for the sake of a return.
    (
        ["holds CEO 2018", "holds CTO 2018", "holds CEO 2020", "departs - 2020-11-17", "seen CTO 2020-03-01"],
        ["CEO 2018 > 2020-11-17", "CTO 2018 > 2020-11-17", "CEO 2020 >"],
    ),
    # Else opens one of unknown start.
    (["holds CEO 2018", "ends CEO 2020-11-17", "seen CEO 2020-11-18"], ["CEO 2018 > 2020-11-17", "CEO ? >"]),
    # A `since` claims the start, of whichever tenure the sighting supports.
    (["seen CEO 2020 since=2018-05"], ["CEO 2018-05 >"]),
    (["holds CEO 2018-04-01", "seen CEO 2020 since=2018-05"], ["CEO 2018-04-01 >"]),
    (["holds CEO 2018-04-01", "seen CEO 2020 since=2018-05-02"], ["CEO 2018-05-02 >"]),
    (["holds CEO 2018-04-01", "seen CEO 2020 since=2015-05-02 publishers=2"], ["CEO 2015-05-02 >"]),
    (["seen CEO 2020 since=2018-05-02", "holds CEO 2020-01-01"], ["CEO 2018-05-02 >"]),
    (
        ["seen CEO 2018", "departs - 2020-11-17", "holds adviser 2020-11-17", "seen CEO 2020-11-17 since=2015 announced=2021-01-01"],
        ["CEO 2015 > 2020-11-17", "adviser 2020-11-17 >"],
    ),
    # But not of a tenure that began after it, nor after the sighting itself.
    (["holds CEO 2018", "ends CEO 2020-11-17", "seen CEO 2021 since=2018"], ["CEO 2018 > 2020-11-17", "CEO ? >"]),
    (["holds CEO 2018", "ends CEO 2020-11-17", "seen CEO 2021 since=2020-11"], ["CEO 2018 > 2020-11-17", "CEO 2020-11 >"]),
    (["seen CEO 2020 since=2021"], ["CEO ? >"]),
])  # fmt: skip
def test_sighting(tellings: list[str], tenures: list[str]) -> None:
    """A sighting proves a tenure but neither begins nor renews one that is known (rule 2)."""
    expect(tellings, tenures)


def test_a_tenure_seen_after_an_end_does_not_reach_back_before_it() -> None:
    """Who was seen in the role again came back, but not before having left (rule 2)."""
    state = expect(["holds CEO 2018", "ends CEO 2020-11", "seen CEO 2021"], ["CEO 2018 > 2020-11", "CEO ? >"])
    assert [tenure.not_before for tenure in state.tenures] == [UNBOUNDED, day("2020-11-01")]


def test_made_permanent() -> None:
    """Made permanent after weeks as interim is a second appointment: the weeks before may not be lost."""
    state = expect(["holds CEO 2020-01-01 interim", "holds CEO 2020-03-01", "holds CEO 2020-03-05"], ["CEO 2020-01-01 >"])
    assert state.tenures[0].interims == ((day("2020-01-01"), True), (day("2020-03-01"), False), (day("2020-03-05"), False))
    expect(["holds CEO 2020-01 interim", "holds CEO 2020-01-15"], ["CEO 2020-01-15 >"])
    expect(["holds CEO 2020-01-01", "holds CEO 2020-03-01 interim"], ["CEO 2020-03-01 >"])


@table([
    (["holds CEO 2018", "ends CEO 2020-01-01"], ["CEO 2018 > 2020-01-01"]),
    (["holds CEO 2018", "holds CTO 2018", "ends CEO 2020-01-01"], ["CEO 2018 > 2020-01-01", "CTO 2018 >"]),
    # With none open, another claim of the last end within 92 days; otherwise it changes nothing.
    (["holds CEO 2018", "ends CEO 2020-01-01", "ends CEO 2020-04-02"], ["CEO 2018 > 2020-04-02"]),
    (["holds CEO 2018", "ends CEO 2020-01-01", "ends CEO 2020-04-03"], ["CEO 2018 > 2020-01-01"]),
    (
        ["holds CEO 2015", "ends CEO 2018", "holds CEO 2019-06", "ends CEO 2020-01-01", "ends CEO 2020-02-01"],
        ["CEO 2015 > 2018", "CEO 2019-06 > 2020-02-01"],
    ),
    # With none ever: whoever left a role had held it.
    (["ends CEO 2020-01-01"], ["CEO ? > 2020-01-01"]),
    (["holds CTO 2018", "ends CEO 2020-01-01"], ["CEO ? > 2020-01-01", "CTO 2018 >"]),
    # A `since` fills an unknown start and only that.
    (["ends CEO 2020-01-01 since=2018"], ["CEO 2018 > 2020-01-01"]),
    (["seen CEO 2019", "ends CEO 2020-01-01 since=2018"], ["CEO 2018 > 2020-01-01"]),
    (["holds CEO 2017", "ends CEO 2020-01-01 since=2018 publishers=9"], ["CEO 2017 > 2020-01-01"]),
    (["seen CEO 2019", "ends CEO 2020-01-01", "ends CEO 2020-01-02 since=2018"], ["CEO 2018 > 2020-01-02"]),
    (["seen CEO 2019", "ends CEO 2020-01-01", "ends CEO 2021-01-02 since=2018"], ["CEO ? > 2020-01-01"]),
    (["holds CEO 2015", "ends CEO 2017", "seen CEO 2019", "ends CEO 2020-01-01 since=2016"], ["CEO 2015 > 2017", "CEO ? > 2020-01-01"]),
    (["ends CEO 2020-01-01 since=2021"], ["CEO ? > 2020-01-01"]),
])  # fmt: skip
def test_closing_one_role(tellings: list[str], tenures: list[str]) -> None:
    """An end closes its role alone, once, and proves that it was held (rule 3)."""
    expect(tellings, tenures)


@table([
    # Every open tenure there, and none that had ended.
    (["holds CEO 2018", "holds CTO 2019", "departs - 2020-01-01"], ["CEO 2018 > 2020-01-01", "CTO 2019 > 2020-01-01"]),
    (["holds CEO 2018", "ends CEO 2019", "holds CTO 2019", "departs CTO 2020-01-01"], ["CEO 2018 > 2019", "CTO 2019 > 2020-01-01"]),
    # With nothing open, another claim of the last departure within 92 days: it moves all that that one ended.
    (
        ["holds CEO 2018", "holds CTO 2019", "departs CEO 2020-01-01", "departs CTO 2020-04-02"],
        ["CEO 2018 > 2020-04-02", "CTO 2019 > 2020-04-02"],
    ),
    (["holds CEO 2018", "departs - 2020-01-01", "departs - 2020-04-03"], ["CEO 2018 > 2020-01-01"]),
    (
        ["holds CEO 2018", "ends CEO 2019-12-31", "holds CTO 2018", "departs - 2020-01-01", "departs - 2020-02-01"],
        ["CEO 2018 > 2019-12-31", "CTO 2018 > 2020-02-01"],
    ),
    # Unless something was opened since.
    (
        ["holds CEO 2018", "departs - 2020-01-01", "holds CTO 2020-01-10", "ends CTO 2020-01-20", "departs - 2020-02-01"],
        ["CEO 2018 > 2020-01-01", "CTO 2020-01-10 > 2020-01-20"],
    ),
    # A tenure that some closing proved afterwards was not opened since.
    (
        ["holds CEO 2018", "departs - 2020-01-01", "ends CTO 2020-01-10", "departs - 2020-02-01"],
        ["CEO 2018 > 2020-02-01", "CTO ? > 2020-01-10"],
    ),
    # With no departure before it is the first, and moves nothing.
    (["holds CEO 2018", "ends CEO 2020-01-01", "departs CEO 2020-02-01"], ["CEO 2018 > 2020-01-01"]),
    # A role never held there, also while others are open; no role where there never was any.
    (["departs CEO 2020-01-01"], ["CEO ? > 2020-01-01"]),
    (["departs - 2020-01-01"], ["- ? > 2020-01-01"]),
    (["holds CTO 2018", "departs CEO 2020-01-01"], ["CTO 2018 > 2020-01-01", "CEO ? > 2020-01-01"]),
    (["holds CTO 2018", "departs - 2020-01-01", "departs CEO 2020-01-02"], ["CTO 2018 > 2020-01-02", "CEO ? > 2020-01-02"]),
    (
        ["holds CTO 2018", "departs - 2020-01-01", "departs CEO 2020-01-02", "departs - 2020-01-03"],
        ["CTO 2018 > 2020-01-03", "CEO ? > 2020-01-03"],
    ),
    # A tenure without a role takes the name, if that is the one.
    (["departs - 2020-01-01", "departs CEO 2020-01-02"], ["CEO ? > 2020-01-02"]),
    (["departs - 2020-01-01", "departs CEO 2020-01-02", "departs CTO 2020-01-03"], ["CEO ? > 2020-01-03", "CTO ? > 2020-01-03"]),
    # It is not, where something was opened since: they left again then, from a role that was held until then.
    (
        ["departs - 2020-01-01", "holds CTO 2020-02-01", "departs CEO 2020-03-01"],
        ["- ? > 2020-01-01", "CTO 2020-02-01 > 2020-03-01", "CEO ? > 2020-03-01"],
    ),
    (["departs - 2010", "holds CTO 2018", "departs CEO 2020-01-01"], ["- ? > 2010", "CTO 2018 > 2020-01-01", "CEO ? > 2020-01-01"]),
])  # fmt: skip
def test_leaving_the_organization(tellings: list[str], tenures: list[str]) -> None:
    """A departure ends all that is held there, and two reports of one are not two (rule 3)."""
    expect(tellings, tenures)


@table([
    (["departs - 2020-01-01 since=2018"], ["- 2018 > 2020-01-01"]),
    (["departs CEO 2020-01-01 since=2018"], ["CEO 2018 > 2020-01-01"]),
    # Naming a role it speaks of that one, naming none of all that it ends.
    (["seen CEO 2019", "seen CTO 2019", "departs CEO 2020-01-01 since=2018"], ["CEO 2018 > 2020-01-01", "CTO ? > 2020-01-01"]),
    (["seen CEO 2019", "seen CTO 2019", "departs - 2020-01-01 since=2018"], ["CEO 2018 > 2020-01-01", "CTO 2018 > 2020-01-01"]),
    (["seen CEO 2019", "holds CTO 2019", "departs - 2020-01-01 since=2018"], ["CEO 2018 > 2020-01-01", "CTO 2019 > 2020-01-01"]),
    (["seen CEO 2019", "departs - 2020-01-01", "departs - 2020-01-02 since=2018"], ["CEO 2018 > 2020-01-02"]),
    (["departs - 2020-01-01", "departs CEO 2020-01-02 since=2018"], ["CEO 2018 > 2020-01-02"]),
    (["seen CTO 2019", "departs CEO 2020-01-01 since=2018"], ["CTO ? > 2020-01-01", "CEO 2018 > 2020-01-01"]),
    (["seen CEO 2019", "ends CEO 2019-12-01", "departs CEO 2020-01-01 since=2018"], ["CEO 2018 > 2019-12-01"]),
    # A rough report of an earlier end speaks of the earlier tenure.
    (
        ["seen CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "departs CEO 2020-11 since=2015"],
        ["CEO 2015 > 2020-11-17", "CEO 2020-11-22 >"],
    ),
    (
        ["seen CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "departs - 2020-11 since=2015"],
        ["CEO 2015 > 2020-11-17", "CEO 2020-11-22 >"],
    ),
])  # fmt: skip
def test_since_of_a_departure(tellings: list[str], tenures: list[str]) -> None:
    """What a farewell says of the beginning fills what nothing else says, of the right role (rule 3)."""
    expect(tellings, tenures)


@table([
    (
        ["holds CEO 2018", "ends CEO 2020-11-17", "holds CEO 2020-11-22", "ends CEO 2020-11"],
        ["CEO 2018 > 2020-11-17", "CEO 2020-11-22 >"],
    ),
    # The better claim of the earlier end wins.
    (
        ["holds CEO 2018", "ends CEO 2020-11-17", "holds CEO 2020-11-22", "ends CEO 2020-11 publishers=2"],
        ["CEO 2018 > 2020-11", "CEO 2020-11-22 >"],
    ),
    # It has to overlap that end, and to begin by the last possible day of the new start.
    (
        ["holds CEO 2018", "ends CEO 2020-11-17", "holds CEO 2020-11-18/2020-11-20", "ends CEO 2020-11-21/2020-12"],
        ["CEO 2018 > 2020-11-17", "CEO 2020-11-18/2020-11-20 > 2020-11-21/2020-12"],
    ),
    (
        ["holds CEO 2018", "ends CEO 2020-11", "holds CEO 2020-11-16/2020-11-18", "ends CEO 2020-11-19/2020-12-31"],
        ["CEO 2018 > 2020-11", "CEO 2020-11-16/2020-11-18 > 2020-11-19/2020-12-31"],
    ),
    (
        ["holds CEO 2018", "ends CEO 2020-11", "holds CEO 2020-11-16/2020-11-18", "ends CEO 2020-11-18/2020-12-31"],
        ["CEO 2018 > 2020-11", "CEO 2020-11-16/2020-11-18 >"],
    ),
    # A start that is not known does not say that the closing is late.
    (["holds CEO 2018", "ends CEO 2020-11-17", "seen CEO 2020-11-22", "ends CEO 2020-11"], ["CEO 2018 > 2020-11-17", "CEO ? > 2020-11"]),
])  # fmt: skip
def test_a_late_report_of_an_old_end(tellings: list[str], tenures: list[str]) -> None:
    """A rough report of the first leaving does not end the second stint (rule 4)."""
    expect(tellings, tenures)


@table([
    # Role by role: an old end of one, a new end of another.
    (
        ["holds CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "holds CTO 2020-11-22", "departs - 2020-11"],
        ["CEO 2018 > 2020-11-17", "CEO 2020-11-22 >", "CTO 2020-11-22 > 2020-11"],
    ),
    (
        ["holds CEO 2018", "holds CTO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "holds CTO 2020-11-22", "departs - 2020-11"],
        ["CEO 2018 > 2020-11-17", "CTO 2018 > 2020-11-17", "CEO 2020-11-22 >", "CTO 2020-11-22 >"],
    ),
    # A role never held there is made all the same.
    (
        ["holds CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "departs adviser 2020-11"],
        ["CEO 2018 > 2020-11-17", "CEO 2020-11-22 >", "adviser ? > 2020-11"],
    ),
])  # fmt: skip
def test_a_late_report_of_an_old_departure(tellings: list[str], tenures: list[str]) -> None:
    """A rough report of the first departure is judged for each role by that role's own story (rule 4)."""
    expect(tellings, tenures)


def test_a_rough_report_of_an_old_departure_is_no_new_departure() -> None:
    """Leaves and reporting lines end with a departure, so one that was none may not be noted."""
    state = folded(told("holds CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "departs - 2020-11"))
    assert [departure.claim.date.text for departure in state.departures] == ["2020-11-17"]


@pytest.mark.parametrize(
    ("tellings", "missing"),
    [
        (["holds CEO 2018", "ends CEO 2020-01-01", "ends CEO 2021-01-01"], ["e3"]),
        (["holds CEO 2018", "ends CEO 2020-01-01", "ends CEO 2020-02-01"], []),
        (["holds CEO 2018", "departs - 2020-01-01", "departs - 2021-01-01"], ["e3"]),
        (["holds CEO 2018", "departs - 2020-01-01", "departs - 2020-02-01"], []),
        (["holds CEO 2018", "departs - 2020-01-01", "holds CEO 2020-06-01", "ends CEO 2021-01-01", "departs - 2021-06-01"], []),
        (["holds CEO 2018", "ends CEO 2020-01-01", "departs - 2021-01-01"], []),
    ],
)
def test_missing_returns(tellings: list[str], missing: list[str]) -> None:
    """Whoever leaves twice came back in between: that this is not told is kept, to be shown as a conflict."""
    assert [claim.report.event_id for claim in folded(told(*tellings)).missing_returns] == missing


@pytest.mark.parametrize(
    ("tellings", "resumed"),
    [
        (["holds CEO 2018", "holds adviser 2020-11-17", "departs CEO 2020-11-17"], [True]),
        (["holds CEO 2018", "holds adviser 2020-11-17~", "departs CEO 2020-11-17?"], [True]),
        (["holds CEO 2018", "holds CEO 2020-11", "departs CEO 2020-11-17"], [False]),
        (["holds CEO 2018", "departs CEO 2020-11-17"], [False]),
        (["holds CEO 2018", "departs - 2020-11-17", "ends CEO 2020-12-01", "holds CEO 2020-12-01"], [False]),
    ],
)
def test_a_role_taken_up_on_the_day_of_the_departure(tellings: list[str], resumed: list[bool]) -> None:
    """The new role's reporting line begins on that day, so it has to be known that the person stayed."""
    assert [departure.resumed for departure in folded(told(*tellings)).departures] == resumed


def test_every_event_stands_behind_its_tenure() -> None:
    """A reader asks why a tenure is shown: each event that made, supported or ended it is named, once."""
    state = folded(
        told("holds CEO 2018", "holds CEO 2018-05-01", "holds CEO 2019-06-01", "seen CEO 2019-07-01 since=2018", "departs CEO 2020")
    )
    assert state.tenures[0].events == ("e1", "e2", "e3", "e4", "e5")


@given(report_lists())
def test_invariants(reports: list[Report]) -> None:
    """Whatever is told, even what contradicts itself, a role has one open tenure at most and no end is lost silently."""
    mine = [
        Report(report.event_id, report.announced, report.status, report.publishers, effects)
        for report in reports
        if (effects := tuple(effect for effect in report.effects if getattr(effect, "person", "") == "ann"))
    ]
    state = folded(mine)
    for role in ROLES:
        assert len(state.indexes(role.key, ended=False)) <= 1
    assert all(tenure.ends for tenure in state.tenures if tenure.role is None)
    behind = {event for tenure in state.tenures for event in tenure.events} | {claim.report.event_id for claim in state.missing_returns}
    behind |= {claim.report.event_id for departure in state.departures for claim in departure.claims}
    assert behind == {
        report.event_id for report in mine for effect in report.effects if isinstance(effect, (Holds, Observed, Ends, Departs))
    }


@given(report_lists(), st.data())
def test_any_order(reports: list[Report], data: st.DataObject) -> None:
    """Facts arrive in any order, so the order in which reports are given may not show in the tenures."""
    shuffled = data.draw(st.permutations(reports))
    assert folded(shuffled).tenures == folded(reports).tenures
