"""A renaming: from a day on an organization bears another name."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Named
from events.fields import Entity, Localized
from events.types import EventType, Facts


class Fields(Schema):
    """What a renaming says."""

    organization = Entity("organization", required=True)
    new_name = Localized(most=200, required=True)


def effects(facts: Facts) -> Iterator[Effect]:
    """The organization bears the new name."""
    yield Named(facts["organization"], tuple(sorted(facts.fields["new_name"].items())), facts.effective)


TYPE = EventType(
    name="renaming",
    group="company",
    icon="rename",
    label=("Renaming", "改称"),
    schema=Fields,
    identity=("organization",),
    headline=("{organization} is renamed {new_name}", "{organization}が{new_name}に改称"),
    example={
        "organization": "Facebook, Inc.",
        "new_name": {"en": "Meta Platforms", "ja": "メタ・プラットフォームズ"},
        "effective": "2021-10-28",
    },
    effects=effects,
)
