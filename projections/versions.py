"""The versions of events: every one with the spans in which it was current on either clock, and what follows from each.

Beside each version stand links from whom and what it mentions, its effects as facts, and its words for the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

import orjson
from marshmallow import fields as marshmallow_fields
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from events.articles import article_id
from events.clocks import CLOCKS, spans
from events.counting import public_moments
from events.dates import PartialDate
from events.entries import Logged
from events.event import (
    EventAbsorbed,
    EventCorrected,
    EventJoined,
    EventParted,
    EventReleased,
    LaterEntry,
    Posted,
    SourceAdded,
    SourceRemoved,
    StatusChanged,
    Version,
)
from events.fields import Localized, RoleName, Text
from events.joins import counted, reports
from events.moments import Moment, rfc3339
from events.names import match_key
from events.reducer import reduce_event
from events.roles import Role, title
from events.sources import publishers, source_key
from events.text import tokens
from events.types import EventType, event_type
from projections.entries import family_of, histories, with_joined
from projections.folded import Pair
from projections.instants import write_embargoes
from projections.known import current
from projections.likeness import Likenesses, mentioned_in
from projections.merging import chunks
from projections.reading import Reading
from projections.reports import effects_of
from projections.tables import facts, links, versions
from projections.tenures import PAIR_EFFECTS
from projections.texts import delete_texts, write_texts

MOST_TARGET = 120
"""Characters of a link's target: the length of its column."""

Json = dict[str, Any]
_IN_BODY = tuple(field.name for field in fields(Version))
_WORDS_OF_A_SOURCE = ("title", "publisher", "author", "quote")


@dataclass(frozen=True, slots=True)
class _Content:
    """What follows from a version alone, whatever its span and clock: columns of its row, and its rows beside that."""

    row: Json
    links: tuple[Json, ...]
    facts: tuple[Json, ...]
    tokens: str


@dataclass(frozen=True, slots=True)
class _Current:
    """A version's content and the columns that say when and on which clock it was current."""

    content: _Content
    key: Json
    span: Json


def write_events(connection: Connection, event_ids: Iterable[str]) -> set[Pair]:
    """Make the rows of events anew from their entries, and of all that are joined with them, in `versions`, `links`, `facts` and `texts`.

    `event_ids` are UUIDs as hex; answers the (person, organization) pairs on which the events had or have effects.
    """
    touched: set[Pair] = set()
    for chunk in chunks(with_joined(connection, set(event_ids))):
        touched |= _pairs(connection, facts.c.clock.in_(CLOCKS), facts.c.event_id.in_(chunk))
        for table in (versions, links, facts):
            connection.execute(delete(table).where(table.c.clock.in_(CLOCKS), table.c.event_id.in_(chunk)))
        delete_texts(connection, "event", chunk)
        found = histories(connection, chunk)
        fresh = list(_rows(connection, found))
        write_embargoes(connection, "event", {event.hex: history for event, history in found.items()}, _recorded_beginnings(fresh))
        touched |= _write(connection, fresh)
    return touched


def pairs_about(connection: Connection, *, people: Iterable[str], organizations: Iterable[str]) -> set[Pair]:
    """Every (person, organization) pair on which an event has effects, of any of the people or organizations."""
    found: set[Pair] = set()
    for column, ids in ((facts.c.subject, people), (facts.c.organization, organizations)):
        for chunk in chunks(ids):
            found |= _pairs(connection, column.in_(chunk))
    return found


def _pairs(connection: Connection, *where: ColumnElement[bool]) -> set[Pair]:
    query = select(facts.c.subject, facts.c.organization).distinct().where(facts.c.effect.in_(PAIR_EFFECTS), *where)
    return {(person, organization) for person, organization in connection.execute(query)}


def _rows(connection: Connection, found: Mapping[UUID, list[Logged]]) -> Iterator[_Current]:
    mentioned = {one for history in found.values() for one in mentioned_in(logged.entry for logged in history)}
    alike = Likenesses.of(connection, mentioned)
    for event, history in found.items():
        family = family_of(connection, event, found)
        known: list[tuple[Version, _Content]] = []
        for clock in CLOCKS:
            for seq, span in enumerate(spans(history, clock, family)):
                content = next((content for version, content in known if version == span.version), None)
                if content is None:
                    content = _content(event.hex, history[0], span.version, alike)
                    known.append((span.version, content))
                key = {"clock": clock, "event_id": event.hex, "seq": seq}
                yield _Current(content, key, {"known_from": span.start, "known_until": span.until})


