"""What may be said about an event later: corrections, retractions, restorations, changes of status, and its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from events.dates import quote
from events.errors import AnnalsError, Conflict, Invalid, NotFound, Stale
from events.event import (
    STATUSES,
    EventCorrected,
    EventRestored,
    EventRetracted,
    LaterEntry,
    SourceAdded,
    SourceRemoved,
    StatusChanged,
    Version,
)
from events.moments import Moment
from events.posting import load, load_changes, load_source, post_schema, stored_fields
from events.sources import source_key
from events.submission import RefClaimed, ref_id
from events.types import EventType, event_type
from service.ledger.naming import Naming
from service.ledger.recording import Outcome, Recorded, register_articles
from service.ledger.slots import content, current, hold, identities, moment_of, shown_version
from service.ledger.unit import Unit


@dataclass(frozen=True, slots=True)
class Target:
    """The event that a later entry is about, as the caller means it.

    `given` is its id, or a `ref` of the caller's; `if_match` the version that the caller has seen, if it says so.
    """

    given: str | UUID
    caller: str | None = None
    if_match: int | None = None


def find_event(unit: Unit, given: str | UUID, caller: str | None = None) -> UUID:
    """The id of the event that has that id or for which that `ref` of the caller's stands; raises `NotFound`."""
    event_id = _as_uuid(given)
    if event_id is not None and current(unit, event_id) is not None:
        return event_id
    for claimed in unit.entries(ref_id(caller, str(given))):
        if isinstance(claimed, RefClaimed):
            return claimed.event
    raise NotFound.of(
        "id",
        str(given),
        f"{quote(str(given))} is neither the id of an event nor a ref of yours",
        "an event's id, or the ref it was posted with",
    )


def correct(
    unit: Unit, target: Target, changes: Any, *, reason: str | None, announced: Moment | None = None, strict: bool = False
) -> Recorded:
    """Put fields right: `changes` is JSON that maps their names to new values, null to take an optional one away.

    The event must be valid as a whole afterwards. Raises `Invalid`, `Ambiguous`, `NotFound`, `Stale`.
    """
    event_id, version = held(unit, target)
    kind = event_type(version.type)
    loaded = load_changes(kind, changes)
    if loaded.get("announced") is not None and announced is not None:
        message = (
            f"`announced` is corrected to {loaded['announced'].text!r} in a correction that was itself announced on {announced.text!r}"
        )
        raise Invalid.of(
            "announced", announced.text, message, "no `announced` of its own: when an event became public is corrected clerically"
        )
    naming = Naming(unit, strict=strict)
    stored = {**stored_fields(kind, loaded, naming.resolve, naming.read_as, within="changes"), **_common(loaded)}
    entry = _draft(unit, EventCorrected, event_id, version, _required(reason, "correction"), announced, changes=stored)
    after = content(unit, event_id, entry)
    if replace(after, number=version.number, corrected=version.corrected) == version:
        return Recorded(unit, event_id, "unchanged")
    _check_whole(kind, after)
    registered = naming.write(moment_of(unit, entry), event_id) if naming.brings else ()
    unit.put(entry)
    if kind.identity_text(after.fields, after.effective) != kind.identity_text(version.fields, version.effective):
        hold(unit, kind, event_id, identities(unit, kind, after.fields, after.effective))
    return Recorded(unit, event_id, "corrected", registered)


def retract(unit: Unit, target: Target, *, reason: str | None, announced: Moment | None = None) -> Recorded:
    """Take the report back, with the reason."""
    event_id, version = held(unit, target)
    entry = _draft(unit, EventRetracted, event_id, version, _required(reason, "retraction"), announced)
    return _say(unit, entry, "retracted", unchanged=version.retracted)


def restore(unit: Unit, target: Target, *, reason: str | None = None, announced: Moment | None = None) -> Recorded:
    """Let a retracted report count again."""
    event_id, version = held(unit, target)
    entry = _draft(unit, EventRestored, event_id, version, reason, announced)
    return _say(unit, entry, "restored", unchanged=not version.retracted)


def change_status(unit: Unit, target: Target, to: str, *, reason: str | None = None, announced: Moment | None = None) -> Recorded:
    """Hold the event to be `to`: confirmed, reported, rumoured or denied."""
    if to not in STATUSES:
        raise Invalid.of("to", to, f"{quote(to)} is not a status", "one of " + ", ".join(STATUSES))
    event_id, version = held(unit, target)
    entry = _draft(unit, StatusChanged, event_id, version, reason, announced, to=to)
    return _say(unit, entry, "status_changed", unchanged=version.status == to)


