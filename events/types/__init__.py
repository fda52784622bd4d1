"""The catalogue of event types: one module each in this package, found and never listed.

A module declares `TYPE`, an `EventType`. Adding a type is adding a module: the API, the OpenAPI document, the
catalogue, the feed, the command line and the tests take it from `event_types()`.
"""

from __future__ import annotations

import difflib
import importlib
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from uuid import UUID

from marshmallow import Schema
from marshmallow import fields as marshmallow_fields

from events.dates import PartialDate
from events.effects import Effect
from events.entries import aggregate_id
from events.errors import Invalid
from events.fields import Entity, Kind, RoleName, Text
from events.names import fold, match_key
from events.roles import Role

Group = Literal["people", "products", "company", "words"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one version of an event says, as its type's effects read it: its fields as stored JSON, and its day."""

    fields: Mapping[str, Any]
    effective: PartialDate

    def __getitem__(self, name: str) -> str:
        """The id of the entity in a required field."""
        value = self.fields[name]
        return str(value["id"]) if isinstance(value, Mapping) else str(value)

    def entity(self, name: str) -> str | None:
        """The id of the entity in an optional field."""
        return self[name] if self.fields.get(name) is not None else None

    def role(self, name: str = "role") -> Role | None:
        """The role in a field."""
        text = self.fields.get(name)
        return Role.of(text) if text else None

    def a_role(self, name: str = "role") -> Role:
        """The role in a required field."""
        return Role.of(self.fields[name])

    def day(self, name: str) -> PartialDate | None:
        """The partial date in a field."""
        text = self.fields.get(name)
        return PartialDate.parse(text) if text else None


def no_effects(_: Facts) -> Iterable[Effect]:
    """The effects of a type that tells a story but changes nobody's roles."""
    return ()


@dataclass(frozen=True, slots=True)
class EventType:
    """What one kind of event is.

    `label` and `headline` are English and Japanese; a headline is a template (see `events.headlines`) of field
    names in braces, in which a part in square brackets is left out where one of its fields is. `identity` names
    the fields that, with the `effective` date, tell two events of this type apart; texts among them are compared
    as names are, so that punctuation and case do not. `example` holds the type's own fields and `effective`. `words`
    names the field whose free text tells what happened, if one does: two events may be the same only if alike in it.
    """

    name: str
    group: Group
    icon: str
    label: tuple[str, str]
    schema: type[Schema]
    identity: tuple[str, ...]
    headline: tuple[str, str]
    example: Mapping[str, Any]
    effects: Callable[[Facts], Iterable[Effect]] = no_effects
    words: str | None = None

    @property
    def fields(self) -> Mapping[str, marshmallow_fields.Field[Any]]:
        """The type's own fields by name, in the order in which they were declared."""
        return _declared(self.schema)

    def entities(self, stored: Mapping[str, Any]) -> Iterator[tuple[str, Kind, str]]:
        """(field, kind, id) of every entity in the stored fields."""
        for name, declared in self.fields.items():
            field = entity_field(declared)
            if field is None:
                continue
            for value in as_list(stored.get(name)):
                yield (name, value["kind"], value["id"]) if isinstance(value, Mapping) else (name, field.kinds[0], value)

    def identity_text(self, stored: Mapping[str, Any], effective: str) -> str:
        """The canonical text of what makes two posts the same event."""
        return json.dumps([self.name, effective, *self.identity_parts(stored).values()], ensure_ascii=False, separators=(",", ":"))

    def identity_parts(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What of each identity field is compared, by name; None where it says nothing."""
        return {name: _identity_part(self.fields[name], stored.get(name)) for name in self.identity}

    def event_id(self, identity: str, number: int = 1) -> UUID:
        """The id of the event first recorded with that identity; `number` counts those that held the id before."""
        return aggregate_id("event", identity) if number == 1 else aggregate_id("event", identity, str(number))


def entity_field(field: marshmallow_fields.Field[Any]) -> Entity | None:
    """The entity field itself, or the one inside a list, or None."""
    inner = field.inner if isinstance(field, marshmallow_fields.List) else field
    return inner if isinstance(inner, Entity) else None


def as_list(value: Any) -> list[Any]:
    """A stored value as a list: nothing, one, or many."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _identity_part(field: marshmallow_fields.Field[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, RoleName):
        return Role.of(value).key
    if isinstance(field, marshmallow_fields.List):
        return sorted({_identity_part(field.inner, item) for item in value})
    if isinstance(field, Entity):
        return f"{value['kind']}:{value['id']}" if isinstance(value, Mapping) else value
    if isinstance(field, Text):
        return fold(value) if field.exact else match_key(value)
    return value


@cache
def _declared(schema: type[Schema]) -> Mapping[str, marshmallow_fields.Field[Any]]:
    return schema().fields


@cache
def event_types() -> Mapping[str, EventType]:
    """Every type by name, sorted by name; each module in this package declares one as `TYPE`."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return {found.name: found for found in sorted((module.TYPE for module in modules), key=lambda found: str(found.name))}


def event_type(name: Any) -> EventType:
    """The type of that name; raises `Invalid` with the nearest name and the list of all."""
    known = event_types()
    if isinstance(name, str) and name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1) if isinstance(name, str) else []
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise Invalid.of("type", name, f"{name!r} is not a type of event{hint}", "one of " + ", ".join(known))
