"""A product announcement: an organization says what it will bring out, and perhaps when."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Phase
from events.fields import Day, Entity
from events.types import EventType, Facts


class Fields(Schema):
    """What a product announcement says."""

    organization = Entity("organization", required=True)
    product = Entity("product", required=True)
    expected = Day()


def effects(facts: Facts) -> Iterator[Effect]:
    """The product is announced."""
    yield Phase(facts["product"], facts["organization"], "announced", facts.effective, facts.day("expected"))


TYPE = EventType(
    name="product_announcement",
    group="products",
    icon="announce",
    label=("Product announcement", "製品発表"),
    schema=Fields,
    identity=("organization", "product"),
    headline=(
        "{organization} announces {product}[, expected {expected}]",
        "{organization}が{product}を発表[({expected}に提供予定)]",
    ),
    example={"organization": "OpenAI", "product": "Advanced Voice Mode", "expected": "2024-06", "effective": "2024-05-13"},
    effects=effects,
)