def add_source(unit: Unit, target: Target, source: Any, *, reason: str | None = None, announced: Moment | None = None) -> Recorded:
    """Add a source, given as JSON. It counts from its `published_at` unless `announced` says otherwise."""
    event_id, version = held(unit, target)
    loaded = load_source(source)
    known = {source_key(other) for other in version.sources}
    entry = _draft(unit, SourceAdded, event_id, version, reason, announced, source=loaded)
    said = _say(unit, entry, "source_added", unchanged=source_key(loaded) in known)
    if said.outcome != "unchanged":
        register_articles(unit, [loaded])
    return said


def remove_source(unit: Unit, target: Target, number: int, *, reason: str | None = None, announced: Moment | None = None) -> Recorded:
    """Take away a wrongly added source by its number, from 1. Raises `Conflict` for the last one."""
    event_id, version = held(unit, target)
    if not 1 <= number <= len(version.sources):
        raise NotFound.of("n", number, f"the event has no source {number}", f"a number from 1 to {len(version.sources)}")
    if len(version.sources) == 1:
        raise Conflict.of(
            "n", number, f"source {number} is the only one, and an event needs at least one", "add another first, or retract the event"
        )
    key = source_key(version.sources[number - 1])
    return _say(unit, _draft(unit, SourceRemoved, event_id, version, reason, announced, key=key), "source_removed")


def _as_uuid(given: str | UUID) -> UUID | None:
    try:
        return given if isinstance(given, UUID) else UUID(given)
    except ValueError:
        return None


def _required(reason: str | None, what: str) -> str:
    if reason is None or not reason.strip():
        raise Invalid.of("reason", reason, f"a {what} needs its `reason`", "a few words on why")
    return reason


def _common(loaded: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of the fields that every event has, as JSON."""
    texts = {name: loaded[name].text for name in ("effective", "announced") if name in loaded}
    kept = {name: loaded[name] for name in ("summary", "tags") if name in loaded}
    return {**texts, **kept}


def _check_whole(kind: EventType, version: Version) -> None:
    """Refuse a correction that leaves fields which do not go together, such as an amount without its currency."""
    whole = {"type": kind.name, **version.fields, "effective": version.effective, "sources": list(version.sources[:1])}
    load(post_schema(kind.name), whole, within="changes")


def held(unit: Unit, target: Target, *, joined: bool = False) -> tuple[UUID, Version]:
    """The event that is meant and its version. Raises `NotFound`, `Stale`, and `Conflict` for a joined one unless it may be `joined`."""
    event_id = find_event(unit, target.given, target.caller)
    version = current(unit, event_id)
    assert version is not None
    if target.if_match is not None and target.if_match != version.number:
        _check_seen(target.if_match, shown_version(unit, event_id) or version.number)
    if version.duplicate_of is not None and not joined:
        raise joined_elsewhere(event_id, version.duplicate_of)
    return event_id, version


def _check_seen(seen: int, shown: int) -> None:
    """Refuse a change that was made on another version than the one shown: what is still to be announced counts for nobody yet."""
    if seen != shown:
        message = f"the event is at version {shown}, and the change was made on version {seen}"
        raise Stale.of("If-Match", seen, message, f"version {shown}, read again", version=shown)


def joined_elsewhere(event_id: UUID, winner: UUID, field: str = "id") -> AnnalsError:
    """The error of an event of which nothing can be said, since it was joined into `winner`."""
    message = f"{event_id} is the same event as {winner}, into which it was joined"
    return Conflict.of(field, str(event_id), message, f"the event {winner}, or first a parting of the two", winner=str(winner))


def _draft(
    unit: Unit, cls: type[LaterEntry], event_id: UUID, version: Version, reason: str | None, announced: Moment | None, **more: Any
) -> LaterEntry:
    check_announced(version, announced)
    return unit.draft(cls, event_id, reason=reason, announced=announced.text if announced else None, **more)


def check_announced(version: Version, announced: Moment | None) -> None:
    """Raise `Invalid` where something would be announced before the event that it is about."""
    # A day is not before an instant within it; it counts from that instant then.
    if announced is not None and announced.end < Moment.parse(version.announced).at:
        message = f"{announced.text!r} is before {version.announced!r}, when the event itself was announced"
        raise Invalid.of("announced", announced.text, message, f"{version.announced} or later, or none for a clerical change")


def _say(unit: Unit, entry: LaterEntry, outcome: Outcome, *, unchanged: bool = False) -> Recorded:
    if unchanged:
        return Recorded(unit, entry.originator_id, "unchanged")
    unit.put(entry)
    return Recorded(unit, entry.originator_id, outcome)
