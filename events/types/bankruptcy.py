"""A bankruptcy: an organization or a person can no longer pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, validates_schema

from events.dates import quote
from events.errors import Problem
from events.fields import Entity, refuse
from events.types import EventType


class Fields(Schema):
    """What a bankruptcy says: whose it is, either an `organization` or a `person`."""

    organization = Entity("organization")
    person = Entity("person")

    @validates_schema
    def one_debtor(self, data: Mapping[str, Any], *, partial: Any = None, **_: Any) -> None:
        """One event is one debtor's; a correction (`partial`) need not name it again."""
        organization, person = data.get("organization"), data.get("person")
        if organization and person:
            message = (
                f"a bankruptcy is of the `organization` {quote(organization.label)} or of the `person` {quote(person.label)}, not of both"
            )
            refuse(Problem("person", person.label, message, "one of them, and an event of its own for the other"))
        if not (organization or person or partial):
            refuse(Problem("organization", None, "an `organization` or a `person` is required", "one of the two"))


TYPE = EventType(
    name="bankruptcy",
    group="company",
    icon="fall",
    label=("Bankruptcy", "破産"),
    schema=Fields,
    identity=("organization", "person"),
    headline=("[{organization}|{person}] goes bankrupt", "[{organization}|{person}]が破産"),
    example={"organization": "FTX", "effective": "2022-11-11"},
)
