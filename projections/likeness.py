"""What may be the same event: events of one type about the same entities, found by a key that versions share.

The key takes entities that were ever merged for one, whenever that stood or stands; whoever compares two events at a
reading asks once more which entities are one there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from events.entities import EntityAbsorbed, EntityEntry, EntityMerged, EntityReleased, EntityUnmerged
from events.event import EventCorrected, Posted
from events.fields import Kind
from events.types import EventType, event_type
from projections.merging import chunks, component, sides, winners
from projections.reading import Reading
from projections.tables import links, versions

MERGING = (EntityMerged, EntityUnmerged, EntityAbsorbed, EntityReleased)
_LENGTH = 32
Mentioned = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Likenesses:
    """Which entities are one: `same` maps those that have another id than their own to that one."""

    same: Mapping[Mentioned, str]

    @classmethod
    def of(cls, connection: Connection, mentioned: Iterable[Mentioned]) -> Likenesses:
        """Entities as one that a merge ever connected, under the first of their ids."""
        same: dict[Mentioned, str] = {}
        for kind, wanted in _by_kind(mentioned).items():
            for entity in sides(connection, kind, wanted) & wanted:
                same[kind, entity] = min(component(connection, kind, (entity,)))
        return cls(same)

    @classmethod
    def at(cls, connection: Connection, mentioned: Iterable[Mentioned], reading: Reading) -> Likenesses:
        """Entities as one that stand merged at the reading."""
        wanted = _by_kind(mentioned).items()
        found = {(kind, entity): winner for kind, ids in wanted for entity, winner in winners(connection, kind, ids, reading).items()}
        return cls(found)

    def key(self, kind: EventType, stored: Mapping[str, Any]) -> str | None:
        """The key of an event with those stored fields: a digest of its type and of who identifies it; None where nobody does."""
        about = sorted({(name, of, self.same.get((of, entity), entity)) for name, of, entity in _identifying(kind, stored)})
        return sha256(json.dumps([kind.name, about]).encode()).hexdigest()[:_LENGTH] if about else None


def identifying(type_name: str, stored: Mapping[str, Any]) -> set[Mentioned]:
    """The kind and id of every entity that identifies an event of that type."""
    return {(of, entity) for _, of, entity in _identifying(event_type(type_name), stored)}


def mentioned_in(history: Iterable[Any]) -> set[Mentioned]:
    """The entities that ever identified an event, by its entries in the order of the log."""
    found: set[Mentioned] = set()
    type_name = ""
    for entry in history:
        if isinstance(entry, Posted):
            type_name = entry.type
            found |= identifying(type_name, entry.fields)
        elif isinstance(entry, EventCorrected):
            found |= identifying(type_name, entry.changes)
    return found


def write_merged(connection: Connection, about: Iterable[EntityEntry]) -> None:
    """Make the keys anew of all events about an entity on either side of a merge or of its undoing."""
    touched = {(entry.kind, entry.id) for entry in about if isinstance(entry, MERGING)}
    for kind, ids in _by_kind(touched).items():
        for chunk in chunks(component(connection, kind, ids)):
            mentioning = select(links.c.event_id).where(links.c.kind == kind, links.c.target.in_(chunk))
            _write(connection, set(connection.scalars(mentioning)))


def _write(connection: Connection, event_ids: Iterable[str]) -> None:
    key = (versions.c.clock, versions.c.event_id, versions.c.seq)
    for chunk in chunks(event_ids):
        query = select(*key, versions.c.likeness, versions.c.body).where(versions.c.event_id.in_(chunk), versions.c.likeness.is_not(None))
        found = [(row, orjson.loads(row.body)) for row in connection.execute(query)]
        alike = Likenesses.of(connection, {one for _, body in found for one in identifying(body["type"], body["fields"])})
        fresh = [(row, alike.key(event_type(body["type"]), body["fields"])) for row, body in found]
        changed = [{"c": row.clock, "e": row.event_id, "s": row.seq, "fresh": now} for row, now in fresh if now != row.likeness]
        if changed:
            where = (column == bindparam(name) for column, name in zip(key, "ces", strict=True))
            connection.execute(update(versions).where(*where).values(likeness=bindparam("fresh")), changed)


def _identifying(kind: EventType, stored: Mapping[str, Any]) -> list[tuple[str, Kind, str]]:
    return [found for found in kind.entities(stored) if found[0] in kind.identity]


def _by_kind(mentioned: Iterable[Mentioned]) -> Mapping[Kind, set[str]]:
    found: dict[Kind, set[str]] = defaultdict(set)
    for kind, entity in mentioned:
        found[kind].add(entity)
    return found
