"""The form model: whatever can be posted can be said by a form, and what a form says is what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import Problem
from events.posting import CommonFields, load_post
from events.types import event_type, event_types
from service.web.recording.controls import BLANK, compacted, filled, listing, read, rows, said, widget, without
from service.web.recording.forms import Form, Section, controls, laid, prefilled

COMMON = CommonFields().fields
SOURCE = {"url": "https://example.com/news/1", "title": "News", "quote": "Two lines\nof text", "published_at": "2024-09-27"}
TEXTS = st.text("ab ムラ,、", min_size=1, max_size=8).filter(lambda text: text.strip() == text)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "announced": st.sampled_from(["2024-09-25", "2024-09-25T19:30:00Z"]),
    "status": st.sampled_from(["confirmed", "rumoured"]),
    "summary": st.dictionaries(st.sampled_from(["en", "ja", "zh-Hant"]), TEXTS, min_size=1),
    "tags": st.lists(TEXTS, min_size=1, max_size=3, unique=True),
    "ref": TEXTS,
}


def fields_of(name: str) -> dict[str, Any]:
    """The fields of a whole post of that type."""
    return {**event_type(name).fields, **COMMON}


@pytest.mark.parametrize("name", event_types())
@settings(max_examples=12)
@given(st.fixed_dictionaries({}, optional=PARTS), st.integers(1, 3))
def test_a_form_says_what_the_post_said(name: str, common: dict[str, Any], sources: int) -> None:
    """A type is declared in one file, so its form must carry every kind of field through a browser and back unharmed."""
    # given the type's example with common fields of all sorts
    cited = [{**SOURCE, "locator": f"part {number}"} for number in range(sources)]
    post = {"type": name, **event_type(name).example, **common, "sources": cited}

    # when a form is filled with it, and its texts are read as they come back
    fields = fields_of(name)
    texts = filled(fields, post)
    back = {"type": name, **said(fields, compacted(listing(fields), texts))}

    # then it is the same post
    assert all(isinstance(text, str) for text in texts.values())
    assert load_post(back) == load_post(post)


@given(st.dictionaries(st.integers(0, 12), TEXTS, max_size=5))
def test_blank_rows_tell_nothing(given_rows: dict[int, str]) -> None:
    """Spare rows stay blank, so what is read and how errors count must not depend on where somebody typed."""
    fields = {"founders": event_type("founding").fields["founders"]}
    texts = {**{f"founders.{number}": "" for number in range(13)}, **{f"founders.{number}": text for number, text in given_rows.items()}}
    texts["founders.12.kind"] = "person" if 12 in given_rows else ""

    tidy = compacted(["founders"], texts)

    assert rows("founders", tidy) == list(range(len(given_rows)))
    typed = [text for _, text in sorted(given_rows.items())]
    found = read(fields["founders"], "founders", tidy)
    names = [] if found is BLANK else [item if isinstance(item, str) else item.get("id", item.get("name")) for item in found]
    assert names == typed


def entity(name: str = "departure", field: str = "person") -> Any:
    """A field for an entity."""
    return event_type(name).fields[field]


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ({"x": "Mira Murati", "x.id": "mira-murati", "x.of": "Mira Murati"}, "mira-murati"),
        ({"x": "Mira", "x.id": "mira-murati", "x.of": "Mira Murati"}, "Mira"),
        ({"x": "Jane Roe", "x.name.en": "Jane Roe", "x.name.ja": "ジェーン"}, {"name": {"en": "Jane Roe", "ja": "ジェーン"}}),
        ({"x": "Jane Roe", "x.name.ja": "ジェーン"}, {"name": {"en": "Jane Roe", "ja": "ジェーン"}}),
        ({"x": "ジェーン", "x.name.en": "Jane Roe"}, {"name": {"en": "Jane Roe", "ja": "ジェーン"}}),
        ({"x": "  ", "x.kind": "person"}, BLANK),
        ({"x": "Jane", "x.none": "true"}, "Jane"),
    ],
)
def test_a_picked_entity_counts_only_while_its_name_stands(texts: dict[str, str], value: Any) -> None:
    """Without script nothing clears what was picked before, so somebody who types another name must not get the old one."""
    assert read(entity(), "x", texts) == value


def test_nobody_and_kinds_are_said() -> None:
    """A reporting line to nobody is news, and a name that a person and a company share needs its kind."""
    assert read(entity("reporting_line", "manager"), "m", {"m": "Sam", "m.none": "true"}) is None
    assert filled({"m": entity("reporting_line", "manager")}, {"m": None}) == {"m.none": "true"}
    speaker = entity("statement", "speaker")
    assert read(speaker, "s", {"s": "OpenAI", "s.kind": "organization"}) == {"kind": "organization", "name": "OpenAI"}
    assert read(speaker, "s", {"s": "openai", "s.kind": "organization"}) == {"kind": "organization", "id": "openai"}
    picked = filled({"s": speaker}, {"s": {"kind": "organization", "id": "openai", "name": "OpenAI"}})
    assert read(speaker, "s", picked) == {"kind": "organization", "id": "openai"}


def test_every_kind_of_field_has_its_control() -> None:
    """A choice without its list or a date without its reading would make the form harder than the JSON."""
    departure = {name: widget(field) for name, field in fields_of("departure").items()}
    assert departure["reason"] == "choice" and departure["since"] == "day" and departure["person"] == "entity"
    assert departure["sources"] == "groups" and departure["tags"] == "lines" and departure["summary"] == "localized"
    assert widget(fields_of("founding")["founders"]) == "entities" and widget(fields_of("appointment")["interim"]) == "flag"


def test_a_list_offers_spare_rows() -> None:
    """Without script a row that is not there cannot be filled."""
    fields = event_type("partnership").fields
    (empty,) = controls(fields, Form({}), str)
    (one,) = controls(fields, Form({"organizations.0": "a", "organizations.1": "b"}), str)
    assert [len(empty.parts), len(one.parts)] == [2, 3]
    sources = {"sources": COMMON["sources"]}
    assert len(controls(sources, Form({"sources.0.title": "a"}, more="sources"), str)[0].parts) == 2
    assert without("sources.0", {"sources.0.title": "a", "sources.01": "b"}) == {"sources.01": "b"}


def test_an_address_fills_in_a_form() -> None:
    """Links from other pages and bookmarks open forms that are half filled in."""
    fields = fields_of("partnership")
    texts = prefilled(fields, [("organizations", ["openai", "apple"]), ("sources.0.url", ["https://a.example"]), ("as_of", ["2024"])])
    assert texts == {"organizations.0": "openai", "organizations.1": "apple", "sources.0.url": "https://a.example"}


def test_problems_stand_where_they_belong() -> None:
    """Whoever is told what is wrong must find it beside the field, however deep in the post it is."""
    fields = fields_of("founding")
    form = Form({"founders.0": "Sam", "founders.1": "Alex"}, (
        Problem("founders", "Alex", "fits more than one"), Problem("sources.0.url", "x", "no"), Problem("summary.en", "", "no"),
        Problem("gone.0", 1, "no"),
    ))  # fmt: skip
    wrong = laid(form, Section("", controls(fields, form, str))).wrong
    assert list(wrong) == ["founders.1", "sources.0.url", "summary", ""]
