"""The state of an organization at the end of a day."""

from __future__ import annotations

from typing import Any

from flask import Response

from events.fields import Flag
from projections.standing import organization_state
from service.api.answers import answer, look, standing_id
from service.api.calls import Feature, ReadQuery

feature = Feature("state", "How an organization stood at the end of a day, as far as was known at a moment.")


class StateQuery(ReadQuery):
    """The reading, and whether to explain it."""

    explain = Flag(
        load_default=False, metadata={"description": "Give each line its `why`: what each event did, by which rule, and which claims lost."}
    )


@feature.read("/organizations/<entity>/state", "State", StateQuery, mementos="organization")
def state(query: dict[str, Any], entity: str) -> Response:
    """Read how an organization stood at the end of a day.

    Who held which role, who was on leave, who reported to whom, which roles were vacant, and its products. `explain` gives
    each line its reasons.
    """
    with look(query) as seen:
        organization = standing_id(seen, "organization", entity)
        return answer(organization_state(seen.connection, organization, seen.reading, explain=query["explain"]), seen)
