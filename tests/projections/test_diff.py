"""What differs between two readings: applied to the first state, the lines of a diff make the second, and each names its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from events import effects
from events.clocks import CLOCKS, Clock
from events.dates import PartialDate
from events.entities import EntityMerged, EntityNamed, entity_aggregate
from events.moments import Moment
from projections.claims import Json, Report
from projections.compared import organization_diff, person_diff
from projections.diff import Side, diff
from projections.feed import FeedQuery, feed
from projections.feed_diff import FeedDiffQuery, feed_diff
from projections.folded import Histories, histories
from projections.merging import winners
from projections.reading import Reading
from projections.replayed import organization_replay
from projections.standing import organization_state, person_lines
from projections.state import state
from projections.stores import Store
from tests.projections.strategies import dates, day, report_lists, told
from tests.projections.support import LOGS, MemoryLog, event_id
from tests.projections.test_tenures import KNOWN, ORGANIZATIONS, PEOPLE, made_logs, projected, versions_known
from tests.support.examples import a_part

PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
"""Shrinking would build a store for every try."""
SECTIONS = {
    "holders": ("joined", "left", "changed"),
    "on_leave": ("on_leave", "returned"),
    "reports": ("reports",),
    "vacant": ("vacant",),
    "products": ("products",),
}
"""Which lines of a diff are about which section of a state."""
DAYS = ("2023-12-01", "2024-01-01", "2024-01-20", "2024-02-10", "2024-02-29", "2024-06-10")
FOUNDED = told("back 2021-06")[0]


def key(line: Json) -> tuple[str | None, ...]:
    """What makes two lines of a section the same line."""
    if "product" in line:
        return (line["product"]["id"],)
    return line.get("role_key"), *(line[name]["id"] if name in line else None for name in ("person", "organization"))


def keyed(lines: Iterable[Json]) -> dict[tuple[str | None, ...], Json]:
    """The lines of a section by what makes them the same."""
    found = list(lines)
    by_key = {key(line): line for line in found}
    assert len(by_key) == len(found)
    return by_key


def applied(before: Json, found: Json) -> Json:
    """The state that a diff makes of another, section by section."""
    after = {}
    for section, names in SECTIONS.items():
        kept = keyed(before.get(section, ()))
        for change in (change for name in names for change in found.get(name, ())):
            assert kept.pop(key(change), None) == change["before"]
            if change["after"] is not None:
                kept[key(change)] = change["after"]
        after[section] = kept
    return after


def changes(found: Json) -> Iterator[Json]:
    """All lines of a diff."""
    return (change for names in SECTIONS.values() for name in names for change in found.get(name, ()))


def nameless(line: Json | None) -> Json:
    """A line with the ids of entities alone."""
    return {name: value.get("id", value) if isinstance(value, dict) else value for name, value in (line or {}).items()}


def sound(before: Json, after: Json, found: Json, known: set[str], who: str = "person") -> None:
    """The diff makes one state of the other, by lines that differ, under the right heads, of events known to either side."""
    assert applied(before, found) == {section: keyed(after.get(section, ())) for section in SECTIONS}
    for change in changes(found):
        assert change["before"] != change["after"]
        assert change["events"] or nameless(change["before"]) == nameless(change["after"])
        assert set(change["events"]) <= known
        assert len(set(change["events"])) == len(change["events"])
    there = [{line[who]["id"] for line in lines["holders"]} for lines in (before, after)]
    for name, wanted in (("joined", (False, True)), ("left", (True, False)), ("changed", (True, True))):
        for change in found[name]:
            assert tuple(change[who]["id"] in ids for ids in there) == wanted


def company_reports() -> st.SearchStrategy[list[Report]]:
    """Reports of people, and of an organization's products, founding and names."""
    product = st.builds(
        effects.Phase,
        st.sampled_from(("core", "plan")),
        st.just("acme"),
        st.sampled_from(("announced", "delayed", "released", "discontinued")),
        dates(),
        st.none() | dates(),
        st.none() | st.just("2"),
    )
    founding = st.builds(effects.Founded, st.just("acme"), dates())
    name = st.builds(effects.Named, st.just("acme"), st.sampled_from(((("en", "Acme 2"),), (("en", "Acme 3"),))), dates())
    others = st.lists(st.one_of(product, product, product, founding, name), max_size=4).map(
        lambda made: [replace(FOUNDED, event_id=f"p{number}", effects=(effect,)) for number, effect in enumerate(made)]
    )
    return st.tuples(report_lists(), others).map(lambda both: [*both[0], *both[1]])


