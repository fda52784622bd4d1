"""Reasons as tables: why each line of a state is as it is, and which reports contradict each other or may be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from service.cli.changes import Headlines
from service.cli.render import date, looking, name, notes_of, role_of, sections, table
from service.cli.words import say

Json = Mapping[str, Any]
EXPLAINED = ("holders", "on_leave", "reports", "vacant", "products")


def explanation(answer: Json, headlines: Headlines, lang: str, nothing: str) -> Iterator[RenderableType]:
    """For each line of a state the events behind it in order, what each did and by which rule, and which claims lost and why."""
    heading = looking(name(answer["organization"]), answer, lang)
    columns = [say(words, lang) for words in ("event", "what it does", "rule")]
    tables = (table(_title(section, line, lang), columns, _why(line, headlines, lang)) for section in EXPLAINED for line in answer[section])
    yield from sections(heading, tables, say(nothing, lang))


def _title(section: str, line: Json, lang: str) -> str:
    match section:
        case "holders":
            return f"{role_of(line, lang)}: {name(line['person'])}"
        case "on_leave":
            return f"{name(line['person'])}: {say('on leave since {0}', lang, date(line['since'], '?'))}"
        case "reports":
            return f"{name(line['person'])}: {say('reports to {0}', lang, name(line['manager']))}"
        case "vacant":
            return f"{role_of(line, lang)}: {say('vacant', lang)}"
    return f"{name(line['product'])}: {say(line['phase'], lang)}"


def _why(line: Json, headlines: Headlines, lang: str) -> Iterator[tuple[str, ...]]:
    why = line["why"]
    for step in why["steps"]:
        yield headlines.get(step["event"], step["event"]), step["text"], str(step["rule"] or "")
    claims = why.get("claims", ())
    for claim in claims:
        if sum(other["field"] == claim["field"] for other in claims) > 1:
            words = say("{0} {1} loses: {2}" if claim["outcome"] == "loses" else f"{{0}} {{1}} {claim['outcome']}", lang,
                        say(claim["field"].replace("_", " "), lang), date(claim["value"]), claim["text"] or "")  # fmt: skip
            yield headlines.get(claim["event"], claim["event"]), words, str(claim["rule"] or "")
    if "certainty" in why:
        yield "", say("{0}: {1}", lang, say(line["certainty"], lang), why["certainty"]["text"]), str(why["certainty"]["rule"])


def conflicts(items: Sequence[Json], headlines: Headlines, lang: str, *, more: bool) -> Iterator[RenderableType]:
    """Each conflict with its claims, and the line that would settle it, whole however narrow the terminal is."""
    for number, item in enumerate(items):
        if number:
            yield ""
        yield _claims(item, headlines, lang)
        yield Text(say("Settle it, for example, with this line for `annals import -`:", lang))
        yield Text(orjson.dumps(item["suggestion"]).decode(), no_wrap=True)
    if not items:
        yield Text(say("No conflict is known that fits.", lang))
    if more:
        yield Text(say("There are more: raise --limit.", lang))


def _claims(item: Json, headlines: Headlines, lang: str) -> Table:
    role = role_of(item, lang) if item["role"] else ""
    about = ", ".join(filter(None, (name(item["organization"]), role, *map(name, item["people"][:1]))))
    rows = (
        (
            " ".join(filter(None, (say(claim["field"], lang), name(claim.get("person"))))), date(claim["value"]),
            say(claim["status"] or "", lang),
            headlines.get(claim["event"], claim["event"]),
        )
        for claim in item["claims"]
    )  # fmt: skip
    return table(say("{0}: {1}", lang, about, item["text"]), [say(words, lang) for words in ("claim", "date", "status", "event")], rows)


def duplicates(items: Sequence[Json], lang: str, *, more: bool) -> Iterator[RenderableType]:
    """Each pair of events that may be the same, and the line that would join them, whole however narrow the terminal is."""
    columns = [say(words, lang) for words in ("effective", "status", "event")]
    for number, item in enumerate(items):
        if number:
            yield ""
        rows = ((date(one["effective"]), say(one["status"], lang), one["headline"] + notes_of(one, lang)) for one in item["events"])
        yield table(say("These two may be one event", lang), columns, rows)
        yield Text(say("If so, join them with this line for `annals import -`:", lang))
        yield Text(orjson.dumps(item["line"]).decode(), no_wrap=True)
    if not items:
        yield Text(say("No two events are known that may be the same.", lang))
    if more:
        yield Text(say("There are more: raise --limit.", lang))


def holders(role: str, items: Sequence[Json], look: Json, lang: str, *, more: bool) -> Iterator[RenderableType]:
    """Who holds a role, by organization; `look` are the read parameters as an answer repeats them."""
    columns = [say(words, lang) for words in ("organization", "person", "certainty", "since", "until", "")]
    rows = (
        (
            name(line["organization"]), name(line["person"]), say(line["certainty"], lang), date(line["since"], "?"), date(line["until"]),
            ", ".join(say(word, lang) for word in ("interim", "disputed") if line[word]),
        )
        for line in items
    )  # fmt: skip
    heading = looking(say("Holders of {0}", lang, role), look, lang)
    yield from sections(heading, [table("", columns, rows)], say("Nobody is known to hold it.", lang))
    if more:
        yield Text(say("There are more: raise --limit.", lang))


def agenda(items: Sequence[Json], look: Json, lang: str, *, more: bool) -> Iterator[RenderableType]:
    """What is overdue and what is to come, by day; `look` are the read parameters as an answer repeats them."""
    columns = [say(words, lang) for words in ("date", "what", "organization", "role", "")]
    rows = (
        (
            date(line["date"]), f"{name(line['person'] or line['product'])} {line['text']}", name(line["organization"]), line["role"] or "",
            say("overdue", lang) if line["overdue"] else "",
        )
        for line in items
    )  # fmt: skip
    heading = looking(say("What is to come", lang), look, lang)
    yield from sections(heading, [table("", columns, rows)], say("Nothing is known to be to come.", lang))
    if more:
        yield Text(say("There are more: raise --limit.", lang))
