"""An open Annals and a client of its API, on both engines: one for a single test, and one shared by a module's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.annals import Annals
from service.settings import Settings
from tests.support.reused import Reused

TODAY = datetime(2026, 1, 1, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = TODAY

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def pass_by(self, **span: float) -> None:
        """Move on, by days, hours and so on."""
        self.now += timedelta(**span)


@contextmanager
def opened(database_url: str, home: Path, clock: Clock, **settings: str) -> Iterator[Annals]:
    """An Annals with those settings that is closed at the end."""
    found = Annals.open(Settings.from_env({}, home=home, database_url=database_url, **settings), now=clock)
    yield found
    found.close()


@contextmanager
def new_database(request: pytest.FixtureRequest, engine: str, home: Path) -> Iterator[str]:
    """The URL of a database of the engine with an empty log."""
    if engine == "sqlite":
        yield f"sqlite:///{home / 'annals.db'}"
        return
    databases: Reused = request.getfixturevalue("reused")
    with databases.database() as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with an empty log, once per engine."""
    with new_database(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """The clock of `annals`, on the first of January 2026."""
    return Clock()


@pytest.fixture
def annals(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Annals]:
    """An empty Annals, once per engine."""
    with opened(database_url, tmp_path, clock) as found:
        yield found


@pytest.fixture
def client(annals: Annals) -> FlaskClient:
    """A client of its API."""
    return create_app(annals).test_client()


@pytest.fixture(scope="module", params=ENGINES)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client whose log all tests of a module share, once per engine; they must not stand in each other's way."""
    home = tmp_path_factory.mktemp("shared")
    with new_database(request, request.param, home) as url, opened(url, home, Clock()) as found:
        yield create_app(found).test_client()
