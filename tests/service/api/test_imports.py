"""Imports over HTTP: lines in, result lines out, all or none, tried out, and sent again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

from events.entries import Entry
from events.errors import Unavailable
from service.annals import Annals
from service.settings import MOST_LINE_BYTES
from tests.service.api.support import API, NDJSON, Json, departure, get, ids, matches, post, refused, source


def send(client: FlaskClient, lines: Iterable[Any], query: str = "", **headers: str) -> list[Json]:
    """Import lines; the result lines."""
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.post(f"{API}/events/import{query}", data=body.encode(), content_type=NDJSON, headers=named)
    assert (response.status_code, response.content_type) == (200, NDJSON), response.get_data(as_text=True)
    return [json.loads(line) for line in response.get_data().splitlines()]


def test_each_line_gets_its_result(client: FlaskClient) -> None:
    """A bad line in a thousand must be found by its number, and must not cost the others."""
    wrong = departure("Bob McGrew", efective="2024")
    results = send(client, [departure(ref="a"), "", "{", wrong, departure(), {"retract": "a", "reason": "x"}])
    assert [(found["line"], found["outcome"]) for found in results] == [
        (1, "recorded"), (3, "error"), (4, "error"), (5, "unchanged"), (6, "retracted"),
    ]  # fmt: skip
    assert results[1]["problem"]["status"] == 400
    assert "did you mean `effective`" in results[2]["problem"]["detail"]
    assert results[0]["id"] == results[4]["id"] == get(client, "/feed")["items"][0]["id"]
    for found in results:
        matches(client, "ImportResult", found)


def test_a_line_says_everything_that_can_be_said_later(client: FlaskClient) -> None:
    """What one program exports another must be able to import."""
    event = post(client, departure())
    later: list[Json] = [
        {"correct": event["id"], "changes": {"role": "CEO"}, "reason": "misread"},
        {"status": event["id"], "to": "confirmed", "announced": "2024-10-01"},
        {"source": event["id"], "add": source(2)},
        {"retract": event["id"], "reason": "x"},
        {"restore": event["id"]},
    ]
    outcomes = [found["outcome"] for found in send(client, later)]
    assert outcomes == ["corrected", "status_changed", "source_added", "retracted", "restored"]
    assert get(client, f"/events/{event['id']}")["version"] == 6


def test_the_result_s_position_can_be_waited_for(client: FlaskClient) -> None:
    """Whoever imports through one server reads through another."""
    (found,) = send(client, [departure()])
    assert client.get(f"{API}/feed", headers={"Annals-Min-Position": str(found["position"])}).status_code == 200


@pytest.mark.parametrize("query", ["?atomic=true", "?atomic=true&dry_run=true"])
def test_all_or_none(client: FlaskClient, query: str) -> None:
    """Half a reorganization is worse than none."""
    body = "\n".join(json.dumps(line) for line in (departure(), departure("Bob McGrew", effective="x"), departure("")))
    response = client.post(f"{API}/events/import{query}", data=body, content_type=NDJSON)
    refused(response, 422, "lines.2.effective", "lines.3.person")
    assert ids(get(client, "/feed")) == []
    results = send(client, [departure(), departure("Bob McGrew")], query)
    assert [found["outcome"] for found in results] == ["recorded", "recorded"]


def test_a_trial_records_nothing(client: FlaskClient) -> None:
    """A file is looked through before it is let in."""
    results = send(client, [departure(ref="a"), {"correct": "a", "changes": {"role": "CEO"}, "reason": "x"}, "x"], "?dry_run=true")
    assert [found["outcome"] for found in results] == ["recorded", "corrected", "error"]
    for found in results:
        matches(client, "ImportResult", found)
    assert all(found["dry_run"] for found in results)
    assert ids(get(client, "/feed")) == []


def test_strict_holds_for_each_line(client: FlaskClient) -> None:
    """In a strict import, names that are not known are errors of their lines."""
    assert [found["outcome"] for found in send(client, [departure()], "?strict=true")] == ["error"]


def test_the_same_import_again_records_nothing(client: FlaskClient) -> None:
    """A client that lost the answer sends everything again, and gets the very same lines."""
    lines = [departure(), departure("Bob McGrew"), "x"]
    first = send(client, lines, Idempotency_Key="k")
    assert send(client, lines, Idempotency_Key="k") == first
    body = "\n".join([json.dumps(departure("Barret Zoph")), "x"])
    other = client.post(f"{API}/events/import", data=body, content_type=NDJSON, headers={"Idempotency-Key": "k"})
    refused(other, 422, "Idempotency-Key", "used before")
    assert len(ids(get(client, "/feed"))) == 2


def test_a_repeated_import_is_marked(client: FlaskClient) -> None:
    """The client can tell an answer of now from one of then."""
    given = {"data": json.dumps(departure()), "content_type": NDJSON, "headers": {"Idempotency-Key": "k"}, "buffered": True}
    assert "Idempotent-Replayed" not in client.post(f"{API}/events/import", **given).headers
    assert client.post(f"{API}/events/import", **given).headers["Idempotent-Replayed"] == "true"


def test_a_line_without_end_is_one_error(client: FlaskClient) -> None:
    """A file without line breaks must not be taken into memory to find that out."""
    results = send(client, ["x" * (2 * MOST_LINE_BYTES + 7), departure()])
    assert [(found["line"], found["outcome"]) for found in results] == [(1, "error"), (2, "recorded")]
    assert str(MOST_LINE_BYTES) in results[0]["problem"]["detail"]


def test_what_breaks_on_the_way_is_the_last_line(client: FlaskClient, annals: Annals, monkeypatch: pytest.MonkeyPatch) -> None:
    """The status is sent by then, so the answer itself has to say that it is not whole."""
    monkeypatch.setattr("service.ledger.importing.BATCH_BYTES", 100)
    original, calls = annals.ledger.append, iter(range(10))

    def append(entries: Sequence[Entry]) -> int:
        if next(calls) > 0:
            raise Unavailable.of("", None, "the disk is full")
        return original(entries)

    monkeypatch.setattr(annals.ledger, "append", append)
    results = send(client, [departure(f"Person {number}") for number in range(5)])
    matches(client, "ImportResult", results[-1])
    assert results[-1]["line"] is None
    assert results[-1]["problem"]["status"] == 503


def test_an_empty_import_has_no_results(client: FlaskClient) -> None:
    """Nothing in, nothing out."""
    assert send(client, []) == send(client, ["", " "]) == []
