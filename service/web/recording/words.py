"""What a form says of a date in the reader's language: how it is read, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from events.dates import PartialDate, describe
from events.errors import AnnalsError
from events.headlines import Lang, date_text
from events.moments import Moment
from service.web.filters import lang, moment
from service.web.wrong import message, right


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


def _wrong(error: AnnalsError, widget: str) -> Reading:
    said, language = message(error.problems[0], widget)
    example = "" if language == "en" else right(error.problems[0], widget)
    return Reading(f"{said} {example}".strip(), language, wrong=True)
