"""What writes have in common: the event or entity that they answer, retries made harmless, and trials that record nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, request, url_for

from events.entities import display_name
from events.moments import FOREVER
from events.refs import Kind
from projections.duplicates import near
from projections.reading import Reading
from projections.rendering import mentions, shown
from service.access import caller
from service.api.answers import Json, json_response, positioned
from service.api.parsing import request_digest
from service.http import current_annals
from service.ledger.naming import entity_of, winner_of
from service.ledger.recording import Recorded
from service.ledger.slots import logged
from service.ledger.submissions import Answer, Submission
from service.ledger.unit import Unit
from service.metrics import outcomes_of
from service.observing import metrics

Command = Callable[[Unit], Answer]


def submit(command: Command, *, dry_run: bool = False) -> Response:
    """Run a command once, however often the request is sent under its `Idempotency-Key`, and answer what it answers.

    A trial (`dry_run`) records nothing, and so its key is not kept either.
    """
    annals, key, name = current_annals(), request.headers.get("Idempotency-Key"), caller().name
    if dry_run:
        tried = annals.write(command, actor=name, dry_run=True)
        return _written(Answer(200, {**tried.result.body, "dry_run": True}), tried.position)
    submission = None if key is None else Submission(name, key, request_digest())
    submitted = annals.submit(submission, command, actor=name)
    response = _written(submitted.answer, submitted.position)
    if submitted.repeated:
        response.headers["Idempotent-Replayed"] = "true"
    for outcome in ["repeated"] if submitted.repeated else outcomes_of(submitted.answer.body):
        metrics().wrote(outcome)
    return response


def _written(given: Answer, position: int) -> Response:
    body = {**given.body, "position": position}
    response = positioned(json_response(body, given.status), position)
    if given.status == 201:
        response.headers["Location"] = _address(body)
    if "version" in body:
        response.set_etag(str(body["version"]))
    return response


def _address(body: Mapping[str, Any]) -> str:
    if "headline" in body:
        return url_for("events.event", event_id=body["id"])
    if "kind" in body:
        return url_for(f"{body['kind']}.card", entity=body["id"])
    return url_for("articles.article", article_id=body["article"]["id"])


def recorded(unit: Unit, done: Recorded) -> Json:
    """The event after a write, as reads show it, with what the write did."""
    registered = [asdict(entity) for entity in done.registered]
    return {
        **event_body(unit, done),
        "outcome": done.outcome,
        "corroborated": done.outcome in ("corroborated", "unchanged"),
        "registered": registered,
        "possible_duplicates": possible_duplicates(done),
    }


def possible_duplicates(done: Recorded, lang: str | None = None) -> list[Json]:
    """The events that a new one may be the same as, among all that are recorded, also under an embargo: whoever asks may write."""
    if done.outcome != "recorded":
        return []
    annals = current_annals()
    reading = Reading(0, FOREVER - 1, lang=lang or annals.settings.lang)
    with annals.reading() as connection:
        return near(connection, done.event_id, asdict(done.version), reading)


def event_body(unit: Unit, done: Recorded, lang: str | None = None) -> Json:
    """The event as it is now in the unit, with its headline in the language, or in that of the settings."""
    lang = lang or current_annals().settings.lang
    body = {"id": str(done.event_id), **asdict(done.version)}
    names = {(kind, entity): named(unit, kind, entity, lang) for kind, entity in mentions(body)}
    return shown(body, logged(unit.entries(done.event_id))[0].recorded_at, names, lang)


def named(unit: Unit, kind: Kind, entity: str, lang: str | None = None) -> Json:
    """`{"id", "name", "names"}` of an entity as the unit knows it, under the id that stands for it."""
    winner = winner_of(unit, kind, entity)
    found = entity_of(unit, kind, winner)
    names = found.names if found else {}
    return {"id": winner, "name": display_name(names, lang or current_annals().settings.lang, winner), "names": names}
