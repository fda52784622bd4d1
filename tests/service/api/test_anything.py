"""Anything at all may be sent: it is accepted or refused in words, and the server and its log stay whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from events.types import event_types
from projections.audit import verify
from service import create_app
from service.api.openapi import example
from service.reading import READ_PARAMETERS
from tests.service.api.support import API, NDJSON, departure, post, refused
from tests.service.conftest import ENGINES, Clock, new_database, opened

ODD = st.sampled_from([
    "", " ", "\x00", "a\x00b", "‮x", "\ufffe", "😀", "x" * 3000, "2024", "2024-1X", "0001-01-01", "9999-12-31", "../2024", "2024-33",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "mira-murati", "openai", "confirmed", "http://[::1", "1e9", "%s", "{person}",
    0, -1, 2**63, 10**40, 1.5, True, None, [], {}, [None], {"name": {"": "x"}}, {"en": None}, {"id": "x"}, {"kind": "person"},
])  # fmt: skip
VALUES = ODD | st.recursive(
    ODD | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=3),
    max_leaves=5,
)
POSTS = st.sampled_from([example(kind) for kind in event_types().values()])
LATER = ("corrections", "retraction", "restoration", "status", "sources")
KEPT = ("names", "identifiers", "merge", "unmerge")
MEMBERS = ("changes", "reason", "announced", "to", "add", "name", "aliases", "identifiers", "into", "id")
LISTS = ("feed", "search", "people", "organizations", "products", "articles", "log", "event-types")
PARAMETERS = (*READ_PARAMETERS, "limit", "cursor", "q", "organization", "person", "type", "status", "tag", "from", "to", "order", "after")


@pytest.fixture(scope="module", params=ENGINES)
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a log that takes whatever is accepted, and is looked over at the end."""
    home = tmp_path_factory.mktemp("anything")
    with new_database(request, request.param, home) as url, opened(url, home, Clock()) as annals:
        yield create_app(annals).test_client()
        assert verify(annals.stores, annals.ledger).equal


def answered(response: TestResponse) -> None:
    """Check that the request was accepted, or refused in words for what is wrong with it."""
    if response.status_code >= 300 and response.status_code != 308:
        assert response.status_code < 500, response.text
        refused(response, response.status_code)


@given(post=POSTS, changes=st.dictionaries(st.sampled_from(["person", "organization", "type", "sources", "announced", "effective", "status",
       "summary", "tags", "ref", "role", "product", "amount", "about"]) | st.text(max_size=3), VALUES, min_size=1, max_size=3),
       query=st.sampled_from(["", "?dry_run=true", "?strict=true", "?distinct=true"]))  # fmt: skip
def test_any_post(client: FlaskClient, post: dict[str, Any], changes: dict[str, Any], query: str) -> None:
    """An analyst's program has mistakes that nobody thinks of."""
    sent = json.dumps({**post, **changes})
    answered(client.post(f"{API}/events{query}", data=sent, content_type="application/json"))
    lines = client.post(f"{API}/events/import{query.replace('distinct', 'strict')}", data=sent, content_type=NDJSON)
    for line in lines.data.splitlines():
        assert json.loads(line).get("problem", {"status": 422})["status"] < 500, line


@given(what=st.sampled_from([*LATER, *KEPT]), body=st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=3))
def test_anything_said_later(client: FlaskClient, what: str, body: dict[str, Any]) -> None:
    """What is said of something that is there reaches further into the log than a post."""
    event = post(client, departure())
    path = f"/events/{event['id']}/{what}" if what in LATER else f"/people/mira-murati/{what}"
    answered(client.post(API + path, data=json.dumps(body), content_type="application/json"))


@given(
    path=st.sampled_from(LISTS) | st.builds("people/{}".format, st.text(st.characters(codec="utf-8", exclude_characters="/?#%\\"))),
    query=st.dictionaries(st.sampled_from(PARAMETERS), st.text(st.characters(codec="utf-8"), max_size=30) | ODD.map(str), max_size=2),
)
def test_any_question(client: FlaskClient, path: str, query: dict[str, str]) -> None:
    """An address can be typed by anybody."""
    answered(client.get(f"{API}/{path}", query_string=query))
