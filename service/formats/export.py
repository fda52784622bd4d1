"""The whole log as lines of JSON which, imported into an empty log, give the same state on the public clock at every day.

Entities come with their ids, events with their `announced` as it was resolved, and everything in the order of the log.
What belongs to one log alone stays behind: when each entry was recorded and by whom, and what its submissions were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from events.codec import decode
from events.counting import public_moments
from events.entities import EntityCalled, EntityEntry, EntityIdentified, EntityMerged, EntityNamed, EntityRegistered, EntityUnmerged
from events.entries import Entry, Logged
from events.event import (
    EventAbsorbed,
    EventCorrected,
    EventJoined,
    EventParted,
    EventReleased,
    EventRestored,
    EventRetracted,
    LaterEntry,
    Posted,
    SourceAdded,
    SourceRemoved,
    StatusChanged,
)
from events.joins import family, reports
from events.moments import Moment, rfc3339, to_micros
from events.reducer import reduce_event
from events.sources import source_key
from events.types import event_type
from service.ledger.application import Ledger

BATCH = 500
Json = dict[str, Any]


def exported(ledger: Ledger) -> Iterator[Json]:
    """The lines, oldest first, up to where the log ends now."""
    instants: dict[UUID, list[int]] = defaultdict(list)
    latest = 0
    for entry in entries(ledger):
        latest = max(latest, to_micros(entry.timestamp))
        if isinstance(entry, (Posted, LaterEntry)):
            instants[entry.originator_id].append(latest)
            if not isinstance(entry, (EventAbsorbed, EventReleased)):  # the import makes the other side of a join itself
                yield _event_line(entry, _History(ledger, entry, instants))
        elif isinstance(entry, EntityEntry) and (line := _entity_line(entry)):
            yield line


def entries(ledger: Ledger) -> Iterator[Entry]:
    """Every entry of the log in order, up to where it ends now."""
    position, last = 0, ledger.last_position()
    while position < last and (pulled := ledger.notifications(position, BATCH)):
        for found in pulled:
            yield decode(cast("UUID", found.originator_id), found.originator_version, found.topic, found.state)
        position = pulled[-1].id


class _History:
    """The log up to an entry about an event, read only where that entry cannot be told without it.

    `instants` are those of the entries so far, by event.
    """

    def __init__(self, ledger: Ledger, entry: Entry, instants: Mapping[UUID, Sequence[int]]) -> None:
        self._ledger = ledger
        self._event = entry.originator_id
        self._entry = entry
        self._instants = instants

    def announced(self) -> str:
        """The moment from which the entry, a report, counts."""
        alone = len(self._instants[self._event]) == 1
        history = [Logged(self._entry, 0, self._instants[self._event][0])] if alone else self._read(self._event)
        moments, announced = public_moments(history)
        return announced if Moment.parse(announced).at == moments[-1] else rfc3339(moments[-1])

    def place_of_source(self, key: str) -> int:
        """The number, from 1, that the source of that key has before the entry."""
        found = family(self._event, self._read)
        before = [logged.entry for logged in found[self._event][:-1]]
        return [source_key(source) for source in reduce_event(before, reports(found).get(self._event, {})).sources].index(key) + 1

    def _read(self, event: UUID) -> list[Logged]:
        """The entries of an event with their instants, as far as they come before the entry or are it."""
        return [Logged(entry, 0, at) for entry, at in zip(self._ledger.entries_of(event), self._instants[event], strict=False)]


def _event_line(entry: Posted | LaterEntry, history: _History) -> Json:
    return _post(entry, history) if isinstance(entry, Posted) else _later(entry, history)


def _post(entry: Posted, history: _History) -> Json:
    kind = event_type(entry.type)
    again = entry.originator_version == 1 and entry.originator_id != kind.event_id(kind.identity_text(entry.fields, entry.effective))
    own = {"type": entry.type, **entry.fields, "effective": entry.effective, "announced": entry.announced or history.announced()}
    said = _said(summary=entry.summary, tags=entry.tags, ref=entry.ref, distinct=again)
    return {**own, "status": entry.status, "sources": entry.sources, **said}


def _later(entry: LaterEntry, history: _History) -> Json:
    about, why = str(entry.originator_id), _said(reason=entry.reason, announced=entry.announced)
    match entry:
        case EventCorrected(changes=changes):
            return {"correct": about, "changes": changes, **why}
        case EventRetracted():
            return {"retract": about, **why}
        case EventRestored():
            return {"restore": about, **why}
        case StatusChanged(to=to):
            return {"status": about, "to": to, **why}
        case SourceAdded(source=source):
            return {"source": about, "add": source, **why}
        case SourceRemoved(key=key):
            return {"source": about, "remove": history.place_of_source(key), **why}
        case EventJoined(winner=winner):
            return {"join": about, "into": str(winner), **why}
        case EventParted():
            return {"part": about, **why}
    raise AssertionError(f"no line for {type(entry).__name__}")


def _entity_line(entry: EntityEntry) -> Json | None:
    """The line of an entry about an entity; none for the other side of a merge, which the import makes itself."""
    head, when = {"id": entry.id}, _said(announced=entry.announced)
    match entry:
        case EntityRegistered(names=names, aliases=aliases, identifiers=identifiers, event=event):
            told = _said(aliases=aliases, identifiers=identifiers, event=str(event) if event else None)
            return {"entity": entry.kind, **head, "name": names, **told, **when}
        case EntityNamed(names=names, aliases=aliases):
            return {"names": entry.kind, **head, **_said(name=names, aliases=aliases), "distinct": True, **when}
        case EntityCalled(names=names, aliases=aliases, event=event):
            return {"names": entry.kind, **head, **_said(name=names, aliases=aliases, event=str(event)), "distinct": True, **when}
        case EntityIdentified(identifiers=identifiers):
            return {"names": entry.kind, **head, "identifiers": identifiers, **when}
        case EntityMerged(winner=winner, reason=reason):
            return {"merge": entry.kind, "loser": entry.id, "winner": winner, **_said(reason=reason), **when}
        case EntityUnmerged(reason=reason):
            return {"unmerge": entry.kind, "loser": entry.id, **_said(reason=reason), **when}
    return None


def _said(**members: Any) -> Json:
    """The members that say something."""
    return {name: value for name, value in members.items() if value}
