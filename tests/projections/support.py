"""A log in memory for the projector to read, entries to fill it with, and random logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import Notification
from hypothesis import strategies as st
from sqlalchemy import delete, update

from events.articles import ArticleRegistered, article_id, article_of
from events.codec import encode
from events.entities import (
    EntityAbsorbed,
    EntityIdentified,
    EntityMerged,
    EntityNamed,
    EntityRegistered,
    EntityReleased,
    EntityUnmerged,
    NameClaimed,
    entity_aggregate,
    name_aggregate,
)
from events.entries import Entry, aggregate_id
from events.event import (
    EventAbsorbed,
    EventCorrected,
    EventCorroborated,
    EventIdHeld,
    EventJoined,
    EventParted,
    EventRecorded,
    EventReleased,
    EventRestored,
    EventRetracted,
    SourceAdded,
    SourceRemoved,
    StatusChanged,
)
from events.fields import Kind
from events.moments import Moment
from events.sources import source_key
from events.submission import SubmissionAnswered
from events.types import event_type
from projections import tables
from projections.reading import Reading
from projections.stores import NOTHING_READ, Store, Stores

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
WIRE = {"title": "Report", "publisher": "Wire", "url": "https://example.com/1"}
PAPER = {"title": "Another report", "publisher": "Paper", "published_at": "2024-01-20"}


def at(known_at: str = "2030-01-01", clock: str = "public") -> Reading:
    """A reading at the start of a day or at an instant, by default long after everything."""
    known = Moment.parse(known_at)
    return Reading(known.day.toordinal(), known.at, "public" if clock == "public" else "recorded")


class MemoryLog:
    """A log whose positions go up by `step`; each entry is stamped a second after the one before."""

    def __init__(self, step: int = 1) -> None:
        self.step = step
        self.stored: list[Notification] = []
        self.versions: Counter[UUID] = Counter()
        self.stamp = BEGIN

    def notifications(self, after: int, limit: int) -> Sequence[Notification]:
        """What the projector asks of a log."""
        return [found for found in self.stored if found.id > after][:limit]

    @property
    def last(self) -> int:
        """The position of the last entry."""
        return self.stored[-1].id if self.stored else 0

    def add(self, cls: type[Entry], aggregate: UUID, *said: Any) -> None:
        """Append an entry with its aggregate's next version."""
        self.versions[aggregate] += 1
        self.stamp += timedelta(seconds=1)
        stored = encode(cls(aggregate, self.versions[aggregate], self.stamp, "ann", *said))
        self.add_stored(aggregate, stored.topic, stored.state)

    def add_stored(self, aggregate: UUID, topic: str, state: bytes) -> None:
        """Append an entry as it is stored."""
        position = self.last + self.step
        self.stored.append(Notification(aggregate, self.versions[aggregate], topic, state, id=position))

    def register(self, kind: Kind, *ids: str) -> None:
        """Register entities, with the claims of their names."""
        for entity in ids:
            self.add(EntityRegistered, entity_aggregate(kind, entity), kind, entity, None, {"en": entity.title()}, [], {}, None)
            self.add(NameClaimed, name_aggregate(kind, entity), kind, entity, entity)

    def name(self, kind: Kind, entity: str, name: str) -> None:
        """Give an entity a new name."""
        self.add(EntityNamed, entity_aggregate(kind, entity), kind, entity, None, {"en": name}, [])

    def identify(self, kind: Kind, entity: str, identifiers: dict[str, str]) -> None:
        """Give an entity identifiers."""
        self.add(EntityIdentified, entity_aggregate(kind, entity), kind, entity, None, identifiers)

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        """Merge one entity into another."""
        self.add(EntityMerged, entity_aggregate(kind, loser), kind, loser, None, winner, None)

    def unmerge(self, kind: Kind, loser: str, winner: str) -> None:
        """Undo a merge."""
        self.add(EntityUnmerged, entity_aggregate(kind, loser), kind, loser, None, winner, None)

    def post(self, event: str, type_name: str = "appointment", effective: str = "2024-01-15", **said: Any) -> UUID:
        """Record an event, or a further report of it; fields of the type are taken out of `said`."""
        fields = {name: said.pop(name) for name in list(said) if name in event_type(type_name).fields}
        sources = said.get("sources", [WIRE])
        for source in sources:
            if not self.versions[article_id(source)]:
                self.add(ArticleRegistered, article_id(source), article_of(source))
        common = (said.get("status", "reported"), sources, said.get("summary", {}), said.get("tags", []), None)
        cls = EventCorroborated if self.versions[event_id(event)] else EventRecorded
        self.add(cls, event_id(event), type_name, fields, effective, said.get("announced"), *common)
        return event_id(event)

    def appoint(self, event: str, person: str = "ann", organization: str = "acme", role: str = "CEO", **said: Any) -> UUID:
        """Record an appointment."""
        return self.post(event, person=person, organization=organization, role=role, **said)

    def correct(self, event: str, changes: dict[str, Any], announced: str | None = None, reason: str | None = "a slip") -> None:
        """Correct an event."""
        self.add(EventCorrected, event_id(event), reason, announced, changes)

    def later(self, cls: type[Entry], event: str, *said: Any, announced: str | None = None, reason: str | None = None) -> None:
        """Append any other entry about an event."""
        self.add(cls, event_id(event), reason, announced, *said)

    def join(self, loser: str, winner: str, *, undo: bool = False, announced: str | None = None) -> None:
        """Join one event into another, or undo that."""
        own, other = (EventParted, EventReleased) if undo else (EventJoined, EventAbsorbed)
        self.later(own, loser, event_id(winner), announced=announced)
        self.later(other, winner, event_id(loser), announced=announced)


