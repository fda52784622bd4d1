"""The projector: every entry of the log exactly once, whatever fails and whoever else projects."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import Notification
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import OperationalError

from events.event import EventIdHeld
from events.moments import to_micros
from projections import projector, tables
from projections.audit import rows_digest
from projections.projector import Progress, catch_up, progress
from projections.stores import NOTHING_READ, Store, Stores
from projections.versions import write_events
from tests.projections.support import BEGIN, LOGS, MemoryLog, event_id, small_log
from tests.projections.support import fixture_store as fixture_store
from tests.projections.support import fixture_stores as fixture_stores
from tests.support.examples import a_part


class Crash(BaseException):
    """The process ends here."""


def digests(store: Store) -> dict[str, str]:
    """What the store holds."""
    with store.reading() as connection:
        return rows_digest(connection)


def clean(stores: Stores, log: MemoryLog, until: int | None = None) -> tuple[Progress, dict[str, str]]:
    """How far a store comes that reads the log at one go, and what it then holds."""
    scratch = stores.create()
    reached = catch_up(scratch, log, until=until)
    found = digests(scratch)
    stores.drop(scratch)
    return reached, found


def failing_on(event: str, error: BaseException) -> Callable[[Connection, set[str]], Any]:
    """A `write_events` that raises the error when it comes to the event."""
    wanted, write = event_id(event).hex, write_events

    def fail(connection: Connection, event_ids: set[str]) -> Any:
        written = write(connection, event_ids)
        if wanted in event_ids:
            raise error
        return written

    return fail


def test_every_entry_is_consumed_once(store: Store) -> None:
    """The count and digest of what was consumed are the proof of an audit; nothing new must leave them alone."""
    log = small_log()
    seen: list[Progress] = []
    reached = catch_up(store, log, batch=4, on_progress=seen.append)
    assert (reached.position, reached.entries, reached.version) == (log.last, len(log.stored), tables.VERSION)
    assert (reached.recorded_at, reached.halted_at) == (to_micros(log.stamp), None)
    assert reached.digest != NOTHING_READ
    assert [one.entries for one in seen] == [*range(4, len(log.stored), 4), len(log.stored)]
    assert catch_up(store, log, on_progress=seen.append) == reached == seen[-1]
    with store.reading() as connection:
        assert progress(connection) == reached


def test_entries_without_rows_are_counted_alone(store: Store) -> None:
    """Claims of names and held ids show nowhere, but a log that lacks them is another log."""
    log = MemoryLog()
    log.register("person", "ann")
    log.add(EventIdHeld, event_id("e1"), event_id("e2"))
    reached = catch_up(store, log)
    assert reached.entries == 3
    with store.reading() as connection:
        assert [row.topic for row in connection.execute(select(tables.entries))] == ["entity.registered"]
        assert connection.execute(select(tables.versions)).all() == []


def test_only_up_to_a_position(store: Store, stores: Stores) -> None:
    """An audit compares two stores at the same position, wherever the log has got to meanwhile."""
    log = small_log(step=3)
    middle = log.stored[10].id
    assert catch_up(store, log, until=middle + 1).position == middle
    assert digests(store) == clean(stores, log, until=middle)[1]
    assert catch_up(store, log, until=middle).entries == 11


def test_gaps_between_positions_are_no_entries(stores: Stores) -> None:
    """PostgreSQL uses up positions for refused inserts; engines must agree on count and digest all the same."""
    dense, gappy = clean(stores, small_log())[0], clean(stores, small_log(step=7))[0]
    assert gappy.position == 7 * dense.position
    assert (gappy.entries, gappy.digest) == (dense.entries, dense.digest)


@pytest.mark.parametrize("step", ["write_entities", "write_events", "write_articles", "write_pairs"])
def test_a_crash_in_the_middle_of_a_batch_repeats_and_skips_nothing(
    store: Store, stores: Stores, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Rows and the mark of how far they go are one transaction, so a half-written batch never was."""
    log, act, left = small_log(), getattr(projector, step), [2]

    def crash(*args: Any) -> Any:
        done = act(*args)
        left[0] -= 1
        if not left[0]:
            raise Crash
        return done

    monkeypatch.setattr(projector, step, crash)
    with pytest.raises(Crash):
        catch_up(store, log, batch=5)
    with store.reading() as connection:
        assert progress(connection).entries == 5
    assert digests(store) == clean(stores, log, until=5)[1]
    reached = catch_up(store, log, batch=5)
    assert (reached, digests(store)) == clean(stores, log)


