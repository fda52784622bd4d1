"""A product release: a product, or one version of it, can be had from a day on."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from events.effects import Effect, Phase
from events.fields import Entity, Text
from events.types import EventType, Facts


class Fields(Schema):
    """What a product release says; `audience` is for whom it is, in free words."""

    organization = Entity("organization", required=True)
    product = Entity("product", required=True)
    version = Text(most=100, exact=True)
    audience = Text(most=100)


def effects(facts: Facts) -> Iterator[Effect]:
    """The product, in that version, is released."""
    version = facts.fields.get("version")
    yield Phase(facts["product"], facts["organization"], "released", facts.effective, version=version)


TYPE = EventType(
    name="product_release",
    group="products",
    icon="release",
    label=("Product release", "製品リリース"),
    schema=Fields,
    identity=("organization", "product", "version"),
    headline=(
        "{organization} releases {product}[ {version}][ to {audience}]",
        "{organization}が{product}[ {version}]を[{audience}に]リリース",
    ),
    example={
        "organization": "OpenAI",
        "product": "OpenAI o1",
        "version": "preview",
        "audience": "Plus and Team users",
        "effective": "2024-09-12",
    },
    effects=effects,
)
