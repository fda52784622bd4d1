"""What the histories of several people in one organization contradict: seats, circles of reporting lines, successions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from events.dates import PartialDate, close
from events.event import RANK
from events.roles import Role, seats
from projections.claims import Json, day_json
from projections.folded import Held, Reporting
from projections.state import certainty, holds


def seat_rivals(tenures: Iterable[Held], day: int) -> list[list[Held]]:
    """Two or more certain holders of a role that has a single seat, at the end of the ordinal day: of each such role, by age."""
    by_role: dict[str, list[Held]] = defaultdict(list)
    for held in tenures:
        if held.role_key is not None and seats(held.role_key) == 1 and holds(held, day) and certainty(held, day) == "certain":
            by_role[held.role_key].append(held)
    found = (sorted({held.person: held for held in mine}.values(), key=seat_age) for _, mine in sorted(by_role.items()))
    return [mine for mine in found if len(mine) > 1]


def seat_age(held: Held) -> tuple[int, str]:
    """Sorts the holders of a seat, who came first before who came later."""
    return (held.start_first if held.start_known else held.start_last, held.person)


def seat_clash(mine: Sequence[Held], suggestion: Json) -> Json:
    """The conflict of the holders of one seat, one claim each in their order."""
    return {
        "kind": "seat",
        "role": mine[0].body["role"],
        "role_key": mine[0].role_key,
        "people": [held.person for held in mine],
        "claims": [
            {"field": "holder", "person": held.person, "value": held.body["since"], "event": opened_by(held), "status": None}
            for held in mine
        ],
        "suggestion": suggestion,
    }


def opened_by(held: Held) -> str:
    """The event that tells best since when the role was held."""
    events: Sequence[str] = held.body["started_by"] or held.body["events"]
    return events[0]


def retraction(event: str) -> Json:
    """The line that takes an event back."""
    return {"retract": event, "reason": "another report contradicts it"}


def circle_clashes(lines: Iterable[Reporting], day: int) -> list[Json]:
    """Circles of reporting lines at the end of the ordinal day."""
    standing = {line.person: line for line in lines if line.first <= day < line.until and line.manager is not None}
    found: dict[frozenset[str], Json] = {}
    for person in sorted(standing):
        path = [person]
        while (line := standing.get(path[-1])) is not None and line.manager is not None and line.manager not in path:
            path.append(line.manager)
        if line is not None and line.manager == person:
            found.setdefault(frozenset(path), _circle([standing[member] for member in path]))
    return list(found.values())


def _circle(lines: Sequence[Reporting]) -> Json:
    oldest = min(lines, key=lambda line: (line.first, line.person))
    return {
        "kind": "circle",
        "role": None,
        "role_key": None,
        "people": [line.person for line in lines],
        "claims": [
            {"field": "manager", "person": line.person, "value": line.body["since"], "event": event, "status": None}
            for line in lines
            for event in line.body["events"]
        ],
        "suggestion": retraction(oldest.body["events"][0]),
    }


@dataclass(frozen=True, slots=True)
class Succession:
    """One report's word on who followed whom: `day` is the event's, `event_id` and `status` tell where it comes from.

    `fields` are those of `predecessor` and `successor` that an event of its type has; the other one is its `person`.
    """

    organization: str
    role: Role
    predecessor: str
    successor: str
    day: PartialDate
    event_id: str
    status: str
    fields: tuple[str, ...]


def succession_clashes(told: Iterable[Succession], day: int) -> list[Json]:
    """Reports that name different predecessors of one person in a role, or different successors, at about the same time."""
    found = [one for one in told if one.day.first <= day]
    return [*_named_differently(found, "successor", "predecessor"), *_named_differently(found, "predecessor", "successor")]


def _named_differently(told: Sequence[Succession], same: str, other: str) -> Iterator[Json]:
    groups: dict[tuple[str, str], list[Succession]] = defaultdict(list)
    for one in told:
        groups[one.role.key, getattr(one, same)].append(one)
    for (key, person), mine in sorted(groups.items()):
        first = min(mine, key=lambda one: (one.day.first, one.event_id))
        apart = [one for one in mine if getattr(one, other) != getattr(first, other) and close(one.day, first.day)]
        if apart:
            yield _succession(key, person, (same, other), [first, *apart])


def _succession(key: str, person: str, ends: tuple[str, str], told: Sequence[Succession]) -> Json:
    other = ends[1]
    return {
        "kind": "succession",
        "role": told[0].role.text,
        "role_key": key,
        "people": [person, *dict.fromkeys(getattr(one, other) for one in told)],
        "claims": [
            {"field": other, "person": getattr(one, other), "value": day_json(one.day), "event": one.event_id, "status": one.status}
            for one in told
        ],
        "suggestion": _agreeing(person, ends, told),
    }


def _agreeing(person: str, ends: tuple[str, str], told: Sequence[Succession]) -> Json:
    """Correct the weakest report that contradicts the strongest: to the same name, or to no name where the type has no such field."""
    same, other = ends
    strongest = max(told, key=lambda one: (RANK[one.status], one.event_id))
    right = getattr(strongest, other)
    weakest = min((one for one in told if getattr(one, other) != right), key=lambda one: (RANK[one.status], one.event_id))
    if other in weakest.fields:
        return {"correct": weakest.event_id, "changes": {other: right}, "reason": f"the {other} is {right}"}
    return {"correct": weakest.event_id, "changes": {same: None}, "reason": f"the {other} of {person} is {right}"}
