"""What is said of an event later: corrections, retraction, restoration, status, sources, and whose copy is stale."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, appointment, departure, get, matches, people, post, refused, say, source


def state(client: FlaskClient, as_of: str = "2024-09-01") -> Json:
    """How OpenAI stood on a day."""
    return get(client, "/organizations/openai/state", as_of=as_of)


def test_a_correction_changes_what_follows(client: FlaskClient) -> None:
    """A wrong date puts the wrong person into an office."""
    event = post(client, appointment("Mira Murati"))
    assert people(state(client, "2022-04-01")) == []
    found = say(client, event, "corrections", {"changes": {"effective": "2022-03-01"}, "reason": "misread"})
    assert (found["outcome"], found["version"], found["corrected"]) == ("corrected", 2, True)
    assert people(state(client, "2022-04-01")) == ["Mira Murati"]
    matches(client, "Recorded", found)


def test_a_correction_may_bring_somebody_new(client: FlaskClient) -> None:
    """Who was mixed up with another may not have been known at all."""
    event = post(client, appointment("Mira Murati"))
    found = say(client, event, "corrections", {"changes": {"person": "Mina Murata"}, "reason": "misread"})
    assert [new["id"] for new in found["registered"]] == ["mina-murata"]
    assert people(state(client)) == ["Mina Murata"]


def test_null_takes_an_optional_field_away(client: FlaskClient) -> None:
    """A detail that nobody said has to go, not to change."""
    event = post(client, departure(reason="illness"))
    found = say(client, event, "corrections", {"changes": {"reason": None}, "reason": "nobody said so"})
    assert "reason" not in found["fields"]


def test_a_retracted_report_counts_no_longer_until_it_is_restored(client: FlaskClient) -> None:
    """A report that was wrong leaves the state, and stays in the feed as what it is."""
    event = post(client, appointment("Mira Murati"))
    gone = say(client, event, "retraction", {"reason": "denied by all"})
    assert (gone["retracted"], people(state(client))) == ({"reason": "denied by all"}, [])
    assert get(client, "/feed")["items"][0]["retracted"] == {"reason": "denied by all"}
    assert say(client, event, "retraction", {"reason": "again"})["outcome"] == "unchanged"
    back = say(client, event, "restoration", {})
    assert (back["outcome"], back["retracted"], people(state(client))) == ("restored", None, ["Mira Murati"])


def test_a_restoration_needs_no_body(client: FlaskClient) -> None:
    """There is nothing that has to be said."""
    event = post(client, departure())
    say(client, event, "retraction", {"reason": "x"})
    assert client.post(f"{API}/events/{event['id']}/restoration").status_code == 200


def test_a_rumour_counts_once_it_is_confirmed(client: FlaskClient) -> None:
    """A rumour is kept, and moves nobody into an office unless asked for."""
    event = post(client, appointment("Mira Murati", status="rumoured"))
    assert people(state(client)) == []
    assert people(get(client, "/organizations/openai/state", as_of="2024-09-01", include="rumoured")) == ["Mira Murati"]
    assert say(client, event, "status", {"to": "confirmed", "announced": "2022-06-01"})["status"] == "confirmed"
    assert people(state(client)) == ["Mira Murati"]
    assert people(get(client, "/organizations/openai/state", as_of="2024-09-01", known_at="2022-05-15")) == []


@pytest.mark.parametrize("whole", [True, False])
def test_sources_are_added_and_taken_away(client: FlaskClient, whole: bool) -> None:
    """A further source makes an event stronger, and one of another story has to go again."""
    event = post(client, departure())
    body = source(2) if whole else {"add": source(2), "reason": "found it"}
    found = say(client, event, "sources", body)
    assert [one["title"] for one in found["sources"]] == ["News 1", "News 2"]
    assert say(client, event, "sources", body)["outcome"] == "unchanged"
    left = client.delete(f"{API}/events/{event['id']}/sources/1?reason=another+story")
    assert [one["title"] for one in (left.json or {})["sources"]] == ["News 2"]
    last = get(client, f"/events/{event['id']}/versions")["items"][-1]
    assert (last["kind"], last["reason"]) == ("source_removed", "another story")


def test_a_stale_copy_changes_nothing(client: FlaskClient) -> None:
    """Of two who correct the same version, the second has to look again."""
    event = post(client, departure())
    path, tag = f"{API}/events/{event['id']}", f'"{event["version"]}"'
    change = {"changes": {"role": "CEO"}, "reason": "misread"}
    assert client.post(f"{path}/corrections", json=change, headers={"If-Match": tag}).headers["ETag"] == '"2"'
    problem = refused(client.post(f"{path}/retraction", json={"reason": "x"}, headers={"If-Match": tag}), 412, "version 2", "version 1")
    assert problem["version"] == 2
    refused(client.delete(f"{path}/sources/1", headers={"If-Match": tag}), 412)
    tag = client.get(path).headers["ETag"]
    assert client.post(f"{path}/retraction", json={"reason": "x"}, headers={"If-Match": tag}).status_code == 200
    assert client.post(f"{path}/restoration", json={}, headers={"If-Match": "*"}).status_code == 200


def test_the_tag_of_an_event_is_its_version(client: FlaskClient) -> None:
    """A client that has version 2 need not be sent it again, and must be sent version 3."""
    event = post(client, departure())
    path = f"{API}/events/{event['id']}"
    assert client.get(path, headers={"If-None-Match": '"1"'}).status_code == 304
    say(client, event, "status", {"to": "confirmed"})
    assert client.get(path, headers={"If-None-Match": '"1"'}).headers["ETag"] == '"2"'


def test_a_correction_under_embargo_stays_there(client: FlaskClient) -> None:
    """A company may announce tomorrow that it had it wrong; until then it stands."""
    event = post(client, appointment("Mira Murati"))
    say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "x", "announced": "2026-02-01"})
    assert state(client)["holders"][0]["role"] == "CTO"
    assert get(client, f"/events/{event['id']}")["version"] == 1
    assert get(client, "/organizations/openai/state", known_at="2026-02-01")["holders"][0]["role"] == "CEO"
