"""The example as a log to read, and a client of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from benchmarks.company import company as company_entries
from benchmarks.state_at import fill
from service import create_app
from service.annals import Annals
from service.cli.demo import EXAMPLE
from service.cli.exchange import load
from tests.service.conftest import Clock, opened

TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Annals]:
    """A log with the example, which tests only read."""
    home = tmp_path_factory.mktemp("example")
    with opened(f"sqlite:///{home / 'annals.db'}", home, Clock(TODAY)) as found:
        load(found, Path(EXAMPLE))
        yield found


@pytest.fixture
def pages(example: Annals) -> FlaskClient:
    """A reader of the example's pages, who asks for HTML."""
    client = create_app(example).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A reader of the pages of an organization of 500 people and 3,000 events."""
    home = tmp_path_factory.mktemp("company")
    with opened(f"sqlite:///{home / 'annals.db'}", home, Clock(TODAY)) as found:
        fill(found, company_entries())
        client = create_app(found).test_client(use_cookies=False)
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        yield client
