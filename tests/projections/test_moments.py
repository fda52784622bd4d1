"""The days and the moments of knowledge on which an answer changes: exactly those, or a slider jumps past a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from events.clocks import CLOCKS, Clock
from events.entities import EntityMerged, EntityNamed, EntityUnmerged, entity_aggregate
from events.fields import Kind
from events.moments import Moment
from projections.changes import MOMENTS, days_known, days_of
from projections.claims import Report
from projections.entities import names_for
from projections.folded import Histories, histories
from projections.learned import organization_moments, person_moments
from projections.merging import winners
from projections.moments import change_days, person_change_days
from projections.reading import Reading
from projections.standing import organization_known, organization_state, person_lines
from projections.state import name_on, state
from projections.stores import Store
from projections.succession import person_succession
from tests.projections.strategies import report_lists
from tests.projections.support import LOGS, PAPER, MemoryLog
from tests.projections.test_diff import PHASES, company_reports
from tests.projections.test_tenures import made_logs, projected
from tests.support.examples import a_part

KNOWN = [f"2024-01-01T00:00:{second:02}Z" for second in range(60)]
KNOWN += ["2023-12-29", "2023-12-30", "2024-02-02", "2024-03-01", "2024-04-01", "2024-05-01"]
STANDING: tuple[tuple[Kind, str], ...] = (("organization", "acme"), ("person", "ann"))
EFFECTIVE = ("2024-01-01", "2024-02-01", "2024-02-10", "2024-03-01", "2024-06-05")
DAYS = ("2024-01-10", "2024-03-01", "2024-06-10")
BEGIN, END = date(2019, 1, 1).toordinal(), date(2024, 1, 1).toordinal()


def within(found: Histories, organization: str) -> Histories:
    """The histories in one organization."""
    parts = (found.tenures, found.leaves, found.lines, found.clashes)
    chosen: Any = (tuple(flat for flat in part if flat.organization == organization) for part in parts)
    return Histories(*chosen)


@given(company_reports())
def test_days(reports: list[Report]) -> None:
    """Between two marks of a slider nothing may change, and at each something must."""
    folded = within(histories(reports), "acme")
    marks = change_days(folded, reports)
    before = state(folded, reports, BEGIN - 1), name_on(reports, BEGIN - 1)
    for day in range(BEGIN, END):
        now = state(folded, reports, day), name_on(reports, day)
        assert (now != before) == (day in marks), date.fromordinal(day)
        before = now


@given(report_lists())
def test_days_of_a_person(reports: list[Report]) -> None:
    """A person's slider has the marks of every organization."""
    folded = histories(reports)
    parts: Any = ((flat for flat in part if flat.person == "ann") for part in (folded.tenures, folded.leaves, folded.lines))
    mine = Histories(*map(tuple, parts))
    marks = set(person_change_days(mine, {}, {}))
    apart = [set(change_days(within(mine, organization), [])) for organization in ("acme", "bolt")]
    assert marks <= set.union(*apart)


@settings(phases=PHASES, max_examples=a_part(2), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs() | LOGS, st.sampled_from(CLOCKS), st.booleans(), st.sampled_from(DAYS), st.lists(st.sampled_from(KNOWN), max_size=5))
def test_moments_of_knowledge(store: Store, log: MemoryLog, clock: Clock, rumoured: bool, day: str, others: list[str]) -> None:
    """What was learned, and when, is the question of whoever looks back: each moment changes the answer, and no other does."""
    with projected(store, log) as connection:
        now = Reading(Moment.parse(day).day.toordinal(), Moment.parse("2030-01-01").at, clock, rumoured)
        for organization in ("acme", "bolt"):
            if winners(connection, "organization", [organization], now)[organization] == organization:
                marks = organization_moments(connection, organization, now)
                before: Any = None
                for at in sorted({*marks, *(Moment.parse(text).at for text in others)}):
                    then, just_before = (stood(connection, organization, replace(now, known_at=moment)) for moment in (at, at - 1))
                    if then is None or just_before is None:
                        before = None
                        continue
                    assert (then != just_before) == (at in marks), (organization, at)
                    assert before is None or before == just_before, (organization, at)
                    before = then


