"""The feed of events in the order of a clock, and the search over everything."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from events.dates import PartialDate
from events.errors import Invalid
from events.event import STATUSES
from events.fields import Choice, Text
from events.posting import STATUS_LABELS
from events.types import event_type, event_types
from projections.feed import FeedQuery, feed
from projections.search import search
from service.api.answers import Look, answer, look, page
from service.api.calls import Feature, Limit, PageQuery, ReadQuery

feature = Feature("feed", "Events in the order of a clock, filtered; and a search over everything.")
ORDERS = {name: (name, name) for name in ("effective", "announced", "recorded")}
DIRECTIONS = {name: (name, name) for name in ("desc", "asc")}
MOST_QUERY = 200


class FeedParameters(PageQuery):
    """Which events, in which order."""

    organization = Text(most=MOST_QUERY, metadata={"description": "Only events that mention this organization, by id or name."})
    person = Text(most=MOST_QUERY, metadata={"description": "Only events that mention this person, by id or name."})
    product = Text(most=MOST_QUERY, metadata={"description": "Only events that mention this product, by id or name."})
    type = Text(metadata={"description": "Only events of these types, parted by commas: " + ", ".join(event_types()) + "."})
    status = Text(metadata={"description": "Only events of these statuses, parted by commas: " + ", ".join(STATUSES) + "."})
    tag = Text(most=MOST_QUERY, metadata={"description": "Only events with this tag."})
    q = Text(most=MOST_QUERY, metadata={"description": "Only events in which, or in a name that they mention, every word occurs."})
    from_ = fields.String(data_key="from", metadata={"description": "From this day, month or year on, on the clock of the order."})
    to = fields.String(metadata={"description": "Until this day, month or year, inclusive, on the clock of the order."})
    order = Choice(ORDERS, load_default="effective", metadata={"description": "The clock of the order."})
    direction = Choice(DIRECTIONS, load_default="desc", metadata={"description": "Newest first (`desc`), or oldest first."})


class SearchQuery(ReadQuery):
    """What to search for."""

    q = Text(most=MOST_QUERY, required=True, metadata={"description": "Words or the beginning of a name, in any language."})
    limit = Limit(10)


@feature.read("/feed", "EventPage", FeedParameters, mementos="feed", problems=(404, 422, 503))
def read_feed(query: dict[str, Any]) -> Response:
    """List events in the order of a clock.

    By when they took effect, when they were announced, or when they were recorded. `as_of` keeps those that may have taken effect
    by the end of that day; `from` and `to` filter the clock of the order. Retracted events stay, and are marked;
    those joined into another are left out.
    """
    with look(query) as seen:
        return page(feed(seen.connection, feed_query(query, seen), seen.reading, seen.ceiling), seen, query)


@feature.read("/search", "Found", SearchQuery)
def read_search(query: dict[str, Any]) -> Response:
    """Search people, organizations, products and events."""
    with look(query) as seen:
        return answer(search(seen.connection, query["q"], seen.reading, query["limit"]), seen)


def feed_query(query: dict[str, Any], seen: Look) -> FeedQuery:
    """What the parameters ask of the feed; raises `Invalid`."""
    first, last = _date("from", query.get("from_")), _date("to", query.get("to"))
    return FeedQuery(
        query["limit"],
        query.get("cursor"),
        organization=query.get("organization"),
        person=query.get("person"),
        product=query.get("product"),
        types=listed_types(query.get("type")),
        statuses=tuple(_status(name) for name in _listed(query.get("status"))),
        tag=query.get("tag"),
        q=query.get("q"),
        from_=first.first if first else None,
        to=last.last if last else None,
        as_of=seen.reading.as_of if "as_of" in query else None,
        order=query["order"],
        descending=query["direction"] == "desc",
    )


def listed_types(text: str | None) -> tuple[str, ...]:
    """The names of types, parted by commas; raises `Invalid` for one that is none."""
    return tuple(event_type(name).name for name in _listed(text))


def _listed(text: str | None) -> list[str]:
    return [name.strip() for name in text.split(",")] if text else []


def _status(name: str) -> str:
    if name not in STATUS_LABELS:
        raise Invalid.of("status", name, f"{name!r} is not a status", "one of " + ", ".join(STATUSES))
    return name


def _date(name: str, text: str | None) -> PartialDate | None:
    if text is None:
        return None
    try:
        return PartialDate.parse(text)
    except Invalid as error:
        raise Invalid(tuple(problem.within(name) for problem in error.problems)) from None
