"""Cursors: each goes on with the very list that it came from, whatever happens meanwhile, and no other is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from projections.cursors import decode, encode
from service import create_app
from tests.service.api.support import API, Json, departure, get, ids, post, refused, say, source
from tests.service.conftest import ENGINES, TODAY, Clock, new_database, opened

LISTS = ("/feed", "/people", "/articles", "/people/person-0/history")
READING = {"as_of": "2025-06-01", "known_at": "2025-07-01", "clock": "public", "include": "rumoured", "lang": "ja"}
OTHER = {"as_of": "2025-06-02", "known_at": "2025-07-02", "clock": "recorded", "include": "rumoured", "lang": "ja"}


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of all tests here."""
    return Clock()


@pytest.fixture(scope="module", params=ENGINES)
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[FlaskClient]:
    """A client of a log with three people, who share an organization, and three articles, which all tell of the first."""
    home = tmp_path_factory.mktemp("paging")
    with new_database(request, request.param, home) as url, opened(url, home, clock) as annals:
        found = create_app(annals).test_client()
        for number in range(3):
            name = {"en": f"Person {number}", "ja": f"人物{number}"}
            post(found, departure({"name": name}, sources=[source(number)]))
            post(found, departure("Person 0", organization=f"Other {number}", sources=[source(number)]))
        yield found


def page(client: FlaskClient, path: str, **query: Any) -> Json:
    """The list of an answer, which is the answer itself or in a history its events."""
    found = get(client, path, **query)
    events: Json = found.get("events", found)
    return events


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_pins_every_parameter(client: FlaskClient, clock: Clock, path: str) -> None:
    """The second page of a list in Japanese as of a day is in Japanese as of that day, a month later too."""
    try:
        first = page(client, path, limit=1, **READING)
        clock.pass_by(days=30)
        second: Any = client.get(first["next"]).json
        whole = page(client, path, limit=2, **READING)
        assert [*first["items"], *second["items"]] == whole["items"]
        given: Any = client.get(f"{first['next']}&{urlencode(READING)}").json
        assert given["items"] == second["items"]
    finally:
        clock.now = TODAY


@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("path", ["/feed", "/people", "/articles"])
def test_a_parameter_that_contradicts_the_cursor_is_refused(client: FlaskClient, path: str, name: str) -> None:
    """Passed over in silence, it would be an answer to another question."""
    plain = {key: value for key, value in READING.items() if key not in ("include", name)}
    following = get(client, path, limit=1, **plain)["next"]
    refused(client.get(f"{following}&{name}={OTHER[name]}"), 422, name, "next")


@pytest.mark.parametrize("query", ["order=announced", "direction=asc", "organization=openai", "q=person", "type=departure", "from=2024"])
def test_another_filter_than_the_cursor_s_is_refused(client: FlaskClient, query: str) -> None:
    """Half of one list and half of another are no list."""
    refused(client.get(f"{get(client, '/feed', limit=1)['next']}&{query}"), 422, "cursor", "next")


def test_a_page_may_change_its_size(client: FlaskClient) -> None:
    """How much fits on a screen says nothing of what is shown."""
    following = get(client, "/feed", limit=1)["next"].split("cursor=")[1]
    assert len(get(client, "/feed", limit=200, cursor=following)["items"]) == 5


@pytest.mark.parametrize("path", ["/feed", "/people", "/organizations", "/articles"])
def test_a_cursor_of_another_list_is_refused(client: FlaskClient, path: str) -> None:
    """A cursor says where it belongs."""
    for other in {"/feed", "/people", "/articles"} - {path}:
        cursor = get(client, other, limit=1)["next"].split("cursor=")[1]
        refused(client.get(f"{API}{path}?cursor={cursor}"), 422, "cursor", "next")


def forged(cursor: str) -> Iterator[str]:
    """Cursors with a right checksum and wrong content, as somebody who knows how they are made could send."""
    content = decode(cursor)
    yield encode({**content, "key": []})
    yield encode({**content, "key": ["x", None, {}]})
    yield encode({**content, "key": [10**18, 10**18, "x"]})
    yield encode({**content, "list": "_Finding"})
    yield encode({**content, "reading": {**content["reading"], "clock": "wall"}})
    yield encode({**content, "reading": {**content["reading"], "known_at": "now"}})
    yield encode({**content, "reading": []})
    yield encode({**content, "query": {**content["query"], "order": "; DROP TABLE versions"}})
    yield encode({name: value for name, value in content.items() if name != "query"})
    yield encode({})


def test_a_forged_or_damaged_cursor_is_refused(client: FlaskClient) -> None:
    """A cursor comes from outside like everything else."""
    cursor = get(client, "/feed", limit=1)["next"].split("cursor=")[1]
    wrong = [*forged(cursor), cursor[:-1], cursor[1:], cursor + "A", cursor.lower(), "", "=", "é", "A" * 5000, "e30", "null"]
    for text in wrong:
        refused(client.get(f"{API}/feed", query_string={"cursor": text, "lang": "ja"}), 422, "cursor", "next")


def test_a_cursor_outlives_what_happens_to_its_item(client: FlaskClient, clock: Clock) -> None:
    """The item that the cursor points behind may be corrected away or retracted before the next page is asked for."""
    whole = ids(get(client, "/feed", limit=200))
    first = get(client, "/feed", limit=2)
    try:
        clock.pass_by(days=1)
        say(client, {"id": whole[1]}, "retraction", {"reason": "x", "announced": "2026-01-02"})
        say(client, {"id": whole[2]}, "corrections", {"changes": {"effective": "2020"}, "reason": "x", "announced": "2026-01-02"})
        rest: Any = client.get(first["next"].replace("limit=2", "limit=200")).json
        assert [*ids(first), *ids(rest)] == whole
    finally:
        clock.now = TODAY
