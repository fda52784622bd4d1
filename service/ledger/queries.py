"""The few questions to the log that the library's recorders do not answer, written once for both engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, LiteralString
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder
from eventsourcing.utils import retry
from psycopg.sql import SQL, Identifier

AT_ONCE = 500
"""Ids asked for in one statement."""
POSITION: LiteralString = "SELECT {position} AS position FROM {table} WHERE originator_id = %s AND originator_version = %s"
BEYOND: LiteralString = "SELECT count(*) AS entries FROM {table} WHERE {position} > %s"
SEVERAL: tuple[LiteralString, LiteralString] = (
    "SELECT * FROM {table} WHERE originator_id IN (",
    ") ORDER BY originator_id, originator_version",
)


def select_many(recorder: ApplicationRecorder, aggregate_ids: Iterable[UUID]) -> Iterator[StoredEvent]:
    """The stored entries of several aggregates, each aggregate's in the order of their versions."""
    ids = iter(aggregate_ids)
    while wanted := list(islice(ids, AT_ONCE)):
        for row in _fetch(recorder, ", ".join(["%s"] * len(wanted)).join(SEVERAL), wanted):
            yield StoredEvent(UUID(str(row["originator_id"])), row["originator_version"], row["topic"], bytes(row["state"]))


def position_of(recorder: ApplicationRecorder, aggregate_id: UUID, version: int) -> int | None:
    """The position of one entry; None where there is none."""
    return next((int(row["position"]) for row in _fetch(recorder, POSITION, [aggregate_id, version])), None)


def count_beyond(recorder: ApplicationRecorder, position: int) -> int:
    """How many entries there are beyond a position."""
    return int(_fetch(recorder, BEYOND, [position])[0]["entries"])


@retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
def _fetch(recorder: ApplicationRecorder, statement: LiteralString, values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(recorder, PostgresApplicationRecorder):
        table = Identifier(recorder.datastore.schema, recorder.events_table_name)
        asked = SQL(statement).format(table=table, position=Identifier("notification_id"))
        with recorder.datastore.get_connection() as connection:
            return connection.execute(asked, values).fetchall()
    assert isinstance(recorder, SQLiteApplicationRecorder)
    with recorder.datastore.transaction(commit=False) as lite:
        asked_of_lite = statement.format(table=recorder.events_table_name, position="rowid").replace("%s", "?")
        lite.execute(asked_of_lite, [value.hex if isinstance(value, UUID) else value for value in values])
        found: Sequence[Any] = lite.fetchall()
        return found
