"""What changed between two days, or what was learned between two moments, or both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import fields

from events.errors import Invalid, Problem
from events.refs import PLURAL, Kind
from projections.compared import DIFFS
from projections.feed_diff import FeedDiffQuery, feed_diff
from service.api.answers import answer, look, look_twice, page, standing_id
from service.api.calls import Feature, Limit, ReadQuery

feature = Feature("diff", "What changed between two days, and what was learned between two moments.")


class DiffQuery(ReadQuery):
    """The two readings to compare; `as_of` and `known_at` are of both, where a side has none of its own."""

    from_ = fields.String(data_key="from", metadata={"description": "The first day.", "format": "date"})
    to = fields.String(metadata={"description": "The second day.", "format": "date"})
    from_known_at = fields.String(metadata={"description": "For the first side, use only what was known by this instant or day."})
    to_known_at = fields.String(metadata={"description": "For the second side, use only what was known by this instant or day."})


def _declare(kind: Kind) -> Callable[..., Any]:
    def view(query: dict[str, Any], entity: str) -> Response:
        with look_twice(_sides(query)) as (before, after):
            found = standing_id(after, kind, entity)
            return answer(DIFFS[kind](after.connection, found, before.reading, after.reading), after)

    view.__name__ = f"{kind}_diff"
    view.__doc__ = f"""Compare two readings of one of the {PLURAL[kind]}.

    With `from` and `to`: what changed in the world. With `from_known_at` and `to_known_at`: what was learned.
    """
    return feature.read(f"/{PLURAL[kind]}/<entity>/diff", f"{kind.capitalize()}Diff", DiffQuery)(view)


class FeedDiffParameters(DiffQuery):
    """The two readings, and how many events at once."""

    limit = Limit()
    cursor = fields.String(metadata={"description": "Where the page begins, from `next` of the page before, with the same readings."})


@feature.read("/feed/diff", "FeedDiffPage", FeedDiffParameters)
def feed_difference(query: dict[str, Any]) -> Response:
    """List the events in which two readings of the feed differ.

    With `from` and `to`: what happened in between. With `from_known_at` and `to_known_at`: what was learned, corrected or retracted.
    """
    if "cursor" in query:
        return _next_page(query)
    with look_twice(_sides(query)) as (before, after):
        wanted = FeedDiffQuery(query["limit"], None, before.reading.as_of, before.reading.known_at)
        return page(feed_diff(after.connection, wanted, after.reading, after.ceiling), after, query)


def _next_page(query: dict[str, Any]) -> Response:
    """Where a page goes on; what the cursor pins is not given again."""
    again = [Problem(name, value, f"the cursor pins `{name}` already", "the address that the page before gave as `next`")
             for name, value in _sides(query).items() if name not in ("cursor", "limit")]  # fmt: skip
    if again:
        raise Invalid(tuple(again))
    with look({"cursor": query["cursor"]}) as seen:
        return page(feed_diff(seen.connection, FeedDiffQuery(query["limit"], query["cursor"]), seen.reading, seen.ceiling), seen, query)


def _sides(query: dict[str, Any]) -> dict[str, Any]:
    """The parameters by the names that they have in the address."""
    return {"from" if name == "from_" else name: value for name, value in query.items()}


for _kind in DIFFS:
    _declare(_kind)
