"""A log of one's own to write to through the API, and a reader of its pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import create_app
from tests.service.conftest import Clock, opened

Json = dict[str, Any]
INLINE = re.compile(r"</?(a|b|cite|code|del|ins|small|span)\b[^>]*>")
SOURCE = {"title": "Memo", "publisher": "Example News"}


class Desk:
    """Posts events and reads pages."""

    def __init__(self, client: FlaskClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock

    def post(self, kind: str, effective: str, **more: Any) -> str:
        """Record an event; its id."""
        body = {"type": kind, "effective": effective, "sources": [SOURCE], **more}
        answer = self.client.post("/api/v1/events", json=body)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.get_json()["id"])

    def say(self, event_id: str, what: str, **body: Any) -> None:
        """Say something later of an event, a second afterwards."""
        self.clock.pass_by(seconds=1)
        answer = self.client.post(f"/api/v1/events/{event_id}/{what}", json=body)
        assert answer.status_code == 200, answer.text

    def page(self, address: str) -> TestResponse:
        """A page as a browser gets it."""
        return self.client.get(address, headers={"Accept": "text/html"})

    def text(self, address: str) -> str:
        """The words of a page that is there."""
        answer = self.page(address)
        assert answer.status_code == 200, answer.text
        return words(answer)


def words(answer: TestResponse) -> str:
    """What the main part of a page says, without its tags."""
    main = answer.text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", INLINE.sub("", main))).split())


@contextmanager
def open_desk(home: Path) -> Iterator[Desk]:
    """An empty log on the first of January 2026."""
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    with opened(f"sqlite:///{home / 'annals.db'}", home, clock) as annals:
        yield Desk(create_app(annals).test_client(), clock)


@pytest.fixture(name="desk")
def fixture_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk for a single test."""
    with open_desk(tmp_path) as desk:
        yield desk


@pytest.fixture(name="shared_desk", scope="module")
def fixture_shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that the tests of a module share; they must not stand in each other's way."""
    with open_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk
