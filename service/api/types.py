"""The catalogue of event types: fields, JSON Schema and an example of each, straight from their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow.fields import Field

from events.dates import quote
from events.errors import Invalid, NotFound
from events.headlines import LANGUAGES
from events.types import EventType, entity_field, event_type, event_types
from service.api.answers import Json, answer, look
from service.api.calls import Feature
from service.api.openapi import example, type_schema

feature = Feature("types", "The catalogue of event types: what each says, with its JSON Schema and an example.")


@feature.read("/event-types", "EventTypePage")
def read_types(query: dict[str, Any]) -> Response:
    """List the types of events."""
    with look(query) as seen:
        return answer({"items": [described(kind) for kind in event_types().values()], "next": None}, seen)


@feature.read("/event-types/<name>", "EventTypeAnswer")
def read_type(query: dict[str, Any], name: str) -> Response:
    """Read one type of events."""
    with look(query) as seen:
        return answer(described(known_type(name)), seen)


def described(kind: EventType) -> Json:
    """A type with its label, group, fields, JSON Schema (2020-12) and an example that would be accepted."""
    schema = type_schema(kind.name)
    return {
        "name": kind.name,
        "group": kind.group,
        "icon": kind.icon,
        "label": dict(zip(LANGUAGES, kind.label, strict=True)),
        "description": (inspect.getdoc(inspect.getmodule(kind.schema)) or "").split("\n")[0],
        "identity": list(kind.identity),
        "fields": [
            {"name": name, "required": field.required, "kinds": _kinds(field), "schema": schema["properties"][name]}
            for name, field in kind.fields.items()
        ],
        "schema": schema,
        "example": example(kind),
    }


def _kinds(field: Field[Any]) -> Sequence[str]:
    named = entity_field(field)
    return list(named.kinds) if named else []


def known_type(name: str) -> EventType:
    """The type of that name; raises `NotFound`."""
    try:
        return event_type(name)
    except Invalid as error:
        raise NotFound.of("name", name, str(error) or f"no type {quote(name)}", error.problems[0].expected) from None
