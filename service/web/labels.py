"""What the fields of events and of sources are called, in either language: the same on pages and in forms."""

from __future__ import annotations

from collections.abc import Mapping

from events.headlines import LANGUAGES, Lang
from events.types import EventType
from service.web.language import translations

CONTEXT = "field"
"""The context (`msgctxt`) under which the catalogues have the labels, so that they clash with no other word of a page."""

WORDS: Mapping[str, str] = {
    "archived_url": "Archived copy",
    "from_role": "Previous role",
    "into": "The event that it is the same as",
    "locator": "Where in the article",
    "published_at": "Published on",
    "ref": "Your reference",
    "retrieved_at": "Read on",
    "to": "New status",
    "url": "Address",
}
"""What fields are called in English whose names are words of data."""

GROUPS: Mapping[str, str] = {"people": "People", "products": "Products", "company": "The company", "words": "Words and other events"}
"""The groups of types in the order in which they are listed, with what they are called in English."""


def field_label(name: str, lang: Lang, kind: EventType | None = None) -> str:
    """The label of a field of an event of that kind, of all events, or of a source.

    What the type says itself, as the field's metadata `label` (English and Japanese); else the catalogue's word; else the
    name as words (`to_role` is `To role`).
    """
    own = kind.fields.get(name) if kind is not None else None
    said = own.metadata.get("label") if own is not None else None
    if said is not None:
        return str(said[LANGUAGES.index(lang)])
    return str(translations(lang).pgettext(CONTEXT, in_english(name)))


def in_english(name: str) -> str:
    """What a field is called in English: mostly its name as words."""
    words = name.replace("_", " ")
    return WORDS.get(name, words[:1].upper() + words[1:])


def group_label(name: str, lang: Lang) -> str:
    """What a group of types of events is called."""
    return str(translations(lang).pgettext("group", GROUPS[name]))
