"""The log as CloudEvents: every entry that readers may see, in order, from any position on, and in the standard's own form."""

from __future__ import annotations

from typing import Any

from cloudevents.v1.http import from_json
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, departure, get, matches, ok, post, say
from tests.service.conftest import Clock


def entries(client: FlaskClient, **query: Any) -> list[Json]:
    """The entries of all pages."""
    page = get(client, "/log", **query)
    matches(client, "EntryPage", page)
    found = [*page["items"]]
    while page["next"]:
        response = client.get(page["next"])
        page = ok(response)
        found += page["items"]
    return found


def story(client: FlaskClient) -> Json:
    """An event and what was said of it and of whom it is about later, under a key, with a ref."""
    event = post(client, departure(ref="row-1"), Idempotency_Key="secret-key")
    say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "misread"})
    ok(client.post(f"{API}/people/mira-murati/names", json={"name": {"ja": "ミラ・ムラティ"}}))
    return event


def test_every_entry_is_a_cloud_event(client: FlaskClient) -> None:
    """Whoever follows along uses a library for CloudEvents, which has to accept them."""
    event = story(client)
    found = entries(client)
    assert [entry["type"] for entry in found] == [
        "annals.entity.registered", "annals.entity.registered", "annals.event.recorded", "annals.article.registered",
        "annals.event.corrected", "annals.entity.named",
    ]  # fmt: skip
    assert {entry["subject"] for entry in found} >= {f"events/{event['id']}", "people/mira-murati", "organizations/openai"}
    for entry in found:
        parsed: Any = from_json(client.application.json.dumps(entry))
        assert (parsed["id"], parsed["source"], parsed["specversion"]) == (entry["id"], "/api/v1", "1.0")
    assert len({entry["id"] for entry in found}) == len(found)
    assert found[4]["data"]["reason"] == "misread"


def test_what_is_nobody_s_business_is_not_in_it(client: FlaskClient) -> None:
    """Retries and claims of names and refs are bookkeeping, and a key could be used by others."""
    story(client)
    assert "secret-key" not in str(entries(client))
    assert {entry["type"].split(".")[1] for entry in entries(client)} == {"entity", "event", "article"}


def test_pages_of_any_size_make_the_whole_log(client: FlaskClient) -> None:
    """A follower goes on after the last position that it has seen."""
    story(client)
    whole = entries(client)
    for limit in (1, 2, 5):
        assert entries(client, limit=limit) == whole
    third = whole[2]["sequence"]
    assert entries(client, after=third, limit=1) == whole[3:]
    assert entries(client, after=2**63 - 1) == []
    assert [int(entry["sequence"]) for entry in whole] == sorted(int(entry["sequence"]) for entry in whole)
    assert get(client, "/log")["position"] >= int(whole[-1]["sequence"])


def test_the_log_as_it_was_known(client: FlaskClient, clock: Clock) -> None:
    """What was recorded after a moment was not in the log then."""
    event = post(client, departure())
    before = clock.now.isoformat()
    clock.pass_by(hours=1)
    say(client, event, "status", {"to": "confirmed"})
    assert [entry["type"] for entry in entries(client, known_at=before)][-1] != "annals.event.status_changed"
    assert entries(client)[-1]["type"] == "annals.event.status_changed"


def test_an_entry_under_embargo_stands_at_its_place_later(client: FlaskClient, clock: Clock) -> None:
    """A follower that reads again from there on finds it, with the position that it had from the first."""
    post(client, departure())
    post(client, departure("Bob McGrew", announced="2026-02-01", sources=[{"title": "Later"}]))
    post(client, departure("Barret Zoph"))
    before = entries(client)
    clock.pass_by(days=40)
    after = entries(client)
    assert [entry for entry in after if entry in before] == before
    hidden = [entry for entry in after if entry not in before]
    assert {entry["subject"].split("/")[0] for entry in hidden} == {"people", "events", "articles"}
    assert int(hidden[0]["sequence"]) < int(before[-1]["sequence"])
