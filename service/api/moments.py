"""The days, and the moments of knowledge, on which an answer changes: what a slider jumps between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from events.refs import PLURAL, Kind
from projections.changes import MOMENTS
from service.api.answers import answer, look, standing_id
from service.api.calls import Feature, ReadQuery

feature = Feature("moments", "When answers change: the days, and the moments at which something became known.")


def _declare(kind: Kind) -> Callable[..., Any]:
    def view(query: dict[str, Any], entity: str) -> Response:
        with look(query) as seen:
            return answer(MOMENTS[kind](seen.connection, standing_id(seen, kind, entity), seen.reading), seen)

    view.__name__ = f"{kind}_moments"
    view.__doc__ = f"""Read when what is known of one of the {PLURAL[kind]} changes.

    `days`: those on which it stands otherwise than on the day before, as known at `known_at`. `known`: the moments until then, on
    the clock, at which the answer about the day changed.
    """
    return feature.read(f"/{PLURAL[kind]}/<entity>/moments", "Moments", ReadQuery)(view)


for _kind in MOMENTS:
    _declare(_kind)
