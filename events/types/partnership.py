"""A partnership: two or more organizations join forces."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Entity, Several
from events.types import EventType


class Fields(Schema):
    """What a partnership says."""

    organizations = Several(Entity("organization"), least=2, required=True)


TYPE = EventType(
    name="partnership",
    group="company",
    icon="handshake",
    label=("Partnership", "提携"),
    schema=Fields,
    identity=("organizations",),
    headline=("{organizations} enter a partnership", "{organizations}が提携"),
    example={"organizations": ["OpenAI", "Apple"], "effective": "2024-06-10"},
)