def named(found: Any) -> Any:
    """The lines with an id and a name in place of each entity."""
    if isinstance(found, list):
        return [named(line) for line in found]
    if not isinstance(found, dict):
        return found
    refs = ("person", "manager", "product", "organization")
    return {
        name: {"id": value, "name": value} if name in refs and isinstance(value, str) else named(value) for name, value in found.items()
    }


def side(reports: list[Report], on: int, organization: str = "acme") -> Side:
    """How an organization stands on an ordinal day by the reports."""
    folded = histories(reports)
    parts = (folded.tenures, folded.leaves, folded.lines)
    mine: Any = (tuple(flat for flat in part if flat.organization == organization) for part in parts)
    within = Histories(*mine)
    return Side(named(state(within, reports, on)), within, on)


@given(company_reports(), st.data())
def test_a_diff_makes_one_state_of_another(reports: list[Report], data: st.DataObject) -> None:
    """Whoever follows an organization by its diffs must end where a look at it ends."""
    on = st.integers(day("2019-06-01"), day("2023-06-01"))
    known = [data.draw(st.lists(st.sampled_from(reports), unique_by=lambda one: one.event_id)) if reports else [] for _ in range(2)]
    before, after = (side(subset if data.draw(st.booleans()) else reports, data.draw(on)) for subset in known)
    found = diff(before, after)
    sound({**before.lines}, {**after.lines}, found, {report.event_id for report in reports})
    assert not list(changes(diff(before, before)))


@pytest.mark.parametrize(
    ("tellings", "days", "lines"),
    [
        (["holds CEO 2020-01-01"], ("2019-12-31", "2020-01-01"), {"joined": ["e1"]}),
        (["holds CEO 2020-01-01"], ("2020-01-01", "2019-12-31"), {"left": ["e1"]}),
        (["holds CEO 2020-01-01", "ends CEO 2020-05-01"], ("2020-04-01", "2020-05-01"), {"left": ["e2"], "vacant": ["e2"]}),
        (["holds CEO 2020-01-01", "ends CEO 2020-05-01"], ("2020-05-01", "2020-04-01"), {"joined": ["e1"], "vacant": ["e1"]}),
        (
            ["holds CEO 2020-01-01", "holds CTO 2020-03-01", "ends CEO 2020-05-01", "departs - 2021"],
            ("2020-04-01", "2020-05-01"),
            {"changed": ["e3"], "vacant": ["e3"]},
        ),
        (["holds CEO 2020-01-01 interim", "holds CEO 2020-09-01"], ("2020-02-01", "2020-09-01"), {"changed": ["e1"]}),
        (["away 2020-01-01", "back 2020-03-01"], ("2019-12-01", "2020-01-01"), {"on_leave": ["e1"]}),
        (["away 2020-01-01", "back 2020-03-01"], ("2020-01-01", "2020-03-01"), {"returned": ["e2"]}),
        (["away 2020-01-01 back=2020-02-01", "away 2020-02-05 back=2020-06"], ("2020-01-05", "2020-02-05"), {"on_leave": ["e1"]}),
        (
            ["holds CEO 2020-01-01", "reports 2020-02-01 manager=bob", "reports 2020-03-01 manager=cat"],
            ("2020-02-01", "2020-03-01"),
            {"reports": ["e2", "e3"]},
        ),
        (["reports 2020-02-01 manager=bob", "reports 2020-03-01"], ("2020-02-01", "2020-03-01"), {"reports": ["e2"]}),
        # Between two days on which nobody was there, nothing stands out.
        (["holds CEO 2020-01-01", "departs - 2020-05-01"], ("2019-12-01", "2019-12-31"), {}),
    ],
)  # fmt: skip
def test_each_line_names_what_made_it(tellings: list[str], days: tuple[str, str], lines: dict[str, list[str]]) -> None:
    """A difference is worth as much as the event that it leads to."""
    before, after = (side(told(*tellings), day(on)) for on in days)
    found = {name: [event for line in said for event in line["events"]] for name, said in diff(before, after).items() if said}
    assert found == lines


def test_a_manager_who_left() -> None:
    """That somebody's manager is gone is news about the one who stays, and the manager's leaving is its event."""
    left = [replace(one, event_id=f"b{one.event_id}") for one in told("holds CTO 2019", "departs - 2020-06-01", person="bob")]
    reports = [*told("reports 2020-01-01 manager=bob"), *left]
    (line,) = diff(side(reports, day("2020-05-01")), side(reports, day("2020-06-01")))["reports"]
    assert (line["before"]["manager_left"], line["after"]["manager_left"], line["events"]) == (False, True, ["be2"])


