"""Why a line is as it is: every event behind it is told, and of the claims of a date one wins and the others say by what they lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.clocks import CLOCKS, Clock
from events.dates import PartialDate
from projections.claims import Claim, Json, Report, lost_by
from projections.explaining import TEXTS
from projections.folded import Held, histories
from projections.merging import winners
from projections.standing import organization_state
from projections.state import products, state
from projections.stores import Store
from tests.projections.strategies import day, report_lists, told
from tests.projections.support import MemoryLog
from tests.projections.test_diff import PHASES, company_reports
from tests.projections.test_state import phase, told_of
from tests.projections.test_tenures import KNOWN, ORGANIZATIONS, made_logs, projected, reading
from tests.support.examples import a_part

SECTIONS = ("holders", "on_leave", "reports", "vacant", "products")


def lines(found: Json) -> Iterator[Json]:
    """All lines of a state."""
    return (line for section in SECTIONS for line in found[section])


def without_why(found: Any) -> Any:
    """An answer without its reasons."""
    if isinstance(found, list):
        return [without_why(line) for line in found]
    return {name: without_why(value) for name, value in found.items() if name != "why"} if isinstance(found, dict) else found


def complete(line: Json) -> None:
    """Every event behind the line is in its reasons, which name no other but that of a manager's leaving."""
    why = line["why"]
    told_of = {one["event"] for one in (*why["steps"], *why.get("claims", ()))}
    assert set(line["events"]) <= told_of
    for name in ("since", "until"):
        claims = [claim for claim in why.get("claims", ()) if claim["field"] == name]
        assert [claim["outcome"] for claim in claims].count("wins") == bool(claims)
        assert all((claim["outcome"] == "loses") == (claim["reason"] is not None) for claim in claims)
        if "certainty" in line:
            assert (line[name] or {}).get("value") == next(
                (claim["value"]["value"] for claim in claims if claim["outcome"] == "wins"), None
            )


@given(company_reports(), st.integers(day("2019-06-01"), day("2023-06-01")))
def test_reasons_are_complete_and_change_nothing(reports: list[Report], on: int) -> None:
    """A reason that leaves an event out, or an answer that is another once it is explained, explains nothing."""
    plain, explained = (state(histories(reports, explain=explain), reports, on, explain=explain) for explain in (False, True))
    assert without_why(explained) == plain
    for line in lines(explained):
        complete(line)


def claimed(reports: Iterable[Report], claim: Json) -> Claim:
    """The claim that a reason tells of."""
    return Claim(PartialDate.parse(claim["value"]["value"]), next(report for report in reports if report.event_id == claim["event"]))


@given(report_lists())
def test_a_claim_loses_by_what_tells_it_apart(reports: list[Report]) -> None:
    """The first thing in which a claim is weaker is what decided, and nothing that stands after it."""
    for held in histories(reports, explain=True).tenures:
        for name in ("since", "until"):
            claims = [claim for claim in held.body["why"]["claims"] if claim["field"] == name]
            strengths = [claimed(reports, claim).strength for claim in claims]
            assert strengths == sorted(strengths, reverse=True)
            for claim in claims[1:]:
                lost = lost_by(claimed(reports, claim), claimed(reports, claims[0]))
                assert claim["reason"] == ("announced_earlier" if lost == "announced" else lost)
                assert claim["outcome"] == ("agrees" if lost is None else "loses")
        loses = [claim["event"] for claim in held.body["why"]["claims"] if claim["outcome"] == "loses"]
        assert loses == [line["event"] for line in held.body["disputed"]]


def steps(held: Held) -> list[tuple[str, int, str]]:
    """What each event did to a tenure."""
    return [(step["event"], step["rule"], step["act"]) for step in held.body["why"]["steps"]]


