"""The versions of events: every one with the spans in which it was current on either clock, and what follows from each.

Beside each version stand links from whom and what it mentions, its effects as facts, and its words for the search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

import orjson
from marshmallow import fields as marshmallow_fields
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from events.articles import article_id
from events.clocks import CLOCKS, public_moments, spans
from events.codec import decode
from events.dates import PartialDate
from events.entries import Logged
from events.event import EventCorrected, LaterEntry, Posted, SourceAdded, SourceRemoved, StatusChanged, Version
from events.fields import Localized, RoleName, Text
from events.moments import Moment, rfc3339
from events.names import match_key
from events.reducer import reduce_event
from events.roles import Role, title
from events.sources import publishers, source_key
from events.text import tokens
from events.types import EventType, event_type
from projections.folded import Pair
from projections.known import current
from projections.merging import chunks
from projections.reading import Reading
from projections.reports import effects_of
from projections.tables import entries, facts, links, versions
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
    """Make the rows of events anew from their entries, in `versions`, `links`, `facts` and `texts`.

    `event_ids` are UUIDs as hex; answers the (person, organization) pairs on which the events had or have effects.
    """
    touched: set[Pair] = set()
    for chunk in chunks(event_ids):
        touched |= _pairs(connection, facts.c.clock.in_(CLOCKS), facts.c.event_id.in_(chunk))
        for table in (versions, links, facts):
            connection.execute(delete(table).where(table.c.clock.in_(CLOCKS), table.c.event_id.in_(chunk)))
        delete_texts(connection, "event", chunk)
        touched |= _write(connection, [found for event_id, history in _histories(connection, chunk) for found in _rows(event_id, history)])
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


def _histories(connection: Connection, event_ids: Collection[str]) -> Iterator[tuple[str, list[Logged]]]:
    """The entries of each event in the order of the log."""
    query = select(entries).where(entries.c.originator_id.in_(event_ids)).order_by(entries.c.originator_id, entries.c.number)
    found: dict[str, list[Logged]] = defaultdict(list)
    for row in connection.execute(query):
        entry = decode(UUID(row.originator_id), row.number, row.topic, row.state.encode())
        found[row.originator_id].append(Logged(entry, row.position, row.recorded_at))
    yield from found.items()


def _rows(event_id: str, history: Sequence[Logged]) -> Iterator[_Current]:
    known: list[tuple[Version, _Content]] = []
    for clock in CLOCKS:
        for seq, span in enumerate(spans(history, clock)):
            content = next((content for version, content in known if version == span.version), None)
            if content is None:
                content = _content(event_id, history[0], span.version)
                known.append((span.version, content))
            key = {"clock": clock, "event_id": event_id, "seq": seq}
            yield _Current(content, key, {"known_from": span.start, "known_until": span.until})


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


def _content(event_id: str, first: Logged, version: Version) -> _Content:
    kind, day = event_type(version.type), PartialDate.parse(version.effective)
    row = {
        "number": version.number, "type": version.type, "status": version.status, "retracted": version.retracted,
        "effective_first": day.first, "effective_last": day.last, "announced": Moment.parse(version.announced).at,
        "recorded_at": first.recorded_at, "position": first.position, "publishers": publishers(version.sources),
        "body": _body(event_id, version).decode(),
    }  # fmt: skip
    words = "\n".join(_words(kind, version))
    return _Content(row, tuple(_links(kind, version)), tuple(_facts(version)), " ".join(tokens(words)))


def _body(event_id: str, version: Version) -> bytes:
    return orjson.dumps({"id": str(UUID(event_id)), **{name: getattr(version, name) for name in _IN_BODY}})


def _links(kind: EventType, version: Version) -> Iterator[Json]:
    stored = (version.fields, *({dispute.field: dispute.value} for dispute in version.disputed))
    found: list[tuple[str, str, str]] = [(owner, target, field) for values in stored for field, owner, target in kind.entities(values)]
    found += [("article", article_id(source).hex, "sources") for source in version.sources]
    found += [("tag", match_key(tag)[:MOST_TARGET], "tags") for tag in version.tags]
    for owner, target, field in dict.fromkeys(found):
        yield {"kind": owner, "target": target, "field": field}


def _facts(version: Version) -> Iterator[Json]:
    if version.retracted:
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


def history_of(connection: Connection, event_id: str, reading: Reading) -> list[Json]:
    """The entries of an event that count at the reading, in the order in which they came to count on its clock.

    `{"number", "kind", "actor", "recorded_at", "announced", "counts_from", "reason", "changes", "version"}` each: the
    entry's number, its topic without `event.`, its own `announced` or null, since when it counts on the clock, and
    the event after it as `versions.body` has it. Empty where the event is not known.
    """
    known = _counting([logged for _, found in _histories(connection, [event_id]) for logged in found], reading)
    applied = [logged for _, logged in known]
    cited = {source_key(source): source for logged in applied for source in _cited(logged.entry)}
    return [_turn(at, logged, cited, _after(event_id, applied, count)) for count, (at, logged) in enumerate(known, 1)]


def _counting(history: Sequence[Logged], reading: Reading) -> list[tuple[int, Logged]]:
    """The entries that count at the reading in the order in which they apply, each with since when it counts."""
    recorded = reading.clock == "recorded"
    stored = [logged for logged in history if not recorded or logged.recorded_at <= reading.known_at]
    moments, _ = public_moments(stored)
    known = [(at, logged) for at, logged in zip(moments, stored, strict=True) if at <= reading.known_at]
    if recorded:
        return [(max(at, logged.recorded_at), logged) for at, logged in known]
    return sorted(known, key=lambda turn: turn[0])


def _cited(entry: Posted | LaterEntry) -> Sequence[Mapping[str, Any]]:
    return entry.sources if isinstance(entry, Posted) else [entry.source] if isinstance(entry, SourceAdded) else ()


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
    return {}


def _after(event_id: str, applied: Sequence[Logged], count: int) -> bytes:
    """The event after the first `count` entries, or after the first report where they hold none yet."""
    first = next(number for number, logged in enumerate(applied, 1) if isinstance(logged.entry, Posted))
    counting = applied[: max(count, first)]
    _, announced = public_moments(sorted(counting, key=lambda logged: logged.entry.originator_version))
    return _body(event_id, replace(reduce_event([logged.entry for logged in counting]), announced=announced))