def test_two_projectors_at_once_are_harmless(store: Store, stores: Stores) -> None:
    """A web process and a worker may both bring the projections up to date."""
    log = small_log()
    threads = [threading.Thread(target=catch_up, args=(store, log), kwargs={"batch": 1}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert (progress(connection), digests(store)) == clean(stores, log)


@settings(max_examples=a_part(4), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(log=LOGS, batch=st.integers(1, 12))
def test_the_rows_do_not_depend_on_the_batches(stores: Stores, log: MemoryLog, batch: int) -> None:
    """A store that was kept up entry by entry must equal one that was rebuilt at one go."""
    store = stores.create()
    reached = catch_up(store, log, batch=batch)
    found = digests(store)
    stores.drop(store)
    assert (reached, found) == clean(stores, log)


def test_time_never_runs_backwards_along_the_log(store: Store) -> None:
    """Stamps are made before commits, so they come out of order; an answer about a past moment must stay final."""
    log = MemoryLog()
    for offset in (0, 5, -9, 2, 30, -1):
        log.stamp = BEGIN
        log.stamp = log.stamp.replace(second=10 + offset)
        log.register("person", f"p{offset + 10}")
    catch_up(store, log, batch=2)
    with store.reading() as connection:
        rows = connection.execute(select(tables.entries).order_by(tables.entries.c.position)).all()
        assert progress(connection).recorded_at == max(row.recorded_at for row in rows)
    seconds = [(row.recorded_at - to_micros(BEGIN)) // 10**6 for row in rows]
    assert seconds == [11, 16, 17, 17, 41, 42]


def test_an_entry_that_cannot_be_applied_stops_the_projection_before_it(
    store: Store, stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is shown, but not what it says, and never skipped; once the fault is mended all goes on as if nothing had been."""
    log = small_log()
    broken = next(found.id for found in log.stored if found.originator_id == event_id("e3"))
    with monkeypatch.context() as patch:
        patch.setattr(projector, "write_events", failing_on("e3", ValueError("Ann leaves Acme")))
        halted = catch_up(store, log)
        assert (halted.position, halted.entries) == (broken - 1, broken - 1)
        assert halted.halted_at == broken
        assert re.fullmatch(r"ValueError at projections\.projector:\d+ of event\.recorded", str(halted.halted_by))
        assert catch_up(store, log) == halted
        assert [record.exc_text is None for record in caplog.records] == [False], "told once, to whoever runs it"
        assert "Ann leaves Acme" in caplog.text
        with store.reading() as connection:
            assert progress(connection) == halted
        assert digests(store) == clean(stores, log, until=broken - 1)[1]
    assert (catch_up(store, log), digests(store)) == clean(stores, log)


def test_an_entry_that_cannot_be_read_stops_the_projection(store: Store) -> None:
    """Entries of a newer version of Annals must not be passed over by an older one."""
    log = small_log()
    log.add_stored(uuid4(), "event.foreseen", b"{}")
    log.register("person", "dan")
    reached = catch_up(store, log, batch=7)
    assert (reached.halted_at, reached.entries) == (log.last - 2, log.last - 3)
    assert "event.foreseen" in str(reached.halted_by)


def test_an_entry_applied_by_another_projector_meanwhile_halts_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one process stumbles, one with the fault mended may have gone past the place."""
    log, halt = small_log(), projector._halt

    def late(*args: Any) -> Progress:
        monkeypatch.undo()
        catch_up(store, log)
        return halt(*args)

    monkeypatch.setattr(projector, "write_events", failing_on("e1", ValueError("stumbled")))
    monkeypatch.setattr(projector, "_halt", late)
    reached = catch_up(store, log)
    assert (reached.halted_at, reached.entries) == (None, len(log.stored))


def test_a_fault_of_the_database_is_no_fault_of_the_entry(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a lost connection passes; nobody should look for what is wrong with the entry."""
    log = small_log()
    with monkeypatch.context() as patch:
        patch.setattr(projector, "write_events", failing_on("e1", OperationalError("INSERT", {}, Exception("disk full"))))
        with pytest.raises(OperationalError):
            catch_up(store, log)
    assert catch_up(store, log).entries == len(log.stored)


def test_a_log_that_cannot_be_read_is_an_error_of_its_own(store: Store) -> None:
    """A log that is away for a moment says nothing about its entries."""

    class Away:
        def notifications(self, after: int, limit: int) -> Sequence[Notification]:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        catch_up(store, Away())
    assert catch_up(store, MemoryLog()).halted_at is None


def test_a_store_of_another_version_is_left_alone(store: Store) -> None:
    """While a new version is being rolled out, an old process must not write its rows among the new ones."""
    with store.writing() as connection:
        connection.execute(update(tables.progress).values(version=tables.VERSION + 1))
    reached = catch_up(store, small_log())
    assert (reached.halted_at, reached.entries) == (0, 0)
    assert f"version {tables.VERSION + 1}" in str(reached.halted_by)
    with store.reading() as connection:
        assert progress(connection).halted_at is None


def held(store: Store) -> set[tuple[str, str]]:
    """Who holds something where, with all that the log says."""
    with store.reading() as connection:
        columns = tables.tenures.c.person, tables.tenures.c.organization
        rows = connection.execute(select(*columns).where(tables.tenures.c.known_until == 2**62))
        return {(person, organization) for person, organization in rows}


def test_a_merge_moves_all_that_was_ever_connected(store: Store) -> None:
    """Merging the winner of an earlier merge takes along people who are named by neither entry."""
    log = MemoryLog()
    log.register("organization", "acme", "bolt", "core")
    log.register("person", "ann", "bob", "cat")
    log.appoint("e1", "ann", "acme")
    log.appoint("e2", "cat", "bolt")
    log.appoint("e3", "bob", "core")
    log.merge("person", "cat", "ann")
    catch_up(store, log)
    assert held(store) == {("ann", "acme"), ("ann", "bolt"), ("bob", "core")}
    log.merge("person", "ann", "bob")
    catch_up(store, log)
    assert held(store) == {("bob", "acme"), ("bob", "bolt"), ("bob", "core")}
    log.unmerge("person", "ann", "bob")
    log.merge("organization", "core", "acme")
    catch_up(store, log)
    assert held(store) == {("ann", "acme"), ("ann", "bolt"), ("bob", "acme")}


def test_a_correction_of_the_person_takes_the_first_one_off(store: Store) -> None:
    """Whoever was named by mistake may keep no tenure."""
    log = small_log()
    catch_up(store, log)
    assert ("ann", "acme") in held(store)
    log.correct("e1", {"person": "bob"})
    log.correct("e3", {"person": "bob"})
    catch_up(store, log)
    assert held(store) == {("bob", "acme")}


def test_both_engines_hold_the_same_rows(fresh_postgres: str, tmp_path: Any) -> None:
    """One definition for two engines is worth something only if a move from one to the other changes no row."""
    found = []
    for url in ("sqlite:///ignored.db", fresh_postgres):
        stores = Stores.open(url, tmp_path)
        found.append(clean(stores, small_log()))
        stores.close()
    assert found[0] == found[1]


def test_a_text_that_an_engine_cannot_hold_is_the_entrys_fault(fresh_postgres: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only faults that pass are raised; a value that PostgreSQL refuses would be refused again."""
    stores = Stores.open(fresh_postgres, tmp_path)
    store = stores.create()

    def overflow(connection: Connection, _: Any) -> None:
        connection.execute(text("SELECT 'x'::integer"))

    monkeypatch.setattr(projector, "write_articles", overflow)
    reached = catch_up(store, small_log())
    assert (reached.entries, reached.halted_at) == (0, 1)
    stores.close()
