"""The log itself: entries appended all or none, read back by aggregate and in the order of their positions."""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    InternalError,
    Mapper,
    Notification,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment, EnvType

from events.codec import MAPPER, encode
from events.entries import Entry
from events.errors import Unavailable
from service.ledger.queries import position_of, select_many
from service.settings import Settings

TRIES = 40
WAIT_SECONDS = 0.25
"""A server that recovers, or a writer that makes the tables, is waited for this often and this long each time."""
CREATING = 6_031_767
"""Key of the advisory lock under which one process at a time makes the tables."""
T = TypeVar("T")


class Raced(Exception):
    """Another writer was first: the aggregates have moved on since they were read, and nothing was appended."""


class Ledger(Application[UUID]):
    """The log. Open it with `Ledger.open`; it is safe for several threads, and several processes may open the same one.

    Positions only grow; on PostgreSQL they have gaps, since a refused append uses some up.
    """

    name = "ledger"

    @classmethod
    def open(cls, settings: Settings) -> Ledger:
        """The log that the settings name, made where it is missing."""
        if settings.log_file is not None:
            settings.log_file.parent.mkdir(parents=True, exist_ok=True)
        return cls(settings.log_environment())

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """The given settings alone: nothing in the process's environment may reach the library."""
        return Environment(name, env)

    def construct_mapper(self) -> Mapper[UUID]:
        """The mapper that stores entries alike on every engine."""
        return MAPPER

    def construct_recorder(self) -> ApplicationRecorder:
        """The engine's own recorder, with its tables made; several processes may come here at once."""
        # The switch of a new SQLite file to its write-ahead log does not wait for another process's.
        return _patiently(self._make_recorder, also_locked=True)

    def _make_recorder(self) -> ApplicationRecorder:
        with _alone(self.factory):
            return super().construct_recorder()

    def entries_of(self, aggregate_id: UUID, *, after: int | None = None, limit: int | None = None) -> list[Entry]:
        """The entries of an aggregate beyond the version `after`, in the order of their versions."""
        return [self._entry(stored) for stored in self.recorder.select_events(aggregate_id, gt=after, limit=limit)]

    def entries_of_many(self, aggregate_ids: Iterable[UUID]) -> Mapping[UUID, list[Entry]]:
        """The entries of several aggregates; those that do not exist are left out."""
        found: dict[UUID, list[Entry]] = defaultdict(list)
        for stored in select_many(self.recorder, aggregate_ids):
            found[cast(UUID, stored.originator_id)].append(self._entry(stored))
        return found

    def append(self, entries: Sequence[Entry]) -> int:
        """Append all or none, and answer the position of the last one.

        Raises `Raced` where an aggregate already holds another entry of the same version, `Unavailable` where the
        server does not take writes.
        """
        stored = [encode(entry) for entry in entries]
        try:
            # On SQLite the library's transaction is BEGIN and then INSERT. As its first statement is the one that takes
            # the write lock, it waits for another process's transaction instead of failing with a stale snapshot.
            positions = _patiently(lambda: self.recorder.insert_events(stored))
        except IntegrityError:
            return self._position_if_ours(stored)
        assert positions is not None
        return positions[-1]

    def notifications(self, after: int, limit: int) -> Sequence[Notification]:
        """At most `limit` stored entries beyond the position `after`, in order, on either engine."""
        return self.recorder.select_notifications(start=after, limit=limit, inclusive_of_start=False)

    def last_position(self) -> int:
        """The position of the newest entry; 0 where there is none."""
        found: int | None = self.recorder.max_notification_id()
        return found or 0

    def position_of(self, aggregate_id: UUID, version: int) -> int:
        """The position of an entry that exists; raises LookupError for any other."""
        found = position_of(self.recorder, aggregate_id, version)
        if found is None:
            raise LookupError(f"no version {version} of {aggregate_id}")
        return found

    def _entry(self, stored: StoredEvent) -> Entry:
        return cast(Entry, self.mapper.to_domain_event(stored))

    def _position_if_ours(self, stored: Sequence[StoredEvent]) -> int:
        """The recorder tries again after a lost connection, so a refusal may be the echo of our own commit."""
        held = {(found.originator_id, found.originator_version): found for found in select_many(self.recorder, _ids(stored))}
        if any(held.get((sent.originator_id, sent.originator_version)) != sent for sent in stored):
            raise Raced
        return self.position_of(cast(UUID, stored[-1].originator_id), stored[-1].originator_version)


def _ids(stored: Sequence[StoredEvent]) -> Iterable[UUID]:
    return dict.fromkeys(cast(UUID, sent.originator_id) for sent in stored)


def _patiently(attempt: Callable[[], T], *, also_locked: bool = False) -> T:
    """`attempt()`, tried again while the server recovers, as in `cannot execute LOCK TABLE during recovery`."""
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except (InternalError, OperationalError, sqlite3.OperationalError) as error:
            passing = isinstance(error, InternalError) or (also_locked and "locked" in str(error))
            if not (left and passing):
                raise Unavailable.of("", None, f"the log cannot be reached now: {error}", "try again in a moment") from error
        time.sleep(WAIT_SECONDS)
    raise AssertionError


@contextmanager
def _alone(factory: object) -> Iterator[None]:
    """Hold off others that would make the same tables: PostgreSQL's IF NOT EXISTS fails where two do so at once."""
    if not isinstance(factory, PostgresFactory):
        yield
        return
    with factory.datastore.get_connection() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (CREATING,))
        try:
            yield
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", (CREATING,))
