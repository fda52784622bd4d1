"""Differences as tables: what changed, for whom, and the headlines of the events that made the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from projections.reading import Reading
from projections.standing import echo
from service.cli.render import date, name, notes_of, role_of, sections, table
from service.cli.words import say

Json = Mapping[str, Any]
Headlines = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """How a list of a diff is shown: its title, how a line that came or went is told, and what may differ in one that stayed."""

    title: str
    came: str
    gone: str
    part: str
    fields: Mapping[str, str]


_HOLDER = ("{0}", "no longer {0}", "role", {"certainty": "certainty", "since": "since", "until": "until", "interim": "interim"})
_LEAVE = ("on leave since {0}", "no longer on leave", "since",
          {"since": "from", "expected_return": "expected back", "return_not_reported": "return not reported"})  # fmt: skip
SECTIONS: Mapping[str, Section] = {
    "joined": Section("Joined", *_HOLDER),
    "left": Section("Left", *_HOLDER),
    "changed": Section("Changed", *_HOLDER),
    "on_leave": Section("On leave", *_LEAVE),
    "returned": Section("Returned", *_LEAVE),
    "reports": Section("Reporting lines", "reports to {0}", "no longer reports to {0}", "manager",
                       {"manager": "reports to", "since": "from", "manager_left": "manager has left"}),
    "vacant": Section("Vacant", "vacant", "no longer vacant", "role", {"since": "from"}),
    "products": Section("Products", "{0}", "not known any more", "phase",
                        {"phase": "phase", "since": "from", "expected": "expected", "versions": "versions"}),
}  # fmt: skip
"""The lists of a diff in the order in which they are shown."""
_CALLED = ("person", "organization", "product")
"""The entities of a line that make it the same line, so that they differ by their names alone."""
_OF_A_PERSON = {"joined": "Takes up", "left": "Leaves"}


def diff(answer: Json, headlines: Headlines, lang: str) -> Iterator[RenderableType]:
    """What differs in an organization or for a person; `headlines` are those of the events by id."""
    about = name(answer.get("organization") or answer["person"])
    yield from sections(heading(about, answer, lang), tables(answer, headlines, lang), say("Nothing differs.", lang))


def replay(answer: Json, lang: str) -> Iterator[RenderableType]:
    """Day by day what changed in an organization."""
    known = (f"{answer['known_at'][:16]}Z", _clock(answer, lang))
    yield Text(say("{0}: {1} → {2}, as known at {3}", lang, name(answer["organization"]), answer["from"], answer["to"], "".join(known)))
    for found in answer["days"]:
        yield ""
        yield from sections(found["day"], tables(found, answer["headlines"], lang), "")
    if not answer["days"]:
        yield Text(say("Nothing changed on these days.", lang))


def feed_diff(items: Sequence[Json], sides: tuple[Reading, Reading] | None, lang: str, *, more: bool) -> Iterator[RenderableType]:
    """The events in which two readings of the feed differ; `sides` are None where a cursor pins them."""
    about = say("The feed", lang)
    columns = [say(words, lang) for words in ("change", "effective", "status", "event")]
    found = table("", columns, (_event(item, lang) for item in items))
    compared = {"from": echo(sides[0]), "to": echo(sides[1]), "clock": sides[1].clock} if sides else None
    yield from sections(heading(about, compared, lang) if compared else about, [found], say("Nothing differs.", lang))
    if more:
        yield Text(say("There are more: raise --limit.", lang))


def heading(about: str, answer: Json, lang: str) -> str:
    """Which two readings an answer compares."""
    (was, then), (is_, now) = ((side["as_of"], f"{side['known_at'][:16]}Z") for side in (answer["from"], answer["to"]))
    clock = _clock(answer, lang)
    if then == now:
        return say("{0}: {1} → {2}, as known at {3}", lang, about, was, is_, now + clock)
    return say("{0}: {1} as known at {2} → {3} as known at {4}", lang, about, was, then, is_, now + clock)


def tables(answer: Json, headlines: Headlines, lang: str) -> Iterator[Table]:
    """A table for each list of a diff: about whom or what, the change, and the events behind it."""
    columns = [say(words, lang) for words in ("about", "change", "event")]
    for key, section in SECTIONS.items():
        rows = [(_about(line, answer, lang), _change(line, section, lang), _told(line, headlines)) for line in answer.get(key, ())]
        title_of = _OF_A_PERSON if "person" in answer else {}
        yield table(say(title_of.get(key, section.title), lang), columns, rows)
    if renamed := answer.get("renamed"):
        names = _arrow(name(renamed["before"]), name(renamed["after"]))
        yield table(say("Name", lang), columns, [("", names, _told(renamed, headlines))])


def _clock(answer: Json, lang: str) -> str:
    return "" if answer["clock"] == "public" else say(", by what was recorded", lang)


def _about(line: Json, answer: Json, lang: str) -> str:
    """Whom or what a line is about: for a person the organization, which in an answer about one says nothing."""
    if "person" in answer:
        return name(line["organization"])
    return name(line.get("product") or line.get("person")) or role_of(line, lang)


def _change(line: Json, section: Section, lang: str) -> str:
    """What became of a line: what came, what went, or each field that differs."""
    then, now = line["before"], line["after"]
    subject = _value(section.part, now or then, lang)
    if now is None:
        return say(section.gone, lang, subject)
    if then is None:
        return say(section.came, lang, subject)
    told = "\n".join(_moves(then, now, section, lang)) or say("other reports", lang)
    return f"{subject}\n{told}" if section.part == "role" and "person" in line else told


def _moves(then: Json, now: Json, section: Section, lang: str) -> Iterator[str]:
    for field in _CALLED:
        if field in now and then[field] != now[field]:
            yield say("{0}: {1}", lang, say("name", lang), _arrow(name(then[field]), name(now[field])))
    for field, label in section.fields.items():
        if then[field] != now[field]:
            yield say("{0}: {1}", lang, say(label, lang), _arrow(_value(field, then, lang), _value(field, now, lang)))


def _value(field: str, line: Json, lang: str) -> str:
    if field == "role":
        return role_of(line, lang)
    match line[field]:
        case None:
            return "?" if field == "since" else "–"
        case bool(truth):
            return say("yes" if truth else "no", lang)
        case list(versions):
            return _versions(versions)
        case {"value": found} | {"name": found}:
            return str(found)
        case word:
            return say(word, lang)


def _versions(versions: Sequence[Json]) -> str:
    return ", ".join(found["version"] for found in versions) or "–"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _told(line: Json, headlines: Headlines) -> str:
    return "\n".join(headlines.get(event, event) for event in line["events"])


def _event(item: Json, lang: str) -> tuple[str, ...]:
    sides: Iterable[Json] = [side for side in (item["before"], item["after"]) if side is not None]
    pairs = [(date(side["effective"]), say(side["status"], lang), side["headline"] + notes_of(side, lang)) for side in sides]
    return say(item["change"], lang), *(_arrow(*column) for column in zip(pairs[0], pairs[-1], strict=True))
