"""Conflicts: what the events known at a reading contradict, and what would settle it."""

from __future__ import annotations

from typing import Any

from flask import Response

from events.fields import Choice, Text
from projections.clashes import KINDS
from projections.conflicts import ConflictQuery, conflicts
from service.api.answers import look, page
from service.api.calls import Feature, PageQuery

feature = Feature("conflicts", "What the known events contradict, found and not hidden.")
MOST_NAME = 200


class ConflictParameters(PageQuery):
    """Which conflicts."""

    organization = Text(most=MOST_NAME, metadata={"description": "Only conflicts in this organization, by id or name."})
    person = Text(most=MOST_NAME, metadata={"description": "Only conflicts about this person, by id or name."})
    kind = Choice({kind: (kind, kind) for kind in KINDS}, metadata={"description": "Only conflicts of this kind."})


@feature.read("/conflicts", "ConflictPage", ConflictParameters, problems=(404, 422, 503))
def read_conflicts(query: dict[str, Any]) -> Response:
    """List conflicts as they stand at the end of the day.

    Each with its claims and the events that make them, and a line of an import that would settle it.
    """
    wanted = ConflictQuery(query["limit"], query.get("cursor"), *(query.get(name) for name in ("organization", "person", "kind")))
    with look(query) as seen:
        return page(conflicts(seen.connection, wanted, seen.reading, seen.ceiling), seen, query)
