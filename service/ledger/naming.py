"""Which entity a post means: found by id or name, or registered; nothing is ever taken for another on likeness alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any
from uuid import UUID

from events.entities import (
    Entity,
    EntityCalled,
    EntityIdentified,
    EntityNamed,
    EntityRegistered,
    NameClaimed,
    bearers,
    display_name,
    entity_aggregate,
    name_aggregate,
    reduce_entity,
)
from events.entries import Entry, Logged
from events.errors import Ambiguous, AnnalsError, Invalid
from events.moments import BEGINNING, counts_from, to_micros
from events.names import is_id, match_key, slug
from events.naming import Heard, heard, is_new
from events.refs import PLURAL, EntityRef, Kind
from service.ledger.unit import Unit

Found = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Registered:
    """An entity that a command brought into being."""

    kind: Kind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """An entity as the log has it, and since when each of its names and aliases is public."""

    entity: Entity
    heard: Heard


def entity_of(unit: Unit, kind: Kind, entity_id: str) -> Entity | None:
    """The entity of exactly that id, merged or not; None where there is none."""
    known = known_of(unit, kind, entity_id)
    return known.entity if known else None


def known_of(unit: Unit, kind: Kind, entity_id: str) -> Known | None:
    """The same with what is public of its names."""
    return unit.derived(entity_aggregate(kind, entity_id), _known)


def winner_of(unit: Unit, kind: Kind, entity_id: str) -> str:
    """The id under which an entity is read now: its own, or that of the one it was merged into.

    A merge that is yet to be announced is not followed: what is posted meanwhile would give it away.
    """
    now = to_micros(unit.stamp.timestamp)
    entity = entity_of(unit, kind, entity_id)
    while entity is not None and entity.merged_into is not None and counts_from(entity.merged_at) <= now:
        entity_id = entity.merged_into
        entity = entity_of(unit, kind, entity_id)
    return entity_id


def bearers_of(unit: Unit, kind: Kind, key: str) -> tuple[str, ...]:
    """The ids of all who bear a name with that matching key, oldest first, each as it is read."""
    return tuple(dict.fromkeys(winner_of(unit, kind, bearer) for bearer in bearers(unit.entries(name_aggregate(kind, key)))))


def name_of(unit: Unit, kind: Kind, entity_id: str) -> str:
    """A name to show in messages."""
    entity = entity_of(unit, kind, entity_id)
    return display_name(entity.names, "en", entity_id) if entity else entity_id


def register(
    unit: Unit, kind: Kind, ref: EntityRef, entity_id: str, *, announced: str | None = None, event: UUID | None = None
) -> Registered:
    """Bring an entity into being under a free id, and claim its names."""
    names = dict(_names(ref))
    content = {"names": names, "aliases": list(ref.aliases), "identifiers": dict(ref.identifiers), "event": event}
    unit.add(EntityRegistered, entity_aggregate(kind, entity_id), kind=kind, id=entity_id, announced=announced, **content)
    claim(unit, kind, entity_id, (*names.values(), *ref.aliases))
    return Registered(kind, entity_id, display_name(names, "en", entity_id))


def claim(unit: Unit, kind: Kind, entity_id: str, names: Iterable[str]) -> None:
    """Make the entity a bearer of those names."""
    for key in dict.fromkeys(map(match_key, names)):
        aggregate = name_aggregate(kind, key)
        if entity_id not in bearers(unit.entries(aggregate)):
            unit.add(NameClaimed, aggregate, kind=kind, key=key, bearer=entity_id)


def free_ids(kind: Kind, ref: EntityRef) -> Iterator[str]:
    """The ids that an entity of those names may get, the best first: a slug of its Latin name, else digits drawn from its name."""
    names = [name for _, name in _names(ref)]
    readable = next((found for found in map(slug, (*names, *ref.aliases)) if found), None)
    digits = name_aggregate(kind, match_key(names[0])).hex
    yield readable or f"p-{digits[:8]}"
    yield from (f"{readable}-{number}" if readable else f"p-{digits[:8]}-{number}" for number in count(2))


def names_in(ref: EntityRef) -> Sequence[str]:
    """Every name and alias that the reference gives."""
    return tuple(name for _, name in _names(ref)) + ref.aliases


class Naming:
    """Resolves the references of one post. `write` then adds what they bring: new entities and further names."""

    def __init__(self, unit: Unit, *, strict: bool = False) -> None:
        self._unit = unit
        self._strict = strict
        self._new: dict[Found, EntityRef] = {}
        self._keys: dict[tuple[Kind, str], str] = {}
        self._met: list[tuple[Found, EntityRef]] = []
        self._given: set[Found] = set()

    def resolve(self, ref: EntityRef) -> Found:
        """The kind and id of the entity: one given by its id as it is, one given by name as it is read.

        Raises `Ambiguous` where several fit, `Invalid` where it is unknown and must not be.
        """
        fits = self._fitting(ref)
        if len(fits) > 1:
            raise self._ambiguous(ref, fits)
        if not fits:
            return self._unknown(ref)
        if self._calls(fits[0], ref):
            self._met.append((fits[0], ref))
        return fits[0]

    def read_as(self, found: Found) -> Found:
        """The kind and id under which the entity is read."""
        kind, entity_id = found
        return kind, winner_of(self._unit, kind, entity_id)

    def means(self, found: Found, own: Iterable[Found]) -> Found:
        """Which of an event's own entities a report of it means: one given by its id itself, one given by name any that is read as it."""
        return found if found in self._given else next((one for one in own if self.read_as(one) == found), found)

    def _calls(self, found: Found, ref: EntityRef) -> bool:
        """Whether the reference calls the entity by a name: an id names nobody, and a name of one merged into it is that one's."""
        if ref.text is None:
            return True
        known = known_of(self._unit, *found)
        since = known.heard.get(match_key(ref.text), {}) if known is not None and not is_id(ref.text) else {}
        return bool(since) and all(first > BEGINNING for first, _ in since.values())

    @property
    def brings(self) -> bool:
        """Whether `write` may have anything to add."""
        return bool(self._new or self._met)

    def write(self, announced: str | None, event: UUID) -> tuple[Registered, ...]:
        """Register what was unknown and keep names that were not public yet, all counting from `announced`; the new entities."""
        made = tuple(
            register(self._unit, kind, ref, entity_id, announced=announced, event=event) for (kind, entity_id), ref in self._new.items()
        )
        for (kind, entity_id), ref in self._met:
            call(self._unit, kind, entity_id, ref, announced, event)
        return made

    def _fitting(self, ref: EntityRef) -> Sequence[Found]:
        if ref.text is None:
            return self._fitting_object(ref)
        given = [(kind, ref.text) for kind in ref.kinds if self._exists(kind, ref.text)] if is_id(ref.text) else []
        self._given.update(given)
        return given or self._bearers(ref.kinds, ref.text)

    def _fitting_object(self, ref: EntityRef) -> Sequence[Found]:
        """Who bears every name of the object that anybody bears, as far as the identifiers do not tell them apart."""
        borne = [found for found in (self._bearers(ref.kinds, name) for name in names_in(ref)) if found]
        everybody = dict.fromkeys(chain.from_iterable(borne))
        agreements = {found: self._agreement(found, ref) for found in everybody if all(found in several for several in borne)}
        best = max(agreements.values(), default=0)
        chosen = [found for found, agreement in agreements.items() if agreement == best >= 0]
        if everybody and (len(chosen) != 1 or (best == 0 and -1 in agreements.values())):
            raise self._ambiguous(ref, everybody)
        return chosen

    def _agreement(self, found: Found, ref: EntityRef) -> int:
        """1 where an identifier is the same, -1 where one contradicts, 0 where they say nothing."""
        entity = entity_of(self._unit, *found)
        known = entity.identifiers if entity else {}
        told = [known[scheme] == identifier for scheme, identifier in ref.identifiers if scheme in known]
        return 0 if not told else 1 if all(told) else -1

    def _bearers(self, kinds: Iterable[Kind], name: str) -> list[Found]:
        key = match_key(name)
        found = [(kind, bearer) for kind in kinds for bearer in bearers_of(self._unit, kind, key)]
        new = [(kind, self._keys[kind, key]) for kind in kinds if (kind, key) in self._keys]
        return list(dict.fromkeys((*found, *new)))

    def _exists(self, kind: Kind, entity_id: str) -> bool:
        return (kind, entity_id) in self._new or entity_of(self._unit, kind, entity_id) is not None

    def _unknown(self, ref: EntityRef) -> Found:
        kind = ref.kinds[0]
        if self._strict:
            message = f"{ref.label!r} is not known among the {PLURAL[kind]}, and unknown names are to be refused"
            raise Invalid.of("", ref.label, message, "the id or a name of one that is known")
        entity_id = next(free for free in free_ids(kind, ref) if not self._exists(kind, free))
        self._new[kind, entity_id] = ref
        self._keys.update({(kind, match_key(name)): entity_id for name in names_in(ref)})
        return kind, entity_id

    def _ambiguous(self, ref: EntityRef, fits: Iterable[Found]) -> AnnalsError:
        candidates = [{"kind": kind, "id": entity_id, "name": name_of(self._unit, kind, entity_id)} for kind, entity_id in fits]
        listed = ", ".join(f"{candidate['name']} ({candidate['id']})" for candidate in candidates)
        expected = 'the id of one of them, such as {"kind": "person", "id": "…"}'
        message = f"{ref.label!r} fits more than one, or one only in part: {listed}"
        return Ambiguous.of("", ref.label, message, expected, candidates=candidates)


