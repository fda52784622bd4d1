"""References to entities: which objects name one, and what is said of those that do not."""

from __future__ import annotations

from typing import Any

import pytest

from events.errors import Invalid
from events.refs import KINDS, PLURAL, EntityRef, entity_ref, localized_names

MIRA = {"en": "Mira Murati", "ja": "ミラ・ムラティ"}


@pytest.mark.parametrize(
    ("given", "ref"),
    [
        ({"id": "mira-murati"}, EntityRef(KINDS, text="mira-murati")),
        ({"kind": "product", "id": "gpt-4.1"}, EntityRef(("product",), text="gpt-4.1")),
        ({"id": "mira-murati", "name": "Mira"}, EntityRef(KINDS, text="mira-murati")),
        ({"name": "Mira  Murati"}, EntityRef(KINDS, names=(("und", "Mira Murati"),))),
        ({"name": {"JA": "ミラ", "en": "Mira"}}, EntityRef(KINDS, names=(("en", "Mira"), ("ja", "ミラ")))),
        ({"name": "M", "aliases": ["Mi", "ミ"]}, EntityRef(KINDS, names=(("und", "M"),), aliases=("Mi", "ミ"))),
        ({"name": "M", "identifiers": {"x": " 1 ", "isni": "2"}}, EntityRef(KINDS, None, (("und", "M"),), (), (("isni", "2"), ("x", "1")))),
    ],
)
def test_an_object_names_an_entity(given: dict[str, Any], ref: EntityRef) -> None:
    """Objects carry what a bare name cannot: languages, aliases, identifiers and the kind."""
    assert entity_ref(given) == ref


@pytest.mark.parametrize(
    ("given", "field", "quoted"),
    [
        ({}, "name", "None"),
        ({"name": {}}, "name", "{}"),
        ({"name": 7}, "name", "7"),
        ({"name": {"english": "Mira"}}, "name.english", "'english'"),
        ({"name": {"en": " "}}, "name.en", "' '"),
        ({"name": "M", "kind": "animal"}, "kind", "'animal'"),
        ({"name": "M", "kind": ["person"]}, "kind", "['person']"),
        ({"id": "Mira Murati"}, "id", "'Mira Murati'"),
        ({"id": 5}, "id", "5"),
        ({"names": "M"}, "names", "'names'"),
        ({"name": "M", "aliases": "Mi"}, "aliases", "'Mi'"),
        ({"name": "M", "aliases": ["x"] * 51}, "aliases", "['x', 'x'"),
        ({"name": "M", "aliases": ["Mi", ""]}, "aliases.1", "''"),
        ({"name": "M", "identifiers": ["Q1"]}, "identifiers", "['Q1']"),
        ({"name": "M", "identifiers": {"Wiki Data": "Q1"}}, "identifiers.Wiki Data", "'Wiki Data'"),
        ({"name": "M", "identifiers": {"isni": ""}}, "identifiers.isni", "''"),
        ({"name": "M", "identifiers": {"isni": "1\x00"}}, "identifiers.isni", "'1\\x00'"),
        ({"name": "M", "identifiers": {"isni": 12}}, "identifiers.isni", "12"),
        ({"name": "M", "identifiers": {"isni": "1" * 201}}, "identifiers.isni", "111"),
    ],
)
def test_what_names_no_entity_is_refused_where_it_stands(given: dict[str, Any], field: str, quoted: str) -> None:
    """A reference is nested, so an error must point at its member and quote what stands there."""
    with pytest.raises(Invalid) as caught:
        entity_ref(given)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert quoted in problem.message
    assert problem.expected


def test_a_kind_must_be_one_that_the_field_allows() -> None:
    """A product cannot leave a company, however it is named."""
    with pytest.raises(Invalid, match="'product' is not allowed here"):
        entity_ref({"kind": "product", "id": "o1"}, ("person", "organization"))


def test_a_reference_has_a_word_for_messages() -> None:
    """Errors about two references must be able to name both."""
    assert [entity_ref({"id": "mira-murati"}).label, entity_ref({"name": MIRA}).label] == ["mira-murati", "Mira Murati"]


def test_names_come_in_one_order() -> None:
    """Equal references must be equal values, whatever the order of their languages."""
    assert localized_names(MIRA) == localized_names(dict(reversed(MIRA.items()))) == tuple(MIRA.items())
    assert set(PLURAL) == set(KINDS)
