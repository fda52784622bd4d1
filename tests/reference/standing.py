"""Leaves, reporting lines, products and the name of an organization at a day, for the referee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.reference.days import shown
from tests.reference.effects import PHASES, Effect, claim

Json = dict[str, Any]


def in_order(effects: Iterable[Effect], *kinds: str) -> list[Effect]:
    """The effects of those kinds: beginnings by `earliest`, ends by `latest`, beginnings first; then as they were announced."""

    def order(effect: Effect) -> tuple[Any, ...]:
        ends = effect["what"] in ("back", "departs")
        return effect["date"]["last" if ends else "first"], ends, effect["announced"], effect["event"]

    return sorted((effect for effect in effects if effect["what"] in kinds), key=order)


def leave(effects: Sequence[Effect], day: int) -> Json | None:
    """The leave on which a person is at the day, if any; `effects` are those on that person there."""
    found: Json | None = None
    for effect in in_order(effects, "away", "back", "departs"):
        if effect["what"] != "away":
            if effect["date"]["last"] <= day:
                found = None
        elif effect["date"]["first"] <= day:
            found = found or {"since": effect["date"], "expected": None, "events": []}
            found["expected"] = effect["expected"] or found["expected"]
            found["events"].append(effect["event"])
    return found


def line(effects: Sequence[Effect], day: int) -> Json | None:
    """The reporting line of a person at the day, if any."""
    found: Json | None = None
    for effect in in_order(effects, "reports", "departs"):
        if effect["what"] == "departs":
            if effect["date"]["last"] <= day:
                found = None
        elif effect["date"]["first"] <= day:
            found = {"manager": effect["manager"], "since": effect["date"], "events": [effect["event"]]} if effect["manager"] else None
    return found


def has_left(effects: Sequence[Effect], day: int) -> bool:
    """Whether a person has departed by the day and was not heard of there since."""
    left = False
    for effect in in_order(effects, "holds", "observed", "away", "back", "departs"):
        if effect["date"]["last" if effect["what"] == "departs" else "first"] <= day:
            left = effect["what"] == "departs"
    return left


def product(effects: Sequence[Effect], day: int) -> Json | None:
    """The phase of a product at the day, if it has one; `effects` are those on that product there."""
    begun = [effect for effect in in_order(effects, *PHASES.values()) if effect["date"]["first"] <= day]
    if not begun:
        return None
    released = [effect for effect in begun if effect["what"] == "released" and effect["version"]]
    return {
        "phase": begun[-1]["what"],
        "since": shown(begun[-1]["date"]),
        "expected": shown(begun[-1]["expected"]),
        "events": [begun[-1]["event"]],
        "versions": [{"version": one["version"], "released": shown(one["date"]), "event": one["event"]} for one in released],
    }


def name(effects: Sequence[Effect], day: int, first: str) -> str:
    """The name of the organization at the day."""
    begun = [effect["name"] for effect in in_order(effects, "named") if effect["date"]["first"] <= day]
    return begun[-1] if begun else first


def founded(effects: Sequence[Effect]) -> int | None:
    """The first day on which the organization may have existed, where its founding is known."""
    claims = [claim(effect, effect["date"]) for effect in effects if effect["what"] == "founded"]
    return max(claims, key=lambda one: one["best"])["date"]["first"] if claims else None
