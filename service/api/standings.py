"""What the calls about people, organizations and products answer, as JSON Schemas (2020-12)."""

from __future__ import annotations

from collections.abc import Mapping

from events.refs import KINDS, Kind
from service.api.shapes import (
    EVENT_ID,
    EVENTS,
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
    without,
)

ROLE_KEY: Schema = {"type": ["string", "null"], "description": "What the role is compared by, such as chief-technology-officer."}
_CERTAINTY: Schema = {"type": ["string", "null"], "enum": ["certain", "presumed", "possible", None]}
CARD = record(
    "A person, an organization or a product.",
    kind={"type": "string", "enum": list(KINDS)},
    id=TEXT,
    name=TEXT,
    names=NAMES,
    aliases=several(TEXT),
    identifiers={"type": "object", "additionalProperties": TEXT, "description": "Its identifiers in other catalogues."},
    merged=several(TEXT, "The ids that were merged into it."),
)
HOLDER = record(
    "Somebody in a role.",
    role={"type": ["string", "null"]},
    role_key=ROLE_KEY,
    person=ref("Named"),
    certainty=_CERTAINTY,
    interim=TRUTH,
    since=either_null(ref("PartialDate")),
    until=either_null(ref("PartialDate")),
    events=EVENTS,
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
    events=EVENTS,
)
_LEAVE = record(
    "Somebody on leave.",
    person=ref("Named"),
    since=either_null(ref("PartialDate")),
    expected_return=either_null(ref("PartialDate")),
    return_not_reported=TRUTH,
    events=EVENTS,
)
_VACANT = record(
    "A role that somebody left and nobody holds.", role=TEXT, role_key=ROLE_KEY, since=either_null(ref("PartialDate")), events=EVENTS
)
_REPORTS = record(
    "Who reports to whom.",
    person=ref("Named"),
    manager=ref("Named"),
    manager_left=TRUTH,
    since=either_null(ref("PartialDate")),
    events=EVENTS,
)
_READING: Schema = {
    "as_of": {"type": "string", "format": "date"},
    "known_at": INSTANT,
    "clock": {"type": "string", "enum": ["public", "recorded"]},
}
_STANDING: Schema = {
    "holders": several(ref("Holder")),
    "on_leave": several(_LEAVE),
    "reports": several(_REPORTS),
    "vacant": several(_VACANT),
    "products": several(ref("Product")),
}


def _explained(schema: Schema) -> Schema:
    """The schema of a line with its `why`, which is there where it was asked for."""
    return {**schema, "properties": {**schema["properties"], "why": ref("Why")}}


_LINES = (("holders", HOLDER), ("on_leave", _LEAVE), ("reports", _REPORTS), ("vacant", _VACANT), ("products", _PRODUCT))
_STATE = record(
    "An organization at the end of a day.",
    organization=ref("Named"),
    **_READING,
    **{name: several(_explained(line)) for name, line in _LINES},
    position=POSITION,
)
_STEP = record(
    "What one event did.",
    event=EVENT_ID,
    rule={"type": "integer", "description": "The number of the fold's rule; 0 where it is none of them."},
    act=TEXT,
    text={"type": "string", "description": "What that means, in words."},
)
_SETTLED = without(
    record(
        "A claim of the start, the end, the expected return or the manager, and how it was settled.",
        field=TEXT,
        value=ref("PartialDate"),
        event=EVENT_ID,
        status=TEXT,
        rule={"type": "integer"},
        outcome={"type": "string", "enum": ["wins", "agrees", "loses"]},
        reason={"type": ["string", "null"], "description": "By what it lost."},
        text={"type": ["string", "null"]},
        manager={**either_null(ref("Named")), "description": "Of a reporting line: whom the report named."},
    ),
    "manager",
)
_WHY = without(
    record(
        "Why a line is as it is.",
        steps=several(_STEP, "What each event did, in the order of the fold."),
        claims=several(_SETTLED),
        certainty=record("Why it is as certain as it is.", rule={"type": "integer"}, reason=TEXT, text=TEXT),
    ),
    "claims",
    "certainty",
)
_TENURE = record(
    "Somebody in a role for a time.",
    **HOLDER["properties"],
    organization=ref("Named"),
    current={"type": "boolean", "description": "Whether it is held on the day; `certainty` is null if not."},
)
_NEIGHBOUR = record(
    "Somebody who held the role before or after.",
    person=ref("Named"),
    by={
        "type": "string",
        "enum": ["events", "tenures"],
        "description": "Whether events say so, or tenures that follow each other show it.",
    },
    events=EVENTS,
)
_SUCCESSION = record(
    "Who came before and after in a role.",
    organization=ref("Named"),
    role={"type": ["string", "null"]},
    role_key=ROLE_KEY,
    predecessors=several(_NEIGHBOUR),
    successors=several(_NEIGHBOUR),
)
_PAST: Schema = {"person": ref("Named"), "organization": ref("Named"), "current": TRUTH, "since": either_null(ref("PartialDate"))}
_HISTORY: Schema = {
    "tenures": several(ref("Tenure")),
    "leaves": several(
        record("A leave.", **_PAST, until=either_null(ref("PartialDate")), expected_return=either_null(ref("PartialDate")), events=EVENTS)
    ),
    "reports": several(record("A reporting line.", **_PAST, manager=either_null(ref("Named")), events=EVENTS)),
}
_PRODUCT_STANDING: Schema = {"standing": {**either_null(ref("Product")), "description": "Null where nothing is known of it on the day."}}
_CARDS: Mapping[Kind, Schema] = {
    "person": {
        "standing": record("Roles and leaves.", roles=several(ref("Tenure")), on_leave=several(_LEAVE)),
        "succession": several(ref("Succession"), "Who came before and after in each role."),
    },
    "organization": {"standing": record("How it stands.", **_STANDING)},
    "product": _PRODUCT_STANDING,
}
_HISTORIES: Mapping[Kind, Schema] = {
    "person": _HISTORY,
    "organization": {**_HISTORY, "products": several(ref("Product"))},
    "product": _PRODUCT_STANDING,
}


def _card(standing: Schema) -> Schema:
    return record(CARD["description"], **CARD["properties"], **_READING, **standing, position=POSITION)


def _history(kind: Kind, more: Schema) -> Schema:
    words = "What began by the day, and the events; `next` goes on in the feed."
    return record(words, **{kind: ref("Named")}, **_READING, **more, events=without(page("Event"), "position"), position=POSITION)


STANDING_SCHEMAS: Mapping[str, Schema] = {
    "PartialDate": record(
        "A date as precise as the source: `2024-09-25`, `2024-09`, `2024-33` (first quarter), `2024-06/2024-12`.",
        value=TEXT,
        earliest={"type": ["string", "null"], "format": "date"},
        latest={"type": ["string", "null"], "format": "date"},
    ),
    "Named": record("An entity by id and name.", id=TEXT, name=TEXT),
    "Dispute": record("A competing date.", field=TEXT, value=ref("PartialDate"), event=EVENT_ID, status=TEXT),
    **{f"{kind.capitalize()}Card": _card(standing) for kind, standing in _CARDS.items()},
    **{f"{kind.capitalize()}History": _history(kind, more) for kind, more in _HISTORIES.items()},
    "Holder": HOLDER,
    "Why": _WHY,
    "Tenure": _TENURE,
    "Succession": _SUCCESSION,
    "Product": _PRODUCT,
    "State": _STATE,
}
