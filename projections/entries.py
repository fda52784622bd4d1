"""The stored entries, read back: the histories of events, alone or with all that they were ever joined with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from events.codec import decode
from events.entries import Logged
from events.event import EventAbsorbed, EventJoined, EventParted, EventReleased
from events.joins import Family, family, partner
from projections.merging import chunks
from projections.reading import Reading
from projections.tables import entries

_JOINING = tuple(cls.TOPIC for cls in (EventJoined, EventParted, EventAbsorbed, EventReleased))


def decoded(rows: Iterable[Any]) -> Iterator[Logged]:
    """Rows of `entries` as they stand in the log."""
    for row in rows:
        entry = decode(UUID(row.originator_id), row.number, row.topic, row.state.encode())
        yield Logged(entry, row.position, row.recorded_at)


def histories(connection: Connection, aggregates: Iterable[str], reading: Reading | None = None) -> Mapping[UUID, list[Logged]]:
    """The entries of aggregates (UUIDs as hex) in the order of the log, as far as they were recorded by the reading's `known_at`."""
    found: dict[UUID, list[Logged]] = defaultdict(list)
    for chunk in chunks(aggregates):
        query = select(entries).where(entries.c.originator_id.in_(chunk))
        if reading is not None:
            query = query.where(entries.c.recorded_at <= reading.known_at)
        for logged in decoded(connection.execute(query.order_by(entries.c.originator_id, entries.c.number))):
            found[logged.entry.originator_id].append(logged)
    return found


def family_of(connection: Connection, event: UUID, held: Mapping[UUID, list[Logged]], reading: Reading | None = None) -> Family:
    """The event and all that it was ever joined with, with their entries, of which `held` are read already."""
    return family(event, lambda wanted: held[wanted] if wanted in held else histories(connection, [wanted.hex], reading).get(wanted, []))


def with_joined(connection: Connection, event_ids: Collection[str]) -> set[str]:
    """The events (UUIDs as hex) and all that they were ever joined with."""
    found, pending = set(event_ids), set(event_ids)
    while pending:
        joined: set[str] = set()
        for chunk in chunks(pending):
            query = select(entries).where(entries.c.originator_id.in_(chunk), entries.c.topic.in_(_JOINING))
            partners = (partner(logged.entry) for logged in decoded(connection.execute(query)))
            joined |= {other.hex for other in partners if other is not None}
        pending = joined - found
        found |= pending
    return found
