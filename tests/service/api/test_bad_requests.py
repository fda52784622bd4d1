"""The table of bad requests: each is answered with a problem that says where it is wrong, and none ever breaks the server."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.settings import MOST_BODY, MOST_IMPORT
from tests.service.api.support import API, NDJSON, departure, post, refused

EVENT = "/events/00000000-0000-5000-8000-000000000000"


@dataclass(frozen=True)
class Bad:
    """A request that must be refused: with this status, and with these words somewhere in what it is told."""

    method: str
    path: str
    status: int
    words: tuple[str, ...]
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = "application/json"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status} {self.words[0] if self.words else ''}"[:100]


def read(path: str, status: int, *words: str, **headers: str) -> Bad:
    """A GET."""
    return Bad("GET", path, status, words, headers={name.replace("_", "-"): value for name, value in headers.items()})


def write(
    path: str, body: Any, status: int, *words: str, method: str = "POST", content_type: str | None = "application/json", **headers: str
) -> Bad:
    """A write; a body that is no text is sent as JSON."""
    return Bad(method, path, status, words, body, {name.replace("_", "-"): value for name, value in headers.items()}, content_type)


def changed(**changes: Any) -> dict[str, Any]:
    """A post with something wrong in it."""
    return departure(**changes)


def lacking(name: str) -> dict[str, Any]:
    """A post without a field."""
    return {key: value for key, value in departure().items() if key != name}


ADDRESSES = (
    read("/nothing", 404, "/api/v1/nothing", "/api/v1/docs"),
    read("/feed/", 404, "/api/v1/feed/"),
    read("/people/%00", 422, "path", "NUL"),
    read("/people/a%00b/history", 422, "NUL"),
    read("/people?q=%00", 422, "query", "NUL"),
    read("/people?q=%ff", 400, "query", "UTF-8", "'\\xff'"),
    read("/people?%ff=1", 400, "query"),
    read("/people?q=%ed%a0%80", 400, "UTF-8"),
    read("/people/nobody", 404, "'nobody'", "person"),
    read("/people/%F0%9F%98%80", 404, "id"),
    read("/people/" + "a" * 3000, 404, "no person"),
    read("/organizations/a%20b/state", 404, "no organization 'a b'"),
    read("/products/..%2f..%2fetc", 404),
    read("/people/%27%20OR%201=1--", 404, "no person"),
    read(EVENT, 404, "no event"),
    read("/events/1", 404, "'1'", "UUID"),
    read("/events/import", 404, "UUID"),
    read(f"{EVENT}/versions", 404, "no event"),
    read("/articles/x", 404, "no article"),
    read("/event-types/departur", 404, "did you mean 'departure'"),
    Bad("PUT", "/events", 405, ("PUT", "POST"), {}),
    Bad("DELETE", "/feed", 405, ("DELETE", "GET")),
    Bad("POST", "/feed", 405, ("POST",), {}),
    Bad("PATCH", EVENT, 405, ("PATCH", "GET"), {}),
    Bad("TRACE", "/feed", 405, ("TRACE",)),
)
PARAMETERS = (
    read("/feed?organisation=OpenAI", 422, "organisation", "did you mean `organization`"),
    read("/feed?order=newest", 422, "order", "'newest'", "effective, announced, recorded"),
    read("/feed?direction=up", 422, "direction", "desc, asc"),
    read("/feed?type=departure,departur", 422, "did you mean 'departure'"),
    read("/feed?status=reported,true", 422, "status", "'true'", "confirmed"),
    read("/feed?from=2024-13", 422, "from", "'2024-13'"),
    read("/feed?to=soon", 422, "to", "'soon'", "2024-09"),
    read("/feed?limit=0", 422, "limit", "'0'", "from 1 to 200"),
    read("/feed?limit=201", 422, "'201'", "from 1 to 200"),
    read("/feed?limit=ten", 422, "'ten'", "from 1 to 200"),
    read("/feed?limit=" + "9" * 5000, 422, "from 1 to 200"),
    read("/feed?limit=-1", 422, "from 1 to 200"),
    read("/feed?limit=٣", 422, "from 1 to 200"),
    read("/feed?cursor=x", 422, "cursor", "'x'", "next"),
    read("/people?cursor=eyJsaXN0IjoiRmVlZFF1ZXJ5In0", 422, "cursor"),
    read("/feed?person=nobody", 404, "person", "'nobody'"),
    read("/feed?q=" + "x" * 201, 422, "q", "at most 200"),
    read("/feed?tag=", 422, "tag", "blank"),
    read("/feed?q=a&q=b", 422, "`q` is given 2 times", "once"),
    read("/people?as_of=2024-09-25&as_of=2024-09-26", 422, "as_of", "2 times"),
    read("/people?as_of=2024", 422, "as_of", "'2024' is not a day"),
    read("/people?known_at=now", 422, "known_at", "'now'"),
    read("/people?known_at=2024-09-25T10:00:00%2B25:00", 422, "known_at"),
    read("/people?clock=wall", 422, "clock", "public, recorded"),
    read("/people?include=all", 422, "include", "rumoured"),
    read("/people?lang=xx", 422, "lang", "en, ja"),
    read("/people?offset=10", 422, "there is no parameter 'offset'"),
    read("/search", 422, "`q` is required"),
    read("/search?q=%20", 422, "q", "blank"),
    read("/log?after=-1", 422, "after", "'-1'"),
    read("/log?after=99999999999999999999", 422, "after"),
    read("/organizations/openai/diff", 422, "from", "from=2024-09-24&to=2024-09-26", "from_known_at"),
    read("/organizations/openai/diff?as_of=2024-09-25", 422, "nothing says between which two days"),
    read("/organizations/openai/diff?from=2024&to=2024-09-26", 422, "from", "'2024' is not a day"),
    read("/organizations/openai/diff?from=2024-09-24&to=later&clock=wall", 422, "to", "'later'", "clock"),
    read("/organizations/openai/diff?from=2024-09-24&form=2024-09-25", 422, "did you mean `from`"),
    read("/people/mira-murati/diff?from_known_at=never", 422, "from_known_at", "'never'"),
    read("/people/nobody/diff?from=2024-09-24", 404, "'nobody'"),
    read("/organizations/nobody/diff?from=2024-09-24", 404, "'nobody'"),
    read("/products/gpt-4/diff?from=2024-09-24", 404, "/products/gpt-4/diff"),
    read("/feed/diff", 422, "nothing says between which"),
    read("/feed/diff?from=2024-09-24&limit=0", 422, "limit", "from 1 to 200"),
    read("/feed/diff?cursor=x", 422, "cursor", "'x'", "next"),
    read("/feed/diff?cursor=x&from=2024-09-24", 422, "from", "the cursor pins"),
    read("/people/nobody/moments", 404, "'nobody'"),
    read("/organizations/openai/moments?known_at=soon", 422, "known_at", "'soon'"),
    read("/organizations/openai/state?explain=perhaps", 422, "explain", "true or false"),
    read("/conflicts?kind=war", 422, "kind", "'war'", "missing_return"),
    read("/conflicts?organization=nobody", 404, "organization", "'nobody'"),
    read("/conflicts?organization=%20", 422, "organization", "blank"),
    read("/conflicts?cursor=x", 422, "cursor", "'x'"),
    read("/roles/%20/holders", 422, "key", "a role", "Chief Technology Officer"),
    read("/roles/" + "x" * 201 + "/holders", 422, "a role"),
    read("/roles/CEO/holders?cursor=x", 422, "cursor"),
    read("/roles/CEO", 404, "/api/v1/roles/CEO"),
    read("/event-types?as-of=2024-09-25", 422, "did you mean `as_of`"),
    read("/people", 422, "Annals-Min-Position", "'x'", Annals_Min_Position="x"),
    read("/people", 422, "Annals-Min-Position", Annals_Min_Position="-1"),
    read("/people", 422, "Annals-Min-Position", Annals_Min_Position="9" * 19),
    write("/events?dryrun=true", departure(), 422, "did you mean `dry_run`"),
    write("/events?dry_run=maybe", departure(), 422, "dry_run", "'maybe'", "true or false"),
    write(f"{EVENT}/retraction?reason=x", {"reason": "x"}, 422, "there is no parameter 'reason'"),
)
BODIES = (
    write("/events", "", 400, "the body is not JSON", "line 1, column 1"),
    write("/events", '{"type": "departure",\n "person": }', 400, "line 2, column 12"),
    write("/events", '{"type": "departure", "type": "layoff"}', 400, "'type' is given twice"),
    write("/events", '{"amount": NaN}', 400, "NaN"),
    write("/events", '{"amount": 1e999}', 400, "too large"),
    write("/events", "[" * 100_000, 400, "at most 32 levels"),
    write("/events", b'{"person": "\xff"}', 400, "UTF-8", "byte 13"),
    write("/events", '{"person": "\\ud83d"}', 400, "surrogate"),
    write("/events", json.dumps(changed(headcount=1)).replace("1}", "1" * 200 + "}"), 400, "200 digits"),
    write("/events", '{"a": "' + "x" * MOST_BODY + '"}', 413, f"at most {MOST_BODY}", "1 MiB"),
    write("/events", "a=b", 415, "application/json", content_type="application/x-www-form-urlencoded"),
    write("/events", "{}", 415, "'text/plain'", content_type="text/plain"),
    write("/events", "{}", 415, "of no stated type", content_type=None),
    write("/events", "{}", 415, "UTF-8", content_type="application/json; charset=utf-16"),
    write("/events", "<event/>", 415, "application/xml", content_type="application/xml"),
    write("/events", "[]", 422, "an event is a JSON object"),
    write("/events", "null", 422, "an event is a JSON object"),
    write("/events", {}, 422, "`type` is required"),
    write("/events", changed(type="departur"), 422, "did you mean 'departure'"),
    write("/events", changed(type=7), 422, "type", "7"),
    write("/events", changed(type="x" * 200_000), 422, "type"),
    write("/events", lacking("person"), 422, "`person` is required"),
    write("/events", lacking("effective"), 422, "`effective` is required"),
    write("/events", lacking("sources"), 422, "`sources` is required"),
    write("/events", changed(sources=[]), 422, "sources"),
    write("/events", changed(sources=[{"publisher": "Wire"}]), 422, "sources.0", "`url` or a `title`"),
    write("/events", changed(sources=[{"url": "javascript:alert(1)"}]), 422, "sources.0.url", "https://"),
    write("/events", changed(sources=[{"titel": "x"}]), 422, "sources.0.titel"),
    write("/events", changed(persn="x"), 422, "persn", "did you mean `person`"),
    write("/events", changed(effective="2024-13"), 422, "effective", "'2024-13'", "2024-09"),
    write("/events", changed(effective=20240925), 422, "effective", "20240925"),
    write("/events", changed(announced="2024"), 422, "announced", "'2024'"),
    write("/events", changed(status="true"), 422, "status", "confirmed, reported, rumoured, denied"),
    write("/events", changed(reason="bored"), 422, "reason", "'bored'", "illness"),
    write("/events", changed(person={"nmae": "x"}), 422, "person.nmae", "name"),
    write("/events", changed(person=" "), 422, "person", "blank"),
    write("/events", changed(person="a\x00b"), 422, "person", "control"),
    write("/events", changed(person="‮evil"), 422, "person", "control"),
    write("/events", changed(person=["A", "B"]), 422, "person"),
    write("/events", changed(tags=["x"] * 31), 422, "tags"),
    write("/events", changed(summary={"english": "x"}), 422, "summary.english", "language"),
    write("/events?strict=true", changed(person="Nobody Yet"), 422, "person", "Nobody Yet"),
    write("/events", departure(), 422, "Idempotency-Key", "visible ASCII", Idempotency_Key="a b"),
    write("/events", departure(), 422, "Idempotency-Key", Idempotency_Key="x" * 256),
    write("/articles", {"title": "x", "events": []}, 422, "events", "1 to 100"),
    write("/articles", {"events": [{}]}, 422, "`url` or a `title`"),
    write("/articles", {"title": "x", "events": [changed(sources=None), lacking("person")]}, 422, "events.1.person"),
    write("/articles", {"title": "x", "events": ["x"]}, 422, "events.0", "JSON object"),
    write("/people", {}, 422, "`name` is required"),
    write("/people", {"name": ""}, 422, "name", "blank"),
    write("/people", {"name": {"en": "A", "english": "B"}}, 422, "name.english"),
    write("/people", {"name": "A", "id": "A B"}, 422, "id", "mira-murati"),
    write("/people", {"name": "A", "identifiers": {"wiki data": "Q1"}}, 422, "identifiers"),
    write("/people", {"names": "A"}, 422, "did you mean `name`"),
    write("/people/nobody/names", {"name": "A"}, 404, "'nobody'"),
    write("/people/nobody/merge", {"into": "mira-murati"}, 404, "entity", "'nobody'"),
    write("/people/mira-murati/merge", {"into": "mira-murati"}, 409, "into"),
    write("/people/mira-murati/merge", {"winner": "x"}, 422, "winner"),
)
LATER = (
    write(f"{EVENT}/corrections", {"changes": {}, "reason": "x"}, 404, "neither the id of an event"),
    write(f"{EVENT}/sources", {}, 422, "`add` is required"),
    write(f"{EVENT}/status", {"to": "denied", "from": "reported"}, 422, "from"),
    write(f"{EVENT}/sources/1", None, 404, "neither the id", method="DELETE", content_type=None),
    write("/events/{id}/sources/0", None, 404, "no source 0", method="DELETE", content_type=None),
    write("/events/{id}/sources/" + "9" * 40, None, 404, "no source", method="DELETE", content_type=None),
    write("/events/{id}/sources/1", None, 409, "the only one", method="DELETE", content_type=None),
    write("/events/{id}/sources/1", {"reason": "x"}, 422, "DELETE", "?reason=", method="DELETE"),
    write("/events/{id}/corrections", {"reason": "x"}, 422, "`changes` is required"),
    write("/events/{id}/corrections", {"changes": {"role": "CEO"}}, 422, "`reason` is required"),
    write("/events/{id}/corrections", {"changes": [], "reason": "x"}, 422, "changes"),
    write("/events/{id}/corrections", {"changes": {"sources": []}, "reason": "x"}, 422, "changes.sources"),
    write("/events/{id}/corrections", {"changes": {"effective": "x"}, "reason": "x"}, 422, "changes.effective", "'x'"),
    write("/events/{id}/corrections", {"changes": {"role": "X"}, "reason": "x", "announced": "2020-01-01"}, 422, "2024-09-25"),
    write("/events/{id}/corrections", {"changes": {"role": "CEO"}, "reason": "x"}, 412, "version 9", If_Match='"9"'),
    write("/events/{id}/retraction", {"reason": "x"}, 422, "If-Match", If_Match="9"),
    write("/events/{id}/retraction", {"reason": " "}, 422, "reason", "blank"),
    write("/events/{id}/retraction", "", 400, "line 1, column 1"),
    write("/events/{id}/retraction", {"why": "x"}, 422, "why"),
    write("/events/{id}/status", {"to": "true"}, 422, "to", "confirmed"),
    write("/events/{id}/sources", {"add": {"url": "x"}}, 422, "url"),
    write("/events/{id}/sources", {"add": 7}, 422, "7"),
    write("/events/import", "{}", 415, NDJSON),
    write("/events/import?atomic=perhaps", "{}", 422, "atomic", content_type=NDJSON),
    write("/events/import?atomic=true", "{}\n[]\n", 422, "lines.1", "lines.2", content_type=NDJSON),
    write("/events/import?atomic=true&dry_run=true", "{}\n", 422, "lines.1", content_type=NDJSON),
    write("/events/import?atomic=true", "{}\n" * 10_001, 422, "10000", content_type=NDJSON),
    write("/events/import?dry_run=true", "{}\n" * 10_001, 422, "10000", content_type=NDJSON),
    write("/events/import", "{}", 422, "Idempotency-Key", content_type=NDJSON, Idempotency_Key=" "),
)  # fmt: skip
TABLE = (*ADDRESSES, *PARAMETERS, *BODIES, *LATER)


@pytest.mark.parametrize("bad", TABLE, ids=str)
def test_a_bad_request_is_refused_in_words(shared: FlaskClient, bad: Bad) -> None:
    """Whoever sends it must learn what to mend; whoever attacks must find nothing that gives way."""
    event = post(shared, departure())
    path = API + bad.path.replace("{id}", event["id"])
    body = bad.body if isinstance(bad.body, (str, bytes)) or bad.body is None else json.dumps(bad.body)
    response = shared.open(path, method=bad.method, data=body, headers=bad.headers, content_type=bad.content_type)
    refused(response, bad.status, *bad.words)
    if bad.status == 405:
        assert response.headers["Allow"]


def test_the_table_is_long_enough() -> None:
    """Every way in which a request was ever wrong belongs in it."""
    assert len(TABLE) >= 100


def test_nothing_of_all_that_was_recorded(shared: FlaskClient) -> None:
    """A refusal that leaves something behind is none."""
    event = post(shared, departure())
    assert event["version"] == 1
    assert [person["id"] for person in (shared.get(f"{API}/people").json or {})["items"]] == ["mira-murati"]


@pytest.mark.parametrize("path", [b"/api/v1/people/\xff", b"/api/v1/\xed\xa0\x80", b"\xc0\xaf"])
def test_a_path_that_is_no_utf_8_is_refused(shared: FlaskClient, path: bytes) -> None:
    """Read with replacements, two addresses would be one."""
    refused(shared.get("/", environ_overrides={"PATH_INFO": path.decode("latin-1")}), 400, "path", "UTF-8")


@pytest.mark.parametrize(
    ("path", "content_type", "most"), [("/events", "application/json", MOST_BODY), ("/events/import", NDJSON, MOST_IMPORT)]
)
def test_a_body_beyond_its_limit_is_refused_before_it_is_read(shared: FlaskClient, path: str, content_type: str, most: int) -> None:
    """The limit has to be in the answer, since so much is not sent twice for a guess."""
    length = {"CONTENT_LENGTH": str(most + 1)}
    response = shared.post(API + path, data=b"{}", content_type=content_type, environ_overrides=length)
    refused(response, 413, str(most), str(most + 1), "MiB")


@pytest.mark.parametrize(("path", "content_type"), [("/events", "application/json"), ("/events/import", NDJSON)])
def test_a_body_of_unknown_length_has_the_same_limit(
    shared: FlaskClient, path: str, content_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that does not say how much it sends must not be able to send without end."""
    monkeypatch.setattr("service.api.parsing.MOST_BODY", 100)
    monkeypatch.setattr("service.api.parsing.MOST_IMPORT", 100)
    chunked = {"wsgi.input": io.BytesIO(b"{}\n" * 100), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    refused(shared.post(API + path, content_type=content_type, environ_overrides=chunked), 413, "larger than 100 bytes")