def _recorded_beginnings(found: Iterable[_Current]) -> Iterator[tuple[str, int]]:
    return ((one.key["event_id"], one.span["known_from"]) for one in found if one.key["clock"] == "recorded")


def _write(connection: Connection, found: Sequence[_Current]) -> set[Pair]:
    rows = {
        versions: [{**one.key, **one.span, **one.content.row} for one in found],
        links: [{**one.key, **one.span, **link} for one in found for link in one.content.links],
        facts: [{**one.key, **one.span, **fact} for one in found for fact in one.content.facts],
    }
    for table, fresh in rows.items():
        if fresh:
            connection.execute(insert(table), fresh)
    write_texts(connection, map(_text, found))
    return {(fact["subject"], fact["organization"]) for fact in rows[facts] if fact["effect"] in PAIR_EFFECTS}


def _text(one: _Current) -> Json:
    key = {"owner": "event", "clock": one.key["clock"], "target": one.key["event_id"], "seq": one.key["seq"]}
    return {**key, **one.span, "tokens": one.content.tokens}


def _content(event_id: str, first: Logged, version: Version, alike: Likenesses) -> _Content:
    kind, day = event_type(version.type), PartialDate.parse(version.effective)
    row = {
        "number": version.number, "type": version.type, "status": version.status, "retracted": version.retracted,
        "effective_first": day.first, "effective_last": day.last, "announced": Moment.parse(version.announced).at,
        "recorded_at": first.recorded_at, "position": first.position, "publishers": publishers(version.sources),
        "likeness": alike.key(kind, version.fields) if version.counts else None, "own": version.duplicate_of is None,
        "body": _body(event_id, version).decode(),
    }  # fmt: skip
    words = "\n".join(_words(kind, version)) if version.duplicate_of is None else ""
    return _Content(row, tuple(_links(kind, version)), tuple(_facts(version)), " ".join(tokens(words)))


def _body(event_id: str, version: Version) -> bytes:
    return orjson.dumps({"id": str(UUID(event_id)), **{name: getattr(version, name) for name in _IN_BODY}})


def _links(kind: EventType, version: Version) -> Iterator[Json]:
    stored = (version.fields, *({dispute.field: dispute.value} for dispute in version.disputed))
    found: list[tuple[str, str, str]] = [(owner, target, field) for values in stored for field, owner, target in kind.entities(values)]
    if version.duplicate_of is None:  # its sources and tags are the other event's then
        found += [("article", article_id(source).hex, "sources") for source in version.sources]
        found += [("tag", match_key(tag)[:MOST_TARGET], "tags") for tag in version.tags]
    for owner, target, field in dict.fromkeys(found):
        yield {"kind": owner, "target": target, "field": field}


def _facts(version: Version) -> Iterator[Json]:
    if not version.counts:
        return
    for item, effect in enumerate(effects_of(version.type, version.fields, version.effective)):
        subject = getattr(effect, "person", None) or getattr(effect, "product", "")
        role = getattr(effect, "role", None)
        about = {"organization": effect.organization, "subject": subject, "role_key": role and role.key, "status": version.status}
        yield {"item": item, "effect": type(effect).__name__, **about}


def _words(kind: EventType, version: Version) -> Iterator[str]:
    for name, field in kind.fields.items():
        if version.fields.get(name) is not None:
            yield from _words_of(field, version.fields[name])
    yield from version.summary.values()
    yield from version.tags
    for source in version.sources:
        yield from (source[name] for name in _WORDS_OF_A_SOURCE if source.get(name))


def _words_of(field: marshmallow_fields.Field[Any], value: Any) -> Iterator[str]:
    """The words of one stored field; those of a role also as its titles in other languages."""
    match field:
        case RoleName():
            key = Role.of(value).key
            yield from filter(None, (value, title(key, "en"), title(key, "ja")))
        case Text():
            yield value
        case Localized():
            yield from value.values()


