"""Marks on stores that are being built or taken away: each lasts until it is released or the process that made it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

_KEY = 6_031_769
"""The first key of the advisory locks; the second is the number of the store."""


class Marks(Protocol):
    """The marks on the stores of one home, each made by one process, for one of its threads, at a time."""

    def take(self, number: int) -> bool:
        """Mark a store; False where it is marked already."""

    def release(self, number: int) -> None:
        """Take the mark of a store away; nothing happens where there is none of this process."""

    def close(self) -> None:
        """Take all marks of this process away."""


class FileMarks:
    """Locks on files `projections-<N>.building` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[int, BinaryIO] = {}

    def _file(self, number: int) -> Path:
        return self._folder / f"projections-{number}.building"

    def take(self, number: int) -> bool:
        file = self._file(number).open("ab")
        if _locked(file, self._file(number)):
            self._held[number] = file
            return True
        file.close()
        return False

    def release(self, number: int) -> None:
        file = self._held.pop(number, None)
        if file is not None:
            self._file(number).unlink(missing_ok=True)
            file.close()

    def close(self) -> None:
        for number in list(self._held):
            self.release(number)


def _locked(file: BinaryIO, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held the lock may have taken the file away since it was opened.
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


class SessionMarks:
    """Advisory locks of PostgreSQL, each held by a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[int, Connection] = {}

    def take(self, number: int) -> bool:
        connection = self._engine.connect()
        if connection.scalar(select(func.pg_try_advisory_lock(_KEY, number))):
            self._held[number] = connection
            return True
        connection.close()
        return False

    def release(self, number: int) -> None:
        connection = self._held.pop(number, None)
        if connection is not None:
            with suppress(DBAPIError):  # with a broken connection the lock is gone already
                connection.execute(select(func.pg_advisory_unlock(_KEY, number)))
            connection.close()

    def close(self) -> None:
        for number in list(self._held):
            self.release(number)
