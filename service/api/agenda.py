"""The agenda: what is coming up, and what was expected and is overdue."""

from __future__ import annotations

from typing import Any

from flask import Response

from events.fields import Text
from projections.agenda import DAYS, AgendaQuery, agenda
from service.api.answers import look, page
from service.api.calls import Feature, PageQuery, WholeNumber

feature = Feature("agenda", "What is coming up, and what was expected and is overdue.")
MOST_NAME, MOST_DAYS = 200, 366


class AgendaParameters(PageQuery):
    """Which agenda."""

    days = WholeNumber(
        1, MOST_DAYS, "a number of days", load_default=DAYS, metadata={"description": "How many days after `as_of` it looks ahead."}
    )
    organization = Text(most=MOST_NAME, metadata={"description": "Only what is to happen in this organization, by id or name."})


@feature.read("/agenda", "AgendaPage", AgendaParameters, problems=(404, 422, 503))
def read_agenda(query: dict[str, Any]) -> Response:
    """List what is to come after the end of the day, the overdue first.

    Who takes up or leaves a role, goes on leave or is expected back, and which products are expected.
    """
    wanted = AgendaQuery(query["limit"], query.get("cursor"), query["days"], query.get("organization"))
    with look(query) as seen:
        return page(agenda(seen.connection, wanted, seen.reading, seen.ceiling), seen, query)
