"""An acquisition: one organization buys another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, validates_schema

from events.fields import Amount, Currency, Entity, check_money
from events.types import EventType


class Fields(Schema):
    """What an acquisition says."""

    acquirer = Entity("organization", required=True)
    target = Entity("organization", required=True)
    amount = Amount()
    currency = Currency()

    @validates_schema
    def money(self, data: Mapping[str, Any], *, partial: Any = None, **_: Any) -> None:
        """An amount and its currency belong together."""
        check_money(data, partial)


TYPE = EventType(
    name="acquisition",
    group="company",
    icon="acquire",
    label=("Acquisition", "買収"),
    schema=Fields,
    identity=("acquirer", "target"),
    headline=("{acquirer} acquires {target}[ for {amount}]", "{acquirer}が{target}を[{amount}で]買収"),
    example={"acquirer": "OpenAI", "target": "Rockset", "effective": "2024-06-21"},
)
