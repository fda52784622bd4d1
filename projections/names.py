"""From the entries about entities to rows: names and identifiers with the spans in which they count, and merges.

On the public clock a name that is news counts from its announcement, a clerical one from the moment of what it puts
right. On the recorded clock names follow the order of the log. A name that another one took the place of stays an alias.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, delete, insert, select

from events.clocks import CLOCKS
from events.codec import decode
from events.entities import EntityIdentified, EntityNamed, EntityRegistered, display_name, entity_aggregate
from events.entries import Logged
from events.fields import Kind
from events.moments import BEGINNING, FOREVER, Moment
from events.names import match_key
from projections.instants import write_embargoes
from projections.merging import chunks, merge_rows
from projections.tables import entities, entries, identifiers, merges, names
from projections.texts import delete_texts, text_row, write_texts

MOST_KEY, MOST_SORT_KEY = 400, 250
_BEGINNINGS = ("direct_recorded", "recorded_from", "recorded_until")
"""The columns that say from when on something about an entity is known, or known no more, on the recorded clock."""

Json = dict[str, Any]
Naming = EntityRegistered | EntityNamed


@dataclass(frozen=True, slots=True)
class _Turn:
    """A value and the moments, in microseconds since 1970, from which it counts on either clock."""

    value: str
    public: int
    recorded: int


def write_entities(connection: Connection, touched: Iterable[tuple[Kind, str]]) -> None:
    """Make the rows about the touched entities anew from their entries, in `entities`, `names`, `identifiers`, `merges` and `texts`."""
    by_kind: dict[Kind, set[str]] = defaultdict(set)
    for kind, entity in touched:
        by_kind[kind].add(entity)
    for kind, ids in sorted(by_kind.items()):
        for chunk in chunks(ids):
            _rewrite(connection, kind, chunk)


def _rewrite(connection: Connection, kind: Kind, ids: Sequence[str]) -> None:
    histories = _histories(connection, kind, ids)
    delete_texts(connection, kind, ids)
    begins: list[tuple[str, int]] = []
    for table, key, rows_of in _WRITTEN:
        connection.execute(delete(table).where(table.c.kind == kind, table.c[key].in_(ids)))
        rows = [row for entity, history in histories.items() for row in rows_of(kind, entity, history)]
        if rows:
            connection.execute(insert(table), rows)
        if table is names:
            write_texts(connection, _texts(rows))
        begins += [(row[key], row[name]) for row in rows for name in _BEGINNINGS if name in row]
    write_embargoes(connection, kind, histories, begins)


def _histories(connection: Connection, kind: Kind, ids: Sequence[str]) -> dict[str, list[Logged]]:
    """The entries of each entity, in the order of the log."""
    owners = {entity_aggregate(kind, entity).hex: entity for entity in ids}
    query = select(entries).where(entries.c.originator_id.in_(owners)).order_by(entries.c.originator_id, entries.c.number)
    found: dict[str, list[Logged]] = defaultdict(list)
    for row in connection.execute(query):
        entry = decode(UUID(row.originator_id), row.number, row.topic, row.state.encode())
        found[owners[row.originator_id]].append(Logged(entry, row.position, row.recorded_at))
    return found


def _entity_rows(kind: Kind, entity: str, history: Sequence[Logged]) -> Iterator[Json]:
    first = history[0]
    direct = first.entry.event is None
    yield {
        "kind": kind, "id": entity, "number": history[-1].entry.originator_version, "position": first.position,
        "direct_public": _base(history) if direct else FOREVER,
        "direct_recorded": max(first.recorded_at, _base(history)) if direct else FOREVER,
        "sort_key": _sort_key(entity, history),
    }  # fmt: skip


def _base(history: Sequence[Logged]) -> int:
    """The moment of the registration, before which nothing clerical counts."""
    return _moment(history[0].entry.announced, BEGINNING)


def _moment(announced: str | None, otherwise: int) -> int:
    return otherwise if announced is None else Moment.parse(announced).at


def _sort_key(entity: str, history: Sequence[Logged]) -> str:
    """By the name that always counted in public: one that is still to be announced may show in no order or cursor."""
    always = {
        language: [turn.value for turn in turns if turn.public == BEGINNING] for language, turns in _languages(history).items()
    }  # fmt: skip
    shown = display_name({language: values[-1] for language, values in always.items() if values}, "en", entity)
    return match_key(shown)[:MOST_SORT_KEY]


def _languages(history: Sequence[Logged]) -> dict[str, list[_Turn]]:
    """The names in each language, in the order of the log."""
    said = [(logged, logged.entry.names) for logged in history if isinstance(logged.entry, Naming)]
    return _turns(said, _base(history))


def _turns(said: Iterable[tuple[Logged, Mapping[str, str]]], base: int) -> dict[str, list[_Turn]]:
    found: dict[str, list[_Turn]] = defaultdict(list)
    for logged, values in said:
        for key, value in values.items():
            public = _moment(logged.entry.announced, found[key][-1].public if found[key] else base)
            found[key].append(_Turn(value, public, max(logged.recorded_at, public)))
    return dict(sorted(found.items()))


def _name_rows(kind: Kind, entity: str, history: Sequence[Logged]) -> Iterator[Json]:
    found = [row for language, turns in _languages(history).items() for row in _language_rows(language, turns)]
    for seq, row in enumerate([*found, *_alias_rows(history)]):
        yield {"kind": kind, "id": entity, "seq": seq, "key": match_key(row["name"])[:MOST_KEY], **row}


def _language_rows(language: str, turns: Sequence[_Turn]) -> Iterator[Json]:
    for turn, spans in _spans(turns):
        yield {"lang": language, "name": turn.value, **spans}
        if min(spans["public_until"], spans["recorded_until"]) < FOREVER:
            yield {"lang": None, "name": turn.value, **_afterwards(turn, spans)}


def _spans(turns: Sequence[_Turn]) -> Iterator[tuple[_Turn, dict[str, int]]]:
    """Each value with its spans: until the next in public, until any later one of the log has been recorded."""
    order = sorted(range(len(turns)), key=lambda index: (turns[index].public, index))
    for index, turn in enumerate(turns):
        later = order[order.index(index) + 1 :]
        public_until = turns[later[0]].public if later else FOREVER
        recorded_until = min((other.recorded for other in turns[index + 1 :]), default=FOREVER)
        yield turn, {
            "public_from": turn.public, "public_until": public_until,
            "recorded_from": turn.recorded, "recorded_until": max(turn.recorded, recorded_until),
        }  # fmt: skip


def _afterwards(turn: _Turn, spans: Mapping[str, int]) -> dict[str, int]:
    return {
        "public_from": max(turn.public, spans["public_until"]), "public_until": FOREVER,
        "recorded_from": max(turn.recorded, spans["recorded_until"]), "recorded_until": FOREVER,
    }  # fmt: skip


def _alias_rows(history: Sequence[Logged]) -> Iterator[Json]:
    for logged in history:
        if isinstance(logged.entry, Naming):
            public = _moment(logged.entry.announced, _base(history))
            spans = {"public_from": public, "recorded_from": max(logged.recorded_at, public)}
            for alias in logged.entry.aliases:
                yield {"lang": None, "name": alias, **spans, "public_until": FOREVER, "recorded_until": FOREVER}


def _identifier_rows(kind: Kind, entity: str, history: Sequence[Logged]) -> Iterator[Json]:
    giving = EntityRegistered | EntityIdentified
    said = [(logged, logged.entry.identifiers) for logged in history if isinstance(logged.entry, giving)]
    found = [(scheme, turn, spans) for scheme, turns in _turns(said, _base(history)).items() for turn, spans in _spans(turns)]
    for seq, (scheme, turn, spans) in enumerate(found):
        yield {"kind": kind, "id": entity, "seq": seq, "scheme": scheme, "value": turn.value, **spans}


def _texts(rows: Iterable[Json]) -> Iterator[Json]:
    for row in rows:
        for clock in CLOCKS:
            span = row[f"{clock}_from"], row[f"{clock}_until"]
            if span[0] < span[1]:
                yield text_row(row["kind"], clock, row["id"], row["seq"], span, row["name"])


_WRITTEN: tuple[tuple[Table, str, Callable[[Kind, str, Sequence[Logged]], Iterator[Json]]], ...] = (
    (entities, "id", _entity_rows),
    (names, "id", _name_rows),
    (identifiers, "id", _identifier_rows),
    (merges, "loser", merge_rows),
)
"""Each table with the column of the entity's id, and what makes its rows from the entity's history."""
