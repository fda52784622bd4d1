"""Anything else: an event that no other type tells, in its own headline."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Entity, Several, Text
from events.types import EventType


class Fields(Schema):
    """What happened, in the poster's words, and whom or what it concerns."""

    headline = Text(most=300, required=True)
    people = Several(Entity("person"))
    organizations = Several(Entity("organization"))
    products = Several(Entity("product"))


TYPE = EventType(
    name="other",
    group="words",
    icon="note",
    label=("Other", "その他"),
    schema=Fields,
    identity=("headline", "people", "organizations", "products"),
    words="headline",
    headline=("{headline}", "{headline}"),
    example={"headline": "OpenAI holds an all-hands meeting", "organizations": ["OpenAI"], "effective": "2024-09-26"},
)
