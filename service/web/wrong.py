"""What is wrong with an address, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask_babel import gettext, lazy_gettext

from events.errors import Problem
from events.headlines import Lang
from events.refs import KINDS
from service.errors import Json
from service.web.filters import lang

RIGHT: Mapping[str, object] = {
    "as_of": lazy_gettext("a day such as 2024-09-25"),
    "from": lazy_gettext("a day, a month or a year: 2024-09-25, 2024-09, 2024"),
    "to": lazy_gettext("a day, a month or a year: 2024-09-25, 2024-09, 2024"),
    "known_at": lazy_gettext("a day, or an instant such as 2024-09-25T19:30:00Z"),
    "known": "hindsight, then, at",
    "clock": "public, recorded",
    "include": "rumoured",
    "lang": "en, ja",
}
"""What would be right for a parameter, in words that need no knowledge of the API."""
MOST_SHOWN = 60


def said(one: Json, status: int) -> Json:
    """`{"text", "lang", "right"}` of one of the errors of problem details: what is wrong, its language, and what would be right.

    English has the words of the error itself; other languages say the same of the value, and of what would be right.
    """
    field, shown = str(one["field"]), str(one["value"])[:MOST_SHOWN]
    hint = str(RIGHT.get(field, ""))
    if lang() == "en":
        expected = "" if field == "path" else hint or str(one["expected"])
        return _told(str(one["message"]), "en", expected)
    if status == HTTPStatus.NOT_FOUND:
        return _told(gettext("There is nothing called “%(value)s” here.", value=shown), lang(), hint)
    if one["value"] in (None, ""):
        return _told(gettext("Something is missing here."), lang(), hint)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return _told(gettext("“%(value)s” cannot be read here.", value=shown), lang(), hint)
    return _told(str(one["message"]), "en", "")


def wrong(problem: Problem) -> Json:
    """The same of a field of a filter, an entity that is not known among them."""
    one = {"field": problem.field, "value": problem.value, "message": problem.message, "expected": problem.expected}
    return said(one, HTTPStatus.NOT_FOUND if problem.field in KINDS else HTTPStatus.UNPROCESSABLE_ENTITY)


def _told(text: object, language: Lang, right: str) -> Json:
    return {"text": str(text), "lang": language, "right": right}
