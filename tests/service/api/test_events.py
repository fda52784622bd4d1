"""Posting an event and reading it: new, known already, tried out, retracted, and as it was known at a moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, appointment, departure, get, ids, matches, post, refused, say, source
from tests.service.conftest import Clock


def test_a_new_event_is_created_with_all_that_it_brings(client: FlaskClient) -> None:
    """The poster must see at once what became of the post, and whom a typing error would have made."""
    response = client.post(f"{API}/events", json=departure())
    event = response.json or {}
    assert response.status_code == 201
    assert response.headers["Location"] == f"{API}/events/{event['id']}"
    assert response.headers["ETag"] == '"1"'
    assert event["headline"] == "Mira Murati leaves OpenAI, where they were CTO"
    assert event["registered"] == [
        {"kind": "person", "id": "mira-murati", "name": "Mira Murati"},
        {"kind": "organization", "id": "openai", "name": "OpenAI"},
    ]
    assert (event["outcome"], event["corroborated"]) == ("recorded", False)
    matches(client, "Recorded", event)


def test_what_was_posted_is_what_is_read(client: FlaskClient) -> None:
    """The answer to a post may say nothing that a read would not, or the two drift apart."""
    event = post(client, departure({"name": {"en": "Mira Murati", "ja": "ミラ・ムラティ"}}, successor="Mark Chen", tags=["ai"]))
    own = {name: value for name, value in event.items() if name not in ("outcome", "corroborated", "registered", "possible_duplicates")}
    read = get(client, f"/events/{event['id']}")
    assert read == own
    matches(client, "EventAnswer", read)


def test_a_second_report_corroborates(client: FlaskClient) -> None:
    """Two articles on one departure are one event with two sources."""
    first = post(client, departure())
    response = client.post(f"{API}/events", json=departure("mira murati", sources=[source(2)], reason="new_opportunity"))
    second = response.json or {}
    assert (response.status_code, second["corroborated"], second["outcome"]) == (200, True, "corroborated")
    assert "Location" not in response.headers
    assert second["id"] == first["id"]
    assert [found["title"] for found in second["sources"]] == ["News 1", "News 2"]
    assert second["fields"]["reason"] == "new_opportunity"
    assert second["registered"] == []
    assert post(client, departure())["outcome"] == "unchanged"


def test_a_detail_that_differs_is_kept_as_disputed(client: FlaskClient) -> None:
    """Which of two reasons is right is not for the log to decide."""
    post(client, departure(reason="illness"))
    event = post(client, departure(sources=[source(2)], reason="retired", successor="Mark Chen"))
    assert event["disputed"] == [{"field": "reason", "value": "retired", "sources": ["Wire 2: News 2"]}]
    assert get(client, f"/events/{event['id']}")["disputed"] == event["disputed"]


def test_a_trial_records_nothing(client: FlaskClient) -> None:
    """Who wants to see what a post would do must be able to without doing it."""
    tried = post(client, departure(), "?dry_run=true", Idempotency_Key="k")
    assert (tried["dry_run"], tried["registered"][0]["id"], tried["position"]) == (True, "mira-murati", 0)
    assert ids(get(client, "/feed")) == ids(get(client, "/people")) == []
    assert post(client, departure("Bob McGrew"), Idempotency_Key="k")["outcome"] == "recorded"


def test_strict_refuses_a_name_that_nobody_bears(client: FlaskClient) -> None:
    """A typing error makes a person, unless one asks for it not to."""
    post(client, departure())
    refused(client.post(f"{API}/events?strict=true", json=appointment("Mira Murrati")), 422, "person", "Mira Murrati")
    assert post(client, appointment("Mira Murati"), "?strict=true")["registered"] == []


def test_a_name_of_several_is_refused_with_the_candidates(client: FlaskClient) -> None:
    """Nothing is merged on likeness alone, and nobody should have to search for whom they may have meant."""
    for _ in range(2):
        client.post(f"{API}/people?distinct=true", json={"name": "John Smith"})
    problem = refused(client.post(f"{API}/events", json=departure("John Smith")), 422, "person", "john-smith-2")
    assert [found["id"] for found in problem["candidates"]] == ["john-smith", "john-smith-2"]
    assert post(client, departure("john-smith-2"))["fields"]["person"] == {"id": "john-smith-2", "name": "John Smith"}


def test_what_was_retracted_is_not_recorded_again_by_accident(client: FlaskClient) -> None:
    """Somebody found it to be wrong: the next poster has to know that, and may still mean another event."""
    event = post(client, departure())
    say(client, event, "retraction", {"reason": "It was another Mira"})
    problem = refused(client.post(f"{API}/events", json=departure()), 409, "It was another Mira", "distinct=true")
    assert problem["event"] == event["id"]
    other = post(client, departure(), "?distinct=true")
    assert (other["outcome"], other["id"] != event["id"]) == ("recorded", True)


def test_a_ref_stands_for_one_event(client: FlaskClient) -> None:
    """A poster's own key that meant two events would send a correction to the wrong one."""
    event = post(client, departure(ref="row-7"))
    assert event["ref"] == "row-7"
    refused(client.post(f"{API}/events", json=departure("Bob McGrew", ref="row-7")), 409, "ref", "row-7", event["id"])


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_event_is_told_in_either_language(client: FlaskClient, lang: str) -> None:
    """Readers of Japanese get names, roles and headlines of their own."""
    person = {"name": {"en": "Mira Murati", "ja": "ミラ・ムラティ"}}
    event = post(client, departure(person))
    found = get(client, f"/events/{event['id']}", lang=lang)
    assert found["fields"]["person"]["name"] == person["name"][lang]
    assert ("最高技術責任者" in found["headline"]) == (lang == "ja")