@pytest.mark.parametrize(
    ("days", "events"),
    [
        (("2010-06-09", "2010-07-12"), ["v1", "v2"]),
        (("2010-06-10", "2010-07-12"), ["v2"]),
        # The release in between is behind both states, though the later one names it only beside its version.
        (("2010-07-12", "2010-08-12"), ["v3"]),
    ],
)
def test_releases(days: tuple[str, str], events: list[str]) -> None:
    """What made a product released is its first release, and what changed it since is the release that came meanwhile."""
    released = [
        effects.Phase("core", "acme", "released", PartialDate.parse(f"2010-{month}"), None, version)
        for version, month in (("1", "06-10"), ("2", "07-12"), ("3", "08-12"))
    ]
    reports = [replace(FOUNDED, event_id=f"v{effect.version}", effects=(effect,)) for effect in released]
    before, after = (side(reports, day(on)) for on in days)
    (line,) = diff(before, after)["products"]
    assert line["events"] == events


READINGS = st.tuples(st.sampled_from(KNOWN), st.sampled_from(DAYS))


def readings(sides: Iterable[tuple[str, str]], clock: Clock, rumoured: bool) -> list[Reading]:
    """Two readings of the same clock."""
    return [Reading(Moment.parse(on).day.toordinal(), Moment.parse(known_at).at, clock, rumoured) for known_at, on in sides]


def stands(connection: Connection, kind: Any, entity: str, at: Reading) -> str:
    """The id of an entity at a reading."""
    return winners(connection, kind, [entity], at)[entity]


@settings(phases=PHASES, max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), READINGS, READINGS, st.sampled_from(CLOCKS), st.booleans())
def test_diffs_of_what_is_stored(
    store: Store, log: MemoryLog, one: tuple[str, str], other: tuple[str, str], clock: Clock, rumoured: bool
) -> None:
    """With hindsight or as known then, forwards or backwards, whatever was corrected or merged: a diff leads from one to the other."""
    with projected(store, log) as connection:
        before, after = readings((one, other), clock, rumoured)
        known = {str(UUID(report.event_id)) for at in (before, after) for report in versions_known(log, at)}
        for organization in ORGANIZATIONS:
            states = [organization_state(connection, stands(connection, "organization", organization, at), at) for at in (before, after)]
            found = organization_diff(connection, organization, before, after)
            sound(states[0], states[1], found, known)
            assert (found["renamed"] is None) == (states[0]["organization"] == states[1]["organization"])
        for person in PEOPLE:
            lines = [person_lines(connection, stands(connection, "person", person, at), at) for at in (before, after)]
            sound(lines[0], lines[1], person_diff(connection, person, before, after), known, "organization")


def events_of(connection: Connection, at: Reading) -> dict[str, Json]:
    """The events of a reading by id."""
    return {event["id"]: event for event in feed(connection, FeedQuery(200, as_of=at.as_of), at).items}


def paged(connection: Connection, before: Reading, after: Reading) -> Iterator[Json]:
    """The lines of a feed's diff, in small pages."""
    page = feed_diff(connection, FeedDiffQuery(2, None, before.as_of, before.known_at), after)
    while page.next is not None:
        assert len(page.items) == 2
        yield from page.items
        page = feed_diff(connection, FeedDiffQuery(2, page.next), after, 2**62)
    yield from page.items


