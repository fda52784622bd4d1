"""The state of an organization at the end of a day, clause by clause, and what must hold of every state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import PartialDate
from events.effects import Effect, Founded, Named, Phase, PhaseName
from events.moments import Moment
from projections.claims import Json, Report
from projections.folded import Histories, histories
from projections.state import founding_day, name_on, products, state
from tests.projections.strategies import DAYS, ORGANIZATIONS, day, report_lists, told
from tests.projections.test_cases import answer


def stands(reports: Sequence[Report], on: str) -> Json:
    """The state on a day."""
    return state(histories(reports), reports, day(on))


def holding(reports: Sequence[Report], on: str) -> list[str]:
    """The holders on a day as `person role certainty`."""
    return [f"{line['person']} {line['role']} {line['certainty']}" for line in stands(reports, on)["holders"]]


def by(person: str, *tellings: str) -> list[Report]:
    """The tellings about one person, with ids of their own."""
    return [
        Report(f"{person}-{report.event_id}", report.announced, report.status, report.publishers, report.effects)
        for report in told(*tellings, person=person)
    ]


CERTAINTIES: list[tuple[list[str], list[tuple[str, str | None]]]] = [
    # Start and end to the day: from the day of the start until the day before the end.
    (
        ["holds CEO 2020-02-10", "ends CEO 2020-04-10"],
        [("2020-02-09", None), ("2020-02-10", "certain"), ("2020-04-09", "certain"), ("2020-04-10", None)],
    ),
    # Rough on either side: possible within the bounds.
    (
        ["holds CEO 2020-02", "ends CEO 2020-04"],
        [
            ("2020-01-31", None),
            ("2020-02-01", "possible"),
            ("2020-02-28", "possible"),
            ("2020-02-29", "certain"),
            ("2020-03-31", "certain"),
            ("2020-04-01", "possible"),
            ("2020-04-29", "possible"),
            ("2020-04-30", None),
        ],
    ),
    # Never certain, where the end may lie before the start.
    (["holds CEO 2020-02", "ends CEO 2020"], [("2020-02-01", "possible"), ("2020-03-01", "possible"), ("2020-12-31", None)]),
    # An unknown start: presumed until the first evidence.
    (
        ["seen CEO 2020-02-10"],
        [("1900-01-01", "presumed"), ("2020-02-09", "presumed"), ("2020-02-10", "certain"), ("2030-01-01", "certain")],
    ),
    (["ends CEO 2020-04-10"], [("2020-04-09", "presumed"), ("2020-04-10", None)]),
    (["ends CEO 2020-04"], [("2020-03-31", "presumed"), ("2020-04-01", "possible"), ("2020-04-30", None)]),
    (["seen CEO 2020-02", "ends CEO 2020-02-10"], [("2020-01-31", "presumed"), ("2020-02-01", "certain"), ("2020-02-10", None)]),
    # The first evidence of a rough sighting is its first day.
    (["seen CEO 2020-02"], [("2020-01-31", "presumed"), ("2020-02-01", "certain")]),
    # Open sides.
    (["holds CEO ../2020-02-10"], [("1900-01-01", "possible"), ("2020-02-10", "certain")]),
    (["holds CEO 2020-02-10/.."], [("2020-02-09", None), ("2030-01-01", "possible")]),
    (["holds CEO 2020-02-10", "ends CEO 2020-04-10/.."], [("2020-04-09", "certain"), ("2030-01-01", "possible")]),
    # A farewell that gives a beginning after itself, and a start that contradicts the end.
    (["ends CEO 2020-04-10 since=2021"], [("2020-04-09", "presumed"), ("2021-06-01", None)]),
    (["seen CEO 2020-04 since=2020-04-20", "ends CEO 2020-04-10"], [("2020-04-09", None), ("2020-04-15", None), ("2020-04-20", None)]),
]


@pytest.mark.parametrize(("tellings", "on", "sure"), [(tellings, *row) for tellings, rows in CERTAINTIES for row in rows])
def test_certainty(tellings: list[str], on: str, sure: str | None) -> None:
    """How sure an answer is says how far it may be relied on: never surer than its sources (rule 6)."""
    assert holding(told(*tellings), on) == ([f"ann CEO {sure}"] if sure else [])


@pytest.mark.parametrize(
    ("tellings", "on", "sure"),
    [
        # Certain before presumed and possible, presumed before possible.
        (["holds CEO 2019", "ends CEO 2020", "holds CEO 2020-06-01"], "2020-07-01", "certain"),
        (["holds CEO 2019", "ends CEO 2020", "seen CEO 2021"], "2020-07-01", "presumed"),
        (["holds CEO 2019", "ends CEO 2020", "holds CEO 2020-12"], "2020-12-15", "possible"),
    ],
)
def test_once_per_role(tellings: list[str], on: str, sure: str) -> None:
    """A person who may have left and come back stands once in a role, as surely as the better of the two tells."""
    assert holding(told(*tellings), on) == [f"ann CEO {sure}"]


def test_holders_are_sorted_and_whole() -> None:
    """A line says who, which role, how surely, since when and why, in an order that does not change."""
    reports = [*by("bob", "holds CTO 2020", "holds CEO 2020-02-01 interim"), *by("ann", "holds CTO 2019", "departs - 2021")]
    lines = stands(reports, "2020-12-31")["holders"]
    assert [(line["role_key"], line["person"]) for line in lines] == [
        ("chief-executive-officer", "bob"),
        ("chief-technology-officer", "ann"),
        ("chief-technology-officer", "bob"),
    ]
    assert lines[0] == {
        "role": "CEO",
        "role_key": "chief-executive-officer",
        "person": "bob",
        "certainty": "certain",
        "interim": True,
        "since": {"value": "2020-02-01", "earliest": "2020-02-01", "latest": "2020-02-01"},
        "until": None,
        "events": ["bob-e2"],
        "disputed": [],
    }
    assert lines[1]["until"]["value"] == "2021"


def test_interim_then_permanent() -> None:
    """Whoever is made permanent was interim before, on those days, and holds the role from the first of them on."""
    reports = told("holds CEO 2020-01-10 interim", "holds CEO 2020-03-10", "seen CEO 2020-04-01 since=2019-12")
    found = {on: stands(reports, on)["holders"] for on in ("2020-01-09", "2020-01-10", "2020-03-09", "2020-03-10")}
    assert [[line["interim"] for line in lines] for lines in found.values()] == [[], [True], [True], [False]]
    before = stands(told("holds CEO 2020-01-10 interim", "seen CEO 2020-04-01 since=2019-12 publishers=2"), "2019-12-31")["holders"]
    assert [line["interim"] for line in before] == [False]


@pytest.mark.parametrize(
    ("tellings", "on", "vacant"),
    [
        (["holds CEO 2018", "ends CEO 2020-02-10"], "2020-02-09", []),
        (["holds CEO 2018", "ends CEO 2020-02-10"], "2020-02-10", ["CEO 2020-02-10"]),
        # Nobody may hold it, of whatever certainty.
        (["holds CEO 2018", "ends CEO 2020-02"], "2020-02-15", []),
        (["holds CEO 2018", "ends CEO 2020-02-10", "seen CEO 2021"], "2020-02-11", []),
        (["holds CEO 2018", "ends CEO 2020-02-10", "holds CEO 2021-06-01"], "2021-05-31", ["CEO 2020-02-10"]),
        (["holds CEO 2018", "ends CEO 2020-02-10", "holds CEO 2021-06-01"], "2021-06-01", []),
        # Since the latest leaving; a role that nobody ever held, or none at all, is not vacant.
        (["holds CEO 2018", "ends CEO 2020-02-10", "holds CEO 2021-06-01", "departs - 2022-01"], "2022-01-31", ["CEO 2022-01"]),
        (["holds CTO 2018"], "2017-01-01", []),
        (["departs - 2020-02-10"], "2020-02-10", []),
    ],
)
def test_vacant(tellings: list[str], on: str, vacant: list[str]) -> None:
    """A role that somebody left and nobody holds is the question that a board asks first."""
    assert [f"{line['role']} {line['since']['value']}" for line in stands(told(*tellings), on)["vacant"]] == vacant


def test_vacant_since_the_last_of_two() -> None:
    """Two leave a role one after the other: it is vacant from the second, whose events say why."""
    reports = [*by("ann", "holds CEO 2018", "ends CEO 2020-02-10"), *by("bob", "holds CEO 2020", "departs CEO 2020-05-10")]
    (line,) = stands(reports, "2020-06-01")["vacant"]
    assert (line["role_key"], line["since"]["value"], line["events"]) == ("chief-executive-officer", "2020-05-10", ["bob-e1", "bob-e2"])


@pytest.mark.parametrize(
    ("on", "expected", "overdue"),
    [
        ("2024-08-05", "2024-10", False),
        ("2024-08-31", "2024-10", False),
        # The extension counts from its own day on; one that names no day changes nothing.
        ("2024-09-01", "2024-12", False),
        ("2024-12-31", "2024-12", False),
        ("2025-01-01", "2024-12", True),
        ("2025-02-28", "2024-12", True),
    ],
)
def test_on_leave(on: str, expected: str, overdue: bool) -> None:
    """A leave with no return reported is still one, marked when its day is past and not made up to have ended."""
    reports = told("away 2024-08-05 back=2024-10", "away 2024-09-01 back=2024-12", "away 2024-09-02", "back 2025-03-01")
    (line,) = stands(reports, on)["on_leave"]
    assert (line["person"], line["since"]["value"], line["expected_return"]["value"]) == ("ann", "2024-08-05", expected)
    assert line["return_not_reported"] is overdue
    assert stands(reports, "2024-08-04")["on_leave"] == stands(reports, "2025-03-01")["on_leave"] == []


def test_on_leave_with_no_return_expected() -> None:
    """Nobody is overdue who was not expected."""
    (line,) = stands(told("away 2024-08-05"), "2030-01-01")["on_leave"]
    assert (line["expected_return"], line["return_not_reported"]) == (None, False)


@pytest.mark.parametrize(
    ("tellings", "on", "left"),
    [
        ([], "2022-01-01", False),
        (["holds CEO 2018"], "2022-01-01", False),
        (["holds CEO 2018", "departs - 2021-06-01"], "2021-05-31", False),
        (["holds CEO 2018", "departs - 2021-06-01"], "2021-06-01", True),
        (["departs - 2021-06-01"], "2021-06-01", True),
        # Whoever steps down, or takes a role again, is there.
        (["holds CEO 2018", "ends CEO 2021-06-01"], "2022-01-01", False),
        (["holds CEO 2018", "ends CEO 2021-06-01", "departs - 2021-09-01"], "2021-08-31", False),
        (["holds CEO 2018", "ends CEO 2021-06-01", "departs - 2021-09-01"], "2021-09-01", True),
        (["holds CEO 2018", "departs - 2021-06-01", "holds adviser 2021-06-01"], "2021-06-01", False),
        (["holds CEO 2018", "departs - 2020-06-01", "holds adviser 2021-01-01", "ends adviser 2021-02-01"], "2021-03-01", False),
        # May have left is not has left.
        (["holds CEO 2018", "departs - 2021-06"], "2021-06-15", False),
    ],
)
def test_manager_left(tellings: list[str], on: str, left: bool) -> None:
    """A line to a manager who is gone is a line that somebody has to mend."""
    reports = [*by("ann", "reports 2020-01-01 manager=bob"), *by("bob", *tellings)]
    (line,) = stands(reports, on)["reports"]
    assert (line["person"], line["manager"], line["manager_left"]) == ("ann", "bob", left)
    assert (line["since"]["value"], line["events"]) == ("2020-01-01", ["ann-e1"])


def test_reporting_to_nobody() -> None:
    """Whoever has no manager any more is in no reporting tree."""
    reports = told("reports 2020-01-01 manager=bob", "reports 2021-01-01")
    assert [line["manager"] for line in stands(reports, "2020-12-31")["reports"]] == ["bob"]
    assert stands(reports, "2021-01-01")["reports"] == stands(reports, "2019-12-31")["reports"] == []


def told_of(*effects: tuple[str, Effect]) -> list[Report]:
    """A report, `e1` and so on, for each effect, announced on that day."""
    return [Report(f"e{number}", Moment.parse(on).at, "reported", 1, (effect,)) for number, (on, effect) in enumerate(effects, 1)]


def phase(name: PhaseName, when: str, version: str | None = None, expected: str | None = None, product: str = "o1") -> tuple[str, Phase]:
    """A product's entering a phase, announced on its first day."""
    date = PartialDate.parse(when)
    promised = PartialDate.parse(expected) if expected else None
    return (date.earliest or Moment.parse("2000-01-01").day).isoformat(), Phase(product, "acme", name, date, promised, version)


