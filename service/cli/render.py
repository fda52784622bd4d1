"""Answers as tables for people: the same JSON that the API gives, laid out for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from service.cli.words import say

Json = Mapping[str, Any]
PLAIN_WIDTH = 120
"""How wide tables are where no terminal says."""
MORE = "There are more events: raise --limit."
_NARROWEST = 6
_DATES = ("certainty", "date", "effective", "rule", "since", "status", "until")
_UNBROKEN = (*_DATES, *(say(words, "ja") for words in _DATES), "expected back", "group", "phase", "type")
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


def looking(answer: Json) -> str:
    """How an answer looks at history, in words: its day, and its moment and clock if they matter."""
    clock = "" if answer["clock"] == "public" else ", by what was recorded"
    return f"at the end of {answer['as_of']}, as known at {answer['known_at'][:16]}Z{clock}"


def state(answer: Json) -> Iterator[RenderableType]:
    """How an organization stands: holders, leaves, reporting lines, vacant roles and products."""
    tables = (
        table("Holders", ("role", "person", "certainty", "since", "until", ""), map(_holder, answer["holders"])),
        table("On leave", ("person", "since", "expected back", ""), map(_leave, answer["on_leave"])),
        table("Reporting lines", ("person", "reports to", ""), map(_line, answer["reports"])),
        table("Vacant", ("role", "since"), ((line["role"], date(line["since"])) for line in answer["vacant"])),
        table("Products", ("product", "phase", "since", "expected", "versions"), map(_product, answer["products"])),
    )
    heading = f"{answer['organization']['name']} {looking(answer)}"
    return sections(heading, tables, "Nothing is known of it by then.")


def _holder(line: Json) -> tuple[str, ...]:
    notes = ["interim"] * line["interim"] + ["disputed"] * bool(line["disputed"])
    role = line["role"] or "(no role named)"
    return role, name(line["person"]), line["certainty"], date(line["since"], "?"), date(line["until"]), ", ".join(notes)


def _leave(line: Json) -> tuple[str, ...]:
    overdue = "return not reported" if line["return_not_reported"] else ""
    return name(line["person"]), date(line["since"]), date(line["expected_return"]), overdue


def _line(line: Json) -> tuple[str, ...]:
    return name(line["person"]), name(line["manager"]), "manager has left" if line["manager_left"] else ""


def _product(line: Json) -> tuple[str, ...]:
    versions = ", ".join(f"{found['version']} ({date(found['released'])})" for found in line["versions"])
    return name(line["product"]), line["phase"], date(line["since"]), date(line["expected"]), versions


def history(answer: Json) -> Iterator[RenderableType]:
    """A person's tenures, leaves and reporting lines, oldest first, and the latest events."""
    tables = (
        table("Roles", ("role", "organization", "since", "until", "", ""), map(_tenure, answer["tenures"])),
        table("Leaves", ("organization", "since", "until", "expected back"), map(_absence, answer["leaves"])),
        table("Reporting lines", ("organization", "reports to", "since"), map(_reported, answer["reports"])),
        table("Events", _EVENT, map(_event, answer["events"]["items"])),
    )
    yield from sections(f"{name(answer['person'])}, {looking(answer)}", tables, "Nothing is known by then.")
    if answer["events"]["next"]:
        yield Text(MORE)


def _tenure(line: Json) -> tuple[str, ...]:
    notes = "disputed" if line["disputed"] else ""
    return (
        line["role"] or "(no role named)", name(line["organization"]), date(line["since"], "?"), date(line["until"]),
        f"now ({line['certainty']})" if line["current"] else "", notes,
    )  # fmt: skip


def _absence(line: Json) -> tuple[str, ...]:
    return name(line["organization"]), date(line["since"]), date(line["until"]), date(line["expected_return"])


def _reported(line: Json) -> tuple[str, ...]:
    return name(line["organization"]), name(line["manager"]) or "nobody", date(line["since"])


def events(items: Sequence[Json], *, more: bool = False) -> Iterator[RenderableType]:
    """Events with their dates, headlines and sources."""
    yield table("", _EVENT, map(_event, items)) if items else Text("No event is known that fits.")
    if more:
        yield Text(MORE)


def _event(item: Json) -> tuple[str, ...]:
    return date(item["effective"]), item["status"], item["headline"] + notes_of(item), _sources(item["sources"])


def notes_of(item: Json, lang: str = "en") -> str:
    """What became of an event, to be put behind its headline."""
    found = [say(word, lang) for word in ("retracted", "corrected", "disputed") if item[word]]
    return f" ({', '.join(found)})" if found else ""


def _sources(sources: Sequence[Json]) -> str:
    labels = dict.fromkeys(found.get("publisher") or found.get("title") or found.get("url", "") for found in sources)
    return ", ".join(labels)
