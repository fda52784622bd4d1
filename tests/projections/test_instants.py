"""Instants: that what is known on the recorded clock changes at those that are noted and at no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, select

from events.entries import aggregate_id
from events.fields import Kind
from events.moments import BEGINNING, FOREVER, Moment
from projections import tables
from projections.articles import article_list
from projections.entities import find, is_visible
from projections.feed import FeedQuery, feed
from projections.instants import (
    embargoes_ended,
    embargoes_ending,
    first_known,
    is_final,
    last_embargo,
    last_moment,
    next_moment,
    position_at,
)
from projections.projector import catch_up
from projections.reading import Reading
from projections.standing import organization_history
from projections.stores import Store
from projections.versions import version_at
from tests.projections.support import LOGS, MemoryLog, at, emptied, event_id, small_log
from tests.support.examples import a_part

IDS: dict[Kind, tuple[str, ...]] = {"person": ("ann", "bob", "cat"), "organization": ("acme", "bolt")}


def then(known_at: int) -> Reading:
    """What was known then on the recorded clock, about a day after everything."""
    return Reading(750_000, known_at, "recorded")


def moments(connection: Connection) -> list[int]:
    """Every moment at which what is known changes, as a reader finds one after the other."""
    found: list[int] = []
    while (at := next_moment(connection, found[-1] if found else BEGINNING)) is not None:
        found.append(at)
    return found


def answers(connection: Connection, reading: Reading) -> list[Any]:
    """What is known of a small log."""
    known = [one for one in IDS["organization"] if is_visible(connection, "organization", one, reading)]
    return [
        feed(connection, FeedQuery(order="recorded"), reading).items,
        *(organization_history(connection, one, reading) for one in known),
        *(find(connection, kind, reading).items for kind in IDS),
        article_list(connection, reading).items,
        position_at(connection, reading),
    ]  # fmt: skip


@settings(max_examples=a_part(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(log=LOGS)
def test_nothing_changes_between_two_moments(store: Store, log: MemoryLog) -> None:
    """Mementos and tags hang on the moments alone; a change at any other would hide behind them."""
    catch_up(emptied(store), log)
    with store.reading() as connection:
        found = moments(connection)
        for moment, following in zip(found, [*found[1:], found[-1] + 10**15], strict=True):
            assert last_moment(connection, following - 1) == moment
            assert answers(connection, then(moment)) == answers(connection, then(following - 1))
        assert answers(connection, then(found[0] - 1)) == [[], [], [], [], 0]
        known_from_their_first(connection)


def known_from_their_first(connection: Connection) -> None:
    """Check that before its first moment there is nothing to see of anything, and at it there is."""
    for kind, entities in IDS.items():
        for one in entities:
            first = first_known(connection, kind, one)
            assert first is not None
            assert [is_visible(connection, kind, one, then(first - back)) for back in (0, 1)] == [True, False]
            assert last_moment(connection, first) == first
    for event in connection.scalars(select(tables.versions.c.event_id).distinct()):
        first = first_known(connection, "event", event)
        assert first is not None
        assert [version_at(connection, event, then(first - back)) is None for back in (0, 1)] == [False, True]


def test_what_is_not_there_was_never_known(store: Store) -> None:
    """An id that nobody bears has no past to be led to, nor has an empty log."""
    with store.reading() as connection:
        assert first_known(connection, "person", "nobody") is None
        assert first_known(connection, "event", aggregate_id("test", "none").hex) is None
        assert (last_moment(connection, FOREVER), next_moment(connection, BEGINNING), last_embargo(connection, FOREVER)) == (
            None,
            None,
            None,
        )
        assert (position_at(connection, at()), position_at(connection, then(FOREVER)), is_final(connection, then(0))) == (0, 0, False)


def test_a_position_for_each_reading(store: Store) -> None:
    """On the recorded clock an answer holds the log up to its moment; on the public one later entries may say what was known."""
    log = small_log(step=3)
    catch_up(store, log, batch=4)
    with store.reading() as connection:
        rows = connection.execute(select(tables.entries.c.recorded_at, tables.entries.c.position)).all()
        assert all(position_at(connection, then(row.recorded_at)) == row.position for row in rows)
        assert all(is_final(connection, then(row.recorded_at)) == (row.position < log.last) for row in rows)
        assert not is_final(connection, at("2000-01-01"))
        assert position_at(connection, at("2000-01-01")) == log.last


@pytest.mark.parametrize("batch", [1, 100])
def test_an_embargo_ends_when_the_news_is_out(store: Store, batch: int) -> None:
    """What comes to count without an entry is marked too, and no more once it is put off or never was a secret."""
    log = MemoryLog()
    log.register("organization", "acme")
    log.register("person", "ann")
    log.appoint("e1", announced="2024-03-01")
    log.appoint("e2", role="CTO", announced="2023-03-01")
    log.appoint("e3", role="CFO", announced="2024-05-01")
    log.correct("e3", {"announced": "2024-06-01"})
    log.correct("e2", {"role": "COO"}, announced="2024-04-01")
    catch_up(store, log, batch=batch)
    with store.reading() as connection:
        ends = sorted(connection.scalars(select(tables.embargoes.c.ends_at)))
        assert ends == [Moment.parse(day).at for day in ("2024-03-01", "2024-04-01", "2024-06-01")]
        assert last_embargo(connection, ends[1] - 1) == ends[0]
        assert [embargoes_ending(connection, ends[0] - back, 2) for back in (1, 0)] == [ends[:2], ends[1:]]
        ended = embargoes_ended(connection, ends[0], ends[2])
        assert [(one.owner, one.ends_at) for one in ended] == [("event", ends[1]), ("event", ends[2])]
        assert embargoes_ended(connection, BEGINNING, ends[0])[0].id == event_id("e1").hex
