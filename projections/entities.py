"""Persons, organizations and products as readers find them: by id or by any name, on lists and one by one.

All take an open connection to a store and show only what is known at the reading, under the ids that stand then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, exists, or_, select, tuple_, union

from events.dates import quote
from events.entities import display_name
from events.errors import Ambiguous, NotFound
from events.fields import PLURAL, Kind
from events.names import is_id, match_key
from events.text import query_tokens
from projections.cursors import Page, Paged, Place, place
from projections.known import counting, standing_merge
from projections.known import visible as visible
from projections.merging import chunks, losers, winners
from projections.names import MOST_KEY
from projections.names import write_entities as write_entities
from projections.reading import Reading
from projections.renamed import Renamings, renamings
from projections.state import name_on
from projections.tables import entities, identifiers, merges, names
from projections.texts import targets

Json = dict[str, Any]
Names = dict[tuple[Kind, str], Json]


class Merged(NotFound):
    """The entity is read under another id: `extra["winner"]` (HTTP 308)."""


@dataclass(frozen=True, slots=True)
class _Finding(Paged):
    """A list of the entities of a kind, of those that `q` finds if it is given."""

    kind: Kind = field(kw_only=True)
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """How entities are called on any day, as known at a reading; the renamings of organizations are by their ids there."""

    names: Names
    renamings: Renamings
    reading: Reading

    def on(self, day: int) -> Names:
        """The names at the end of an ordinal day, as `names_for` has them."""
        if not self.renamings:
            return self.names
        given = {organization: name_on(reports, day) for organization, reports in self.renamings.items()}
        return {key: _renamed(about, given.get(about["id"]), self.reading) if key[0] == "organization" else about
                for key, about in self.names.items()}  # fmt: skip


def _renamed(about: Json, given: Json | None, reading: Reading) -> Json:
    return {**about, "name": display_name(given, reading.lang, about["name"]), "names": given} if given else about


def names_for(connection: Connection, ids: Iterable[tuple[Kind, str]], reading: Reading) -> Names:
    """The names of entities that the reader may see, as of the reading: `{"id", "name", "names": {language: name}}`.

    `id` is the winner's where the entity is merged, and the names are the winner's; `name` is in the reading's
    language, and the id where no name is known. An organization that was renamed by the reading's day has the names
    that the last renaming gave it.
    """
    return called(connection, ids, reading).on(reading.as_of)


def called(connection: Connection, ids: Iterable[tuple[Kind, str]], reading: Reading) -> Called:
    """How the entities are called as known at the reading, whatever the day."""
    by_kind: dict[Kind, set[str]] = defaultdict(set)
    for kind, entity in ids:
        by_kind[kind].add(entity)
    found: Names = {}
    for kind, wanted in by_kind.items():
        standing = winners(connection, kind, wanted, reading)
        own = _own_names(connection, kind, set(standing.values()), reading)
        found |= {(kind, entity): _named(winner, own[winner], reading) for entity, winner in standing.items()}
    organizations = by_kind["organization"]
    return Called(found, renamings(connection, organizations, reading) if organizations else {}, reading)


def _named(entity: str, own: Json, reading: Reading) -> Json:
    return {"id": entity, "name": display_name(own, reading.lang, entity), "names": own}


def _own_names(connection: Connection, kind: Kind, ids: Iterable[str], reading: Reading) -> dict[str, Json]:
    found: dict[str, Json] = defaultdict(dict)
    for chunk in chunks(ids):
        query = select(names).where(names.c.kind == kind, names.c.id.in_(chunk), names.c.lang.is_not(None), counting(names, reading))
        for row in connection.execute(query.order_by(names.c.id, names.c.seq)):
            found[row.id][row.lang] = row.name
    return found


def card(connection: Connection, kind: Kind, entity: str, reading: Reading) -> Json:
    """`{"id", "kind", "name", "names", "aliases", "identifiers", "merged": [ids]}` of one entity, by its exact id.

    Names and identifiers of those merged into it count as its aliases and identifiers. Raises `Merged` for one that
    is merged itself, `NotFound` for one that is not known at the reading.
    """
    if not is_visible(connection, kind, entity, reading):
        raise _unknown(kind, entity, kind)
    winner = winners(connection, kind, [entity], reading)[entity]
    if winner != entity:
        raise Merged.of(kind, entity, f"the {kind} {quote(entity)} is now {quote(winner)}", winner, winner=winner)
    ids = losers(connection, kind, entity, reading)
    about = names_for(connection, [(kind, entity)], reading)[kind, entity]
    return {
        "kind": kind, **about,
        "aliases": _aliases(connection, kind, ids, reading, set(about["names"].values())),
        "identifiers": _identifiers(connection, kind, ids, reading, entity),
        "merged": sorted(ids - {entity}),
    }  # fmt: skip


def is_visible(connection: Connection, kind: Kind, entity: str, reading: Reading) -> bool:
    """Whether there is an entity of exactly that id that is known at the reading, be it merged or not."""
    return is_id(entity) and bool(connection.scalar(select(visible(reading, kind, entity))))


def _unknown(kind: Kind, text: str, path: str) -> Exception:
    return NotFound.of(path, text, f"no {kind} {quote(text)} is known", f"the id or a name of a known {kind}")


def _aliases(connection: Connection, kind: Kind, ids: Iterable[str], reading: Reading, shown: set[str]) -> list[str]:
    query = select(names.c.name).where(names.c.kind == kind, names.c.id.in_(ids), counting(names, reading))
    found = connection.scalars(query.order_by(names.c.id, names.c.seq))
    return [name for name in dict.fromkeys(found) if name not in shown]


def _identifiers(connection: Connection, kind: Kind, ids: Iterable[str], reading: Reading, entity: str) -> dict[str, str]:
    query = select(identifiers).where(identifiers.c.kind == kind, identifiers.c.id.in_(ids), counting(identifiers, reading))
    found = connection.execute(query.order_by(identifiers.c.id == entity, identifiers.c.id, identifiers.c.seq))
    return {row.scheme: row.value for row in found}


def called_alike(connection: Connection, kind: Kind, pair: tuple[str, str], reading: Reading) -> bool:
    """Whether two entities, by the ids under which they are read, bear a name that matches, and no identifiers that differ."""
    ids = [losers(connection, kind, entity, reading) for entity in pair]
    query = select(names.c.key).where(names.c.kind == kind, counting(names, reading))
    one, other = (set(connection.scalars(query.where(names.c.id.in_(own)))) for own in ids)
    if one.isdisjoint(other):
        return False
    mine, others = (_identifiers(connection, kind, own, reading, entity) for own, entity in zip(ids, pair, strict=True))
    return all(others.get(scheme, value) == value for scheme, value in mine.items())


def find(
    connection: Connection, kind: Kind, reading: Reading, q: str | None = None, limit: int = 50, cursor: str | None = None,
    ceiling: int | None = None,
) -> Page:  # fmt: skip
    """The entities of a kind, of those only that `q` finds: `{"kind", "id", "name", "names"}` each, by sorting name.

    `q` finds by the beginnings of words of one name in any language, by a whole name however it is spelt, and by id.
    A name of a merged entity finds the winner. `ceiling` is the latest moment to which a cursor may look.
    """
    at = place(_Finding(limit, cursor, kind=kind, q=q), reading, lambda _: tuple[str, str], ceiling)
    # What is recorded later may change a sorting name, but never the order of an answer on the recorded clock.
    order = (entities.c.sort_key if at.reading.clock == "public" else entities.c.id, entities.c.id)
    query = select(order[0].label("place"), entities.c.id).where(*_listed(connection, at))
    if at.key is not None:
        query = query.where(tuple_(*order) > at.key)
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
    kept, following = at.cut(rows, lambda row: (row.place, row.id))
    about = names_for(connection, [(kind, row.id) for row in kept], at.reading)
    return Page([{"kind": kind, **about[kind, row.id]} for row in kept], following)


def _listed(connection: Connection, at: Place[_Finding]) -> Iterator[ColumnElement[bool]]:
    kind, reading, q = at.query.kind, at.reading, (at.query.q or "").strip()
    yield entities.c.kind == kind
    yield visible(reading, kind, entities.c.id)
    yield ~exists().where(merges.c.kind == kind, merges.c.loser == entities.c.id, standing_merge(reading))
    if q:
        matched = _matched(connection, kind, q, reading)
        losing = select(merges.c.loser).where(merges.c.kind == kind, merges.c.loser.in_(matched), standing_merge(reading))
        standing = winners(connection, kind, connection.scalars(losing), reading)
        yield or_(entities.c.id.in_(matched), entities.c.id.in_(standing.values()))


def _matched(connection: Connection, kind: Kind, q: str, reading: Reading) -> CompoundSelect[str]:
    """The ids of the entities that `q` finds, known or not, each by its own names."""
    wanted = query_tokens(q)
    found = [_bearers(kind, q, reading)]
    if is_id(q):
        found.append(select(entities.c.id).where(entities.c.kind == kind, entities.c.id == q))
    if wanted:
        found.append(targets(connection, kind, wanted, reading, prefix=True))
    return union(*found)


def _bearers(kind: Kind, name: str, reading: Reading) -> Select[str]:
    key = match_key(name)[:MOST_KEY]
    return select(names.c.id).where(names.c.kind == kind, names.c.key == key, counting(names, reading))


def resolve(connection: Connection, kind: Kind, text: str, reading: Reading, path: str = "") -> str:
    """The id under which an entity is read that is given by its id or by any of its names.

    Raises `NotFound` where nobody known is called so, and `Ambiguous` with the candidates where several are; `path`
    is the field that the errors name, by default the kind.
    """
    given = [text] if is_visible(connection, kind, text, reading) else _known_bearers(connection, kind, text, reading)
    found = sorted(set(winners(connection, kind, given, reading).values()))
    if not found:
        raise _unknown(kind, text, path or kind)
    if len(found) > 1:
        about = names_for(connection, [(kind, entity) for entity in found], reading)
        candidates = [{"id": entity, "name": about[kind, entity]["name"]} for entity in found]
        message = f"{quote(text)} is the name of {len(found)} known {PLURAL[kind]}"
        raise Ambiguous.of(path or kind, text, message, f"an id: {', '.join(found)}", candidates=candidates)
    return found[0]


def _known_bearers(connection: Connection, kind: Kind, name: str, reading: Reading) -> list[str]:
    query = _bearers(kind, name, reading).where(visible(reading, kind, names.c.id))
    return list(connection.scalars(query))
