"""A legal action: a suit, a charge or an investigation, and what came of it."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Entity, Several, Text
from events.types import EventType


class Fields(Schema):
    """What a legal action says; `parties` are all whom it concerns, on whichever side."""

    parties = Several(Entity("organization", "person"), required=True)
    court = Text(most=200)
    outcome = Text(most=300)


TYPE = EventType(
    name="legal_action",
    group="company",
    icon="law",
    label=("Legal action", "法的手続き"),
    schema=Fields,
    identity=("parties", "court"),
    headline=(
        "Legal action involving {parties}[ before the {court}][: {outcome}]",
        "{parties}をめぐる法的手続き[({court})][。{outcome}]",
    ),
    example={
        "parties": [{"kind": "person", "name": {"en": "Elon Musk", "ja": "イーロン・マスク"}}, "OpenAI"],
        "court": "Superior Court of California, San Francisco",
        "effective": "2024-02-29",
    },
)
