"""What is wrong with a field of a form or a parameter of an address, and what would be right, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask_babel import gettext

from events.errors import Problem
from events.headlines import Lang
from events.refs import KINDS
from service.errors import Json
from service.web.filters import lang

WRONG_IN_JAPANESE = ("date", "day", "moment", "known", "choice", "count", "amount", "address", "role", "entity", "short")
"""The kinds of controls and parameters of which it is enough to say that a value cannot be read, with what would be right after it."""
AMBIGUOUS, SOURCELESS = "fits more than one", "a source needs at least"
UNCHOSEN, SLIP_WITH_A_DAY = "neither news nor a slip was chosen", "a slip has no day of its own"
"""What the messages say for which there are words in either language."""
MOST_SHOWN = 80
PARAMETERS: Mapping[str, str] = {
    "as_of": "date", "from": "day", "to": "day", "known_at": "moment",
    **dict.fromkeys(("known", "clock", "include", "lang", "all", "type", "status", "order", "direction"), "choice"),
}  # fmt: skip
"""As what a parameter of an address is read: a kind of control."""


def message(problem: Problem, widget: str) -> tuple[str, Lang]:
    """What is wrong with a control of that kind, and the language in which it is said: the reader's where there are words.

    Without a control, what is wrong is with the form as a whole.
    """
    words = _words(problem, widget)
    if words is not None:
        return words, lang()
    return problem.message, "en" if widget or problem.message.isascii() else lang()


def _words(problem: Problem, widget: str) -> str | None:
    """What is wrong, where there are words for it in the reader's language; English has those of the error itself."""
    shown = str(problem.value)[:MOST_SHOWN]
    told = {
        AMBIGUOUS: gettext("Several are called “%(value)s”. Which one is meant?", value=shown),
        SOURCELESS: gettext("A source needs at least an address or a title."),
        UNCHOSEN: gettext("Choose one of the two."),
        SLIP_WITH_A_DAY: gettext("A day is given, but our slip is chosen. Choose the day, or take it away."),
    }
    known = next((words for part, words in told.items() if part in problem.message), None)
    return str(known) if known is not None else _plain_words(problem, widget, shown)


def _plain_words(problem: Problem, widget: str, shown: str) -> str | None:
    japanese = lang() == "ja"
    if widget and _is_missing(problem) and (japanese or problem.message.endswith("is required")):
        return str(gettext("This has to be filled in."))
    return str(gettext("“%(value)s” cannot be read here.", value=shown)) if japanese and widget in WRONG_IN_JAPANESE else None


def _is_missing(problem: Problem) -> bool:
    return problem.value in (None, "", [])


def right(problem: Problem, widget: str) -> str:
    """What would be right, in the reader's language; empty where nothing more is to be said than the message does."""
    hints = {
        "date": gettext("a day such as 2024-09-25"),
        "choice": problem.expected.removeprefix("one of "),
        "day": gettext("2024-09-25, 2024-09 or 2024; 2024-09~ is about September 2024"),
        **dict.fromkeys(("moment", "known"), gettext("2024-09-25, or with the time 2024-09-25T19:30:00Z")),
        "count": gettext("a whole number such as 3700"),
        "amount": gettext("a number such as 6600000000 or 12.50, without commas"),
        "address": gettext("an address such as https://example.com/news/1"),
        "short": gettext("a short code, such as en for a language or USD for a currency"),
    }
    if any(said in problem.message for said in (SOURCELESS, AMBIGUOUS, UNCHOSEN, SLIP_WITH_A_DAY)):
        return ""
    if _is_missing(problem) and widget not in ("day", "moment", "known"):
        return ""
    return str(hints.get(widget, problem.expected if lang() == "en" else ""))


def said(one: Json, status: int) -> Json:
    """`{"text", "lang", "right"}` of one of the errors of problem details: what is wrong, its language, and what would be right."""
    problem = Problem(str(one["field"]), one["value"], str(one["message"]), str(one["expected"]))
    if status == HTTPStatus.NOT_FOUND and lang() != "en":
        shown = str(problem.value)[:MOST_SHOWN]
        return {"text": str(gettext("There is nothing called “%(value)s” here.", value=shown)), "lang": lang(), "right": ""}
    widget = PARAMETERS.get(problem.field, "")
    text, language = message(problem, widget)
    return {"text": text, "lang": language, "right": "" if problem.field == "path" else right(problem, widget)}


def wrong(problem: Problem) -> Json:
    """The same of a field of a filter, an entity that is not known among them."""
    one = {"field": problem.field, "value": problem.value, "message": problem.message, "expected": problem.expected}
    return said(one, HTTPStatus.NOT_FOUND if problem.field in KINDS else HTTPStatus.UNPROCESSABLE_ENTITY)
