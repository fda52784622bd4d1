"""The agenda in a store: on either clock it misses no organization, and names only events that are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from events.clocks import CLOCKS, Clock
from events.errors import NotFound
from projections.agenda import AgendaQuery, agenda
from projections.claims import Json
from projections.merging import winners
from projections.reading import Reading
from projections.stores import Store
from tests.projections.support import MemoryLog
from tests.projections.test_conflicts import FAR
from tests.projections.test_diff import PHASES
from tests.projections.test_tenures import KNOWN, ORGANIZATIONS, made_logs, projected, reading, versions_known
from tests.support.examples import a_part

DAYS = 366


def paged(connection: Connection, at: Reading) -> Iterator[Json]:
    """The whole list, two by two."""
    page = agenda(connection, AgendaQuery(2, days=DAYS), at)
    while page.next is not None:
        yield from page.items
        page = agenda(connection, AgendaQuery(2, page.next), at, FAR)
    yield from page.items


@settings(phases=PHASES, max_examples=a_part(13), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made_logs(), st.sampled_from(KNOWN), st.sampled_from(CLOCKS))
def test_the_list_is_that_of_every_organization(store: Store, log: MemoryLog, known_at: str, clock: Clock) -> None:
    """The query that finds where to look must not overlook any: what is missing from a list nobody misses."""
    at = reading(known_at, clock)
    with projected(store, log) as connection:
        own = sorted(set(winners(connection, "organization", ORGANIZATIONS, at).values()))
        each = [line for entity in own for line in _of(connection, entity, at)]
        found = list(paged(connection, at))
    known = {report.event_id for report in versions_known(log, at)}
    assert sorted(found, key=str) == sorted(each, key=str)
    assert {event.replace("-", "") for line in found for event in line["events"]} <= known
    assert [line["date"]["earliest"] for line in found] == sorted(line["date"]["earliest"] for line in found)


def _of(connection: Connection, organization: str, at: Reading) -> list[Json]:
    """The lines of one organization; none where it is not known."""
    with suppress(NotFound):
        return agenda(connection, AgendaQuery(200, days=DAYS, organization=organization), at).items
    return []