@pytest.mark.parametrize(
    ("tellings", "wanted"),
    [
        (["holds CEO 2020-01-01", "holds CEO 2020-02", "holds CEO 2021"],
         [("e1", 2, "opened"), ("e2", 2, "start_claimed"), ("e3", 2, "reappointed")]),
        (["seen CEO 2020-05 since=2019", "seen CEO 2020-06", "departs - 2021-01-01"],
         [("e1", 2, "opened_by_sighting"), ("e1", 2, "since_claimed"), ("e2", 2, "seen"), ("e3", 3, "closed")]),
        (["seen CEO 2020-05", "ends CEO 2021-01-01 since=2018", "ends CEO 2021-02"],
         [("e1", 2, "opened_by_sighting"), ("e2", 3, "closed"), ("e2", 3, "since_claimed"), ("e3", 3, "end_claimed")]),
        (["departs - 2021-01-01", "departs CEO 2021-01"],
         [("e1", 3, "made_by_leaving"), ("e2", 3, "end_claimed"), ("e2", 3, "role_named")]),
        (["holds CEO 2018", "departs - 2020-11-17", "holds CEO 2020-11-22", "departs - 2020-11 publishers=2"],
         [("e1", 2, "opened"), ("e2", 3, "closed"), ("e4", 4, "late_report")]),
    ],
)  # fmt: skip
def test_what_each_event_did(tellings: list[str], wanted: list[tuple[str, int, str]]) -> None:
    """The rule that applied is what a reader checks the answer by."""
    assert sorted(steps(histories(told(*tellings), explain=True).tenures[0])) == sorted(wanted)


@pytest.mark.parametrize(
    ("tellings", "on", "certainty", "reason"),
    [
        (["holds CEO 2020"], "2021-01-01", "certain", "between"),
        (["holds CEO 2020"], "2020-06-01", "possible", "at_start"),
        (["holds CEO 2018", "ends CEO 2020"], "2020-06-01", "possible", "at_end"),
        (["seen CEO 2020"], "2019-06-01", "presumed", "before_evidence"),
    ],
)
def test_how_sure_it_is(tellings: list[str], on: str, certainty: str, reason: str) -> None:
    """Certain, presumed or possible: a word that needs its reason beside it."""
    (line,) = state(histories(told(*tellings), explain=True), [], day(on), explain=True)["holders"]
    assert (line["certainty"], line["why"]["certainty"]) == (certainty, {"rule": 6, "reason": reason})


def test_leaves_lines_and_vacancies() -> None:
    """The other lines of a state have their events in order, too, and a manager's leaving has its own."""
    mine = told("holds CTO 2019", "away 2020-01-01 back=2020-06", "away 2020-02-01", "reports 2020-01-01 manager=bob")
    gone = told(*["back 2010"] * 4, "holds CEO 2018", "departs - 2020-03-01", person="bob")[4:]
    found = state(histories([*mine, *gone], explain=True), [], day("2020-04-01"), explain=True)
    acts = {section: [[(step["event"], step["act"]) for step in line["why"]["steps"]] for line in found[section]] for section in SECTIONS}
    assert acts["on_leave"] == [[("e2", "began"), ("e3", "leave_reported")]]
    assert acts["reports"] == [[("e4", "reports"), ("e6", "manager_left")]]
    assert acts["vacant"] == [[("e5", "opened"), ("e6", "closed"), ("e6", "left_vacant")]]
    (leave,) = histories([*mine, *told(*["back 2010"] * 6, "back 2020-05-01")[6:]], explain=True).leaves
    assert [step["act"] for step in leave.body["why"]["steps"]] == ["began", "leave_reported", "over"]


def settled(line: Json) -> list[tuple[str, str, str | None]]:
    """How each claim of a line came out: by event, with what it lost by."""
    return [(claim["event"], claim["outcome"], claim["reason"]) for claim in line["why"]["claims"] if claim["rule"] == 0]


@pytest.mark.parametrize(
    ("tellings", "wanted"),
    [
        (["reports 2010-01-10 manager=qu"], [("e1", "wins", None)]),
        (["reports 2010-01-10 manager=qu status=confirmed publishers=2", "reports 2010-01-10 manager=su"],
         [("e2", "wins", None), ("e1", "loses", "event_id")]),
        (["reports 2010-01-10 manager=qu", "reports 2010-01-10 manager=su announced=2010-01-09"],
         [("e1", "wins", None), ("e2", "loses", "announced_earlier")]),
        (["reports 2009 manager=su", "reports 2010-01-10 manager=qu announced=2010-01-09", "reports 2010-01-10 manager=qu"],
         [("e3", "wins", None), ("e2", "agrees", None), ("e1", "loses", "superseded")]),
        # Only what this one replaced: not what had been replaced before, nor what a departure had ended.
        (["reports 2008 manager=su", "reports 2009 manager=tu", "reports 2010-01-10 manager=qu"],
         [("e3", "wins", None), ("e2", "loses", "superseded")]),
        (["reports 2008 manager=su", "departs - 2009-01-01", "reports 2010-01-10 manager=qu"], [("e3", "wins", None)]),
        (["holds CEO 2008", "reports 2009 manager=su", "departs - 2010-01-10", "holds CTO 2010-01-10", "reports 2010-01-10 manager=qu"],
         [("e5", "wins", None)]),
    ],
)  # fmt: skip
def test_the_reports_that_a_line_won_over(tellings: list[str], wanted: list[tuple[str, str, str | None]]) -> None:
    """Whoever is told of one manager must see that a report named another, and why that one does not hold."""
    (line,) = state(histories(told(*tellings), explain=True), [], day("2010-02-01"), explain=True)["reports"]
    assert settled(line) == wanted
    assert line["manager"] == line["why"]["claims"][0]["manager"]


