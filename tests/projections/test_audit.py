"""The audit: a store proved to be what the log makes, and built anew while the old one goes on serving."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, delete, select, update

from events.errors import Conflict, Unavailable
from projections import audit, projector, tables
from projections.audit import ensure, rebuild, rows_digest, verify
from projections.projector import catch_up, progress
from projections.stores import Store, Stores
from tests.projections.support import MemoryLog, event_id, small_log
from tests.projections.support import fixture_store as fixture_store
from tests.projections.support import fixture_stores as fixture_stores


def full_log() -> MemoryLog:
    """A log from which every table gets rows."""
    log = small_log()
    log.post("e5", "leave_of_absence", person="ann", organization="acme", announced="2024-02-02")
    log.post("e6", "reporting_line", person="ann", organization="acme", manager="bob", announced="2024-02-03")
    log.identify("person", "ann", {"wikidata": "Q1"})
    for event, day in (("e7", "2021-02-01"), ("e8", "2021-03-01")):
        log.post(event, "step_down", effective=day, person="bob", organization="acme", role="CFO", announced="2024-02-04")
    return log


def digests(store: Store) -> dict[str, str]:
    """The digests of what a store holds."""
    with store.reading() as connection:
        return rows_digest(connection)


def number_of_live(stores: Stores) -> int:
    """The number of the live store, which must be there."""
    live = stores.live()
    assert live is not None
    return live.number


def test_a_store_kept_up_is_what_the_log_makes(stores: Stores, store: Store) -> None:
    """An audit must pass over an honest store, whatever order its rows came in, and leave nothing behind."""
    log = full_log()
    catch_up(store, log, batch=3)
    seen: list[int] = []
    found = verify(stores, log, on_progress=lambda reached: seen.append(reached.entries))
    assert (found.equal, found.differing, found.store) == (True, (), store.number)
    assert found.live == found.anew
    assert seen == [len(log.stored)]
    assert list(found.rows) == [table.name for table in tables.CONTENT]
    assert stores.numbers() == [store.number]


def test_what_the_log_got_since_is_not_held_against_the_store(stores: Stores, store: Store) -> None:
    """People go on writing while an audit runs."""
    log = small_log()
    catch_up(store, log)
    log.appoint("e9", "bob")
    assert verify(stores, log).equal


@pytest.mark.parametrize("table", tables.CONTENT, ids=lambda table: table.name)
def test_a_row_that_is_lost_is_found_out(stores: Stores, store: Store, table: Table) -> None:
    """Each table is compared row for row: a damaged disk, a careless hand or a fault in the projector shows."""
    log = full_log()
    catch_up(store, log)
    with store.writing() as connection:
        key = list(table.primary_key.columns)
        first = connection.execute(select(*key)).first()
        assert first is not None
        connection.execute(delete(table).where(*(column == value for column, value in zip(key, first, strict=True))))
    assert verify(stores, log).differing == (table.name,)


@pytest.mark.parametrize(("table", "values"), [(tables.versions, {"body": "{}"}), (tables.facts, {"status": "denied"})])
def test_a_row_that_is_changed_is_found_out(stores: Stores, store: Store, table: Table, values: dict[str, str]) -> None:
    """A row count alone would not tell."""
    log = small_log()
    catch_up(store, log)
    with store.writing() as connection:
        connection.execute(update(table).values(**values))
    assert verify(stores, log).differing == (table.name,)


def test_a_log_that_was_changed_is_found_out(stores: Stores, store: Store) -> None:
    """The digest of entries tells even of one that makes no row."""
    log, other = small_log(), small_log()
    catch_up(store, log)
    other.stored[1] = other.stored[3]
    found = verify(stores, other)
    assert "log" in found.differing
    assert not found.equal


def test_an_entry_that_cannot_be_applied_any_more_is_found_out(stores: Stores, store: Store) -> None:
    """The store may look right while nothing could ever build it again."""
    log = small_log()
    catch_up(store, log)
    broken = log.stored[-1]
    log.stored.pop()
    log.add_stored(uuid4(), "entity.lost", broken.state)
    found = verify(stores, log)
    assert (found.equal, found.anew.halted_at) == (False, broken.id)


def test_nothing_can_be_verified_before_there_is_a_store(stores: Stores) -> None:
    """Saying so is better than calling nothing equal to nothing."""
    with pytest.raises(Unavailable, match="not built yet"):
        verify(stores, small_log())
    assert stores.numbers() == []


def test_a_rebuild_disturbs_no_reader(stores: Stores, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads from the old store goes on with its rows; the next reader gets the new one; equal row for row."""
    log, former = small_log(), store.number
    catch_up(store, log)
    seen: list[int] = []
    with store.reading() as connection:
        before = rows_digest(connection)
        rebuilt = rebuild(stores, log, on_progress=lambda _: seen.append(number_of_live(stores)))
        assert rows_digest(connection) == before
    assert set(seen) == {former}
    assert (rebuilt.former, rebuilt.live, rebuilt.progress.entries) == (former, number_of_live(stores), len(log.stored))
    live = stores.live()
    assert live is not None
    assert live.number > former
    assert digests(live) == before == digests(store)
    assert stores.numbers() == [former, live.number]
    monkeypatch.setattr(stores, "drop_stale", lambda: Stores.drop_stale(stores, 0))
    assert rebuild(stores, log).former == live.number
    assert former not in stores.numbers()


