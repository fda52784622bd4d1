"""Articles: one posted with all its events in a single transaction, listed, and read with what it reports."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, departure, get, ids, matches, ok, post, refused, say, source

ARTICLE: Json = {
    "url": "https://example.com/openai",
    "title": "Three leave OpenAI",
    "publisher": "Wire",
    "author": "A. Writer",
    "language": "en",
    "published_at": "2024-09-26T09:00:00+09:00",
}


def article(*people: str, **more: object) -> Json:
    """An article that says who left."""
    events = [{name: value for name, value in departure(person).items() if name not in ("sources", "announced")} for person in people]
    return {**ARTICLE, "events": events, **more}


def test_an_article_is_posted_with_all_its_events(client: FlaskClient) -> None:
    """An analyst reads one article and records all that it says at once."""
    response = client.post(f"{API}/articles", json=article("Mira Murati", "Bob McGrew", "Barret Zoph"))
    made = ok(response)
    matches(client, "ArticleRecorded", made)
    assert (response.status_code, response.headers["Location"]) == (201, f"{API}/articles/{made['article']['id']}")
    assert [item["outcome"] for item in made["items"]] == ["recorded"] * 3
    assert [new["id"] for new in made["registered"]] == ["mira-murati", "openai", "bob-mcgrew", "barret-zoph"]
    found = get(client, f"/articles/{made['article']['id']}")
    matches(client, "ArticleAnswer", found)
    assert {name: found[name] for name in ARTICLE} == {**ARTICLE, "published_at": found["published_at"]}
    assert [event["id"] for event in found["events"]] == [item["id"] for item in made["items"]]


def test_events_are_announced_when_the_article_was_published(client: FlaskClient) -> None:
    """Without a date of its own an event became public with the earliest of its sources."""
    made = ok(client.post(f"{API}/articles", json=article("Mira Murati")))
    assert made["items"][0]["announced"] == "2024-09-26T00:00:00Z"
    assert ids(get(client, "/articles", known_at="2024-09-25")) == []
    assert ids(get(client, "/articles", known_at="2024-09-26")) == [made["article"]["id"]]
    refused(client.get(f"{API}/articles/{made['article']['id']}?known_at=2024-09-25"), 404, "no article")


def test_the_article_comes_before_an_event_s_own_sources(client: FlaskClient) -> None:
    """Where the article quotes another one, both are sources."""
    body = article("Mira Murati")
    body["events"][0]["sources"] = [source(5)]
    made = ok(client.post(f"{API}/articles", json=body))
    assert [found["title"] for found in made["items"][0]["sources"]] == ["Three leave OpenAI", "News 5"]


def test_all_or_none(client: FlaskClient) -> None:
    """Half an article would look like the whole of it."""
    body = article("Mira Murati", "Bob McGrew")
    body["events"][1]["effective"] = "yesterday"
    refused(client.post(f"{API}/articles", json=body), 422, "events.1.effective", "'yesterday'")
    event = post(client, departure("Barret Zoph"))
    say(client, event, "retraction", {"reason": "It was another one"})
    refused(client.post(f"{API}/articles", json=article("Mira Murati", "Barret Zoph")), 409, "events.1", "It was another one")
    refused(client.post(f"{API}/articles?strict=true", json=article("Mira Murati")), 422, "events.0.person", "Mira Murati")
    assert ids(get(client, "/people")) == ["barret-zoph"]


def test_a_trial_records_nothing(client: FlaskClient) -> None:
    """What an article would bring can be looked at first."""
    tried = ok(client.post(f"{API}/articles?dry_run=true", json=article("Mira Murati")))
    matches(client, "ArticleRecorded", tried)
    assert (tried["dry_run"], [new["id"] for new in tried["registered"]]) == (True, ["mira-murati", "openai"])
    assert ids(get(client, "/articles")) == []


def test_an_article_again_is_unchanged_and_an_other_corroborates(client: FlaskClient) -> None:
    """A second article on the same events makes them stronger, and the same one twice does not."""
    first = ok(client.post(f"{API}/articles", json=article("Mira Murati")))
    again = client.post(f"{API}/articles", json=article("Mira Murati"))
    assert (again.status_code, ok(again)["items"][0]["outcome"]) == (200, "unchanged")
    other = ok(client.post(f"{API}/articles", json=article("Mira Murati", url="https://example.com/other", title="She leaves")))
    assert (other["items"][0]["outcome"], other["items"][0]["id"]) == ("corroborated", first["items"][0]["id"])
    listed = get(client, "/articles")
    matches(client, "ArticlePage", listed)
    assert [(found["title"], found["events"]) for found in listed["items"]] == [("She leaves", 1), ("Three leave OpenAI", 1)]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_events_of_an_article_are_told_in_either_language(client: FlaskClient, lang: str) -> None:
    """An article is read with the headlines of the reader's language."""
    made = ok(client.post(f"{API}/articles", json=article("Mira Murati")))
    (event,) = get(client, f"/articles/{made['article']['id']}", lang=lang)["events"]
    assert ("を離れる" in event["headline"]) == (lang == "ja")
