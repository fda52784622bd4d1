"""What the calls about differences and contradictions answer, as JSON Schemas (2020-12)."""

from __future__ import annotations

from collections.abc import Mapping

from projections.agenda import TEXTS as AGENDA
from projections.clashes import KINDS
from service.api.shapes import EVENT_ID, EVENTS, INSTANT, POSITION, TEXT, Schema, either_null, page, record, ref, several, without
from service.api.standings import HOLDER, ROLE_KEY

_CLOCK: Schema = {"type": "string", "enum": ["public", "recorded"]}
_DAY: Schema = {"type": "string", "format": "date"}
_CHANGES: Schema = {"type": "integer", "description": "How many parts of the answer change."}
_SIDE = record("A reading.", as_of={"type": "string", "format": "date"}, known_at=INSTANT)
_CHANGE = without(
    record(
        "A line that differs: as the first reading has it and as the second does, null where there is none.",
        person=ref("Named"),
        organization=ref("Named"),
        product=ref("Named"),
        role={"type": ["string", "null"]},
        role_key=ROLE_KEY,
        before={"type": ["object", "null"]},
        after={"type": ["object", "null"]},
        events=several(EVENT_ID, "The events that made the difference."),
    ),
    "person", "organization", "product", "role", "role_key",
)  # fmt: skip
_PEOPLE: Schema = {
    "joined": several(ref("Change"), "Roles of those who had none."),
    "left": several(ref("Change"), "Roles of those who have none any more."),
    "changed": several(ref("Change"), "Roles that others took up or left, or of which something else differs."),
    "on_leave": several(ref("Change"), "Leaves that began or changed."),
    "returned": several(ref("Change"), "Leaves that are over."),
    "reports": several(ref("Change"), "Who reports to whom."),
}
_SIDES: Schema = {"from": _SIDE, "to": _SIDE, "clock": _CLOCK}
_CLAIM = without(
    record("What one event says.", field=TEXT, person=ref("Named"), value=either_null(ref("PartialDate")), event=EVENT_ID,
           status={"type": ["string", "null"]}),
    "person",
)  # fmt: skip

COMPARISON_SCHEMAS: Mapping[str, Schema] = {
    "Change": _CHANGE,
    "PersonDiff": record("What differs for a person.", person=ref("Named"), **_SIDES, **_PEOPLE, position=POSITION),
    "OrganizationDiff": record(
        "What differs in an organization.",
        organization=ref("Named"),
        **_SIDES,
        **_PEOPLE,
        vacant=several(ref("Change"), "Roles that nobody holds any more, or that are held again."),
        products=several(ref("Change")),
        renamed=either_null(record("Its name.", before=ref("Named"), after=ref("Named"), events=EVENTS)),
        position=POSITION,
    ),
    "EventChange": record(
        "An event that two readings know differently.",
        id=EVENT_ID,
        change={"type": "string", "enum": ["added", "removed", "changed"]},
        before=either_null(ref("Event")),
        after=either_null(ref("Event")),
    ),
    "FeedDiffPage": page("EventChange"),
    "Conflict": record(
        "What contradicts itself.",
        kind={"type": "string", "enum": list(KINDS)},
        text={"type": "string", "description": "What that means, in words."},
        organization=ref("Named"),
        role={"type": ["string", "null"]},
        role_key=ROLE_KEY,
        people=several(ref("Named")),
        claims=several(_CLAIM),
        suggestion={"type": "object", "description": "An entry that would settle it, as a line of an import."},
    ),
    "ConflictPage": page("Conflict"),
    "AgendaLine": record(
        "What is to come, or is overdue.",
        kind={"type": "string", "enum": list(AGENDA)},
        text={"type": "string", "description": "What that means, in words."},
        overdue={"type": "boolean", "description": "Whether it was expected by an earlier day and has not been reported."},
        date=ref("PartialDate"),
        organization=ref("Named"),
        person=either_null(ref("Named")),
        product=either_null(ref("Named")),
        role={"type": ["string", "null"]},
        role_key=ROLE_KEY,
        events=EVENTS,
    ),
    "AgendaPage": page("AgendaLine"),
    "Moments": record(
        "When an answer changes.",
        as_of={"type": "string", "format": "date"},
        known_at=INSTANT,
        clock=_CLOCK,
        days=several(record("A day on which it stands otherwise than on the day before.", day=_DAY, changes=_CHANGES)),
        known=several(record("A moment at which the answer about the day changed.", at=INSTANT, changes=_CHANGES)),
        position=POSITION,
    ),
    "RoleHolder": record("Somebody in a role.", organization=ref("Named"), **HOLDER["properties"]),
    "RoleHolderPage": page("RoleHolder"),
}
