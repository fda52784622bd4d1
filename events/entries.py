"""What every immutable record in the log has in common, and the permanent topics under which records are stored.

A topic is the name of a kind of entry for ever: classes may move or be renamed, topics never.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid5

from eventsourcing.utils import register_topic

NAMESPACE = UUID("6f2b6f4e-8d0c-5a55-9d3f-0c1f3a6a7b10")
TOPICS: dict[str, type[Entry]] = {}


@dataclass(frozen=True)
class Entry:
    """A record in the log.

    `originator_id` and `originator_version` say which aggregate it belongs to and its place there (from 1);
    `timestamp` is the aware UTC instant at which it was made; `actor` the name of the key that wrote it.
    """

    TOPIC: ClassVar[str] = ""
    originator_id: UUID
    originator_version: int
    timestamp: datetime
    actor: str | None


TEntry = TypeVar("TEntry", bound=type[Entry])


def topic(name: str) -> Callable[[TEntry], TEntry]:
    """Class decorator that stores entries of the class under the permanent topic `name`."""

    def register(cls: TEntry) -> TEntry:
        cls.TOPIC = name
        TOPICS[name] = cls
        register_topic(name, cls)
        return cls

    return register


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, and when: what a command passes to every entry that it makes."""

    timestamp: datetime
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry as the log holds it.

    `position` is its place in the log, `recorded_at` its instant in microseconds since 1970 (UTC), which never
    runs backwards along the log even where `timestamp` does.
    """

    entry: Any
    position: int
    recorded_at: int


@lru_cache(maxsize=16384)
def aggregate_id(kind: str, *parts: str) -> UUID:
    """The id of the aggregate of that kind and those natural keys: a name-based UUID (RFC 9562, version 5)."""
    return uuid5(NAMESPACE, "\x1f".join((kind, *parts)))
