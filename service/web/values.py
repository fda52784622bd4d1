"""The fields of an event as a page shows them: labels, and values as words or as entities to link to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from events.headlines import display_values
from events.refs import Kind
from events.types import EventType, as_list, entity_field, event_type
from service.api.answers import Json
from service.web.filters import lang
from service.web.labels import field_label

About = tuple[Kind, Json]
"""An entity's kind, and its `{"id", "name"}`."""


@dataclass(frozen=True, slots=True)
class Value:
    """A field under its label, shown as a text or as the entities that it names."""

    name: str
    label: str
    text: str
    entities: tuple[About, ...] = ()


def values_of(event: Json) -> list[Value]:
    """The own fields of an event, as answers have it, in the order of its type; those that say nothing are left out."""
    kind, stored = event_type(event["type"]), event["fields"]
    words = field_texts(kind, stored)
    named = ((name, tuple(_entities(kind, name, stored.get(name)))) for name in kind.fields)
    return [
        Value(name, field_label(name, lang(), kind), words.get(name, ""), about)
        for name, about in named
        if (about or name in words) and not (name == "currency" and "amount" in words)
    ]


def field_texts(kind: EventType, stored: Mapping[str, Any]) -> dict[str, str]:
    """The own fields as texts, by name, without those that say nothing; `stored` is as answers have it."""
    plain = {name: value for name, value in stored.items() if name in kind.fields and entity_field(kind.fields[name]) is None}
    nobody = {name: str(gettext("nobody")) for name, value in stored.items() if value is None and name in kind.fields and name not in plain}
    named = {name: [about["name"] for _, about in _entities(kind, name, stored.get(name))] for name in kind.fields}
    joined = {name: ("、" if lang() == "ja" else ", ").join(names) for name, names in named.items() if names}
    return {**display_values(kind, plain, lambda _, entity: entity, lang()), **joined, **nobody}


def entities_of(event: Json) -> list[About]:
    """Everybody and everything that an event mentions, once each, in the order of its fields."""
    kind = event_type(event["type"])
    found = {(of, about["id"]): about for name in kind.fields for of, about in _entities(kind, name, event["fields"].get(name))}
    return [(of, about) for (of, _), about in found.items()]


def _entities(kind: EventType, name: str, value: Any) -> Iterator[About]:
    field = entity_field(kind.fields[name])
    if field is not None:
        yield from ((about.get("kind", field.kinds[0]), about) for about in as_list(value))
