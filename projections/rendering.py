"""An event as readers get it: the stored JSON of one of its versions, with names put in and a headline made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row, Select, select

from events.dates import PartialDate, quote
from events.errors import NotFound
from events.fields import Entity, Kind
from events.headlines import LANGUAGES, Lang, display_values, headline
from events.moments import rfc3339
from events.types import EventType, entity_field, event_type
from projections.claims import day_json
from projections.entities import Names, called
from projections.known import current
from projections.merging import chunks
from projections.reading import Reading
from projections.tables import versions

Json = dict[str, Any]


def event(connection: Connection, event_id: UUID, reading: Reading) -> Json:
    """The event as known at the reading; raises `NotFound` where it is not."""
    rows = connection.execute(_versions([event_id.hex], reading)).all()
    if not rows:
        raise NotFound.of("id", str(event_id), f"no event {quote(str(event_id))} is known", "the id of a known event")
    return event_json(connection, rows, reading)[0]


def events_by_id(connection: Connection, event_ids: Iterable[str], reading: Reading) -> dict[str, Json]:
    """The events of those ids (UUIDs as text) that are known at the reading, by their ids."""
    wanted = {UUID(event_id).hex for event_id in event_ids}
    rows = [row for chunk in chunks(wanted) for row in connection.execute(_versions(chunk, reading))]
    return {event["id"]: event for event in event_json(connection, rows, reading)}


def _versions(event_ids: Sequence[str], reading: Reading) -> Select[Any]:
    return select(versions).where(versions.c.event_id.in_(event_ids), current(versions, reading))


def event_json(connection: Connection, rows: Sequence[Row[Any]], reading: Reading) -> list[Json]:
    """Rows of `versions` as an answer shows them, in their order.

    `{"id", "type", "headline", "fields", "effective": {"value", "earliest", "latest"}, "announced", "recorded_at",
    "status", "sources", "summary", "tags", "ref", "version", "retracted": {"reason"} or null, "corrected",
    "disputed": [{"field", "value", "sources"}], "duplicate_of": id or null, "duplicates": [ids]}`. Entities in fields are
    `{"id", "name"}`, with their `kind` first where the field allows several; names and ids are those of the reading, but a
    headline calls an organization as it was called when the event took effect.
    """
    bodies = [orjson.loads(row.body) for row in rows]
    return shown_all(connection, [(body, row.recorded_at) for row, body in zip(rows, bodies, strict=True)], reading)


def shown_all(connection: Connection, told: Sequence[tuple[Json, int]], reading: Reading) -> list[Json]:
    """Versions as `versions.body` has them, each with when its event was recorded, as `event_json` shows them."""
    names = called(connection, {mention for body, _ in told for mention in mentions(body)}, reading)
    now = names.on(reading.as_of)
    return [shown(body, recorded_at, now, reading.lang, names.on(_eve(body, reading))) for body, recorded_at in told]


def _eve(body: Json, reading: Reading) -> int:
    """The day before the event took effect, so that a renaming tells the former name; never after the reading's day."""
    return min(PartialDate.parse(body["effective"]).first - 1, reading.as_of)


def mentions(body: Json) -> Iterator[tuple[Kind, str]]:
    """The kind and id of every entity that a version mentions, also where reports differ; `body` is as `versions.body` has it."""
    kind = event_type(body["type"])
    for stored in (body["fields"], *({dispute["field"]: dispute["value"]} for dispute in body["disputed"])):
        yield from ((found, entity) for _, found, entity in kind.entities(stored))


def shown(body: Json, recorded_at: int, names: Names, lang: str, then: Names | None = None) -> Json:
    """A version as `event_json` shows it, with the `names` of all that it mentions, and those of `then` in its headline.

    `recorded_at` is that of the event, in microseconds since 1970.
    """
    kind = event_type(body["type"])
    stored = {name: _shown(kind, name, value, names) for name, value in body["fields"].items()}
    disputed = [{**dispute, "value": _shown(kind, dispute["field"], dispute["value"], names)} for dispute in body["disputed"]]
    return {
        "id": body["id"],
        "type": body["type"],
        "headline": _headline(kind, body["fields"], then or names, lang),
        "fields": stored,
        "effective": day_json(PartialDate.parse(body["effective"])),
        "announced": body["announced"],
        "recorded_at": rfc3339(recorded_at),
        **{name: body[name] for name in ("status", "sources", "summary", "tags", "ref")},
        "version": body["number"],
        "retracted": {"reason": body["retraction"]} if body["retracted"] else None,
        "corrected": body["corrected"],
        # A merge may have made one of two entities that reports differed on.
        "disputed": [dispute for dispute in disputed if _differs(dispute["value"], stored.get(dispute["field"]))],
        "duplicate_of": _id(body["duplicate_of"]),
        "duplicates": [str(other) for other in body["duplicates"]],
    }


def _differs(value: Any, other: Any) -> bool:
    if isinstance(value, list) and isinstance(other, list):
        return {str(item) for item in value} != {str(item) for item in other}
    return bool(value != other)


def _id(given: object) -> str | None:
    return None if given is None else str(given)


def _headline(kind: EventType, stored: Mapping[str, Any], names: Names, language: str) -> str:
    lang: Lang = next((known for known in LANGUAGES if known == language), "en")
    return headline(kind, display_values(kind, stored, lambda found, entity: str(names[found, entity]["name"]), lang), lang)


def _shown(kind: EventType, name: str, value: Any, names: Names) -> Any:
    field = kind.fields.get(name)
    inner = entity_field(field) if field is not None else None
    return value if inner is None else _entity(inner, value, names)


def _entity(field: Entity, value: Any, names: Names) -> Any:
    match value:
        case None:
            return None
        case list():
            return [_entity(field, item, names) for item in value]
        case {"kind": kind, "id": entity}:
            return {"kind": kind, **_named(names, kind, entity)}
    return _named(names, field.kinds[0], value)


def _named(names: Names, kind: Kind, entity: str) -> Json:
    about = names[kind, entity]
    return {"id": about["id"], "name": about["name"]}
