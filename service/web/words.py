"""What templates say of events in the reader's language: types, groups, fields and languages; and which addresses may be linked to."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from flask import Flask
from markupsafe import Markup

from events.types import event_type
from service.api.answers import Json
from service.web.filters import add_words, lang
from service.web.icons import icon
from service.web.labels import field_label, group_label


def install(app: Flask) -> None:
    """Give templates these words."""
    add_words(app, type_icon, group_name, field_name, language_name, other_names, web_address)


def type_icon(name: str) -> Markup:
    """The icon of a type of event."""
    return icon(event_type(name).icon)


def group_name(name: str) -> str:
    """What a group of types is called."""
    return group_label(name, lang())


def field_name(name: str, type_name: str | None = None) -> str:
    """What a field of an event is called, of a type's own ones if that is given, or of a source."""
    return field_label(name, lang(), event_type(type_name) if type_name is not None else None)


def language_name(tag: str) -> str:
    """What a language is called (BCP 47); the tag itself where that is not known."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(lang()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def other_names(about: Json) -> list[tuple[str, str]]:
    """The names of an entity beside the one that is shown: `(language, name)` each."""
    return [(language, name) for language, name in about["names"].items() if language != lang() and name != about["name"]]


def web_address(text: str | None) -> str:
    """The address where it is one that may be linked to, which has to be http or https; else empty."""
    return text if text and text.startswith(("https://", "http://")) else ""
