"""Recording an event: choosing its type, the form that the type's schema makes, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from flask import render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from events.errors import AnnalsError
from events.headlines import LANGUAGES, Lang, display_values, headline
from events.posting import CommonFields, Post, load_post, stored_fields
from events.types import EventType, event_type, event_types
from service.access import caller
from service.api.openapi import example
from service.api.writes import possible_duplicates
from service.errors import Json
from service.ledger.joining import join
from service.ledger.lifecycle import Target, find_event
from service.ledger.recording import Recorded
from service.ledger.recording import record as record_post
from service.ledger.unit import Unit
from service.web.addresses import link
from service.web.filters import lang
from service.web.labels import GROUPS, field_label, group_label
from service.web.pages import Shown, blueprint, html
from service.web.recording.controls import YES, Field, defaults, listing, said
from service.web.recording.desk import attempt, is_edit, page_of, recognised, refused, typed
from service.web.recording.forms import Form, Label, Laid, Section, controls, laid, prefilled
from service.web.recording.saving import Question, Told, told

COMMON: Mapping[str, Field] = CommonFields().fields
DATED = ("effective", "announced", "status")
FURTHER = ("summary", "tags", "ref")
SAME = "the same event"
"""The reason with which an event is joined into one that it was found to be the same as."""


@blueprint.route("/record", methods=["GET", "POST"])
def record() -> Response:
    """The form of a type, or the types to choose from; what is sent is saved."""
    if "type" not in request.args:
        return _choice()
    kind = event_type(request.args["type"])
    if request.method == "POST":
        return _sent(kind)
    fields = {**kind.fields, **COMMON}
    texts = {**defaults(COMMON), **prefilled(fields, request.args.lists())}
    form = Form(recognised(_laid(kind, Form(texts)).all.values(), texts))
    return _page(kind, form)


def label_of(kind: EventType) -> Label:
    """What the fields of a type are called in the page's language."""
    return lambda name: field_label(name, lang(), kind)


def tell(unit: Unit, post: Post, same: str, *, distinct: bool) -> Told:
    """Record a post, and join it into the event that it is the `same` as, if one was chosen."""
    done = record_post(unit, post, caller=caller().name, distinct=distinct)
    near = possible_duplicates(done, lang())
    if not same or done.outcome != "recorded":
        return told(unit, done, near=near)
    join(unit, Target(done.event_id, caller().name), same, reason=SAME)
    return told(unit, Recorded(unit, find_event(unit, same, caller().name), "joined", done.registered), near=near)


@cache
def example_of(name: str, language: Lang) -> str:
    """The headline of a type's own example, which says in one line what the type is for."""
    kind = event_type(name)
    post = load_post(example(kind))
    stored = stored_fields(kind, post.fields, lambda ref: (ref.kinds[0], dict(ref.names).get(language, ref.label)))
    return headline(kind, display_values(kind, stored, lambda _, name: name, language), language)


def grouped() -> Iterator[tuple[str, str, list[Json]]]:
    """The types of events by group, which has a label: `{"name", "icon", "label", "example"}` each."""
    for group in GROUPS:
        kinds = [kind for kind in event_types().values() if kind.group == group]
        if kinds:
            yield group, group_label(group, lang()), [_described(kind) for kind in kinds]


def _described(kind: EventType) -> Json:
    label = kind.label[LANGUAGES.index(lang())]
    return {"name": kind.name, "icon": kind.icon, "label": label, "example": example_of(kind.name, lang())}


def _choice() -> Response:
    carried = {name: value for name, value in request.args.items() if name != "type"}
    return html(render_template("recording/choose.html", page=Shown(gettext("Record an event"), {}), groups=list(grouped()), given=carried))


def _sent(kind: EventType) -> Response:
    fields = {**kind.fields, **COMMON}
    form = typed(lambda _: listing(fields))

    def show(form: Form, *, question: Question | None = None) -> Response:
        return _page(kind, form, question)

    if is_edit():
        return show(form)
    data = {"type": kind.name, **said(fields, form.values)}
    try:
        post = load_post(data)
    except AnnalsError as error:
        return refused(form, error, show)
    same, distinct = form.value("same"), form.value("distinct") == YES
    return attempt(form, data, lambda unit: [tell(unit, post, same, distinct=distinct)], show)


def _laid(kind: EventType, form: Form) -> Laid:
    label = label_of(kind)
    dated = {name: COMMON[name] for name in DATED}
    return laid(
        form,
        Section(gettext("What happened"), controls({**kind.fields, **dated}, form, label)),
        Section(gettext("Where it says so"), controls({"sources": COMMON["sources"]}, form, label)),
        Section(gettext("Further details"), controls({name: COMMON[name] for name in FURTHER}, form, label)),
    )


def _page(kind: EventType, form: Form, question: Question | None = None) -> Response:
    title = gettext("Record: %(type)s", type=kind.label[LANGUAGES.index(lang())])
    action = link("web.record", type=kind.name)
    return page_of("record.html", title, form, _laid(kind, form), kind=kind, action=action, question=question, save=gettext("Record"))
