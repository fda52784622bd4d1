"""Conflicts in a store: the list misses no organization, and names only events that are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from events.clocks import CLOCKS, Clock
from events.errors import NotFound
from events.event import EventCorrected, EventRetracted
from events.posting import load_changes, load_post
from events.types import event_type
from projections.claims import Json
from projections.clashes import KINDS
from projections.conflicts import TEXTS, ConflictQuery, conflicts, organization_conflicts
from projections.merging import winners
from projections.reading import Reading
from projections.standing import organization_state
from projections.stores import Store
from projections.succession import HolderQuery, role_holders
from tests.projections.support import MemoryLog, event_id
from tests.projections.test_diff import PHASES
from tests.projections.test_tenures import KNOWN, ORGANIZATIONS, TYPES, made_logs, projected, reading, versions_known
from tests.support.examples import a_part

FAR = 2**62


def paged_conflicts(connection: Connection, query: ConflictQuery, at: Reading) -> Iterator[Json]:
    """The whole list, two by two."""
    page = conflicts(connection, query, at)
    while page.next is not None:
        yield from page.items
        page = conflicts(connection, ConflictQuery(2, page.next), at, FAR)
    yield from page.items


def paged_holders(connection: Connection, role_key: str, at: Reading) -> Iterator[Json]:
    """The whole list of a role's holders, one by one."""
    page = role_holders(connection, HolderQuery(1, role_key=role_key), at)
    while page.next is not None:
        assert len(page.items) == 1
        yield from page.items
        page = role_holders(connection, HolderQuery(1, page.next, role_key), at, FAR)
    yield from page.items


@settings(phases=PHASES, max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.sampled_from(KNOWN), st.sampled_from(CLOCKS), st.booleans())
def test_across_organizations(store: Store, log: MemoryLog, known_at: str, clock: Clock, rumoured: bool) -> None:
    """A list across all organizations says of each what a look at it alone says: no conflict and no holder is missed."""
    at = reading(known_at, clock, rumoured)
    with projected(store, log) as connection:
        own = winners(connection, "organization", ORGANIZATIONS, at)
        each = [line for entity in sorted(set(own.values())) for line in organization_conflicts(connection, entity, at)]
        assert list(paged_conflicts(connection, ConflictQuery(2), at)) == each
        known = {report.event_id for report in versions_known(log, at)}
        assert {claim["event"].replace("-", "") for line in each for claim in line["claims"]} <= known
        for line in each:
            assert line["text"] == TEXTS[line["kind"]][0]
            assert len(line["claims"]) + len(line["people"]) > 1
        states = {entity: organization_state(connection, entity, at) for entity in sorted(set(own.values()))}
        for key in ("chief-executive-officer", "chief-technology-officer"):
            wanted = [
                {**line, "organization": found["organization"]}
                for found in states.values()
                for line in found["holders"]
                if line["role_key"] == key
            ]
            assert list(paged_holders(connection, key, at)) == wanted


def follow(log: MemoryLog, suggestion: Json) -> None:
    """Append what a conflict suggests."""
    match suggestion:
        case {"correct": event, "changes": changes}:
            log.add(EventCorrected, UUID(event), suggestion["reason"], None, changes)
        case {"retract": event}:
            log.add(EventRetracted, UUID(event), suggestion["reason"], None)
        case {"type": type_name, **said}:
            log.post(f"e{log.last}", type_name, said.pop("effective"), **said)


def accepted(suggestion: Json) -> None:
    """Read what a conflict suggests as it is read where it is recorded; raises `Invalid` where that is refused."""
    if "correct" in suggestion:
        kind = next(type_name for event, type_name in TYPES.items() if str(event_id(event)) == suggestion["correct"])
        load_changes(event_type(kind), suggestion["changes"])
    elif "type" in suggestion:
        load_post(suggestion)


def gist(line: Json) -> tuple[Any, ...]:
    """What makes two conflicts the same: who is in it, and what the events say."""
    claims = frozenset((claim["field"], claim["event"], str(claim["value"])) for claim in line["claims"])
    return line["kind"], line["organization"]["id"], line["role_key"], claims


@settings(phases=PHASES, max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.integers(0, 5))
def test_what_is_suggested_settles_it(store: Store, log: MemoryLog, which: int) -> None:
    """A suggestion that is refused, or leaves the contradiction as it was, sends whoever follows it round in circles."""
    at = reading("2030-01-01")
    with projected(store, log) as connection:
        found = conflicts(connection, ConflictQuery(200), at).items
    for line in found:
        accepted(line["suggestion"])
    if found:
        chosen = found[which % len(found)]
        follow(log, chosen["suggestion"])
        with projected(store, log) as connection:
            left = conflicts(connection, ConflictQuery(200), at).items
        assert gist(chosen) not in map(gist, left)


def test_every_kind_is_told() -> None:
    """Each kind has its words in both languages."""
    assert tuple(TEXTS) == KINDS


def test_an_organization_that_is_not_known(store: Store) -> None:
    """No conflicts where there is no organization would be an answer to another question."""
    with projected(store, MemoryLog()) as connection, pytest.raises(NotFound):
        conflicts(connection, ConflictQuery(organization="acme"), reading("2030-01-01"))
