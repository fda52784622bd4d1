"""The state of an organization at the end of a day."""

from __future__ import annotations

from typing import Any

from flask import Response

from projections.standing import organization_state
from service.api.answers import answer, look, standing_id
from service.api.calls import Feature

feature = Feature("state", "How an organization stood at the end of a day, as far as was known at a moment.")


@feature.read("/organizations/<entity>/state", "State", mementos="organization")
def state(query: dict[str, Any], entity: str) -> Response:
    """Read how an organization stood at the end of a day.

    Who held which role, who was on leave, who reported to whom, which roles were vacant, and its products.
    """
    with look(query) as seen:
        organization = standing_id(seen, "organization", entity)
        return answer(organization_state(seen.connection, organization, seen.reading), seen)
