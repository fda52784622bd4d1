"""PostgreSQL databases that one test after another uses: each finds the tables of an opened Annals, and no row but those of its opening.

Making a database and its tables takes longer than most tests do. Tests of the making itself ask for a fresh one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from service.annals import Annals
from service.settings import Settings
from tests.support.postgres import new_database

END_OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
SCHEMAS = r"SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'"
RELATIONS = f"SELECT oid::int, oid::regclass::text, relkind::text FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE \
nspname IN ({SCHEMAS})) UNION ALL SELECT oid::int, tgname::text, 'trigger' FROM pg_trigger"
Relations = frozenset[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Database:
    """A database as it was found: its address, schemas, tables, indexes and triggers, and the rows of each table."""

    url: str
    schemas: frozenset[str]
    relations: Relations
    rows: Mapping[str, bytes]

    @classmethod
    def of(cls, url: str) -> Database:
        """The database as it is now."""
        with psycopg.connect(url) as connection:
            relations = _relations(connection)
            tables = [name for _, name, kind in sorted(relations) if kind == "r"]
            return cls(url, _schemas(connection), relations, {name: _copied(connection, name) for name in tables})

    def put_back(self) -> bool:
        """Whether the database could be brought back to how it was found; False where a table was made anew or taken away."""
        with psycopg.connect(self.url) as connection:
            connection.execute(END_OTHERS)
            for schema in _schemas(connection) - self.schemas:
                connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))
            if _relations(connection) != self.relations:
                return False
            for name, rows in self.rows.items():
                connection.execute(f"DELETE FROM {name}".encode())
                if rows:
                    with connection.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
                        copy.write(rows)
            for _, name, kind in self.relations:
                if kind == "S":
                    connection.execute(f"ALTER SEQUENCE {name} RESTART".encode())
        return True


class Reused:
    """The databases of one worker that no test uses now; `close` drops them."""

    def __init__(self, base: str, home: Path) -> None:
        self._base = base
        self._home = home
        self._free: list[Database] = []
        self._made = ExitStack()
        self.close = self._made.close

    @contextmanager
    def database(self) -> Iterator[str]:
        """The libpq URL of a database with the tables of an opened Annals and an empty log."""
        found = self._free.pop() if self._free else self._make()
        yield found.url
        if found.put_back():
            self._free.append(found)

    def _make(self) -> Database:
        url = self._made.enter_context(new_database(self._base))
        Annals.open(Settings.from_env({}, home=self._home, database_url=url)).close()
        return Database.of(url)


@pytest.fixture(scope="session")
def reused(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reused]:
    """The databases of this worker."""
    with closing(Reused(postgres_url, tmp_path_factory.mktemp("reused"))) as found:
        yield found


def _schemas(connection: psycopg.Connection[Any]) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute(SCHEMAS.encode()))


def _relations(connection: psycopg.Connection[Any]) -> Relations:
    return frozenset(map(tuple, connection.execute(RELATIONS.encode())))


def _copied(connection: psycopg.Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
        return b"".join(map(bytes, copy))
