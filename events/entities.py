"""Persons, organizations and products: the entries about them, names and who bears them, merges and their undoing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from events.entries import Entry, aggregate_id, topic
from events.fields import Kind
from events.names import match_key


@dataclass(frozen=True)
class EntityEntry(Entry):
    """An entry about the entity `kind`/`id`; without `announced` it is clerical and always counted in public."""

    kind: Kind
    id: str
    announced: str | None


@topic("entity.registered")
@dataclass(frozen=True)
class EntityRegistered(EntityEntry):
    """The entity exists from here on; `names` maps languages to names; `event` is the event that introduced it, if one did."""

    names: dict[str, str]
    aliases: list[str]
    identifiers: dict[str, str]
    event: UUID | None


@topic("entity.named")
@dataclass(frozen=True)
class EntityNamed(EntityEntry):
    """New names per language, which replace those of the same language, and further aliases."""

    names: dict[str, str]
    aliases: list[str]


@topic("entity.called")
@dataclass(frozen=True)
class EntityCalled(EntityEntry):
    """A report of `event` calls the entity by names, per language, and aliases that were not public at its moment yet."""

    names: dict[str, str]
    aliases: list[str]
    event: UUID


@topic("entity.identified")
@dataclass(frozen=True)
class EntityIdentified(EntityEntry):
    """Identifiers in other catalogues, such as `{"wikidata": "Q123"}`."""

    identifiers: dict[str, str]


@topic("entity.merged")
@dataclass(frozen=True)
class EntityMerged(EntityEntry):
    """This entity is the same as `winner`, under whose id it is read from now on."""

    winner: str
    reason: str | None


@topic("entity.absorbed")
@dataclass(frozen=True)
class EntityAbsorbed(EntityEntry):
    """The winner's side of a merge: `loser` is the same entity as this one."""

    loser: str


@topic("entity.unmerged")
@dataclass(frozen=True)
class EntityUnmerged(EntityEntry):
    """A merge of this entity into `winner` undone."""

    winner: str
    reason: str | None


@topic("entity.released")
@dataclass(frozen=True)
class EntityReleased(EntityEntry):
    """The winner's side of the undoing: `loser` stands for itself again."""

    loser: str


@topic("name.claimed")
@dataclass(frozen=True)
class NameClaimed(Entry):
    """An entity of `kind` bears a name with the matching key `key`: one bearer more."""

    kind: Kind
    key: str
    bearer: str


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity with everything that the log says of it.

    `names` maps languages to the current name (`und` where the language is unknown); `merged_into` is the winner
    while a merge stands, announced at `merged_at` if it was news; `absorbed` the ids of the losers; `version` the version
    of its aggregate.
    """

    kind: Kind
    id: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    merged_into: str | None = None
    merged_at: str | None = None
    absorbed: tuple[str, ...] = ()
    version: int = 0


def reduce_entity(entity: Entity | None, entries: Iterable[Entry]) -> Entity | None:
    """The entity after `entries`, in the order of the log; None where there are none."""
    for entry in entries:
        entity = _after(entity, entry)
    return entity


def _after(entity: Entity | None, entry: Entry) -> Entity | None:
    if isinstance(entry, EntityRegistered):
        return Entity(entry.kind, entry.id, entry.names, tuple(entry.aliases), entry.identifiers, version=entry.originator_version)
    return None if entity is None else _changed(replace(entity, version=entry.originator_version), entry)


def _changed(entity: Entity, entry: Entry) -> Entity:
    match entry:
        case EntityNamed():
            return _renamed(entity, entry)
        case EntityCalled():
            return _called(entity, entry)
        case EntityIdentified(identifiers=identifiers):
            return replace(entity, identifiers={**entity.identifiers, **identifiers})
        case EntityMerged(winner=winner, announced=announced):
            return replace(entity, merged_into=winner, merged_at=announced)
        case EntityUnmerged():
            return replace(entity, merged_into=None, merged_at=None)
        case EntityAbsorbed(loser=loser):
            return replace(entity, absorbed=(*entity.absorbed, loser))
        case EntityReleased(loser=loser):
            return replace(entity, absorbed=tuple(other for other in entity.absorbed if other != loser))
    return entity


def _renamed(entity: Entity, entry: EntityNamed) -> Entity:
    former = [name for language, name in entity.names.items() if entry.names.get(language, name) != name]
    aliases = tuple(dict.fromkeys((*entity.aliases, *former, *entry.aliases)))
    return replace(entity, names={**entity.names, **entry.names}, aliases=aliases)


def _called(entity: Entity, entry: EntityCalled) -> Entity:
    """With what is new in a report: no name is replaced, and one in no language is none of its own where it is known in another."""
    known = {match_key(name) for name in (*entity.names.values(), *entity.aliases)}
    further = {language: name for language, name in entry.names.items() if language != "und" or match_key(name) not in known}
    names = {**further, **entity.names}
    aliases = (name for name in (*further.values(), *entry.aliases) if match_key(name) not in known and name not in names.values())
    return replace(entity, names=names, aliases=tuple(dict.fromkeys((*entity.aliases, *aliases))))


def entity_aggregate(kind: Kind, entity_id: str) -> UUID:
    """The id of the aggregate of an entity."""
    return aggregate_id("entity", kind, entity_id)


def name_aggregate(kind: Kind, key: str) -> UUID:
    """The id of the aggregate that lists the bearers of a matched name."""
    return aggregate_id("name", kind, key)


def bearers(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The ids of all who ever claimed the name, oldest first."""
    return tuple(dict.fromkeys(entry.bearer for entry in entries if isinstance(entry, NameClaimed)))


def display_name(names: Mapping[str, str], language: str, fallback: str) -> str:
    """The name to show in `language`: that one, else English, else undetermined, else any, else `fallback`."""
    for wanted in (language, "en", "und"):
        if wanted in names:
            return names[wanted]
    return next(iter(names.values()), fallback)
