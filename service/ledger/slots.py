"""Where an event is looked for and put: the chain of ids that its identity has, and who sits there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, count, islice, product
from typing import Any
from uuid import UUID

from events.clocks import spans
from events.counting import resolved_announced
from events.entries import Entry, Logged
from events.event import EventEntry, EventIdHeld, LaterEntry, Posted, Version
from events.joins import Family, counted, family, partner, reports
from events.moments import Moment, rfc3339, to_micros
from events.reducer import reduce_event
from events.refs import Kind
from events.types import EventType, as_list, entity_field
from service.ledger.naming import entity_of, winner_of
from service.ledger.unit import Unit

MOST_SPELLINGS = 64
"""How many combinations of ids that merges made the same are looked for."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What the ids of an identity hold: the first free one, and the event that has the identity now, live or retracted."""

    free: UUID
    live: UUID | None
    retracted: UUID | None


def logged(entries: Sequence[Entry]) -> list[Logged]:
    """The entries of one aggregate with their instants, which never run backwards; their positions are not known here."""
    instants = accumulate((to_micros(entry.timestamp) for entry in entries), max)
    return [Logged(entry, 0, instant) for entry, instant in zip(entries, instants, strict=True)]


def event_entries(entries: Iterable[Entry]) -> list[EventEntry]:
    """Those that make an event; none for an id that is only held."""
    return [entry for entry in entries if isinstance(entry, (Posted, LaterEntry))]


def content(unit: Unit, event_id: UUID, draft: EventEntry | None = None) -> Version:
    """The event after all of its entries, and a draft of one more, in the order of the log, with its `announced` resolved."""
    found = family_of(unit, event_id, draft)
    version = reduce_event([logged.entry for logged in found[event_id]], reports(found).get(event_id, {}))
    return replace(version, announced=resolved_announced(found[event_id]).text)


def current(unit: Unit, event_id: UUID) -> Version | None:
    """The current content of an event; None for an id under which no event is recorded."""
    alone, version = unit.derived(event_id, _content_of)
    return version if alone else content(unit, event_id)


def shown_version(unit: Unit, event_id: UUID) -> int | None:
    """The number of the version that a reader is shown now; None while the event is under embargo."""
    found, now = family_of(unit, event_id), to_micros(unit.stamp.timestamp)
    return next((span.version.number for span in spans(found[event_id], "public", found) if span.start <= now < span.until), None)


def family_of(unit: Unit, event_id: UUID, draft: EventEntry | None = None) -> Family:
    """The entries of the event, a draft of one more among them, and of all events that it was ever joined with."""

    def read(wanted: UUID) -> list[Logged]:
        entries = event_entries(unit.entries(wanted))
        return logged([*entries, draft] if draft is not None and wanted == event_id else entries)

    return family(event_id, read)


def moment_of(unit: Unit, entry: EventEntry) -> str:
    """The moment from which a draft will count in public, so that what it brings stays under its embargo."""
    moments, announced = counted(family_of(unit, entry.originator_id, entry))[entry.originator_id]
    return announced if Moment.parse(announced).at == moments[-1] else rfc3339(moments[-1])


def free_slot(unit: Unit, kind: EventType, identity: str) -> UUID:
    """The first id of the identity under which nothing is recorded."""
    return next(slot for slot in _slots(kind, identity) if not unit.entries(slot))


def identities(unit: Unit, kind: EventType, fields: Mapping[str, Any], effective: str) -> tuple[str, ...]:
    """The identity under the ids that were given and, if it is another, under those by which its entities are read now."""
    named = identifying(kind, fields)
    read = with_ids(kind, fields, {(of, entity): winner_of(unit, of, entity) for of, entity in named})
    return tuple(dict.fromkeys((kind.identity_text(fields, effective), kind.identity_text(read, effective))))


def hold(unit: Unit, kind: EventType, event_id: UUID, held: Iterable[str]) -> None:
    """Have the event found by further identities.

    Always in a free slot, though the event may sit in that chain already: so of two writers who would give one identity
    to two events, one is refused and looks again.
    """
    for identity in held:
        unit.add(EventIdHeld, free_slot(unit, kind, identity), holder=event_id)


