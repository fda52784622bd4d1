"""What is said of an event later: corrections, retraction, restoration, status and sources. Nothing is ever edited."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, pre_load

from events.dates import quote
from events.errors import Invalid
from events.event import STATUSES
from events.fields import MomentText, Text
from service.access import caller
from service.api.calls import Feature
from service.api.parsing import no_body
from service.api.writes import recorded, submit
from service.ledger.lifecycle import Target, add_source, change_status, correct, remove_source, restore, retract
from service.ledger.recording import Recorded
from service.ledger.submissions import Answer
from service.ledger.unit import Unit

feature = Feature("lifecycle", "What is said of an event later. Nothing is edited: each is an entry of its own, and every version stays.")
ANNOUNCED = "When it became public, if that was news of its own; without it, it is clerical and counts with what it puts right."
_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:-[0-9a-f]{16})?"')


class Reasoned(Schema):
    """Why, and whether it was news."""

    reason = Text(metadata={"description": "Why, in a few words."})
    announced = MomentText(metadata={"description": ANNOUNCED})


class Reason(Reasoned):
    """Why, which has to be said, and whether it was news."""

    reason = Text(required=True, metadata={"description": "Why, in a few words."})


class Correction(Reason):
    """Changed fields, and why."""

    changes = fields.Raw(
        required=True,
        metadata={"type": "object", "description": "The new value of each changed field; null takes an optional one away."},
    )


class StatusChange(Reasoned):
    """The new status."""

    to = Text(required=True, metadata={"enum": list(STATUSES), "description": "What the event is now held to be."})


class FurtherSource(Reasoned):
    """One more source."""

    add = fields.Raw(required=True, metadata={"type": "object", "description": "The source; it may also be the whole body."})

    @pre_load
    def whole(self, data: Any, **_: Any) -> Any:
        """A body that is a source itself."""
        return {"add": data} if isinstance(data, dict) and ("url" in data or "title" in data) else data


@feature.write("/events/<event_id>/corrections", {200: "Recorded"}, body=Correction, if_match=True)
def post_correction(body: dict[str, Any], event_id: str) -> Response:
    """Correct an event.

    `changes` maps fields to new values, such as `{"effective": "2024-09-25"}`, null to take an optional one away.
    """
    return say(event_id, lambda unit, target: correct(unit, target, **body))


@feature.write("/events/<event_id>/retraction", {200: "Recorded"}, body=Reason, if_match=True)
def post_retraction(body: dict[str, Any], event_id: str) -> Response:
    """Retract an event: it counts no longer."""
    return say(event_id, lambda unit, target: retract(unit, target, **body))


@feature.write("/events/<event_id>/restoration", {200: "Recorded"}, body=Reasoned, if_match=True)
def post_restoration(body: dict[str, Any], event_id: str) -> Response:
    """Restore a retracted event: it counts again."""
    return say(event_id, lambda unit, target: restore(unit, target, **body))


@feature.write("/events/<event_id>/status", {200: "Recorded"}, body=StatusChange, if_match=True)
def post_status(body: dict[str, Any], event_id: str) -> Response:
    """Change the status of an event."""
    return say(event_id, lambda unit, target: change_status(unit, target, **body))


@feature.write("/events/<event_id>/sources", {200: "Recorded"}, body=FurtherSource, if_match=True)
def post_source(body: dict[str, Any], event_id: str) -> Response:
    """Add a source to an event.

    It counts from its `published_at`, unless `announced` says otherwise.
    """
    source = body.pop("add")
    return say(event_id, lambda unit, target: add_source(unit, target, source, **body))


@feature.write("/events/<event_id>/sources/<n>", {200: "Recorded"}, query=Reasoned, method="DELETE", if_match=True, problems=(409,))
def delete_source(query: dict[str, Any], event_id: str, n: str) -> Response:
    """Take a wrongly added source away, by its number in `sources`, from 1.

    The last one stays (409): retract the event instead.
    """
    no_body()
    number = int(n) if n.isascii() and n.isdecimal() and len(n) < 10 else 0
    return say(event_id, lambda unit, target: remove_source(unit, target, number, **query))


def say(event_id: str, said: Callable[[Unit, Target], Recorded]) -> Response:
    """Say something of an event, on the version that the request has seen, and answer the event after it."""
    target = Target(event_id, caller().name, if_match=_seen_version())
    return submit(lambda unit: Answer(200, recorded(unit, said(unit, target))))


def _seen_version() -> int | None:
    """The version that `If-Match` names; None without one, and for `*`, which any version matches."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    match = _TAG.fullmatch(given)
    if match is None:
        raise Invalid.of("If-Match", given, f"{quote(given)} is not the ETag of an event", 'its version in quotes, such as "3"')
    return int(match[1])
