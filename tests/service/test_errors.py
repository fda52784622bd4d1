"""Errors as problem details and as messages: one shape, and nothing that a value could break."""

from __future__ import annotations

import json
from typing import Any

import pytest

from events.errors import Ambiguous, AnnalsError, Conflict, Invalid, NotFound, Problem, Stale, Unavailable
from projections.entities import Merged
from service.errors import Forbidden, Malformed, Misdirected, TooLarge, WrongMediaType, dumps, kind_of, plain_problem, problem, sentences


@pytest.mark.parametrize(
    ("cls", "status"),
    [
        (Malformed, 400), (Forbidden, 403), (NotFound, 404), (Merged, 404), (Conflict, 409), (Stale, 412), (TooLarge, 413),
        (WrongMediaType, 415), (Misdirected, 421), (Invalid, 422), (Ambiguous, 422), (Unavailable, 503),
    ],
)  # fmt: skip
def test_every_class_has_its_status(cls: type[AnnalsError], status: int) -> None:
    """What went wrong decides the status, in one place."""
    details = problem(cls.of("role", "x", "no", "yes"))
    assert kind_of(cls.of("", None, "no")).status == details["status"] == status
    assert details["type"].startswith("urn:annals:problem:")


def test_a_problem_names_field_value_and_what_is_right() -> None:
    """A program shows the error where it belongs, a person reads the detail: both need all of it."""
    found = problem(Invalid.of("effective", "2024-13", "'2024-13' is not a partial date", "2024-12"))
    assert found["errors"] == [
        {"field": "effective", "value": "2024-13", "message": "'2024-13' is not a partial date", "expected": "2024-12"}
    ]
    assert found["detail"] == "effective: '2024-13' is not a partial date"


def test_further_members_never_replace_the_standard_ones() -> None:
    """A candidate list is welcome; a `status` in it would make the body contradict the answer."""
    found = problem(Ambiguous.of("person", "A", "two", candidates=[{"id": "a"}], status=200))
    assert (found["candidates"], found["status"]) == ([{"id": "a"}], 422)


@pytest.mark.parametrize("value", ["x" * 100_000, ["y"] * 100_000, 10**40, "\ud800", {1, 2}, object(), {"a": {"b": "\udfff"}}])
def test_any_value_can_be_quoted(value: Any) -> None:
    """An error about an odd value must not become an error of its own, nor send the whole value back."""
    sent = dumps(problem(Invalid.of("field", value, f"{'z' * 10_000} is wrong")))
    assert len(sent) < 4000
    assert json.loads(sent)["errors"][0]["message"].endswith("is wrong")


def test_what_is_no_json_in_an_extra_member_is_told_as_text() -> None:
    """An answer with a text is better than none."""
    assert json.loads(dumps({"number": 10**30, "half": "\ud800"})) == {"number": 10**30, "half": "\ud800"}


def test_too_many_problems_are_cut() -> None:
    """A file of wrong lines must not make an answer as large as itself."""
    many = Invalid(tuple(Problem(f"lines.{n}", None, "bad") for n in range(5000)))
    assert len(problem(many)["errors"]) == 100


def test_http_s_own_problems_have_the_same_shape() -> None:
    """Clients read one shape, whoever found the mistake."""
    own = plain_problem(404, Problem("path", "/x", "there is nothing at '/x'", "another"), request_id="1")
    assert {name: own[name] for name in ("type", "title", "status")} == {"type": "about:blank", "title": "Not Found", "status": 404}
    assert problem(Invalid.of("a", 1, "b")).keys() == own.keys() - {"request_id"}


@pytest.mark.parametrize(
    ("single", "text"),
    [
        (Problem("role", 1, "1 is not a text", "a text"), "role: 1 is not a text"),
        (Problem("role", None, "`role` is required", "a value"), "`role` is required (expected: a value)"),
        (Problem("", None, "broken", ""), "broken"),
    ],
)
def test_a_sentence_for_a_terminal(single: Problem, text: str) -> None:
    """The command line says the same, without saying anything twice."""
    assert sentences(Invalid((single,))) == [text]