def event_id(event: str) -> UUID:
    """The id of an event that a test calls by a short name."""
    return aggregate_id("test", event)


def small_log(step: int = 1) -> MemoryLog:
    """A few entities and events, one corrected, one retracted, and a merge."""
    log = MemoryLog(step)
    log.register("organization", "acme", "bolt")
    log.register("person", "ann", "bob", "cat")
    log.appoint("e1", "ann", announced="2024-01-02", tags=["Board"])
    log.appoint("e2", "bob", role="CTO", announced="2024-01-03", summary={"en": "Bob takes over"})
    log.post("e3", "departure", "2024-03-01", person="ann", organization="acme", announced="2024-03-01")
    log.correct("e1", {"effective": "2024-01-10"})
    log.appoint("e4", "cat", "bolt", announced="2024-02-01", sources=[{"title": "Other paper"}])
    log.later(EventRetracted, "e4", reason="wrong company")
    log.merge("person", "cat", "bob")
    return log


Step = tuple[Callable[..., None], tuple[Any, ...]]
_EVENTS = ("e1", "e2", "e3", "e4")
_PEOPLE = ("ann", "bob", "cat")
_DAYS = ("2024-01-01", "2024-01-03", "2024-02", "2024-06-05")
_MOMENTS = (None, "2023-12-30", "2024-01-01T00:00:07Z", "2024-01-01T00:00:20Z", "2024-05-01")


def _posted(log: MemoryLog, event: str, person: str, organization: str, role: str, day: str, announced: str | None) -> None:
    log.appoint(event, person, organization, role, effective=day, announced=announced)


def _corrected(log: MemoryLog, event: str, changes: dict[str, str], announced: str | None) -> None:
    if log.versions[event_id(event)]:
        log.correct(event, changes, announced)


def _said(log: MemoryLog, event: str, cls: type[Entry], said: tuple[str, ...], announced: str | None) -> None:
    if log.versions[event_id(event)]:
        log.later(cls, event, *said, announced=announced)


def _joined(log: MemoryLog, kind: Kind, sides: tuple[str, str], undo: bool, announced: str | None) -> None:
    loser, winner = sides
    own, others = (EntityUnmerged, EntityReleased) if undo else (EntityMerged, EntityAbsorbed)
    log.add(own, entity_aggregate(kind, loser), kind, loser, announced, winner, None)
    log.add(others, entity_aggregate(kind, winner), kind, winner, announced, loser)


def _one(log: MemoryLog, sides: Sequence[str], undo: bool, announced: str | None) -> None:
    loser, winner = sides[:2]
    if log.versions[event_id(loser)] and log.versions[event_id(winner)]:
        log.join(loser, winner, undo=undo, announced=announced)


def _entitled(log: MemoryLog, entity: str, name: str, announced: str | None) -> None:
    log.add(EntityNamed, entity_aggregate("person", entity), "person", entity, announced, {"ja": name}, [f"{name} II"])
    log.identify("person", entity, {"wikidata": f"Q{len(name)}"})


