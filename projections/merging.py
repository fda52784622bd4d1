"""Merges: entities that are one and the same, read under one id, each merge with the spans in which it stands.

Merges are written as rows and applied on reading; nothing that was posted about a loser is rewritten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, exists, not_, select, union

from events.clocks import Clock
from events.entities import EntityMerged
from events.entries import Logged
from events.fields import Kind
from events.merges import public_spans, recorded_spans, turns
from projections.known import counting, known_from, standing_merge
from projections.reading import Reading
from projections.tables import merges

CHUNK = 500
"""How many ids one statement asks for."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MergeSpan:
    """A merge and the half-open span of a clock, in microseconds since 1970, in which it stands."""

    kind: Kind
    loser: str
    winner: str
    start: int
    until: int


def merge_rows(kind: Kind, entity: str, history: Sequence[Logged]) -> Iterator[Json]:
    """The rows of `merges` that an entity's own entries make, oldest first, with spans that never overlap.

    A clerical merge always stood and a clerical unmerge takes it away as if it had never been made; an announced one
    counts from its moment. On the recorded clock neither counts before it was recorded.
    """
    found = turns(history)
    spans = zip(public_spans(found), recorded_spans(found), strict=True)
    for seq, (turn, (public, recorded)) in enumerate(zip(found, spans, strict=True)):
        if isinstance(turn.entry, EntityMerged):
            yield {
                "kind": kind, "loser": entity, "seq": seq, "winner": turn.entry.winner,
                "public_from": public[0], "public_until": public[1],
                "recorded_from": recorded[0], "recorded_until": recorded[1],
            }  # fmt: skip


def winners(connection: Connection, kind: Kind, ids: Iterable[str], reading: Reading) -> dict[str, str]:
    """The id under which each entity is read: its own, or that of the entity that it stands merged into at the reading."""
    wanted = set(ids)
    standing: dict[str, str] = {}
    pending = wanted
    while pending:
        found = dict(_standing(connection, kind, pending, reading))
        standing |= found
        pending = set(found.values()) - standing.keys()
    return {entity: follow(standing, entity) for entity in wanted}


def _standing(connection: Connection, kind: Kind, ids: Collection[str], reading: Reading) -> Iterator[tuple[str, str]]:
    for chunk in chunks(ids):
        query = select(merges.c.loser, merges.c.winner).where(merges.c.kind == kind, merges.c.loser.in_(chunk), standing_merge(reading))
        yield from connection.execute(query.order_by(merges.c.loser, merges.c.seq))


def follow(standing: Mapping[str, str], entity: str) -> str:
    """Who stands for the entity, if `standing` maps each loser to its winner; of a circle, the first id."""
    path = [entity]
    while (winner := standing.get(path[-1])) is not None:
        if winner in path:
            return min(path[path.index(winner) :])
        path.append(winner)
    return path[-1]


def losers(connection: Connection, kind: Kind, winner: str, reading: Reading) -> set[str]:
    """The ids of all entities that `winner` stands for at the reading, its own included."""
    return _absorbed(connection, kind, {winner}, reading)


def together(connection: Connection, kind: Kind, ids: Iterable[str], reading: Reading) -> set[str]:
    """The ids, and those of all that are the same entities as they at the reading."""
    return _absorbed(connection, kind, set(winners(connection, kind, ids, reading).values()), reading)


def _absorbed(connection: Connection, kind: Kind, standing: set[str], reading: Reading) -> set[str]:
    found, pending = set(standing), standing
    while pending:
        query = select(merges.c.loser).where(merges.c.kind == kind, merges.c.winner.in_(pending), standing_merge(reading))
        pending = set(connection.scalars(query)) - found
        found |= pending
    return found


def component(connection: Connection, kind: Kind, ids: Iterable[str]) -> set[str]:
    """The ids and all that merges ever connected with them, standing or undone, known or not."""
    found = set(ids)
    pending = set(found)
    while pending:
        pending = sides(connection, kind, pending) - found
        found |= pending
    return found


def sides(connection: Connection, kind: Kind, ids: Collection[str]) -> set[str]:
    """Both sides of every merge that one of the ids is a side of."""
    return {side for row in _rows_about(connection, kind, ids) for side in (row.loser, row.winner)}


def merge_spans(connection: Connection, kind: Kind, ids: Iterable[str], clock: Clock = "public") -> list[MergeSpan]:
    """The merges that any of the ids is a side of, with their spans of the clock, sorted by loser and age."""
    rows = {(row.loser, row.seq): row._mapping for row in _rows_about(connection, kind, set(ids))}
    begin, end = f"{clock}_from", f"{clock}_until"
    found = (rows[key] for key in sorted(rows))
    return [MergeSpan(kind, row["loser"], row["winner"], row[begin], row[end]) for row in found if row[begin] < row[end]]


def standing_spans(connection: Connection, kind: Kind, ids: Iterable[str], clock: Clock) -> list[MergeSpan]:
    """The same, each from the moment on at which both of its sides are known."""
    found = merge_spans(connection, kind, ids, clock)
    known = {side: known_from(connection, kind, side, clock) for span in found for side in (span.loser, span.winner)}
    spans = [replace(span, start=max(span.start, known[span.loser], known[span.winner])) for span in found]
    return [span for span in spans if span.start < span.until]


def _rows_about(connection: Connection, kind: Kind, ids: Collection[str]) -> Iterator[Any]:
    for chunk in chunks(ids):
        yield from connection.execute(touching(kind, chunk))


def touching(kind: Kind, ids: Collection[str] | Select[str], *where: ColumnElement[bool]) -> CompoundSelect[Any]:
    """The rows of `merges` that have one of the ids on either side.

    Each side is asked for by its own index: for either at once, SQLite reads every merge of the kind.
    """
    return union(*(select(merges).where(merges.c.kind == kind, side.in_(ids), *where) for side in (merges.c.loser, merges.c.winner)))


def any_hidden(connection: Connection, kind: Kind, losing: Iterable[str], reading: Reading) -> bool:
    """Whether a merge of one of the ids into another would count at the reading if both of its sides were known then."""
    hidden = (merges.c.kind == kind, counting(merges, reading), not_(standing_merge(reading)))
    return any(connection.scalar(select(exists().where(merges.c.loser.in_(chunk), *hidden))) for chunk in chunks(losing))


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, sorted, in lists short enough for one statement."""
    ordered = sorted(ids)
    for begin in range(0, len(ordered), CHUNK):
        yield ordered[begin : begin + CHUNK]


def any_merge_hidden(connection: Connection, reading: Reading) -> bool:
    """Whether a merge of people or organizations would count at the reading if both of its sides were known then."""
    hidden = exists().where(merges.c.kind.in_(("person", "organization")), counting(merges, reading), not_(standing_merge(reading)))
    return bool(connection.scalar(select(hidden)))