def test_a_rebuild_takes_in_what_the_live_store_lacks(stores: Stores, store: Store) -> None:
    """The live store may lag behind, or wait before an entry that only the new projections can apply."""
    log = small_log()
    catch_up(store, log, until=5)
    assert rebuild(stores, log).progress.entries == len(log.stored)


def test_the_first_rebuild_needs_no_store(stores: Stores) -> None:
    """Whoever deleted the projections may ask for them again at once."""
    rebuilt = rebuild(stores, small_log())
    assert (rebuilt.former, rebuilt.live) == (None, number_of_live(stores))


def changed(log: MemoryLog) -> None:
    """Another log with as many entries."""
    log.stored[1] = log.stored[3]


def shorter(log: MemoryLog) -> None:
    """A log that lost its end."""
    log.stored.pop()


def unreadable(log: MemoryLog) -> None:
    """A log with an entry that nothing can read."""
    log.stored.pop()
    log.add_stored(uuid4(), "entity.lost", b"{}")


@pytest.mark.parametrize(("spoil", "why"), [(changed, "digest"), (shorter, "entries"), (unreadable, "cannot be applied any more")])
def test_a_rebuild_from_another_log_is_refused(stores: Stores, store: Store, spoil: Any, why: str) -> None:
    """The new store must end with the count and digest of the live one, or the pointer stays where it is."""
    log = small_log()
    catch_up(store, log)
    spoil(log)
    with pytest.raises(Conflict, match=why):
        rebuild(stores, log)
    assert (number_of_live(stores), stores.numbers()) == (store.number, [store.number])


def test_a_build_that_breaks_off_leaves_nothing_behind(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a store would only take up room."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "catch_up", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ensure(stores, small_log())
    assert (stores.live(), stores.numbers()) == (None, [])


def test_the_first_start_builds_and_the_next_ones_do_not(stores: Stores) -> None:
    """A start must be quick where nothing has changed, however long the log is."""
    log = small_log()
    first = ensure(stores, log)
    with first.reading() as connection:
        assert progress(connection).entries == len(log.stored)
    log.appoint("e9", "bob")
    assert ensure(stores, log).number == first.number


def test_a_store_of_another_version_is_built_anew(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows written by other code would be read wrongly."""
    log = small_log()
    stale = ensure(stores, log)
    monkeypatch.setattr(tables, "VERSION", tables.VERSION + 1)
    fresh = ensure(stores, log)
    assert fresh.number > stale.number
    with fresh.reading() as connection:
        assert progress(connection).version == tables.VERSION
    assert ensure(stores, log).number == fresh.number


def test_a_store_of_another_log_is_built_anew(stores: Stores) -> None:
    """After a backup of the log was put back, a store that is ahead of it would tell of what never was."""
    log = small_log()
    ahead = ensure(stores, log)
    shorter(log)
    found = ensure(stores, log)
    assert found.number > ahead.number
    with found.reading() as connection:
        assert progress(connection).entries == len(log.stored)
    empty = ensure(stores, MemoryLog())
    assert empty.number > found.number
    assert ensure(stores, MemoryLog()).number == empty.number


def test_a_store_that_cannot_be_read_is_built_anew(stores: Stores, store: Store) -> None:
    """Projections are disposable: what is broken is never a reason not to start."""
    with store.writing() as connection:
        tables.progress.drop(connection)
    assert ensure(stores, small_log()).number > store.number


def test_a_damaged_file_is_built_anew(tmp_path: Path) -> None:
    """A power cut may leave anything in a file."""
    stores, log = Stores.open("sqlite:///ignored.db", tmp_path), small_log()
    number = ensure(stores, log).number
    stores.close()
    (tmp_path / f"projections-{number}.db").write_bytes(b"no database " * 1000)
    assert ensure(stores, log).number > number
    assert verify(stores, log).equal
    stores.close()


def test_a_start_goes_as_far_as_the_log_can_be_applied(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """People can then read what there is, and are told where and why it stopped."""
    log = small_log()

    def fail(_: Any, event_ids: set[str]) -> set[tuple[str, str]]:
        if event_id("e3").hex in event_ids:
            raise ValueError("broken")
        return set()

    monkeypatch.setattr(projector, "write_events", fail)
    with ensure(stores, log).reading() as connection:
        reached = progress(connection)
    assert str(reached.halted_by).startswith("ValueError at projections.projector:")
    assert reached.position + 1 == reached.halted_at