@settings(phases=PHASES, max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.sampled_from(CLOCKS), st.booleans(), st.sampled_from(DAYS), st.lists(st.sampled_from(KNOWN), max_size=5))
def test_moments_about_a_person(store: Store, log: MemoryLog, clock: Clock, rumoured: bool, day: str, others: list[str]) -> None:
    """The same holds of a person, over all organizations at once."""
    with projected(store, log) as connection:
        now = Reading(Moment.parse(day).day.toordinal(), Moment.parse("2030-01-01").at, clock, rumoured)
        for person in ("ann", "bob", "cat"):
            if winners(connection, "person", [person], now)[person] == person:
                marks = person_moments(connection, person, now)
                for at in sorted({*marks, *(Moment.parse(text).at for text in others)}):
                    then, just_before = (person_stood(connection, person, replace(now, known_at=moment)) for moment in (at, at - 1))
                    own = then is not None and just_before is not None
                    assert not own or (then != just_before) == (at in marks), (person, at)


def person_stood(connection: Connection, person: str, at: Reading) -> Any:
    """A person's lines, successions and name; None while the id was another person's."""
    if winners(connection, "person", [person], at)[person] != person:
        return None
    name = names_for(connection, [("person", person)], at)["person", person]["name"]
    return person_lines(connection, person, at), person_succession(connection, person, at), name


@settings(phases=PHASES, max_examples=a_part(6), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.sampled_from(KNOWN), st.booleans(), st.lists(st.sampled_from(DAYS), max_size=2))
def test_days_of_a_card(store: Store, log: MemoryLog, known_at: str, rumoured: bool, others: list[str]) -> None:
    """A person's card is the same on each day between two marks, and differs on each mark."""
    known = Reading(Moment.parse(known_at).day.toordinal(), Moment.parse(known_at).at, rumoured=rumoured)
    with projected(store, log) as connection:
        for person in ("ann", "bob", "cat"):
            marks = {date.fromisoformat(line["day"]).toordinal() for line in days_of(connection, "person", person, known)}
            before: Any = None
            for day in sorted({*marks, *(date.fromisoformat(one).toordinal() for one in (*EFFECTIVE, *others))}):
                then, eve = (person_stood(connection, person, replace(known, as_of=one)) for one in (day, day - 1))
                assert (then != eve) == (day in marks), (person, date.fromordinal(day))
                assert before is None or before == eve, (person, date.fromordinal(day))
                before = then


def test_who_came_after_is_a_mark(store: Store) -> None:
    """A card goes on changing after somebody left, by day and by what becomes known: a successor comes, and gets a name."""
    log = MemoryLog()
    log.register("person", "ann", "bob", "cat")
    log.register("organization", "acme")
    log.appoint("e1", "ann", role="CFO", effective="2019-01-01", announced="2019-01-01")
    log.post("e2", "step_down", "2020-03-01", person="ann", organization="acme", role="CFO", announced="2020-03-01")
    log.appoint("e3", "bob", role="CFO", effective="2020-04-10", announced="2020-04-12")
    log.appoint("e4", "cat", role="CFO", effective="2020-04-20", announced="2020-05-01", predecessor="ann")
    log.add(EntityNamed, entity_aggregate("person", "bob"), "person", "bob", "2020-06-01", {"en": "Robert"}, [])
    log.correct("e4", {"predecessor": None}, announced="2020-07-01")
    asked = Reading(Moment.parse("2020-04-30").day.toordinal(), Moment.parse("2030-01-01").at)
    with projected(store, log) as connection:
        found = MOMENTS["person"](connection, "ann", asked)
        assert [line["day"] for line in found["days"]] == ["2019-01-01", "2020-03-01", "2020-04-10", "2020-04-20"]
        days = ["2019-01-01", "2020-03-01", "2020-04-12", "2020-05-01", "2020-06-01", "2020-07-01"]
        assert [line["at"][:10] for line in found["known"]] == days
        assert {line["changes"] for line in found["known"][1:]} == {1}


