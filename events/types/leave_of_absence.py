"""A leave of absence: a person is away for a time and keeps every role."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Away, Effect
from events.fields import Choice, Day, Entity
from events.reasons import REASONS
from events.types import EventType, Facts


class Fields(Schema):
    """What a leave of absence says."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    expected_return = Day()
    reason = Choice(REASONS)


def effects(facts: Facts) -> Iterator[Effect]:
    """The person is away until a return or a departure."""
    yield Away(facts["person"], facts["organization"], facts.effective, facts.day("expected_return"))


TYPE = EventType(
    name="leave_of_absence",
    group="people",
    icon="pause",
    label=("Leave of absence", "休職"),
    schema=Fields,
    identity=("person", "organization"),
    headline=(
        "{person} goes on leave from {organization}[, expected back {expected_return}]",
        "{person}が{organization}を休職[({expected_return}に復帰予定)]",
    ),
    example={"person": "Greg Brockman", "organization": "OpenAI", "expected_return": "2024-12~", "effective": "2024-08-05"},
    effects=effects,
)
