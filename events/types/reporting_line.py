"""A reporting line: from a day on a person reports to a manager, or to nobody."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, ReportsTo
from events.fields import Entity
from events.types import EventType, Facts

NO_MANAGER = {"required": "required, and null where the person reports to nobody"}


class Fields(Schema):
    """What a reporting line says; a `manager` of null is nobody."""

    person = Entity("person", required=True)
    organization = Entity("organization", required=True)
    manager = Entity("person", required=True, allow_none=True, error_messages=NO_MANAGER)


def effects(facts: Facts) -> Iterator[Effect]:
    """The line replaces the one before."""
    yield ReportsTo(facts["person"], facts["organization"], facts.entity("manager"), facts.effective)


TYPE = EventType(
    name="reporting_line",
    group="people",
    icon="tree",
    label=("Reporting line", "指揮系統"),
    schema=Fields,
    identity=("person", "organization", "manager"),
    headline=(
        "{person} reports to [{manager}|nobody] at {organization}",
        "{person}は{organization}で[{manager}の直属|直属の上司なし]となる",
    ),
    example={"person": "Mark Chen", "organization": "OpenAI", "manager": "Sam Altman", "effective": "2024-09-25"},
    effects=effects,
)
