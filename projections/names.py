"""From the entries about entities to rows: names and identifiers with the spans in which they count, and merges.

On the public clock a name that is news counts from its announcement, a clerical one from the moment of what it puts
right. On the recorded clock names follow the order of the log. A name that another one took the place of stays an alias.
Of the names that only reports use, the earliest in public counts, whatever was recorded first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, delete, insert, select

from events import naming
from events.clocks import CLOCKS
from events.codec import decode
from events.entities import display_name, entity_aggregate
from events.entries import Logged
from events.fields import Kind
from events.moments import BEGINNING, FOREVER
from events.names import match_key
from projections.instants import write_embargoes
from projections.merging import chunks, merge_rows
from projections.tables import entities, entries, identifiers, merges, names
from projections.texts import delete_texts, text_row, write_texts

MOST_KEY, MOST_SORT_KEY = 400, 250
_BEGINNINGS = ("direct_recorded", "recorded_from", "recorded_until")
"""The columns that say from when on something about an entity is known, or known no more, on the recorded clock."""

Json = dict[str, Any]


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
    first, beginning = history[0], naming.base(history)
    direct = first.entry.event is None
    yield {
        "kind": kind, "id": entity, "number": history[-1].entry.originator_version, "position": first.position,
        "direct_public": beginning if direct else FOREVER,
        "direct_recorded": max(first.recorded_at, beginning) if direct else FOREVER,
        "sort_key": _sort_key(entity, history),
    }  # fmt: skip


def _sort_key(entity: str, history: Sequence[Logged]) -> str:
    """By the name that always counted in public: one that is still to be announced may show in no order or cursor."""
    always = {
        language: [turn.value for turn in turns if turn.public == BEGINNING] for language, turns in naming.named(history).items()
    }  # fmt: skip
    shown = display_name({language: values[-1] for language, values in always.items() if values}, "en", entity)
    return match_key(shown)[:MOST_SORT_KEY]


def _name_rows(kind: Kind, entity: str, history: Sequence[Logged]) -> Iterator[Json]:
    by_language = naming.named(history)
    found = [row for language in by_language for row in _language_rows(language, by_language)]
    for seq, row in enumerate([*found, *_alias_rows(history)]):
        yield {"kind": kind, "id": entity, "seq": seq, "key": match_key(row["name"])[:MOST_KEY], **row}


def _language_rows(language: str, by_language: naming.Turns) -> Iterator[Json]:
    """Each name while it counts in the language, and as an alias from then on."""
    others = [turn for other, turns in by_language.items() for turn in turns if other != language]
    for public, recorded in _spans(by_language[language], others if language == naming.UNDETERMINED else ()):
        yield {"lang": language, "name": public.turn.value, **_columns(public.shown, recorded.shown)}
        if any(start < until for start, until in (public.other, recorded.other)):
            yield {"lang": None, "name": public.turn.value, **_columns(public.other, recorded.other)}


def _spans(turns: Sequence[naming.Turn], also: Sequence[naming.Turn] = ()) -> Iterator[tuple[naming.Counted, naming.Counted]]:
    return zip(naming.counted(turns, "public", also), naming.counted(turns, "recorded", also), strict=True)


def _columns(public: tuple[int, int], recorded: tuple[int, int]) -> dict[str, int]:
    return {
        "public_from": public[0], "public_until": public[1],
        "recorded_from": recorded[0], "recorded_until": recorded[1],
    }  # fmt: skip


def _alias_rows(history: Sequence[Logged]) -> Iterator[Json]:
    for turn in naming.aliases(history):
        yield {"lang": None, "name": turn.value, **_columns((turn.public, FOREVER), (turn.recorded, FOREVER))}


def _identifier_rows(kind: Kind, entity: str, history: Sequence[Logged]) -> Iterator[Json]:
    found = [(scheme, *spans) for scheme, turns in naming.identified(history).items() for spans in _spans(turns)]
    for seq, (scheme, public, recorded) in enumerate(found):
        spans = _columns(public.shown, recorded.shown)
        yield {"kind": kind, "id": entity, "seq": seq, "scheme": scheme, "value": public.turn.value, **spans}


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
