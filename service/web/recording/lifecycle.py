"""What is said of an event later, each by a small form: retraction, restoration, status, a further source, joining and parting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from events.errors import Invalid, Stale
from events.fields import Choice, Text
from events.posting import STATUS_LABELS, load
from events.sources import SourceSchema
from service.access import caller
from service.api.duplicates import MOST_NAME
from service.api.events import event_uuid
from service.api.lifecycle import Reason, Reasoned
from service.errors import Json
from service.ledger import joining, lifecycle
from service.ledger.lifecycle import Target
from service.ledger.recording import Recorded
from service.ledger.unit import Unit
from service.web.addresses import link
from service.web.filters import lang
from service.web.labels import field_label
from service.web.pages import blueprint
from service.web.recording import knowing
from service.web.recording.controls import Field, said
from service.web.recording.correct import VERSION, now_of
from service.web.recording.desk import Show, attempt, is_edit, page_of, refused, typed
from service.web.recording.forms import Form, Section, controls, laid
from service.web.recording.saving import KEY, Question, Told, new_key, told

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REASONED: Mapping[str, Field] = Reasoned().fields


class StatusForm(Reasoned):
    """The new status, and why."""

    to = Choice(STATUS_LABELS, required=True)


class SourceForm(SourceSchema, Reasoned):
    """One more source, and why it is added."""


class JoinForm(Reasoned):
    """The event that it is the same as: its id, or its address."""

    into = Text(most=MOST_NAME, required=True)


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that can be said: its schema, its words, and the command that takes what the form says as JSON.

    One that `turns` may be news or put a slip right, and its form asks which.
    """

    endpoint: str
    schema: type[Reasoned]
    title: Any
    words: Any
    command: Callable[[Unit, Target, Json], Recorded]
    turns: bool = False

    @property
    def rule(self) -> str:
        """The last part of its address."""
        return {"change_status": "status", "add_source": "source"}.get(self.endpoint, self.endpoint)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Its fields, with why at the end."""
        own: Mapping[str, Field] = self.schema().fields
        return {**{name: field for name, field in own.items() if name not in REASONED}, **{name: own[name] for name in REASONED}}


def _add_source(unit: Unit, target: Target, data: Json) -> Recorded:
    source = {name: value for name, value in data.items() if name not in REASONED}
    why = load(Reasoned(), {name: value for name, value in data.items() if name in REASONED})
    return lifecycle.add_source(unit, target, source, **why)


def _join(unit: Unit, target: Target, data: Json) -> Recorded:
    loaded = load(JoinForm(), data)
    found = ID.search(loaded["into"])
    return joining.join(unit, target, **{**loaded, "into": found[0] if found else loaded["into"]})


SAYINGS = (
    Saying(
        "retract", Reason, lazy_gettext("Retract an event"),
        lazy_gettext("The report was wrong. The event counts no longer, and stays readable with the reason."),
        lambda unit, target, data: lifecycle.retract(unit, target, **load(Reason(), data)),
        turns=True,
    ),
    Saying(
        "restore", Reasoned, lazy_gettext("Restore an event"),
        lazy_gettext("The retraction was wrong. The event counts again."),
        lambda unit, target, data: lifecycle.restore(unit, target, **load(Reasoned(), data)),
        turns=True,
    ),
    Saying(
        "change_status", StatusForm, lazy_gettext("Change the status"),
        lazy_gettext("How sure the event is by now. Rumoured and denied events do not count in a state."),
        lambda unit, target, data: lifecycle.change_status(unit, target, **load(StatusForm(), data)),
        turns=True,
    ),
    Saying(
        "add_source", SourceForm, lazy_gettext("Add a source"),
        lazy_gettext("One more source that reports the event. It counts from the day on which it was published."),
        _add_source,
    ),
    Saying(
        "join", JoinForm, lazy_gettext("Join with another event"),
        lazy_gettext("Two events are one and the same. This one then counts as a further report of the other."),
        _join,
    ),
    Saying(
        "part", Reasoned, lazy_gettext("Part from the other event"),
        lazy_gettext("The two were not the same after all. This one stands for itself again."),
        lambda unit, target, data: joining.part(unit, target, **load(Reasoned(), data)),
    ),
)  # fmt: skip
"""All that can be said by a small form, by the name of its page."""


def _view(saying: Saying) -> Callable[[str], Response]:
    def view(event_id: str) -> Response:
        event = now_of(event_uuid(event_id))
        if request.method == "GET":
            texts = {name: text for name, text in request.args.items() if name in saying.fields}
            usual = knowing.suggested(knowing.NEWS) if saying.turns else {}
            return _page(saying, event, Form({**usual, **texts, VERSION: str(event["version"])}))
        form = typed(lambda _: ())

        def show(form: Form, *, question: Question | None = None) -> Response:
            return _page(saying, event, form, question)

        return show(form) if is_edit() else _said(saying, event, form, show)

    return view


def _said(saying: Saying, event: Json, form: Form, show: Show) -> Response:
    data = said(saying.fields, form.values)
    version = form.value(VERSION)
    target = Target(event["id"], caller().name, if_match=int(version) if version.isascii() and version.isdecimal() else 0)

    def command(unit: Unit) -> Sequence[Told]:
        return [told(unit, saying.command(unit, target, data))]

    try:
        if saying.turns:
            data = knowing.settled(saying.schema(), data, form.values)
        load(saying.schema(), data)
        return attempt(form, {**data, VERSION: version}, command, show)
    except Stale:
        return _stale(saying, event, form)
    except Invalid as error:
        return refused(form, error, show)


def _stale(saying: Saying, event: Json, form: Form) -> Response:
    """The form again, with what somebody else said meanwhile before it; sent once more it counts as said after that."""
    fresh = replace(form, values={**form.values, VERSION: str(event["version"]), KEY: new_key()})
    response = _page(saying, event, fresh, stale=True)
    response.status_code = HTTPStatus.PRECONDITION_FAILED
    return response


def _page(saying: Saying, event: Json, form: Form, question: Question | None = None, *, stale: bool = False) -> Response:
    own = controls(saying.fields, form, lambda name: field_label(name, lang()))
    shown = Section(str(saying.title), knowing.asked(own) if saying.turns else own)
    return page_of(
        "say.html", str(saying.title), form, laid(form, shown), event=event, words=saying.words, stale=stale, question=question,
        action=link(f"web.{saying.endpoint}", event_id=event["id"]), save=str(saying.title),
    )  # fmt: skip


for _saying in SAYINGS:
    blueprint.add_url_rule(f"/events/<event_id>/{_saying.rule}", _saying.endpoint, _view(_saying), methods=["GET", "POST"])
