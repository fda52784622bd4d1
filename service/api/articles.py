"""Articles: what events cite; read with their events, and posted together with all of them in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from events.articles import article_id, article_of
from events.dates import quote
from events.errors import AnnalsError, NotFound
from events.fields import Several
from events.posting import Post, load_post
from events.sources import SourceSchema
from projections.articles import article as article_at
from projections.articles import article_list
from service.access import caller
from service.api.answers import answer, look, page
from service.api.calls import Feature, PageQuery
from service.api.events import RecordQuery
from service.api.writes import recorded, submit
from service.ledger.recording import record
from service.ledger.submissions import Answer
from service.ledger.unit import Unit

feature = Feature("articles", "Articles that events cite: read with their events, and posted together with all of them.")
MOST_EVENTS = 100


class NewArticle(SourceSchema):
    """An article and the events that it reports; each event may name further sources of its own."""

    events = Several(
        fields.Raw(metadata={"type": "object", "description": "An event as for POST /events; `sources` may be left out."}),
        most=MOST_EVENTS,
        required=True,
    )


@feature.read("/articles", "ArticlePage", PageQuery)
def articles(query: dict[str, Any]) -> Response:
    """List articles, newest first."""
    with look(query) as seen:
        return page(article_list(seen.connection, seen.reading, query["limit"], query.get("cursor"), seen.ceiling), seen, query)


@feature.read("/articles/<article_id>", "ArticleAnswer")
def article(query: dict[str, Any], article_id: str) -> Response:
    """Read an article with all events that cite it."""
    wanted = article_uuid(article_id)
    with look(query) as seen:
        return answer(article_at(seen.connection, wanted, seen.reading), seen)


@feature.write("/articles", {201: "ArticleRecorded", 200: "ArticleRecorded"}, body=NewArticle, query=RecordQuery, problems=(409,))
def post_article(query: dict[str, Any], body: dict[str, Any]) -> Response:
    """Post an article with all its events.

    All are recorded, or none. The article is a source of each event; an event may name further ones. 201 where an event is new,
    200 where all were already recorded.
    """
    given = body.pop("events")
    source = SourceSchema().dump(body)
    posts = [_post(index, event, source) for index, event in enumerate(given)]
    about = {"id": str(article_id(source)), **article_of(source)}

    def command(unit: Unit) -> Answer:
        items = list(_recorded(unit, posts, query))
        status = 201 if any(item["outcome"] == "recorded" for item in items) else 200
        return Answer(status, {"article": about, "items": items, "registered": [new for item in items for new in item["registered"]]})

    return submit(command, dry_run=query["dry_run"])


def _post(index: int, event: Any, source: Mapping[str, Any]) -> Post:
    if isinstance(event, Mapping):
        own = event.get("sources") or []
        event = {**event, "sources": [source, *own] if isinstance(own, list) else own}
    with _within(index):
        return load_post(event)


def _recorded(unit: Unit, posts: Sequence[Post], query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for index, post in enumerate(posts):
        with _within(index):
            done = record(unit, post, caller=caller().name, strict=query["strict"], distinct=query["distinct"])
        yield recorded(unit, done)


@contextmanager
def _within(index: int) -> Iterator[None]:
    """Have errors name the event by its place in the article."""
    try:
        yield
    except AnnalsError as error:
        raise type(error)(tuple(problem.within(f"events.{index}") for problem in error.problems), error.extra) from None


def article_uuid(text: str) -> UUID:
    """The id of an article; raises `NotFound` for a text that can be none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound.of("id", text, f"no article {quote(text)} is known", "the id of a known article, a UUID") from None
