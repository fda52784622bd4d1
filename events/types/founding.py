"""A founding: an organization comes into being."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Founded
from events.fields import Entity, Several
from events.types import EventType, Facts


class Fields(Schema):
    """What a founding says; what founders are there is for other events to tell."""

    organization = Entity("organization", required=True)
    founders = Several(Entity("person", "organization"))


def effects(facts: Facts) -> Iterator[Effect]:
    """The organization exists from then on; its founders hold no role by that."""
    yield Founded(facts["organization"], facts.effective)


TYPE = EventType(
    name="founding",
    group="company",
    icon="found",
    label=("Founding", "設立"),
    schema=Fields,
    identity=("organization",),
    headline=("{organization} is founded[ by {founders}]", "[{founders}が{organization}を設立|{organization}が設立される]"),
    example={"organization": "OpenAI", "founders": ["Sam Altman", "Greg Brockman", "Ilya Sutskever"], "effective": "2015-12-11"},
    effects=effects,
)
