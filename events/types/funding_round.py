"""A funding round: an organization raises money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, validates_schema

from events.fields import Amount, Currency, Entity, Several, Text, check_money
from events.types import EventType


class Fields(Schema):
    """What a funding round says; `round` is its usual name, such as Series A."""

    organization = Entity("organization", required=True)
    round = Text(most=100)
    amount = Amount()
    currency = Currency()
    investors = Several(Entity("organization", "person"))

    @validates_schema
    def money(self, data: Mapping[str, Any], *, partial: Any = None, **_: Any) -> None:
        """An amount and its currency belong together."""
        check_money(data, partial)


TYPE = EventType(
    name="funding_round",
    group="company",
    icon="money",
    label=("Funding round", "資金調達"),
    schema=Fields,
    identity=("organization", "round"),
    headline=(
        "{organization} raises [{amount}|money][ ({round})][ from {investors}]",
        "{organization}が[{investors}から][{amount}を|資金を]調達[({round})]",
    ),
    example={
        "organization": "OpenAI",
        "round": "Venture round",
        "amount": "6600000000",
        "currency": "USD",
        "investors": ["Thrive Capital", "Microsoft"],
        "effective": "2024-10-02",
    },
)
