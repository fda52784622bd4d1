"""Articles: listed once a known event cites them, in the words of what is known."""

from __future__ import annotations

from typing import Any

import pytest

from events.articles import article_id
from events.clocks import CLOCKS, Clock
from events.errors import Invalid, NotFound
from projections.articles import article, article_list, write_articles
from tests.projections.written import Log, at
from tests.projections.written import fixture_log as fixture_log

NEWS: dict[str, Any] = {"url": "https://example.com/1", "title": "Three leave", "publisher": "News", "quote": "They left."}
LEFT: dict[str, Any] = {"person": "mira", "organization": "openai"}


def listed(log: Log, known_at: str = "2030-01-01", clock: Clock = "public") -> list[dict[str, Any]]:
    """The articles on the first page."""
    return article_list(log.connection, at(known_at, clock)).items


def test_an_article_is_shown_with_all_its_events(log: Log) -> None:
    """One article often reports several events, and a reader goes from it to each of them."""
    log.register("person", "mira")
    first = log.post("departure", "2024-09-25", "2024-09-25", **LEFT, sources=[NEWS])
    second = log.post("appointment", "2024-09-26", "2024-09-26", **LEFT, role="CTO", sources=[{"title": "Other"}, NEWS])
    known = {"id": str(article_id(NEWS)), "url": NEWS["url"], "title": "Three leave", "publisher": "News"}
    assert [(item["title"], item["events"]) for item in listed(log)] == [("Other", 1), ("Three leave", 2)]
    assert listed(log, "2024-09-25") == [{**known, "events": 1}]
    found = article(log.connection, article_id(NEWS), at())
    assert [item["id"] for item in found.pop("events")] == [str(first), str(second)]
    assert found == known
    write_articles(log.connection, [])


def test_nothing_of_an_article_shows_under_embargo(log: Log) -> None:
    """Neither the article, nor the title under which an event still unknown cites it, nor how many do."""
    log.post("departure", "2024-09-25", "2024-09-25", **LEFT, sources=[{**NEWS, "title": "Secret title", "author": "Secret"}])
    log.post("appointment", "2024-06-01", "2024-06-01", **LEFT, role="CTO", sources=[NEWS])
    for clock in CLOCKS:
        assert listed(log, "2024-05-31", clock) == []
        with pytest.raises(NotFound, match=str(article_id(NEWS))):
            article(log.connection, article_id(NEWS), at("2024-05-31", clock))
        (item,) = listed(log, "2024-09-24", clock)
        assert (item["title"], item["events"], "author" in item) == ("Three leave", 1, False)
        assert len(article(log.connection, article_id(NEWS), at("2024-09-24", clock))["events"]) == 1
        assert (listed(log, clock=clock)[0]["title"], listed(log, clock=clock)[0]["events"]) == ("Secret title", 2)


def test_articles_come_in_pages_newest_first(log: Log) -> None:
    """A page goes on where the one before ended, as known when the first was read."""
    for number in range(5):
        log.post("departure", "2024-09-25", "2024-01-01", person=f"p-{number}", organization="openai", sources=[{"title": f"T{number}"}])
    first = article_list(log.connection, at("2024-06-01"), 2)
    log.post("departure", "2024-09-25", "2024-07-01", person="new", organization="openai", sources=[{"title": "T0"}, {"title": "T9"}])
    second = article_list(log.connection, at(), 2, first.next)
    third = article_list(log.connection, at(), 2, second.next)
    assert [[item["title"] for item in page.items] for page in (first, second, third)] == [["T4", "T3"], ["T2", "T1"], ["T0"]]
    assert third.items[0]["events"] == 1
    assert third.next is None
    with pytest.raises(Invalid, match="'x' is not a cursor"):
        article_list(log.connection, at(), 2, "x")
