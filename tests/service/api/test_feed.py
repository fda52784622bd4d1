"""The feed and the search: orders, filters, and pages that neither skip nor repeat while others write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import create_app
from tests.service.api.support import API, Json, appointment, departure, get, ids, matches, post, say, source
from tests.service.conftest import ENGINES, Clock, new_database, opened

RELEASE = {"type": "product_release", "organization": "Anthropic", "product": "Claude 3.5 Sonnet"}


RELEASED = {"effective": "2024-06-20", "announced": "2024-06-20", "tags": ["AI 製品"], "status": "confirmed"}


@dataclass(frozen=True)
class Three:
    """A client of a log of three events whose order differs with the clock, and their ids by name."""

    client: FlaskClient
    ids: dict[str, str]

    def named(self, page: Json) -> list[str]:
        """The events of a page by their names."""
        names = {event: name for name, event in self.ids.items()}
        return [names[event] for event in ids(page)]


@pytest.fixture(scope="module", params=ENGINES)
def three(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    """The three events, for all tests that only read."""
    home, clock = tmp_path_factory.mktemp("three"), Clock()
    with new_database(request, request.param, home) as url, opened(url, home, clock) as annals:
        client = create_app(annals).test_client()
        yield Three(client, posted(client, clock))


def posted(client: FlaskClient, clock: Clock) -> dict[str, str]:
    """Post the three, one a day; their ids by name."""
    events = {
        "release": {**departure(), **RELEASE, **RELEASED},
        "appointment": appointment("Mark Chen", effective="2024-09-25", announced="2024-09-26", organization="OpenAI"),
        "departure": departure(effective="2024-09", announced="2024-09-25"),
    }
    found = {}
    for name, event in events.items():
        clock.pass_by(days=1)
        body = {key: value for key, value in event.items() if key not in ("person", "role") or name != "release"}
        found[name] = post(client, body)["id"]
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["appointment", "departure", "release"]),
        ({"direction": "asc"}, ["release", "departure", "appointment"]),
        ({"order": "announced"}, ["appointment", "departure", "release"]),
        ({"order": "recorded"}, ["departure", "appointment", "release"]),
        ({"order": "recorded", "direction": "asc"}, ["release", "appointment", "departure"]),
        ({"organization": "openai"}, ["appointment", "departure"]),
        ({"organization": "OPEN AI"}, ["appointment", "departure"]),
        ({"person": "mark-chen"}, ["appointment"]),
        ({"product": "Claude 3.5 Sonnet"}, ["release"]),
        ({"type": "departure,product_release"}, ["departure", "release"]),
        ({"status": "confirmed"}, ["release"]),
        ({"status": "confirmed,rumoured"}, ["release"]),
        ({"tag": "ai製品"}, ["release"]),
        ({"q": "murati cto"}, ["departure"]),
        ({"q": "製品"}, ["release"]),
        ({"q": "nobody"}, []),
        ({"from": "2024-09"}, ["appointment", "departure"]),
        ({"from": "2024-09-02"}, ["appointment"]),
        ({"to": "2024-09"}, ["appointment", "departure", "release"]),
        ({"to": "2024"}, ["appointment", "departure", "release"]),
        ({"order": "announced", "from": "2024-09-26"}, ["appointment"]),
        ({"order": "announced", "to": "2024-09-25"}, ["departure", "release"]),
        ({"order": "recorded", "from": "2026-01-04", "to": "2026-01-04"}, ["departure"]),
        ({"as_of": "2024-09-01"}, ["departure", "release"]),
        ({"known_at": "2024-09-25"}, ["departure", "release"]),
        ({"known_at": "2026-01-03", "clock": "recorded"}, ["appointment", "release"]),
        ({"organization": "openai", "type": "departure", "q": "cto"}, ["departure"]),
    ],
)
def test_order_and_filters(three: Three, query: dict[str, str], expected: list[str]) -> None:
    """Each filter means one thing, on the clock of the order, and several mean all of them."""
    assert three.named(get(three.client, "/feed", **query)) == expected


def walk(client: FlaskClient, path: str) -> list[str]:
    """The ids of all pages from an address on."""
    found = []
    following: str | None = path
    while following is not None:
        response = client.get(following)
        body: Any = response.json
        linked = [link for link in response.headers.get("Link", "").split(", ") if 'rel="next"' in link]
        assert linked == ([f'<{body["next"]}>; rel="next"'] if body["next"] else [])
        found += ids(body)
        following = body["next"]
    return found


def test_pages_stay_in_step_while_others_write(client: FlaskClient, clock: Clock) -> None:
    """Whoever turns the pages sees each event once, and what they began with: not what came in between."""
    events = [post(client, departure(f"Person {number}", effective=f"2024-{number:02}-01"))["id"] for number in range(1, 10)]
    first: Any = client.get(f"{API}/feed?limit=4&direction=asc&lang=ja").json
    matches(client, "EventPage", first)
    clock.pass_by(days=1)
    post(client, departure("Person 0", effective="2020-01-01", announced="2026-01-02"))
    post(client, departure("Person 99", effective="2024-05-15", announced="2026-01-02"))
    say(client, {"id": events[8]}, "corrections", {"changes": {"effective": "2024-02-02"}, "reason": "x", "announced": "2026-01-02"})
    assert [*ids(first), *walk(client, first["next"])] == events
    second: Any = client.get(first["next"]).json
    assert "を離れる" in second["items"][0]["headline"]


@pytest.mark.parametrize("path", ["/feed", "/feed?order=announced", "/feed?order=recorded&direction=asc", "/people", "/articles"])
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_of_any_size_make_the_whole_list(shared: FlaskClient, path: str, limit: int) -> None:
    """A list is the same however it is cut."""
    for number in range(7):
        post(shared, departure(f"Person {number}", sources=[source(number)]))
    together = f"{API}{path}{'&' if '?' in path else '?'}limit="
    assert walk(shared, f"{together}{limit}") == walk(shared, f"{together}200")
    assert len(walk(shared, f"{together}{limit}")) == 7


def test_a_page_has_fifty_items_unless_asked_otherwise(client: FlaskClient) -> None:
    """A plain request must not bring the whole log."""
    article = {"title": "News", "events": [departure(f"Person {number}", sources=[]) for number in range(60)]}
    assert client.post(f"{API}/articles", json=article).status_code == 201
    page = get(client, "/feed")
    assert (len(page["items"]), page["next"] is not None) == (50, True)
    assert len(get(client, "/feed", limit=200)["items"]) == 60


def test_search_finds_everything_that_bears_the_words(three: Three) -> None:
    """One box for whom, what and when."""
    client = three.client
    found = get(client, "/search", q="mira")
    matches(client, "Found", found)
    assert ([one["id"] for one in found["people"]], ids({"items": found["events"]})) == (["mira-murati"], [three.ids["departure"]])
    assert [one["id"] for one in get(client, "/search", q="OpenAI")["organizations"]] == ["openai"]
    assert [one["id"] for one in get(client, "/search", q="claude")["products"]] == ["claude-3.5-sonnet"]
    assert get(client, "/search", q="openai", limit=1)["events"] != []
    assert get(client, "/search", q="claude", known_at="2024-06-19")["products"] == []
