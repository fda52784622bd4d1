"""Correcting an event: its form as it is now, of which only what was changed is recorded, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from uuid import UUID

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from events.errors import AnnalsError, Invalid, Stale
from events.event import COMMON as CORRIGIBLE
from events.posting import load
from events.types import EventType, event_type
from projections.rendering import event as event_at
from service.access import caller
from service.api.events import event_uuid
from service.api.lifecycle import Reason
from service.errors import Json
from service.http import current_annals
from service.ledger.lifecycle import Target
from service.ledger.lifecycle import correct as correct_event
from service.ledger.unit import Unit
from service.web.addresses import link
from service.web.filters import lang
from service.web.labels import field_label
from service.web.pages import blueprint
from service.web.recording import knowing
from service.web.recording.controls import BLANK, Field, filled, listing, read, said
from service.web.recording.desk import Show, attempt, is_edit, page_of, present, refused, typed
from service.web.recording.forms import Form, Section, controls, laid, shown_value
from service.web.recording.record import COMMON, label_of
from service.web.recording.saving import KEY, Question, Told, new_key, told

WHY: Mapping[str, Field] = Reason().fields
WHY_PREFIX = "said."
"""Before the reason and the `announced` of a correction, since the event has an `announced` too."""
VERSION = "version"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is another now than in the form that somebody filled in."""

    label: str
    now: str
    yours: str


def fields_of(kind: EventType) -> Mapping[str, Field]:
    """The fields that a correction may change."""
    return {**kind.fields, **{name: COMMON[name] for name in CORRIGIBLE}}


def now_of(wanted: UUID) -> Json:
    """The event as it is shown now; raises `NotFound`."""
    with current_annals().reading() as connection:
        return event_at(connection, wanted, present())


def texts_of(event: Json) -> dict[str, str]:
    """The texts of a form that says what the event says."""
    plain = {"effective": event["effective"]["value"], **{name: event[name] for name in CORRIGIBLE if name != "effective"}}
    return filled(fields_of(event_type(event["type"])), {**event["fields"], **plain})


def changed(fields: Mapping[str, Field], before: Mapping[str, str], after: Mapping[str, str]) -> Json:
    """The fields that a form says otherwise than before, with their new values; None for those that it says no longer."""
    pairs = ((name, read(field, name, before), read(field, name, after)) for name, field in fields.items())
    return {name: None if new is BLANK else new for name, old, new in pairs if new != old}


@blueprint.route("/events/<event_id>/correct", methods=["GET", "POST"])
def correct(event_id: str) -> Response:
    """The form of an event as it is now; what is sent is recorded as a correction."""
    event = now_of(event_uuid(event_id))
    if request.method == "GET":
        usual = knowing.suggested(knowing.SLIP, WHY_PREFIX)
        return _page(event, Form({**texts_of(event), **usual, VERSION: str(event["version"])}))
    fields = fields_of(event_type(event["type"]))
    form = typed(lambda _: listing(fields))

    def show(form: Form, *, question: Question | None = None) -> Response:
        return _page(event, form, question)

    if is_edit():
        return show(form)
    if form.value(VERSION) != str(event["version"]):
        return _stale(event, form)
    return _correction(event, form, fields, show)


def _correction(event: Json, form: Form, fields: Mapping[str, Field], show: Show) -> Response:
    changes, why = changed(fields, texts_of(event), form.values), said(WHY, form.values, WHY_PREFIX)
    target = Target(event["id"], caller().name, if_match=event["version"])
    try:
        if not changes:
            raise Invalid.of("", None, gettext("Nothing was changed."))
        why = knowing.settled(Reason(), why, form.values, WHY_PREFIX)
        loaded = load(Reason(), why)
    except AnnalsError as error:
        return refused(form, error, show, _placed)

    def command(unit: Unit) -> Sequence[Told]:
        return [told(unit, correct_event(unit, target, changes, **loaded))]

    try:
        return attempt(form, {"changes": changes, **why, VERSION: event["version"]}, command, show, placed=_placed)
    except Stale:
        return _stale(now_of(UUID(event["id"])), form)


def _stale(event: Json, form: Form) -> Response:
    """The form again, beside what somebody else recorded meanwhile; sent once more it counts as made on that."""
    before = texts_of(event)
    differences = list(_differences(event, before, form))
    response = _page(event, replace(form, values={**form.values, VERSION: str(event["version"]), KEY: new_key()}), differences=differences)
    response.status_code = HTTPStatus.PRECONDITION_FAILED
    return response


def _differences(event: Json, before: Mapping[str, str], form: Form) -> Iterator[Difference]:
    kind = event_type(event["type"])
    for name, field in fields_of(kind).items():
        now, yours = (read(field, name, texts) for texts in (before, form.values))
        if now != yours:
            words = ("" if value is BLANK else shown_value(value) for value in (now, yours))
            yield Difference(label_of(kind)(name), *words)


def _placed(path: str) -> str:
    """The form's path of what is wrong with a correction: the event's own fields, or why it was made."""
    return path.removeprefix("changes.") if path.startswith("changes.") else f"{WHY_PREFIX}{path}" if path in WHY else path


def _page(event: Json, form: Form, question: Question | None = None, differences: Sequence[Difference] = ()) -> Response:
    kind = event_type(event["type"])
    why = controls(WHY, form, lambda name: field_label(name, lang()), WHY_PREFIX)
    sections = (
        Section(gettext("What is right"), controls(fields_of(kind), form, label_of(kind))),
        Section(gettext("Why it is corrected"), knowing.asked(why)),
    )
    return page_of(
        "correct.html", gettext("Correct an event"), form, laid(form, *sections), event=event, differences=differences,
        action=link("web.correct", event_id=event["id"]), question=question, save=gettext("Record the correction"),
    )  # fmt: skip
