"""The audit of a store against the log: digests of its rows, and building anew beside the live store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

import orjson
from sqlalchemy import ColumnElement, Connection, String, Table, select
from sqlalchemy.exc import DBAPIError

from events.errors import AnnalsError, Conflict, Unavailable
from projections import tables
from projections.projector import OnProgress, Progress, Source, catch_up, progress
from projections.stores import Store, Stores

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Audit:
    """The live store beside one built anew from the log up to the same position.

    `rows` maps each table's name to the digests of its rows, live and anew. `anew` is halted where the log holds an
    entry that cannot be applied any more.
    """

    store: int
    live: Progress
    anew: Progress
    rows: Mapping[str, tuple[str, str]]

    @property
    def differing(self) -> tuple[str, ...]:
        """What differs: the names of tables, and `log` where the entries themselves do."""
        log = () if _same_entries(self.live, self.anew) else ("log",)
        return (*log, *(name for name, (live, anew) in self.rows.items() if live != anew))

    @property
    def equal(self) -> bool:
        """Whether the live store is what the log makes, row for row."""
        return not self.differing


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A store built anew: the numbers of the one that was live before, if any, and of the live one, and how far that came."""

    former: int | None
    live: int
    progress: Progress


def rows_digest(connection: Connection) -> dict[str, str]:
    """The SHA-256, in hex, of each table's rows in the order of their keys."""
    return {table.name: _digest(connection, table) for table in tables.CONTENT}


def _digest(connection: Connection, table: Table) -> str:
    key = [_bytewise(connection, column) for column in table.primary_key.columns]
    digest = sha256()
    for row in connection.execute(select(table).order_by(*key), execution_options={"yield_per": _ROWS_AT_ONCE}):
        digest.update(orjson.dumps(tuple(row), option=orjson.OPT_APPEND_NEWLINE))
    return digest.hexdigest()


def _bytewise(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """The column as SQLite sorts it anyway: the order may not hang on the language of a PostgreSQL database."""
    is_text = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return column.collate("C") if is_text else column


def verify(stores: Stores, source: Source, on_progress: OnProgress | None = None) -> Audit:
    """Compare the live store with one built from the log and then thrown away; raises `Unavailable` where there is no live one."""
    store = stores.live()
    if store is None:
        raise Unavailable.of("", None, "the projections are not built yet, so there is nothing to verify", "`annals rebuild`")
    with store.reading() as connection:
        live = progress(connection)
        rows = rows_digest(connection)
    with _building(stores, keep=False) as scratch:
        anew = catch_up(scratch, source, until=live.position, on_progress=on_progress)
        with scratch.reading() as connection:
            return Audit(store.number, live, anew, {name: (rows[name], digest) for name, digest in rows_digest(connection).items()})


def rebuild(stores: Stores, source: Source, on_progress: OnProgress | None = None) -> Rebuilt:
    """Build a store with the next number beside the live one, which goes on serving, and move the pointer to it.

    Raises `Conflict`, and leaves everything as it was, where the log does not give the entries from which the live
    store was made, or holds one among them that cannot be applied any more. Stores replaced earlier are dropped after
    their grace time.
    """
    stores.drop_stale()
    former = stores.live()
    if former is None:
        return _build(stores, source, None, on_progress)
    with former.reading() as connection:
        return _build(stores, source, progress(connection), on_progress)


def build_anew(stores: Stores, source: Source, on_progress: OnProgress | None = None) -> Rebuilt:
    """Build a store from the log and move the pointer to it, whatever the live one was made from: for a log that was restored."""
    return _build(stores, source, None, on_progress)


def ensure(stores: Stores, source: Source, on_progress: OnProgress | None = None) -> Store:
    """The live store, built first where there is none, or where it is of another version of the projections or of another log."""
    stores.drop_stale()
    live = stores.live()
    if live is None or not _is_usable(live, source):
        _build(stores, source, None, on_progress)
        live = stores.live()
    assert live is not None
    return live


def _is_usable(store: Store, source: Source) -> bool:
    try:
        with store.reading() as connection:
            reached = progress(connection)
    except DBAPIError:
        return False  # tables of another time, or no database at all: what cannot be read can be built
    if reached.version != tables.VERSION:
        return False
    return reached.position == 0 or [found.id for found in source.notifications(reached.position - 1, 1)] == [reached.position]


def _build(stores: Stores, source: Source, wanted: Progress | None, on_progress: OnProgress | None) -> Rebuilt:
    former = stores.live()
    with _building(stores) as store:
        if wanted is not None:
            reached = catch_up(store, source, until=wanted.position, on_progress=on_progress)
            if not _same_entries(wanted, reached):
                raise _difference(wanted, reached)
        reached = catch_up(store, source, on_progress=on_progress)
        stores.promote(store)
    return Rebuilt(former.number if former else None, store.number, reached)


@contextmanager
def _building(stores: Stores, *, keep: bool = True) -> Iterator[Store]:
    """A new store, dropped at the end or, if it is to be kept, on an error."""
    store = stores.create()
    try:
        yield store
    except BaseException:
        stores.drop(store)
        raise
    if not keep:
        stores.drop(store)


def _same_entries(one: Progress, other: Progress) -> bool:
    return (one.entries, one.digest) == (other.entries, other.digest)


def _difference(wanted: Progress, reached: Progress) -> AnnalsError:
    if reached.halted_at is not None:
        message = f"the entry at position {reached.halted_at}, which the live store holds, cannot be applied any more: {reached.halted_by}"
        return Conflict.of("", reached.halted_at, message, "projections that can apply every entry of the log")
    message = (
        f"the log gives {reached.entries} entries up to position {wanted.position} with the digest {reached.digest}, but the live "
        f"store was made from {wanted.entries} with the digest {wanted.digest}"
    )
    return Conflict.of("", wanted.position, message, "the log from which the store was made; for another log, delete the store first")
