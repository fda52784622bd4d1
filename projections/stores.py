"""Numbered stores of projections and the pointer to the live one: files on SQLite, schemas on PostgreSQL.

Nothing is renamed under open connections: a new store is built beside the live one, and then the pointer moves.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema, DropSchema

from projections import tables
from projections.marks import FileMarks, Marks, SessionMarks
from projections.search import create_index

GRACE_SECONDS = 600.0
"""How long a store is kept after another took its place, for whoever still reads from it."""
LOCK_SECONDS = 30
"""How long a writer of an SQLite store waits for another's transaction before it gives up."""
NOTHING_READ = sha256().hexdigest()
"""The digest of a store that has consumed no entry."""

_POOL = {"poolclass": sa.QueuePool, "pool_size": 5, "max_overflow": 20}
_PATIENCE = "2s"
"""How long taking a schema away waits for those who still read from it."""
_MAKING = 6_031_768
"""Key of the advisory lock under which one process at a time makes a schema."""
_FILE = re.compile(r"projections-([0-9]+)\.db")
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@dataclass(frozen=True, slots=True)
class Store:
    """One set of the tables of `projections.tables`; its number says in which file or schema they are."""

    number: int
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store from its first query on, and cannot write."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(**_SNAPSHOT)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the only writer, after all others that wrote before: committed at the end, or rolled back on an error."""
        with self.engine.connect() as connection, connection.execution_options(writing=True).begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(tables.progress.c.id).with_for_update())
            yield connection


@dataclass(frozen=True, slots=True)
class _Pointer:
    """The number of the live store, and since when it is live in seconds since 1970."""

    live: int
    since: float


class _Home(Protocol):
    """Where an engine keeps stores."""

    @property
    def marks(self) -> Marks:
        """The marks on the stores that are being built or taken away."""

    def numbers(self) -> list[int]:
        """The numbers of all stores, ascending."""

    def pointer(self) -> _Pointer | None:
        """What the pointer says; None where it names no store that exists."""

    def point(self, pointer: _Pointer) -> None:
        """Move the pointer."""

    def make(self) -> int:
        """Make an empty store with a number that was never live, and mark it; answers the number."""

    def engine(self, number: int) -> Engine:
        """An engine on the tables of a store."""

    def release(self, engine: Engine) -> None:
        """Close what an engine alone uses."""

    def remove(self, number: int) -> bool:
        """Take a store away; False where it is in use."""

    def close(self) -> None:
        """Close every connection."""


class Stores:
    """The stores of one log. Safe for several threads; several processes may use the same ones."""

    def __init__(self, home: _Home, now: Callable[[], float]) -> None:
        self._home = home
        self._now = now
        self._lock = threading.Lock()
        self._live: Store | None = None

    @classmethod
    def open(cls, database_url: str, folder: Path, now: Callable[[], float] = time.time) -> Stores:
        """The stores beside the log at `database_url`: in `folder` if that is SQLite, else in the same PostgreSQL database.

        `now` gives seconds since 1970, by which the grace time of old stores is counted.
        """
        url = make_url(database_url)
        return cls(_Files(folder) if url.get_backend_name() == "sqlite" else _Schemas(url), now)

    def live(self) -> Store | None:
        """The store that the pointer names now; None where there is none."""
        pointer = self._home.pointer()
        with self._lock:
            if pointer is None or self._live is None or self._live.number != pointer.live:
                self._replace(pointer)
            return self._live

    def _replace(self, pointer: _Pointer | None) -> None:
        former, self._live = self._live, Store(pointer.live, self._home.engine(pointer.live)) if pointer else None
        if former is not None:
            self._home.release(former.engine)

    def numbers(self) -> list[int]:
        """The numbers of all stores, ascending, also of those that are being built."""
        return self._home.numbers()

    def create(self) -> Store:
        """A new, empty store with the next number, which nobody reads yet, and which nobody else drops while this process lives."""
        number = self._home.make()
        return Store(number, self._home.engine(number))

    def promote(self, store: Store) -> None:
        """Make the store the live one, unless one with a greater number is."""
        pointer = self._home.pointer()
        if pointer is None or pointer.live < store.number:
            self._home.point(_Pointer(store.number, self._now()))
        self._home.marks.release(store.number)

    def drop(self, store: Store) -> None:
        """Take away a store that is not live."""
        self._home.release(store.engine)
        self._home.remove(store.number)
        self._home.marks.release(store.number)

    def drop_stale(self, grace_seconds: float = GRACE_SECONDS) -> list[int]:
        """Take away what nobody needs any more; answers the numbers.

        These are stores older than the live one, if it has been live for the grace time, and those that were never
        finished because the process that built them ended. One that is still being read on PostgreSQL stays until
        another time.
        """
        return [number for number in self.numbers() if self._drop_if_stale(number, grace_seconds)]

    def _drop_if_stale(self, number: int, grace_seconds: float) -> bool:
        if not self._home.marks.take(number):
            return False
        try:
            return self._is_stale(number, grace_seconds) and self._home.remove(number)
        finally:
            self._home.marks.release(number)

    def _is_stale(self, number: int, grace_seconds: float) -> bool:
        pointer = self._home.pointer()
        if pointer is None or number > pointer.live:
            return True
        return number < pointer.live and self._now() - pointer.since >= grace_seconds

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            self._replace(None)
        self._home.close()


