"""The description of the API: a valid document, complete, with examples that are accepted, and a page that needs no other host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from events.types import event_types
from service import create_app
from service.reading import READ_PARAMETERS
from tests.service.api.support import API, Json, departure, get, matches, post, refused
from tests.service.conftest import Clock, opened

METHODS = ("get", "post", "delete")
PAGES = ("web", "assets")
"""The blueprints of what browsers show."""
UNDESCRIBED = {f"{API}/openapi.json", f"{API}/docs", "/livez", "/readyz", "/metrics"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a log in which nothing depends on the engine."""
    home = tmp_path_factory.mktemp("openapi")
    with opened(f"sqlite:///{home / 'annals.db'}", home, Clock()) as annals:
        yield create_app(annals).test_client()


@pytest.fixture(scope="module")
def spec(client: FlaskClient) -> Json:
    """The document."""
    found: Json = client.get(f"{API}/openapi.json").json or {}
    return found


def calls(spec: Json) -> dict[tuple[str, str], Json]:
    """Every call by its method and path."""
    return {(method, path): operations[method] for path, operations in spec["paths"].items() for method in METHODS if method in operations}


def resolved(spec: Json, part: Json) -> Json:
    """The part of the document that a reference stands for."""
    found: Any = part
    while "$ref" in found:
        _, _, group, name = found["$ref"].split("/")
        found = spec["components"][group][name]
    return dict(found)


def test_the_document_is_valid(spec: Json) -> None:
    """Programs make clients of it, and give up at the first mistake."""
    assert spec["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(spec).validate()


def test_every_address_is_described(client: FlaskClient, spec: Json) -> None:
    """A call that is not in the document does not exist for those who read it."""
    app: Flask = client.application
    served = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in UNDESCRIBED and rule.endpoint.partition(".")[0] not in PAGES and rule.endpoint != "docs.static"
    }
    assert set(calls(spec)) == served


def test_every_read_takes_the_same_parameters(spec: Json) -> None:
    """What is learned of one call holds for all, but those about keys, which stand at no time and whose answers are not kept."""
    for operations in spec["paths"].values():
        assert all(parameter["description"] for parameter in operations.get("parameters", []))
    for (method, path), call in calls(spec).items():
        names = {resolved(spec, parameter)["name"] for parameter in call.get("parameters", [])}
        if call["tags"] == ["keys"]:
            assert names <= {"key_name"}, path
        elif method == "get":
            assert {*READ_PARAMETERS, "If-None-Match", "Annals-Min-Position"} <= names, path
        else:
            assert "Idempotency-Key" in names, path


def test_every_call_says_what_it_does_and_answers(spec: Json) -> None:
    """A summary, the answer's schema, and the one shape of all errors."""
    found = calls(spec)
    assert len({call["operationId"] for call in found.values()}) == len(found)
    for (method, path), call in found.items():
        assert call["summary"].endswith((".", ":")) and call["tags"], path
        assert "422" in call["responses"] and ("404" in call["responses"] or "{" not in path), path
        for status, response in call["responses"].items():
            content = resolved(spec, response).get("content", {})
            if status not in ("302", "304", "308"):
                assert list(content) == ["application/problem+json" if status > "399" or status == "default" else "application/x-ndjson"
                                         if path.endswith("import") else "application/json"], (method, path, status)  # fmt: skip


def test_every_example_is_accepted_and_fits_its_schema(client: FlaskClient, spec: Json) -> None:
    """An example that does not work costs more than none."""
    posts = {name: schema for name, schema in spec["components"]["schemas"].items() if "examples" in schema}
    assert len(posts) == len(event_types())
    for name, schema in posts.items():
        for example in schema["examples"]:
            whole = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
            Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(example)
            posted = client.post(f"{API}/events", json=example)
            assert posted.status_code == 201, posted.text
            matches(client, "Recorded", posted.json)
            read = get(client, f"/events/{(posted.json or {})['id']}", lang="ja")
            matches(client, "EventAnswer", read)
            assert read["headline"]
    for page, name in (("/feed", "EventPage"), ("/log", "EntryPage"), ("/articles", "ArticlePage"), ("/search?q=o", "Found")):
        matches(client, name, client.get(API + page).json)


def test_a_problem_with_members_of_its_kind_fits_its_schema(client: FlaskClient, spec: Json) -> None:
    """A client made from the document must not refuse the very answer that tells it which version there is."""
    event = post(client, departure("Barret Zoph"))
    stale = client.post(f"{API}/events/{event['id']}/retraction", json={"reason": "No."}, headers={"If-Match": '"7"'})
    problem = refused(stale, 412)
    assert problem["version"] == 1
    Draft202012Validator({"$ref": "#/components/schemas/Problems", "components": spec["components"]}).validate(problem)


@pytest.mark.parametrize("name", event_types())
def test_the_catalogue_has_a_schema_complete_in_itself(client: FlaskClient, name: str) -> None:
    """A form is made from the schema of one type, without the rest of the document."""
    found = get(client, f"/event-types/{name}")
    matches(client, "EventTypeAnswer", found)
    Draft202012Validator.check_schema(found["schema"])
    validator = Draft202012Validator(found["schema"])
    assert validator.is_valid(found["example"])
    assert not validator.is_valid({**found["example"], "type": "other-type"})
    for field in found["fields"]:
        if field["required"]:
            assert not validator.is_valid({key: value for key, value in found["example"].items() if key != field["name"]}), field
    listed = next(kind for kind in get(client, "/event-types")["items"] if kind["name"] == name)
    assert listed == {key: value for key, value in found.items() if key != "position"}


class Page(HTMLParser):
    """What a page refers to, and the ids in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses and ids of an element."""
        self.tags.add(tag)
        given = dict(attrs)
        self.ids += [value for name in ("id",) if (value := given.get(name))]
        self.addresses += [value for name in ("href", "src", "action") if (value := given.get(name))]


def test_the_page_shows_every_call_and_needs_no_other_host(client: FlaskClient, spec: Json) -> None:
    """It has to work on a machine without the internet, and must tell nobody else who reads it."""
    response = client.get(f"{API}/docs")
    page = Page(response.text)
    assert (response.status_code, response.content_type) == (200, "text/html; charset=utf-8")
    assert response.headers["Content-Security-Policy"].endswith("style-src 'self'")
    assert not page.tags & {"script", "style", "img", "iframe", "form"}
    for address in page.addresses:
        assert address.startswith(("#", f"{API}/")), address
        if address.startswith("#"):
            assert address[1:] in page.ids, address
        else:
            with client.get(address) as found:
                assert found.status_code == 200, address
    assert len(page.ids) == len(set(page.ids))
    assert {call["operationId"] for call in calls(spec).values()} <= set(page.ids)
    assert {f"schema-{name}" for name in spec["components"]["schemas"]} <= set(page.ids)
