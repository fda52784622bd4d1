"""Stores that all tests of a worker share, each of which finds them empty; those of stores themselves make their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from projections import tables
from projections.search import create_index
from projections.stores import Store, Stores
from tests.projections.support import emptied
from tests.support.postgres import new_database

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session", params=ENGINES)
def shared_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A live store, once per engine."""
    home = tmp_path_factory.mktemp("stores")
    if request.param == "sqlite":
        yield from _lived(f"sqlite:///{home / 'annals.db'}", home)
    else:
        with new_database(request.getfixturevalue("postgres_url")) as url:
            yield from _lived(url, home)


def _lived(url: str, home: Path) -> Iterator[Store]:
    stores = Stores.open(url, home)
    stores.promote(stores.create())
    store = stores.live()
    assert store is not None
    yield store
    stores.close()


@pytest.fixture
def store(shared_store: Store) -> Store:
    """An empty live store, once per engine."""
    return emptied(shared_store)


@pytest.fixture(scope="session", params=ENGINES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The empty tables of a store without numbers, once per engine; whoever writes into them rolls back."""
    if request.param == "sqlite":
        yield from _made(f"sqlite:///{tmp_path_factory.mktemp('written') / 'annals.db'}")
    else:
        with new_database(request.getfixturevalue("postgres_url")) as url:
            yield from _made(url)


def _made(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    with engine.begin() as connection:
        tables.METADATA.create_all(connection)
        create_index(connection)
    yield engine
    engine.dispose()
