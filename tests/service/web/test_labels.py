"""What fields are called, on pages and in forms alike."""

from __future__ import annotations

from marshmallow import Schema

from events.event import COMMON
from events.fields import Text
from events.headlines import LANGUAGES
from events.sources import SourceSchema
from events.types import EventType, event_types
from service.web.labels import field_label


class Casting(Schema):
    """A type that calls its field otherwise than the others do."""

    role = Text(metadata={"label": ("Part", "配役")})


def test_every_field_of_every_type_has_a_japanese_label() -> None:
    """A reader of Japanese must not meet the English name of a field on an event's page or in its form."""
    names = {name for kind in event_types().values() for name in kind.fields} | {*COMMON, *SourceSchema().fields, "status", "sources"}
    assert {name for name in names if field_label(name, "ja").isascii()} == set()


def test_a_field_without_a_label_is_called_by_its_name() -> None:
    """A type added tomorrow must be readable before anybody translated its fields."""
    assert field_label("place_of_birth", "en") == field_label("place_of_birth", "ja") == "Place of birth"


def test_a_types_own_label_wins() -> None:
    """A type may call its field otherwise than the others do, in the one file that declares it."""
    kind = EventType("casting", "words", "note", ("Casting", "配役"), Casting, (), ("", ""), {})
    assert [field_label("role", lang, kind) for lang in LANGUAGES] == ["Part", "配役"]