def test_names_are_part_of_an_answer(store: Store) -> None:
    """A slider that passes over a new name shows the old one beside a date on which nobody knew it."""
    log = MemoryLog()
    log.register("person", "ann", "bob")
    log.register("organization", "acme")
    log.register("product", "core")
    log.appoint("e1", announced="2024-01-02", effective="2024-01-02")
    log.appoint("e4", announced="2024-01-02", effective="2024-02-02", sources=[PAPER])
    log.post("e5", "founding", "2024-01-01", organization="acme", announced="2024-01-01")
    log.post("e6", "product_release", "2024-01-03", organization="acme", product="core", announced="2024-01-03")
    log.post("e2", "reporting_line", "2024-01-02", person="ann", organization="acme", manager="bob", announced="2024-01-02")
    log.post("e3", "leave_of_absence", "2024-01-02", person="ann", organization="acme", announced="2024-01-03")
    renamed: list[tuple[Kind, str, str]] = [
        ("person", "bob", "2024-02-01"), ("organization", "acme", "2024-03-01"), ("person", "ann", "2024-04-01"),
        ("product", "core", "2024-04-02"),
    ]  # fmt: skip
    for kind, entity, announced in renamed:
        log.add(EntityNamed, entity_aggregate(kind, entity), kind, entity, announced, {"en": f"New {entity}"}, [])
    named = [Moment.parse(announced).at for _, _, announced in renamed]
    later = Reading(Moment.parse("2024-05-01").day.toordinal(), Moment.parse("2030-01-01").at)
    with projected(store, log) as connection:
        for moments, wanted in (
            (organization_moments(connection, "acme", later), named),
            (person_moments(connection, "ann", later), named[:3]),
        ):
            assert [(at, moments[at]) for at in named if at in moments] == [(at, 1) for at in wanted]
        before = replace(later, as_of=Moment.parse("2023-12-01").day.toordinal())
        assert [at for at in named if at in person_moments(connection, "ann", before)] == named[2:3]
        assert [at for at in named if at in organization_moments(connection, "acme", before)] == named[1:2]


def test_days_alone(store: Store) -> None:
    """A page marks the days and not the moments: the same days as in the moments, and of a product those of its phases and versions."""
    log = MemoryLog()
    log.register("person", "ann")
    log.register("organization", "acme")
    log.register("product", "core")
    log.appoint("e1", announced="2024-01-02", effective="2024-01-02")
    log.post("e2", "product_announcement", "2024-01-03", organization="acme", product="core", announced="2024-01-03")
    log.post("e3", "product_release", "2024-02-03", organization="acme", product="core", version="1", announced="2024-02-03")
    now = Reading(Moment.parse("2024-05-01").day.toordinal(), Moment.parse("2030-01-01").at)
    with projected(store, log) as connection:
        for kind, entity in STANDING:
            assert days_of(connection, kind, entity, now) == MOMENTS[kind](connection, entity, now)["days"]
        assert days_known(organization_known(connection, "acme", now)) == days_of(connection, "organization", "acme", now)
        assert days_of(connection, "product", "core", now) == [{"day": "2024-01-03", "changes": 1}, {"day": "2024-02-03", "changes": 1}]


def test_a_renamed_employer_is_a_mark(store: Store) -> None:
    """A person's card calls the organization as it is called on the day, so the card changes with it, also after she left."""
    log = MemoryLog()
    log.register("person", "ann")
    log.register("organization", "acme")
    log.appoint("e1", announced="2024-01-02", effective="2024-01-02")
    here = {"organization": "acme"}
    for event, on_day, known, name in (("e2", "2023-01-01", "2024-01-03", "Acne"), ("e3", "2024-02-01", "2024-03-01", "Apex")):
        log.post(event, "renaming", on_day, new_name={"en": name}, announced=known, **here)
    log.post("e4", "departure", "2024-04-01", person="ann", announced="2024-04-01", **here)
    log.post("e5", "renaming", "2024-05-01", new_name={"en": "Acme"}, announced="2024-05-01", **here)
    march = Reading(Moment.parse("2024-03-15").day.toordinal(), Moment.parse("2024-06-01").at)
    with projected(store, log) as connection:
        found = MOMENTS["person"](connection, "ann", march)
        assert [line["day"] for line in found["days"]] == ["2024-01-02", "2024-02-01", "2024-04-01", "2024-05-01"]
        assert [line["at"][:10] for line in found["known"]] == ["2024-01-02", "2024-01-03", "2024-03-01", "2024-04-01"]
        (role,) = person_lines(connection, "ann", march)["holders"]
        assert role["organization"]["name"] == "Apex"


