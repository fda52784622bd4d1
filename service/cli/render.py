"""Answers as tables for people: the same JSON that the API gives, laid out for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from events.roles import title
from service.cli.words import say

Json = Mapping[str, Any]
PLAIN_WIDTH = 120
"""How wide tables are where no terminal says."""
MORE = "There are more events: raise --limit."
_NARROWEST = 6
_DATES = ("certainty", "date", "effective", "rule", "since", "status", "until")
_UNBROKEN = (*_DATES, *(say(words, "ja") for words in _DATES), "expected back", "group", "job", "last", "next", "outcome", "phase", "type")
_EVENT = ("effective", "status", "event", "source")


def console(*, stderr: bool = False) -> Console:
    """Where to print: as wide as the terminal, and without colours and control codes where there is none."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal or "COLUMNS" in found._environ else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table with a title and one line a row; cells are plain texts, in which brackets are brackets.

    A column in which no row has anything is left out; dates and single words are not broken where the terminal is narrow.
    """
    found = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    listed = list(rows)
    filled = [index for index in range(len(columns)) if any(row[index] for row in listed)]
    for index in filled:
        found.add_column(Text(columns[index]), overflow="fold", no_wrap=columns[index] in _UNBROKEN, min_width=_NARROWEST)
    for row in listed:
        found.add_row(*(Text(row[index]) for index in filled))
    return found


def show(parts: Iterable[RenderableType]) -> None:
    """Print the parts on stdout, without the blanks that would fill each line up; a text that must not wrap stays on its line."""
    screen = console()
    with screen.capture() as captured:
        for part in parts:
            screen.print(part, soft_wrap=isinstance(part, Text) and bool(part.no_wrap))
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def sections(heading: str, tables: Iterable[Table], nothing: str) -> Iterator[RenderableType]:
    """A heading and the tables that have rows; the sentence `nothing` where none has."""
    yield Text(heading, style="bold")
    filled = [found for found in tables if found.row_count]
    for found in filled:
        yield ""
        yield found
    if not filled:
        yield Text(nothing)


def date(value: Json | None, unknown: str = "") -> str:
    """A partial date of an answer as its source wrote it."""
    return str(value["value"]) if value else unknown


def name(value: Json | None) -> str:
    """The name of an entity in an answer."""
    return str(value["name"]) if value else ""


def role_of(line: Json, lang: str) -> str:
    """A line's role: in Japanese by its title, where it has one, else as the source wrote it."""
    known = title(line["role_key"], lang) if lang == "ja" and line["role_key"] else None
    return known or line["role"] or say("(no role named)", lang)


def looking(about: str, answer: Json, lang: str) -> str:
    """About what an answer is and how it looks at history, in words: its day, and its moment and clock."""
    clock = "" if answer["clock"] == "public" else say(", by what was recorded", lang)
    return say("{0} at the end of {1}, as known at {2}", lang, about, answer["as_of"], f"{answer['known_at'][:16]}Z{clock}")


def _table(heading: str, columns: Sequence[str], rows: Iterable[Sequence[str]], lang: str) -> Table:
    """A table whose title and columns are in that language."""
    return table(say(heading, lang), [say(words, lang) for words in columns], rows)


def _notes(line: Json, lang: str, *words: str) -> str:
    return ", ".join(say(word.replace("_", " "), lang) for word in words if line[word])


def state(answer: Json, lang: str = "en") -> Iterator[RenderableType]:
    """How an organization stands: holders, leaves, reporting lines, vacant roles and products."""
    products = (_product(line, lang) for line in answer["products"])
    vacant = ((role_of(line, lang), date(line["since"])) for line in answer["vacant"])
    tables = (
        _table("Holders", ("role", "person", "certainty", "since", "until", ""), (_holder(line, lang) for line in answer["holders"]), lang),
        _table("On leave", ("person", "since", "expected back", ""), (_leave(line, lang) for line in answer["on_leave"]), lang),
        _table("Reporting lines", ("person", "reports to", ""), (_line(line, lang) for line in answer["reports"]), lang),
        _table("Vacant", ("role", "since"), vacant, lang),
        _table("Products", ("product", "phase", "since", "expected", "versions"), products, lang),
    )
    return sections(looking(name(answer["organization"]), answer, lang), tables, say("Nothing is known of it by then.", lang))


def _holder(line: Json, lang: str) -> tuple[str, ...]:
    dates = date(line["since"], "?"), date(line["until"])
    return role_of(line, lang), name(line["person"]), say(line["certainty"], lang), *dates, _notes(line, lang, "interim", "disputed")


def _leave(line: Json, lang: str) -> tuple[str, ...]:
    return name(line["person"]), date(line["since"]), date(line["expected_return"]), _notes(line, lang, "return_not_reported")


def _line(line: Json, lang: str) -> tuple[str, ...]:
    return name(line["person"]), name(line["manager"]), say("manager has left", lang) if line["manager_left"] else ""


def _product(line: Json, lang: str) -> tuple[str, ...]:
    versions = ", ".join(f"{found['version']} ({date(found['released'])})" for found in line["versions"])
    return name(line["product"]), say(line["phase"], lang), date(line["since"]), date(line["expected"]), versions


def history(answer: Json, lang: str = "en") -> Iterator[RenderableType]:
    """A person's tenures, leaves and reporting lines, oldest first, and the latest events."""
    lines = ((name(line["organization"]), name(line["manager"]) or say("nobody", lang), date(line["since"])) for line in answer["reports"])
    tables = (
        _table("Roles", ("role", "organization", "since", "until", "", ""), (_tenure(line, lang) for line in answer["tenures"]), lang),
        _table("Leaves of absence", ("organization", "since", "until", "expected back"), map(_absence, answer["leaves"]), lang),
        _table("Reporting lines", ("organization", "reports to", "since"), lines, lang),
        _table("Events", _EVENT, (_event(item, lang) for item in answer["events"]["items"]), lang),
    )
    yield from sections(looking(name(answer["person"]), answer, lang), tables, say("Nothing is known by then.", lang))
    if answer["events"]["next"]:
        yield Text(say(MORE, lang))


def _tenure(line: Json, lang: str) -> tuple[str, ...]:
    now = say("now ({0})", lang, say(line["certainty"], lang)) if line["current"] else ""
    dates = date(line["since"], "?"), date(line["until"])
    return role_of(line, lang), name(line["organization"]), *dates, now, _notes(line, lang, "disputed")


def _absence(line: Json) -> tuple[str, ...]:
    return name(line["organization"]), date(line["since"]), date(line["until"]), date(line["expected_return"])


def events(items: Sequence[Json], lang: str = "en", *, more: bool = False) -> Iterator[RenderableType]:
    """Events with their dates, headlines and sources."""
    yield _table("", _EVENT, (_event(item, lang) for item in items), lang) if items else Text(say("No event is known that fits.", lang))
    if more:
        yield Text(say(MORE, lang))


def _event(item: Json, lang: str) -> tuple[str, ...]:
    return date(item["effective"]), say(item["status"], lang), item["headline"] + notes_of(item, lang), _sources(item["sources"])


def notes_of(item: Json, lang: str = "en") -> str:
    """What became of an event, to be put behind its headline."""
    found = [say(word, lang) for word in ("retracted", "corrected", "disputed") if item[word]]
    return f" ({', '.join(found)})" if found else ""


def _sources(sources: Sequence[Json]) -> str:
    labels = dict.fromkeys(found.get("publisher") or found.get("title") or found.get("url", "") for found in sources)
    return ", ".join(labels)
