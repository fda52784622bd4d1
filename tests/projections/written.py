"""A store whose rows are written as the projector would, one entry at a time, for tests of what reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, insert

from events.articles import ArticleRegistered, article_id, article_of
from events.clocks import Clock
from events.codec import encode
from events.dates import PartialDate
from events.entities import EntityCalled, EntityIdentified, EntityMerged, EntityNamed, EntityRegistered, EntityUnmerged, entity_aggregate
from events.entries import Entry, Logged, aggregate_id
from events.event import EventCorrected, EventCorroborated, EventRecorded, EventRetracted
from events.fields import Kind
from events.moments import Moment, from_micros
from events.types import event_type
from projections import tables
from projections.articles import write_articles
from projections.entities import write_entities
from projections.reading import Reading
from projections.versions import write_events

LATER = "2030-01-01"
PAPER = {"title": "A paper"}


def moment(text: str) -> int:
    """A day or an instant in microseconds since 1970."""
    return Moment.parse(text).at


def day(text: str) -> int:
    """A day as its ordinal."""
    return PartialDate.parse(text).first


def at(known_at: str = LATER, clock: Clock = "public", lang: str = "en") -> Reading:
    """A reading at the start of a day or at an instant, by default long after everything."""
    known = Moment.parse(known_at)
    return Reading(known.day.toordinal(), known.at, clock, lang=lang)


@dataclass
class Log:
    """The log and the store that follows from it; `recorded` is the day or instant at which the next entry is recorded."""

    connection: Connection
    recorded: str = "2024-01-01"
    history: dict[UUID, list[Logged]] = field(default_factory=lambda: defaultdict(list))
    position: int = 0

    def register(self, kind: Kind, entity: str, announced: str | None = None, event: UUID | None = None, **said: Any) -> None:
        """Register an entity; `said` may have `names`, `aliases` and `identifiers`."""
        names, aliases, identifiers = said.get("names", {"en": entity.title()}), said.get("aliases", []), said.get("identifiers", {})
        self._entity(EntityRegistered, kind, entity, announced, names, aliases, identifiers, event)

    def name(self, kind: Kind, entity: str, names: Mapping[str, str], announced: str | None = None, aliases: tuple[str, ...] = ()) -> None:
        """Name an entity."""
        self._entity(EntityNamed, kind, entity, announced, dict(names), list(aliases))

    def call(self, kind: Kind, entity: str, names: Mapping[str, str], announced: str, aliases: tuple[str, ...] = ()) -> None:
        """Have a report call an entity so."""
        self._entity(EntityCalled, kind, entity, announced, dict(names), list(aliases), aggregate_id("event", announced))

    def identify(self, kind: Kind, entity: str, identifiers: Mapping[str, str], announced: str | None = None) -> None:
        """Give an entity identifiers."""
        self._entity(EntityIdentified, kind, entity, announced, dict(identifiers))

    def merge(self, kind: Kind, loser: str, winner: str, announced: str | None = None) -> None:
        """Merge one entity into another."""
        self._entity(EntityMerged, kind, loser, announced, winner, None)

    def unmerge(self, kind: Kind, loser: str, winner: str, announced: str | None = None) -> None:
        """Undo a merge."""
        self._entity(EntityUnmerged, kind, loser, announced, winner, None)

    def _entity(self, cls: type[Entry], kind: Kind, entity: str, *said: Any) -> None:
        self._append(cls, entity_aggregate(kind, entity), kind, entity, *said)
        write_entities(self.connection, [(kind, entity)])

    def post(self, type_name: str, effective: str, announced: str | None = None, **said: Any) -> UUID:
        """Record an event; fields of the type are taken out of `said`, the rest is what every event has."""
        kind = event_type(type_name)
        fields = {name: said.pop(name) for name in list(said) if name in kind.fields}
        event = aggregate_id("event", str(self.position))
        self._report(EventRecorded, event, type_name, fields, effective, announced, **said)
        return event

    def corroborate(self, event: UUID, announced: str | None = None, **said: Any) -> None:
        """Record a further report of an event, with the fields given."""
        first = self.history[event][0].entry
        fields = {name: said.pop(name) for name in list(said) if name in event_type(first.type).fields}
        self._report(EventCorroborated, event, first.type, fields, first.effective, announced, **said)

    def _report(self, cls: type[Entry], event: UUID, *what: Any, **said: Any) -> None:
        sources = said.get("sources", [PAPER])
        common = (said.get("status", "reported"), sources, said.get("summary", {}), said.get("tags", []), said.get("ref"))
        for source in sources:
            self.article(source)
        self._append(cls, event, *what, *common)
        write_events(self.connection, [event.hex])

    def correct(self, event: UUID, changes: Mapping[str, Any], announced: str | None = None) -> None:
        """Correct an event."""
        self._append(EventCorrected, event, "put right", announced, dict(changes))
        write_events(self.connection, [event.hex])

    def retract(self, event: UUID, reason: str, announced: str | None = None) -> None:
        """Retract an event."""
        self._append(EventRetracted, event, reason, announced)
        write_events(self.connection, [event.hex])

    def article(self, source: Mapping[str, Any]) -> None:
        """Register the article that a source cites, if it is new."""
        wanted = article_id(source)
        if wanted not in self.history:
            write_articles(self.connection, [self._append(ArticleRegistered, wanted, article_of(source))])

    def _append(self, cls: type[Entry], aggregate: UUID, *said: Any) -> Logged:
        self.position += 1
        known = self.history[aggregate]
        entry = cls(aggregate, len(known) + 1, from_micros(moment(self.recorded)), None, *said)
        stored, logged = encode(entry), Logged(entry, self.position, moment(self.recorded))
        known.append(logged)
        row = {"originator_id": aggregate.hex, "number": len(known), "position": self.position, "recorded_at": logged.recorded_at}
        self.connection.execute(insert(tables.entries).values(**row, topic=stored.topic, state=stored.state.decode()))
        return logged


@pytest.fixture(name="log")
def fixture_log(written: Engine) -> Iterator[Log]:
    """An empty log with its store, once per engine."""
    with written.connect() as connection:
        yield Log(connection)
        connection.rollback()
