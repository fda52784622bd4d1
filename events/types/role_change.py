"""A change of role: a person takes another role in the same organization."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Ends, Holds
from events.fields import Entity, RoleName
from events.types import EventType, Facts


class Fields(Schema):
    """What a change of role says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    from_role = RoleName()
    to_role = RoleName(required=True)


def effects(facts: Facts) -> Iterator[Effect]:
    """The old role, if it is named, ends and the new one begins."""
    person, organization, left = facts["person"], facts["organization"], facts.role("from_role")
    if left is not None:
        yield Ends(person, organization, left, facts.effective)
    yield Holds(person, organization, facts.a_role("to_role"), facts.effective)


TYPE = EventType(
    name="role_change",
    group="people",
    icon="swap",
    label=("Change of role", "役職変更"),
    schema=Fields,
    identity=("person", "organization", "to_role"),
    headline=(
        "{person} moves[ from {from_role}] to {to_role} at {organization}",
        "{person}が{organization}で[{from_role}から]{to_role}に異動",
    ),
    example={
        "person": "Josh Achiam",
        "organization": "OpenAI",
        "from_role": "Research Scientist",
        "to_role": "Head of Mission Alignment",
        "effective": "2024-09-25",
    },
    effects=effects,
)
