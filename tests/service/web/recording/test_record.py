"""Recording an event by its form: what is asked, what is confirmed, and that nothing typed is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from events.types import event_types
from service import create_app
from service.annals import Annals
from tests.service.test_new_type import award as award
from tests.service.web.recording.support import DEPARTURE, FormReader, form_at, recorded, send

FORM = "/record?type=departure"
MURATI = {
    "person": "ミラ・ムラティ", "organization": "OpenAI", "role": "CTO", "sources__0__title": "Another paper",
    "sources__0__publisher": "Wire",
}  # fmt: skip


def confirm(client: FlaskClient, page: str, **texts: str) -> Any:
    """Send the form that asks something, with the button that says yes."""
    form = FormReader(page)
    return send(client, form, **{**dict(button for button in form.buttons if button[0] == "confirm"), **texts})


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_type_is_offered_and_has_a_form(pages: FlaskClient, lang: str) -> None:
    """Whoever has something to record must find its type, and be asked for all that the type can say."""
    choice = pages.get(f"/record?lang={lang}&person=mira-murati").text
    for name, kind in event_types().items():
        assert f"type={name}" in choice and kind.label[lang == "ja"] in choice
        form = form_at(pages, f"/record?type={name}&lang={lang}")
        asked = {path.split(".")[0] for path in form.controls}
        assert {*kind.fields, "effective", "announced", "status", "sources", "summary", "tags", "ref"} <= asked
    assert "person=mira-murati" in choice


def test_an_unknown_name_is_asked_about_and_then_registered(writer: FlaskClient) -> None:
    """A typing error makes a person, so a name that nobody bears is shown before it is registered."""
    # given a form in which somebody unknown leaves
    asked = send(writer, form_at(writer, FORM), **DEPARTURE)
    assert asked.status_code == 200 and "will be registered" in asked.text and "Jane Roe" in asked.text

    # when that is confirmed
    done = confirm(writer, asked.text)

    # then the event is recorded with a date as rough as it was given, and the next page says what was registered
    event = recorded(writer, done)
    assert event["effective"]["value"] == "2024-10" and event["fields"]["person"] == {"id": "jane-roe", "name": "Jane Roe"}
    told = writer.get("/").text
    assert "Recorded: Jane Roe leaves OpenAI" in told and "Newly registered: Jane Roe" in told
    assert "Recorded:" not in writer.get("/").text


def test_names_given_as_new_are_not_asked_about_again(writer: FlaskClient) -> None:
    """Who gives both names of somebody new has said what is to happen."""
    new = {"person": "", "person__name__en": "Jane Roe", "person__name__ja": "ジェーン・ロー"}
    event = recorded(writer, send(writer, form_at(writer, f"{FORM}&lang=ja"), **{**DEPARTURE, **new}))
    card = writer.get("/api/v1/people/jane-roe").json
    assert event["fields"]["person"]["id"] == "jane-roe"
    assert card is not None and card["names"] == {"en": "Jane Roe", "ja": "ジェーン・ロー"}


def test_a_form_sent_twice_records_once(writer: FlaskClient) -> None:
    """A double click and a page sent again must not make a second report of the event."""
    form = form_at(writer, FORM)
    texts = {**DEPARTURE, "person": "Sam Altman"}
    first, again = send(writer, form, **texts), send(writer, form, **texts)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert recorded(writer, again)["version"] == 1

    # and the same form with other content is asked about instead of being taken for the first
    other = send(writer, form, **{**texts, "person": "Greg Brockman"})
    assert other.status_code == 422 and "used before" in other.text
    assert recorded(writer, send(writer, FormReader(other.text)))["fields"]["person"]["name"] == "Greg Brockman"


def test_a_near_duplicate_is_shown_before_it_is_saved(writer: FlaskClient) -> None:
    """Two papers give two dates of one departure: only a person can tell whether it is one event or two."""
    asked = send(writer, form_at(writer, FORM), **MURATI, effective="2024-09-20", announced="2024-09-26")
    assert asked.status_code == 200 and "may be the same event" in asked.text and "Mira Murati leaves OpenAI" in asked.text
    (near,) = [found["value"] for name, found in FormReader(asked.text).controls.items() if name == "same"] or [None]
    assert near == ""  # the last choice of the group, which is to record another event

    other = recorded(writer, confirm(writer, asked.text))
    assert other["effective"]["value"] == "2024-09-20" and len(other["sources"]) == 1


def test_the_same_event_gets_the_source(writer: FlaskClient) -> None:
    """Said to be the same, a report becomes a further source of the event that is there."""
    asked = send(writer, form_at(writer, FORM), **MURATI, effective="2024-09-20", announced="2024-09-26")
    same = asked.text.partition('name="same" value="')[2].partition('"')[0]
    event = recorded(writer, confirm(writer, asked.text, same=same))
    assert event["id"] == same and "Another paper" in [source["title"] for source in event["sources"]]
    assert event["effective"]["value"] == "2024-09-25"


def test_a_change_after_the_question_is_asked_about_anew(writer: FlaskClient) -> None:
    """What was confirmed is what was shown, not what was typed after it."""
    asked = send(writer, form_at(writer, FORM), **DEPARTURE)
    again = confirm(writer, asked.text, person="June Roe")
    assert again.status_code == 200 and "June Roe" in again.text


def test_what_is_recorded_already_is_said(writer: FlaskClient) -> None:
    """The same event reported again is a further source, which its poster should know before sending it."""
    asked = send(writer, form_at(writer, FORM), **MURATI, effective="2024-09-25")
    assert "recorded already" in asked.text
    assert len(recorded(writer, confirm(writer, asked.text))["sources"]) == 4


@pytest.mark.parametrize(("lang", "words"), [("en", "is not a partial date"), ("ja", "ここでは読み取れない")])
def test_errors_stand_beside_their_fields_and_nothing_is_lost(pages: FlaskClient, lang: str, words: str) -> None:
    """Whoever typed a page full must only have to put right what is wrong."""
    form = form_at(pages, f"{FORM}&lang={lang}")
    response = send(pages, form, **{**DEPARTURE, "effective": "September", "sources__0__url": "example.com", "tags": "a\r\nb", "role": ""})
    again = FormReader(response.text)
    assert response.status_code == 422 and words in response.text
    assert {again.texts["effective"], again.texts["sources.0.url"], again.texts["tags"]} == {"September", "example.com", "a\nb"}
    assert again.controls["effective"]["aria-invalid"] == "true" and "f-effective-said" in str(
        again.controls["effective"]["aria-describedby"]
    )
    assert 'href="#f-sources-0-url"' in response.text and 'href="#f-effective"' in response.text
    assert "aria-invalid" not in again.controls["announced"]


def test_what_is_left_out_is_asked_for(pages: FlaskClient) -> None:
    """An empty form must say what it needs, source and all."""
    empty = send(pages, form_at(pages, FORM))
    wrong = [name for name, found in FormReader(empty.text).controls.items() if "aria-invalid" in found]
    assert wrong == ["person", "organization", "effective"] and 'href="#f-sources"' in empty.text


def test_rows_are_added_chosen_and_taken_away_without_script(pages: FlaskClient) -> None:
    """Buttons that change the form must keep all that was typed and save nothing."""
    form = form_at(pages, FORM)
    more = FormReader(send(pages, form, **DEPARTURE, add="sources").text)
    assert (
        "sources.1.title" in more.controls and more.texts["sources.0.title"] == "The news of the day" and more.texts["person"] == "Jane Roe"
    )
    less = FormReader(send(pages, more, sources__1__title="B", remove="sources.0").text)
    assert less.texts["sources.0.title"] == "B" and "sources.1.title" not in less.controls


def test_an_ambiguous_name_offers_its_bearers(writer: FlaskClient) -> None:
    """Two people of one name cannot be told apart by it, so a click must do."""
    for identifier in ("Q1", "Q2"):
        made = writer.post("/api/v1/people?distinct=true", json={"name": "A. Kim", "identifiers": {"wikidata": identifier}})
        assert made.status_code == 201, made.text
    refused = send(writer, form_at(writer, FORM), **{**DEPARTURE, "person": "A. Kim"})
    form = FormReader(refused.text)
    assert refused.status_code == 422 and ("choose", "person person a-kim-2") in form.buttons
    chosen = FormReader(send(writer, form, choose="person person a-kim-2").text)
    assert recorded(writer, send(writer, chosen))["fields"]["person"]["id"] == "a-kim-2"


def test_what_was_retracted_is_not_recorded_again_unasked(writer: FlaskClient) -> None:
    """A report that was taken back comes again with the next copy of the paper."""
    event = recorded(writer, send(writer, form_at(writer, FORM), **{**DEPARTURE, "person": "Sam Altman"}))
    writer.post(f"/api/v1/events/{event['id']}/retraction", json={"reason": "wrong"})
    refused = send(writer, form_at(writer, FORM), **{**DEPARTURE, "person": "Sam Altman"})
    assert refused.status_code == 409 and f"/events/{event['id']}/restore" in refused.text
    again = send(writer, FormReader(refused.text), distinct="true")
    assert recorded(writer, again)["id"] != event["id"]


def test_what_is_under_embargo_leads_to_the_timeline(writer: FlaskClient) -> None:
    """Its own page is not there yet, for nobody."""
    done = send(writer, form_at(writer, FORM), **{**DEPARTURE, "person": "Sam Altman", "announced": "2030-01-01"})
    assert done.status_code == 303 and done.headers["Location"] == "/" and "under embargo" in writer.get("/").text


def test_an_address_fills_in_names_for_ids(pages: FlaskClient) -> None:
    """A link from somebody's page carries an id, and a reader wants a name."""
    form = form_at(pages, "/record?type=statement&speaker=mira-murati&about=openai&about=sam-altman&effective=2024-09&lang=ja")
    assert (
        form.texts["speaker"] == "ミラ・ムラティ" and form.texts["speaker.id"] == "mira-murati" and form.texts["speaker.kind"] == "person"
    )
    assert form.texts["about.0"] == "OpenAI" and form.texts["about.1.kind"] == "person" and form.texts["effective"] == "2024-09"


