"""What one event does: only its own part of the fold, under the ids of the reading, and nothing while it does not count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from events.moments import FOREVER
from projections.consequences import consequences
from projections.known import event_known_from
from projections.rendering import events_by_id
from tests.projections.support import at, event_id
from tests.projections.support import fixture_store as fixture_store
from tests.projections.support import fixture_stores as fixture_stores
from tests.projections.test_standing import fixture_connection as fixture_connection

NOW = at("2024-01-01")


@pytest.mark.parametrize(
    ("event", "kind", "acts"),
    [
        ("e1", "tenure", ["opened"]),
        ("e7", "tenure", ["closed"]),
        ("e3", "line", ["reports"]),
        ("e4", "leave", ["began"]),
        ("e6", "leave", ["over"]),
        ("e9", "product", ["announced"]),
    ],
)
def test_each_event_has_its_own_steps_alone(connection: Connection, event: str, kind: str, acts: list[str]) -> None:
    """A tenure has many events behind it, and the page of one must not tell what the others did."""
    lines = consequences(connection, event_id(event).hex, NOW)
    found = [line for line in lines if line["kind"] == kind]
    assert [[step["act"] for step in line["steps"]] for line in found] == [acts]
    assert all(step["text"] and step["event"] == str(event_id(event)) for line in found for step in line["steps"])


def test_entities_stand_under_their_ids_at_the_reading(connection: Connection) -> None:
    """An event posted of somebody who was merged since tells of the one as whom he is read, and of a product likewise."""
    assert consequences(connection, event_id("e2").hex, NOW)[0]["person"]["id"] == "bob"
    assert consequences(connection, event_id("e10").hex, NOW)[0]["product"]["id"] == "core"


def test_what_opens_and_closes_nothing_is_told_too(connection: Connection) -> None:
    """A renaming changes how the organization is called, and has no place in anybody's history."""
    assert [line["kind"] for line in consequences(connection, event_id("e8").hex, NOW)] == ["name"]


def test_a_rumour_does_nothing_unless_rumours_count(connection: Connection) -> None:
    """What is not counted in the state must not look as if it were."""
    rumour = event_id("e11").hex
    assert consequences(connection, rumour, NOW) == []
    assert [line["kind"] for line in consequences(connection, rumour, replace(NOW, rumoured=True))] == ["tenure"]


def test_events_are_found_by_their_ids_as_far_as_they_are_known(connection: Connection) -> None:
    """Pages that name events must not name one that is not known at the reading."""
    ids = [str(event_id(name)) for name in ("e1", "e7")]
    assert set(events_by_id(connection, ids, NOW)) == set(ids)
    assert set(events_by_id(connection, ids, at("2021-01-01"))) == {ids[0]}


def test_since_when_an_event_is_known(connection: Connection) -> None:
    """A page about the past says since when an event is known; one that never was is known never."""
    assert event_known_from(connection, event_id("e7").hex, "public") == at("2023-01-15").known_at
    assert event_known_from(connection, "0" * 32, "public") == FOREVER
