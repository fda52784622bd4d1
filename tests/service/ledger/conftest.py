"""Ledgers on both engines, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.ledger.application import Ledger
from service.settings import Settings
from tests.service.ledger.support import Desk


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of an empty log, once per engine."""
    return Settings.from_env({}, home=tmp_path, database_url=database_url)


@pytest.fixture
def opening(settings: Settings) -> Iterator[Callable[[], Ledger]]:
    """Opens the log once more, as another process would."""
    opened: list[Ledger] = []

    def another() -> Ledger:
        opened.append(Ledger.open(settings))
        return opened[-1]

    yield another
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(opening: Callable[[], Ledger]) -> Ledger:
    """An empty log."""
    return opening()


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """A writer to it."""
    return Desk(ledger)