def version_at(connection: Connection, event_id: str, reading: Reading) -> Json | None:
    """The event as known at the reading, as `versions.body` has it, with `recorded_at` (RFC 3339); None where it is not known."""
    row = connection.execute(select(versions).where(versions.c.event_id == event_id, current(versions, reading))).first()
    return None if row is None else {**orjson.loads(row.body), "recorded_at": rfc3339(row.recorded_at)}


def known_since(connection: Connection, event_id: str, number: int) -> int | None:
    """When a version of an event, by its number, was first current on the recorded clock (µs since 1970); None if it never was."""
    mine = versions.c.clock == "recorded", versions.c.event_id == event_id, versions.c.number == number
    found: int | None = connection.scalar(select(func.min(versions.c.known_from)).where(*mine))
    return found


def history_of(connection: Connection, event_id: str, reading: Reading) -> list[Json]:
    """The entries of an event that count at the reading, in the order in which they came to count on its clock.

    `{"number", "kind", "actor", "recorded_at", "announced", "counts_from", "reason", "changes", "version"}` each: the
    entry's number, its topic without `event.`, its own `announced` or null, since when it counts on the clock, and
    the event after it as `versions.body` has it. Empty where the event is not known.
    """
    event = UUID(event_id)
    found = family_of(connection, event, {}, reading if reading.clock == "recorded" else None)
    known, absorbed = _counting(found[event], counted(found)[event][0], reading), reports(found).get(event, {})
    applied = [logged for _, logged in known]
    cited = {source_key(source): source for logged in applied for source in _cited(logged.entry, absorbed)}
    return [_turn(at, logged, cited, _after(event_id, applied, count, absorbed)) for count, (at, logged) in enumerate(known, 1)]


def _counting(history: Sequence[Logged], moments: Sequence[int], reading: Reading) -> list[tuple[int, Logged]]:
    """The entries that count at the reading in the order in which they apply, each with since when it counts."""
    known = [(at, logged) for at, logged in zip(moments, history, strict=True) if at <= reading.known_at]
    if reading.clock == "recorded":
        return [(max(at, logged.recorded_at), logged) for at, logged in known]
    return sorted(known, key=lambda turn: turn[0])


def _cited(entry: Posted | LaterEntry, absorbed: Mapping[int, Version]) -> Sequence[Mapping[str, Any]]:
    match entry:
        case Posted(sources=sources):
            return sources
        case SourceAdded(source=source):
            return [source]
        case EventAbsorbed(originator_version=number) if number in absorbed:
            return absorbed[number].sources
    return ()


def _turn(at: int, logged: Logged, cited: Mapping[str, Mapping[str, Any]], version: bytes) -> Json:
    entry = logged.entry
    return {
        "number": entry.originator_version, "kind": entry.TOPIC.removeprefix("event."), "actor": entry.actor,
        "recorded_at": rfc3339(logged.recorded_at), "announced": entry.announced, "counts_from": rfc3339(at),
        "reason": getattr(entry, "reason", None), "changes": _changes(entry, cited), "version": orjson.loads(version),
    }  # fmt: skip


def _changes(entry: Posted | LaterEntry, cited: Mapping[str, Mapping[str, Any]]) -> Json:
    match entry:
        case EventCorrected(changes=changes):
            return changes
        case StatusChanged(to=status):
            return {"status": status}
        case SourceAdded(source=source):
            return {"source_added": source}
        case SourceRemoved(key=key):
            return {"source_removed": cited.get(key)}
        case EventJoined(winner=winner) | EventParted(winner=winner):
            return {"winner": str(winner)}
        case EventAbsorbed(loser=loser) | EventReleased(loser=loser):
            return {"loser": str(loser)}
    return {}


def _after(event_id: str, applied: Sequence[Logged], count: int, absorbed: Mapping[int, Version]) -> bytes:
    """The event after the first `count` entries, or after the first report where they hold none yet."""
    first = next(number for number, logged in enumerate(applied, 1) if isinstance(logged.entry, Posted))
    counting = applied[: max(count, first)]
    _, announced = public_moments(sorted(counting, key=lambda logged: logged.entry.originator_version))
    return _body(event_id, replace(reduce_event([logged.entry for logged in counting], absorbed), announced=announced))