def _fill(connection: Connection) -> None:
    tables.METADATA.create_all(connection, checkfirst=False)
    create_index(connection)
    start = {"id": 1, "version": tables.VERSION, "position": 0, "entries": 0, "digest": NOTHING_READ, "recorded_at": 0}
    connection.execute(sa.insert(tables.progress), start)


class _Files:
    """Files `projections-<N>.db` in a folder, and a pointer file that is only ever replaced whole."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder.resolve()
        self._pointer = self._folder / "projections.live"
        self.marks = FileMarks(self._folder)

    def _file(self, number: int) -> Path:
        return self._folder / f"projections-{number}.db"

    def numbers(self) -> list[int]:
        found = (_FILE.fullmatch(path.name) for path in self._folder.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def pointer(self) -> _Pointer | None:
        pointer = self._pointed()
        return pointer if pointer and self._file(pointer.live).exists() else None

    def _pointed(self) -> _Pointer | None:
        with suppress(FileNotFoundError, ValueError, TypeError):
            return _Pointer(**orjson.loads(self._pointer.read_bytes()))
        return None

    def point(self, pointer: _Pointer) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".projections-", suffix=".live")
        with os.fdopen(handle, "wb") as file:
            file.write(orjson.dumps(pointer))
        Path(name).replace(self._pointer)

    def make(self) -> int:
        pointer = self._pointed()
        number = 1 + max([*self.numbers(), pointer.live if pointer else 0])
        while not self._claim(number):
            number += 1
        engine = self.engine(number)
        with engine.connect() as connection, connection.execution_options(writing=True).begin():
            _fill(connection)
        engine.dispose()
        return number

    def _claim(self, number: int) -> bool:
        if not self.marks.take(number):
            return False
        with suppress(FileExistsError):
            self._file(number).touch(exist_ok=False)
            return True
        self.marks.release(number)
        return False

    def engine(self, number: int) -> Engine:
        address = self._file(number).as_uri() + "?mode=rw"  # a store that is gone must not come back as an empty file
        engine = sa.create_engine("sqlite://", creator=lambda: _opened(address), **_POOL)
        event.listen(engine, "begin", _begin)
        return engine

    def release(self, engine: Engine) -> None:
        engine.dispose()

    def remove(self, number: int) -> bool:
        file = self._file(number)
        for path in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm"), file):
            path.unlink(missing_ok=True)
        return True

    def close(self) -> None:
        self.marks.close()


def _opened(address: str) -> sqlite3.Connection:
    # Without an isolation level the driver begins nothing of its own accord; `_begin` does.
    connection = sqlite3.connect(address, uri=True, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = OFF", "cache_size = -32000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {not writing:d}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


_LIVE = sa.Table(
    "projection_pointer",
    sa.MetaData(),
    sa.Column("live", sa.Integer, nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    schema="public",
)


class _Schemas:
    """Schemas `p<N>` of one database, and a table of one row in `public` that names the live one."""

    def __init__(self, url: URL) -> None:
        self._engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, **_POOL)
        self._asking = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self.marks = SessionMarks(self._asking)
        with self._alone() as connection:
            _LIVE.create(connection, checkfirst=True)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
            yield connection

    def _ask(self, statement: str) -> Iterable[Any]:
        with self._asking.connect() as connection:
            return connection.execute(sa.text(statement)).all()

    def numbers(self) -> list[int]:
        found = self._ask("SELECT schemaname FROM pg_tables WHERE tablename = 'progress' AND schemaname ~ '^p[0-9]{1,9}$'")
        return sorted(int(row.schemaname[1:]) for row in found)

    def pointer(self) -> _Pointer | None:
        found = self._ask("SELECT live, since FROM public.projection_pointer JOIN pg_namespace ON nspname = 'p' || live")
        return next((_Pointer(*row) for row in found), None)

    def point(self, pointer: _Pointer) -> None:
        with self._alone() as connection:
            connection.execute(sa.delete(_LIVE))
            connection.execute(sa.insert(_LIVE), asdict(pointer))

    def make(self) -> int:
        with self._alone() as connection:
            taken = connection.scalars(sa.text("SELECT substr(nspname, 2)::int FROM pg_namespace WHERE nspname ~ '^p[0-9]{1,9}$'"))
            number = 1 + max([*taken, *connection.scalars(sa.select(_LIVE.c.live))], default=0)
            while not self.marks.take(number):
                number += 1
            connection.execute(CreateSchema(_schema(number)))
            _fill(connection.execution_options(schema_translate_map={None: _schema(number)}))
        return number

    def engine(self, number: int) -> Engine:
        return self._engine.execution_options(schema_translate_map={None: _schema(number)})

    def release(self, engine: Engine) -> None:
        """All stores share their connections."""

    def remove(self, number: int) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
                connection.execute(DropSchema(_schema(number), cascade=True, if_exists=True))
        except OperationalError:
            return False
        return True

    def close(self) -> None:
        self.marks.close()
        self._engine.dispose()


def _schema(number: int) -> str:
    return f"p{number}"
