"""What was found by trying the library on its two engines: a test for each finding, which fails without its remedy."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.sql import SQL, Identifier
from sqlalchemy import select

from events.codec import encode
from events.entries import Entry, Stamp, aggregate_id
from events.errors import Unavailable
from events.submission import SubmissionAnswered
from projections.tables import entries
from service.annals import Annals
from service.ledger import application
from service.ledger.application import Ledger, Raced
from service.ledger.unit import Unit
from service.settings import Settings
from tests.service.ledger.support import Desk
from tests.support.postgres import execute

WHEN = datetime(2025, 1, 1, tzinfo=UTC)
Opening = Callable[[], Ledger]
BREAK: LiteralString = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


def note(name: str, number: int = 1, status: int = 200) -> SubmissionAnswered:
    """Some entry."""
    return SubmissionAnswered(aggregate_id("note", name), number, WHEN, None, "", status, {})


def names(ledger: Ledger, after: int = 0, limit: int = 100) -> list[int]:
    """The positions beyond one."""
    return [found.id for found in ledger.notifications(after, limit)]


@pytest.fixture
def postgres(fresh_postgres: str, tmp_path: Path) -> Iterator[tuple[Ledger, str]]:
    """An empty log on PostgreSQL and the address of its database."""
    ledger = Ledger.open(Settings.from_env({}, home=tmp_path, database_url=fresh_postgres))
    yield ledger, fresh_postgres
    ledger.close()


def test_a_reader_gets_what_lies_beyond_its_position_and_not_that_again(ledger: Ledger) -> None:
    """There is no `subscribe()` on SQLite, so entries are pulled; an inclusive start would project one entry twice."""
    last = ledger.append([note("a"), note("b"), note("c")])
    positions = names(ledger)
    assert len(positions) == 3 and positions[-1] == last == ledger.last_position()
    walked: list[int] = []
    for _ in positions:
        walked += names(ledger, walked[-1] if walked else 0, 1)
    assert walked == positions


def test_a_reader_that_polls_sees_what_others_commit_whatever_becomes_of_its_connection(opening: Opening, settings: Settings) -> None:
    """A wake-up by LISTEN is missed where it comes too early and ends with its connection; a position never is."""
    reader, writer = opening(), opening()
    writer.append([note("a")])
    seen = names(reader)
    writer.append([note("b")])
    if settings.log_file is None:
        execute(settings.database_url, BREAK)
    assert len(seen) == 1 and len(names(reader, seen[-1])) == 1
    assert writer.append([note("c")]) == reader.last_position() and len(names(reader)) == 3


def test_the_database_function_is_never_used_whatever_the_environment_says(
    fresh_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """POSTGRES_ENABLE_DB_FUNCTIONS inserts without the table lock, and a reader would skip entries for good."""
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "yes")
    settings = Settings.from_env({}, home=tmp_path, database_url=fresh_postgres)
    assert "POSTGRES_ENABLE_DB_FUNCTIONS" not in settings.log_environment()
    ledger = Ledger.open(settings)
    assert isinstance(ledger.recorder, PostgresApplicationRecorder) and not ledger.recorder.datastore.enable_db_functions
    with psycopg.connect(fresh_postgres) as other:
        other.execute("LOCK TABLE ledger_events IN ROW EXCLUSIVE MODE")  # what a plain insert holds, and lets others hold too
        writing = threading.Thread(target=lambda: ledger.append([note("a")]))
        writing.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = 'ledger_events'::regclass AND NOT granted"
        until(lambda: psycopg.connect(fresh_postgres).execute(waiting).fetchone() == (1,))
    writing.join()
    assert len(names(ledger)) == 1
    ledger.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    for _ in range(400):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never came")


def test_a_commit_whose_acknowledgement_was_lost_is_ours(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder tries again and is refused by its own entries: a client told of a failure would post twice."""
    first = ledger.append([note("a")])
    once = ledger.recorder.insert_events

    def and_again(stored: Sequence[StoredEvent]) -> Any:
        once(stored)
        return once(stored)

    monkeypatch.setattr(ledger.recorder, "insert_events", and_again)
    position = ledger.append([note("b"), note("a", 2)])
    assert names(ledger)[0] == first and names(ledger)[-1] == position and len(names(ledger)) == 3


