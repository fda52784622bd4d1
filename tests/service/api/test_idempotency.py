"""Retries: a write sent again under its `Idempotency-Key` gets its first answer, and does nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import create_app
from tests.service.api.support import API, Json, departure, get, ids, post, refused, source
from tests.service.conftest import ENGINES, Clock, new_database, opened

ANSWERED = ("Location", "ETag", "Annals-Position")


@pytest.fixture(scope="module", params=ENGINES)
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a log that all tests here share; each writes under names and keys of its own."""
    home = tmp_path_factory.mktemp("idempotency")
    with new_database(request, request.param, home) as url, opened(url, home, Clock()) as annals:
        yield create_app(annals).test_client()


def prepare(client: FlaskClient, name: str) -> Json:
    """An event with two sources, and somebody else, for writes that need them."""
    event = post(client, departure(name, sources=[source(1), source(2)]))
    client.post(f"{API}/people", json={"name": f"{name} Twin"})
    return event


WRITES: dict[str, tuple[str, str, Any]] = {
    "event": ("POST", "/events", departure("New {n}")),
    "corroboration": ("POST", "/events", departure("Person {n}", sources=[source(3)])),
    "unchanged": ("POST", "/events", departure("Person {n}")),
    "article": ("POST", "/articles", {"title": "News {n}", "events": [departure("Author {n}", sources=[])]}),
    "correction": ("POST", "/events/{id}/corrections", {"changes": {"role": "CEO"}, "reason": "misread"}),
    "retraction": ("POST", "/events/{id}/retraction", {"reason": "misread"}),
    "restoration": ("POST", "/events/{id}/restoration", {}),
    "status": ("POST", "/events/{id}/status", {"to": "confirmed"}),
    "source": ("POST", "/events/{id}/sources", {"add": source(4)}),
    "source removed": ("DELETE", "/events/{id}/sources/1", None),
    "person": ("POST", "/people", {"name": "Other {n}"}),
    "organization": ("POST", "/organizations", {"name": "Company {n}"}),
    "product": ("POST", "/products", {"name": "Product {n}"}),
    "names": ("POST", "/people/{person}/names", {"aliases": ["Alias {n}"]}),
    "identifiers": ("POST", "/people/{person}/identifiers", {"identifiers": {"wikidata": "Q{n}"}}),
    "merge": ("POST", "/people/{person}-twin/merge", {"into": "{person}"}),
    "unmerge": ("POST", "/people/{person}-twin/unmerge", {"reason": "not the same"}),
}


def filled(value: Any, **places: Any) -> Any:
    """The value with every place in its texts filled in."""
    if isinstance(value, dict):
        return {key: filled(item, **places) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, **places) for item in value]
    return value.format(**places) if isinstance(value, str) else value


def sender(client: FlaskClient, name: str) -> Callable[..., TestResponse]:
    """A function that sends the write of that name, after all that it needs is there."""
    number = list(WRITES).index(name)
    method, path, body = WRITES[name]
    event = prepare(client, f"Person {number}")
    places = {"n": number, "id": event["id"], "person": event["fields"]["person"]["id"]}

    def send(query: str = "", more: Json | None = None) -> TestResponse:
        content = None if body is None else {**filled(body, **places), **(more or {})}
        headers = {"Idempotency-Key": f"key-{name.replace(' ', '-')}"}
        return client.open(API + path.format(**places) + query, method=method, json=content, headers=headers)

    return send


@pytest.mark.parametrize("name", WRITES)
def test_a_repeat_gets_the_first_answer(client: FlaskClient, name: str) -> None:
    """A client whose connection broke cannot know whether its write arrived: to send it again must always be right."""
    send = sender(client, name)
    first = send()
    assert first.status_code in (200, 201), first.text
    post(client, departure(f"Between {name}"))
    log = len(get(client, "/log", limit=200)["items"])
    again = send()
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert [again.headers.get(header) for header in ANSWERED] == [first.headers.get(header) for header in ANSWERED]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert len(get(client, "/log", limit=200)["items"]) == log
    other = (
        send("?reason=other") if WRITES[name][2] is None else send(more={"publisher" if name == "article" else "announced": "2026-01-01"})
    )
    refused(other, 422, "Idempotency-Key", "used before")


def test_an_error_is_not_kept(client: FlaskClient) -> None:
    """Whoever mends a request has to be able to send it under the same key."""
    headers = {"Idempotency-Key": "mended"}
    refused(client.post(f"{API}/people", json={"name": ""}, headers=headers), 422, "name")
    assert client.post(f"{API}/people", json={"name": "Mended"}, headers=headers).status_code == 201


def test_one_key_stands_for_one_call(client: FlaskClient) -> None:
    """The same body sent elsewhere is another request."""
    headers = {"Idempotency-Key": "call"}
    assert client.post(f"{API}/people", json={"name": "Anthropic"}, headers=headers).status_code == 201
    refused(client.post(f"{API}/organizations", json={"name": "Anthropic"}, headers=headers), 422, "Idempotency-Key")


def test_a_repeat_is_answered_though_the_copy_is_stale_by_now(client: FlaskClient) -> None:
    """The write itself made the copy stale: its repeat must not be refused for that."""
    event = prepare(client, "Stale Person")
    headers = {"Idempotency-Key": "stale", "If-Match": '"1"'}
    path, body = f"{API}/events/{event['id']}/corrections", {"changes": {"role": "CEO"}, "reason": "misread"}
    first = client.post(path, json=body, headers=headers)
    assert (first.status_code, client.post(path, json=body, headers=headers).json) == (200, first.json)


def test_without_a_key_a_repeat_is_a_second_report(client: FlaskClient) -> None:
    """The log itself tells that it is the same event."""
    first = post(client, departure("No Key"))
    second = post(client, departure("No Key"))
    assert (second["id"], second["outcome"]) == (first["id"], "unchanged")
    assert len(ids(get(client, "/feed", person="no-key"))) == 1
