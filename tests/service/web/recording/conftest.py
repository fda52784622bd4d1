"""The example as a log of one's own, and somebody who fills in forms without a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import create_app
from service.annals import Annals
from service.cli.demo import EXAMPLE
from service.cli.exchange import load
from tests.service.conftest import Clock, opened
from tests.service.web.conftest import TODAY


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the example, to copy."""
    home = tmp_path_factory.mktemp("filled")
    with opened(f"sqlite:///{home / 'annals.db'}", home, Clock(TODAY)) as found:
        load(found, Path(EXAMPLE))
    return home


@pytest.fixture
def own(tmp_path: Path, filled_home: Path) -> Iterator[Annals]:
    """A log with the example, to write to."""
    shutil.copytree(filled_home, tmp_path, dirs_exist_ok=True)
    with opened(f"sqlite:///{tmp_path / 'annals.db'}", tmp_path, Clock(TODAY)) as found:
        yield found


@pytest.fixture(scope="session")
def served_app(example: Annals) -> Flask:
    """The application, which takes a second to make and is lent to one log after the other."""
    return create_app(example)


@pytest.fixture
def writer(own: Annals, served_app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Somebody who asks for pages and sends forms."""
    monkeypatch.setitem(served_app.extensions, "annals", own)
    return asking_for_pages(served_app)


def asking_for_pages(app: Flask) -> FlaskClient:
    """A client that asks for pages, as browsers do."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[FlaskClient]:
    """The same in front of an empty log."""
    with opened(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, Clock(TODAY)) as found:
        yield asking_for_pages(create_app(found))
