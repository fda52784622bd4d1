"""How entries are stored: JSON bytes under permanent topics, the same on every engine and in every later version."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, StoredEvent, UUIDAsHex

import events.articles
import events.entities
import events.event
import events.keys
import events.submission  # noqa: F401  the imports register the topics
from events.entries import Entry

MARK = b'"_type_":'
"""How the transcoder marks what is not plain JSON. A text never holds it, since quotes in texts are escaped."""


def transcoder() -> JSONTranscoder:
    """A transcoder for everything that an entry may hold: JSON, UUIDs and aware datetimes."""
    found = JSONTranscoder()
    found.register(UUIDAsHex())
    found.register(DatetimeAsISO())
    return found


MAPPER: Mapper[UUID] = Mapper(transcoder())


def decode(originator_id: UUID, originator_version: int, topic: str, state: bytes) -> Entry:
    """The entry that was stored; raises the library's errors on an unknown topic or broken bytes."""
    return cast(Entry, MAPPER.to_domain_event(StoredEvent(originator_id, originator_version, topic, state)))


def encode(entry: Entry) -> StoredEvent:
    """The topic and bytes under which an entry is stored.

    Raises ValueError for JSON from outside that bears the transcoder's own mark: stored, it could not be read back.
    """
    stored = MAPPER.to_stored_event(entry)
    own = sum(isinstance(value, (UUID, datetime)) for value in vars(entry).values()) - 1
    if stored.state.count(MARK) != own:
        raise ValueError(f"the entry {stored.topic} holds an object with the member _type_, which the log keeps for itself")
    return stored
