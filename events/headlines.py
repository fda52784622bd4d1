"""What a reader sees of an event: its fields as words in English or Japanese, and the headline made of them.

A headline template holds field names in braces. `[a]` leaves out the text `a` where one of its fields is missing;
`[a|b|…]` takes the first of several texts that lacks none of its fields. Brackets do not nest.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any, Literal

from marshmallow import fields as marshmallow_fields

from events.dates import PartialDate, describe
from events.fields import Amount, Choice, Count, Day, Flag, Localized, Percentage, RoleName
from events.refs import Kind
from events.roles import Role, title
from events.types import EventType

Lang = Literal["en", "ja"]
LANGUAGES: tuple[Lang, ...] = ("en", "ja")

_FIELD = re.compile(r"\{(\w+)\}")
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
_BLANKS = re.compile(r"[ \t\r\n]+")


def headline(event_type: EventType, values: Mapping[str, str], lang: Lang) -> str:
    """The event in one line; `values` are the display texts of its fields, without those that are missing or empty.

    Nothing in a value is taken for template; a field that the template cannot do without is shown as `…`.
    """
    template = event_type.headline[LANGUAGES.index(lang)]
    chosen = _BRACKETED.sub(lambda part: _fitting(part[1].split("|"), values), template)
    filled = _FIELD.sub(lambda part: values.get(part[1]) or "…", chosen)
    return _BLANKS.sub(" ", filled).strip()


def display_values(event_type: EventType, stored: Mapping[str, Any], name_of: Callable[[Kind, str], str], lang: Lang) -> dict[str, str]:
    """The stored fields as a reader sees them, by name, without those that are missing, empty or false.

    `name_of(kind, id)` gives the name of an entity in that language. An `amount` is shown with its `currency`.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for name, kind, entity in event_type.entities(stored):
        names[name].append(name_of(kind, entity))
    plain = {name: field for name, field in event_type.fields.items() if name not in names and stored.get(name) is not None}
    values = {name: _shown(field, stored[name], lang) for name, field in plain.items()}
    values.update((name, joined(found, lang)) for name, found in names.items())
    if "amount" in values and "currency" in values:
        values["amount"] += f" {values['currency']}"
    return {name: value for name, value in values.items() if value}


def joined(texts: Sequence[str], lang: Lang) -> str:
    """A list as running text has it: `A, B and C` or `A、B、C`."""
    if lang == "ja" or len(texts) < 2:
        return "、".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def role_text(text: str, lang: Lang) -> str:
    """A role for a reader of that language: its known title, but the text as written where it is ASCII and asked for in English."""
    if lang == "en" and text.isascii():
        return text
    return title(Role.of(text).key, lang) or text


def date_text(day: PartialDate, lang: Lang) -> str:
    """A partial date in words as short as its precision, such as `about December 2024` or `2024年9月から2024年11月`."""
    first, last = _bounds(day, lang)
    if lang == "ja":
        return _span(first, last, "{}から{}", "{}以降", "{}まで") + "頃" * day.approximate + "(不確か)" * day.uncertain
    return "about " * day.approximate + _span(first, last, "{} to {}", "{} or later", "{} or earlier") + " (uncertain)" * day.uncertain


def _fitting(texts: Iterable[str], values: Mapping[str, str]) -> str:
    return next((text for text in texts if all(values.get(name) for name in _FIELD.findall(text))), "")


def _span(first: str, last: str, both: str, from_first: str, to_last: str) -> str:
    if first and last:
        return first if first == last else both.format(first, last)
    return from_first.format(first) if first else to_last.format(last)


def _bounds(day: PartialDate, lang: Lang) -> tuple[str, str]:
    """The bounds of a date, in the largest unit of day, month and year that it fills; empty where open."""
    first, last = day.earliest, day.latest
    months = (not first or first.day == 1) and (not last or last.day == monthrange(last.year, last.month)[1])
    years = months and (not first or first.month == 1) and (not last or last.month == 12)
    without = months + years
    return _unit(first, without, lang) if first else "", _unit(last, without, lang) if last else ""


def _unit(day: date, without: int, lang: Lang) -> str:
    """A day without its `without` smallest parts: 1 leaves its month and year, 2 its year."""
    if lang == "ja":
        return "".join((f"{day.year}年", f"{day.month}月", f"{day.day}日")[: 3 - without])
    return " ".join(describe(PartialDate(day.isoformat(), day, day)).split(" ")[without:])


@singledispatch
def _shown(_: marshmallow_fields.Field[Any], value: Any, __: Lang) -> str:
    """A stored value as a reader sees it; a field class that has more to say than the value itself is registered below."""
    return str(value)


@_shown.register
def _(_: RoleName, value: str, lang: Lang) -> str:
    return role_text(value, lang)


@_shown.register
def _(_: Day, value: str, lang: Lang) -> str:
    return date_text(PartialDate.parse(value), lang)


@_shown.register
def _(field: Choice, value: str, lang: Lang) -> str:
    return field.labels[value][LANGUAGES.index(lang)] if value in field.labels else value


@_shown.register
def _(field: Flag, value: bool, lang: Lang) -> str:
    return field.words[LANGUAGES.index(lang)] if value else ""


@_shown.register
def _(_: Localized, value: Mapping[str, str], lang: Lang) -> str:
    return value.get(lang) or value.get("en") or next(iter(value.values()))


@_shown.register(Amount)
@_shown.register(Count)
def _(_: Any, value: str | int, __: Lang) -> str:
    return f"{Decimal(value):,f}"


@_shown.register
def _(_: Percentage, value: str, __: Lang) -> str:
    return f"{value}%"
