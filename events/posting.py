"""What a client may post: an event, a correction, a status change, a source; read once, at the edge, into our types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, validate
from marshmallow import fields as marshmallow_fields

from events.dates import PartialDate, quote
from events.errors import AnnalsError, Invalid
from events.event import COMMON, STATUSES, Status
from events.fields import Choice, Day, Entity, EntityRef, Kind, Localized, MomentText, Several, Text, problems
from events.moments import Moment
from events.sources import MOST_SOURCES, SourceSchema
from events.types import EventType, entity_field, event_type

STATUS_LABELS: Mapping[str, tuple[str, str]] = {
    "confirmed": ("confirmed", "確認済み"),
    "reported": ("reported", "報道"),
    "rumoured": ("rumoured", "噂"),
    "denied": ("denied", "否定"),
}
assert tuple(STATUS_LABELS) == STATUSES
_SOURCE = SourceSchema()
Found = tuple[Kind, str]
"""The kind and id of an entity."""
Resolve = Callable[[EntityRef], Found]


class CommonFields(Schema):
    """What every event has beside its type's own fields."""

    effective = Day(required=True)
    announced = MomentText()
    status = Choice(STATUS_LABELS, load_default="reported")
    sources = marshmallow_fields.List(marshmallow_fields.Nested(SourceSchema), required=True, validate=validate.Length(1, MOST_SOURCES))
    summary = Localized(most=2000)
    tags = marshmallow_fields.List(Text(most=60), validate=validate.Length(max=30))
    ref = Text(most=200)


@dataclass(frozen=True, slots=True)
class Post:
    """An event as posted, checked but with its entities still by name.

    `fields` holds the type's own fields as our types (`EntityRef`, `Role`, `PartialDate`, …); `sources` JSON objects.
    """

    type: EventType
    fields: Mapping[str, Any]
    effective: PartialDate
    announced: Moment | None
    status: Status
    sources: tuple[Mapping[str, Any], ...]
    summary: Mapping[str, str]
    tags: tuple[str, ...]
    ref: str | None


@cache
def post_schema(name: str) -> Schema:
    """The schema of a whole post of the type called `name`: its own fields and the common ones."""
    own = event_type(name).schema
    merged: type[Schema] = type(f"{name}.Post", (own, CommonFields), {"type": marshmallow_fields.String()})
    return merged(unknown=RAISE)


def load_post(data: Any) -> Post:
    """A post read from JSON; raises `Invalid` with every problem found."""
    if not isinstance(data, Mapping):
        raise Invalid.of("", data, f"an event is a JSON object, not {quote(data)}", '{"type": "departure", "person": …}')
    if "type" not in data:
        raise Invalid.of("type", None, "`type` is required", "the name of an event type, such as departure")
    kind = event_type(data["type"])
    loaded = load(post_schema(kind.name), data)
    own = {name: value for name, value in loaded.items() if name in kind.fields}
    dumped_sources = tuple(_SOURCE.dump(source) for source in loaded["sources"])
    return Post(
        kind, own, loaded["effective"], loaded.get("announced"), loaded["status"], dumped_sources,
        loaded.get("summary", {}), tuple(dict.fromkeys(loaded.get("tags", ()))), loaded.get("ref"),
    )  # fmt: skip


def load(schema: Schema, data: Any, *, partial: bool = False, within: str | None = None) -> dict[str, Any]:
    """`data`, itself the member `within` of what was sent if given, read by a schema, with marshmallow's errors turned into ours."""
    try:
        loaded: dict[str, Any] = schema.load(data, partial=partial)
        return loaded
    except ValidationError as error:
        found = problems(error, data, tuple(schema.fields))
        raise Invalid(found if within is None else tuple(problem.within(within) for problem in found)) from None


def load_source(data: Any) -> dict[str, Any]:
    """One source, as JSON."""
    dumped: dict[str, Any] = _SOURCE.dump(load(_SOURCE, data))
    return dumped


def load_changes(kind: EventType, data: Any) -> dict[str, Any]:
    """The changed fields of a correction as our types; None takes an optional field away.

    Only the type's own fields and `effective`, `announced`, `summary` and `tags` may be corrected.
    """
    allowed = (*kind.fields, *COMMON)
    if not isinstance(data, Mapping) or not data:
        raise Invalid.of("changes", data, f"`changes` maps fields to new values, not {quote(data)}", '{"effective": "2024-09-25"}')
    for name in data:
        if name not in allowed:
            raise Invalid.of(
                f"changes.{name}", data[name], f"`{name}` of a {kind.name} cannot be corrected", "one of " + ", ".join(allowed)
            )
    kept = {name: value for name, value in data.items() if value is not None or _required(kind, name)}
    loaded = load(post_schema(kind.name), kept, partial=True, within="changes")
    # Loading a part fills in defaults, such as a status, that were not sent.
    return {name: loaded[name] if name in kept else None for name in data}


def _required(kind: EventType, name: str) -> bool:
    field = post_schema(kind.name).fields[name]
    return bool(field.required) or name == "announced" or field.allow_none


def _itself(found: Found) -> Found:
    return found


def stored_fields(
    kind: EventType, values: Mapping[str, Any], resolve: Resolve, read_as: Callable[[Found], Found] = _itself, *, within: str = ""
) -> dict[str, Any]:
    """The type's own fields as the log stores them: JSON, with each entity as the id that `resolve` finds for it.

    An entity of a field that allows several kinds is stored as `{"kind", "id"}`. Order is that of the declaration. Of a
    list's entities that are `read_as` the same one, the first is kept. What `resolve` refuses is refused under the name
    of the field, itself a member of `within` where that is given.
    """
    stored = {}
    for name, field in kind.fields.items():
        if name in values:
            try:
                stored[name] = _stored(field, values[name], resolve, read_as)
            except AnnalsError as error:
                path = f"{within}.{name}" if within else name
                raise type(error)(tuple(problem.within(path) for problem in error.problems), error.extra) from None
    return stored


def _stored(field: marshmallow_fields.Field[Any], value: Any, resolve: Resolve, read_as: Callable[[Found], Found]) -> Any:
    inner = entity_field(field)
    if value is None or inner is None:
        return field._serialize(value, None, None)
    if not isinstance(value, list):
        return _as_stored(inner, resolve(value))
    different: dict[Found, Found] = {}
    for found in map(resolve, value):
        different.setdefault(read_as(found), found)
    if isinstance(field, Several) and len(different) < field.least:
        names = ", ".join(repr(item.label) for item in value)
        raise Invalid.of("", names, f"{names} are not {field.least} different ones, but the same", f"{field.least} different ones")
    return [_as_stored(inner, found) for found in different.values()]


def _as_stored(field: Entity, found: Found) -> Any:
    return found[1] if len(field.kinds) == 1 else {"kind": found[0], "id": found[1]}
