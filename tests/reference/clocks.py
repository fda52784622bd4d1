"""What was known at a moment, for the referee: the log's entries as they count on either clock (section 2 of the design)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.reference.days import moment

Line = Mapping[str, Any]
"""An entry of the log: `kind`, `id` (of the event, or the loser of a merge), `recorded_at`, `announced` or None, and more."""

POSTS = ("recorded", "corroborated")
MERGES = ("merged", "unmerged")
RANK = {"denied": 0, "rumoured": 1, "reported": 2, "confirmed": 3}
ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


def known_events(log: Sequence[Line], at: datetime, clock: str) -> dict[str, dict[str, Any]]:
    """By id, each event that counts at `at` as it then read: `post`, `publishers`, `status`, `retracted`, `announced`."""
    found = {}
    for event in dict.fromkeys(line["id"] for line in log if line["kind"] not in MERGES):
        history = [line for line in log if line["id"] == event and line["kind"] not in MERGES]
        if clock == "recorded":
            history = [line for line in history if line["recorded_at"] <= at]
        if not history:
            continue
        begins, moments = _public_moments(history)
        counting = [(when, place) for place, when in enumerate(moments) if when <= at]
        if clock == "public":
            counting.sort()
        if counting:
            found[event] = {**_content(history, [place for _, place in counting]), "announced": begins}
    return found


def winners(log: Sequence[Line], at: datetime, clock: str) -> dict[str, str]:
    """The direct winner of each entity that is merged at `at`."""
    found: dict[str, str] = {}
    for loser in {line["id"] for line in log if line["kind"] in MERGES}:
        before, counting = ALWAYS, []
        for place, line in enumerate(log):
            if line["id"] == loser and line["kind"] in MERGES:
                # Without `announced` it is clerical and counts from where the entry before it does.
                before = moment(line["announced"]) if line["announced"] else before
                if before <= at and (clock == "public" or line["recorded_at"] <= at):
                    counting.append((before if clock == "public" else ALWAYS, place))
        for _, place in sorted(counting):
            found.pop(loser, None)
            if log[place]["kind"] == "merged":
                found[loser] = log[place]["into"]
    return found


def _public_moments(history: Sequence[Line]) -> tuple[datetime, list[datetime]]:
    """When the event became public, and when each of its entries counts on the public clock."""
    begins, told_by = _default(history[0]), 0
    own: list[datetime | None] = []
    for place, line in enumerate(history):
        if line["kind"] in POSTS:
            told = _default(line)
            # Of further posts only an explicit `announced` makes the event public earlier: none lifts an embargo.
            if line["announced"] and told < begins:
                begins, told_by = told, place
            own.append(told)
        elif line["kind"] == "corrected" and line["changes"].get("announced"):
            begins = moment(line["changes"]["announced"])
            own[told_by] = begins
            own.append(None)
        else:
            own.append(_own_moment(line))
    moments = [begins]
    for when in own:
        moments.append(moments[-1] if when is None else max(when, begins))
    return begins, moments[1:]


def _default(post: Line) -> datetime:
    if post["announced"]:
        return moment(post["announced"])
    published = [moment(source["published_at"]) for source in post["post"]["sources"] if source.get("published_at")]
    return min(published, default=post["recorded_at"])


def _own_moment(line: Line) -> datetime | None:
    if line["announced"]:
        return moment(line["announced"])
    if line["kind"] == "source_added" and line["add"].get("published_at"):
        return moment(line["add"]["published_at"])
    return None


def _content(history: Sequence[Line], places: Sequence[int]) -> dict[str, Any]:
    """The event after those of its entries, in the order given."""
    lines = [history[place] for place in places]
    fields: dict[str, Any] = {}
    for line in lines:
        if line["kind"] in POSTS:
            fields = {**line["post"], **fields}
    for line in lines:
        if line["kind"] == "corrected":
            fields = {**fields, **line["changes"]}
    return {
        "post": fields,
        "status": _status(lines),
        "publishers": len(_publishers(history, places)),
        "retracted": [line["kind"] for line in lines if line["kind"] in ("retracted", "restored")][-1:] == ["retracted"],
    }


def _status(lines: Sequence[Line]) -> str:
    status = ""
    for line in lines:
        if line["kind"] == "status":
            status = line["to"]
        elif line["kind"] in POSTS and (not status or RANK[line["post"]["status"]] > RANK[status]):
            status = line["post"]["status"]
    return status


def _publishers(history: Sequence[Line], places: Sequence[int]) -> set[str]:
    """The publishers of the sources that count; a removal takes away what was there when it was made."""
    found = set()
    for place in places:
        line = history[place]
        sources = line["post"]["sources"] if line["kind"] in POSTS else [line["add"]] if line["kind"] == "source_added" else []
        for source in sources:
            removed = [other for other in places if history[other]["kind"] == "source_removed" and other > place]
            if not any(history[other]["source"] == (source["title"], source["publisher"]) for other in removed):
                found.add(source["publisher"])
    return found
