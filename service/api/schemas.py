"""What the calls answer, as JSON Schemas (2020-12) for the OpenAPI document, by the names that the calls use."""

from __future__ import annotations

from collections.abc import Mapping

from events.articles import ARTICLE_FIELDS
from events.event import STATUSES
from events.keys import SCOPES
from events.refs import KINDS
from service.api.comparisons import COMPARISON_SCHEMAS
from service.api.shapes import (
    EVENT_ID,
    INSTANT,
    NAMES,
    POSITION,
    TEXT,
    TRUTH,
    Schema,
    either_null,
    page,
    record,
    ref,
    several,
    with_position,
    without,
)
from service.api.standings import CARD, STANDING_SCHEMAS

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
    duplicate_of=either_null({**EVENT_ID, "description": "The event into which it was joined, as whose report it counts."}),
    duplicates=several(EVENT_ID, "The events that were joined into it."),
)
_LINE = record(
    "The line of an import that would join the two.", join=EVENT_ID, into=EVENT_ID, reason={"type": "string", "description": "Why."}
)
_REGISTERED = several(
    record("An entity that came into being.", kind={"type": "string", "enum": list(KINDS)}, id=TEXT, name=TEXT),
    "The entities that came into being: look for typing errors here.",
)
_ARTICLE = without(record("An article that events cite.", id=EVENT_ID, **dict.fromkeys(ARTICLE_FIELDS, TEXT)), *ARTICLE_FIELDS)
_CITED: Schema = {"type": "integer", "description": "How many of the known events cite it."}
_LISTED_ARTICLE = {**_ARTICLE, "properties": {**_ARTICLE["properties"], "events": _CITED}, "required": ["id", "events"]}
_DRY_RUN: Schema = {"type": "boolean", "description": "Whether this is only what would happen."}
_TYPE = record(
    "A type of event.",
    name=TEXT,
    group={"type": "string", "enum": ["people", "products", "company", "words"]},
    icon=TEXT,
    label=NAMES,
    description=TEXT,
    identity=several(TEXT, "The fields that, with `effective`, make two posts the same event."),
    fields=several(
        record(
            "A field of its own.",
            name=TEXT,
            required=TRUTH,
            kinds=several(TEXT, "The kinds of entities that it names."),
            schema={"type": "object"},
        ),
    ),
    schema={"type": "object", "description": "The JSON Schema (2020-12) of a post."},
    example={"type": "object", "description": "A post that would be accepted."},
)

_RECORDED = without(
    record(
        "The event as it is now, with what the write did.",
        **_EVENT["properties"],
        outcome={"type": "string", "description": "recorded, corroborated, unchanged, corrected, retracted, restored, joined, parted, …"},
        corroborated={"type": "boolean", "description": "Whether it was already recorded."},
        registered=_REGISTERED,
        possible_duplicates=several(
            record("An event that a new one may be the same as.", id=EVENT_ID, headline=TEXT, effective=ref("PartialDate"), line=_LINE)
        ),
        dry_run=_DRY_RUN,
    ),
    "dry_run",
)

_KEY = record(
    "What is known of a key.",
    name=TEXT,
    scope={"type": "string", "enum": list(SCOPES)},
    created_at=INSTANT,
    created_by=either_null({"type": "string", "description": "The key that made it; null for the command line."}),
    revoked_at=either_null(INSTANT),
    revoked_by=either_null(TEXT),
)
SCHEMAS: Mapping[str, Schema] = {
    **STANDING_SCHEMAS,
    **COMPARISON_SCHEMAS,
    "Event": _EVENT,
    "EventAnswer": with_position(_EVENT),
    "EventPage": page("Event"),
    "RecordedEvent": _RECORDED,
    "Recorded": with_position(_RECORDED),
    "Duplicate": record("Two events that may be the same.", events=several(ref("Event"), "The older one first."), line=_LINE),
    "DuplicatePage": page("Duplicate"),
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
    "Entity": record("An entity on a list.", kind=TEXT, id=TEXT, name=TEXT, names=NAMES),
    "EntityPage": page("Entity"),
    "Written": record(
        "The entity as it is now, with what the write did.",
        **CARD["properties"],
        merged_into={"type": ["string", "null"], "description": "The id that it is read under, where it was merged."},
        outcome={"type": "string", "description": "registered, named, identified, merged, unmerged or unchanged"},
        position=POSITION,
    ),
    "Article": _ARTICLE,
    "ListedArticle": _LISTED_ARTICLE,
    "ArticlePage": page("ListedArticle"),
    "ArticleAnswer": with_position({**_ARTICLE, "properties": {**_ARTICLE["properties"], "events": several(ref("Event"))}}),
    "ArticleRecorded": without(record(
        "An article with what became of its events.",
        article=ref("Article"),
        items=several(ref("RecordedEvent")),
        registered=_REGISTERED,
        dry_run=_DRY_RUN,
        position=POSITION,
    ), "dry_run"),
    "Found": record(
        "What a search finds.",
        **{plural: several(ref("Entity")) for plural in ("people", "organizations", "products")},
        events=several(ref("Event")),
        position=POSITION,
    ),
    "EventType": _TYPE,
    "EventTypeAnswer": with_position(_TYPE),
    "EventTypePage": page("EventType"),
    "ImportResult": without(record(
        "What became of a line; a `line` of null says what broke the import off.",
        line={"type": ["integer", "null"]},
        id={"type": ["string", "null"], "description": "The event, or the entity that the line is about."},
        outcome={"type": "string", "description": "recorded, corroborated, unchanged, corrected, …, or error"},
        registered=_REGISTERED,
        problem=ref("Problems"),
        dry_run=_DRY_RUN,
        position=POSITION,
    ), "registered", "problem", "dry_run", "position"),
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
    "EntryPage": page("Entry"),
    "Key": _KEY,
    "KeyAnswer": with_position(_KEY),
    "KeyMade": with_position({**_KEY, "properties": {**_KEY["properties"], "key": TEXT}, "required": [*_KEY["required"], "key"]}),
    "KeyList": page("Key"),
}  # fmt: skip
"""By name; `Source`, `Problems` and the posts come from marshmallow."""
