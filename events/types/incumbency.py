"""An incumbency: a person is reported to hold a role, whenever that began."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Observed
from events.fields import Day, Entity, RoleName
from events.types import EventType, Facts


class Fields(Schema):
    """What an incumbency says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    role = RoleName(required=True)
    since = Day()


def effects(facts: Facts) -> Iterator[Effect]:
    """The person was seen in the role."""
    yield Observed(facts["person"], facts["organization"], facts.a_role(), facts.effective, facts.day("since"))


TYPE = EventType(
    name="incumbency",
    group="people",
    icon="seat",
    label=("Incumbency", "在任"),
    schema=Fields,
    identity=("person", "organization", "role"),
    headline=(
        "{person} is {role} of {organization}[, since {since}]",
        "{person}は{organization}の{role}[(就任は{since})]",
    ),
    example={
        "person": "Jakub Pachocki",
        "organization": "OpenAI",
        "role": "Chief Scientist",
        "since": "2024-05",
        "effective": "2024-09-25",
    },
    effects=effects,
)