def chain(unit: Unit, kind: EventType, fields: Mapping[str, Any], effective: str) -> Chain:
    """What the identity's ids hold. An event counts as of that identity by its current version, not by its id.

    An event of those that are read as the same entities is found too, whichever ids it was posted with, after one of the
    very ids; and instead of one that was joined into another that other.
    """
    spellings = list(dict.fromkeys(_spellings(unit, kind, fields, effective)))
    live = retracted = None
    for holder in dict.fromkeys(holder for identity in spellings for holder in _holders(unit, kind, identity)):
        version = current(unit, holder)
        if version is None or kind.identity_text(version.fields, version.effective) not in spellings:
            continue
        standing, counts = _standing(unit, holder, version)
        if counts:
            live = live or standing
        else:
            retracted = retracted or standing
    return Chain(free_slot(unit, kind, spellings[0]), live, retracted)


def standing_for(unit: Unit, event_id: UUID) -> UUID:
    """The event of which this one is a further report now: itself, unless it was joined into another."""
    version = current(unit, event_id)
    return event_id if version is None else _standing(unit, event_id, version)[0]


def _standing(unit: Unit, event_id: UUID, version: Version) -> tuple[UUID, bool]:
    """The event of which this one is a further report now, and whether that counts."""
    while version.duplicate_of is not None:
        event_id, winner = version.duplicate_of, current(unit, version.duplicate_of)
        assert winner is not None
        version = winner
    return event_id, not version.retracted


def _content_of(entries: Sequence[Entry]) -> tuple[bool, Version | None]:
    """Whether no other event is needed to tell what this one is, and what it is then."""
    own = event_entries(entries)
    alone = not any(map(partner, own))
    return alone, replace(reduce_event(own), announced=resolved_announced(logged(own)).text) if own and alone else None


def _slots(kind: EventType, identity: str) -> Iterator[UUID]:
    return (kind.event_id(identity, number) for number in count(1))


def _holders(unit: Unit, kind: EventType, identity: str) -> Iterator[UUID]:
    for slot in _slots(kind, identity):
        entries = unit.entries(slot)
        if not entries:
            return
        yield entries[0].holder if isinstance(entries[0], EventIdHeld) else slot


def _spellings(unit: Unit, kind: EventType, fields: Mapping[str, Any], effective: str) -> Iterator[str]:
    """The identity, and then the same with all ids of those that are read as the same entities, the winners' first."""
    named = identifying(kind, fields)
    yield kind.identity_text(fields, effective)
    standing = [(of, winner_of(unit, of, entity)) for of, entity in named]
    choices = [(winner, *_absorbed(unit, of, winner)) for of, winner in standing]
    for chosen in islice(product(*choices), MOST_SPELLINGS):
        yield kind.identity_text(with_ids(kind, fields, dict(zip(named, chosen, strict=True))), effective)


def identifying(kind: EventType, fields: Mapping[str, Any]) -> list[tuple[Kind, str]]:
    """The entities that identify the event, each once."""
    return list(dict.fromkeys((of, entity) for name, of, entity in kind.entities(fields) if name in kind.identity))


def _absorbed(unit: Unit, kind: Kind, entity_id: str) -> Iterable[str]:
    entity = entity_of(unit, kind, entity_id)
    for loser in entity.absorbed if entity else ():
        yield loser
        yield from _absorbed(unit, kind, loser)


def with_ids(kind: EventType, fields: Mapping[str, Any], ids: Mapping[tuple[Kind, str], str]) -> dict[str, Any]:
    """The fields with other ids for all of the entities that identify the event."""
    changed = dict(fields)
    for name, field in kind.fields.items():
        inner = entity_field(field)
        if inner is None or name not in kind.identity or fields.get(name) is None:
            continue
        values = [
            {**value, "id": ids[value["kind"], value["id"]]} if isinstance(value, Mapping) else ids[inner.kinds[0], value]
            for value in as_list(fields[name])
        ]
        changed[name] = values if isinstance(fields[name], list) else values[0]
    return changed
