"""An appointment: a person takes up a role, newly or after another one there."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Ends, Holds, Succeeds
from events.fields import Entity, Flag, RoleName
from events.types import EventType, Facts


class Fields(Schema):
    """What an appointment says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    role = RoleName(required=True)
    predecessor = Entity("person")
    interim = Flag(words=("interim", "暫定"))
    from_role = RoleName()


def effects(facts: Facts) -> Iterator[Effect]:
    """The new role begins, the one left for it ends; whoever held it before is noted."""
    person, organization, role = facts["person"], facts["organization"], facts.a_role()
    yield Holds(person, organization, role, facts.effective, bool(facts.fields.get("interim")))
    left = facts.role("from_role")
    if left is not None:
        yield Ends(person, organization, left, facts.effective)
    predecessor = facts.entity("predecessor")
    if predecessor is not None:
        yield Succeeds(organization, role, predecessor, person)


TYPE = EventType(
    name="appointment",
    group="people",
    icon="join",
    label=("Appointment", "就任"),
    schema=Fields,
    identity=("person", "organization", "role"),
    headline=(
        "{person} becomes [{interim} ]{role} of {organization}[, succeeding {predecessor}]",
        "{person}が{organization}の[{interim}]{role}に就任[。{predecessor}の後任]",
    ),
    example={"person": "Mark Chen", "organization": "OpenAI", "role": "SVP of Research", "effective": "2024-09-25"},
    effects=effects,
)
