"""An Annals on the clock of the machine, since the scheduler goes by that, and its runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from service.annals import Annals
from service.jobs.runs import Runs
from service.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of an empty log, once per engine."""
    return Settings.from_env({}, home=tmp_path, database_url=database_url)


@pytest.fixture
def living(settings: Settings) -> Iterator[Annals]:
    """An empty Annals whose clock runs."""
    with closing(Annals.open(settings)) as annals:
        yield annals


@pytest.fixture
def runs(settings: Settings) -> Iterator[Runs]:
    """The runs beside its log."""
    with closing(Runs.open(settings)) as found:
        yield found
