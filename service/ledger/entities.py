"""Keeping entities: direct registration, further names and identifiers, merges and their undoing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from events.dates import quote
from events.entities import (
    Entity,
    EntityAbsorbed,
    EntityIdentified,
    EntityMerged,
    EntityNamed,
    EntityRegistered,
    EntityReleased,
    EntityUnmerged,
    entity_aggregate,
)
from events.entries import Logged
from events.errors import AnnalsError, Conflict, Invalid, NotFound
from events.merges import closes_circle, turns
from events.moments import Moment, counts_from, to_micros
from events.names import is_id, match_key
from events.naming import called_at
from events.refs import EntityRef, Kind, entity_ref
from service.ledger.naming import bearers_of, call, claim, entity_of, extend, free_ids, name_of, names_in, register, winner_of
from service.ledger.slots import logged
from service.ledger.unit import Unit

Outcome = Literal["registered", "named", "identified", "merged", "unmerged", "unchanged"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an entity: as it is now."""

    kind: Kind
    id: str
    outcome: Outcome
    entity: Entity


def given_ref(kind: Kind, name: Any = None, aliases: Any = None, identifiers: Any = None) -> EntityRef:
    """Names per language, aliases and identifiers from JSON, each of them optional; raises `Invalid`."""
    ref = entity_ref({"name": "?" if name is None else name, "aliases": aliases, "identifiers": identifiers}, (kind,))
    return replace(ref, names=()) if name is None else ref


def create(
    unit: Unit, kind: Kind, ref: EntityRef, *, entity_id: str | None = None, distinct: bool = False, announced: Moment | None = None,
    event: UUID | None = None,
) -> Kept:  # fmt: skip
    """Register an entity with the names, aliases and identifiers of `ref`; with `event`, as one that only that event brings.

    With `entity_id` it gets exactly that id, whoever else bears its names; one that is there under that id and a
    name of `ref` gets what it lacks. Raises `Conflict` where the id is taken or, unless `distinct`, a name is borne.
    """
    text = announced.text if announced else None
    if entity_id is None:
        if not distinct:
            _refuse_borne(unit, kind, names_in(ref))
        entity_id = next(free for free in free_ids(kind, ref) if entity_of(unit, kind, free) is None)
    elif not is_id(entity_id):
        raise Invalid.of("id", entity_id, f"{quote(entity_id)} is not an entity id", "a slug such as mira-murati")
    elif (held := entity_of(unit, kind, entity_id)) is not None:
        if not {match_key(name) for name in names_in(ref)} & _keys(held):
            raise Conflict.of("id", entity_id, f"the id {entity_id!r} belongs to {name_of(unit, kind, entity_id)!r}", "another id")
        return _extended(unit, kind, entity_id, ref, text, event)
    register(unit, kind, ref, entity_id, announced=text, event=event)
    return _kept(unit, kind, entity_id, "registered")


def add_names(unit: Unit, kind: Kind, entity_id: str, ref: EntityRef, *, distinct: bool = False, announced: Moment | None = None) -> Kept:
    """Give an entity the names and aliases of `ref`; a name replaces that of its language, which stays as an alias.

    With an earlier `announced` than any so far the same name counts from then. Raises `NotFound`, and `Conflict` where
    somebody else bears one of the names, unless `distinct`.
    """
    entity = found(unit, kind, entity_id)
    names = {language: name for language, name in ref.names if not _is_called(unit, entity, language, name, announced)}
    aliases = [alias for alias in ref.aliases if alias not in (*entity.aliases, *entity.names.values())]
    if not names and not aliases:
        return _kept(unit, kind, entity_id, "unchanged")
    if not distinct:
        _refuse_borne(unit, kind, (*names.values(), *aliases), entity_id)
    head = {"kind": kind, "id": entity_id, "announced": announced.text if announced else None}
    unit.add(EntityNamed, entity_aggregate(kind, entity_id), **head, names=names, aliases=aliases)
    claim(unit, kind, entity_id, (*names.values(), *aliases))
    return _kept(unit, kind, entity_id, "named")


def call_by(unit: Unit, kind: Kind, entity_id: str, ref: EntityRef, event: UUID, *, announced: Moment | None = None) -> Kept:
    """Keep that a report of `event` calls an entity by the names of `ref`, as far as they are new. Raises `NotFound`."""
    found(unit, kind, entity_id)
    return _extended(unit, kind, entity_id, ref, announced.text if announced else None, event)


def _extended(unit: Unit, kind: Kind, entity_id: str, ref: EntityRef, announced: str | None, event: UUID | None) -> Kept:
    new = extend(unit, kind, entity_id, ref, announced) if event is None else call(unit, kind, entity_id, ref, announced, event)
    return _kept(unit, kind, entity_id, "named" if new else "unchanged")


def add_identifiers(unit: Unit, kind: Kind, entity_id: str, ref: EntityRef, *, announced: Moment | None = None) -> Kept:
    """Give an entity the identifiers of `ref`; one replaces that of its scheme. Raises `NotFound`."""
    entity = found(unit, kind, entity_id)
    new = {scheme: identifier for scheme, identifier in ref.identifiers if entity.identifiers.get(scheme) != identifier}
    if not new:
        return _kept(unit, kind, entity_id, "unchanged")
    head = {"kind": kind, "id": entity_id, "announced": announced.text if announced else None}
    unit.add(EntityIdentified, entity_aggregate(kind, entity_id), **head, identifiers=new)
    return _kept(unit, kind, entity_id, "identified")


