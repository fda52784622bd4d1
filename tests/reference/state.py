"""What the referee answers: the state of an organization at a day, and a person's tenures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.reference import standing
from tests.reference.clocks import Line, known_events, winners
from tests.reference.days import NEVER_AFTER, NEVER_BEFORE, partial, shown
from tests.reference.effects import Effect, effects_of
from tests.reference.tenures import Tenure, World, best, fold

Json = dict[str, Any]
CERTAINTIES = ("possible", "presumed", "certain")


@dataclass(frozen=True)
class Question:
    """What a reader asks: `as_of` a day, as known at `known_at` on `clock`."""

    as_of: date
    known_at: datetime
    clock: str = "public"
    rumoured: bool = False


class Circle(Exception):
    """Two entities are merged into each other, of which the design says nothing."""


def state(log: Sequence[Line], organization: str, question: Question) -> Json:
    """The state of an organization, named by an id that stands for itself, in the shape of section 6 of the design."""
    effects = [effect for effect in known_effects(log, question) if effect["organization"] == organization]
    day = question.as_of.toordinal()
    people = by(effects, "person")
    worlds = {person: fold(known) for person, known in people.items()}
    tenures = [{**tenure, "person": person} for person, world in worlds.items() for tenure in world["tenures"]]
    since = standing.founded(effects)
    exists = since is None or since <= day
    holders = _holders(tenures, day) if exists else []
    return {
        "organization": {"id": organization, "name": standing.name(effects, day, organization)},
        "holders": holders,
        "vacant": _vacant(tenures, holders, day) if exists else [],
        "on_leave": _leaves(people, worlds, day) if exists else [],
        "reports": _reports(people, worlds, day) if exists else [],
        "products": _products(organization, effects, day) if exists else [],
    }


def tenures_of(log: Sequence[Line], person: str, question: Question) -> list[Json]:
    """All tenures of a person, named by an id that stands for itself, that began by the day."""
    known = [effect for effect in known_effects(log, question) if effect.get("person") == person]
    folds = {organization: fold(effects)["tenures"] for organization, effects in by(known, "organization").items()}
    day = question.as_of.toordinal()
    return [
        {"organization": organization, **_line({**tenure, "person": person}, day, _certainty(tenure, day))}
        for organization, tenures in folds.items()
        for tenure in tenures
    ]


def known_effects(log: Sequence[Line], question: Question) -> list[Effect]:
    """The effects of all that counts at the reading, under the ids by which entities are read then."""
    merged = winners(log, question.known_at, question.clock)
    found = []
    for effect in effects_of(known_events(log, question.known_at, question.clock), rumoured=question.rumoured):
        entities = {
            part: standing_id(merged, effect[part]) for part in ("person", "organization", "product", "manager") if effect.get(part)
        }
        expected = {"expected": partial(effect["expected"]) if effect.get("expected") else None}
        found.append({**effect, **entities, **expected})
    return found


def standing_id(merged: Mapping[str, str], entity: str) -> str:
    """The id under which an entity is read; raises `Circle`."""
    passed = [entity]
    while passed[-1] in merged:
        passed.append(merged[passed[-1]])
        if len(set(passed)) < len(passed):
            raise Circle(passed)
    return passed[-1]


def by(effects: Sequence[Effect], part: str) -> dict[str, list[Effect]]:
    """The effects that name such an entity, by its id."""
    found: dict[str, list[Effect]] = {}
    for effect in effects:
        if effect.get(part):
            found.setdefault(effect[part], []).append(effect)
    return found


def _certainty(tenure: Tenure, day: int) -> str | None:
    """Rule 6; None where the tenure does not hold at the day."""
    end = best(tenure["end"])
    begins, sure_since = _beginning(tenure)
    if (begins is not None and day < begins) or (end and day >= end["last"]):
        return None
    if not tenure["start"] and day < tenure["evidence"]:
        return "presumed"
    return "certain" if day >= sure_since and (not end or day < end["first"]) else "possible"


def _beginning(tenure: Tenure) -> tuple[int | None, int]:
    """The first day on which the tenure may have begun, None if any, and the first on which it had."""
    start = best(tenure["start"])
    return (start["first"], start["last"]) if start else (tenure["floor"], tenure["evidence"])


def _holders(tenures: Sequence[Tenure], day: int) -> list[Json]:
    """Once per role, with the best certainty; of two alike the tenure that ends later, then the one that begins later."""
    found: dict[tuple[str, str | None], tuple[Any, Tenure]] = {}
    for tenure in tenures:
        certainty = _certainty(tenure, day)
        if certainty is not None:
            end, (begins, sure_since) = best(tenure["end"]), _beginning(tenure)
            rank = CERTAINTIES.index(certainty), end["last"] if end else NEVER_AFTER, begins or NEVER_BEFORE, sure_since
            who = (tenure["person"], tenure["role"])
            if who not in found or rank >= found[who][0]:
                found[who] = rank, tenure
    return [_line(tenure, day, _certainty(tenure, day)) for _, tenure in found.values()]


def _line(tenure: Tenure, day: int, certainty: str | None) -> Json:
    since, until = best(tenure["start"]), best(tenure["end"])
    return {
        "role": tenure["role"],
        "person": tenure["person"],
        "certainty": certainty,
        "interim": [False, *(interim for begins, interim in tenure["interim"] if begins <= day)][-1],
        "since": shown(since),
        "until": shown(until),
        "events": tenure["events"],
        "disputed": [*_disputed("since", tenure["start"], since), *_disputed("until", tenure["end"], until)],
    }


def _disputed(field: str, claims: Sequence[Json], won: Json | None) -> list[Json]:
    others = [one for one in claims if won and (one["date"]["first"], one["date"]["last"]) != (won["first"], won["last"])]
    return [{"field": field, "value": shown(one["date"]), "event": one["event"], "status": one["status"]} for one in others]


def _vacant(tenures: Sequence[Tenure], holders: Sequence[Json], day: int) -> list[Json]:
    held = {line["role"] for line in holders}
    found: dict[str, Json] = {}
    for tenure in tenures:
        role, end = tenure["role"], best(tenure["end"])
        if role and role not in held and end and end["last"] <= day and (role not in found or end["last"] > found[role]["last"]):
            found[role] = end
    return [{"role": role, "since": shown(end)} for role, end in found.items()]


def _leaves(people: Mapping[str, Sequence[Effect]], worlds: Mapping[str, World], day: int) -> list[Json]:
    found = []
    for person, known in people.items():
        leave = standing.leave(known, worlds[person], day)
        if leave:
            overdue = bool(leave["expected"] and day > leave["expected"]["last"])
            parts = {"since": shown(leave["since"]), "expected_return": shown(leave["expected"]), "events": leave["events"]}
            found.append({"person": person, "return_not_reported": overdue, **parts})
    return found


def _reports(people: Mapping[str, Sequence[Effect]], worlds: Mapping[str, World], day: int) -> list[Json]:
    found = []
    for person, known in people.items():
        line = standing.line(known, worlds[person], day)
        if line:
            manager = line["manager"]
            world = worlds.get(manager, {"tenures": [], "departures": []})
            left = standing.has_left(world, day) and not any(_certainty(tenure, day) for tenure in world["tenures"])
            found.append({"person": person, "manager_left": left, **line, "since": shown(line["since"])})
    return found


def _products(organization: str, effects: Sequence[Effect], day: int) -> list[Json]:
    found = ((product, standing.product(known, day)) for product, known in by(effects, "product").items())
    return [{"product": product, "organization": organization, **phase} for product, phase in found if phase]