def test_what_is_wrong_is_said_in_japanese(pages: FlaskClient) -> None:
    """An analyst in Tokyo must understand what is wrong with a page that she reads in Japanese."""
    texts = {"organization": "unknown-id", "amount": "1,0", "effective": "2024-10", "sources__0__publisher": "日経"}
    wrong = send(pages, form_at(pages, "/record?type=funding_round&lang=ja&organization=unknown-id"), **texts).text
    assert "「1,0」はここでは読み取れない" in wrong and "アドレスか題名のどちらかが必要" in wrong
    needed = send(
        pages, form_at(pages, "/record?type=funding_round&lang=ja"), **{**texts, "amount": "10", "sources__0__title": "記事"}
    ).text
    assert "入力が必要" in needed and 'href="#f-currency"' in needed


@pytest.mark.usefixtures("award")
def test_a_new_type_has_its_form(empty: FlaskClient, tmp_path: Path) -> None:
    """Adding a type is adding one file: forms must need no word of it."""
    assert "Award" in empty.get("/record").text and tmp_path.exists()
    texts = {"person": "Ada Byron", "prize": "Turing Award", "effective": "2024-06", "sources__0__title": "Prizes"}
    asked = send(empty, form_at(empty, "/record?type=award"), **texts)
    assert recorded(empty, confirm(empty, asked.text))["headline"] == "Ada Byron receives the Turing Award"


def test_a_wrong_type_is_named(pages: FlaskClient) -> None:
    """A mistyped address must say which types there are."""
    response = pages.get("/record?type=departur")
    assert response.status_code == 422 and "departure" in response.text


def test_a_form_is_kept_for_one_reader(own: Annals) -> None:
    """A form carries a token, so no cache may hand it to somebody else."""
    client = create_app(own).test_client()
    response = client.get(FORM, headers={"Accept": "text/html"})
    assert response.headers["Cache-Control"] == "no-store"


def test_what_may_be_left_out_of_a_source_says_so(writer: FlaskClient) -> None:
    """An analyst who has only a title must see that the other fields of the source need not hold anything up."""
    for address, path in ((FORM, "f-sources-0-publisher"), ("/record/article?type=departure", "f-article-publisher")):
        assert f'<label for="{path}">Publisher <small>(if known)</small></label>' in writer.get(address).text
