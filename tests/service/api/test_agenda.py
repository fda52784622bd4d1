"""The agenda: what is coming up, what is overdue, and nothing of what is not known yet."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, appointment, departure, get, matches, ok, post, source


def agenda(client: FlaskClient, **query: Any) -> list[tuple[Any, ...]]:
    """The lines as kind, who or what, from which day on, and whether that is overdue."""
    page = get(client, "/agenda", **query)
    matches(client, "AgendaPage", page)
    return [(line["kind"], _who(line), line["date"]["value"], line["overdue"]) for line in page["items"]]


def _who(line: Json) -> str:
    return str((line["person"] or line["product"])["id"])


def said(kind: str, effective: str, **fields: Any) -> Json:
    """A post of OpenAI, announced on the first of January 2025."""
    return {"type": kind, "organization": "OpenAI", "effective": effective, "announced": "2025-01-01", "sources": [source()], **fields}


@pytest.fixture
def plans(client: FlaskClient) -> FlaskClient:
    """A client whose log tells of plans around January 2026."""
    for event in (
        appointment("Ann", effective="2026-02-01", announced="2025-12-01"),
        appointment("Bob", "CEO"),
        departure("Bob", role="CEO", effective="2026-01-20", announced="2025-12-01"),
        said("leave_of_absence", "2025-06-01", person="Cat", expected_return="2025-11"),
        said("leave_of_absence", "2025-12-01", person="Dan", expected_return="2026-01-10"),
        said("leave_of_absence", "2026-01-25", person="Eve"),
        said("leave_of_absence", "2025-10-01", person="Fay"),
        said("product_announcement", "2025-03-01", product="GPT-6", expected="2025-09"),
        said("product_announcement", "2025-03-01", product="GPT-7", expected="2026-02-20"),
        said("product_announcement", "2025-03-01", product="GPT-5", expected="2025-08"),
        said("product_release", "2025-08-07", product="GPT-5"),
    ):
        post(client, event)
    return client


def test_what_is_overdue_comes_first_and_then_what_is_coming_up(plans: FlaskClient) -> None:
    """Whoever follows a company looks here each morning for what to look for in the news."""
    expected = [
        ("release", "gpt-6", "2025-09", True),
        ("return", "cat", "2025-11", True),
        ("return", "dan", "2026-01-10", False),
        ("end", "bob", "2026-01-20", False),
        ("leave", "eve", "2026-01-25", False),
        ("start", "ann", "2026-02-01", False),
    ]

    assert agenda(plans) == expected
    assert agenda(plans, days=7) == expected[:2]
    assert agenda(plans, days=60) == [*expected, ("release", "gpt-7", "2026-02-20", False)]
    assert agenda(plans, organization="OpenAI", clock="recorded") == expected


def test_it_is_as_of_any_day_as_known_then(plans: FlaskClient) -> None:
    """What was planned on a day is a question about the past like any other."""
    then = [("release", "gpt-6", "2025-09", True), ("return", "cat", "2025-11", False), ("leave", "dan", "2025-12-01", False)]
    assert agenda(plans, known_at="2025-11-30") == then
    assert agenda(plans, as_of="2026-03-01")[-1] == ("release", "gpt-7", "2026-02-20", True)
    assert agenda(plans, known_at="2024-01-01") == []


def test_a_line_says_who_where_and_by_which_report(plans: FlaskClient) -> None:
    """A line without its source is a rumour."""
    (line,) = [line for line in get(plans, "/agenda")["items"] if line["kind"] == "start"]
    event = get(plans, f"/events/{line['events'][0]}")

    assert (line["role"], line["organization"]["name"], line["text"]) == ("CTO", "OpenAI", "takes up a role")
    assert event["fields"]["person"]["id"] == "ann"
    assert [line["text"] for line in get(plans, "/agenda", lang="ja", days=7)["items"]] == ["公開の見込み", "復帰の見込み"]


def test_it_goes_on_where_the_page_ended(plans: FlaskClient) -> None:
    """A large store has more than a page."""
    page, lines = get(plans, "/agenda", limit=2), []
    while page["next"]:
        lines += page["items"]
        page = ok(plans.get(page["next"]))

    assert [*lines, *page["items"]] == get(plans, "/agenda")["items"]


def test_a_plan_under_embargo_is_none(client: FlaskClient) -> None:
    """A list of what is to come is where a leak would be looked for first."""
    post(client, appointment("Ann", effective="2026-02-01", announced="2026-01-15"))

    assert agenda(client) == []
    assert agenda(client, known_at="2026-01-15") == [("start", "ann", "2026-02-01", False)]


@pytest.mark.parametrize(("query", "status"), [("days=0", 422), ("days=400", 422), ("days=x", 422), ("organization=Nobody", 404)])
def test_what_cannot_be_asked(client: FlaskClient, query: str, status: int) -> None:
    """The answer names what is wrong."""
    assert client.get(f"{API}/agenda?{query}").status_code == status
