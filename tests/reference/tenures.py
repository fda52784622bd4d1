"""The fold of one person's tenures in one organization, for the referee: rules 1 to 5 of section 4, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.reference.days import is_close, overlap, same_day
from tests.reference.effects import Effect, claim

Tenure = dict[str, Any]
"""`role` or None, `start` and `end` (claims; none where unknown or open), `evidence`, `sighting`, `floor`, `interim`, `events`."""
World = dict[str, Any]
"""`tenures` in the order in which they began to be known, and the last `departure`, if there was one."""

OPENINGS = ("holds", "observed")
CLOSINGS = ("ends", "departs")


def fold(effects: Iterable[Effect]) -> list[Tenure]:
    """The tenures that follow from the effects on one person and one organization."""
    waiting = sorted((effect for effect in effects if effect["what"] in OPENINGS + CLOSINGS), key=_order)
    world: World = {"tenures": [], "departure": None}
    while waiting:
        effect = waiting.pop(0)
        if effect["what"] == "holds":
            for closing in [other for other in waiting if other["what"] in CLOSINGS]:
                if _comes_first(closing, effect, world):
                    waiting.remove(closing)
                    _apply(closing, world)
        _apply(effect, world)
    return list(world["tenures"])


def best(claims: list[dict[str, Any]]) -> Any:
    """The date that wins among the claims; None where there are none."""
    return max(claims, key=lambda one: one["best"])["date"] if claims else None


def _order(effect: Effect) -> tuple[Any, ...]:
    opening = effect["what"] in OPENINGS
    return effect["date"]["first" if opening else "last"], not opening, effect["announced"], effect["event"]


def _apply(effect: Effect, world: World) -> None:
    {"holds": _holds, "observed": _observed, "ends": _ends, "departs": _departs}[effect["what"]](effect, world)


def _comes_first(closing: Effect, holds: Effect, world: World) -> bool:
    """The exceptions of rule 1."""
    if not overlap(closing["date"], holds["date"]):
        return False
    before = [tenure for tenure in world["tenures"] if _began_before(tenure, holds["date"]["first"])]
    at_once = same_day(closing["date"], holds["date"])
    if closing["what"] == "ends":
        return closing["role"] == holds["role"] and (at_once or any(tenure["role"] == holds["role"] for tenure in before))
    is_open = [tenure for tenure in before if not tenure["end"]]
    return bool(is_open) if at_once else any(tenure["role"] == holds["role"] for tenure in is_open)


def _began_before(tenure: Tenure, day: int) -> bool:
    start = best(tenure["start"])
    return bool(start["last"] < day if start else tenure["evidence"] <= day)


def _new(world: World, role: str | None, effect: Effect, **more: Any) -> Tenure:
    tenure = {
        "role": role, "start": [], "end": [], "evidence": effect["date"]["first"], "sighting": None, "floor": None,
        "interim": False, "events": [effect["event"]], **more,
    }  # fmt: skip
    world["tenures"].append(tenure)
    return tenure


def _support(tenure: Tenure, effect: Effect) -> None:
    if effect["event"] not in tenure["events"]:
        tenure["events"].append(effect["event"])
    tenure["interim"] = tenure["interim"] or bool(effect.get("interim"))


def _open(world: World, role: str | None) -> Tenure | None:
    return next((tenure for tenure in world["tenures"] if tenure["role"] == role and not tenure["end"]), None)


def _last_ended(world: World, role: str | None) -> Tenure | None:
    return next((tenure for tenure in reversed(world["tenures"]) if tenure["role"] == role and tenure["end"]), None)


def _holds(effect: Effect, world: World) -> None:
    tenure, said = _open(world, effect["role"]), claim(effect, effect["date"])
    if tenure is None:
        _new(world, effect["role"], effect, start=[said], interim=bool(effect["interim"]))
        _opened(world)
        return
    _support(tenure, effect)
    start = best(tenure["start"])
    if start is None:
        if effect["date"]["first"] <= tenure["sighting"]["last"]:
            tenure["start"].append(said)
    elif is_close(effect["date"], start):
        tenure["start"].append(said)


def _observed(effect: Effect, world: World) -> None:
    tenure, last = _open(world, effect["role"]), _last_ended(world, effect["role"])
    if tenure is None and last is not None and _within(best(last["end"]), effect["date"]):
        tenure = last
    if tenure is None:
        floor = best(last["end"])["first"] if last else None
        tenure = _new(world, effect["role"], effect, sighting=effect["date"], floor=floor)
        _opened(world)
    _support(tenure, effect)
    if effect["since"]:
        tenure["start"].append(claim(effect, effect["since"]))


def _within(date: Mapping[str, Any], bounds: Mapping[str, Any]) -> bool:
    return bool(bounds["first"] <= date["first"] and date["last"] <= bounds["last"])


def _opened(world: World) -> None:
    if world["departure"]:
        world["departure"]["over"] = True


def _ends(effect: Effect, world: World) -> None:
    tenure, last = _open(world, effect["role"]), _last_ended(world, effect["role"])
    if tenure and not _is_old_end(effect, tenure, last):
        _close(tenure, effect)
    elif last is None:
        _close(_new(world, effect["role"], effect), effect)
    elif tenure or is_close(effect["date"], best(last["end"])):
        _close(last, effect)
    if last is None or tenure or is_close(effect["date"], best(last["end"])):
        _fill(effect, world)


def _is_old_end(effect: Effect, tenure: Tenure, last: Tenure | None) -> bool:
    """Rule 4: a late, rough report of the end before."""
    start = best(tenure["start"])
    return bool(last and start and overlap(effect["date"], best(last["end"])) and effect["date"]["first"] <= start["last"])


def _close(tenure: Tenure, effect: Effect) -> None:
    _support(tenure, effect)
    tenure["end"].append(claim(effect, effect["date"]))


def _fill(effect: Effect, world: World) -> None:
    """`since` of a closing: the unknown start of what it ends."""
    for tenure in world["tenures"]:
        ended_by_it = effect["event"] in [one["event"] for one in tenure["end"]]
        if effect["since"] and not tenure["start"] and ended_by_it and effect["role"] in (None, tenure["role"]):
            tenure["start"].append(claim(effect, effect["since"]))


def _departs(effect: Effect, world: World) -> None:
    still_open = [tenure for tenure in world["tenures"] if not tenure["end"]]
    departure = world["departure"]
    if still_open:
        ended = _close_all(effect, still_open, world)
        if ended:
            departure = {"tenures": ended, "claims": [claim(effect, effect["date"])], "over": False}
    elif departure and not departure["over"] and is_close(effect["date"], best(departure["claims"])):
        departure["claims"].append(claim(effect, effect["date"]))
        for tenure in departure["tenures"]:
            _close(tenure, effect)
    else:
        departure = {"tenures": [], "claims": [claim(effect, effect["date"])], "over": False}
    world["departure"] = departure
    _name_role(effect, world)
    _fill(effect, world)


def _close_all(effect: Effect, still_open: list[Tenure], world: World) -> list[Tenure]:
    ended = []
    for tenure in still_open:
        last = _last_ended(world, tenure["role"])
        if last and _is_old_end(effect, tenure, last):
            _close(last, effect)
        else:
            _close(tenure, effect)
            ended.append(tenure)
    return ended


def _name_role(effect: Effect, world: World) -> None:
    """A departure from a role never held there, or from nothing that is known."""
    role = effect["role"]
    if any(tenure["role"] == role for tenure in world["tenures"]) if role else world["tenures"]:
        return
    nameless = _last_ended(world, None)
    if role and nameless:
        nameless["role"] = role
        _support(nameless, effect)
        return
    tenure = _new(world, role, effect)
    _close(tenure, effect)
    if world["departure"]:
        world["departure"]["tenures"].append(tenure)