def test_an_event_as_known_at_a_moment(client: FlaskClient, clock: Clock) -> None:
    """What was known is what was known: a later correction changes no earlier answer on the recorded clock."""
    event = post(client, departure())
    before = clock.now
    clock.pass_by(days=1)
    say(client, event, "corrections", {"changes": {"effective": "2024-09-26"}, "reason": "mistyped"})
    path = f"/events/{event['id']}"
    assert get(client, path)["effective"]["value"] == "2024-09-26"
    assert get(client, path, known_at=before.isoformat())["effective"]["value"] == "2024-09-26"
    then = get(client, path, known_at=before.isoformat(), clock="recorded")
    assert (then["effective"]["value"], then["version"]) == ("2024-09-25", 1)
    refused(client.get(f"{API}{path}?known_at=2024-09-24"), 404, event["id"])


def test_every_version_says_who_when_and_why(client: FlaskClient) -> None:
    """Nothing is edited: whoever asks can see how an event came to be what it is."""
    event = post(client, departure())
    say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "misread", "announced": "2024-10-01"})
    say(client, event, "status", {"to": "confirmed"})
    versions = get(client, f"/events/{event['id']}/versions")
    matches(client, "Versions", versions)
    assert [turn["kind"] for turn in versions["items"]] == ["recorded", "corrected", "status_changed"]
    first, second, last = versions["items"]
    assert (first["version"]["fields"]["role"], second["version"]["fields"]["role"]) == ("CTO", "CEO")
    assert (second["reason"], second["announced"], second["changes"]) == ("misread", "2024-10-01", {"role": "CEO"})
    assert (last["version"]["status"], last["counts_from"]) == ("confirmed", "2024-10-01T00:00:00Z")
    earlier = get(client, f"/events/{event['id']}/versions", known_at="2024-09-30")
    assert [turn["kind"] for turn in earlier["items"]] == ["recorded"]


@pytest.mark.parametrize(
    "entry", [{"person": "Ada", "organization": {"name": {"ja": "石破商店"}}}, {"person": "ミラ", "organization": "X"}], ids=str
)
def test_names_in_any_script_get_ids_that_can_be_addressed(client: FlaskClient, entry: Json) -> None:
    """An id stands in addresses, so it must be one whatever the name is written in."""
    event: dict[str, Any] = post(client, departure(**entry))
    for field, kind in (("person", "people"), ("organization", "organizations")):
        found = event["fields"][field]
        assert get(client, f"/{kind}/{found['id']}")["name"] == found["name"]
