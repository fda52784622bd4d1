"""What the calls answer, as JSON Schemas (2020-12) for the OpenAPI document, by the names that the calls use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.articles import ARTICLE_FIELDS
from events.event import STATUSES
from events.refs import KINDS

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer"}
POSITION: Schema = {"type": "integer", "description": "The place in the log up to which the answer is complete."}
INSTANT: Schema = {"type": "string", "format": "date-time"}
EVENT_ID: Schema = {"type": "string", "format": "uuid"}


def ref(name: str) -> Schema:
    """A reference to the schema called `name`."""
    return {"$ref": f"#/components/schemas/{name}"}


def either_null(schema: Schema) -> Schema:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def several(schema: Schema, description: str = "") -> Schema:
    """A list of what the schema says."""
    return {"type": "array", "items": schema, **({"description": description} if description else {})}


def record(words: str, /, **properties: Schema) -> Schema:
    """An object with these properties, all of them there, which `words` describe."""
    return {"type": "object", "description": words, "properties": properties, "required": list(properties)}


def without(schema: Schema, *names: str) -> Schema:
    """The schema of an object in which those properties may be missing."""
    return {**schema, "required": [name for name in schema["required"] if name not in names]}


def _page(name: str) -> Schema:
    following = either_null({"type": "string", "description": "The address of the next page, also in `Link`; null on the last."})
    return record("A page of a list.", items=several(ref(name)), next=following, position=POSITION)


def _with_position(schema: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], "position": POSITION}, "required": [*schema["required"], "position"]}


_NAMES: Schema = {"type": "object", "additionalProperties": TEXT, "description": "A name per language (`und`: undetermined)."}
_EVENTS = several(EVENT_ID, "The events behind it.")
_ROLE_KEY: Schema = {"type": ["string", "null"], "description": "What the role is compared by, such as chief-technology-officer."}
_CERTAINTY: Schema = {"type": ["string", "null"], "enum": ["certain", "presumed", "possible", None]}
_EVENT = record(
    "An event as known at the reading.",
    id=EVENT_ID,
    type=TEXT,
    headline=TEXT,
    fields={"type": "object", "description": "The type's own fields; entities are `{id, name}`, with their `kind` where several may be."},
    effective=ref("PartialDate"),
    announced={"type": "string", "description": "An instant, or a day."},
    recorded_at=INSTANT,
    status={"type": "string", "enum": list(STATUSES)},
    sources=several(ref("Source")),
    summary={"type": "object", "additionalProperties": TEXT, "description": "A summary per language."},
    tags=several(TEXT),
    ref={"type": ["string", "null"], "description": "The poster's own key for it."},
    version={"type": "integer", "description": "The number of its newest entry that counts; also its `ETag`."},
    retracted=either_null(record("Why it no longer counts.", reason={"type": ["string", "null"]})),
    corrected=TRUTH,
    disputed=several(record("A detail on which a further report differs.", field=TEXT, value={}, sources=several(TEXT))),
)
_REGISTERED = several(
    record("An entity that came into being.", kind={"type": "string", "enum": list(KINDS)}, id=TEXT, name=TEXT),
    "The entities that came into being: look for typing errors here.",
)
_CARD = record(
    "A person, an organization or a product.",
    kind={"type": "string", "enum": list(KINDS)},
    id=TEXT,
    name=TEXT,
    names=_NAMES,
    aliases=several(TEXT),
    identifiers={"type": "object", "additionalProperties": TEXT, "description": "Its identifiers in other catalogues."},
    merged=several(TEXT, "The ids that were merged into it."),
)
_HOLDER = record(
    "Somebody in a role.",
    role={"type": ["string", "null"]},
    role_key=_ROLE_KEY,
    person=ref("Named"),
    certainty=_CERTAINTY,
    interim=TRUTH,
    since=either_null(ref("PartialDate")),
    until=either_null(ref("PartialDate")),
    events=_EVENTS,
    disputed=several(ref("Dispute")),
)
_PRODUCT = record(
    "A product's phase.",
    product=ref("Named"),
    organization=ref("Named"),
    phase={"type": "string", "enum": ["announced", "delayed", "released", "discontinued"]},
    since=either_null(ref("PartialDate")),
    expected=either_null(ref("PartialDate")),
    versions=several(record("A release.", version=TEXT, released=ref("PartialDate"), event=EVENT_ID)),
    events=_EVENTS,
)
_STATE = record(
    "An organization at the end of a day.",
    organization=ref("Named"),
    as_of={"type": "string", "format": "date"},
    known_at=INSTANT,
    clock={"type": "string", "enum": ["public", "recorded"]},
    holders=several(ref("Holder")),
    on_leave=several(
        record(
            "Somebody on leave.",
            person=ref("Named"),
            since=either_null(ref("PartialDate")),
            expected_return=either_null(ref("PartialDate")),
            return_not_reported=TRUTH,
            events=_EVENTS,
        )
    ),
    reports=several(record("Who reports to whom.", person=ref("Named"), manager=ref("Named"), manager_left=TRUTH, events=_EVENTS)),
    vacant=several(
        record("A role that somebody left and nobody holds.", role=TEXT, role_key=_ROLE_KEY, since=either_null(ref("PartialDate")))
    ),
    products=several(ref("Product")),
    position=POSITION,
)
_TENURE = {**_HOLDER, "properties": {**_HOLDER["properties"], "organization": ref("Named"), "current": TRUTH}}
_ARTICLE = without(record("An article that events cite.", id=EVENT_ID, **dict.fromkeys(ARTICLE_FIELDS, TEXT)), *ARTICLE_FIELDS)
_TYPE = record(
    "A type of event.",
    name=TEXT,
    group={"type": "string", "enum": ["people", "products", "company", "words"]},
    icon=TEXT,
    label=_NAMES,
    description=TEXT,
    identity=several(TEXT, "The fields that, with `effective`, make two posts the same event."),
    fields=several(
        record("A field of its own.", name=TEXT, required=TRUTH, kinds=several(TEXT, "The kinds of entities that it names.")),
    ),
    schema={"type": "object", "description": "The JSON Schema (2020-12) of a post."},
    example={"type": "object", "description": "A post that would be accepted."},
)

SCHEMAS: Mapping[str, Schema] = {
    "PartialDate": record(
        "A date as precise as the source: `2024-09-25`, `2024-09`, `2024-33` (first quarter), `2024-06/2024-12`.",
        value=TEXT,
        earliest={"type": ["string", "null"], "format": "date"},
        latest={"type": ["string", "null"], "format": "date"},
    ),
    "Named": record("An entity by id and name.", id=TEXT, name=TEXT),
    "Dispute": record("A competing date.", field=TEXT, value=ref("PartialDate"), event=EVENT_ID, status=TEXT),
    "Event": _EVENT,
    "EventAnswer": _with_position(_EVENT),
    "EventPage": _page("Event"),
    "Recorded": without(record(
        "The event as it is now, with what the write did.",
        **_EVENT["properties"],
        outcome={"type": "string", "description": "recorded, corroborated, unchanged, corrected, retracted, restored, …"},
        corroborated={"type": "boolean", "description": "Whether it was already recorded."},
        registered=_REGISTERED,
        dry_run={"type": "boolean", "description": "Whether this is only what would happen."},
        position=POSITION,
    ), "dry_run"),
    "Versions": record(
        "Every version of an event.",
        id=EVENT_ID,
        items=several(ref("Version")),
        next={"type": "null"},
        position=POSITION,
    ),
    "Version": record(
        "What was said of an event, by whom, when and why, and the event after it.",
        number={"type": "integer", "description": "The number of the entry."},
        kind={"type": "string", "description": "recorded, corroborated, corrected, retracted, restored, status_changed, source_added, …"},
        actor={"type": ["string", "null"], "description": "Who wrote it."},
        recorded_at=INSTANT,
        announced={"type": ["string", "null"], "description": "When it became public, if that was news of its own."},
        counts_from={**INSTANT, "description": "Since when it counts, on the clock of the reading."},
        reason={"type": ["string", "null"]},
        changes={"type": "object", "description": "What it changed."},
        version=ref("Event"),
    ),
    "Entity": record("An entity on a list.", kind=TEXT, id=TEXT, name=TEXT, names=_NAMES),
    "EntityPage": _page("Entity"),
    "Card": _with_position(_CARD),
    "Written": record(
        "The entity as it is now, with what the write did.",
        **_CARD["properties"],
        merged_into={"type": ["string", "null"], "description": "The id that it is read under, where it was merged."},
        outcome={"type": "string", "description": "registered, named, identified, merged, unmerged or unchanged"},
        position=POSITION,
    ),
    "Holder": _HOLDER,
    "Tenure": _TENURE,
    "Product": _PRODUCT,
    "State": _STATE,
    "History": record("Tenures, leaves, reporting lines and events.", events=ref("EventPage"), position=POSITION),
    "Article": _ARTICLE,
    "ArticlePage": _page("Article"),
    "ArticleAnswer": _with_position({**_ARTICLE, "properties": {**_ARTICLE["properties"], "events": several(ref("Event"))}}),
    "ArticleRecorded": record(
        "An article with what became of its events.",
        article=ref("Article"),
        items=several(ref("Recorded")),
        position=POSITION,
    ),
    "Found": record(
        "What a search finds.",
        **{plural: several(ref("Entity")) for plural in ("people", "organizations", "products")},
        events=several(ref("Event")),
        position=POSITION,
    ),
    "EventType": _TYPE,
    "EventTypeAnswer": _with_position(_TYPE),
    "EventTypePage": _page("EventType"),
    "ImportResult": without(record(
        "What became of a line.",
        line=NUMBER,
        id={"type": ["string", "null"], "description": "The event, or the entity that the line is about."},
        outcome={"type": "string", "description": "recorded, corroborated, unchanged, corrected, …, or error"},
        problem=ref("Problems"),
        position=POSITION,
    ), "problem"),
    "Lines": {"type": "string", "description": "Lines of JSON, each an event (a `Post`) or something later about one."},
    "Entry": record(
        "An entry of the log as a CloudEvent (1.0).",
        specversion={"const": "1.0"},
        id={"type": "string", "description": "The aggregate and its version: `<32 hex digits>/<number>`."},
        source=TEXT,
        type={"type": "string", "description": "`annals.` and the topic of the entry."},
        subject=TEXT,
        time=INSTANT,
        datacontenttype=TEXT,
        sequence={"type": "string", "description": "The position of the entry, as decimal digits."},
        data={"type": "object"},
    ),
    "EntryPage": _page("Entry"),
}  # fmt: skip
"""By name; `Source`, `Problems` and the posts come from marshmallow."""
