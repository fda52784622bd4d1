"""A unit of work: what a command has read, what it wants to add, and the loop that runs it until no other writer is first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from events.entries import Entry, Stamp
from events.errors import Unavailable
from service.ledger.application import Ledger, Raced

T = TypeVar("T")
E = TypeVar("E", bound=Entry)
MOST_TRIES = 20
WAIT_SECONDS = 0.02
"""A command that was raced waits a random part of this, times the number of its tries."""


class Unit:
    """A command's view of the log: aggregates as they were when first read, with the unit's own entries after them.

    Every aggregate that a command writes to is guarded by the append: had another writer added to it, the append
    refuses all. One that it only read is not, so a command may rest on it only where it would also be right to
    have run just before that other writer.
    """

    def __init__(self, ledger: Ledger, stamp: Stamp) -> None:
        self.ledger = ledger
        self.stamp = stamp
        self._streams: dict[UUID, list[Entry]] = {}
        self._derived: dict[UUID, Any] = {}
        self._added: list[Entry] = []

    def entries(self, aggregate_id: UUID) -> Sequence[Entry]:
        """The entries of an aggregate in order, this unit's own included."""
        stream = self._streams.get(aggregate_id)
        if stream is None:
            stream = self._streams[aggregate_id] = self.ledger.entries_of(aggregate_id)
        return stream

    def prefetch(self, aggregate_ids: Iterable[UUID]) -> None:
        """Read aggregates that will be asked for, all at once."""
        unread = {aggregate_id for aggregate_id in aggregate_ids if aggregate_id not in self._streams}
        found = self.ledger.entries_of_many(unread)
        self._streams.update((aggregate_id, found.get(aggregate_id, [])) for aggregate_id in unread)

    def derived(self, aggregate_id: UUID, derive: Callable[[Sequence[Entry]], T]) -> T:
        """`derive(entries)`, kept until the aggregate changes; always the same function for the same kind of aggregate."""
        if aggregate_id not in self._derived:
            self._derived[aggregate_id] = derive(self.entries(aggregate_id))
        return cast(T, self._derived[aggregate_id])

    def draft(self, kind: type[E], aggregate_id: UUID, /, **content: Any) -> E:
        """The next entry of the aggregate, not added yet."""
        return kind(aggregate_id, len(self.entries(aggregate_id)) + 1, self.stamp.timestamp, self.stamp.actor, **content)

    def put(self, entry: Entry) -> None:
        """Have a draft appended when the unit commits."""
        self._streams.setdefault(entry.originator_id, []).append(entry)
        self._derived.pop(entry.originator_id, None)
        self._added.append(entry)

    def add(self, kind: type[E], aggregate_id: UUID, /, **content: Any) -> E:
        """A new entry of the aggregate, to be appended when the unit commits."""
        entry = self.draft(kind, aggregate_id, **content)
        self.put(entry)
        return entry

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Take back what was added within, if it raises."""
        mark = len(self._added)
        try:
            yield
        except BaseException:
            for entry in reversed(self._added[mark:]):
                self._streams[entry.originator_id].pop()
                self._derived.pop(entry.originator_id, None)
            del self._added[mark:]
            raise

    def commit(self) -> int:
        """Append everything in one transaction; the position that a reader must have reached to see it. Raises `Raced`."""
        return self.ledger.append(self._added) if self._added else self.ledger.last_position()


def run(
    ledger: Ledger, command: Callable[[Unit], T], *, now: Callable[[], datetime], actor: str | None = None, dry_run: bool = False
) -> tuple[T, int]:
    """Run a command and append what it added; what it returned, and the position of its last entry.

    A command that was raced is run again on what the log then holds, so it must keep nothing outside its unit.
    `dry_run` appends nothing. Raises what the command raises, and `Unavailable` where others are always first.
    """
    for tries in range(1, MOST_TRIES + 1):
        unit = Unit(ledger, Stamp(now().astimezone(UTC), actor))
        result = command(unit)
        if dry_run:
            return result, ledger.last_position()
        try:
            return result, unit.commit()
        except Raced:
            time.sleep(random.random() * WAIT_SECONDS * tries)
    message = f"{MOST_TRIES} times another writer came first, so nothing was recorded"
    raise Unavailable.of("", None, message, "try again in a moment")
