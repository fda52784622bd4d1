"""Events: posting one, reading one as known at a moment, and every version of one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from flask import Response, url_for
from marshmallow import Schema

from events.dates import quote
from events.errors import NotFound
from events.fields import Flag
from events.moments import Moment, day_ordinal
from events.posting import load_post
from projections.reading import Reading
from projections.rendering import event as event_at
from projections.rendering import shown_all
from projections.versions import history_of, known_since
from service.access import caller
from service.api.answers import Json, Look, answer, look
from service.api.calls import Feature
from service.api.parsing import json_body
from service.api.writes import recorded, submit
from service.ledger.recording import record
from service.ledger.submissions import Answer
from service.ledger.unit import Unit

feature = Feature("events", "What a source reports to have happened: posted, read, and with all its versions.")


class RecordQuery(Schema):
    """How a post is to be recorded."""

    strict = Flag(load_default=False, metadata={"description": "Refuse names that are not known, instead of registering them."})
    dry_run = Flag(load_default=False, metadata={"description": "Answer what would happen, and record nothing."})
    distinct = Flag(load_default=False, metadata={"description": "Record another event, though one like it was retracted."})


@feature.write("/events", {201: "Recorded", 200: "Recorded"}, body="Post", query=RecordQuery, problems=(409,))
def post_event(query: dict[str, Any]) -> Response:
    """Post an event.

    201 with the new event, or 200 where it was already recorded: then `corroborated` is true, and the post's sources and further
    details are added to it. Unknown names register people, organizations and products, which `registered` lists. An event that
    was retracted is refused (409) unless `distinct` is set.
    """
    post = load_post(json_body())

    def command(unit: Unit) -> Answer:
        done = record(unit, post, caller=caller().name, strict=query["strict"], distinct=query["distinct"])
        return Answer(201 if done.outcome == "recorded" else 200, recorded(unit, done))

    return submit(command, dry_run=query["dry_run"])


@feature.read("/events/<event_id>", "EventAnswer", mementos="event")
def event(query: dict[str, Any], event_id: str) -> Response:
    """Read an event as known at a moment.

    Its `ETag` is its version, with a digest behind it where it is not shown as when that version was first known here, since
    somebody was renamed or merged meanwhile. One that was joined into another says so in `duplicate_of`, and in a `Link`.
    """
    wanted = event_uuid(event_id)
    with look(query) as seen:
        found = event_at(seen.connection, wanted, seen.reading)
        response = answer(found, seen)
        response.set_etag(_tag(seen, wanted, found))
    if found["duplicate_of"] is not None:
        response.headers.add("Link", f'<{url_for("events.event", event_id=found["duplicate_of"])}>; rel="canonical"')
    return response


def _tag(seen: Look, wanted: UUID, found: Json) -> str:
    """The event's version, if it is shown as when that version was first known here, and else also a digest of it."""
    version = str(found["version"])
    since = known_since(seen.connection, wanted.hex, found["version"])
    if since is not None and event_at(seen.connection, wanted, _when_first(seen.reading, since)) == found:
        return version
    return f"{version}-{hashlib.sha256(orjson.dumps(found)).hexdigest()[:16]}"


def _when_first(reading: Reading, since: int) -> Reading:
    """The reading at which a version was first known here, on its day: an organization may be called otherwise on a later one."""
    return replace(reading, clock="recorded", known_at=since, as_of=day_ordinal(since))


@feature.read("/events/<event_id>/versions", "Versions", mementos="event")
def versions(query: dict[str, Any], event_id: str) -> Response:
    """Read every version of an event.

    Each with who made it, when and why, and the event after it; those known at the reading.
    """
    wanted = event_uuid(event_id)
    with look(query) as seen:
        return answer({"id": str(wanted), "items": turns(seen, wanted), "next": None}, seen)


def turns(seen: Look, wanted: UUID) -> list[Json]:
    """What was said of a known event, each with the event after it, as reads show one (see `projections.versions.history_of`)."""
    recorded_at = Moment.parse(event_at(seen.connection, wanted, seen.reading)["recorded_at"]).at
    turns = history_of(seen.connection, wanted.hex, seen.reading)
    versions = shown_all(seen.connection, [(turn["version"], recorded_at) for turn in turns], seen.reading)
    return [{**turn, "version": version} for turn, version in zip(turns, versions, strict=True)]


def event_uuid(text: str) -> UUID:
    """The id of an event; raises `NotFound` for a text that can be none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound.of("id", text, f"no event {quote(text)} is known", "the id of a known event, a UUID") from None
