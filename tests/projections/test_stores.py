"""Stores: numbered, read in one snapshot, written by one at a time, and replaced without disturbing anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from projections import marks, tables
from projections import stores as module
from projections.projector import progress
from projections.stores import NOTHING_READ, Store, Stores
from tests.projections.support import fixture_store as fixture_store
from tests.projections.support import fixture_stores as fixture_stores


def count_up(store: Store) -> None:
    """A transaction that reads and then writes what it read."""
    with store.writing() as connection:
        count = connection.scalars(select(tables.progress.c.entries)).one()
        connection.execute(update(tables.progress).values(entries=count + 1))


def entries(store: Store) -> int:
    """What `count_up` counts."""
    with store.reading() as connection:
        return progress(connection).entries


def together(act: Callable[[], object], threads: int) -> None:
    """Run `act` in several threads at once; whatever one raises fails the test."""
    running = [threading.Thread(target=act) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_a_new_store_is_empty_and_read_by_nobody(stores: Stores) -> None:
    """Building beside the live store must not show."""
    assert (stores.live(), stores.numbers()) == (None, [])
    store = stores.create()
    assert (stores.live(), stores.numbers()) == (None, [store.number])
    with store.reading() as connection:
        row = connection.execute(select(tables.progress)).one()
        assert (row.version, row.position, row.entries, row.digest) == (tables.VERSION, 0, 0, NOTHING_READ)
        assert all(connection.execute(select(table)).first() is None for table in tables.CONTENT)


def test_the_pointer_moves_on_and_never_back(stores: Stores) -> None:
    """Of two builders that finish in the wrong order the later store stays, and its number is never used again."""
    first, second = stores.create(), stores.create()
    stores.promote(second)
    stores.promote(first)
    live = stores.live()
    assert live is not None
    assert live.number == second.number > first.number
    assert stores.live() is live
    assert stores.create().number > second.number


def test_every_process_follows_the_pointer(stores: Stores, store: Store, database_url: str, tmp_path: Path) -> None:
    """The pointer is read at each request, so no process may go on with a store that another one replaced."""
    other = Stores.open(database_url, tmp_path / "home")
    seen = other.live()
    assert seen is not None
    assert seen.number == store.number
    newer = stores.create()
    stores.promote(newer)
    followed = other.live()
    assert followed is not None
    assert followed.number == newer.number
    other.close()


def test_a_reading_is_one_snapshot_and_cannot_write(store: Store) -> None:
    """An answer put together from several queries must show one state, whatever is written meanwhile."""
    with store.reading() as connection:
        before = connection.scalars(select(tables.progress.c.entries)).one()
        count_up(store)
        assert connection.scalars(select(tables.progress.c.entries)).one() == before
        with pytest.raises(DBAPIError):
            connection.execute(update(tables.progress).values(entries=9))
    assert entries(store) == before + 1


def test_writing_is_all_or_nothing(store: Store) -> None:
    """Half a batch would be a skip or a repetition later."""

    def fail() -> None:
        with store.writing() as connection:
            connection.execute(update(tables.progress).values(entries=7))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert entries(store) == 0
    count_up(store)
    assert entries(store) == 1


def test_writers_come_one_after_the_other(store: Store) -> None:
    """What a writer reads may not change before it writes, or two projectors would apply one entry twice."""

    def count() -> None:
        for _ in range(10):
            count_up(store)

    together(count, 4)
    assert entries(store) == 40


def test_stores_made_at_once_have_numbers_of_their_own(stores: Stores) -> None:
    """Two processes that start together both build; sharing a store would mix their rows."""
    made: list[int] = []
    together(lambda: made.append(stores.create().number), 4)
    assert sorted(made) == stores.numbers()
    assert len(set(made)) == 4


def test_an_old_store_goes_after_its_grace_time(database_url: str, tmp_path: Path) -> None:
    """Whoever began to read from it has time to finish, and one that is being built is nobody's to take away."""
    now = [1000.0]
    stores = Stores.open(database_url, tmp_path, lambda: now[0])
    assert stores.drop_stale(0) == []
    old, live, building = stores.create(), stores.create(), stores.create()
    stores.promote(old)
    stores.promote(live)
    now[0] += 59
    assert stores.drop_stale(60) == []
    now[0] += 1
    assert stores.drop_stale(60) == [old.number]
    assert stores.numbers() == [live.number, building.number]
    stores.drop(building)
    assert stores.numbers() == [live.number]
    assert entries(live) == 0
    with pytest.raises(DBAPIError), old.reading() as connection:
        connection.execute(select(tables.progress))
    assert stores.numbers() == [live.number]  # a late reader must not bring it back as an empty file
    stores.close()


