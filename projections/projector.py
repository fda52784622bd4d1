"""The projector: brings a store up to the log, batch by batch, each in one transaction with the mark of how far it came.

A crash anywhere repeats nothing and skips nothing, and two projectors at once are harmless: each works from the mark
that it finds once it holds the write lock. An entry that cannot be applied stops the projection before it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from traceback import walk_tb
from typing import Protocol, cast
from uuid import UUID

from eventsourcing.persistence import Notification
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from events.articles import ArticleRegistered
from events.codec import decode
from events.entities import EntityEntry
from events.entries import Logged
from events.event import EventEntry
from events.fields import Kind
from events.moments import to_micros
from projections import tables
from projections.articles import write_articles
from projections.entities import write_entities
from projections.folded import Pair
from projections.instants import write_instants
from projections.likeness import MERGING, write_merged
from projections.merging import component
from projections.stores import Store
from projections.tenures import write_pairs
from projections.versions import pairs_about, write_events

BATCH = 2000
KEPT = (EventEntry, EntityEntry, ArticleRegistered)
"""The kinds of entries from which rows follow; any other is counted and digested alone."""
LOG = logging.getLogger(__name__)
_OURS = ("events", "projections")


class Source(Protocol):
    """A log, as far as the projector reads it."""

    def notifications(self, after: int, limit: int) -> Sequence[Notification]:
        """At most `limit` entries beyond the position `after`, in the order of their positions, which may have gaps."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a store has come.

    `version` is that of the projections that wrote it, `position` that of the last entry consumed, `entries` the
    number consumed, `digest` a rolling SHA-256 over them in hex, `recorded_at` the instant of the last in microseconds
    since 1970. Where an entry could not be applied, `halted_at` is its position and `halted_by` says which error came of
    it and where, but nothing of what the entry holds, which may be under embargo.
    """

    version: int
    position: int
    entries: int
    digest: str
    recorded_at: int
    halted_at: int | None
    halted_by: str | None


OnProgress = Callable[[Progress], None]
"""Called after every batch."""


class _Failed(Exception):
    """Some of these entries could not be applied."""

    def __init__(self, pulled: Sequence[Notification], error: Exception) -> None:
        super().__init__(pulled)
        self.pulled = pulled
        self.error = error


def progress(connection: Connection) -> Progress:
    """How far the store of the connection has come."""
    row = connection.execute(select(*(tables.progress.c[field.name] for field in fields(Progress)))).one()
    return Progress(*row)


def catch_up(
    store: Store, source: Source, *, batch: int = BATCH, until: int | None = None, on_progress: OnProgress | None = None
) -> Progress:
    """Apply the entries that the store lacks, up to and including position `until`; answers how far it came.

    Where an entry cannot be applied, those before it are, and the answer is halted; the next call tries it again. So is
    the answer for a store of another version of the projections, which is left as it is. Errors of the log or of the
    database itself are raised, and then the batch counts as never begun.
    """
    with store.reading() as connection:
        reached = progress(connection)
    size = batch if reached.halted_at is None else 1
    while reached.version == tables.VERSION:
        try:
            reached, consumed = _advance(store, source, size, until)
        except _Failed as failed:
            if len(failed.pulled) == 1:
                return _halt(store, failed.pulled[0], failed.error)
            size = len(failed.pulled) // 2
            continue
        if not consumed:
            return reached
        if on_progress is not None:
            on_progress(reached)
        size = min(batch, 2 * size)
    message = f"the store is of version {reached.version} of the projections, and this is version {tables.VERSION}"
    return replace(reached, halted_at=reached.position, halted_by=message)


def _advance(store: Store, source: Source, size: int, until: int | None) -> tuple[Progress, int]:
    """One batch in one transaction: the progress after it, and the number of entries consumed."""
    with store.writing() as connection:
        before = progress(connection)
        pulled = [found for found in source.notifications(before.position, size) if until is None or found.id <= until]
        if not pulled or before.version != tables.VERSION:
            return before, 0
        try:
            return _consume(connection, before, pulled), len(pulled)
        except Exception as error:
            if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
                raise
            raise _Failed(pulled, error) from error


def _halt(store: Store, stopped: Notification, error: Exception) -> Progress:
    """Note the entry that could not be applied, unless another projector has applied it meanwhile."""
    with store.writing() as connection:
        before = progress(connection)
        if before.position >= stopped.id:
            return before
        halted = replace(before, halted_at=stopped.id, halted_by=f"{_named(error)} of {stopped.topic}")
        connection.execute(update(tables.progress).values(asdict(halted)))
    if halted != before:
        LOG.error("the projections stopped at position %d by %s", stopped.id, halted.halted_by, exc_info=error)
    return halted


def _named(error: Exception) -> str:
    """Which error and where, without its words: they may quote what is under embargo, and this is shown to everybody."""
    places = [(str(frame.f_globals.get("__name__")), line) for frame, line in walk_tb(error.__traceback__)]
    module, line = [(name, line) for name, line in places if name.partition(".")[0] in _OURS][-1]
    return f"{type(error).__name__} at {module}:{line}"


def _consume(connection: Connection, before: Progress, pulled: Sequence[Notification]) -> Progress:
    recorded_at, digest, consumed = before.recorded_at, before.digest, []
    for found in pulled:
        entry = decode(cast(UUID, found.originator_id), found.originator_version, found.topic, found.state)
        recorded_at, digest = max(recorded_at, to_micros(entry.timestamp)), _rolled(digest, found)
        consumed.append((Logged(entry, found.id, recorded_at), found))
    write_instants(connection, [logged for logged, _ in consumed])
    apply(connection, consumed)
    after = Progress(before.version, pulled[-1].id, before.entries + len(pulled), digest, recorded_at, None, None)
    connection.execute(update(tables.progress).values(asdict(after)))
    return after


def _rolled(digest: str, found: Notification) -> str:
    """The digest after one more entry; without its position, in which engines differ."""
    parts = (digest, cast(UUID, found.originator_id).hex, str(found.originator_version), found.topic)
    return sha256("\x1f".join(parts).encode() + b"\x1f" + found.state).hexdigest()


def apply(connection: Connection, consumed: Sequence[tuple[Logged, Notification]]) -> None:
    """Write all rows that follow from further entries, given in the order of the log, each also as it is stored."""
    kept = [(logged, found) for logged, found in consumed if isinstance(logged.entry, KEPT)]
    if not kept:
        return
    connection.execute(insert(tables.entries), [_row(logged, found) for logged, found in kept])
    about = [logged.entry for logged, _ in kept if isinstance(logged.entry, EntityEntry)]
    write_entities(connection, {(entry.kind, entry.id) for entry in about})
    pairs = write_events(connection, {logged.entry.originator_id.hex for logged, _ in kept if isinstance(logged.entry, EventEntry)})
    write_merged(connection, about)
    write_articles(connection, [logged for logged, _ in kept if isinstance(logged.entry, ArticleRegistered)])
    write_pairs(connection, pairs | _merged_pairs(connection, about))


def _row(logged: Logged, found: Notification) -> dict[str, object]:
    return {
        "originator_id": cast(UUID, found.originator_id).hex, "number": found.originator_version, "position": found.id,
        "recorded_at": logged.recorded_at, "topic": found.topic, "state": found.state.decode(),
    }  # fmt: skip


def _merged_pairs(connection: Connection, about: Iterable[EntityEntry]) -> set[Pair]:
    """The pairs of everybody who is connected with either side of a merge or of its undoing."""
    touched: dict[Kind, set[str]] = {"person": set(), "organization": set(), "product": set()}
    for entry in about:
        if isinstance(entry, MERGING):
            touched[entry.kind].add(entry.id)
    people, organizations = (component(connection, kind, touched[kind]) for kind in ("person", "organization"))
    return pairs_about(connection, people=people, organizations=organizations)
