"""Who leads: of all workers on one log, the one that holds its lock, and another within seconds of its death."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from service.settings import Settings

_KEY = 6_031_770
"""Key of the advisory lock, which is the database's own."""
_HELD = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
"""Whether the lock is held. A key of 64 bits is in `classid` and `objid`, and `objsubid` is 1."""
_WATCHED: dict[str, int | str] = {
    "connect_timeout": 5, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 5000,
    "options": "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3",
}  # fmt: skip
"""Options of a connection by which either side finds out within seconds that the other's machine is gone."""


class Leadership(Protocol):
    """The lead of one log's jobs: at most one process has it at a time."""

    def take(self) -> bool:
        """Take the lead if nobody has it; whether this process has it now."""

    def holds(self) -> bool:
        """Whether this process still has the lead."""

    def release(self) -> None:
        """Leave the lead to others; nothing happens where this process has none."""


class FileLeadership:
    """A lock on a file beside the log, which ends with the process that holds it."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._held: BinaryIO | None = None

    def take(self) -> bool:
        file = self._path.open("ab")
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._held = file
            return True
        file.close()
        return False

    def holds(self) -> bool:
        """Whether the lock was taken on the file that is there now: one that was deleted keeps nobody else away."""
        with suppress(FileNotFoundError):
            return self._held is not None and os.path.samestat(os.fstat(self._held.fileno()), self._path.stat())
        return False

    def release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


class SessionLeadership:
    """An advisory lock of PostgreSQL, which ends with the connection that holds it."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        given = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database, **url.query}
        self._where = make_conninfo("", **{name: str(value) for name, value in given.items() if value is not None}, **_WATCHED)
        self._held: psycopg.Connection[Any] | None = None

    def take(self) -> bool:
        connection = None
        with suppress(psycopg.Error):
            connection = psycopg.connect(self._where, autocommit=True)
            if connection.execute("SELECT pg_try_advisory_lock(%s)", (_KEY,)).fetchone() == (True,):
                self._held = connection
                return True
        if connection is not None:
            connection.close()
        return False

    def holds(self) -> bool:
        if self._held is None:
            return False
        with suppress(psycopg.Error):
            self._held.execute("SELECT 1")
            return True
        return False

    def release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def is_led(settings: Settings, connection: Connection) -> bool:
    """Whether a worker leads the jobs of that log now; `connection` is one to its projections. Whoever asks is never taken for one."""
    if settings.log_file is not None:
        return _is_locked(_lock_file(settings.log_file))
    return bool(connection.scalar(text(_HELD), {"key": _KEY}))


def leadership_of(settings: Settings) -> Leadership:
    """The lead of the jobs of the settings' log."""
    if settings.log_file is not None:
        return FileLeadership(_lock_file(settings.log_file))
    return SessionLeadership(settings.database_url)


def _lock_file(log: Path) -> Path:
    return log.with_name("jobs.lock")


def _is_locked(path: Path) -> bool:
    """Whether somebody leads: shares the lock for a moment, which only a leader's keeps from being shared.

    There is no way to ask for such a lock without taking it. A worker that tries just then takes the lead a turn later.
    """
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
