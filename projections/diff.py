"""What differs between two states, line by line, each line with the events that made the difference.

The two may be of different days, of different moments of knowledge, or both. Every line has the lines of the states
`before` and `after`, null where there is none, so that a diff applied to the first state gives the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from projections.claims import Json
from projections.folded import Absence, Held, Histories, Reporting
from projections.state import holds

Key = tuple[str, ...]
Flat = Held | Absence | Reporting
LEADERSHIP = ("joined", "left", "changed")
_ABOUT = ("person", "organization", "product", "role", "role_key")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the lines of a state by section, with names put in, the histories that it was read from, and its day.

    `renamings` has by organization the event that gave it its name, where one did.
    """

    lines: Mapping[str, Any]
    histories: Histories
    day: int
    renamings: Mapping[str, str] = field(default_factory=dict)


def diff(before: Side, after: Side, who: str = "person") -> dict[str, list[Json]]:
    """The lines of `holders`, `on_leave`, `reports`, `vacant` and `products` that differ, by what became of them.

    `joined`, `left` and `changed` are lines of holders: of who had no role before, has none any more, or has others; `who` is
    the field that tells (an organization's people, or a person's organizations). `on_leave` are leaves that began or
    changed, `returned` those that are over. Each line names its `events`; one that differs by a name alone has that of
    the renaming, or none where the name was given without one.
    """
    found: dict[str, list[Json]] = {name: [] for name in (*LEADERSHIP, "on_leave", "returned", "reports", "vacant", "products")}
    held_by = [{line[who]["id"] for line in side.lines["holders"]} for side in (before, after)]
    for change in _changes(before, after, "holders", _role, _turn_of_role):
        line = change["after"] or change["before"]
        found[_leadership(*(line[who]["id"] in ids for ids in held_by))].append(change)
    for change in _changes(before, after, "on_leave", _person, _turn_of_leave):
        found["returned" if change["after"] is None else "on_leave"].append(change)
    found["reports"] = _changes(before, after, "reports", _person, _turn_of_line)
    found["vacant"] = _changes(before, after, "vacant", lambda line: (line["role_key"],), _turn_of_vacancy)
    found["products"] = _changes(before, after, "products", lambda line: (line["product"]["id"],), lambda *_: ())
    return found


def _leadership(before: bool, after: bool) -> str:
    """What became of somebody who had roles before, or has some after."""
    return "changed" if before and after else "left" if before else "joined"


Turn = Callable[[Json, Side, bool], Iterable[str]]
"""The events that opened, or closed if so asked, a line as one side tells it."""


def _changes(before: Side, after: Side, section: str, key: Callable[[Json], Key], turn: Turn) -> list[Json]:
    then, now = ({key(line): line for line in side.lines.get(section, ())} for side in (before, after))
    differing = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    renamings = {**before.renamings, **after.renamings}
    return [_change(then.get(name), now.get(name), after, turn, renamings) for name in differing]


def _change(then: Json | None, now: Json | None, after: Side, turn: Turn, renamings: Mapping[str, str]) -> Json:
    line = now or then or {}
    about: Json = {name: line[name] for name in _ABOUT if name in line}
    if then is not None and now is not None and _nameless(then) == _nameless(now):
        return {**about, "before": then, "after": now, "events": _renaming(then, now, renamings)}
    return {**about, "before": then, "after": now, "events": list(dict.fromkeys(_events(then, now, after, turn)))}


def _nameless(line: Json) -> Json:
    return {name: value["id"] if isinstance(value, dict) and "id" in value else value for name, value in line.items()}


def _renaming(then: Json, now: Json, renamings: Mapping[str, str]) -> list[str]:
    """The event behind another name in a line that is the same but for names; none where the name was given without one."""
    own = now.get("organization")
    return [renamings[own["id"]]] if own is not None and own != then["organization"] and own["id"] in renamings else []


def _events(then: Json | None, now: Json | None, after: Side, turn: Turn) -> Iterable[str]:
    """Of a line that came or went, the events that made it; of one that changed, those that only one side counts, else all."""
    if now is None:
        assert then is not None
        return list(turn(then, after, True)) or then.get("events", ())
    if then is None:
        return list(turn(now, after, False)) or now.get("events", ())
    told, tells = _counted(then), _counted(now)
    differing = [event for event in (*told, *tells) if (event in told) != (event in tells)]
    return differing or list(turn(now, after, False)) or now.get("events", ())


def _counted(line: Json) -> list[str]:
    """The events that a line counts: those behind it, and of a product those of its versions."""
    return [*line.get("events", ()), *(version["event"] for version in line.get("versions", ()))]


def _person(line: Json) -> Key:
    return (line["person"]["id"], line.get("organization", {}).get("id", ""))


def _role(line: Json) -> Key:
    return (line["role_key"] or "", *_person(line))


def _turn_of_role(line: Json, side: Side, closing: bool) -> Iterable[str]:
    mine = [held for held in side.histories.tenures if _is_of(held, line) and held.role_key == line["role_key"]]
    return _turned([(held.start_first, held.end_last, held.body) for held in mine], side.day, closing)


def _turn_of_leave(line: Json, side: Side, closing: bool) -> Iterable[str]:
    mine = [leave for leave in side.histories.leaves if _is_of(leave, line)]
    return _turned([(leave.first, leave.until, leave.body) for leave in mine], side.day, closing)


def _turn_of_line(line: Json, side: Side, closing: bool) -> Iterable[str]:
    mine = [found for found in side.histories.lines if _is_of(found, line) and found.manager is not None]
    own = list(_turned([(found.first, found.until, found.body) for found in mine], side.day, closing))
    if line["manager_left"] and not closing:
        gone = [held for held in side.histories.tenures if held.person == line["manager"]["id"] and held.end_last <= side.day]
        return [event for held in gone for event in held.body["ended_by"]]
    return own


def _turn_of_vacancy(line: Json, side: Side, closing: bool) -> Iterable[str]:
    """A vacancy ends when somebody takes up the role, and begins when the last one left it."""
    mine = [held for held in side.histories.tenures if held.role_key == line["role_key"]]
    if closing:
        return [event for held in mine if holds(held, side.day) for event in held.body["started_by"] or held.body["events"]]
    last = max((held for held in mine if held.end_last <= side.day), key=lambda held: held.end_last, default=None)
    return last.body["ended_by"] if last is not None else ()


def _is_of(flat: Flat, line: Json) -> bool:
    about = {"person": flat.person, "organization": flat.organization}
    return all(line[name]["id"] == entity for name, entity in about.items() if name in line)


def _turned(rows: Iterable[tuple[int, int, Mapping[str, Any]]], day: int, closing: bool) -> Iterable[str]:
    """What opened the row that counts on the day; or what closed the last one, or will open the next, when none does."""
    ordered = sorted(rows, key=lambda row: row[:2])
    if not closing:
        return [event for first, until, body in ordered if first <= day < until for event in body["started_by"] or body["events"]]
    over = [body["ended_by"] for _, until, body in ordered if until <= day]
    coming = [body["started_by"] for first, _, body in ordered if first > day]
    return [*(over[-1] if over else ()), *(coming[0] if coming and not over else ())]
