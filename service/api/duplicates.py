"""Duplicates: events that may be the same, and an entry that says that two are, or takes that back."""

from __future__ import annotations

from typing import Any

from flask import Response

from events.fields import Text
from projections.duplicates import DuplicateQuery, duplicates
from service.api.answers import look, page
from service.api.calls import Feature, PageQuery
from service.api.feed import listed_types
from service.api.lifecycle import Reasoned, say
from service.ledger.joining import join, part

feature = Feature("duplicates", "Events that may be the same, and saying that two are.")
MOST_NAME = 200


class DuplicateParameters(PageQuery):
    """Which pairs."""

    organization = Text(most=MOST_NAME, metadata={"description": "Only pairs about this organization, by id or name."})
    person = Text(most=MOST_NAME, metadata={"description": "Only pairs about this person, by id or name."})
    type = Text(metadata={"description": "Only events of these types, parted by commas."})


class Joining(Reasoned):
    """The event that it is the same as."""

    into = Text(most=MOST_NAME, required=True, metadata={"description": "The id of the event that it is the same as."})


@feature.read("/duplicates", "DuplicatePage", DuplicateParameters, problems=(404, 422, 503))
def read_duplicates(query: dict[str, Any]) -> Response:
    """List pairs of events that may be the same.

    They are of one type and about the same people, organizations and products, on dates that overlap or lie at most 92 days
    apart; what a type tells in free words, as of a statement, shares half of its words at least. Neither is retracted or joined
    into another. Each pair has both events, the older one first, and the line of an import that would join them.
    """
    wanted = DuplicateQuery(
        query["limit"], query.get("cursor"), query.get("organization"), query.get("person"), listed_types(query.get("type"))
    )
    with look(query) as seen:
        return page(duplicates(seen.connection, wanted, seen.reading, seen.ceiling), seen, query)


@feature.write("/events/<event_id>/join", {200: "Recorded"}, body=Joining, if_match=True, problems=(409,))
def post_join(body: dict[str, Any], event_id: str) -> Response:
    """Say that an event is the same as another.

    It then counts only as a further report of that one: its sources, tags, summaries and missing details are added to it, and what
    differs is listed in `disputed`. Nothing but a parting can be said of it until then.
    """
    return say(event_id, lambda unit, target: join(unit, target, **body))


@feature.write("/events/<event_id>/part", {200: "Recorded"}, body=Reasoned, if_match=True, problems=(409,))
def post_part(body: dict[str, Any], event_id: str) -> Response:
    """Take back that an event is the same as another.

    It stands for itself again, with all that it told.
    """
    return say(event_id, lambda unit, target: part(unit, target, **body))