@settings(phases=PHASES, max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(LOGS, READINGS, READINGS, st.sampled_from(CLOCKS))
def test_a_diff_of_the_feed(store: Store, log: MemoryLog, one: tuple[str, str], other: tuple[str, str], clock: Clock) -> None:
    """What was learned in between is exactly what has to be read again, be it of an event or of a name in it."""
    with projected(store, log) as connection:
        before, after = readings((one, other), clock, False)
        then = events_of(connection, replace(before, as_of=after.as_of))
        events, wanted = events_of(connection, before), events_of(connection, after)
        lines = list(paged(connection, before, after))
        for line in lines:
            assert line["change"] == ("added" if line["before"] is None else "removed" if line["after"] is None else "changed")
            assert events.pop(line["id"], None) == line["before"]
            if line["after"] is not None:
                events[line["id"]] = line["after"]
        told = {line["id"] for line in lines}
        assert {event: found if event in told else then[event] for event, found in events.items()} == wanted
        assert all(line["change"] != "changed" or then[line["id"]] != line["after"] for line in lines)
        days = [(line["after"] or line["before"])["effective"]["earliest"] for line in lines if line["change"] != "changed"]
        assert days == sorted(days, reverse=True)


def test_an_event_that_reads_otherwise(store: Store) -> None:
    """A merge, a name or a renaming that became known changes what is said of an event, though nothing was said of the event itself."""
    log = MemoryLog()
    log.register("person", "loser", "winner", "other")
    log.register("organization", "acme", "bolt")
    for event, speaker in (("g1", "loser"), ("g2", "winner"), ("g3", "other")):
        log.post(event, "statement", "2006-01-01", speaker=speaker, gist=event, organization="acme", announced="2006-01-01")
    log.add(EntityMerged, entity_aggregate("person", "loser"), "person", "loser", "2010-01-01", "winner", None)
    log.add(EntityNamed, entity_aggregate("person", "winner"), "person", "winner", "2011-01-01", {"en": "Champion"}, [])
    log.post("g4", "renaming", "2012-01-01", organization="bolt", new_name={"en": "Bolts"}, announced="2012-01-01")
    log.add(EntityMerged, entity_aggregate("organization", "acme"), "organization", "acme", "2013-01-01", "bolt", None)
    log.post("g5", "renaming", "2014-01-01", organization="acme", new_name={"en": "Nuts"}, announced="2014-02-01")
    changed: list[list[str]] = []
    with projected(store, log) as connection:
        for year in range(2010, 2015):
            before, after = readings(((f"{year}-01-01", "2020-01-01"), (f"{year}-03-01", "2020-01-01")), "public", False)
            lines = list(paged(connection, replace(before, known_at=before.known_at - 1), after))
            changed.append([line["id"] for line in lines if line["change"] == "changed"])
        days = readings((("2020-01-01", "2013-06-01"), ("2020-01-01", "2020-01-01")), "public", False)
        told = [line["id"] for line in paged(connection, days[0], days[1])]
    names = {str(event_id(event)): event for event in ("g1", "g2", "g3", "g4", "g5")}
    assert [sorted(names[event] for event in events) for events in changed] == [
        ["g1"], ["g1", "g2"], [], ["g1", "g2", "g3"], ["g1", "g2", "g3", "g4"],
    ]  # fmt: skip
    assert [names[event] for event in told] == ["g5"]


def test_a_new_name_is_told_with_its_event(store: Store) -> None:
    """A renaming changes no role, and yet the organization is another in every answer."""
    log = MemoryLog()
    log.register("organization", "acme")
    log.post("e1", "renaming", "2024-01-05", organization="acme", new_name={"en": "Acme 2"}, announced="2024-01-05")
    log.post("e2", "renaming", "2024-03-05", organization="acme", new_name={"en": "Acme 3"}, announced="2024-03-05")
    with projected(store, log) as connection:
        before, after = readings((("2030-01-01", "2024-01-01"), ("2030-01-01", "2024-02-01")), "public", False)
        found = organization_diff(connection, "acme", before, after)
    assert (found["renamed"]["before"]["name"], found["renamed"]["after"]["name"]) == ("Acme", "Acme 2")
    assert found["renamed"]["events"] == [str(event_id("e1"))]
    assert (found["from"]["as_of"], found["to"]["as_of"], found["clock"]) == ("2024-01-01", "2024-02-01", "public")


def test_a_line_that_differs_by_a_name(store: Store) -> None:
    """A new name is the doing of the renaming, and not of the appointment of years ago."""
    log = MemoryLog()
    log.register("person", "ann")
    log.register("organization", "acme")
    log.register("product", "core")
    log.appoint("e1", effective="2005-01-01", announced="2005-01-01")
    log.post("e2", "product_release", "2005-01-01", organization="acme", product="core", announced="2005-01-01")
    log.post("e3", "renaming", "2024-01-05", organization="acme", new_name={"en": "Apex"}, announced="2024-01-05")
    log.add(EntityNamed, entity_aggregate("person", "ann"), "person", "ann", "2024-02-01", {"en": "Anne"}, [])
    with projected(store, log) as connection:
        before, after = readings((("2024-01-15", "2024-01-01"), ("2024-01-15", "2024-01-10")), "public", False)
        for sides in ((before, after), (after, before)):
            (line,) = person_diff(connection, "ann", *sides)["changed"]
            assert line["events"] == [str(event_id("e3"))]
            (line,) = organization_diff(connection, "acme", *sides)["products"]
            assert line["events"] == [str(event_id("e3"))]
        (day,) = (found for found in organization_replay(connection, "acme", 0, after) if found["day"] == "2024-01-05")
        assert [line["events"] for line in day["products"]] == [[str(event_id("e3"))]]
        (line,) = organization_diff(connection, "acme", after, replace(after, known_at=Moment.parse("2024-02-01").at))["changed"]
        assert (line["before"]["person"]["name"], line["after"]["person"]["name"], line["events"]) == ("Ann", "Anne", [])
