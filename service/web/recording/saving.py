"""How a form is saved: tried first, confirmed where something is to be decided, then recorded once however often it is sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from events.errors import AnnalsError, Invalid
from events.moments import Moment, to_micros
from events.names import match_key
from service.access import caller
from service.api.writes import event_body
from service.errors import Forbidden, Json
from service.http import current_annals
from service.ledger.recording import Recorded
from service.ledger.submissions import Answer, Submission, answered
from service.ledger.unit import Unit
from service.observing import metrics
from service.web.addresses import carried
from service.web.filters import joined, lang
from service.web.sessions import trusted

KEY = "key"
"""The hidden field that tells one rendering of a form from another, so that sending it twice records once."""
CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of one event of a form.

    `near` are events that it may be the same as; `until` says when it will be public, where that is yet to come.
    """

    id: str
    headline: str
    outcome: str
    registered: tuple[Json, ...] = ()
    near: tuple[Json, ...] = ()
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be confirmed before anything is saved, for exactly the form that has this `digest`."""

    digest: str
    events: tuple[Told, ...]
    registered: tuple[Json, ...]

    @property
    def needed(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self.registered) or any(told.near or told.outcome in ("corroborated", "unchanged") for told in self.events)


Command = Callable[[Unit], Sequence[Told]]


def told(unit: Unit, done: Recorded, *, near: Iterable[Json] = (), outcome: str | None = None) -> Told:
    """What a command made of an event."""
    body, public = event_body(unit, done, lang()), Moment.parse(done.version.announced)
    until = public.text if public.at > to_micros(unit.stamp.timestamp) else None
    registered = tuple(asdict(entity) for entity in done.registered)
    return Told(str(done.event_id), body["headline"], outcome or done.outcome, registered, tuple(near), until)


def new_key() -> str:
    """A key for a form that is shown for the first time."""
    return f"form-{uuid.uuid4().hex}"


def is_used(error: AnnalsError) -> bool:
    """Whether the error says that the form was saved before with other content."""
    return isinstance(error, Invalid) and error.problems[0].field == "Idempotency-Key"


def save(data: Json, command: Command, home: str | None = None, *, asks: bool = True) -> Response | Question:
    """Save what a form says, or the question that has to be answered first; then the way to the event, or to `home`.

    `data` is all that the form says, to know it again. Raises what the command raises.
    """
    if not trusted():
        raise Forbidden.of("csrf_token", None, "the form does not come from here", "the form, opened again")
    annals, name = current_annals(), caller().name
    digest = hashlib.sha256(orjson.dumps([request.path, data], option=orjson.OPT_SORT_KEYS)).hexdigest()
    submission = Submission(name, request.form.get(KEY, ""), digest)
    trial = annals.write(lambda unit: answered(unit, submission) or tuple(command(unit)), actor=name, dry_run=True).result
    if isinstance(trial, tuple):
        question = Question(digest, trial, _surprising(trial))
        if asks and question.needed and request.form.get(CONFIRM) != digest:
            return question
    submitted = annals.submit(submission, lambda unit: Answer(200, {"events": [_kept(one) for one in command(unit)]}), actor=name)
    for event in () if submitted.repeated else submitted.answer.body["events"]:
        metrics().wrote(event["outcome"])
    return _onward(submitted.answer.body["events"], home)


def _kept(told: Told) -> Json:
    """What of an event an answer keeps, for whoever sends the form again."""
    return {
        "id": told.id,
        "headline": told.headline,
        "outcome": told.outcome,
        "registered": list(told.registered),
        "until": told.until,
    }


def _surprising(events: Iterable[Told]) -> tuple[Json, ...]:
    """Who would be registered, but those for whom the form gives the names of somebody new."""
    given = {match_key(text) for name, text in request.form.items() if ".name." in name and text.strip()}
    return tuple(new for told in events for new in told.registered if match_key(new["name"]) not in given)


def _onward(events: Sequence[Json], home: str | None) -> Response:
    for event in events:
        flash(_words(event), "done")
    new = [found["name"] for event in events for found in event["registered"]]
    if new:
        flash(gettext("Newly registered: %(names)s.", names=joined(new)), "done")
    kept: dict[str, Any] = {name: value for name, value in carried().items() if name == "lang"}
    hidden = all(event["until"] for event in events)
    address = home or (url_for("web.timeline", **kept) if hidden else url_for("web.event", event_id=events[0]["id"], **kept))
    return redirect(address, 303)


def _words(event: Json) -> str:
    """What was done, in a sentence."""
    words = {
        "recorded": gettext("Recorded: %(headline)s."),
        "corroborated": gettext("This was recorded already; what is new in your report was added: %(headline)s."),
        "joined": gettext("Your report was added to the event that is the same: %(headline)s."),
        "unchanged": gettext("Nothing was new: %(headline)s."),
        "corrected": gettext("Corrected: %(headline)s."),
        "retracted": gettext("Retracted: %(headline)s."),
        "restored": gettext("Restored: %(headline)s."),
        "status_changed": gettext("Status changed: %(headline)s."),
        "source_added": gettext("Source added: %(headline)s."),
        "parted": gettext("Parted again: %(headline)s."),
    }
    said = str(words[event["outcome"]] % {"headline": event["headline"].rstrip(".。")})
    if event["until"]:
        day = event["until"]
        said += " " + str(gettext("It is under embargo and appears on %(day)s.", day=day))
    return said