def extend(unit: Unit, kind: Kind, entity_id: str, ref: EntityRef, announced: str | None) -> bool:
    """Give the entity the names, aliases and identifiers of `ref` that it lacks; whether there were any. No name is replaced."""
    known = known_of(unit, kind, entity_id)
    if known is None:
        return False
    names = {language: name for language, name in ref.names if language not in known.entity.names and language != "und"}
    aliases = dict.fromkeys(name for name in names_in(ref) if match_key(name) not in known.heard and name not in names.values())
    _keep(unit, EntityNamed, kind, entity_id, names, list(aliases), announced=announced)
    return _identify(unit, kind, known.entity, ref, announced) or bool(names or aliases)


def call(unit: Unit, kind: Kind, entity_id: str, ref: EntityRef, announced: str | None, event: UUID) -> bool:
    """Keep the names by which a report of `event` calls the entity and which are not public at its moment; whether there are any.

    So a report that is recorded late tells the name from its own moment, whatever was recorded before it.
    """
    known = known_of(unit, kind, entity_id)
    if known is None:
        return False
    moment = counts_from(announced)
    names = {language: name for language, name in _names(ref) if is_new(known.heard, language, name, moment)}
    aliases = [alias for alias in dict.fromkeys(ref.aliases) if is_new(known.heard, None, alias, moment)]
    _keep(unit, EntityCalled, kind, entity_id, names, aliases, announced=announced, event=event)
    return _identify(unit, kind, known.entity, ref, announced) or bool(names or aliases)


