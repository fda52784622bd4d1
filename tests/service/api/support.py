"""What the API's tests send and how they look at what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

Json = dict[str, Any]
API = "/api/v1"
NDJSON = "application/x-ndjson"
FILES = ("docs.static", "assets.asset")
"""The calls that answer with files of the product's own."""
PAGES = "web."
"""How the endpoints of pages begin."""


def departure(person: Any = "Mira Murati", **changes: Any) -> Json:
    """A post: somebody leaves OpenAI on 25 September 2024, as was announced that day."""
    return {
        "type": "departure",
        "person": person,
        "organization": "OpenAI",
        "role": "CTO",
        "effective": "2024-09-25",
        "announced": "2024-09-25",
        "sources": [source()],
        **changes,
    }


def appointment(person: Any, role: str = "CTO", **changes: Any) -> Json:
    """A post: somebody takes up a role at OpenAI on 1 May 2022, as was announced that day."""
    return departure(person, **{"type": "appointment", "role": role, "effective": "2022-05-01", "announced": "2022-05-01", **changes})


def source(number: int = 1, **changes: Any) -> Json:
    """A source."""
    return {"url": f"https://example.com/news/{number}", "title": f"News {number}", "publisher": f"Wire {number}", **changes}


def post(client: FlaskClient, event: Json, query: str = "", **headers: str) -> Json:
    """Post an event that must be accepted; the answer's JSON."""
    return ok(client.post(f"{API}/events{query}", json=event, headers=_headers(headers)))


def say(client: FlaskClient, event: Json, what: str, body: Json, **headers: str) -> Json:
    """Say something later about a posted event, which must be accepted; the answer's JSON."""
    return ok(client.post(f"{API}/events/{event['id']}/{what}", json=body, headers=_headers(headers)))


def get(client: FlaskClient, path: str, **query: Any) -> Json:
    """What a read answers, which must succeed."""
    return ok(client.get(API + path, query_string=query))


def ok(response: TestResponse) -> Json:
    """The JSON of a successful answer, whose position stands in its body and header alike."""
    assert response.status_code in (200, 201), response.get_data(as_text=True)
    body = cast("Json", response.json)
    assert response.headers["Annals-Position"] == str(body["position"])
    return body


def refused(response: TestResponse, status: int, *words: str) -> Json:
    """The problem details of a refusal: their one shape, with each of the words somewhere in the messages."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    problem = cast("Json", response.json)
    assert {"type", "title", "status", "detail", "errors"} <= problem.keys()
    assert problem["status"] == status
    assert problem["errors"], problem
    for single in problem["errors"]:
        assert list(single) == ["field", "value", "message", "expected"]
    told = " ".join([problem["detail"], *(f"{single['field']} {single['message']} {single['expected']}" for single in problem["errors"])])
    assert [word for word in words if word not in told] == [], told
    return problem


def ids(page: Json) -> list[str]:
    """The ids of a page's items."""
    return [item["id"] for item in page["items"]]


def people(state: Json) -> list[str]:
    """Who holds a role in a state, by name."""
    return [holder["person"]["name"] for holder in state["holders"]]


def addresses(
    client: FlaskClient, filled: Mapping[str, Sequence[str]], stands_for: Mapping[str, Sequence[str]], *, pages: bool = False
) -> Iterator[tuple[str, str]]:
    """Every address of the API and the probes that can be read, from the application's own map, with its endpoint.

    `filled` has the ids of entities by their plural, `stands_for` what takes the place of each other argument. With `pages`
    also the addresses of pages, as HTML and as files, but for forms, which show what there is to be written about; without
    those about keys, which stand at no time and are for administrators.
    """
    endpoints = set(client.application.view_functions)
    told = {name for name in endpoints if name.startswith(PAGES) and not (name.endswith(("_json", "_csv")) or f"{name}_json" in endpoints)}
    passed = {*FILES, *(told if pages else (name for name in endpoints if name.startswith(PAGES)))}
    for rule in client.application.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in passed or rule.endpoint.startswith("keys."):
            continue
        values = {"entity": filled.get(rule.rule.removeprefix(API).split("/")[1].split(".")[0], ()), **stands_for}
        for name in rule.arguments:
            assert name in values, f"say what stands for <{name}> in {rule.rule}"
            yield from ((rule.endpoint, rule.rule.replace(f"<{name}>", value)) for value in values[name])
        if not rule.arguments:
            yield rule.endpoint, rule.rule


def matches(client: FlaskClient, name: str, body: Any) -> None:
    """Check an answer against the schema of that name in the OpenAPI document, which must know every member."""
    spec = cast("Json", client.get(f"{API}/openapi.json").json)
    whole = {"$ref": f"#/components/schemas/{name}", "components": closed(spec["components"])}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(body)


def closed(schema: Any) -> Any:
    """The schema with objects that have no members beyond those that it lists."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    listed = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    return {**{key: closed(value) for key, value in schema.items()}, **({"additionalProperties": False} if listed else {})}


def _headers(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}
