"""From the entries of one event to its content: a pure reducer that knows neither clocks nor stores.

Reports are merged, what a joined event tells among them, and corrections laid over them, each in the order given; so a
report that comes to count after a correction adds its sources and missing details without undoing what was put right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from marshmallow.fields import Field

from events.event import (
    COMMON,
    RANK,
    Dispute,
    EventAbsorbed,
    EventCorrected,
    EventCorroborated,
    EventEntry,
    EventJoined,
    EventParted,
    EventReleased,
    EventRestored,
    EventRetracted,
    Posted,
    SourceAdded,
    SourceRemoved,
    Status,
    StatusChanged,
    Version,
    first_version,
)
from events.fields import RoleName
from events.roles import Role
from events.sources import source_key, source_label
from events.types import entity_field, event_type

Reports = Mapping[int, Version]
NO_REPORTS: Reports = {}


def reduce_event(entries: Sequence[EventEntry], reports: Reports = NO_REPORTS) -> Version:
    """The content of an event after `entries`, in the order in which they count.

    At least one of them must be a report; the number of the version is that of its newest entry. `reports` has, by the
    number of the entry that joined it, what each joined event told, which counts like a second report in its place.
    """
    joined = _absorbed(entries)
    told = [_report(entry, reports) if entry.originator_version in joined else entry for entry in entries]
    posts = [entry for entry in told if isinstance(entry, Posted)]
    version = first_version(posts[0])
    for post in posts[1:]:
        version = _merged(version, post)
    version = _put_right(version, entries, {number: told for number, told in reports.items() if number in joined})
    retraction = _retraction(entries)
    return replace(
        version,
        sources=tuple(_sources(told)),
        status=_status(told),
        retracted=retraction is not None,
        retraction=retraction.reason if retraction else None,
        number=max(entry.originator_version for entry in entries),
        duplicate_of=_winner(entries),
        duplicates=tuple(joined.values()),
    )


def _put_right(version: Version, entries: Iterable[EventEntry], reports: Reports) -> Version:
    """The version with all corrections, compared with what joined events told."""
    corrections = [entry for entry in entries if isinstance(entry, EventCorrected)]
    for entry in corrections:
        version = _corrected(version, entry)
    for number, told in sorted(reports.items()):
        settled = {name for entry in corrections if entry.originator_version > number for name in entry.changes}
        version = version if told.retracted else _compared(version, told, settled)
    return version


def _absorbed(entries: Iterable[EventEntry]) -> dict[int, UUID]:
    """The events that stand joined into this one, by the number of the entry that joined each."""
    standing: dict[UUID, int] = {}
    for entry in entries:
        if isinstance(entry, EventAbsorbed):
            standing[entry.loser] = entry.originator_version
        elif isinstance(entry, EventReleased):
            standing.pop(entry.loser, None)
    return {number: loser for loser, number in standing.items()}


def _report(entry: EventEntry, reports: Reports) -> EventEntry:
    """What a joined event told, as a further report in the place of the entry that joined it."""
    told = reports.get(entry.originator_version)
    if told is None or told.retracted:
        return entry
    details = {name: value for name, value in told.fields.items() if name not in event_type(told.type).identity}
    return EventCorroborated(
        entry.originator_id, entry.originator_version, entry.timestamp, entry.actor, told.type, details, told.effective,
        None, told.status, [dict(source) for source in told.sources], dict(told.summary), list(told.tags), None,
    )  # fmt: skip


def _winner(entries: Iterable[EventEntry]) -> UUID | None:
    winner = None
    for entry in entries:
        if isinstance(entry, EventJoined):
            winner = entry.winner
        elif isinstance(entry, EventParted):
            winner = None
    return winner


def _merged(version: Version, post: Posted) -> Version:
    labels = tuple(source_label(source) for source in post.sources)
    kind = event_type(version.type)
    missing = {name: value for name, value in post.fields.items() if name not in version.fields}
    # Of what identifies the event, a report of it can differ in whom it names: in one of the ids that a merge made the same.
    alike = {name for name in kind.identity if entity_field(kind.fields[name]) is None}
    disputed = (Dispute(name, value, labels) for name, value in _otherwise(version, post.fields) if name not in missing.keys() | alike)
    return replace(
        version,
        fields={**version.fields, **missing},
        summary={**post.summary, **version.summary},
        tags=tuple(dict.fromkeys((*version.tags, *post.tags))),
        ref=version.ref or post.ref,
        disputed=(*version.disputed, *(dispute for dispute in disputed if dispute not in version.disputed)),
    )


def _compared(version: Version, told: Version, settled: Collection[str]) -> Version:
    """The version with what a joined event told otherwise, but for fields that were `settled` since by a correction.

    What identifies that event is not taken over, so what it says there beyond the version is shown too.
    """
    labels = tuple(source_label(source) for source in told.sources)
    disputed = (*(Dispute(name, value, labels) for name, value in _told_otherwise(version, told)), *told.disputed)
    found = [dispute for dispute in disputed if dispute.field not in settled and dispute not in version.disputed]
    return replace(version, disputed=(*version.disputed, *found))


def _otherwise(version: Version, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields on which a report differs, first those that identify the event."""
    kind = event_type(version.type)
    own, other = kind.identity_parts(version.fields), kind.identity_parts(fields)
    yield from ((name, fields[name]) for name in kind.identity if other[name] not in (None, own[name]))
    for name, value in fields.items():
        if name not in own and name in version.fields and _differ(kind.fields.get(name), value, version.fields[name]):
            yield name, value