AWAY = (
    "away 2020-01-10 back=2020-04-01",
    "away 2020-02-10 back=2020-04-01",
    "away 2020-03-10 back=2020-06",
    "away 2020-03-10 back=2020-07",
    "away 2020-03-20",
)


@pytest.mark.parametrize(
    ("on", "expected", "wanted"),
    [
        ("2020-01-10", "2020-04-01", [("e1", "wins", None)]),
        ("2020-02-10", "2020-04-01", [("e2", "wins", None), ("e1", "agrees", None)]),
        ("2020-03-20", "2020-07",
         [("e4", "wins", None), ("e3", "loses", "event_id"), ("e2", "loses", "superseded"), ("e1", "loses", "superseded")]),
    ],
)  # fmt: skip
def test_the_returns_that_were_expected(on: str, expected: str, wanted: list[tuple[str, str, str | None]]) -> None:
    """A return that is expected on another day than a report said has its reason; what is said later plays no part yet."""
    (line,) = state(histories(told(*AWAY), explain=True), [], day(on), explain=True)["on_leave"]
    assert (line["expected_return"]["value"], settled(line)) == (expected, wanted)
    acts = [step["act"] for step in line["why"]["steps"]]
    assert acts == ["began", "leave_reported", "expected_changed", "expected_changed", "leave_reported"]


@pytest.mark.parametrize(
    ("turns", "wanted"),
    [
        ([("released", "2024-06-20"), ("released", "2024-06-05"), ("released", "2024-06-05")],
         [("2024-06-05", "wins", None), ("2024-06-20", "loses", "further_release"), ("2024-06-05", "agrees", None)]),
        ([("released", "2024-06-05", "1"), ("released", "2024-06-20", "2")], [("2024-06-05", "wins", None)]),
        ([("announced", "2024-06-05", None, "2025"), ("announced", "2024-06-20", None, "2026")],
         [("2024-06-20", "wins", None), ("2024-06-05", "loses", "superseded"), ("2026", "wins", None), ("2025", "loses", "superseded")]),
        ([("announced", "2024-01-01"), ("discontinued", "2024-02-01"), ("announced", "2024-03-01")], [("2024-03-01", "wins", None)]),
        ([("discontinued", "2024-02-01"), ("discontinued", "2024-02-03")],
         [("2024-02-03", "wins", None), ("2024-02-01", "loses", "superseded")]),
    ],
)  # fmt: skip
def test_the_days_of_a_phase(turns: list[Any], wanted: list[tuple[str, str, str | None]]) -> None:
    """Of two days on which a product is said to be out one is shown: the reader sees the other, and why it gives way."""
    (line,) = products(told_of(*(phase(*turn) for turn in turns)), day("2024-12-01"), explain=True)
    found = [(claim["value"]["value"], claim["outcome"], claim["reason"]) for claim in line["why"]["claims"]]
    assert sorted(found) == sorted(wanted)
    assert next(claim["event"] for claim in line["why"]["claims"] if claim["outcome"] == "wins") in line["events"]


def test_every_text_is_in_both_languages() -> None:
    """A reason that cannot be read is none."""
    assert all(en.strip() and ja.strip() and en != ja for en, ja in TEXTS.values())


@settings(phases=PHASES, max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.sampled_from(KNOWN), st.sampled_from(CLOCKS), st.booleans())
def test_an_explained_answer_is_the_plain_one(store: Store, log: MemoryLog, known_at: str, clock: Clock, rumoured: bool) -> None:
    """An explanation is folded anew, whatever rows say: it must explain the answer that was given."""
    at = reading(known_at, clock, rumoured)
    with projected(store, log) as connection:
        for entity in ORGANIZATIONS:
            organization = winners(connection, "organization", [entity], at)[entity]
            explained = organization_state(connection, organization, at, explain=True)
            assert without_why(explained) == organization_state(connection, organization, at)
            for line in lines(explained):
                complete(line)
                whys = (*line["why"]["steps"], *line["why"].get("claims", ()))
                assert all(one["text"] for one in whys if one.get("act") or one.get("reason"))