def test_a_store_that_nobody_builds_any_more_goes(stores: Stores, database_url: str, tmp_path: Path) -> None:
    """A killed build leaves half a store behind, which would take up room for ever; one of a living process is left alone."""
    others = [Stores.open(database_url, tmp_path / "home") for _ in range(2)]
    killed, building = (other.create() for other in others)
    assert stores.drop_stale() == []
    others[0].close()  # as it is where the process ends
    assert stores.drop_stale() == [killed.number]
    live = stores.create()
    stores.promote(live)
    assert stores.numbers() == [building.number, live.number]
    assert stores.drop_stale(0) == []
    others[1].promote(building)
    assert stores.drop_stale(0) == [building.number]
    assert stores.drop_stale(0) == []
    others[1].close()


def test_a_store_that_was_promoted_meanwhile_stays(
    stores: Stores, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between listing the stores and dropping one, its build may have made it the live one."""
    other = Stores.open(database_url, tmp_path / "home")
    fresh = other.create()

    def listed() -> list[int]:
        other.promote(fresh)
        return [fresh.number]

    monkeypatch.setattr(stores, "numbers", listed)
    assert stores.drop_stale(0) == []
    other.close()


def test_a_number_that_is_marked_is_passed_over(stores: Stores, database_url: str, tmp_path: Path) -> None:
    """Whoever takes a store away still holds its number, and a new one may not come under it."""
    other = Stores.open(database_url, tmp_path / "home")
    assert other._home.marks.take(1)
    assert stores.create().number == 2
    other.close()


def test_a_mark_on_a_file_that_is_gone_is_none(tmp_path: Path) -> None:
    """A lock on a file that its last owner took away keeps nobody out."""
    path = tmp_path / "mark"
    with path.open("ab") as late:
        path.unlink()
        assert not marks._locked(late, path)
        path.touch()
        assert not marks._locked(late, path)


def test_a_store_still_read_is_left_for_later(fresh_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking a schema away waits for its readers, and nobody may wait for the slowest of them."""
    monkeypatch.setattr(module, "_PATIENCE", "20ms")
    stores = Stores.open(fresh_postgres, tmp_path, lambda: 0.0)
    old, live = stores.create(), stores.create()
    stores.promote(old)
    stores.promote(live)
    with old.reading() as connection:
        connection.execute(select(tables.progress))
        assert stores.drop_stale(0) == []
    assert stores.drop_stale(0) == [old.number]
    stores.close()


def test_another_schema_of_such_a_name_is_not_ours(fresh_postgres: str, tmp_path: Path) -> None:
    """A schema that somebody else called `p1` may be neither filled nor dropped."""
    engine = create_engine(fresh_postgres)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA p1"))
    stores = Stores.open(fresh_postgres, tmp_path, lambda: 0.0)
    store = stores.create()
    stores.promote(store)
    assert (store.number, stores.numbers(), stores.drop_stale(0)) == (2, [2], [])
    with engine.connect() as connection:
        assert "p1" in inspect(connection).get_schema_names()
    stores.close()
    engine.dispose()


def test_a_store_taken_away_is_not_live(stores: Stores, store: Store) -> None:
    """Projections are disposable: whoever deletes them gets them built again under a new number."""
    stores.drop(store)
    assert stores.live() is None
    assert stores.create().number > store.number


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'{"live": 1}'])
def test_a_broken_pointer_names_no_store(tmp_path: Path, content: bytes) -> None:
    """A half-written or foreign pointer file must lead to a rebuild, not to an error at every request."""
    stores = Stores.open("sqlite:///ignored.db", tmp_path)
    stores.promote(stores.create())
    (tmp_path / "projections.live").write_bytes(content)
    assert stores.live() is None
    assert stores.create().number == 2
    stores.close()


def test_a_number_claimed_by_another_process_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking for a free number and taking it another process may have taken it."""
    stores = Stores.open("sqlite:///ignored.db", tmp_path)
    stores.promote(stores.create())
    stores.create()
    monkeypatch.setattr(module._Files, "numbers", lambda _: [])
    monkeypatch.setattr(module._Files, "_pointed", lambda _: None)
    assert stores.create().number == 3
    assert sorted(path.name for path in tmp_path.glob("*.building")) == ["projections-2.building", "projections-3.building"]
    stores.close()


def test_both_engines_hold_the_same_values(store: Store) -> None:
    """Instants beyond 32 bits and booleans must come back as they were written."""
    row = {
        "organization": "acme", "person": "ann", "seq": 0, "known_from": -(2**62), "known_until": 2**62, "strict": True, "rumoured": False,
        "first": 1, "until": 4_000_000, "body": "{}",
    }  # fmt: skip
    with store.writing() as connection:
        connection.execute(insert(tables.leaves), row)
    with store.reading() as connection:
        assert dict(connection.execute(select(tables.leaves)).one()._mapping) == row
