"""Articles: the list, and each with its events in the order in which it tells them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from service.web.articles import in_order, passages
from tests.service.web.desk import Desk, Json, words
from tests.service.web.desk import fixture_desk as fixture_desk

ARTICLE = {"url": "https://example.com/1", "title": "大きな変化", "publisher": "Example News", "language": "ja"}


def test_events_stand_beside_their_place_in_the_article(desk: Desk) -> None:
    """Whoever checks events against an article reads it once from top to bottom."""
    for place, name in (("p. 10", "Acme"), ("p. 2", "Bolt"), ("p. 2", "Core")):
        source = {**ARTICLE, "locator": place, "quote": f"{name}が生まれた。"}
        desk.post("founding", "2020-01-01", organization=name, sources=[{"title": "Another"}, source])
    address = re.search(r'href="(/articles/[^"]*)" lang="ja">大きな変化', desk.page("/articles").text)
    assert address is not None
    page = desk.page(address[1])
    text = words(page)
    assert '<h1 lang="ja">大きな変化</h1>' in page.text
    assert re.findall(r"<h2>([^<]*)</h2>", page.text) == ["p. 2", "p. 10"]
    assert text.index("Bolt is founded") < text.index("Core is founded") < text.index("Acme is founded")
    assert '<blockquote lang="ja"><p>Boltが生まれた。</p></blockquote>' in page.text
    assert '<a href="https://example.com/1" rel="noopener noreferrer nofollow external">' in page.text
    rows = desk.client.get(f"{address[1]}.csv").text.splitlines()
    assert rows[1].startswith("p. 2,Boltが生まれた。,")


def test_places_without_numbers_stay_as_they_were_recorded() -> None:
    """Words such as `closing paragraph` have no order that a program knows, so the order of recording stands."""
    told: list[tuple[Json, Json]] = [({}, {"locator": "Closing paragraph"}), ({}, {"locator": "p. 1"}), ({}, {})]
    assert in_order(told) == told
    assert passages([]) == []


def test_the_list_tells_how_many_events_cite_each(pages: FlaskClient) -> None:
    """An analyst sees which article was worked through; the table has the same."""
    items = pages.get("/articles.json").get_json()["items"]
    text = words(pages.get("/articles"))
    assert all(item["title"] in text for item in items)
    assert len(pages.get("/articles.csv").text.splitlines()) == len(items) + 1
    assert "cites an article" in words(pages.get("/articles?known_at=2000-01-01"))


def test_many_articles_come_page_by_page(desk: Desk) -> None:
    """A list of a thousand articles must not be one page."""
    sources = [{"title": f"Article {number}"} for number in range(49)]
    desk.post("founding", "2020-01-01", organization="Acme", sources=sources)
    desk.post("founding", "2020-01-02", organization="Bolt", sources=[*sources[:2], {"title": "Last"}, {"title": "Latest"}])
    page = desk.page("/articles")
    link = re.search(r'<a class="button" href="(/articles\?cursor=[^"]*)">Earlier articles', page.text)
    assert link is not None
    assert "Article 0" in words(desk.page(link[1]))


def test_an_article_of_a_thousand_events_comes_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that was imported as one source must not be a page of megabytes."""
    monkeypatch.setattr("service.web.articles.MOST", 2)
    for name in ("Acme", "Bolt", "Core"):
        desk.post("founding", "2020-01-01", organization=name, sources=[ARTICLE])
    address = "/articles/" + desk.client.get("/articles.json").get_json()["items"][0]["id"]
    page = desk.page(address)
    assert "Core is founded" not in words(page)
    assert f'href="{address}?start=2">Further events' in page.text
    assert "Core is founded" in desk.text(f"{address}?start=2")
    assert desk.page(f"{address}?start=x").status_code == 422


def test_an_article_that_is_not_known(pages: FlaskClient) -> None:
    """An id that is none, or of no article, is told as a page."""
    for wanted in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert pages.get(f"/articles/{wanted}").status_code == 404
