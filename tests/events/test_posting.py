"""What a client may post, read at the edge: good posts become our types, and bad ones are refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from events.dates import PartialDate
from events.errors import Ambiguous, Invalid
from events.fields import EntityRef
from events.posting import load_changes, load_post, load_source, post_schema, stored_fields
from events.refs import Kind
from events.types import event_type, event_types

SOURCE = {"title": "Mira Murati leaves OpenAI"}
LEAVES: dict[str, Any] = {
    "type": "departure", "person": "Mira Murati", "organization": "OpenAI", "role": "CTO", "effective": "2024-09-25", "sources": [SOURCE],
}  # fmt: skip
ROUND: dict[str, Any] = {"type": "funding_round", "organization": "OpenAI", "effective": "2024", "sources": [SOURCE]}


def by_id(ref: EntityRef) -> tuple[Kind, str]:
    """An entity by the id that stands in its text."""
    return ref.kinds[0], ref.label.lower().replace(" ", "-")


def refused(call: Any, *args: Any) -> list[tuple[str, str]]:
    """The fields and messages of the refusal."""
    with pytest.raises(Invalid) as caught:
        call(*args)
    return [(problem.field, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("kind", event_types().values(), ids=lambda kind: kind.name)
def test_the_example_of_every_type_can_be_posted_and_corrected(kind: Any) -> None:
    """The catalogue shows the examples: each must be right as it stands, and each of its fields correctable."""
    post = load_post({"type": kind.name, **kind.example, "sources": [SOURCE]})
    stored = stored_fields(kind, post.fields, by_id)
    assert set(stored) == set(kind.example) - {"effective"}
    again = load_post({"type": kind.name, **stored, "effective": post.effective.text, "sources": [SOURCE]})
    assert stored_fields(kind, again.fields, by_id) == stored
    assert set(load_changes(kind, {**stored, "effective": "2024"})) == {*stored, "effective"}


def test_a_post_is_read_into_our_types() -> None:
    """Inside, a date is a date and an entity a reference, so nothing has to be checked again."""
    announced = {"announced": "2024-09-25T21:30:00+02:00", "tags": ["a", "b", "a"], "summary": "She leaves.", "ref": "r1"}
    post = load_post({**LEAVES, **announced, "status": "confirmed"})
    assert post.fields["person"] == EntityRef(("person",), text="Mira Murati") and post.fields["role"].key == "chief-technology-officer"
    assert post.effective == PartialDate.parse("2024-09-25")
    assert post.announced is not None and post.announced.text == "2024-09-25T19:30:00Z"
    assert (post.status, post.tags, dict(post.summary), post.ref, list(post.sources)) == (
        "confirmed", ("a", "b"), {"en": "She leaves."}, "r1", [SOURCE],
    )  # fmt: skip


def test_what_is_left_out_has_its_default() -> None:
    """Type, entities, day and source are all that an analyst has to give."""
    post = load_post({name: value for name, value in LEAVES.items() if name != "role"})
    assert (post.status, post.tags, dict(post.summary), post.ref, post.announced) == ("reported", (), {}, None, None)
    assert "role" not in post.fields


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ([], "", "an event is a JSON object, not []"),
        ({"person": "x"}, "type", "`type` is required"),
        ({**LEAVES, "type": "departur"}, "type", "did you mean 'departure'"),
        ({**LEAVES, "type": ["departure"]}, "type", "not a type of event"),
        ({**LEAVES, "effective": "soon"}, "effective", "'soon' is not a partial date"),
        ({**LEAVES, "effective": None}, "effective", "may not be null"),
        ({**LEAVES, "person": None}, "person", "may not be null"),
        ({**LEAVES, "persn": "x"}, "persn", "did you mean `person`"),
        ({**LEAVES, "sources": []}, "sources", ""),
        ({**LEAVES, "sources": [{}]}, "sources.0", "a source needs at least a `url` or a `title`"),
        ({**LEAVES, "sources": [{"url": "ftp://x"}]}, "sources.0.url", "'ftp://x' is not a web address"),
        ({**LEAVES, "status": "sure"}, "status", "'sure' is not one of"),
        ({**LEAVES, "tags": ["a"] * 31}, "tags", ""),
        ({**LEAVES, "ref": ""}, "ref", "is blank"),
        ({**ROUND, "amount": "5"}, "currency", "needs its `currency`"),
    ],
)
def test_a_bad_post_is_refused_with_field_value_and_remedy(given: Any, field: str, words: str) -> None:
    """Whoever sent it must be able to put it right from the answer alone."""
    ((found, message),) = refused(load_post, given)
    assert found == field and words in message


def test_all_problems_are_told_at_once() -> None:
    """Nobody likes to be told of one mistake at a time."""
    fields = [field for field, _ in refused(load_post, {**LEAVES, "effective": "x", "person": 1, "sources": [{"url": "x"}, {}]})]
    assert sorted(fields) == ["effective", "person", "sources.0.url", "sources.1"]


@pytest.mark.parametrize(
    ("changes", "loaded"),
    [
        ({"reason": None}, {"reason": None}),
        ({"reason": "illness", "tags": None}, {"reason": "illness", "tags": None}),
        ({"effective": "2024-09"}, {"effective": PartialDate.parse("2024-09")}),
        ({"summary": None}, {"summary": None}),
    ],
)
def test_changes_are_read_like_the_fields_that_they_change(changes: dict[str, Any], loaded: dict[str, Any]) -> None:
    """A correction names only what changes, and no default may slip in beside it."""
    assert load_changes(event_type("departure"), changes) == loaded


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        (None, "changes", "maps fields to new values, not None"),
        ({}, "changes", "maps fields to new values"),
        ({"status": "denied"}, "changes.status", "`status` of a departure cannot be corrected"),
        ({"sources": []}, "changes.sources", "cannot be corrected"),
        ({"person": None}, "changes.person", "may not be null"),
        ({"effective": None}, "changes.effective", "may not be null"),
        ({"announced": None}, "changes.announced", "may not be null"),
        ({"role": ["CTO"]}, "changes.role", "['CTO']"),
    ],
)
def test_changes_that_cannot_be_are_refused(changes: Any, field: str, words: str) -> None:
    """What an event cannot do without cannot be corrected away, and status and sources have calls of their own."""
    ((found, message),) = refused(load_changes, event_type("departure"), changes)
    assert found == field and words in message


def test_nobody_is_a_manager_that_a_correction_may_give() -> None:
    """Where null is a value of its own, it is not the taking away of one."""
    assert load_changes(event_type("reporting_line"), {"manager": None}) == {"manager": None}
    assert post_schema("reporting_line") is post_schema("reporting_line")


def test_a_part_may_be_corrected_that_needs_another() -> None:
    """Whether amount and currency go together can only be told of the whole event."""
    assert set(load_changes(event_type("funding_round"), {"currency": "USD"})) == {"currency"}


def test_entities_are_stored_by_id_and_by_kind_where_it_is_open() -> None:
    """A reader of the log must not have to guess whether a speaker is a person or a company."""
    kind = event_type("statement")
    post = load_post({"type": "statement", **kind.example, "speaker": {"name": "OpenAI", "kind": "organization"}, "sources": [SOURCE]})
    stored = stored_fields(kind, post.fields, by_id)
    assert stored["speaker"] == {"kind": "organization", "id": "openai"} and stored["organization"] == "openai"
    assert stored["about"] == [{"kind": "person", "id": "mira-murati"}]


def test_a_name_that_is_refused_is_told_with_its_field() -> None:
    """Of three names in a post, the poster has to know which one is meant; the candidates go with the message."""

    def several(ref: EntityRef) -> tuple[Kind, str]:
        if ref.text == "OpenAI":
            raise Ambiguous.of("", "OpenAI", "fits several", candidates=["a", "b"])
        return by_id(ref)

    with pytest.raises(Ambiguous) as caught:
        stored_fields(event_type("departure"), load_post(LEAVES).fields, several)
    assert caught.value.problems[0].field == "organization" and caught.value.extra == {"candidates": ["a", "b"]}


def test_a_source_alone_is_read_like_one_in_a_post() -> None:
    """It is kept as JSON, with its moment in UTC."""
    assert load_source({"title": " T ", "published_at": "2024-09-27T09:00:00+09:00"}) == {
        "title": "T",
        "published_at": "2024-09-27T00:00:00Z",
    }
    assert refused(load_source, "T") == [("", "'T' is not a JSON object")]
