"""A layoff: an organization dismisses part of its staff."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Count, Entity, Percentage
from events.types import EventType


class Fields(Schema):
    """What a layoff says: `headcount` in people, `share` in per cent of the staff."""

    organization = Entity("organization", required=True)
    headcount = Count()
    share = Percentage()


TYPE = EventType(
    name="layoff",
    group="company",
    icon="cut",
    label=("Layoff", "人員削減"),
    schema=Fields,
    identity=("organization",),
    headline=(
        "{organization} lays off [{headcount} of its staff|staff][ ({share})]",
        "{organization}が[{headcount}人を|人員を]削減[(全体の{share})]",
    ),
    example={"organization": "Twitter", "headcount": 3700, "share": "50", "effective": "2022-11-04"},
)