PRODUCT = told_of(
    phase("announced", "2024-05", expected="2024-07"),
    phase("delayed", "2024-06-25", expected="2024-09"),
    phase("released", "2024-09-12", version="preview"),
    phase("released", "2024-12-05", version="1"),
    phase("discontinued", "2025-03-01"),
    phase("released", "2025-06-01", version="2"),
)


@pytest.mark.parametrize(
    ("on", "entered", "expected", "versions", "events"),
    [
        ("2024-05-01", "announced 2024-05", "2024-07", [], ["e1"]),
        ("2024-06-25", "delayed 2024-06-25", "2024-09", [], ["e1", "e2"]),
        # A further version does not move the day of the release, whose event stays behind it.
        ("2024-09-12", "released 2024-09-12", None, ["preview"], ["e1", "e2", "e3"]),
        ("2024-12-05", "released 2024-09-12", None, ["preview", "1"], ["e1", "e2", "e3", "e4"]),
        ("2025-03-01", "discontinued 2025-03-01", None, ["preview", "1"], ["e1", "e2", "e5"]),
        ("2025-06-01", "released 2025-06-01", None, ["preview", "1", "2"], ["e1", "e2", "e5", "e6"]),
    ],
)
def test_product(on: str, entered: str, expected: str | None, versions: list[str], events: list[str]) -> None:
    """A product is in the latest of its phases, with every version that was out by that day."""
    (line,) = products(PRODUCT, day(on))
    assert (line["product"], line["organization"], f"{line['phase']} {line['since']['value']}") == ("o1", "acme", entered)
    assert (line["expected"] and line["expected"]["value"], line["events"]) == (expected, events)
    assert [version["version"] for version in line["versions"]] == versions


