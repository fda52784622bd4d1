"""What the pages with forms share: reading what was sent, showing a form, and saving it or showing what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from flask import render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from events.entities import display_name
from events.errors import AnnalsError, Stale
from events.names import is_id
from events.roles import known_roles
from projections.entities import names_for
from projections.reading import Reading
from service.errors import Json, kind_of
from service.http import current_annals
from service.reading import read_parameters
from service.web.filters import lang
from service.web.labels import field_label
from service.web.pages import Shown, html
from service.web.recording.controls import Values, compacted, without
from service.web.recording.forms import Control, Form, Laid
from service.web.recording.saving import KEY, Command, Question, is_used, new_key, save
from service.web.recording.words import Reading as DateReading
from service.web.recording.words import day_reading, moment_reading
from service.web.sessions import token, trusted
from service.web.wrong import message, right

ADD, REMOVE, CHOOSE = "add", "remove", "choose"
EDITS = (ADD, REMOVE, CHOOSE)
"""The buttons that change the form and save nothing."""


class Show(Protocol):
    """Shows a form again, as a page."""

    def __call__(self, form: Form, *, question: Question | None = None) -> Response:
        """The page."""


def typed(lists: Callable[[Values], Iterable[str]]) -> Form:
    """The form as it was sent, with rows in order; `lists` are the paths of its lists, given its texts."""
    texts = {name: text.replace("\r\n", "\n") for name, text in request.form.items()}
    if texts.get(REMOVE):
        texts = without(texts[REMOVE], texts)
    if texts.get(CHOOSE, "").count(" ") == 2:
        texts = _chosen(texts, *texts[CHOOSE].split(" "))
    return Form(compacted(lists(texts), texts), more=texts.get(ADD, ""))


def _chosen(texts: dict[str, str], path: str, kind: str, entity: str) -> dict[str, str]:
    """The texts with one of several entities chosen for a name."""
    shown = texts.get(path) or entity
    return {**without(f"{path}.name", texts), path: shown, f"{path}.of": shown, f"{path}.id": entity, f"{path}.kind": kind}


def is_edit() -> bool:
    """Whether the form was sent only to be changed, or cannot be trusted: then it is shown again and nothing is saved."""
    return not trusted() or any(name in request.form for name in EDITS)


def attempt(
    form: Form, data: Json, command: Command, show: Show, *, placed: Callable[[str], str] = str, home: str | None = None
) -> Response:
    """Save what a form says, or show it again with what is wrong or has to be confirmed first; `Stale` is the caller's."""
    try:
        answer = save(data, command, home)
    except Stale:
        raise
    except AnnalsError as error:
        return refused(form, error, show, placed)
    return show(form, question=answer) if isinstance(answer, Question) else answer


def refused(form: Form, error: AnnalsError, show: Show, placed: Callable[[str], str] = str) -> Response:
    """The form again, with what an error says beside each field."""
    if is_used(error):
        form = replace(form, values={**form.values, KEY: new_key()})
    response = show(form.refused(error, placed))
    response.status_code = kind_of(error).status
    return response


def page_of(template: str, title: str, form: Form, laid: Laid, **extra: Any) -> Response:
    """A form as a page."""
    notice = gettext("The form was open for too long, or does not come from here. Nothing is lost: look it over and send it again.")
    return html(
        render_template(
            f"recording/{template}", page=Shown(title, {}), form=form, laid=laid, token=token(), key=form.value(KEY) or new_key(),
            notice=notice if request.method == "POST" and not trusted() else None, roles=known_roles(), reading=_reading,
            message=message, right=right, kind_label=kind_label, **{"question": None, **extra},
        )
    )  # fmt: skip


def _reading(control: Control, text: str) -> DateReading:
    return day_reading(text) if control.widget == "day" else moment_reading(text)


def present() -> Reading:
    """How things stand now, in the page's language."""
    annals = current_annals()
    return read_parameters({}, annals.now(), lang=lang())


def recognised(controls: Iterable[Control], values: Mapping[str, str]) -> dict[str, str]:
    """The texts with names for the ids that stand in controls of entities."""
    asked = [control for control in controls if control.widget == "entity" and is_id(values.get(control.path, ""))]
    with current_annals().reading() as connection:
        wanted = [(kind, values[control.path]) for control in asked for kind in control.kinds]
        names = names_for(connection, wanted, present())
    return {**values, **dict(_named(asked, values, {key: found["names"] for key, found in names.items()}))}


def _named(asked: Iterable[Control], values: Values, names: Mapping[Any, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for control in asked:
        path, entity = control.path, values[control.path]
        kind = next((kind for kind in control.kinds if names.get((kind, entity))), None)
        if kind is not None:
            shown = display_name(names[kind, entity], lang(), entity)
            yield from ((path, shown), (f"{path}.of", shown), (f"{path}.id", entity))
            if len(control.kinds) > 1:
                yield f"{path}.kind", kind


def kind_label(kind: str) -> str:
    """What a kind of entity is called."""
    return field_label(kind, lang())
