"""One search over everything: entities by their names, events by their words and by whom they mention."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from events.fields import KINDS, PLURAL
from projections.entities import find
from projections.feed import FeedQuery, feed
from projections.reading import Reading
from projections.texts import create_index as create_index
from projections.texts import delete_texts as delete_texts
from projections.texts import text_row as text_row
from projections.texts import write_texts as write_texts


def search(connection: Connection, q: str, reading: Reading, limit: int = 10) -> dict[str, list[dict[str, Any]]]:
    """`{"people", "organizations", "products", "events"}`: at most `limit` of each, the events newest first."""
    if not q.strip():
        return {name: [] for name in (*PLURAL.values(), "events")}
    found = {PLURAL[kind]: find(connection, kind, reading, q, limit).items for kind in KINDS}
    return {**found, "events": feed(connection, FeedQuery(limit, q=q), reading).items}