def test_the_library_itself_tries_again_after_a_lost_acknowledgement(postgres: tuple[Ledger, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """This is how the echo comes about on PostgreSQL: the connection breaks after the commit and before its answer."""
    ledger, _ = postgres
    transaction = PostgresDatastore.transaction
    broken: list[bool] = []

    @contextmanager
    def breaking(self: PostgresDatastore, *, commit: bool = False) -> Iterator[Any]:
        with transaction(self, commit=commit) as cursor:
            yield cursor
        if commit and not broken:
            broken.append(True)
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(PostgresDatastore, "transaction", breaking)
    assert ledger.append([note("a")]) == names(ledger)[0]
    assert broken and len(names(ledger)) == 1


def test_a_large_batch_goes_through(ledger: Ledger) -> None:
    """The library sends an insert in a pipeline, which waits for an answer before a large one is sent whole, and hangs."""
    entries = [replace(note(str(number)), answer={"text": "x" * 4000}) for number in range(3000)]
    assert ledger.append(entries) == ledger.last_position()


@pytest.mark.parametrize("other", [[note("a", status=409)], [note("a", status=409), note("b")]])
def test_other_bytes_under_the_same_version_are_somebody_elses(ledger: Ledger, other: Sequence[Entry]) -> None:
    """Only the stored bytes tell an echo from a race, and a race taken for an echo loses what was posted."""
    ledger.append([note("a")])
    with pytest.raises(Raced):
        ledger.append(other)
    assert len(names(ledger)) == 1 and not ledger.entries_of(aggregate_id("note", "b"))
    with pytest.raises(IntegrityError):
        ledger.recorder.insert_events([encode(entry) for entry in other])


def read_only(url: str, state: LiteralString) -> None:
    """Have a server refuse to lock tables, as one does that recovers, or take writes again (`on`, `off`)."""
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        name = Identifier(connection.info.dbname)
        connection.execute(SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(name, SQL(state)))
        connection.execute(BREAK)


def test_cannot_execute_lock_table_during_recovery_is_waited_for(postgres: tuple[Ledger, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It arrives as InternalError, which the library does not try again, and every write of a fail-over would be a 500."""
    ledger, url = postgres
    waits: list[float] = []

    def recovering(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            read_only(url, "off")

    monkeypatch.setattr("service.ledger.application.time.sleep", recovering)
    read_only(url, "on")
    assert ledger.append([note("a")]) == names(ledger)[-1]
    assert len(waits) >= 2


def test_a_server_that_stays_away_is_said_to_be_away(postgres: tuple[Ledger, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A client can wait for what is unavailable, but can do nothing about a 500."""
    ledger, url = postgres
    monkeypatch.setattr(application, "TRIES", 2)
    monkeypatch.setattr(application, "WAIT_SECONDS", 0)
    read_only(url, "on")
    with pytest.raises(Unavailable, match="the log cannot be reached now") as caught:
        ledger.append([note("a")])
    assert "cannot execute" in str(caught.value.__cause__)


def test_positions_may_have_gaps_and_count_nothing(opening: Opening, settings: Settings) -> None:
    """A refused append uses positions up on PostgreSQL: whoever waits for the next one would wait for ever."""
    annals = Annals.open(settings)
    desk = Desk(annals.ledger)
    desk.post()
    before = annals.project().entries
    racing = Unit(annals.ledger, Stamp(WHEN))
    for unit in (racing, Unit(annals.ledger, Stamp(WHEN))):
        unit.add(SubmissionAnswered, aggregate_id("note", "a"), digest=str(id(unit)), status=200, answer={})
    other = opening()
    other.append([note("a")])
    with pytest.raises(Raced):
        racing.commit()
    last = other.append([note("b")])
    reached = annals.project()
    assert (reached.position, reached.entries) == (last, before + 2)
    gaps = names(other)[-1] - len(names(other))
    assert gaps == (0 if settings.log_file else 1)
    annals.close()


def test_a_copy_by_the_backup_api_keeps_every_position(tmp_path: Path) -> None:
    """Positions are bare rowids: a copy that numbers them anew sends every reader to the wrong place, so a log is not dumped."""
    settings = Settings.from_env({}, home=tmp_path)
    ledger = Ledger.open(settings)
    Desk(ledger).post()
    held = ledger.notifications(0, 100)
    with sqlite3.connect(str(settings.log_file)) as log, sqlite3.connect(tmp_path / "copy.db") as copy:
        log.backup(copy)
        log.execute("VACUUM INTO ?", (str(tmp_path / "vacuumed.db"),))
    ledger.close()
    for name in ("copy.db", "vacuumed.db"):
        copied = Ledger.open(Settings.from_env({}, home=tmp_path, database_url=f"sqlite:///{tmp_path / name}"))
        assert copied.notifications(0, 100) == held
        assert copied.append([note("a")]) == held[-1].id + 1
        copied.close()


def test_a_writer_waits_for_another_ones_transaction(tmp_path: Path) -> None:
    """A transaction that reads first and then writes fails at once with a busy snapshot; one that begins by writing waits."""
    settings = Settings.from_env({}, home=tmp_path)
    ledger = Ledger.open(settings)
    ledger.append([note("a")])
    answers: list[int] = []
    with sqlite3.connect(str(settings.log_file), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE other (a)")
        writing = threading.Thread(target=lambda: answers.append(ledger.append([note("b")])))
        writing.start()
        threading.Event().wait(0.3)
        other.execute("COMMIT")
    writing.join()
    assert answers == [2] and names(ledger) == [1, 2]
    ledger.close()


def test_entries_are_stored_under_permanent_topics_alike_on_every_engine(desk: Desk) -> None:
    """A class path in the log would make it unreadable at the first renaming."""
    desk.post(sources=[{"title": "A", "published_at": "2024-09-26T07:00:00+09:00"}], effective="2024-09-25")
    stored = desk.ledger.notifications(0, 100)
    topics = {found.topic for found in stored}
    assert topics == {"entity.registered", "name.claimed", "event.recorded", "article.registered"}
    posted = next(found.state for found in stored if found.topic == "event.recorded")
    assert b'"effective":"2024-09-25"' in posted and b'"published_at":"2024-09-25T22:00:00Z"' in posted


def test_recorded_at_never_runs_backwards(settings: Settings) -> None:
    """The library stamps an entry when it is made, not when it is committed, and a past answer must not change afterwards."""
    instants = iter([datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)])
    annals = Annals.open(settings)
    annals.now = lambda: next(instants)
    desk = Desk(annals.ledger)
    desk.now = annals.now  # type: ignore[method-assign]
    for day in (25, 26, 27):
        desk.post(effective=f"2024-09-{day}")
    annals.project()
    stamps = [found.timestamp for found in desk.log() if found.TOPIC == "event.recorded"]
    assert stamps != sorted(stamps)
    with annals.reading() as connection:
        recorded = [row[0] for row in connection.execute(select(entries.c.recorded_at).order_by(entries.c.position))]
    assert recorded == sorted(recorded) and len(set(recorded)) == 2
    annals.close()
