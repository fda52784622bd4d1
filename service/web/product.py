"""The page of a product: its phase on the day, what is expected, and its versions with the events that released them."""

from __future__ import annotations

from projections.standing import echo, product_standing
from service.api.answers import Json, Look, standing_id
from service.web.cards import card_of, events_about, marks_of, table, told_by
from service.web.pages import Shown, page

EVENTS = 30
COLUMNS = ("version", "released", "event")


@page("/products/<entity>", "product.html", csv=True)
def product(seen: Look, entity: str) -> Shown:
    """A product at the reader's time."""
    found = standing_id(seen, "product", entity)
    card = card_of(seen, "product", found)
    standing = product_standing(seen.connection, found, seen.reading)["standing"]
    data: Json = {**card, **echo(seen.reading), "standing": standing, "events": events_about(seen, "product", found, EVENTS)}
    versions = standing["versions"] if standing else []
    tables = {"versions": table(COLUMNS, versions)}
    return Shown(card["name"], data, marks_of(seen, "product", found), {"told": told_by(seen, versions)}, tables)
