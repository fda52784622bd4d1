"""The fold of one person's tenures in one organization, for the referee: rules 1 to 5 of section 4, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.reference.days import is_close, overlap, same_day
from tests.reference.effects import Effect, claim

Tenure = dict[str, Any]
"""A person's time in a role: `role` or None; the claims of its `start` and `end`, none where it is unknown or open.

`evidence` and `floor` are the first evidence of it and the day before which it cannot have begun, `sighting` the first one
where that made it; `interim` by days, `events`, and after how many departures it was opened (`departed`).
"""
World = dict[str, Any]
"""`tenures` and `departures`, each in the order in which they are told of.

A departure has `claims` of its date, the `tenures` that it ended, and whether it is `over` since something was opened.
"""

OPENINGS = ("holds", "observed")
CLOSINGS = ("ends", "departs")


def fold(effects: Iterable[Effect]) -> World:
    """The tenures and departures that follow from the effects on one person and one organization."""
    waiting = sorted((effect for effect in effects if effect["what"] in OPENINGS + CLOSINGS), key=_order)
    world: World = {"tenures": [], "departures": []}
    while waiting:
        effect = waiting.pop(0)
        if effect["what"] == "holds":
            while first := [other for other in waiting if other["what"] in CLOSINGS and _comes_first(other, effect, world)]:
                waiting.remove(first[0])
                _apply(first[0], world)
        _apply(effect, world)
    return world


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
    still_open = [tenure for tenure in world["tenures"] if not tenure["end"] and (at_once or tenure in before)]
    if any(tenure["role"] == holds["role"] for tenure in still_open):
        return True
    # Whoever leaves one role on the day of taking up another had held it, though nobody reported since when.
    leaves_another = closing["role"] not in (None, holds["role"])
    # And of a leaving that two report, the second report is not a leaving of what was taken up afterwards.
    again = bool(world["departures"]) and same_day(best(world["departures"][-1]["claims"]), holds["date"])
    return at_once and (leaves_another or again or any(tenure in before for tenure in still_open))


def _began_before(tenure: Tenure, day: int) -> bool:
    start = best(tenure["start"])
    return bool(start["last"] < day if start else tenure["evidence"] <= day)


def _new(world: World, role: str | None, effect: Effect, **more: Any) -> Tenure:
    tenure = {
        "role": role, "start": [], "end": [], "evidence": effect["date"]["first"], "sighting": None, "floor": None,
        "interim": [], "events": [], "departed": len(world["departures"]), **more,
    }  # fmt: skip
    world["tenures"].append(tenure)
    return tenure


def _support(tenure: Tenure, effect: Effect) -> None:
    if effect["event"] not in tenure["events"]:
        tenure["events"].append(effect["event"])
    if effect["what"] == "holds":
        tenure["interim"].append((effect["date"]["first"], bool(effect["interim"])))


def _open(world: World, role: str | None) -> Tenure | None:
    return next((tenure for tenure in world["tenures"] if tenure["role"] == role and not tenure["end"]), None)


def _last_ended(world: World, role: str | None) -> Tenure | None:
    return next((tenure for tenure in reversed(world["tenures"]) if tenure["role"] == role and tenure["end"]), None)


def _holds(effect: Effect, world: World) -> None:
    tenure, said = _open(world, effect["role"]), claim(effect, effect["date"])
    if tenure is None:
        floor = _floor(world, effect["role"])
        _support(_new(world, effect["role"], effect, start=[said], floor=floor), effect)
        _opened(world)
        return
    start, was_interim = best(tenure["start"]), any(interim for _, interim in tenure["interim"])
    _support(tenure, effect)
    if start is None:
        if effect["date"]["first"] <= tenure["sighting"]["last"]:
            tenure["start"].append(said)
    elif is_close(effect["date"], start) and not (was_interim and not effect["interim"] and _wholly_after(effect["date"], start)):
        # Whoever is confirmed in a role held for the interim began before.
        tenure["start"].append(said)


def _observed(effect: Effect, world: World) -> None:
    tenure, last = _open(world, effect["role"]), _last_ended(world, effect["role"])
    if tenure is None and last is not None and _within(best(last["end"]), effect["date"]):
        tenure = last
    if tenure is None:
        tenure = _new(world, effect["role"], effect, sighting=effect["date"], floor=_floor(world, effect["role"]))
        _opened(world)
    _support(tenure, effect)
    if _is_start(effect, tenure):
        tenure["start"].append(claim(effect, effect["since"]))


def _within(date: Mapping[str, Any], bounds: Mapping[str, Any]) -> bool:
    return bool(bounds["first"] <= date["first"] and date["last"] <= bounds["last"])


def _wholly_after(date: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(date["first"] > other["last"])


def _floor(world: World, role: str | None) -> int | None:
    """Before this day the role was held in an earlier tenure."""
    last = _last_ended(world, role)
    return best(last["end"])["first"] if last else None


def _is_start(effect: Effect, tenure: Tenure) -> bool:
    """Whether `since` may be the start: none wholly after what it was told of, after the end, or within an earlier tenure."""
    since, end = effect["since"], best(tenure["end"])
    late = bool(since) and (_wholly_after(since, effect["date"]) or (end is not None and _wholly_after(since, end)))
    return bool(since) and not late and (tenure["floor"] is None or since["last"] >= tenure["floor"])


def _opened(world: World) -> None:
    for departure in world["departures"]:
        departure["over"] = True


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
    """`since` of a closing: the unknown start of what it ends, of the role alone that it names."""
    role = effect["role"]
    told_of = [tenure for tenure in world["tenures"] if role in (None, tenure["role"])]
    ended = [tenure for tenure in told_of if effect["event"] in [one["event"] for one in tenure["end"]]]
    for tenure in ended or (told_of[-1:] if role else []):
        if not tenure["start"] and _is_start(effect, tenure):
            _support(tenure, effect)
            tenure["start"].append(claim(effect, effect["since"]))


def _departs(effect: Effect, world: World) -> None:
    still_open = [tenure for tenure in world["tenures"] if not tenure["end"]]
    last = world["departures"][-1] if world["departures"] else None
    said = claim(effect, effect["date"])
    if not still_open and last and not last["over"] and is_close(effect["date"], best(last["claims"])):
        _take_name(effect, last["tenures"], world)
        last["claims"].append(said)
        for tenure in last["tenures"]:
            _close(tenure, effect)
    else:
        last = {"claims": [said], "tenures": _close_all(effect, still_open, world), "over": False}
        world["departures"].append(last)
    _name_role(effect, last, world)
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


def _take_name(effect: Effect, tenures: list[Tenure], world: World) -> None:
    """A tenure without a role takes that of a second report of its end."""
    if any(tenure["role"] == effect["role"] for tenure in world["tenures"]):
        return
    for tenure in tenures:
        tenure["role"] = tenure["role"] or effect["role"]


def _name_role(effect: Effect, departure: World, world: World) -> None:
    """A departure from a role never held there, or from nothing that is known."""
    role = effect["role"]
    if any(tenure["role"] == role for tenure in world["tenures"]) if role else world["tenures"]:
        return
    tenure = _new(world, role, effect, departed=len(world["departures"]) - 1)
    _close(tenure, effect)
    departure["tenures"].append(tenure)
