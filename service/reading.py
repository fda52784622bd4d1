"""The parameters that every read takes, from texts to a `Reading`: for the API, the pages and the command line alike."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from events.clocks import CLOCKS, Clock
from events.dates import as_text, quote
from events.errors import AnnalsError, Invalid, Problem
from events.headlines import LANGUAGES
from events.moments import FOREVER, Moment, day_ordinal, to_micros
from projections.reading import Reading

READ_PARAMETERS: Mapping[str, str] = {
    "as_of": "How things stood at the end of this day (2024-09-26). Default: the day of `known_at` if that is given, else today (UTC).",
    "known_at": "Use only what was known by this instant (2024-09-25T19:30:00Z), or by the end of this day (UTC). Default: now.",
    "clock": "Which clock `known_at` reads: `public` (when it was announced, the default) or `recorded` (when it was stored here).",
    "include": "`rumoured` counts rumours in.",
    "lang": "The language of names and headlines: `en` or `ja`.",
}
"""The parameters and what they mean, in English."""
NO_NAMES: Mapping[str, str] = {}
SIDES: tuple[Mapping[str, str], ...] = ({"as_of": "from", "known_at": "from_known_at"}, {"as_of": "to", "known_at": "to_known_at"})
"""The parameters of a diff's two readings."""
RUMOURED = "rumoured"
T = TypeVar("T")
TText = TypeVar("TText", bound=str)


def read_parameters(
    args: Mapping[str, str], now: datetime, *, lang: str = "en", own: Mapping[str, str] = NO_NAMES, latest: int = FOREVER
) -> Reading:
    """The reading that the parameters ask for; those left out have their defaults, and other keys are passed over.

    Without `known_at` it is `now`, without `as_of` the day of `known_at`; `lang` is the language where none is asked
    for. `own` names, by parameter, another that comes before it where it is given. A `known_at` beyond `latest` is read as that.
    Raises `Invalid` with every
    parameter that is wrong.
    """
    problems: list[Problem] = []

    def read(name: str, parse: Callable[[str], T], default: T) -> T:
        given = own[name] if own.get(name) in args else name
        try:
            return parse(as_text(args[given])) if given in args else default
        except AnnalsError as error:
            problems.extend(problem.within(given) for problem in error.problems)
            return default

    known_at = min(read("known_at", _known_at, to_micros(now)), latest)
    reading = Reading(
        read("as_of", _day, day_ordinal(known_at)),
        known_at,
        read("clock", _clock, CLOCKS[0]),
        read("include", _rumoured, False),
        read("lang", _language, lang),
    )
    if problems:
        raise Invalid(tuple(problems))
    return reading


def two_readings(args: Mapping[str, str], now: datetime, *, lang: str = "en", latest: int = FOREVER) -> tuple[Reading, Reading]:
    """The readings between which a diff is asked for, by `from`, `to`, `from_known_at` and `to_known_at`.

    What a side leaves out is as `as_of` and `known_at` say for both. Raises `Invalid` with every parameter that is wrong, and
    where nothing tells the sides apart.
    """
    if not any(name in args for side in SIDES for name in side.values()):
        message = "nothing says between which two days, or which two moments of knowledge"
        raise Invalid.of("from", None, message, "from=2024-09-24&to=2024-09-26, or from_known_at=2024-09-25&to_known_at=2024-09-27")
    problems: dict[Problem, None] = {}

    def read(own: Mapping[str, str]) -> Reading | None:
        try:
            return read_parameters(args, now, lang=lang, own=own, latest=latest)
        except Invalid as error:
            problems.update(dict.fromkeys(error.problems))
            return None

    before, after = map(read, SIDES)
    if before is None or after is None:
        raise Invalid(tuple(problems))
    return before, after


def _known_at(text: str) -> int:
    try:
        return Moment.parse(text).end
    except Invalid as error:
        if " " not in text:
            raise
        message = f"{error}; in an address a + is written %2B"
        raise Invalid.of("", text, message, "a day or an instant such as 2024-09-25T19:30:00%2B09:00") from None


def _day(text: str) -> int:
    try:
        moment = Moment.parse(text)
    except Invalid:
        moment = None
    if moment is None or not moment.is_day:
        raise Invalid.of("", text, f"{quote(text)} is not a day", "a day such as 2024-09-26")
    return moment.day.toordinal()


def _clock(text: str) -> Clock:
    return _one_of(text, "a clock", CLOCKS)


def _rumoured(text: str) -> bool:
    return bool(_one_of(text, "something to include", (RUMOURED,)))


def _language(text: str) -> str:
    return _one_of(text, "a language of the answers", LANGUAGES)


def _one_of(text: str, what: str, known: tuple[TText, ...]) -> TText:
    for word in known:
        if word == text:
            return word
    near = difflib.get_close_matches(text.lower(), known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise Invalid.of("", text, f"{quote(text)} is not {what}{hint}", "one of " + ", ".join(known))
