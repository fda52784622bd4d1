"""What changed between two days, in words: each kind of change reads as what it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import create_app
from tests.service.conftest import Clock, opened
from tests.service.web.conftest import TODAY
from tests.service.web.reading import page

ACME = {"organization": "Acme"}
EVENTS: tuple[dict[str, Any], ...] = (
    {"type": "appointment", "person": "Ann", "role": "CEO", "effective": "2020-01-01"},
    {"type": "appointment", "person": "Bob", "role": "CTO", "effective": "2020-01-01"},
    {"type": "reporting_line", "person": "Bob", "manager": "Ann", "effective": "2020-01-02"},
    {"type": "product_announcement", "product": "Kite", "expected": "2020-06", "effective": "2020-02-01"},
    {"type": "leave_of_absence", "person": "Bob", "expected_return": "2020-04-01", "effective": "2020-03-01"},
    {"type": "return_from_leave", "person": "Bob", "effective": "2020-04-02"},
    {"type": "product_release", "product": "Kite", "version": "1.0", "effective": "2020-06-01"},
    {"type": "product_release", "product": "Kite", "version": "1.1", "effective": "2020-07-01"},
    {"type": "step_down", "person": "Bob", "role": "CTO", "effective": "2020-08-01"},
    {"type": "appointment", "person": "Bob", "role": "adviser", "effective": "2020-08-01"},
    {"type": "appointment", "person": "Cho", "role": "CTO", "interim": True, "effective": "2020-09-01"},
    {"type": "appointment", "person": "Cho", "role": "CTO", "effective": "2020-10-01"},
    {"type": "reporting_line", "person": "Bob", "manager": "Cho", "effective": "2020-11-01"},
    {"type": "renaming", "new_name": {"en": "Apex", "ja": "アペックス"}, "effective": "2020-12-01"},
    {"type": "departure", "person": "Cho", "effective": "2021-01-01"},
    {"type": "reporting_line", "person": "Bob", "manager": None, "effective": "2021-02-01"},
)


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A reader of the pages of a small company to which everything happened."""
    home = tmp_path_factory.mktemp("acme")
    with opened(f"sqlite:///{home / 'annals.db'}", home, Clock(TODAY)) as found:
        client = create_app(found).test_client(use_cookies=False)
        for event in EVENTS:
            told = {**ACME, "announced": event["effective"], "sources": [{"title": "Wire"}], **event}
            answer = client.post("/api/v1/events", json=told)
            assert answer.status_code == 201, answer.text
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        yield client


@pytest.mark.parametrize(
    ("first", "last", "group", "text"),
    [
        ("2020-02-28", "2020-03-01", "on_leave", "Bob from 1 March 2020"),
        ("2020-03-02", "2020-04-01", "on_leave", ""),
        ("2020-04-01", "2020-04-02", "returned", "Bob since 1 March 2020"),
        ("2020-01-31", "2020-02-01", "products", "Kite announced 1 February 2020"),
        (
            "2020-05-31",
            "2020-06-01",
            "products",
            "Kite since 1 February 2020 → 1 June 2020 · phase announced → released · expected",
        ),
        ("2020-06-30", "2020-07-01", "products", "Kite versions 1.1"),
        ("2020-07-31", "2020-08-01", "vacant", "CTO: vacant"),
        ("2020-08-31", "2020-09-01", "vacant", "CTO: filled again"),
        ("2020-09-30", "2020-10-01", "changed", "Cho CTO: interim yes → no"),
        ("2020-10-31", "2020-11-01", "reports", "Bob since 2 January 2020 → 1 November 2020 · manager Ann → Cho"),
        ("2020-12-31", "2021-01-01", "reports", "Bob manager has left no → yes"),
        ("2021-01-31", "2021-02-01", "reports", "Bob no longer reports to Cho"),
        ("2020-11-30", "2020-12-01", "renamed", "Acme → Apex"),
        ("2020-11-30", "2020-12-01", "products", "Kite Acme → Apex Acme is renamed Apex"),
    ],
)
def test_each_change_reads_as_what_it_was(acme: FlaskClient, first: str, last: str, group: str, text: str) -> None:
    """A reader who does not know the API's words must see from a line alone what happened, and reach the report behind it."""
    changes = page(acme, f"/organizations/acme?as_of={last}&from={first}").one("section", class_="changes")
    lines = [line for found in changes.all("section", class_=group) for line in found.all("li")]
    assert [line.text.startswith(text) for line in lines] == [True] * bool(text), [line.text for line in lines]
    assert all(link.startswith(("/events/", "/people/", "/products/")) for line in lines for link in line.links())
    assert all(any(link.startswith("/events/") for link in line.links()) for line in lines)


def test_who_changes_roles_gives_one_up_and_takes_one(acme: FlaskClient) -> None:
    """Somebody who stays in another role has neither joined nor left."""
    changes = page(acme, "/organizations/acme?as_of=2020-08-01&from=2020-07-31").one("section", class_="changes")
    lines = [line.text for line in changes.one("section", class_="changed").all("li")]
    assert sorted(line.split(" Bob ")[0] for line in lines) == ["Bob gives up: CTO", "Bob takes up: adviser"]


def test_the_name_of_the_day_is_the_heading(acme: FlaskClient) -> None:
    """Before its renaming the company must bear the name that it bore."""
    assert page(acme, "/organizations/acme?as_of=2020-11-30").one("h1").text == "Acme"
    assert page(acme, "/organizations/acme?as_of=2020-12-01&lang=ja").one("h1").text == "アペックス"


def test_a_manager_who_left_is_marked_in_the_tree(acme: FlaskClient) -> None:
    """Who reports to somebody who is gone is a question that the page must raise."""
    assert page(acme, "/organizations/acme?as_of=2021-01-15").all("ul", class_="tree")[0].text.startswith("Cho has left Bob")
