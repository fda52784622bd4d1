"""A product discontinuation: a product can no longer be had."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Phase
from events.fields import Entity
from events.types import EventType, Facts


class Fields(Schema):
    """What a product discontinuation says."""

    organization = Entity("organization", required=True)
    product = Entity("product", required=True)


def effects(facts: Facts) -> Iterator[Effect]:
    """The product is discontinued."""
    yield Phase(facts["product"], facts["organization"], "discontinued", facts.effective)


TYPE = EventType(
    name="product_discontinuation",
    group="products",
    icon="stop",
    label=("Product discontinuation", "提供終了"),
    schema=Fields,
    identity=("organization", "product"),
    headline=("{organization} discontinues {product}", "{organization}が{product}の提供を終了"),
    example={"organization": "OpenAI", "product": "Codex API", "effective": "2023-03-23"},
    effects=effects,
)
