"""Copies of a log: every entry under the position that it has, from one engine to the other, and a digest that proves it.

Whatever cites a position stays true, so gaps are kept as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, LiteralString, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder
from psycopg.sql import SQL, Identifier

from events.errors import AnnalsError, Conflict
from service.ledger.application import Ledger

BATCH = 2000
_ROW: LiteralString = "INSERT INTO {table} ({position}, originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s, %s)"
_NEXT: LiteralString = "SELECT setval(pg_get_serial_sequence(%s, 'notification_id'), %s)"


@dataclass(frozen=True, slots=True)
class LogDigest:
    """How many entries a log has, the position of the last, and a rolling SHA-256 over positions, ids, topics and contents in hex."""

    entries: int = 0
    position: int = 0
    digest: str = sha256().hexdigest()

    def and_then(self, found: Notification) -> LogDigest:
        """The digest with one more entry."""
        parts = (self.digest, str(found.id), cast(UUID, found.originator_id).hex, str(found.originator_version), found.topic)
        rolled = sha256("\x1f".join(parts).encode() + b"\x1f" + found.state).hexdigest()
        return LogDigest(self.entries + 1, found.id, rolled)


OnCopied = Callable[[LogDigest], None]
"""Called after every batch with what has been copied so far."""


def log_digest(ledger: Ledger, until: int | None = None) -> LogDigest:
    """The digest of a log, or of its entries up to and including the position `until`."""
    found = LogDigest()
    for batch in _batches(ledger, 0, until):
        for entry in batch:
            found = found.and_then(entry)
    return found


def copy_log(source: Ledger, target: Ledger, on_progress: OnCopied | None = None) -> LogDigest:
    """Copy all entries of one log into another, and compare both in the end; answers their digest.

    The target is empty, or holds the beginning of the source: a copy that broke off goes on where it stopped. Raises `Conflict`
    where it holds anything else, or where somebody wrote to it meanwhile.
    """
    copied = log_digest(target)
    if copied != log_digest(source, copied.position):
        raise _other(copied)
    for batch in _batches(source, copied.position):
        _insert(target.recorder, batch)
        for entry in batch:
            copied = copied.and_then(entry)
        if on_progress is not None:
            on_progress(copied)
    if log_digest(target) != copied:
        raise _other(log_digest(target))
    return copied


def _other(held: LogDigest) -> AnnalsError:
    message = f"the log to copy to holds {held.entries} entries up to position {held.position}, which are not those of this log"
    return Conflict.of("", held.position, message, "an empty database, or one that an earlier copy of this log has begun to fill")


def _batches(ledger: Ledger, after: int, until: int | None = None) -> Iterator[Sequence[Notification]]:
    while batch := [found for found in ledger.notifications(after, BATCH) if until is None or found.id <= until]:
        yield batch
        after = batch[-1].id


def _insert(recorder: ApplicationRecorder, batch: Sequence[Notification]) -> None:
    """Insert entries under their positions in one transaction; the next one of all has the position after them."""
    if isinstance(recorder, PostgresApplicationRecorder):
        schema, table = recorder.datastore.schema, recorder.events_table_name
        row = SQL(_ROW).format(table=Identifier(schema, table), position=Identifier("notification_id"))
        with recorder.datastore.transaction(commit=True) as cursor:
            cursor.executemany(row, [_values(found) for found in batch])
            cursor.execute(_NEXT, (f"{schema}.{table}", batch[-1].id))
        return
    assert isinstance(recorder, SQLiteApplicationRecorder)
    row_of_lite = _ROW.format(table=recorder.events_table_name, position="rowid").replace("%s", "?")
    with recorder.datastore.transaction(commit=True) as lite:
        lite.executemany(row_of_lite, [(number, originator.hex, *rest) for number, originator, *rest in map(_values, batch)])


def _values(found: Notification) -> tuple[int, UUID, Any, Any, Any]:
    return found.id, cast(UUID, found.originator_id), found.originator_version, found.topic, found.state
