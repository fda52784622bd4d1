"""A stepping down: a person leaves a role and stays with the organization."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Ends, Succeeds
from events.fields import Choice, Day, Entity, RoleName
from events.reasons import REASONS
from events.types import EventType, Facts


class Fields(Schema):
    """What a stepping down says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    role = RoleName(required=True)
    since = Day()
    reason = Choice(REASONS)
    successor = Entity("person")


def effects(facts: Facts) -> Iterator[Effect]:
    """The role ends; whoever follows is noted."""
    person, organization, role = facts["person"], facts["organization"], facts.a_role()
    yield Ends(person, organization, role, facts.effective, facts.day("since"))
    successor = facts.entity("successor")
    if successor is not None:
        yield Succeeds(organization, role, person, successor)


TYPE = EventType(
    name="step_down",
    group="people",
    icon="step-down",
    label=("Stepping down", "役職退任"),
    schema=Fields,
    identity=("person", "organization", "role"),
    headline=(
        "{person} steps down as {role} of {organization}[, succeeded by {successor}]",
        "{person}が{organization}の{role}を退く[。後任は{successor}]",
    ),
    example={
        "person": "Greg Brockman",
        "organization": "OpenAI",
        "role": "Chairman of the Board",
        "since": "2022",
        "effective": "2023-11-17",
    },
    effects=effects,
)