def test_versions_name_their_day_and_event() -> None:
    """When a version came out is read from its line, not from the product's."""
    (line,) = products(PRODUCT, day("2024-12-05"))
    assert [(version["released"]["value"], version["event"]) for version in line["versions"]] == [
        ("2024-09-12", "e3"),
        ("2024-12-05", "e4"),
    ]


def test_products_of_one_day() -> None:
    """Announced and out on one day is out; products stand in the order of their ids, and none before its first day."""
    reports = told_of(phase("released", "2024-05-13"), phase("announced", "2024-05-13"), phase("announced", "2024-05-12", product="a"))
    assert [(line["product"], line["phase"]) for line in products(reports, day("2024-05-13"))] == [("a", "announced"), ("o1", "released")]
    assert products(reports, day("2024-05-11")) == []


def test_name_on() -> None:
    """An organization bears its latest name, the later announcement counting where two are of one day."""
    names = [(("en", "Meta"), ("ja", "メタ")), (("en", "Meta Inc."),), (("en", "M"),)]
    days = ("2021-10-28", "2021-10-28", "2023")
    announced = ("2021-10-29", "2021-10-28", "2022-01-01")
    reports = told_of(*((on, Named("acme", name, PartialDate.parse(when))) for on, name, when in zip(announced, names, days, strict=True)))
    assert name_on(reports, day("2021-10-27")) is None
    assert name_on(reports, day("2021-10-28")) == {"en": "Meta", "ja": "メタ"}
    assert name_on(reports, day("2023-01-01")) == {"en": "M"}


