"""What is said of an event later by forms: corrections, retraction, restoration, status, sources, joining and parting."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.web.recording.support import FormReader, form_at, recorded, send
from tests.service.web.recording.test_record import confirm


def event_of(client: FlaskClient, kind: str = "departure", person: str = "mira-murati") -> dict[str, Any]:
    """An event of the example."""
    found = client.get(f"/api/v1/feed?type={kind}&person={person}").json
    assert found is not None
    return dict(found["items"][0])


def test_a_correction_sends_only_what_was_changed(writer: FlaskClient) -> None:
    """A form carries every field, but a correction that repeats them all would hide what was wrong."""
    # given the form of an event as it is
    event = event_of(writer)
    form = form_at(writer, f"/events/{event['id']}/correct?lang=ja")
    assert form.texts["person"] == "ミラ・ムラティ" and form.texts["effective"] == "2024-09-25" and "sources.0.title" not in form.texts

    # when one field is changed and one emptied
    done = recorded(writer, send(writer, form, effective="2024-09-26", reason="", said__reason="the paper said so"))

    # then these are corrected, and the version before stays
    versions = writer.get(f"/api/v1/events/{event['id']}/versions").json
    assert done["effective"]["value"] == "2024-09-26" and done["corrected"] and done["fields"].get("reason") is None
    assert versions is not None and set(versions["items"][-1]["changes"]) == {"effective", "reason"}
    assert versions["items"][-1]["reason"] == "the paper said so"


DATE = {"effective": "2024-09-26", "said__reason": "why"}


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ({"said__reason": "why"}, "Nothing was changed"),
        ({"effective": "2024-09-26"}, "f-said-reason"),
        ({"effective": "soon", "said__reason": "why"}, "f-effective"),
        ({**DATE, "said__announced": "2020-01-01", "said__announced__as": "news"}, "f-said-announced"),
        ({**DATE, "said__announced": "2024-09-28"}, "A day is given, but our slip is chosen"),
        ({**DATE, "said__announced__as": ""}, "Choose one of the two"),
        ({"effective": "2024-09-26", "said__announced": "", "said__announced__as": "news"}, "f-said-announced"),
        ({"person": "", "said__reason": "why"}, "f-person"),
    ],
)  # fmt: skip
def test_a_wrong_correction_says_where(writer: FlaskClient, texts: dict[str, str], wrong: str) -> None:
    """The event has an `announced` and so has its correction: errors must tell which."""
    refused = send(writer, form_at(writer, f"/events/{event_of(writer)['id']}/correct"), **texts)
    assert refused.status_code == 422 and (f'href="#{wrong}"' in refused.text or wrong in refused.text)


def test_a_correction_of_an_old_version_is_refused_with_both(writer: FlaskClient) -> None:
    """Two who correct at once must not undo each other unseen."""
    # given a form that was opened before somebody else corrected the event
    event = event_of(writer)
    form = form_at(writer, f"/events/{event['id']}/correct")
    other = {"changes": {"role": "Head of Products"}, "reason": "the title"}
    assert writer.post(f"/api/v1/events/{event['id']}/corrections", json=other).status_code == 200

    # when it is sent
    refused = send(writer, form, effective="2024-09-26", said__reason="the date")

    # then nothing is saved, and both are shown; sent again it is made on what is there now
    assert refused.status_code == 412 and "Head of Products" in refused.text and "Chief Technology Officer" in refused.text
    again = FormReader(refused.text)
    assert again.texts["effective"] == "2024-09-26" and again.texts["said.reason"] == "the date"
    assert recorded(writer, send(writer, again, role="Head of Products"))["version"] == event["version"] + 2


def test_an_unknown_name_in_a_correction_is_asked_about(writer: FlaskClient) -> None:
    """A typing error makes a person there too."""
    form = form_at(writer, f"/events/{event_of(writer)['id']}/correct")
    asked = send(writer, form, successor="Jane Roe", said__reason="named later")
    assert "will be registered" in asked.text
    assert recorded(writer, confirm(writer, asked.text))["fields"]["successor"]["id"] == "jane-roe"


def test_an_event_is_retracted_and_restored(writer: FlaskClient) -> None:
    """A report that was wrong is taken back with the reason, and comes back if that was wrong."""
    event = event_of(writer)
    needed = send(writer, form_at(writer, f"/events/{event['id']}/retract"))
    assert needed.status_code == 422 and "f-reason" in needed.text
    gone = recorded(writer, send(writer, FormReader(needed.text), reason="a mix-up"))
    assert gone["retracted"] == {"reason": "a mix-up"}
    assert recorded(writer, send(writer, form_at(writer, f"/events/{event['id']}/restore")))["retracted"] is None


SAID = [
    ("correct", {"effective": "2024-10-31", "said.reason": "why"}, "said.announced"),
    ("retract", {"reason": "why"}, "announced"),
    ("status", {"to": "rumoured"}, "announced"),
]


@pytest.mark.parametrize("choice", ["news", "slip"])
@pytest.mark.parametrize(("what", "texts", "path"), SAID)
def test_news_counts_from_its_day_and_a_slip_from_the_start(
    writer: FlaskClient, what: str, texts: dict[str, str], path: str, choice: str
) -> None:
    """What was known then is the record of a newsroom, and nobody may rewrite it by leaving a field empty."""
    event = event_of(writer)
    address = f"/api/v1/events/{event['id']}"
    form = form_at(writer, f"/events/{event['id']}/{what}")
    assert (form.texts[path], form.texts[f"{path}.as"]) == ("2026-11-24", "slip" if what == "correct" else "news")
    day = {path: "2025-03-01"} if choice == "news" else {}
    now = recorded(writer, send(writer, form, **texts, **day, **{f"{path}.as": choice}))
    then = [dict(writer.get(f"{address}?known_at={known}").json or {}) for known in ("2025-02-27", "2025-03-02")]
    told = [(one["effective"]["value"], one["status"], one["retracted"]) for one in (*then, now, event)]
    assert told[1] == told[2] != told[3]
    assert told[0] == (told[3] if choice == "news" else told[2])


@pytest.mark.parametrize("what", ["retract", "restore", "status"])
def test_without_a_choice_nothing_is_said(writer: FlaskClient, what: str) -> None:
    """Either answer taken silently would be wrong half of the time, so the form comes back and says so beside the choice."""
    event = event_of(writer)
    form = form_at(writer, f"/events/{event['id']}/{what}?lang=ja")
    for texts in ({"announced__as": ""}, {"announced__as": "neither"}, {"announced": ""}, {"announced": "soon"}):
        refused = send(writer, form, reason="why", to="rumoured", **texts)
        assert refused.status_code == 422 and 'href="#f-announced"' in refused.text
    assert "二つのうちどちらかを選ぶ。" in send(writer, form, reason="why", to="rumoured", announced__as="").text
    now = writer.get(f"/api/v1/events/{event['id']}").json
    assert now is not None and now["version"] == event["version"]


def test_a_status_is_changed_and_a_source_added(writer: FlaskClient) -> None:
    """A rumour is confirmed, and another paper reports it."""
    address = f"/events/{event_of(writer)['id']}"
    assert recorded(writer, send(writer, form_at(writer, f"{address}/status?to=rumoured")))["status"] == "rumoured"
    nameless = send(writer, form_at(writer, f"{address}/source"), publisher="Wire")
    assert nameless.status_code == 422 and "at least an address or a title" in nameless.text
    event = recorded(writer, send(writer, FormReader(nameless.text), url="https://example.com/n", reason="found later"))
    assert event["sources"][-1] == {"url": "https://example.com/n", "publisher": "Wire"}


def test_two_events_are_joined_by_address_and_parted(writer: FlaskClient) -> None:
    """What is one event is joined, by what somebody copies out of the address bar, and that can be undone."""
    one, other = event_of(writer), event_of(writer, "departure", "bob-mcgrew")
    into = f"http://localhost/events/{other['id']}?lang=ja"
    joined = send(writer, form_at(writer, f"/events/{one['id']}/join"), into=into, reason="the same")
    assert recorded(writer, joined)["duplicate_of"] == other["id"]
    parted = send(writer, form_at(writer, f"/events/{one['id']}/part"), reason="not the same")
    assert recorded(writer, parted)["duplicate_of"] is None


def test_what_was_said_meanwhile_stops_a_form(writer: FlaskClient) -> None:
    """A retraction of a report that was corrected meanwhile may be of no use any more."""
    event = event_of(writer)
    form = form_at(writer, f"/events/{event['id']}/retract")
    writer.post(f"/api/v1/events/{event['id']}/status", json={"to": "rumoured"})
    refused = send(writer, form, reason="wrong date")
    assert refused.status_code == 412 and "meanwhile" in refused.text
    assert recorded(writer, send(writer, FormReader(refused.text)))["retracted"] == {"reason": "wrong date"}
    assert send(writer, form, version="x", reason="why").status_code == 412


def test_only_forms_that_ask_for_a_role_suggest_roles(writer: FlaskClient) -> None:
    """A form of three fields need not be sent with hundreds of words that none of them takes."""
    address = f"/events/{event_of(writer)['id']}"
    asked = [what for what in ("correct", "retract", "status", "source", "join") if "<datalist" in writer.get(f"{address}/{what}").text]
    assert asked == ["correct"]


@pytest.mark.parametrize("what", ["correct", "retract", "restore", "status", "source", "join", "part"])
def test_forms_of_an_event_need_it_and_their_token(writer: FlaskClient, what: str) -> None:
    """A form of nothing is no form, and one that was forged says nothing of the event."""
    assert writer.get(f"/events/00000000-0000-0000-0000-000000000000/{what}").status_code == 404
    event = event_of(writer)
    form = form_at(writer, f"/events/{event['id']}/{what}")
    refused = send(writer, form, csrf_token="", reason="because", said__reason="because", effective="2024-09-26")
    assert refused.status_code == 200 and "Nothing is lost" in refused.text
    now = writer.get(f"/api/v1/events/{event['id']}").json
    assert now is not None and now["version"] == event["version"]
