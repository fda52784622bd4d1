"""Histories as rows: on either clock and at any moment they must be what the fold makes of what was known then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orjson import OPT_SORT_KEYS, dumps
from sqlalchemy import Connection

from events.clocks import Clock, spans
from events.codec import decode
from events.entities import EntityMerged, EntityRegistered, EntityUnmerged, entity_aggregate
from events.entries import Logged
from events.event import EventCorrected, EventEntry, EventRestored, EventRetracted, SourceAdded, StatusChanged
from events.fields import Kind
from events.moments import Moment, to_micros
from events.sources import publishers
from projections.claims import Report
from projections.folded import Histories, histories
from projections.histories import organization_histories, person_histories
from projections.merging import winners
from projections.projector import catch_up
from projections.reading import Reading
from projections.reports import merged, report
from projections.standing import organization_history, organization_state, person_history, person_standing
from projections.stores import Store
from tests.projections.support import MemoryLog, emptied, event_id
from tests.support.examples import a_part

PEOPLE, ORGANIZATIONS = ("ann", "bob", "cat"), ("acme", "bolt")
TYPES = {
    "e1": "appointment", "e2": "appointment", "e3": "appointment", "e4": "departure", "e5": "step_down", "e6": "incumbency",
    "e7": "leave_of_absence", "e8": "return_from_leave", "e9": "reporting_line",
}  # fmt: skip
"""The events of random logs; `e3` brings the person `cat` and the organization `bolt`, which are secret until it is known."""
MOMENTS = (None, None, "2023-12-30", "2024-01-01T00:00:12Z", "2024-01-01T00:00:30Z", "2024-03-01", "2024-05-01")
KNOWN = (
    "2023-12-29",
    "2023-12-30",
    *(f"2024-01-01T00:00:{second:02}Z" for second in range(0, 60, 3)),
    "2024-02-02",
    "2024-04-01",
    "2030-01-01",
)


Steps = list[tuple[Callable[..., None], tuple[Any, ...]]]


def reading(known_at: str, clock: Clock = "public", rumoured: bool = False) -> Reading:
    """A reading of what was known at a moment."""
    known = Moment.parse(known_at)
    return Reading(known.day.toordinal(), known.at, clock, rumoured)


def secret(log: MemoryLog, kind: Kind, entity: str, event: str) -> None:
    """Register an entity that an event brings."""
    log.add(EntityRegistered, entity_aggregate(kind, entity), kind, entity, None, {"en": entity.title()}, [], {}, event_id(event))


def join(log: MemoryLog, kind: Kind, loser: str, winner: str, announced: str | None = None) -> None:
    """Merge one entity into another."""
    log.add(EntityMerged, entity_aggregate(kind, loser), kind, loser, announced, winner, None)


def tell(log: MemoryLog, event: str, person: str, organization: str, **said: Any) -> None:
    """Report an event of its type."""
    kind = TYPES[event]
    unnamed = said.pop("unnamed", False) and kind == "departure"
    own = {"manager": said.pop("manager")} if kind == "reporting_line" else {"role": said["role"]} if "leave" not in kind else {}
    own = {} if unnamed else own
    log.post(
        event,
        kind,
        person=person,
        organization=organization,
        **own,
        **{name: said[name] for name in said if name not in ("role", "manager")},
    )


def _told(log: MemoryLog, event: str, person: str, organization: str, said: dict[str, Any]) -> None:
    tell(log, event, person, organization, **said)


def _later(log: MemoryLog, event: str, what: tuple[Any, ...], announced: str | None) -> None:
    if not log.versions[event_id(event)]:
        return
    if isinstance(what[0], str):
        log.add(EventCorrected, event_id(event), None, announced, dict([what]))
    else:
        log.later(what[0], event, *what[1:], announced=announced)


def _merged(log: MemoryLog, kind: Kind, sides: tuple[str, str], undo: bool, announced: str | None) -> None:
    cls = EntityUnmerged if undo else EntityMerged
    log.add(cls, entity_aggregate(kind, sides[0]), kind, sides[0], announced, sides[1], None)


LATER = [
    ("effective", "2024-02"), ("person", "bob"), ("person", "cat"), ("organization", "bolt"), ("announced", "2024-02-02"), ("role", "CFO"),
    (EventRetracted,), (EventRestored,), (StatusChanged, "denied"), (StatusChanged, "rumoured"), (StatusChanged, "confirmed"),
    (SourceAdded, {"title": "Another paper", "publisher": "Paper"}),
]  # fmt: skip


def _steps() -> st.SearchStrategy[tuple[Callable[..., None], tuple[Any, ...]]]:
    event, moment = st.sampled_from(sorted(TYPES)), st.sampled_from(MOMENTS)
    people, organizations = st.sampled_from(PEOPLE), st.sampled_from(ORGANIZATIONS)
    said = st.fixed_dictionaries({
        "role": st.sampled_from(("CEO", "CTO")), "manager": st.none() | people, "announced": moment,
        "predecessor": st.none() | people, "successor": st.none() | people,
        "effective": st.sampled_from(("2024-01-01", "2024-02", "2024-02-10", "2024-06-05")),
        "status": st.sampled_from(("reported", "confirmed", "rumoured")), "unnamed": st.booleans(),
    })  # fmt: skip
    sides = st.tuples(st.just("person"), st.permutations(PEOPLE).map(lambda ids: (ids[0], ids[1]))) | st.tuples(
        st.just("organization"), st.permutations(ORGANIZATIONS).map(lambda ids: (ids[0], ids[1]))
    )
    told = st.tuples(st.just(_told), st.tuples(event, people, organizations, said))
    later = st.tuples(st.just(_later), st.tuples(event, st.sampled_from(LATER), moment))
    merged = st.builds(lambda pair, undo, when: (_merged, (*pair, undo, when)), sides, st.sampled_from((False, False, True)), moment)
    return st.one_of(told, told, later, merged)


def _made(steps: Steps) -> MemoryLog:
    log = MemoryLog()
    log.register("person", "ann", "bob")
    log.register("organization", "acme")
    secret(log, "person", "cat", "e3")
    secret(log, "organization", "bolt", "e3")
    for act, said in steps:
        act(log, *said)
    return log


def _explicit(steps: Steps) -> Steps:
    """The steps with an `announced` of its own in every report."""
    return [
        (act, (*said[:3], {**said[3], "announced": said[3]["announced"] or "2024-04-15"})) if act is _told else (act, said)
        for act, said in steps
    ]


def _reordered(steps: Steps, order: list[int]) -> Steps:
    """The steps in another order, which keeps those about one event, and those that merge one entity, in sequence."""
    queues: dict[Any, Steps] = defaultdict(list)
    about = [(said[0], said[1][0]) if act is _merged else said[0] for act, said in steps]
    for key, step in zip(about, steps, strict=True):
        queues[key].append(step)
    return [queues[about[index]].pop(0) for index in order]


def answers(connection: Connection, at: Reading) -> list[Any]:
    """Everything that is answered about everybody at a reading."""
    found: list[Any] = []
    for entity in ORGANIZATIONS:
        if winners(connection, "organization", [entity], at)[entity] == entity:
            found += [organization_state(connection, entity, at), organization_history(connection, entity, at)]
    for entity in PEOPLE:
        if winners(connection, "person", [entity], at)[entity] == entity:
            found += [person_history(connection, entity, at), person_standing(connection, entity, at)]
    return found


def made_logs() -> st.SearchStrategy[MemoryLog]:
    """Random logs of two organizations and three people: events of every kind with what was said of them later, and merges."""
    return st.lists(_steps(), max_size=16).map(_made)


def versions_known(log: MemoryLog, at: Reading) -> Iterator[Report]:
    """What the log itself tells at a reading, by the clocks alone, with nobody merged."""
    found: dict[UUID, list[Logged]] = defaultdict(list)
    stamp = 0
    for stored in log.stored:
        entry = decode(cast(UUID, stored.originator_id), stored.originator_version, stored.topic, stored.state)
        stamp = max(stamp, to_micros(entry.timestamp))
        if isinstance(entry, EventEntry):
            found[entry.originator_id].append(Logged(entry, stored.id, stamp))
    for event, history in found.items():
        for span in spans(history, at.clock):
            version = span.version
            if span.start <= at.known_at < span.until and version.status in at.statuses and not version.retracted:
                body = {"type": version.type, "fields": version.fields, "effective": version.effective, "status": version.status}
                yield report(event.hex, body, Moment.parse(version.announced).at, publishers(version.sources))


def oracle(connection: Connection, log: MemoryLog, at: Reading) -> Histories:
    """The fold of what the log tells, merges applied."""

    def winner(kind: Kind, entity: str) -> str:
        return winners(connection, kind, [entity], at)[entity]

    return histories(replace(one, effects=merged(one.effects, winner)) for one in versions_known(log, at))


def rows(found: Histories, **where: str) -> list[bytes]:
    """What is in the histories, in an order of its own."""
    flats = (*found.tenures, *found.leaves, *found.lines)
    return sorted(dumps(flat, option=OPT_SORT_KEYS) for flat in flats if all(getattr(flat, name) == value for name, value in where.items()))


def agrees(connection: Connection, log: MemoryLog, at: Reading) -> None:
    """Every organization's and every person's history as read equals the fold of the log."""
    wanted = oracle(connection, log, at)
    for entity in ORGANIZATIONS:
        if winners(connection, "organization", [entity], at)[entity] == entity:
            assert rows(organization_histories(connection, entity, at)) == rows(wanted, organization=entity), (entity, at)
    for entity in PEOPLE:
        if winners(connection, "person", [entity], at)[entity] == entity:
            assert rows(person_histories(connection, entity, at)) == rows(wanted, person=entity), (entity, at)


@contextmanager
def projected(store: Store, log: MemoryLog, batch: int = 100) -> Iterator[Connection]:
    """The store when it has read that log and no other."""
    assert catch_up(emptied(store), log, batch=batch).halted_by is None
    with store.reading() as connection:
        yield connection


@settings(max_examples=a_part(2), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.integers(1, 20), st.sampled_from(KNOWN), st.booleans())
def test_rows_are_what_the_fold_makes(store: Store, log: MemoryLog, batch: int, known_at: str, rumoured: bool) -> None:
    """Rows answer without folding: at no moment of either clock may they say anything but the fold of what was known."""
    with projected(store, log, batch) as connection:
        for clock in ("public", "recorded"):
            agrees(connection, log, reading(known_at, clock, rumoured))


@settings(max_examples=a_part(4), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_steps(), min_size=2, max_size=12).map(_explicit), st.lists(st.sampled_from(KNOWN), min_size=1, max_size=2), st.data())
def test_the_order_of_recording_does_not_show(store: Store, steps: Steps, known: list[str], data: st.DataObject) -> None:
    """Facts are posted in any order: on the public clock nothing that is answered may hang on it."""
    order = data.draw(st.permutations(range(len(steps))))
    readings = [reading(known_at, rumoured=rumoured) for known_at in known for rumoured in (False, True)]
    found = []
    for log in (_made(steps), _made(_reordered(steps, order))):
        with projected(store, log) as connection:
            found.append([answers(connection, at) for at in readings])
    assert found[0] == found[1]
