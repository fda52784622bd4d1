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
    InterfaceError,
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
from events.errors import AnnalsError, Unavailable
from service.ledger.queries import count_beyond, position_of, select_many
from service.seldom import seldom_logger
from service.settings import Settings

LOG = seldom_logger(__name__)
TRIES = 40
WAIT_SECONDS = 0.25
"""A server that is gone or recovers, or a writer that makes the tables, is waited for this often and this long each time."""
PATIENCE_SECONDS = 25.0
"""After so long no further attempt begins; one may take as long again."""
RECONNECT_SECONDS = 3.0
"""How long the library's pool waits longer and longer between its attempts to connect before it begins anew."""
LOST = (InterfaceError, OperationalError)
"""The errors of the library that say that the server, or the connection to it, is gone."""
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
        if isinstance(self.factory, PostgresFactory):
            self.factory.datastore.pool.reconnect_timeout = RECONNECT_SECONDS
        with _alone(self.factory):
            return super().construct_recorder()

    def entries_of(self, aggregate_id: UUID, *, after: int | None = None, limit: int | None = None) -> list[Entry]:
        """The entries of an aggregate beyond the version `after`, in the order of their versions."""
        with _reached():
            return [self._entry(stored) for stored in self.recorder.select_events(aggregate_id, gt=after, limit=limit)]

    def entries_of_many(self, aggregate_ids: Iterable[UUID]) -> Mapping[UUID, list[Entry]]:
        """The entries of several aggregates; those that do not exist are left out."""
        found: dict[UUID, list[Entry]] = defaultdict(list)
        with _reached():
            for stored in select_many(self.recorder, aggregate_ids):
                found[cast(UUID, stored.originator_id)].append(self._entry(stored))
        return found

    def append(self, entries: Sequence[Entry]) -> int:
        """Append all or none, and answer the position of the last one.

        Raises `Raced` where an aggregate already holds another entry of the same version, `Unavailable` where the
        server does not take writes for longer than a restart takes: until then nobody knows whether the entries are stored.
        """
        stored = [encode(entry) for entry in entries]
        on_a_server = isinstance(self.factory, PostgresFactory)
        return _patiently(lambda: self._appended(stored), also_lost=on_a_server)

    def _appended(self, stored: Sequence[StoredEvent]) -> int:
        try:
            # On SQLite the library's transaction is BEGIN and then INSERT. As its first statement is the one that takes
            # the write lock, it waits for another process's transaction instead of failing with a stale snapshot.
            positions = self.recorder.insert_events(stored)
        except IntegrityError:
            return self._position_if_ours(stored)
        assert positions is not None
        return positions[-1]

    def notifications(self, after: int, limit: int) -> Sequence[Notification]:
        """At most `limit` stored entries beyond the position `after`, in order, on either engine."""
        with _reached():
            return self.recorder.select_notifications(start=after, limit=limit, inclusive_of_start=False)

    def last_position(self) -> int:
        """The position of the newest entry; 0 where there is none."""
        with _reached():
            found: int | None = self.recorder.max_notification_id()
        return found or 0

    def count_beyond(self, position: int) -> int:
        """How many entries there are beyond a position: positions have gaps, so the difference of two is no number of entries."""
        with _reached():
            return count_beyond(self.recorder, position)

    def position_of(self, aggregate_id: UUID, version: int) -> int:
        """The position of an entry that exists; raises LookupError for any other."""
        with _reached():
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


def _patiently(attempt: Callable[[], T], *, also_locked: bool = False, also_lost: bool = False) -> T:
    """`attempt()`, tried again while the server recovers, as in `cannot execute LOCK TABLE during recovery`.

    It is also tried again where a file is locked or the connection is lost, if that may pass.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except (InternalError, *LOST, sqlite3.OperationalError, Unavailable) as error:
            if not (left and time.monotonic() < until and _may_pass(error, also_locked=also_locked, also_lost=also_lost)):
                raise error if isinstance(error, Unavailable) else _away(error) from error
        time.sleep(WAIT_SECONDS)
    raise AssertionError


def _may_pass(error: Exception, *, also_locked: bool, also_lost: bool) -> bool:
    lost = isinstance(error, (*LOST, Unavailable)) and "lock timeout" not in str(error)
    return isinstance(error, InternalError) or (also_locked and "locked" in str(error)) or (also_lost and lost)


@contextmanager
def _reached() -> Iterator[None]:
    """Say of a log that cannot be read that it is away, as whoever waits a little may find it back."""
    try:
        yield
    except LOST as error:
        raise _away(error) from error


def _away(error: Exception) -> AnnalsError:
    """What clients are told; the words of the error, which may name hosts and users, are for our own log."""
    LOG.warning("the log cannot be reached: %s", error)
    return Unavailable.of("", None, "the log cannot be reached now", "try again in a moment")


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
