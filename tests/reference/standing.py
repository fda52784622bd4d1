"""Leaves, reporting lines, products and the name of an organization at a day, for the referee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.reference.days import shown
from tests.reference.effects import PHASES, Effect, claim
from tests.reference.tenures import Tenure, World, best

Json = dict[str, Any]


def in_order(effects: Iterable[Effect], *kinds: str) -> list[Effect]:
    """The effects of those kinds: beginnings by `earliest`, ends by `latest`, beginnings first; then as they were announced."""

    def order(effect: Effect) -> tuple[Any, ...]:
        ends = effect["what"] in ("back", "departs")
        return effect["date"]["last" if ends else "first"], ends, effect["announced"], effect["event"]

    return sorted((effect for effect in effects if effect["what"] in kinds), key=order)


def leave(effects: Sequence[Effect], world: World, day: int) -> Json | None:
    """The leave on which a person is at the day, if any; `effects` are those on that person there, `world` their fold."""
    found: list[Json] = []
    for effect in _until_departures(effects, world, "away", "back"):
        away = bool(found) and found[-1]["until"] is None
        if effect["what"] == "away" and not away:
            found.append({"since": effect["date"], "awaited": [effect], "until": None, "events": [effect["event"]]})
        elif away:
            found[-1]["events"].extend(effect.get("all", [effect["event"]]))
            if effect["what"] == "away":
                found[-1]["awaited"].append(effect)
            else:
                found[-1]["until"] = effect.get("best", effect["date"])
    at = [one for one in found if one["since"]["first"] <= day and not (one["until"] and one["until"]["last"] <= day)]
    if not at:
        return None
    expected = [effect["expected"] for effect in at[-1]["awaited"] if effect["expected"] and effect["date"]["first"] <= day]
    return {**at[-1], "expected": expected[-1] if expected else None}


def line(effects: Sequence[Effect], world: World, day: int) -> Json | None:
    """The reporting line of a person at the day, if any."""
    found: Json | None = None
    for effect in _until_departures(effects, world, "reports"):
        if effect["what"] == "departs":
            if effect["best"]["last"] <= day:
                found = None
        elif effect["date"]["first"] <= day:
            found = {"manager": effect["manager"], "since": effect["date"], "events": [effect["event"]]} if effect["manager"] else None
    return found


def _until_departures(effects: Sequence[Effect], world: World, *kinds: str) -> list[Effect]:
    """The effects of those kinds and the departures in order, each departure once, with its `best` date and `all` its events."""
    first = {departure["claims"][0]["event"]: departure for departure in world["departures"]}
    found = []
    for effect in in_order(effects, *kinds, "departs"):
        if effect["what"] != "departs":
            found.append(effect)
        elif effect["event"] in first:
            claims = first[effect["event"]]["claims"]
            found.append({**effect, "best": best(claims), "all": [one["event"] for one in claims]})
    return found


def has_left(world: World, day: int) -> bool:
    """Whether a person has departed by the day and taken up nothing there since."""
    gone = [number for number, departure in enumerate(world["departures"], 1) if best(departure["claims"])["last"] <= day]
    since = [tenure for tenure in world["tenures"] if gone and tenure["departed"] >= gone[-1]]
    return bool(gone) and not any(_begins(tenure) <= day for tenure in since)


def _begins(tenure: Tenure) -> int:
    start = best(tenure["start"])
    return int(start["first"] if start else tenure["floor"] or 0)


def product(effects: Sequence[Effect], day: int) -> Json | None:
    """The phase of a product at the day, if it has one; `effects` are those on that product there."""
    order = list(PHASES.values())
    begun = [effect for effect in in_order(effects, *order) if effect["date"]["first"] <= day]
    if not begun:
        return None
    begun.sort(key=lambda effect: (effect["date"]["first"], order.index(effect["what"])))
    last = begun[-1]
    promised = [effect["expected"] for effect in begun if effect["expected"]] if last["what"] in ("announced", "delayed") else []
    entered = _released(begun) if last["what"] == "released" else last
    versions = [effect for effect in begun if effect["version"]]
    return {
        "phase": last["what"],
        "since": shown(entered["date"]),
        "expected": shown(promised[-1] if promised else None),
        "events": [effect["event"] for effect in begun if effect is last or effect is entered or not effect["version"]],
        "versions": [{"version": one["version"], "released": shown(one["date"]), "event": one["event"]} for one in versions],
    }


def _released(begun: Sequence[Effect]) -> Effect:
    """The first release since the product was last discontinued."""
    found: Effect = {}
    for effect in begun:
        if effect["what"] == "discontinued":
            found = {}
        elif effect["what"] == "released":
            found = found or effect
    return found


def name(effects: Sequence[Effect], day: int, first: str) -> str:
    """The name of the organization at the day."""
    begun = [effect["name"] for effect in in_order(effects, "named") if effect["date"]["first"] <= day]
    return begun[-1] if begun else first


def founded(effects: Sequence[Effect]) -> int | None:
    """The first day on which the organization may have existed, where its founding is known."""
    claims = [claim(effect, effect["date"]) for effect in effects if effect["what"] == "founded"]
    return max(claims, key=lambda one: one["best"])["date"]["first"] if claims else None