def merge(unit: Unit, kind: Kind, loser: str, winner: str, *, reason: str | None = None, announced: Moment | None = None) -> Kept:
    """Have `loser` read as `winner` from now on.

    Both must stand for themselves, and both get an entry, so not even merges at once can make a circle. Raises
    `NotFound`, and `Conflict` for a merge into itself, for one that is merged already, for one that would close a circle
    at some moment, and for a winner that is to stay under embargo for longer than the loser.
    """
    held = found(unit, kind, loser, "loser")
    kept = found(unit, kind, winner, "winner")
    if held.merged_into == winner:
        return _kept(unit, kind, loser, "unchanged")
    if held.merged_into is not None:
        message = f"{loser!r} is already merged into {held.merged_into!r}"
        raise Conflict.of("loser", loser, message, "unmerge it first", winner=held.merged_into)
    if kept.merged_into is not None or loser == winner:
        message = f"{winner!r} is itself merged into {kept.merged_into!r}" if kept.merged_into else f"{winner!r} is the loser too"
        raise Conflict.of("winner", winner, message, "the id of one that stands for itself", winner=kept.merged_into)
    if _known_from(unit, kind, winner) > max(_known_from(unit, kind, loser), to_micros(unit.stamp.timestamp)):
        message = f"{winner!r} is under embargo, and what is said of {loser!r} would give it away"
        raise Conflict.of("winner", winner, message, f"a merge of {winner!r} into {loser!r}, or this one when that has been announced")
    head = {"kind": kind, "announced": announced.text if announced else None}
    merged = unit.draft(EntityMerged, entity_aggregate(kind, loser), **head, id=loser, winner=winner, reason=reason)
    if closes_circle(loser, winner, lambda entity: _turns(unit, kind, entity, merged)):
        message = f"{winner!r} was itself read as {loser!r} in a part of the time for which {loser!r} would be read as {winner!r}"
        raise Conflict.of("winner", winner, message, "a later `announced`, or first an undoing of that merge without one")
    unit.put(merged)
    unit.add(EntityAbsorbed, entity_aggregate(kind, winner), **head, id=winner, loser=loser)
    return _kept(unit, kind, loser, "merged")


def unmerge(unit: Unit, kind: Kind, loser: str, *, reason: str | None = None, announced: Moment | None = None) -> Kept:
    """Undo the merge of `loser`, which stands for itself again. Raises `NotFound`, and `Invalid` for an undoing before the merge."""
    winner = found(unit, kind, loser, "loser").merged_into
    if winner is None:
        return _kept(unit, kind, loser, "unchanged")
    merged = next(entry for entry in reversed(unit.entries(entity_aggregate(kind, loser))) if isinstance(entry, EntityMerged))
    if announced is not None and announced.at < counts_from(merged.announced):
        message = f"{quote(announced.text)} is before the merge that it would undo, which was announced on {merged.announced}"
        raise Invalid.of("announced", announced.text, message, f"{merged.announced} or later, or none: then the merge was never made")
    head = {"kind": kind, "announced": announced.text if announced else None}
    unit.add(EntityUnmerged, entity_aggregate(kind, loser), **head, id=loser, winner=winner, reason=reason)
    unit.add(EntityReleased, entity_aggregate(kind, winner), **head, id=winner, loser=loser)
    return _kept(unit, kind, loser, "unmerged")


def found(unit: Unit, kind: Kind, entity_id: str, field: str = "id") -> Entity:
    """The entity of exactly that id; raises `NotFound`."""
    entity = entity_of(unit, kind, entity_id)
    if entity is None:
        raise NotFound.of(field, entity_id, f"there is no {kind} with the id {quote(entity_id)}", "an id such as mira-murati")
    return entity


def _kept(unit: Unit, kind: Kind, entity_id: str, outcome: Outcome) -> Kept:
    return Kept(kind, entity_id, outcome, found(unit, kind, entity_id))


def _known_from(unit: Unit, kind: Kind, entity_id: str) -> int:
    """From when the registration of an entity counts in public, in microseconds since 1970."""
    first = unit.entries(entity_aggregate(kind, entity_id))[0]
    return counts_from(first.announced if isinstance(first, EntityRegistered) else None)


def _turns(unit: Unit, kind: Kind, entity_id: str, draft: EntityMerged) -> list[Logged]:
    """The merges of an entity and their undoing, with the draft of one."""
    return turns(logged([*unit.entries(entity_aggregate(kind, entity_id)), *([draft] if draft.id == entity_id else [])]))


def _is_called(unit: Unit, entity: Entity, language: str, name: str, announced: Moment | None) -> bool:
    """Whether a name is the entity's in that language, from that moment on if one is given."""
    if entity.names.get(language) != name or announced is None:
        return entity.names.get(language) == name
    return called_at(logged(unit.entries(entity_aggregate(entity.kind, entity.id))), language, announced.at) == name


def _keys(entity: Entity) -> set[str]:
    return {match_key(name) for name in (*entity.names.values(), *entity.aliases)}


def _refuse_borne(unit: Unit, kind: Kind, names: Iterable[str], but: str | None = None) -> None:
    own = winner_of(unit, kind, but) if but else None
    for name in names:
        others = [other for other in bearers_of(unit, kind, match_key(name)) if other != own]
        if others:
            raise _borne(unit, kind, name, others)


def _borne(unit: Unit, kind: Kind, name: str, others: Iterable[str]) -> AnnalsError:
    candidates: list[dict[str, Any]] = [{"kind": kind, "id": other, "name": name_of(unit, kind, other)} for other in others]
    listed = ", ".join(f"{candidate['name']} ({candidate['id']})" for candidate in candidates)
    expected = "that one's id, or distinct=true for another of the same name"
    return Conflict.of("name", name, f"{name!r} is already the name of {listed}", expected, candidates=candidates)
