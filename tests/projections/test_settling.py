"""What is suggested where a seat has several holders: it settles that, and begins no other quarrel about the same people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import PartialDate
from events.effects import Ends, Holds, Observed, Succeeds
from events.moments import Moment
from events.roles import Role
from projections.claims import Json, Report
from projections.clashes_between import Succession, seat_rivals, succession_clashes
from projections.folded import Held, Histories, histories
from projections.reports import effects_of
from projections.settling import Known, namesakes, settlement
from tests.projections.strategies import day, told

CEO = Role.of("CEO")
TODAY = day("2024-01-01")
PEOPLE = ("ann", "bob", "cat")


def world(*others: tuple[str, Sequence[str]], today: int = TODAY) -> Known:
    """What is known after tellings of several people, numbered through each person's."""
    reports = [
        Report(f"{person}-{report.event_id}", report.announced, report.status, report.publishers, report.effects)
        for person, tellings in others
        for report in told(*tellings, person=person)
    ]
    return known_by(reports, [], today)


def known_by(reports: Sequence[Report], followed: Sequence[Succession], today: int = TODAY) -> Known:
    """What is known by the reports."""
    return Known(reports, histories(reports).tenures, followed, today, Moment.parse("2024-01-01").at)


def suggested(known: Known) -> Json:
    """What is suggested about the only seat with several holders."""
    (mine,) = seat_rivals(known.tenures, known.day)
    return settlement(mine, known)


def leaving(person: str, effective: str, **more: str) -> Json:
    """The line by which somebody made room."""
    return {"type": "step_down", "person": person, "organization": "acme", "role": "CEO", "effective": effective, **more}


def test_the_older_made_room() -> None:
    """Most often only the report of the leaving is missing."""
    known = world(("ann", ["holds CEO 2020-01-01"]), ("bob", ["holds CEO 2021-01-01"]))
    assert suggested(known) == leaving("ann", "2021-01-01", successor="bob")


@pytest.mark.parametrize(("older", "younger"), [("rumoured", "reported"), ("confirmed", "rumoured"), ("rumoured", "rumoured")])
def test_what_rests_on_a_rumour_is_one(older: str, younger: str) -> None:
    """Recorded as a fact it would tell readers who want no rumours that somebody held the seat, or left it."""
    known = world(("ann", [f"holds CEO 2020-01-01 status={older}"]), ("bob", [f"holds CEO 2021-01-01 status={younger}"]))
    assert suggested(known) == leaving("ann", "2021-01-01", successor="bob", status="rumoured")


def test_who_was_seen_later_did_not_make_room() -> None:
    """A leaving before the sighting would only be another contradiction, so that one report must be wrong."""
    known = world(("ann", ["seen CEO 2021-06-20 since=2020"]), ("bob", ["holds CEO 2020-05-01"]))
    assert suggested(known)["retract"] == "bob-e1"


def test_the_weakest_report_goes_first_where_several_tell_of_either() -> None:
    """No single entry settles it then, but the first of two is one on the way."""
    known = world(
        ("ann", ["holds CEO 2020-01-01 publishers=2", "seen CEO 2022-01-01"]),
        ("bob", ["holds CEO 2021-01-01 status=confirmed", "seen CEO 2022-01-01"]),
    )
    assert suggested(known)["retract"] == "ann-e2"


def test_a_successor_who_contradicts_a_report_is_left_out() -> None:
    """Another report names another one, who may have come in between."""
    known = world(("ann", ["holds CEO 2020-01-01"]), ("bob", ["holds CEO 2021-01-01"]))
    after = Succession("acme", CEO, "ann", "cat", PartialDate.parse("2021-01-01"), "x", "reported", ("predecessor",))
    assert suggested(known_by(known.reports, [after])) == leaving("ann", "2021-01-01")


def test_who_came_at_once_cannot_follow() -> None:
    """Nobody leaves on the day of coming: of two reports of one day, the one that less supports is wrong."""
    known = world(("ann", ["holds CEO 2020-01-01"]), ("bob", ["holds CEO 2020-01-01", "seen CEO 2021-01-01"]))
    assert suggested(known)["retract"] == "ann-e1"


