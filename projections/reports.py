"""From event versions to what the fold is given: effects by the event's type, with merges applied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from events.dates import PartialDate
from events.effects import Effect
from events.fields import Kind
from events.types import Facts, event_type
from projections.claims import Report

_KIND_OF_FIELD: Mapping[str, Kind] = {
    "person": "person",
    "manager": "person",
    "predecessor": "person",
    "successor": "person",
    "organization": "organization",
    "product": "product",
}

Winner = Callable[[Kind, str], str]
"""The id under which an entity is read at some moment: its own, or that of the entity that it was merged into."""


def effects_of(type_name: str, stored: Mapping[str, Any], effective: str) -> tuple[Effect, ...]:
    """The effects of an event with those stored fields."""
    return tuple(event_type(type_name).effects(Facts(stored, PartialDate.parse(effective))))


def merged(effects: Iterable[Effect], winner: Winner, *, but: Collection[str] = ()) -> tuple[Effect, ...]:
    """The same effects with every entity, `but` those in some fields, replaced by the one that it was merged into."""
    return tuple(_merged(effect, winner, but) for effect in effects)


def _merged(effect: Effect, winner: Winner, but: Collection[str]) -> Effect:
    changes: dict[str, Any] = {}
    for name in set(_entity_fields(effect)) - set(but):
        value = getattr(effect, name)
        if value is not None and (found := winner(_KIND_OF_FIELD[name], value)) != value:
            changes[name] = found
    return replace(effect, **changes) if changes else effect


def _entity_fields(effect: Effect) -> tuple[str, ...]:
    return tuple(field.name for field in fields(effect) if field.name in _KIND_OF_FIELD)


def report(event_id: str, body: Mapping[str, Any], announced: int, publishers: int, winner: Winner | None = None) -> Report:
    """The report that a version's JSON makes."""
    effects = effects_of(body["type"], body["fields"], body["effective"])
    return Report(event_id, announced, body["status"], publishers, merged(effects, winner) if winner else effects)
