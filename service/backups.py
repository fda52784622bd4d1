"""Backups of a log on SQLite: consistent copies made while it is used, the last ones kept, and a log made from one again."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from events.dates import quote
from events.errors import AnnalsError, Conflict, Invalid
from service.ledger.application import Ledger
from service.ledger.copying import LogDigest, log_digest
from service.settings import Settings, sqlite_url

PATTERN = "annals-*.db"
"""The names of the backups that are kept and rotated; any other file in their folder is left alone."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a log: its file, its size in bytes, and what is in it."""

    file: Path
    size: int
    digest: LogDigest


def back_up(settings: Settings, now: datetime, to: Path | None = None) -> Backup:
    """Copy the log as it is at one moment, prove the copy by its digest, and only then give it its name.

    It goes into the folder of backups, whose oldest are then taken away, or to the file `to`. Raises `Invalid` where the log is
    not on SQLite, `Conflict` where the copy is not what was copied.
    """
    log = _log_file(settings, "use pg_dump, or copy the log with `annals copy --to sqlite:///backup.db`")
    file = to or settings.backups / f"annals-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    try:
        _copy(log, partial)
        digest = _proven(settings, partial)
        _settle(partial)
        partial.replace(file)
    finally:
        for leftover in (partial, partial.with_name(partial.name + "-wal"), partial.with_name(partial.name + "-shm")):
            leftover.unlink(missing_ok=True)
    if to is None:
        _rotate(settings)
    return Backup(file, file.stat().st_size, digest)


def check_folder(settings: Settings) -> None:
    """Make the folder of the nightly backups, where some will be made; raises `Invalid` where nothing can be written there."""
    if settings.log_file is None:
        return
    folder = settings.backups
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"a backup fits here")
    except OSError as error:
        message = f"ANNALS_BACKUPS is {quote(str(folder))}, where no backup can be written: {error.strerror}"
        raise Invalid.of("ANNALS_BACKUPS", str(folder), message, "a folder that can be made and written to") from None


def restore(settings: Settings, file: Path) -> LogDigest:
    """Make the log from a backup; answers what it then holds. The projections are the caller's to build anew.

    Raises `Conflict` where the log holds entries already, `Invalid` where the file is no backup or the log is not on SQLite.
    """
    log = _log_file(settings, f"copy the backup with `annals copy --database-url sqlite:///{file} --to URL`")
    _check(file)
    with closing(Ledger.open(settings)) as ledger:
        held = ledger.last_position()
    if held:
        message = f"the log {log} holds entries already, up to position {held}"
        raise Conflict.of("", held, message, "an empty home; move the files of the log away first")
    _copy(file, log)
    with closing(Ledger.open(settings)) as ledger:
        return log_digest(ledger)


def _log_file(settings: Settings, instead: str) -> Path:
    if settings.log_file is None:
        raise Invalid.of("ANNALS_DATABASE_URL", None, "backups are made of a log on SQLite, and this one is on PostgreSQL", instead)
    return settings.log_file


def _copy(source: Path, target: Path) -> None:
    """Copy a database through SQLite itself, as one transaction on either side, whoever reads or writes there meanwhile."""
    with closing(_reading(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _proven(settings: Settings, copy: Path) -> LogDigest:
    """The digest of a copy, which must be that of the log up to where the copy goes."""
    with closing(Ledger.open(replace(settings, database_url=sqlite_url(copy)))) as copied, closing(Ledger.open(settings)) as ledger:
        digest = log_digest(copied)
        if log_digest(ledger, digest.position) != digest:
            message = f"the copy does not hold the entries of the log up to position {digest.position}"
            raise Conflict.of("", digest.position, message, "a disk that keeps what is written")
    return digest


def _settle(file: Path) -> None:
    """Have everything in one file, and on the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _rotate(settings: Settings) -> None:
    for old in sorted(settings.backups.glob(PATTERN))[: -settings.keep_backups]:
        old.unlink()


def _check(file: Path) -> None:
    try:
        with closing(_reading(file)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute("SELECT originator_id, originator_version, topic, state FROM stored_events LIMIT 1")
    except sqlite3.Error as error:
        raise _no_backup(file, str(error)) from error
    if found != "ok":
        raise _no_backup(file, found)


def _no_backup(file: Path, why: str) -> AnnalsError:
    return Invalid.of("FILE", str(file), f"{file} is no backup of a log: {why}", "a file that `annals backup` made")