def test_nothing_before_the_founding() -> None:
    """A presumed holder may not lead what did not exist yet, nor may anything else be shown of it."""
    founded = told_of(
        ("2020-01-01", Founded("acme", PartialDate.parse("2020-02"))),
        ("2020-01-01", Founded("acme", PartialDate.parse("2021"))),
        phase("announced", "2019", product="o1"),
    )
    story = ["ends CEO 2018", "seen CTO 2025", "away 2019-01-01", "reports 2019-01-01 manager=bob"]
    reports = [*founded, *by("ann", *story)]
    parts = ("holders", "vacant", "on_leave", "reports", "products")
    assert {part: stands(reports, "2020-01-31")[part] for part in parts} == {part: [] for part in parts}
    assert all(stands(reports, "2020-02-01")[part] for part in parts)
    assert founding_day([]) == 0


def in_one(found: Histories, organization: str) -> Histories:
    """The part of the histories that is of one organization."""
    return Histories(
        tuple(held for held in found.tenures if held.organization == organization),
        tuple(leave for leave in found.leaves if leave.organization == organization),
        tuple(line for line in found.lines if line.organization == organization),
    )


@given(report_lists(), st.sampled_from(DAYS))
def test_one_line_for_each(reports: list[Report], on: int) -> None:
    """At every day each person stands once in each role, once on leave and under one manager, and never in a vacant role."""
    found = histories(reports)
    for organization in ORGANIZATIONS:
        answer_there = state(in_one(found, organization), reports, on)
        held = [(line["role_key"], line["person"]) for line in answer_there["holders"]]
        assert len(set(held)) == len(held)
        for part in ("on_leave", "reports"):
            assert len({line["person"] for line in answer_there[part]}) == len(answer_there[part])
        assert not {role for role, _ in held} & {line["role_key"] for line in answer_there["vacant"]}


