"""A return from leave: a person who was away is back."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Back, Effect
from events.fields import Entity
from events.types import EventType, Facts


class Fields(Schema):
    """What a return from leave says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)


def effects(facts: Facts) -> Iterator[Effect]:
    """The leave ends."""
    yield Back(facts["person"], facts["organization"], facts.effective)


TYPE = EventType(
    name="return_from_leave",
    group="people",
    icon="resume",
    label=("Return from leave", "復帰"),
    schema=Fields,
    identity=("person", "organization"),
    headline=("{person} is back from leave at {organization}", "{person}が{organization}に復帰"),
    example={"person": "Greg Brockman", "organization": "OpenAI", "effective": "2024-11-12"},
    effects=effects,
)
