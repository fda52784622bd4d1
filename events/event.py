"""Events as posted and what may later be said about them: the entries of an event, and the event that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from events.entries import Entry, topic

Status = Literal["confirmed", "reported", "rumoured", "denied"]
STATUSES: tuple[Status, ...] = ("confirmed", "reported", "rumoured", "denied")
RANK: Mapping[str, int] = {"denied": 0, "rumoured": 1, "reported": 2, "confirmed": 3}


@dataclass(frozen=True)
class Posted(Entry):
    """One report of an event, whole.

    `fields` are the type's own fields as JSON with entities as ids; `effective` is the text of a partial date;
    `announced` the text of a moment, None where the poster gave none; `sources` are JSON objects.
    """

    type: str
    fields: dict[str, Any]
    effective: str
    announced: str | None
    status: Status
    sources: list[dict[str, Any]]
    summary: dict[str, str]
    tags: list[str]
    ref: str | None


@topic("event.recorded")
class EventRecorded(Posted):
    """The first report: the event exists from here on."""


@topic("event.corroborated")
class EventCorroborated(Posted):
    """A further report of the same event: adds sources, tags, summaries and missing details."""


@dataclass(frozen=True)
class LaterEntry(Entry):
    """Something said later about an event; without `announced` it is clerical."""

    reason: str | None
    announced: str | None


@topic("event.corrected")
@dataclass(frozen=True)
class EventCorrected(LaterEntry):
    """Fields put right: `changes` maps a field's name to its new JSON value, null to take it away."""

    changes: dict[str, Any]


@topic("event.retracted")
class EventRetracted(LaterEntry):
    """The report no longer counts."""


@topic("event.restored")
class EventRestored(LaterEntry):
    """A retracted report counts again."""


@topic("event.status_changed")
@dataclass(frozen=True)
class StatusChanged(LaterEntry):
    """The event is now held to be `to`."""

    to: Status


@topic("event.source_added")
@dataclass(frozen=True)
class SourceAdded(LaterEntry):
    """One more source; counts from its `published_at` unless `announced` is given."""

    source: dict[str, Any]


@topic("event.source_removed")
@dataclass(frozen=True)
class SourceRemoved(LaterEntry):
    """A source wrongly added is taken away; `key` is its identity (see `sources.source_key`)."""

    key: str


@topic("event.joined")
@dataclass(frozen=True)
class EventJoined(LaterEntry):
    """This event is the same as `winner`, of which it is a further report from now on; it has no other entry until they are parted."""

    winner: UUID


@topic("event.absorbed")
@dataclass(frozen=True)
class EventAbsorbed(LaterEntry):
    """The winner's side of a joining: `loser` is the same event as this one."""

    loser: UUID


@topic("event.parted")
@dataclass(frozen=True)
class EventParted(LaterEntry):
    """The joining of this event into `winner` undone."""

    winner: UUID


@topic("event.released")
@dataclass(frozen=True)
class EventReleased(LaterEntry):
    """The winner's side of the undoing: `loser` stands for itself again."""

    loser: UUID


@topic("event.id_held")
@dataclass(frozen=True)
class EventIdHeld(Entry):
    """This event id belongs to an identity that `holder` took on by correction; nothing is recorded under it."""

    holder: UUID


EventEntry = Posted | LaterEntry
COMMON = ("effective", "announced", "summary", "tags")
"""The fields that every event has and that a correction may change beside the type's own."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A detail on which a further report differs: the value that it gave, and who gave it."""

    field: str
    value: Any
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """An event's content after some of its entries.

    `number` is the version of the newest entry that counts in it; `sources` are JSON objects in order;
    `disputed` lists details on which later reports differ; `retraction` is the reason where it is retracted.
    `duplicate_of` is the id of the event that it was joined into, `duplicates` those of the events joined into it.
    """

    type: str
    fields: Mapping[str, Any]
    effective: str
    announced: str | None
    status: Status
    sources: tuple[Mapping[str, Any], ...]
    summary: Mapping[str, str]
    tags: tuple[str, ...]
    ref: str | None
    number: int
    retracted: bool = False
    retraction: str | None = None
    corrected: bool = False
    disputed: tuple[Dispute, ...] = field(default=())
    duplicate_of: UUID | None = None
    duplicates: tuple[UUID, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it counts as an event of its own: it is neither retracted nor joined into another."""
        return not self.retracted and self.duplicate_of is None


def first_version(posted: Posted) -> Version:
    """The event as a single report tells it."""
    return Version(
        posted.type, dict(posted.fields), posted.effective, posted.announced, posted.status, tuple(posted.sources),
        dict(posted.summary), tuple(posted.tags), posted.ref, posted.originator_version,
    )  # fmt: skip