@given(report_lists(), st.sampled_from(DAYS))
def test_certain_only_within_bounds(reports: list[Report], on: int) -> None:
    """`certain` is a promise: no start or end that was shown may lie on the wrong side of the day."""
    for line in state(histories(reports), reports, on)["holders"]:
        since, until = (line[name] and PartialDate.parse(line[name]["value"]) for name in ("since", "until"))
        assert not since or since.first <= on
        assert not until or on < until.last
        if line["certainty"] == "certain":
            assert not since or since.last <= on
            assert not until or on < until.first
        assert (line["certainty"] != "presumed") or not since


DENIALS: list[list[dict[str, Any]]] = [
    [{"record": {"status": "denied"}}],
    [{"record": {}}, {"retract": "x", "reason": "made up", "announced": None}],
    [{"record": {}}, {"status": "x", "to": "denied", "reason": "wrong", "announced": None}],
    [{"record": {}}, {"retract": "x", "reason": "made up"}, {"restore": "x", "reason": "no"}, {"retract": "x", "reason": "yes"}],
    [{"record": {"status": "rumoured"}}],
]


@pytest.mark.parametrize("denied", DENIALS, ids=str)
@given(data=st.data())
def test_what_is_denied_changes_nothing(denied: list[dict[str, Any]], data: st.DataObject) -> None:
    """A report that was taken back, denied or only rumoured leaves no trace in any state."""
    drawn = data.draw(st.lists(posts(), max_size=5))
    lines = [{"record": {**post, "id": f"e{number}"}} for number, post in enumerate(drawn)]
    wrong = data.draw(posts())
    extra = [{**line, "record": {**wrong, **line["record"], "id": "x"}} if "record" in line else line for line in denied]
    asked = {"as_of": data.draw(st.dates(Moment.parse("2019-12-01").day, Moment.parse("2023-02-01").day)).isoformat()}
    assert answer([*lines, *extra], asked) == answer(lines, asked)


@st.composite
def posts(draw: st.DrawFn) -> dict[str, Any]:
    """An event as the cases write it, about one of two persons in one organization."""
    kind = draw(st.sampled_from(("appointment", "departure", "step_down", "incumbency", "leave_of_absence")))
    when = draw(st.sampled_from(("2020-01-10", "2020-02", "2020", "2021-05-05", "2021-05", "2022-11-30")))
    made = {"type": kind, "person": draw(st.sampled_from(("ann", "bob"))), "organization": "acme", "effective": when}
    if kind != "leave_of_absence":
        made["role"] = draw(st.sampled_from(("CEO", "CTO")))
    return {**made, "announced": f"{when[:4]}-01-01", "sources": [{"title": "t", "publisher": draw(st.sampled_from(("a", "b")))}]}
