"""What fields are called, on pages and in forms alike."""

from __future__ import annotations

from marshmallow import Schema

from events.fields import Text
from events.headlines import LANGUAGES
from events.posting import CommonFields
from events.refs import KINDS
from events.sources import SourceSchema
from events.types import EventType, event_types
from service.api.types import described
from service.web.labels import GROUPS, WORDS, field_label, in_english
from service.web.language import catalogue
from service.web.recording.lifecycle import SAYINGS


class Casting(Schema):
    """A type that calls its field otherwise than the others do."""

    role = Text(metadata={"label": ("Part", "配役")})


CLAIMED = ("since", "until", "seen", "holder", "manager", "predecessor", "successor")
"""What claims in conflicts are about."""
OTHERS = ("type", "recorded", "retraction", "tag", "archived_url", *KINDS)
"""What pages label as they label fields."""


def labelled() -> dict[str, set[str]]:
    """The texts that are asked for under each context, in English."""
    kinds = event_types().values()
    names = {name for kind in kinds for name in kind.fields} | {*CommonFields().fields, *SourceSchema().fields, *CLAIMED, *OTHERS}
    names |= {name for saying in SAYINGS for name in saying.schema().fields}
    return {
        "field": {in_english(name) for name in names},
        "group": set(GROUPS.values()),
        "type": {described(kind)["description"] for kind in kinds},
    }


def test_every_label_has_a_japanese_one() -> None:
    """A reader of Japanese must not meet the English name of a field, a group or a type; a label that nothing uses is dead weight."""
    found: dict[str, set[str]] = {}
    for message in catalogue("ja"):
        if message.context in ("field", "group", "type"):
            assert message.string and not str(message.string).isascii()
            found.setdefault(message.context, set()).add(str(message.id))
    assert found == labelled()


def test_a_field_without_a_label_is_called_by_its_name() -> None:
    """A type added tomorrow must be readable before anybody translated its fields."""
    assert field_label("place_of_birth", "en") == field_label("place_of_birth", "ja") == "Place of birth"


def test_no_label_is_a_word_of_data() -> None:
    """Whoever fills in a form knows of articles and addresses, and not of fields in a database."""
    assert {name: field_label(name, "en") for name in WORDS} == dict(WORDS)
    assert [text for text in labelled()["field"] if text.endswith((" at", " url", "Url", "Ref"))] == []


def test_a_types_own_label_wins() -> None:
    """A type may call its field otherwise than the others do, in the one file that declares it."""
    kind = EventType("casting", "words", "note", ("Casting", "配役"), Casting, (), ("", ""), {})
    assert [field_label("role", lang, kind) for lang in LANGUAGES] == ["Part", "配役"]
