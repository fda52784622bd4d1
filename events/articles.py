"""Articles: what sources cite, registered once by the first event that cites them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from events.entries import Entry, aggregate_id, topic
from events.names import match_key

ARTICLE_FIELDS = ("url", "title", "publisher", "author", "language", "published_at", "archived_url")


@topic("article.registered")
@dataclass(frozen=True)
class ArticleRegistered(Entry):
    """An article is known from here on; `article` holds the fields of a source that belong to the whole article."""

    article: dict[str, Any]


def article_id(source: Mapping[str, Any]) -> UUID:
    """The id of the article that a source cites: by its address, else by its title and publisher."""
    if source.get("url"):
        return aggregate_id("article", source["url"])
    return aggregate_id("article", match_key(source["title"]), match_key(source.get("publisher") or ""))


def article_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a source that belongs to the article as a whole."""
    return {name: source[name] for name in ARTICLE_FIELDS if source.get(name)}
