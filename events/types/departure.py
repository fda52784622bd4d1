"""A departure: a person leaves an organization, and with it every role held there."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Departs, Effect, Succeeds
from events.fields import Choice, Day, Entity, RoleName
from events.reasons import REASONS
from events.types import EventType, Facts


class Fields(Schema):
    """What a departure says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    role = RoleName()
    since = Day()
    reason = Choice(REASONS)
    successor = Entity("person")
    destination = Entity("organization")


def effects(facts: Facts) -> Iterator[Effect]:
    """Every role there ends; whoever follows is noted, where no role is named only by readers who know which one ended."""
    person, organization, role = facts["person"], facts["organization"], facts.role()
    yield Departs(person, organization, facts.effective, role, facts.day("since"))
    successor = facts.entity("successor")
    if role is not None and successor is not None:
        yield Succeeds(organization, role, person, successor)


TYPE = EventType(
    name="departure",
    group="people",
    icon="leave",
    label=("Departure", "退任・退社"),
    schema=Fields,
    identity=("person", "organization", "role"),
    headline=(
        "{person} leaves {organization}[, where they were {role}][, for {destination}]",
        "{person}が{organization}を離れる[({role})][。{destination}へ]",
    ),
    example={"person": "Mira Murati", "organization": "OpenAI", "role": "CTO", "effective": "2024-09-25"},
    effects=effects,
)
