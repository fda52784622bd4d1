"""A statement: somebody says something worth keeping."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Entity, Several, Text
from events.types import EventType


class Fields(Schema):
    """What a statement says: `gist` in a few words; `in_reply_to` names the statement that it answers, in free words."""

    speaker = Entity("person", "organization", required=True)
    gist = Text(most=300, required=True)
    organization = Entity("organization")
    medium = Text(most=100)
    about = Several(Entity("person", "organization", "product"))
    in_reply_to = Text(most=300)


TYPE = EventType(
    name="statement",
    group="words",
    icon="quote",
    label=("Statement", "発言"),
    schema=Fields,
    identity=("speaker", "gist"),
    words="gist",
    headline=("{speaker}[ ({organization})]: {gist}", "{speaker}[({organization})]「{gist}」"),
    example={
        "speaker": "Sam Altman",
        "gist": "Mira Murati's decision is her own and has my support",
        "organization": "OpenAI",
        "medium": "X",
        "about": ["Mira Murati"],
        "effective": "2024-09-25",
    },
)