def _told_otherwise(version: Version, told: Version) -> Iterator[tuple[str, Any]]:
    yield from _otherwise(version, dict(sorted(told.fields.items())))
    if told.effective != version.effective:
        yield "effective", told.effective


def _differ(field: Field[Any] | None, value: Any, other: Any) -> bool:
    if isinstance(field, RoleName) and value and other:
        return Role.of(value).key != Role.of(other).key
    return bool(value != other)


def _corrected(version: Version, entry: EventCorrected) -> Version:
    own = {name: value for name, value in entry.changes.items() if name not in COMMON}
    changes: dict[str, Any] = {
        "fields": _overlaid(version, own),
        "disputed": tuple(dispute for dispute in version.disputed if dispute.field not in own),
        "corrected": True,
    }
    if "effective" in entry.changes:
        changes["effective"] = entry.changes["effective"]
    if "summary" in entry.changes:
        changes["summary"] = {**version.summary, **entry.changes["summary"]} if entry.changes["summary"] else {}
    if "tags" in entry.changes:
        changes["tags"] = tuple(entry.changes["tags"] or ())
    return replace(version, **changes)


def _overlaid(version: Version, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with the changes; null takes a field away, but is a value where the type says so (no manager)."""
    declared = event_type(version.type).fields
    merged = {**version.fields, **changes}
    return {name: value for name, value in merged.items() if value is not None or (name in declared and declared[name].allow_none)}


def _sources(entries: Iterable[EventEntry]) -> Iterable[Mapping[str, Any]]:
    """The sources in order, without those removed; a removal may come to count before the source that it takes away."""
    removed = {entry.key: entry.originator_version for entry in entries if isinstance(entry, SourceRemoved)}
    kept: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        added = entry.sources if isinstance(entry, Posted) else [entry.source] if isinstance(entry, SourceAdded) else []
        for source in added:
            if entry.originator_version > removed.get(source_key(source), 0):
                kept.setdefault(source_key(source), source)
    return kept.values()


def _status(entries: Iterable[EventEntry]) -> Status:
    status: Status = "denied"
    first = True
    for entry in entries:
        if isinstance(entry, StatusChanged):
            status = entry.to
        elif isinstance(entry, Posted) and (first or RANK[entry.status] > RANK[status]):
            status, first = entry.status, False
    return status


def _retraction(entries: Iterable[EventEntry]) -> EventRetracted | None:
    retraction: EventRetracted | None = None
    for entry in entries:
        if isinstance(entry, EventRetracted):
            retraction = entry
        elif isinstance(entry, EventRestored):
            retraction = None
    return retraction