def stood(connection: Connection, organization: str, at: Reading) -> Any:
    """The state, but for the moment that was asked for; None while the id was another organization's."""
    if winners(connection, "organization", [organization], at)[organization] != organization:
        return None
    return {**organization_state(connection, organization, at), "known_at": None}


def test_a_founding_counts_for_another_from_the_merge_on(store: Store) -> None:
    """What one organization's founding hides is hidden of another only since they are known to be one."""
    log = MemoryLog()
    log.register("person", "ann")
    log.register("organization", "acme", "bolt")
    log.appoint("e1", "ann", "bolt", effective="2023-01-01", announced="2023-01-01")
    log.post("e2", "founding", "2024-02-01", organization="acme", announced="2024-02-02")
    log.add(EntityMerged, entity_aggregate("organization", "acme"), "organization", "acme", "2024-05-01", "bolt", None)
    merged = Moment.parse("2024-05-01").at
    with projected(store, log) as connection:
        for day, marked in (("2024-01-31", True), ("2024-02-01", False)):
            asked = Reading(Moment.parse(day).day.toordinal(), Moment.parse("2030-01-01").at)
            assert (merged in person_moments(connection, "ann", asked)) == marked
            assert (merged in organization_moments(connection, "bolt", asked)) == marked
            shown = [person_lines(connection, "ann", replace(asked, known_at=at))["holders"] != [] for at in (merged - 1, merged)]
            assert shown == [True, not marked]


def test_what_another_did_counts_from_the_merge_on(store: Store) -> None:
    """Looking back at an organization stops at no news of another that was merged into it only later."""
    log = MemoryLog()
    log.register("person", "ann")
    log.register("organization", "acme", "bolt")
    log.register("product", "core")
    log.appoint("e1", "ann", "bolt", effective="2023-12-01", announced="2023-12-01")
    log.post("e2", "product_release", "2023-12-30", organization="acme", product="core", announced="2023-12-30")
    log.post("e3", "renaming", "2024-02-01", organization="acme", new_name={"en": "Apex"}, announced="2024-02-01")
    turns = (EntityMerged, "2024-05-01"), (EntityUnmerged, "2024-06-01")
    for entry, announced in turns:
        log.add(entry, entity_aggregate("organization", "acme"), "organization", "acme", announced, "bolt", None)
    joined = [Moment.parse(announced).at for _, announced in turns]
    asked = Reading(Moment.parse("2024-06-10").day.toordinal(), Moment.parse("2030-01-01").at)
    with projected(store, log) as connection:
        for found in (organization_moments(connection, "bolt", asked), person_moments(connection, "ann", asked)):
            assert [at for at in found if at >= Moment.parse("2023-12-30").at] == joined
        names = [stood(connection, "bolt", replace(asked, known_at=at))["organization"]["name"] for at in (joined[0] - 1, *joined)]
        assert names == ["Bolt", "Apex", "Bolt"]


def test_products_that_become_one_are_a_mark(store: Store) -> None:
    """A merge of two products makes one line of two, so a slider stops at it, and from then on at the one name only."""
    log = MemoryLog()
    log.register("organization", "acme")
    log.register("product", "core", "kern")
    log.post("e1", "product_announcement", "2024-01-02", organization="acme", product="core", announced="2024-01-02")
    log.post("e2", "product_release", "2024-01-03", organization="acme", product="kern", announced="2024-01-03")
    log.add(EntityMerged, entity_aggregate("product", "kern"), "product", "kern", "2024-02-01", "core", None)
    for product, announced in (("kern", "2024-03-01"), ("core", "2024-04-01")):
        log.add(EntityNamed, entity_aggregate("product", product), "product", product, announced, {"en": f"New {product}"}, [])
    asked = Reading(Moment.parse("2024-06-10").day.toordinal(), Moment.parse("2030-01-01").at)
    with projected(store, log) as connection:
        found = organization_moments(connection, "acme", asked)
        days = ("2024-01-02", "2024-01-03", "2024-02-01", "2024-04-01")
        assert [at for at in found if at >= Moment.parse("2024-01-02").at] == [Moment.parse(day).at for day in days]
        for at in found:
            then, before = (stood(connection, "acme", replace(asked, known_at=moment)) for moment in (at, at - 1))
            assert then != before
