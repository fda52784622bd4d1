"""What an event does to the world, for the referee: each event that counts, as plain records of its effects (section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.reference.clocks import RANK
from tests.reference.days import partial, start_of

Effect = dict[str, Any]
"""`what` it does, to whom, its `date` and, if given, `since` and others; and of its event `event`, `announced` and `claim`."""

PHASES = {
    "product_announcement": "announced",
    "product_delay": "delayed",
    "product_release": "released",
    "product_discontinuation": "discontinued",
}


def effects_of(events: Mapping[str, Mapping[str, Any]], *, rumoured: bool) -> Iterator[Effect]:
    """The effects of all events that count: confirmed or reported, rumoured if asked for, never denied or retracted."""
    counted = ("confirmed", "reported", "rumoured") if rumoured else ("confirmed", "reported")
    for event_id, event in events.items():
        if event["retracted"] or event["status"] not in counted:
            continue
        post = event["post"]
        for effect in _of_type(post["type"], post):
            date = partial(post["effective"])
            whole = {**effect, "organization": post["organization"], "date": date, "event": event_id, "announced": event["announced"]}
            since = {"since": partial(effect["since"])} if effect.get("since") else {"since": None}
            yield {**whole, **since, "status": event["status"], "publishers": event["publishers"]}


def claim(effect: Effect, date: Mapping[str, Any]) -> dict[str, Any]:
    """What the event of `effect` says of a day, with `best`, by which the best of several wins (rule 5)."""
    happened = effect["announced"] >= start_of(date["first"])
    width = date["last"] - date["first"]
    best = (RANK[effect["status"]], happened, effect["publishers"], -width, effect["announced"], effect["event"])
    return {"date": date, "best": best, "event": effect["event"], "status": effect["status"]}


def _of_type(kind: str, post: Mapping[str, Any]) -> Iterable[Effect]:
    said = {**_NOTHING, **post}
    found = [{"what": what, **{name: said[field] for name, field in parts.items()}} for what, parts in _PARTS.get(kind, {}).items()]
    return [effect for effect in found if effect["what"] != "ends" or effect["role"]]


_NOTHING: Mapping[str, Any] = dict.fromkeys(("role", "from_role", "since", "interim", "expected", "expected_return", "version"))
_WHO = {"person": "person"}
_PHASE = {"product": "product", "expected": "expected", "version": "version"}
_PARTS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "appointment": {"holds": {**_WHO, "role": "role", "interim": "interim"}, "ends": {**_WHO, "role": "from_role"}},
    "role_change": {"holds": {**_WHO, "role": "to_role", "interim": "interim"}, "ends": {**_WHO, "role": "from_role"}},
    "incumbency": {"observed": {**_WHO, "role": "role", "since": "since"}},
    "step_down": {"ends": {**_WHO, "role": "role", "since": "since"}},
    "departure": {"departs": {**_WHO, "role": "role", "since": "since"}},
    "leave_of_absence": {"away": {**_WHO, "expected": "expected_return"}},
    "return_from_leave": {"back": _WHO},
    "reporting_line": {"reports": {**_WHO, "manager": "manager"}},
    "founding": {"founded": {}},
    "renaming": {"named": {"name": "new_name"}},
    **{kind: {phase: _PHASE} for kind, phase in PHASES.items()},
}
"""By type of event, its effects, and by the name of each part of an effect the field that gives it."""
