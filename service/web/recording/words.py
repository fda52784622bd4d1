"""What a form says in the reader's language: how a date is read, and what is wrong with a field."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from events.dates import PartialDate, describe
from events.errors import AnnalsError, Problem
from events.headlines import Lang, date_text
from events.moments import Moment
from service.web.filters import lang, moment

WRONG_IN_JAPANESE = ("day", "moment", "known", "choice", "count", "amount", "address", "role", "entity", "short")
"""The kinds of controls of which it is enough to say that a value cannot be read, with what would be right after it."""
AMBIGUOUS, SOURCELESS = "fits more than one", "a source needs at least"
UNCHOSEN, SLIP_WITH_A_DAY = "neither news nor a slip was chosen", "a slip has no day of its own"
"""What the messages say for which there are words in either language."""
MOST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is read as a date: in `words`, which say what would be right where it is `wrong`, and are in `language`."""

    words: str
    language: Lang
    wrong: bool = False


def day_reading(text: str) -> Reading:
    """How a partial date is read: `2024-09: some day from 1 to 30 September 2024`."""
    try:
        day = PartialDate.parse(text)
    except AnnalsError as error:
        return _wrong(error, "day")
    return Reading(f"{day.text}: {described(day, lang())}", lang())


def moment_reading(text: str) -> Reading:
    """How a day or an instant is read."""
    try:
        return Reading(f"{Moment.parse(text).text}: {moment(text)}", lang())
    except AnnalsError as error:
        return _wrong(error, "moment")


def described(day: PartialDate, language: Lang) -> str:
    """A partial date in a sentence: which days it may be."""
    if language == "en":
        return describe(day)
    if day.is_day or day.earliest is None or day.latest is None:
        return date_text(day, "ja")
    first, last = (date_text(PartialDate(bound.isoformat(), bound, bound), "ja") for bound in (day.earliest, day.latest))
    about = "頃" * day.approximate + "(不確か)" * day.uncertain
    return f"{first}から{last}までのどこかの日{about}"


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


def _wrong(error: AnnalsError, widget: str) -> Reading:
    said, language = message(error.problems[0], widget)
    example = "" if language == "en" else right(error.problems[0], widget)
    return Reading(f"{said} {example}".strip(), language, wrong=True)