def _shipped(log: MemoryLog, event: str, source: dict[str, str], announced: str | None) -> None:
    kind = "renaming" if event == "e5" else "product_release"
    said = {"new_name": {"en": "Acme 2"}} if event == "e5" else {"product": "core", "version": "2"}
    log.post(event, kind, organization="acme", sources=[source], announced=announced, tags=["New"], summary={"ja": "発売"}, **said)


def _kept(log: MemoryLog, key: str) -> None:
    log.add(SubmissionAnswered, aggregate_id("submission", key), "0" * 64, 201, {})
    log.add(EventIdHeld, event_id(f"held-{key}"), event_id("e1"))


def _stamped(log: MemoryLog, seconds: int) -> None:
    log.stamp += timedelta(seconds=seconds)


def _steps() -> st.SearchStrategy[Step]:
    event, moment, person = st.sampled_from(_EVENTS), st.sampled_from(_MOMENTS), st.sampled_from(_PEOPLE)
    changes = st.sampled_from(({"effective": "2024-02"}, {"person": "bob"}, {"announced": "2024-02-02"}, {"role": "CFO"}))
    said = st.sampled_from((
        (EventRetracted, ()), (EventRestored, ()), (StatusChanged, ("denied",)), (StatusChanged, ("confirmed",)),
        (SourceAdded, (PAPER,)), (SourceRemoved, (source_key(PAPER),)), (SourceRemoved, (source_key(WIRE),)),
    ))  # fmt: skip
    sides = st.tuples(st.just("person"), st.permutations(_PEOPLE).map(lambda ids: (ids[0], ids[1]))) | st.tuples(
        st.just("organization"), st.sampled_from((("acme", "bolt"), ("bolt", "acme")))
    )
    posts = st.tuples(event, person, st.sampled_from(("acme", "bolt")), st.sampled_from(("CEO", "CTO")), st.sampled_from(_DAYS), moment)
    return st.one_of(
        st.tuples(st.just(_posted), posts),
        st.tuples(st.just(_corrected), st.tuples(event, changes, moment)),
        st.builds(lambda name, pair, when: (_said, (name, *pair, when)), event, said, moment),
        st.builds(lambda pair, undo, when: (_joined, (*pair, undo, when)), sides, st.booleans(), moment),
        st.tuples(st.just(_one), st.tuples(st.permutations(_EVENTS), st.booleans(), moment)),
        st.tuples(st.just(_entitled), st.tuples(person, st.sampled_from(("社長", "Ann B.")), moment)),
        st.tuples(st.just(_shipped), st.tuples(st.sampled_from(("e5", "e6")), st.sampled_from((WIRE, PAPER)), moment)),
        st.tuples(st.just(_kept), st.tuples(st.sampled_from(("k1", "k2")))),
        st.tuples(st.just(_stamped), st.tuples(st.integers(-9, 9))),
    )


def _made(steps: list[Step]) -> MemoryLog:
    log = MemoryLog()
    log.register("organization", "acme", "bolt")
    log.register("person", *_PEOPLE)
    log.register("product", "core")
    for act, said in steps:
        act(log, *said)
    return log


LOGS = st.lists(_steps(), max_size=14).map(_made)
"""Logs of a few entities and events with every kind of entry, in any order, with stamps that run backwards."""


def emptied(store: Store) -> Store:
    """The store without all that it has read: as a new one, which takes longer to make than most logs to read."""
    nothing = {"position": 0, "entries": 0, "digest": NOTHING_READ, "recorded_at": 0, "halted_at": None, "halted_by": None}
    with store.writing() as connection:
        for table in tables.CONTENT:
            connection.execute(delete(table))
        connection.execute(update(tables.progress).values(nothing))
    return store


@pytest.fixture(name="stores")
def fixture_stores(database_url: str, tmp_path: Path) -> Iterator[Stores]:
    """No store yet, once per engine."""
    stores = Stores.open(database_url, tmp_path / "home")
    yield stores
    stores.close()


@pytest.fixture(name="store")
def fixture_store(stores: Stores) -> Store:
    """An empty live store, once per engine."""
    store = stores.create()
    stores.promote(store)
    return store
