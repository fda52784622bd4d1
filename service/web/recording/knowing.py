"""Since when what is said of an event later was known: a choice that is asked for, since leaving it out rewrites what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from marshmallow import Schema

from events.errors import Invalid, Problem
from events.posting import load
from service.errors import Json
from service.http import current_annals
from service.web.recording.controls import Values
from service.web.recording.forms import Control
from service.web.wrong import SLIP_WITH_A_DAY, UNCHOSEN

NAME, AS = "announced", "as"
"""The field, and the part of it that says which of the two it is."""
NEWS, SLIP = "news", "slip"
RIGHT = "it was news on a day, or a slip of ours"


def suggested(choice: str, prefix: str = "") -> dict[str, str]:
    """The texts of a form that nobody filled in yet."""
    return {f"{prefix}{NAME}": _today(), f"{prefix}{NAME}.{AS}": choice}


def asked(controls: Iterable[Control]) -> tuple[Control, ...]:
    """The controls, with the choice in place of the moment alone."""
    return tuple(replace(one, widget="known", required=True) if one.field.name == NAME else one for one in controls)


def settled(schema: Schema, data: Json, values: Values, prefix: str = "") -> Json:
    """What a form says, without a moment where it was a slip; raises `Invalid` with all that is wrong with it."""
    choice = values.get(f"{prefix}{NAME}.{AS}", "")
    found = {name: value for name, value in data.items() if name != NAME or choice == NEWS}
    problems = tuple(_wrong(choice, data.get(NAME)))
    try:
        load(schema, found)
    except Invalid as error:
        raise Invalid((*error.problems, *problems)) from None
    if problems:
        raise Invalid(problems)
    return found


def _wrong(choice: str, said: str | None) -> Iterator[Problem]:
    if choice not in (NEWS, SLIP):
        yield Problem(NAME, None, UNCHOSEN, RIGHT)
    elif choice == NEWS and said is None:
        yield Problem(NAME, None, f"`{NAME}` is required", RIGHT)
    elif choice == SLIP and said not in (None, _today()):
        yield Problem(NAME, said, SLIP_WITH_A_DAY, RIGHT)


def _today() -> str:
    return current_annals().now().date().isoformat()
