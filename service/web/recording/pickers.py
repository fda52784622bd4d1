"""What a form asks for while somebody types: who bears such a name, and how a date is read."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from events.dates import quote
from events.errors import Invalid
from events.fields import KINDS, Kind
from events.names import MOST_NAME, match_key
from projections.entities import find
from service.errors import Json
from service.http import current_annals
from service.web.addresses import CARRIED
from service.web.filters import lang
from service.web.pages import blueprint, html
from service.web.recording.desk import kind_label, present
from service.web.recording.words import day_reading, moment_reading

MOST = 8
"""How many of each kind are offered."""
READINGS = {"day": day_reading, "moment": moment_reading}


@blueprint.get("/pick")
def pick() -> Response:
    """The people, organizations or products (`kind`, as often as needed) whose names begin like `q`, as a listbox's options."""
    kinds, q = [_kind(kind) for kind in request.args.getlist("kind")], _typed()
    found: list[Json] = []
    if q:
        with current_annals().reading() as connection:
            found = [_offered(item) for kind in kinds for item in find(connection, kind, present(), q, MOST).items]
    exact = any(match_key(name) == match_key(q) for item in found for name in item["names"].values())
    return html(render_template("recording/_pick.html", found=found, q=q, exact=exact, several=len(kinds) > 1))


@blueprint.get("/reading/<what>")
def reading(what: str) -> Response:
    """How the text that comes along is read as a `day` (a partial date) or a `moment`."""
    if what not in READINGS:
        raise Invalid.of("what", what, f"{quote(what)} is nothing that is read here", "one of " + ", ".join(READINGS))
    text = _typed()
    return html(render_template("recording/_reading.html", found=READINGS[what](text) if text else None))


def _typed() -> str:
    """The text that somebody is typing: `q`, or what the field calls itself."""
    texts = (value for name, value in request.args.items() if name not in (*CARRIED, "kind"))
    return request.args.get("q", next(texts, "")).strip()[:MOST_NAME]


def _kind(text: str) -> Kind:
    for kind in KINDS:
        if kind == text:
            return kind
    raise Invalid.of("kind", text, f"{quote(text)} is no kind of entity", "one of " + ", ".join(KINDS))


def _offered(item: Json) -> Json:
    """An entity with its name in the other language, where it has one."""
    other = "en" if lang() == "ja" else "ja"
    return {**item, "other": item["names"].get(other, ""), "lang": other, "kind_label": kind_label(item["kind"])}
