"""What caches may keep: answers without news are not sent again, however time moves on, and none outlives a change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from service import create_app
from tests.service.api.support import API, appointment, departure, post
from tests.service.conftest import TODAY, Clock, opened

READS = (
    "/people", "/people/mira-murati", "/people/mira-murati/history", "/people/mira-murati/history?limit=1", "/organizations/openai/state",
    "/organizations/openai/history?limit=1", "/feed", "/feed?limit=1", "/search?q=mira", "/articles", "/articles?limit=1", "/event-types",
    "/event-types/departure", "/log", "/log?limit=1", "/openapi.json", "/docs", "/people?known_at=2025-01-01",
)  # fmt: skip


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of all tests here."""
    return Clock()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[FlaskClient]:
    """A client of a log with some events, one of which will be announced in March."""
    home = tmp_path_factory.mktemp("caching")
    with opened(f"sqlite:///{home / 'annals.db'}", home, clock) as annals:
        found = create_app(annals).test_client()
        for event in (appointment("Mira Murati"), departure(), departure("Bob McGrew", announced="2026-03-01"), appointment("Mark Chen")):
            post(found, event)
        yield found


@pytest.fixture(autouse=True)
def _in_january(clock: Clock) -> None:
    clock.now = TODAY


@pytest.mark.parametrize("path", READS)
def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, clock: Clock, path: str) -> None:
    """A reader who asks every minute should get the answer once: that it is later now is no news."""
    first = client.get(API + path)
    clock.pass_by(minutes=1)
    again = client.get(API + path, headers={"If-None-Match": f'"x", {first.headers["ETag"]}'})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(API + path, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/people", "/organizations/openai/state", "/organizations/openai/history", "/feed", "/search?q=bob", "/log"]
)
def test_an_embargo_that_ends_is_news(client: FlaskClient, clock: Clock, path: str) -> None:
    """Nothing is written when an embargo ends, and yet the answer is another one."""
    before = client.get(API + path).headers["ETag"]
    clock.pass_by(days=70)
    assert client.get(API + path, headers={"If-None-Match": before}).status_code == 200


def test_another_day_is_another_answer(client: FlaskClient, clock: Clock) -> None:
    """A state says of which day it is."""
    before = client.get(f"{API}/organizations/openai/state").headers["ETag"]
    clock.pass_by(days=1)
    assert client.get(f"{API}/organizations/openai/state", headers={"If-None-Match": before}).status_code == 200


def test_variants_have_tags_of_their_own(client: FlaskClient) -> None:
    """A cache that mixed languages or moments up would answer another question."""
    paths = ("/feed", "/feed?lang=ja", "/feed?limit=1&direction=asc", "/feed?known_at=2024-01-01", "/feed?order=recorded&type=appointment")
    assert len({client.get(API + path).headers["ETag"] for path in paths}) == len(paths)


def test_a_write_makes_another_tag(client: FlaskClient) -> None:
    """A tag that stayed would hide the change for good."""
    before = client.get(f"{API}/people").headers["ETag"]
    post(client, departure("Barret Zoph"))
    assert client.get(f"{API}/people", headers={"If-None-Match": before}).status_code == 200


def test_a_refusal_has_no_tag(client: FlaskClient) -> None:
    """What is not there now may be there the next moment."""
    response = client.get(f"{API}/people/nobody")
    assert ("ETag" in response.headers, response.headers["Cache-Control"]) == (False, "no-cache")