def _keep(
    unit: Unit, cls: type[EntityNamed | EntityCalled], kind: Kind, entity_id: str, names: Mapping[str, str], aliases: Sequence[str],
    **said: Any,
) -> None:  # fmt: skip
    if names or aliases:
        unit.add(cls, entity_aggregate(kind, entity_id), kind=kind, id=entity_id, names=names, aliases=aliases, **said)
        claim(unit, kind, entity_id, (*names.values(), *aliases))


def _identify(unit: Unit, kind: Kind, entity: Entity, ref: EntityRef, announced: str | None) -> bool:
    further = {scheme: identifier for scheme, identifier in ref.identifiers if scheme not in entity.identifiers}
    if further:
        unit.add(EntityIdentified, entity_aggregate(kind, entity.id), kind=kind, id=entity.id, announced=announced, identifiers=further)
    return bool(further)


def _known(entries: Sequence[Entry]) -> Known | None:
    entity = reduce_entity(None, entries)
    return Known(entity, heard([Logged(entry, 0, 0) for entry in entries])) if entity else None


def _names(ref: EntityRef) -> Sequence[tuple[str, str]]:
    """The names with English first, as the best guess at the Latin one."""
    if ref.text is not None:
        return (("und", ref.text),)
    return sorted(ref.names, key=lambda pair: ("en", "und").index(pair[0]) if pair[0] in ("en", "und") else 2)
