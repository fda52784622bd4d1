"""The catalogue of event types: what each says, with its fields, what makes two events the same, and an example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext, pgettext
from marshmallow.fields import Field

from events.fields import Amount, Choice, Count, Currency, Day, Entity, Flag, Localized, Percentage, RoleName, Several, Text
from events.headlines import LANGUAGES, display_values, headline
from events.types import EventType, as_list, entity_field, event_types
from service.api.answers import Json, Look
from service.api.openapi import example
from service.api.types import described, known_type
from service.web.filters import joined, lang
from service.web.labels import field_label
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table
from service.web.timeline import by_group

COLUMNS = ("name", "group", "label", "description")
FIELDS = ("name", "label", "required", "kinds")


HOLDS: Mapping[type[Field[Any]], Any] = {
    Day: lazy_gettext("a date, as precise as the source"),
    RoleName: lazy_gettext("a role"),
    Flag: lazy_gettext("yes or no"),
    Count: lazy_gettext("a whole number"),
    Percentage: lazy_gettext("a share in per cent"),
    Amount: lazy_gettext("an amount of money"),
    Currency: lazy_gettext("a currency, such as USD"),
    Localized: lazy_gettext("a text in each language"),
    Text: lazy_gettext("a text"),
}
"""What the fields of a class hold; the first class that fits counts."""


@dataclass(frozen=True, slots=True)
class TypeField:
    """A field of a type: its name, what it is called, whether it has to be given, and what it holds, in words."""

    name: str
    label: str
    required: bool
    holds: str


@page("/types", "types.html", csv=True)
def types(seen: Look) -> Shown:
    """Every type, group by group."""
    found = {kind.name: described(kind) for kind in event_types().values()}
    extra = {"groups": by_group(), "descriptions": {name: description(kind) for name, kind in found.items()}}
    rows = [{**kind, "label": kind["label"][lang()], "description": description(kind)} for kind in found.values()]
    return Shown(str(gettext("Event types")), {"items": list(found.values())}, of_events(seen), extra, {"types": Table(COLUMNS, rows)})


@page("/types/<name>", "type.html", csv=True)
def type_(seen: Look, name: str) -> Shown:
    """One type, with an example that could be posted as it is."""
    kind = known_type(name)
    told = described(kind)
    fields = [_field(kind, one) for one in told["fields"]]
    extra = {
        "description": description(told),
        "fields": fields,
        "identity": joined([*(field_label(one, lang(), kind).lower() for one in kind.identity), gettext("the day")]),
        "example": example_headline(kind),
        "post": json.dumps(example(kind), ensure_ascii=False, indent=2),
    }
    rows = [{**one, "label": shown.label} for one, shown in zip(told["fields"], fields, strict=True)]
    return Shown(told["label"][lang()], told, of_events(seen), extra, {"fields": Table(FIELDS, rows)})


def description(told: Json) -> str:
    """What a type is for, in a sentence."""
    return str(pgettext("type", told["description"]))


def example_headline(kind: EventType) -> str:
    """The headline of a type's example, whose entities are named and not yet known."""
    given = {name: _plain(kind.fields[name], value) for name, value in kind.example.items() if name in kind.fields}
    return headline(kind, display_values(kind, given, lambda _, name: name, lang()), lang())


def _plain(field: Field[Any], value: Any) -> Any:
    """A value of an example with entities by their names alone."""
    if entity_field(field) is None:
        return value
    return [one["name"][lang()] if isinstance(one, Mapping) else one for one in as_list(value)]


def _field(kind: EventType, told: Mapping[str, Any]) -> TypeField:
    name = told["name"]
    return TypeField(name, field_label(name, lang(), kind), told["required"], holds(kind.fields[name]))


def holds(field: Field[Any]) -> str:
    """What a field holds, in words; empty for a class of fields of which nothing is known here."""
    match field:
        case Several():
            return str(gettext("several: %(each)s", each=holds(field.inner)))
        case Entity():
            return joined([field_label(kind, lang()) for kind in field.kinds])
        case Choice():
            return joined([labels[LANGUAGES.index(lang())] for labels in field.labels.values()])
    return next((str(words) for of, words in HOLDS.items() if isinstance(field, of)), "")
