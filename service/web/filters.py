"""What templates say in the reader's language: dates, moments, roles and words of the domain; and the addresses they link to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_datetime
from flask import Flask
from flask_babel import gettext, lazy_gettext, ngettext
from jinja2 import pass_context
from jinja2.runtime import Context

from events.dates import PartialDate
from events.headlines import LANGUAGES, Lang, date_text, role_text
from events.moments import Moment, from_micros, to_micros
from events.posting import STATUS_LABELS
from events.types import event_type
from service.access import known_caller
from service.api.answers import Json
from service.web.addresses import carried, here, hidden, link
from service.web.assets import address_of
from service.web.icons import icon
from service.web.language import chosen
from service.web.navigation import SECTIONS

TERMS: Mapping[str, Any] = {
    "certain": lazy_gettext("certain"),
    "presumed": lazy_gettext("presumed"),
    "possible": lazy_gettext("possible"),
    "announced": lazy_gettext("announced"),
    "delayed": lazy_gettext("delayed"),
    "released": lazy_gettext("released"),
    "discontinued": lazy_gettext("discontinued"),
    "person": lazy_gettext("person"),
    "organization": lazy_gettext("organization"),
    "product": lazy_gettext("product"),
}
"""Words of the API's answers."""
_FORMATS: dict[Lang, str] = {"en": "d MMMM yyyy, HH:mm 'UTC'", "ja": "y年M月d日 HH:mm 'UTC'"}


def install(app: Flask) -> None:
    """Give templates these words and addresses."""
    add_words(app, day, since, moment, role, status, type_label, group, term, changes, joined, px, event_id)
    app.jinja_env.globals.update(
        link=link,
        here=here,
        hidden=hidden,
        carried=carried,
        asset=address_of,
        lang=lang,
        icon=icon,
        sections=sections,
        known_caller=known_caller,
    )


def add_words(app: Flask, *words: Callable[..., Any]) -> None:
    """Give templates functions as filters of their names, which are asked anew for every page.

    Jinja works out a filter of a constant once for all, and so in the language of the first reader, unless it takes the context.
    """
    app.jinja_env.filters.update({word.__name__: _for_the_page(word) for word in words})


def _for_the_page(word: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def said(_: Context, *given: Any) -> Any:
        return word(*given)

    return said


def sections() -> list[tuple[str, str]]:
    """The sections of the masthead."""
    return [(endpoint, str(label)) for endpoint, label in SECTIONS]


def lang() -> Lang:
    """The language of the page."""
    return next(known for known in LANGUAGES if known == chosen())


def day(found: Json | str | None) -> str:
    """A partial date, as answers have it or as a text, in words; empty for None."""
    text = found["value"] if isinstance(found, dict) else found
    return date_text(PartialDate.parse(text), lang()) if text else ""


def since(found: Json | None) -> str:
    """Since when something has been so, in words: a date with an open side, or with two bounds, cannot stand behind a plain "since"."""
    if found is None:
        return str(gettext("since when is not known"))
    told = PartialDate.parse(found["value"])
    first, _, last = told.text.partition("/")
    if told.earliest is None:
        return str(gettext("since %(day)s or earlier", day=day(last)))
    if told.latest is None:
        return str(gettext("since %(day)s or later", day=day(first)))
    if "から" in date_text(told, "ja"):
        return str(gettext("since some day from %(days)s", days=day(found)))
    return str(gettext("since %(day)s", day=day(found)))


def moment(text: str | None) -> str:
    """An instant or a day (RFC 3339) in words, in UTC; empty for None."""
    if not text:
        return ""
    found = Moment.parse(text)
    return day(text) if found.is_day else moment_text(found.at)


def moment_text(micros: int) -> str:
    """An instant, in microseconds since 1970, in words; the end of a day is that day."""
    at = from_micros(micros)
    if micros == to_micros(at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)) - 1:
        return day(at.date().isoformat())
    return format_datetime(at, _FORMATS[lang()], locale=lang())


def role(text: str | None) -> str:
    """A role in the reader's language, where it is one that is known."""
    return role_text(text, lang()) if text else str(gettext("no role named"))


def status(name: str) -> str:
    """How sure an event is."""
    return STATUS_LABELS[name][LANGUAGES.index(lang())]


def type_label(name: str) -> str:
    """What a type of event is called."""
    return event_type(name).label[LANGUAGES.index(lang())]


def group(name: str) -> str:
    """The group of a type of event, which has its colour."""
    return event_type(name).group


def term(name: str) -> str:
    """A word of the API's answers, such as a certainty or a phase, in the reader's language."""
    return str(TERMS.get(name, name.replace("_", " ")))


def changes(count: int | None) -> str:
    """A number of changes in words; empty where they are not counted."""
    return "" if count is None else str(ngettext("%(num)d change", "%(num)d changes", count))


def px(place: float) -> str:
    """A place or a length in a chart, as short as it may be."""
    return f"{place:.1f}".removesuffix(".0")


def event_id(text: str) -> str:
    """The id of an event as addresses have it."""
    return str(UUID(text))


def joined(parts: list[Any]) -> str:
    """Parts of a line with commas between them, as the language has them."""
    return ("、" if lang() == "ja" else ", ").join(str(part) for part in parts if part)
