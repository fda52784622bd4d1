"""Field types: which JSON they take, what they make of it, and what they say of the rest."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from events.dates import PartialDate
from events.errors import Problem
from events.fields import (
    MOST_COUNT,
    Amount,
    Choice,
    Count,
    Currency,
    Day,
    Entity,
    EntityRef,
    Flag,
    Language,
    Localized,
    MomentText,
    Percentage,
    RoleName,
    Several,
    Text,
    WebAddress,
    check_money,
    entity_ref,
    problems,
    refuse,
)
from events.moments import Moment
from events.roles import Role

COLOURS = {"red": ("red", "赤"), "blue": ("blue", "青")}
PERSON = Entity("person")


def found(field: fields.Field[Any], value: Any) -> tuple[Problem, ...]:
    """What the field says against a value, as an answer to a client would list it."""
    schema = Schema.from_dict({"it": field})()
    with pytest.raises(ValidationError) as caught:
        schema.load({"it": value})
    return problems(caught.value, {"it": value}, tuple(schema.fields))


def written(field: fields.Field[Any], value: Any) -> Any:
    """What is stored for a value that is read."""
    schema = Schema.from_dict({"it": field})()
    return schema.dump(schema.load({"it": value}))["it"]


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        (Text(), "  a\nb\t", "a\nb"),
        (Text(most=3), " 山田太 ", "山田太"),
        (Day(), "2024-09~", PartialDate.parse("2024-09~")),
        (MomentText(), "2024-09-25T21:30:00+02:00", Moment.parse("2024-09-25T19:30:00Z")),
        (RoleName(), " CTO ", Role.of("CTO")),
        (Language(), "JA", "ja"),
        (WebAddress(), " https://例え.jp/ニュース?x=1#y ", "https://例え.jp/ニュース?x=1#y"),
        (WebAddress(), "http://[::1]:8000/", "http://[::1]:8000/"),
        (Choice(COLOURS), "red", "red"),
        (Flag(), True, True),
        (Flag(), False, False),
        (Flag(), " TRUE ", True),
        (Flag(), "false", False),
        (Count(), 0, 0),
        (Count(), "1500", 1500),
        (Count(), "１５", 15),
        (Count(), MOST_COUNT, MOST_COUNT),
        (Amount(), "6600000000", Decimal(6600000000)),
        (Amount(), "１２.５０", Decimal("12.5")),
        (Amount(), 6.6e9, Decimal(6600000000)),
        (Amount(), 1e17, Decimal(10**17)),
        (Amount(), 12, Decimal(12)),
        (Amount(), 0.000001, Decimal("0.000001")),
        (Percentage(), 100, Decimal(100)),
        (Percentage(), "12.5", Decimal("12.5")),
        (Currency(), "JPY", "JPY"),
        (Localized(), "Hello", {"en": "Hello"}),
        (Localized(), {"EN": " Hello ", "ja": "今日は"}, {"en": "Hello", "ja": "今日は"}),
        (PERSON, "Mira  Murati", EntityRef(("person",), text="Mira Murati")),
        (PERSON, {"id": "mira-murati"}, EntityRef(("person",), text="mira-murati")),
        (Entity("person", "product"), {"kind": "product", "name": "o1"}, entity_ref({"name": "o1"}, ("product",))),
        (Entity("person", allow_none=True), None, None),
        (Several(Text()), ["b", " a", "b "], ["b", "a"]),
        (Several(Text()), "a", ["a"]),
        (Several(PERSON), {"id": "x"}, [EntityRef(("person",), text="x")]),
    ],
)
def test_a_good_value_becomes_our_type(field: fields.Field[Any], value: Any, read: Any) -> None:
    """Everything behind the edge trusts these types, so each value must become exactly its own."""
    assert field.deserialize(value) == read


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (Text(), 5, "5 is not a text"),
        (Text(), " ", "' ' is blank"),
        (Text(most=3), "four", "'four' has 4 characters, at most 3"),
        (Text(), "a\x00b", "'a\\x00b' is not a text without control"),
        (Text(), "a\ud800", "'a\\ud800' is not a text without control"),
        (Day(), 2024, "2024 is not a text"),
        (Day(), "2024-1X", "'2024-1X' is not a partial date"),
        (MomentText(), "yesterday", "'yesterday' is not a moment"),
        (RoleName(), "", "'' is not a role"),
        (Language(), "english", "'english' is not a language tag"),
        (Language(), 5, "5 is not a language tag"),
        *((WebAddress(), bad, f"{bad!r} is not a web address") for bad in ("example.com", "ftp://a.b/", "javascript:alert(1)")),
        *(
            (WebAddress(), bad, f"{bad!r} is not a web address")
            for bad in ("https://", "https://a b", "https://[::1", "http://:80/", "http://a:99999/")
        ),
        (Choice(COLOURS), "Red", "'Red' is not one of red, blue"),
        (Choice(COLOURS), ["red"], "['red'] is not one of"),
        (Flag(), "yes", "'yes' is not true or false"),
        (Flag(), 1, "1 is not true or false"),
        *((Count(), bad, f"{bad!r} is not a whole number") for bad in (-1, 1.5, "-1", "1,500", True, MOST_COUNT + 1, "9" * 16)),
        *(
            (Amount(), bad, f"{bad!r} is not an amount")
            for bad in (-1, -0.0, "-0", "1e3", "1_0", "6,600", "NaN", True, 1e18, "0.1234567", "")
        ),
        *((Amount(), bad, f"{bad!r} is not an amount") for bad in (float("nan"), float("inf"), ["1"])),
        *((Percentage(), bad, f"{bad!r} is not a percentage") for bad in (101, "100.5", "10%", -1)),
        *((Currency(), bad, f"{bad!r} is not a currency") for bad in ("usd", "US", "US1", "ＵＳＤ", 840)),
        (Localized(), [], "[] is not a text per language"),
        (Localized(), {}, "{} is not a text per language"),
        (PERSON, 5, "5 is not a person"),
        (PERSON, " ", "' ' is not a name"),
        (Entity("person", "organization"), [], "[] is not a person or organization"),
        (Several(Text()), [], "[] is not a list of 1 to 100"),
        (Several(Text(), most=2), ["a", "b", "c"], "['a', 'b', 'c'] is not a list of 1 to 2"),
        (Several(Text(), least=2), ["a", "a"], "['a', 'a'] is not a list of 2 to 100 different values"),
    ],
)
def test_a_bad_value_is_quoted_and_set_right(field: fields.Field[Any], value: Any, said: str) -> None:
    """A client mends what it sent from the answer alone: which field, which value, and what would be right."""
    (problem,) = found(field, value)
    assert problem.field == "it"
    assert said in problem.message
    assert problem.expected


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        (Localized(most=3), {"en": "Hi", "ja": "長すぎる"}, "it.ja"),
        (Localized(), {"english": "Hi"}, "it.english"),
        (Several(Text()), ["a", " "], "it.1"),
        (Several(PERSON), ["a", {"name": {"en": ""}}], "it.1.name.en"),
    ],
)
def test_a_problem_is_placed_where_it_lies(field: fields.Field[Any], value: Any, path: str) -> None:
    """In a list of a hundred investors, `investors` alone helps nobody."""
    assert [problem.field for problem in found(field, value)] == [path]


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (Day(), "2024-09/..", "2024-09/.."),
        (MomentText(), "2024-09-25T21:30:00+02:00", "2024-09-25T19:30:00Z"),
        (RoleName(), " CTO ", "CTO"),
        (Amount(), "12.50", "12.5"),
        (Amount(), 6600000000.0, "6600000000"),
        (Amount(), "0.00", "0"),
        (Percentage(), 50, "50"),
        (Count(), "7", 7),
        (Flag(), "true", True),
        (Localized(), "Hi", {"en": "Hi"}),
        (Day(allow_none=True), None, None),
        (Amount(allow_none=True), None, None),
    ],
)
def test_what_is_stored_is_json_and_reads_as_itself(field: fields.Field[Any], value: Any, stored: Any) -> None:
    """The log keeps JSON for ever, and equal values must be equal texts or they would count as disputed."""
    assert written(field, value) == stored
    assert written(field, json.loads(json.dumps(stored))) == stored


@settings(max_examples=100)
@given(st.decimals(0, 10**18, allow_nan=False, places=6).filter(lambda amount: amount < 10**18))
def test_money_is_exact(amount: Decimal) -> None:
    """Binary fractions would lose cents of large sums."""
    assert Decimal(written(Amount(), str(amount))) == amount


@settings(max_examples=100)
@given(st.text(max_size=20))
def test_every_text_is_kept_or_refused_in_words(text: str) -> None:
    """Whatever a client sends, a text that is stored can be stored, and one that is not is explained."""
    try:
        kept = Text(most=10).deserialize(text)
    except ValidationError:
        assert all(problem.message and problem.expected for problem in found(Text(most=10), text))
    else:
        assert kept == text.strip()
        assert kept.encode()
        assert "\x00" not in kept


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"amount": Decimal(5)}, "currency", "the `amount` '5' needs its `currency`"),
        ({"currency": "USD"}, "amount", "the `currency` 'USD' needs"),
    ],
)
def test_money_is_an_amount_with_its_currency(data: dict[str, Any], field: str, said: str) -> None:
    """Five of an unknown currency is no sum; a correction alone may bring one half, the other being stored."""
    with pytest.raises(ValidationError) as caught:
        check_money(data)
    (problem,) = problems(caught.value, data)
    assert (problem.field, problem.message[: len(said)]) == (field, said)
    check_money(data, partial=True)
    check_money({})
    check_money({"amount": Decimal(5), "currency": "USD"})


class Inner(Schema):
    """A nested schema."""

    title = Text(required=True)


class Outer(Schema):
    """A schema with every way to be wrong that marshmallow itself reports."""

    person = Entity("person", required=True)
    note = Text()
    inner = fields.List(fields.Nested(Inner), validate=validate.Length(max=1))

    @validates_schema
    def agreed(self, data: dict[str, Any], **_: Any) -> None:
        """A rule about the whole."""
        if data.get("note") == "no":
            refuse(Problem("note", "no", "'no' is no note", "a note"), Problem("", None, "think again"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, [("person", "`person` is required")]),
        ({"person": None}, [("person", "`person` may not be null: leave it out instead")]),
        ({"person": "A", "nite": 1}, [("nite", "unknown field `nite`; did you mean `note`?")]),
        ({"person": "A", "zzz": 1}, [("zzz", "unknown field `zzz`")]),
        ({"person": "A", "inner": 7}, [("inner", "7 is not a list")]),
        ({"person": "A", "inner": [7]}, [("inner.0", "7 is not a JSON object")]),
        (
            {"person": "A", "inner": [{"titel": "x"}]},
            [("inner.0.title", "`inner.0.title` is required"), ("inner.0.titel", "unknown field `inner.0.titel`")],
        ),
        (
            {"person": "A", "inner": [{"title": "x"}] * 2},
            [("inner", "`inner`: Longer than maximum length 1. (given [{'title': 'x'}, {'title': 'x'}])")],
        ),
        ({"person": "A", "note": "no"}, [("note", "'no' is no note"), ("", "think again")]),
        ([], [("", "[] is not a JSON object")]),
    ],
)
def test_marshmallows_own_errors_are_told_in_our_words(data: Any, said: list[tuple[str, str]]) -> None:
    """A client sees one shape of error, whoever found it."""
    with pytest.raises(ValidationError) as caught:
        Outer().load(data)
    assert [(problem.field, problem.message) for problem in problems(caught.value, data, tuple(Outer().fields))] == said


def test_a_message_of_a_missing_value_says_no_none() -> None:
    """`given None` would tell a client that it sent what it did not send."""
    error = ValidationError({"manager": ["required, and null for nobody"], "_schema": ["odd"]})
    assert [problem.message for problem in problems(error, {})] == ["`manager`: required, and null for nobody", "odd (given {})"]
