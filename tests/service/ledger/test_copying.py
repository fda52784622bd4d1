"""Copies of a log between the engines: the same entries under the same positions, proved by a digest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from eventsourcing.persistence import Notification

from events.entries import Stamp, aggregate_id
from events.errors import Conflict
from events.submission import SubmissionAnswered
from service.ledger import copying
from service.ledger.application import Ledger, Raced
from service.ledger.copying import LogDigest, copy_log, log_digest
from service.ledger.unit import Unit
from service.settings import Settings
from tests.service.ledger.support import Desk
from tests.service.ledger.test_engines import WHEN, note


@contextmanager
def logs(*urls: str) -> Iterator[list[Ledger]]:
    """The logs at those addresses, closed in the end."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Ledger.open(Settings.from_env({}, database_url=url)))) for url in urls]


def with_a_gap(ledger: Ledger) -> None:
    """Fill a log; on PostgreSQL a position is missing within it."""
    Desk(ledger).post()
    ledger.append([note("raced")])
    racing = Unit(ledger, Stamp(WHEN))
    racing._streams[aggregate_id("note", "raced")] = []
    racing.add(SubmissionAnswered, aggregate_id("note", "raced"), digest="other", status=200, answer={})
    with pytest.raises(Raced):
        racing.commit()
    Desk(ledger).post(effective="2024-10-01")


def read(ledger: Ledger) -> list[Notification]:
    """Every entry with its position."""
    return list(ledger.notifications(0, 1000))


def test_there_and_back_every_entry_keeps_its_position(fresh_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A position that was cited, in a log of another system or by a reader who waits, must mean the same after the move."""
    monkeypatch.setattr(copying, "BATCH", 3)
    urls = (f"sqlite:///{tmp_path / name}" for name in ("one.db", "two.db"))
    with logs(next(urls), fresh_postgres, next(urls)) as (here, there, back):
        with_a_gap(here)
        digest = log_digest(here)
        seen: list[int] = []

        assert copy_log(here, there, lambda reached: seen.append(reached.position)) == digest == log_digest(there)
        with_a_gap_more = there.append([note("after")])
        assert with_a_gap_more == digest.position + 1
        assert copy_log(there, back) == log_digest(there)

        assert read(back)[:-1] == read(here)
        assert len(seen) > 1 and seen[-1] == digest.position


def test_gaps_are_kept(fresh_postgres: str, tmp_path: Path) -> None:
    """Numbering entries anew would move every position behind a refused append."""
    with logs(fresh_postgres, f"sqlite:///{tmp_path / 'copy.db'}") as (source, target):
        with_a_gap(source)
        copied = copy_log(source, target)

        assert copied.entries < copied.position
        assert [found.id for found in read(target)] == [found.id for found in read(source)]
        assert target.append([note("after")]) == copied.position + 1


def test_a_copy_that_broke_off_goes_on_where_it_stopped(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long copy over a network breaks off sooner or later; and the log may have grown meanwhile."""
    monkeypatch.setattr(copying, "BATCH", 2)
    with logs(f"sqlite:///{tmp_path / 'source.db'}", database_url) as (source, target):
        Desk(source).post()

        def broken(_: LogDigest) -> None:
            raise ConnectionError

        with pytest.raises(ConnectionError):
            copy_log(source, target, broken)
        assert len(read(target)) == 2
        Desk(source).post(effective="2024-10-01")

        assert copy_log(source, target) == log_digest(source)
        assert read(target) == read(source)


def test_another_log_is_not_written_over(database_url: str, tmp_path: Path) -> None:
    """The wrong address of a target would mix two companies' stories for good."""
    with logs(f"sqlite:///{tmp_path / 'source.db'}", database_url) as (source, target):
        Desk(source).post()
        target.append([note("mine")])
        before = read(target)

        with pytest.raises(Conflict, match="holds 1 entries up to position 1, which are not those"):
            copy_log(source, target)
        assert read(target) == before


def test_somebody_who_writes_to_the_target_meanwhile_is_found_out(database_url: str, tmp_path: Path) -> None:
    """A copy is the same log or it is none."""
    with logs(f"sqlite:///{tmp_path / 'source.db'}", database_url) as (source, target):
        Desk(source).post()

        def meddle(_: LogDigest) -> None:
            target.append([note("mine")])

        with pytest.raises(Conflict, match="which are not those of this log"):
            copy_log(source, target, meddle)
