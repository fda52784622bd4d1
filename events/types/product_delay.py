"""A product delay: what was promised comes later."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Phase
from events.fields import Day, Entity, Text
from events.types import EventType, Facts


class Fields(Schema):
    """What a product delay says; `expected` is the day now promised."""

    organization = Entity("organization", required=True)
    product = Entity("product", required=True)
    expected = Day()
    reason = Text(most=300)


def effects(facts: Facts) -> Iterator[Effect]:
    """The product is delayed."""
    yield Phase(facts["product"], facts["organization"], "delayed", facts.effective, facts.day("expected"))


TYPE = EventType(
    name="product_delay",
    group="products",
    icon="delay",
    label=("Product delay", "製品延期"),
    schema=Fields,
    identity=("organization", "product"),
    headline=(
        "{organization} delays {product}[, now expected {expected}]",
        "{organization}が{product}を延期[(新たな予定は{expected})]",
    ),
    example={
        "organization": "OpenAI",
        "product": "Advanced Voice Mode",
        "expected": "2024-23",
        "reason": "more time to meet the bar for safety",
        "effective": "2024-06-25",
    },
    effects=effects,
)
