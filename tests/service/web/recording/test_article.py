"""An article with several events by one form: all of them or none, and each told where it is wrong."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.service.web.recording.support import FormReader, form_at, send
from tests.service.web.recording.test_record import confirm

ARTICLE = {
    "article__title": "A week of changes",
    "article__publisher": "Wire",
    "article__published_at": "2024-10-20",
    "article__language": "en",
}


def with_events(client: FlaskClient) -> FormReader:
    """The form of an article with a departure and an appointment, filled in."""
    form = form_at(client, "/record/article?type=departure")
    texts = {"events__0__person": "Sam Altman", "events__0__organization": "OpenAI", "events__0__effective": "2024-10"}
    more = FormReader(send(client, form, **ARTICLE, **texts, add="events", new_type="appointment").text)
    assert more.texts["article.title"] == "A week of changes" and more.texts["events.0.person"] == "Sam Altman"
    return more


SECOND = {
    "events__1__person": "Greg Brockman", "events__1__organization": "OpenAI", "events__1__role": "CEO", "events__1__effective": "2024-10",
    "events__1__passage__quote": "He takes over.", "events__1__passage__locator": "page 2",
}  # fmt: skip


def test_an_article_is_recorded_with_all_its_events(writer: FlaskClient) -> None:
    """One reading of an article gives several events, and each must say where in it it stands."""
    done = send(writer, with_events(writer), **SECOND)
    assert done.status_code == 303 and done.headers["Location"].startswith("/articles/")
    article = writer.get("/api/v1" + done.headers["Location"]).json
    assert article is not None and len(article["events"]) == 2, article
    event = writer.get("/api/v1/feed?person=greg-brockman&type=appointment").json
    assert event is not None and event["items"][0]["sources"][0]["locator"] == "page 2"


def test_an_event_that_was_added_has_the_focus(writer: FlaskClient) -> None:
    """Whoever works by keyboard or hears the page would begin at its top again for every event."""
    assert "autofocus" not in writer.get("/record/article?type=departure").text
    form = form_at(writer, "/record/article?type=departure")
    page = send(writer, form, add="events", new_type="appointment").text
    assert page.count("autofocus") == 1 and page.index("autofocus") > page.index('name="events.0.type"')
    assert "autofocus" not in send(writer, FormReader(page), remove="events.1").text


def test_one_wrong_event_records_none(writer: FlaskClient) -> None:
    """Half an article would look like a whole one, so errors of every event are told and nothing is saved."""
    before = writer.get("/api/v1/feed").json
    refused = send(
        writer, with_events(writer), **{**SECOND, "events__1__role": "", "events__0__effective": "soon", "article__url": "nowhere"}
    )
    assert refused.status_code == 422 and 'href="#f-article-url"' in refused.text
    again = send(writer, FormReader(refused.text), article__url="")
    assert 'href="#f-events-0-effective"' in again.text and 'href="#f-events-1-role"' in again.text
    unnamed = send(writer, FormReader(again.text), events__0__effective="2024-10", events__1__role="CEO", events__1__person="Nobody Known")
    assert unnamed.status_code == 200 and "Nobody Known" in unnamed.text
    assert writer.get("/api/v1/feed").json == before
    assert confirm(writer, unnamed.text).status_code == 303


def test_events_are_taken_away_and_an_article_needs_one(writer: FlaskClient) -> None:
    """Without script too, events come and go while everything else stays."""
    form = with_events(writer)
    less = FormReader(send(writer, form, **SECOND, remove="events.0").text)
    assert less.texts["events.0.type"] == "appointment" and less.texts["events.0.person"] == "Greg Brockman"
    none = FormReader(send(writer, less, remove="events.0").text)
    refused = send(writer, none)
    assert refused.status_code == 422 and "no event yet" in refused.text
    odd = FormReader(send(writer, none, add="events", new_type="nothing").text)
    assert "events.0.type" not in odd.controls


def test_a_near_duplicate_in_an_article_is_joined_by_choice(writer: FlaskClient) -> None:
    """An article often reports what is there already, one event among several."""
    form = form_at(writer, "/record/article?type=departure")
    texts = {
        "events__0__person": "mira-murati",
        "events__0__organization": "openai",
        "events__0__role": "CTO",
        "events__0__effective": "2024-09-20",
    }
    asked = send(writer, form, **ARTICLE, **texts)
    same = asked.text.partition('name="events.0.same" value="')[2].partition('"')[0]
    assert confirm(writer, asked.text, events__0__same=same).status_code == 303
    event = writer.get(f"/api/v1/events/{same}").json
    assert event is not None and "A week of changes" in [source["title"] for source in event["sources"]]


def test_an_ambiguous_name_is_chosen_in_its_event(writer: FlaskClient) -> None:
    """The choice must go to the row in which the name stands, in whichever of the events that is."""
    for _ in range(2):
        writer.post("/api/v1/people?distinct=true", json={"name": "A. Kim"})
    refused = send(writer, with_events(writer), **{**SECOND, "events__1__person": "A. Kim"})
    form = FormReader(refused.text)
    assert refused.status_code == 422 and "aria-invalid" in form.controls["events.1.person"]
    assert ("choose", "events.1.person person a-kim-2") in form.buttons
    chosen = FormReader(send(writer, form, choose="events.1.person person a-kim-2").text)
    assert send(writer, chosen).status_code == 303
    found = writer.get("/api/v1/feed?person=a-kim-2").json
    assert found is not None and len(found["items"]) == 1
