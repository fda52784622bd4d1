"""Articles: what events cite, as a list, and each with its events beside where in it they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request
from flask_babel import gettext
from marshmallow import Schema

from events.articles import article_id
from events.posting import load
from projections.articles import article as article_at
from projections.articles import article_list
from service.api.answers import Json, Look
from service.api.articles import article_uuid
from service.api.calls import WholeNumber
from service.web.addresses import data_onward, here
from service.web.entries import Entry, entry
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table

ITEMS = 50
LISTED = ("id", "title", "url", "publisher", "author", "language", "published_at", "events")
CITED = ("locator", "quote", "id", "type", "headline", "effective", "status")
MOST = 200
"""How many events of an article a page shows."""
_SCHEMA = Schema.from_dict({"start": WholeNumber(0, 10**9, "a place in the article's events")})()
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article by its locator, which may be empty, with the events that it tells and what is quoted for each."""

    locator: str
    told: tuple[tuple[Entry, str | None, str | None], ...]
    """(event, quote, language of the quote) each."""


@page("/articles", "articles.html", csv=True)
def articles(seen: Look) -> Shown:
    """The articles that known events cite, those first cited last on top."""
    found = article_list(seen.connection, seen.reading, ITEMS, request.args.get("cursor"), seen.ceiling)
    following = here(cursor=found.next) if found.next is not None else None
    data = {"items": found.items, "next": data_onward(found.next)}
    return Shown(str(gettext("Articles")), data, of_events(seen), {"following": following}, {"articles": Table(LISTED, found.items)})


@page("/articles/<article_id>", "article.html", csv=True)
def article(seen: Look, article_id: str) -> Shown:
    """An article with its events in the order in which it tells them, as far as the locators say."""
    found = article_at(seen.connection, article_uuid(article_id), seen.reading)
    cited = in_order([(event, _cited(found["id"], event)) for event in found["events"]])
    start = load(_SCHEMA, {"start": request.args.get("start", "0")})["start"]
    following = here(start=start + MOST) if len(cited) > start + MOST else None
    extra = {"passages": passages(cited[start : start + MOST]), "following": following}
    return Shown(found.get("title") or found["url"], found, of_events(seen), extra, {"events": Table(CITED, [_row(*one) for one in cited])})


def _cited(wanted: str, event: Json) -> Json:
    """The event's source that cites the article."""
    source: Json = next(source for source in event["sources"] if str(article_id(source)) == wanted)
    return source


def in_order(cited: Sequence[tuple[Json, Json]]) -> list[tuple[Json, Json]]:
    """Events with their sources in the order of the locators where every one has a number, such as a page; else as they were recorded."""
    places = [[int(number) for number in _NUMBER.findall(source.get("locator") or "")] for _, source in cited]
    if not all(places):
        return list(cited)
    return [one for _, one in sorted(zip(places, cited, strict=True), key=lambda placed: placed[0])]


def passages(cited: Sequence[tuple[Json, Json]]) -> list[Passage]:
    """The events, those together that stand one after the other at the same place of the article."""
    grouped = groupby(cited, lambda one: one[1].get("locator") or "")
    return [
        Passage(locator, tuple((entry(event, ""), source.get("quote"), source.get("language")) for event, source in told))
        for locator, told in grouped
    ]


def _row(event: Json, source: Json) -> Mapping[str, Any]:
    own = {name: event[name] for name in ("id", "type", "headline", "status")}
    return {**own, "effective": event["effective"]["value"], **{name: source.get(name) for name in ("locator", "quote")}}
