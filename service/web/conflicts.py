"""Conflicts: what the reports contradict, claim beside claim, and what would settle it, in words and as a line of an import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy import Connection

from events.headlines import display_values, headline
from events.posting import load
from events.refs import Kind
from events.types import event_type
from projections.clashes import KINDS
from projections.conflicts import TEXTS, ConflictQuery
from projections.conflicts import conflicts as conflicts_page
from projections.reading import Reading
from projections.rendering import events_by_id
from service.api.answers import Json, Look
from service.api.conflicts import ConflictParameters
from service.web.addresses import data_onward, here, link
from service.web.filtering import read_filters
from service.web.filters import day, lang, role
from service.web.labels import field_label
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table

COLUMNS = ("kind", "organization", "role", "people", "claims", "suggestion")
FIELDS = ("organization", "person", "kind")
_SCHEMA = ConflictParameters()


@dataclass(frozen=True, slots=True)
class Claim:
    """One report's word in a conflict: what it is about (`label`), what it says, of whom, and the event as answers have it."""

    label: str
    value: str
    person: Json | None
    event: Json


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would settle a conflict: a sentence, the address of the form that does it or of whom it is about, and the import's line."""

    sentence: str
    address: str
    line: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict as a page shows it; `line` is as the API has it."""

    line: Json
    claims: tuple[Claim, ...]
    suggestion: Suggestion


@page("/conflicts", "conflicts.html", csv=True)
def conflicts(seen: Look) -> Shown:
    """The conflicts as they stand at the end of the day, organization by organization."""
    title, extra = str(gettext("Conflicts")), {"kinds": [(kind, kind_text(kind)) for kind in KINDS]}
    form = read_filters(request.args, FIELDS, lambda given: load(_SCHEMA, given), seen)
    if form.refused is not None:
        return Shown(title, {}, of_events(seen), {**extra, "form": form}, refused=form.refused)
    query = ConflictQuery(50, request.args.get("cursor"), *(form.values.get(name) for name in FIELDS))
    found = conflicts_page(seen.connection, query, seen.reading, seen.ceiling)
    following = here(cursor=found.next) if found.next is not None else None
    shown = shown_conflicts(seen.connection, found.items, seen.reading)
    data = {"items": found.items, "next": data_onward(found.next)}
    more = {"form": form, "found": shown, "following": following}
    return Shown(title, data, of_events(seen), {**extra, **more}, {"conflicts": Table(COLUMNS, list(map(_row, shown)))})


def kind_text(kind: str) -> str:
    """What a kind of conflict is, in words."""
    return TEXTS[kind][1 if lang() == "ja" else 0]


def shown_conflicts(connection: Connection, lines: Sequence[Json], reading: Reading) -> list[Conflict]:
    """Conflicts, as the API has them, with the events that make their claims."""
    named = {line["suggestion"].get(name) for line in lines for name in ("correct", "retract")} - {None}
    ids = {claim["event"] for line in lines for claim in line["claims"]} | named
    events = events_by_id(connection, ids, reading)
    return [Conflict(line, tuple(_claims(line, events)), _suggestion(line, events)) for line in lines]


def _claims(line: Json, events: Mapping[str, Json]) -> Iterator[Claim]:
    for claim in line["claims"]:
        yield Claim(field_label(claim["field"], lang()), day(claim["value"]), claim.get("person"), events[claim["event"]])


def _suggestion(line: Json, events: Mapping[str, Json]) -> Suggestion:
    said = line["suggestion"]
    text = json.dumps(said, ensure_ascii=False)
    if "correct" in said:
        event = events[said["correct"]]
        what = "; ".join(f"{field_label(name, lang())} → {_value(name, value, line)}" for name, value in said["changes"].items())
        sentence = gettext("Correct “%(headline)s”: %(what)s", headline=event["headline"], what=what)
        return Suggestion(str(sentence), link("web.correct", event_id=event["id"]), text)
    if "retract" in said:
        event = events[said["retract"]]
        sentence = gettext("Retract “%(headline)s”, if the other report is right", headline=event["headline"])
        return Suggestion(str(sentence), link("web.retract", event_id=event["id"]), text)
    if "merge" in said:
        loser, winner = (_names(line)[said[side]] for side in ("loser", "winner"))
        sentence = gettext("Merge %(loser)s (%(id)s) into %(winner)s, if they are one person", loser=loser, id=said["loser"], winner=winner)
        return Suggestion(str(sentence), link("web.person", entity=said["loser"]), text)
    sentence = gettext("Record on %(day)s: %(headline)s", day=day(said["effective"]), headline=_headline(said, line))
    return Suggestion(str(sentence), link("web.record", type=said["type"]), text)


def _value(name: str, value: str | None, line: Json) -> str:
    if value is None:
        return str(gettext("nobody"))
    return day(value) if name in ("effective", "since") else _names(line).get(value, value)


def _headline(said: Json, line: Json) -> str:
    """The headline of an event that is not recorded yet; its entities are those of the conflict."""
    kind, names = event_type(said["type"]), _names(line)

    def name_of(_: Kind, entity: str) -> str:
        return names.get(entity, entity)

    own = {name: value for name, value in said.items() if name in kind.fields}
    return headline(kind, display_values(kind, own, name_of, lang()), lang())


def _names(line: Json) -> Mapping[str, str]:
    return {about["id"]: about["name"] for about in (line["organization"], *line["people"])}


def _row(found: Conflict) -> Mapping[str, Any]:
    line = found.line
    return {
        "kind": line["text"],
        "organization": line["organization"]["name"],
        "role": role(line["role"]) if line["role"] else None,
        "people": _joined(about["name"] for about in line["people"]),
        "claims": _joined(f"{claim.label} {claim.value}: {claim.event['headline']}" for claim in found.claims),
        "suggestion": found.suggestion.sentence,
    }


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)
