"""What changed between two days, or what was learned between two moments, or both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import fields

from events.refs import PLURAL, Kind
from projections.compared import DIFFS
from service.api.answers import answer, look_twice, standing_id
from service.api.calls import Feature, ReadQuery

feature = Feature("diff", "What changed between two days, and what was learned between two moments.")


class DiffQuery(ReadQuery):
    """The two readings to compare; `as_of` and `known_at` are of both, where a side has none of its own."""

    from_ = fields.String(data_key="from", metadata={"description": "The first day.", "format": "date"})
    to = fields.String(metadata={"description": "The second day.", "format": "date"})
    from_known_at = fields.String(metadata={"description": "For the first side, use only what was known by this instant or day."})
    to_known_at = fields.String(metadata={"description": "For the second side, use only what was known by this instant or day."})


def _declare(kind: Kind) -> Callable[..., Any]:
    def view(query: dict[str, Any], entity: str) -> Response:
        with look_twice({"from" if name == "from_" else name: value for name, value in query.items()}) as (before, after):
            found = standing_id(after, kind, entity)
            return answer(DIFFS[kind](after.connection, found, before.reading, after.reading), after)

    view.__name__ = f"{kind}_diff"
    view.__doc__ = f"""Compare two readings of one of the {PLURAL[kind]}.

    With `from` and `to`: what changed in the world. With `from_known_at` and `to_known_at`: what was learned.
    """
    return feature.read(f"/{PLURAL[kind]}/<entity>/diff", f"{kind.capitalize()}Diff", DiffQuery)(view)


for _kind in DIFFS:
    _declare(_kind)
