"""The library's PostgreSQL recorder, less the pipeline in which it sends an insert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.utils import retry


class PlainRecorder(PostgresApplicationRecorder):
    """Inserts in a plain transaction: psycopg's pipeline waits for an answer before a large insert is sent whole, for ever.

    The table lock, the notification, the statement and the retries are the library's own. There is no other way to
    insert here, so its database function, which takes no lock, cannot be switched on either.
    """

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Insert all or none; the position of each."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_stored_events(cursor, stored_events, **kwargs)
            return self._fetch_ids_after_insert_events(cursor, stored_events, **kwargs)