@pytest.mark.parametrize(
    ("alike", "loser"), [(lambda *_: True, "bob"), (lambda one, other: "ann" not in (one, other), "cat"), (lambda *_: False, None)]
)
def test_namesakes_are_merged(alike: Callable[[str, str], bool], loser: str | None) -> None:
    """Of several holders any two may be one person; the first id lives on."""
    known = world(*((person, ["holds CEO 2020-01-01"]) for person in PEOPLE))
    (mine,) = seat_rivals(known.tenures, known.day)
    line = namesakes(mine, alike)
    assert (line and line["loser"]) == loser
    assert line is None or line["winner"] == min({"ann", "bob", "cat"} - ({"ann"} if loser == "cat" else {loser}))


Telling = tuple[str, str, str, str, int]


def _tellings() -> st.SearchStrategy[Telling]:
    people, verbs = st.sampled_from(PEOPLE), st.sampled_from(("holds", "holds", "seen", "seen", "ends", "departs"))
    days = st.dates(date(2020, 1, 1), date(2021, 12, 31))
    effective = days.map(lambda on: on.isoformat()) | days.map(lambda on: on.isoformat()[:7]) | days.map(lambda on: on.isoformat()[:4])
    return st.tuples(people, verbs, effective, st.sampled_from(("confirmed", "reported", "rumoured")), st.integers(1, 2))


def _reports(tellings: Sequence[Telling]) -> list[Report]:
    found = []
    for number, (person, verb, effective, status, publishers) in enumerate(tellings):
        (made,) = told(f"{verb} CEO {effective} status={status} publishers={publishers}", person=person)
        found.append(Report(f"e{number}", made.announced, made.status, made.publishers, made.effects))
    return found


def _recorded(line: Json, known: Known) -> Known:
    """What is known after the line was recorded."""
    if "retract" in line:
        kept = [one for one in known.reports if one.event_id != line["retract"]]
        return known_by(kept, [one for one in known.told if one.event_id != line["retract"]])
    status = line.get("status", "reported")
    effects = effects_of(line["type"], line, line["effective"])
    made = Report("f", Moment.parse("2026-01-01").at, status, 1, effects)
    followed = [
        Succession("acme", effect.role, line["person"], line["successor"], PartialDate.parse(line["effective"]), "f", status, ())
        for effect in effects
        if isinstance(effect, Succeeds)
    ]
    return known_by([*known.reports, made], [*known.told, *followed])


def _quarrels(known: Known, people: set[str]) -> set[tuple[str, frozenset[str]]]:
    folded: Histories = histories(known.reports)
    bodies = [clash.body for clash in folded.clashes if clash.person in people and clash.first <= known.day]
    bodies += succession_clashes(known.told, known.day)
    return {(body["kind"], frozenset(claim["event"] for claim in body["claims"])) for body in bodies}


def _told_once(held: Held, reports: Sequence[Report]) -> bool:
    """Whether all that is told of somebody is one report of having the seat."""
    mine = [
        one for one in reports for effect in one.effects if isinstance(effect, (Holds, Observed, Ends)) and effect.person == held.person
    ]
    return len(mine) == len(held.body["events"]) == 1


@given(st.lists(_tellings(), min_size=2, max_size=7), st.none() | st.tuples(*[st.sampled_from(PEOPLE)] * 2))
def test_what_is_suggested_settles_it_alone(tellings: list[Telling], follows: tuple[str, str] | None) -> None:
    """Whoever records a suggestion must not find the people of the one conflict in another, nor in the same."""
    day_of = PartialDate.parse("2020-06-01")
    followed = [Succession("acme", CEO, *follows, day_of, "s", "reported", ("successor",))] if follows else []
    known = known_by(_reports(tellings), followed)
    for mine in seat_rivals(known.tenures, known.day):
        people = {held.person for held in mine}
        after = _recorded(settlement(mine, known), known)
        left = [{held.person for held in rivals} for rivals in seat_rivals(after.tenures, after.day)]
        before = _quarrels(known, people)
        fresh = [(kind, by) for kind, by in _quarrels(after, people) if not any(kind == of and by <= whole for of, whole in before)]
        fewer = all(not people <= one for one in left)
        several = not any(_told_once(held, known.reports) for held in mine[:2])
        assert (fewer and not fresh) or (several and len(after.reports) < len(known.reports))
