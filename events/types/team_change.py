"""A team change: an organization forms, merges or dissolves one of its teams."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Choice, Entity, Text
from events.types import EventType

CHANGES = {"formed": ("formed", "新設"), "merged": ("merged", "統合"), "dissolved": ("dissolved", "解散")}


class Fields(Schema):
    """What a team change says; `team` is the team's own name."""

    organization = Entity("organization", required=True)
    team = Text(most=200, required=True)
    change = Choice(CHANGES, required=True)
    lead = Entity("person")


TYPE = EventType(
    name="team_change",
    group="company",
    icon="team",
    label=("Team change", "組織変更"),
    schema=Fields,
    identity=("organization", "team", "change"),
    headline=("{organization}: {team} {change}[, led by {lead}]", "{organization}が{team}を{change}[(責任者は{lead})]"),
    example={
        "organization": "OpenAI",
        "team": "Superalignment team",
        "change": "dissolved",
        "lead": "Jan Leike",
        "effective": "2024-05-17",
    },
)
