"""What changed between two days, in words: the days that are compared, and each line of a diff as a sentence with its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext, lazy_gettext

from events.moments import from_micros
from events.refs import Kind
from projections.reading import Reading
from service.api.answers import Json, Look
from service.reading import read_parameters
from service.web.cards import told_by
from service.web.filters import day, role, since, term
from service.web.marks import Marks

GROUPS: Mapping[str, object] = {
    "joined": lazy_gettext("Joined"),
    "left": lazy_gettext("Left"),
    "changed": lazy_gettext("Changed"),
    "on_leave": lazy_gettext("Went on leave"),
    "leave_changed": lazy_gettext("Leave changed"),
    "returned": lazy_gettext("Leave over"),
    "products": lazy_gettext("Products"),
    "reports": lazy_gettext("Reporting lines"),
    "vacant": lazy_gettext("Vacant roles"),
}
"""The lists of a diff in the order in which they are shown; those who stay on a leave of which other things are told stand apart."""
_FIELDS: Mapping[str, object] = {
    "certainty": lazy_gettext("certainty"),
    "since": lazy_gettext("since"),
    "until": lazy_gettext("until"),
    "interim": lazy_gettext("interim"),
    "expected_return": lazy_gettext("expected back"),
    "manager": lazy_gettext("manager"),
    "manager_left": lazy_gettext("manager has left"),
    "phase": lazy_gettext("phase"),
    "expected": lazy_gettext("expected"),
    "versions": lazy_gettext("versions"),
}
"""What may differ in a line that stays."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff: the kind and the `{"id", "name"}` of whom or what it is about (None: of a role), what became of it, its events."""

    kind: Kind | None
    about: Json | None
    text: str
    events: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind under their title; `hidden` is how many more there are."""

    key: str
    title: str
    lines: tuple[Line, ...]
    hidden: int = 0


def sides(seen: Look, marks: Marks) -> tuple[Reading, Reading] | None:
    """The readings that are compared, the earlier day first: the day looked at, and the day `from`.

    Where none is given, or that very day, it is the day before the last change; None where nothing had changed yet. Raises `Invalid` for a
    `from` that is no day.
    """
    given = {name: value for name, value in request.args.items() if name == "from"}
    other = read_parameters(given, from_micros(seen.now), own={"as_of": "from"}).as_of if given else seen.reading.as_of
    if other == seen.reading.as_of:
        last = max((day for day in marks.days if day <= seen.reading.as_of), default=None)
        if last is None:
            return None
        other = last - 1
    first, last = sorted((other, seen.reading.as_of))
    return replace(seen.reading, as_of=first), replace(seen.reading, as_of=last)


def groups(seen: Look, diff: Json, most: int | None) -> list[Group]:
    """The lines of a diff in words, in groups that have any; of each group the first `most`, None for all."""
    lists = {**diff, "on_leave": [], "leave_changed": []}
    for line in diff.get("on_leave", ()):
        lists["leave_changed" if line["before"] and line["after"] else "on_leave"].append(line)
    found = [(key, str(title), lists[key]) for key, title in GROUPS.items() if lists.get(key)]
    events = told_by(seen, [line for _, _, lines in found for line in lines[:most]])
    shown = [Group(key, title, tuple(_line(key, line, events) for line in lines[:most]), len(lines[most:]) if most else 0)
             for key, title, lines in found]  # fmt: skip
    return [*shown, *_renamed(seen, diff)]


def _renamed(seen: Look, diff: Json) -> Iterator[Group]:
    renamed = diff.get("renamed")
    if renamed:
        text = _arrow(renamed["before"]["name"], renamed["after"]["name"])
        events = told_by(seen, [renamed])
        yield Group("renamed", str(gettext("Renamed")), (Line(None, None, text, _told(renamed, events)),))


def _line(key: str, line: Json, events: Mapping[str, Json]) -> Line:
    kind: Kind = "product" if "product" in line else "person"
    about = line.get(kind)
    then, now = line["before"], line["after"]
    if now is None:
        text = _gone(key, then)
    elif then is None:
        text = _came(key, now)
    else:
        text = _stayed(then, now)
    return Line(kind if about else None, about, text, _told(line, events))


def _told(line: Json, events: Mapping[str, Json]) -> tuple[Json, ...]:
    return tuple(events[event] for event in line["events"] if event in events)


def _came(key: str, now: Json) -> str:
    match key:
        case "on_leave":
            return str(gettext("from %(day)s", day=day(now["since"]) or "?"))
        case "reports":
            return str(gettext("reports to %(name)s", name=now["manager"]["name"]))
        case "vacant":
            return str(gettext("%(role)s: vacant", role=_role(now)))
        case "products":
            return f"{term(now['phase'])} {day(now['since'])}".strip()
        case "changed":
            return str(gettext("takes up: %(role)s", role=_role(now)))
    return _role(now)


def _gone(key: str, then: Json) -> str:
    match key:
        case "returned" | "on_leave":
            return since(then["since"])
        case "reports":
            return str(gettext("no longer reports to %(name)s", name=then["manager"]["name"]))
        case "vacant":
            return str(gettext("%(role)s: filled again", role=_role(then)))
        case "products":
            return str(gettext("not known any more"))
        case "changed":
            return str(gettext("gives up: %(role)s", role=_role(then)))
    return _role(then)


_CALLED = ("person", "organization", "product")
"""The entities that make two lines the same line, so that they differ by their names alone."""


def _stayed(then: Json, now: Json) -> str:
    """Each name and each field that differs, after the role where the line is about one."""
    moved = [_moved(then[name], now[name]) for name in _CALLED if then.get(name) != now.get(name)]
    moved += [f"{label} {_moved(then[name], now[name])}" for name, label in _FIELDS.items() if then.get(name) != now.get(name)]
    if then.get("return_not_reported") != now.get("return_not_reported"):
        moved.append(str(gettext("no return reported") if now["return_not_reported"] else gettext("a return is not overdue any more")))
    told = " · ".join(moved) or str(gettext("other reports"))
    return f"{_role(now)}: {told}" if "role" in now else told


def _moved(before: object, after: object) -> str:
    """One value after the other; of a list, which only grows or is put right, what is new in it, else what is left."""
    if isinstance(before, list) and isinstance(after, list):
        new = [version for version in after if version not in before]
        return ", ".join(version["version"] for version in new or after) or "–"
    return _arrow(_value(before), _value(after))


def _role(line: Json) -> str:
    return role(line["role"])


def _value(value: object) -> str:
    match value:
        case None:
            return str(gettext("not known"))
        case bool():
            return str(gettext("yes") if value else gettext("no"))
        case {"value": str(date)}:
            return day(date)
        case {"name": str(name)}:
            return name
    return term(str(value))


def _arrow(before: str, after: str) -> str:
    return f"{before} → {after}"
