"""How things stand: the answers about an organization, a person and a product, read from a store and put into words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from projections.entities import card, find
from projections.feed import FeedQuery, feed
from projections.projector import catch_up
from projections.reading import Reading
from projections.standing import (
    echo,
    organization_history,
    organization_state,
    person_history,
    person_standing,
    product_standing,
    winner_of,
)
from projections.stores import Store
from tests.projections.support import MemoryLog, at, event_id

Json = dict[str, Any]


def told() -> MemoryLog:
    """Two people's years in a company that is renamed, and its product."""
    log = MemoryLog()
    log.register("organization", "acme", "bolt")
    log.register("person", "ann", "bob", "robert")
    log.register("product", "core", "tool")
    here = {"organization": "acme"}
    log.appoint("e1", "ann", role="CEO", effective="2020-02", announced="2020-02-01", interim=True)
    log.appoint("e2", "robert", role="CTO", effective="2021-05-01", announced="2021-05-01")
    log.post("e3", "reporting_line", "2021-05-01", person="robert", manager="ann", announced="2021-05-01", **here)
    log.post("e4", "leave_of_absence", "2022-03-01", person="robert", expected_return="2022-06", announced="2022-03-01", **here)
    log.post("e5", "leave_of_absence", "2022-05-01", person="robert", expected_return="2022-09", announced="2022-05-01", **here)
    log.post("e6", "return_from_leave", "2022-10-10", person="robert", announced="2022-10-10", **here)
    log.post("e7", "departure", "2023-01-31", person="ann", announced="2023-01-15", **here)
    log.post("e8", "renaming", "2022-01-01", new_name={"en": "Acme AI", "ja": "アクメAI"}, announced="2022-01-01", **here)
    log.post("e9", "product_announcement", "2022-02-01", product="tool", expected="2022-12", announced="2022-02-01", **here)
    log.post("e10", "product_release", "2023-02-01", product="tool", version="1", announced="2023-02-01", **here)
    log.appoint("e11", "bob", "bolt", role="adviser", effective="2023-06-01", announced="2023-06-01", status="rumoured")
    log.merge("person", "robert", "bob")
    log.merge("product", "tool", "core")
    return log


@pytest.fixture(name="connection")
def fixture_connection(store: Store) -> Iterator[Connection]:
    """A store that holds the story."""
    catch_up(store, told())
    with store.reading() as connection:
        yield connection


def on(day: str, lang: str = "en", known_at: str = "2030-01-01") -> Reading:
    """A look back at the end of a day, by default with all that is known today."""
    return replace(at(known_at), as_of=date.fromisoformat(day).toordinal(), lang=lang)


def ids(*events: str) -> list[str]:
    """The ids of events as answers write them."""
    return [str(event_id(event)) for event in events]


def day(text: str) -> Json:
    """A day as an answer shows it."""
    return {"value": text, "earliest": text, "latest": text}


ANN, BOB = {"id": "ann", "name": "Ann"}, {"id": "bob", "name": "Bob"}
ACME_AI, CORE = {"id": "acme", "name": "Acme AI"}, {"id": "core", "name": "Core"}


def test_the_state_of_an_organization(connection: Connection) -> None:
    """One answer says who holds what, who is away, who reports to whom and what is made, with the events behind each."""
    february = {"value": "2020-02", "earliest": "2020-02-01", "latest": "2020-02-29"}
    assert organization_state(connection, "acme", on("2022-09-30")) == {
        "organization": {"id": "acme", "name": "Acme AI"},
        "as_of": "2022-09-30",
        "known_at": "2030-01-01T00:00:00Z",
        "clock": "public",
        "holders": [
            {
                "role": "CEO", "role_key": "chief-executive-officer", "person": ANN, "certainty": "certain", "interim": True,
                "since": february, "until": day("2023-01-31"), "events": ids("e1", "e7"), "disputed": [],
            },
            {
                "role": "CTO", "role_key": "chief-technology-officer", "person": BOB, "certainty": "certain", "interim": False,
                "since": day("2021-05-01"), "until": None, "events": ids("e2"), "disputed": [],
            },
        ],
        "on_leave": [{
            "person": BOB, "since": day("2022-03-01"), "return_not_reported": False, "events": ids("e4", "e5", "e6"),
            "expected_return": {"value": "2022-09", "earliest": "2022-09-01", "latest": "2022-09-30"},
        }],
        "reports": [{"person": BOB, "manager": ANN, "manager_left": False, "since": day("2021-05-01"), "events": ids("e3")}],
        "vacant": [],
        "products": [{
            "product": CORE, "organization": ACME_AI, "phase": "announced", "since": day("2022-02-01"), "versions": [], "events": ids("e9"),
            "expected": {"value": "2022-12", "earliest": "2022-12-01", "latest": "2022-12-31"},
        }],
    }  # fmt: skip


def test_the_state_afterwards(connection: Connection) -> None:
    """Who left is gone at the end of that day, and what they leave behind is shown."""
    found = organization_state(connection, "acme", on("2023-02-01"))
    assert [line["person"] for line in found["holders"]] == [BOB]
    assert [(line["role"], line["since"], line["events"]) for line in found["vacant"]] == [("CEO", day("2023-01-31"), ids("e1", "e7"))]
    assert [line["manager_left"] for line in found["reports"]] == [True]
    assert found["on_leave"] == []
    (product,) = found["products"]
    assert (product["phase"], product["expected"]) == ("released", None)
    assert product["versions"] == [{"version": "1", "released": day("2023-02-01"), "event": str(event_id("e10"))}]


@pytest.mark.parametrize(
    ("reading", "name"),
    [
        (on("2021-12-31"), "Acme"),
        (on("2022-01-01"), "Acme AI"),
        (on("2022-01-01", "ja"), "アクメAI"),
        (on("2022-01-01", known_at="2021-12-31"), "Acme"),
    ],
)
def test_the_name_on_that_day(connection: Connection, reading: Reading, name: str) -> None:
    """An organization is called as it was called then, as far as that was known."""
    wanted = {"id": "acme", "name": name}
    assert organization_state(connection, "acme", reading)["organization"] == wanted
    assert card(connection, "organization", "acme", reading)["name"] == name
    assert [item["name"] for item in find(connection, "organization", reading, "acme").items] == [name]
    histories = organization_history(connection, "acme", reading), person_history(connection, "ann", reading)
    assert [line["organization"] for found in histories for line in found["tenures"] if line["role"] == "CEO"] == [wanted, wanted]
    assert [line["organization"] for line in person_standing(connection, "ann", reading)["roles"]] == [wanted]


def test_a_headline_calls_an_organization_as_it_was_called(connection: Connection) -> None:
    """A renaming names the former name, and what was reported before it reads as it did then; the fields are of the reader's day."""
    events = feed(connection, FeedQuery(20, organization="acme"), on("2024-01-01")).items
    by_id = {event["id"]: (event["headline"], event["fields"]["organization"]["name"]) for event in events}
    told = [by_id[event] for event in ids("e8", "e1", "e10")]
    assert told == [
        ("Acme is renamed Acme AI", "Acme AI"), ("Ann becomes interim CEO of Acme", "Acme AI"), ("Acme AI releases Core 1", "Acme AI"),
    ]  # fmt: skip
    (before,) = (event for event in feed(connection, FeedQuery(20), on("2021-12-31")).items if event["id"] == ids("e10")[0])
    assert before["headline"] == "Acme releases Core 1"


def test_the_history_of_an_organization(connection: Connection) -> None:
    """Everything that had begun by the day, the oldest first, and whether it still holds."""
    found = organization_history(connection, "acme", on("2022-04-01"))
    assert [(line["person"], line["organization"], line["role"], line["current"], line["certainty"]) for line in found["tenures"]] == [
        (ANN, ACME_AI, "CEO", True, "certain"),
        (BOB, ACME_AI, "CTO", True, "certain"),
    ]
    assert [(line["person"], line["current"], line["expected_return"]["value"]) for line in found["leaves"]] == [(BOB, True, "2022-06")]
    assert [(line["person"], line["manager"], line["current"]) for line in found["reports"]] == [(BOB, ANN, True)]
    assert [line["product"] for line in found["products"]] == [CORE]
    later = organization_history(connection, "acme", on("2023-03-01"))
    assert [(line["current"], line["certainty"], line["until"]) for line in later["tenures"]] == [
        (False, None, day("2023-01-31")),
        (True, "certain", None),
    ]
    assert [(line["current"], line["until"], line["expected_return"]["value"]) for line in later["leaves"]] == [
        (False, day("2022-10-10"), "2022-09")
    ]
    before = organization_history(connection, "acme", on("2020-01-31"))
    assert before == {"tenures": [], "leaves": [], "reports": [], "products": []}


def test_the_history_of_a_person(connection: Connection) -> None:
    """A person's years under every id that was merged, in every organization; rumours only for whoever asks for them."""
    strict, rumoured = (person_history(connection, "bob", replace(on("2024-01-01"), rumoured=flag)) for flag in (False, True))
    assert [(line["organization"]["id"], line["role"]) for line in strict["tenures"]] == [("acme", "CTO")]
    assert [(line["organization"]["id"], line["role"]) for line in rumoured["tenures"]] == [("acme", "CTO"), ("bolt", "adviser")]
    assert [line["events"] for line in strict["reports"]] == [ids("e3")]


@pytest.mark.parametrize(
    ("on_day", "roles", "away"),
    [("2021-04-30", [], []), ("2022-04-01", ["CTO"], ["2022-06"]), ("2022-05-01", ["CTO"], ["2022-09"]), ("2022-10-10", ["CTO"], [])],
)
def test_how_a_person_stands(connection: Connection, on_day: str, roles: list[str], away: list[str]) -> None:
    """A card shows what holds on that day and nothing else."""
    found = person_standing(connection, "bob", on(on_day))
    assert [line["role"] for line in found["roles"]] == roles
    assert [line["expected_return"]["value"] for line in found["on_leave"]] == away


def test_how_a_product_stands(connection: Connection) -> None:
    """A product is found under the id that it is read by, and has no phase before anything is known of it."""
    found = product_standing(connection, "core", on("2022-06-01"))["standing"]
    assert (found["product"], found["phase"], found["expected"]["value"]) == (CORE, "announced", "2022-12")
    assert product_standing(connection, "core", on("2022-01-31")) == {"standing": None}
    assert product_standing(connection, "core", on("2022-06-01", known_at="2022-01-31")) == {"standing": None}


def test_on_the_recorded_clock(connection: Connection) -> None:
    """The same questions by what was recorded: merges that were not yet made keep people apart."""
    recorded = replace(on("2022-09-30", known_at="2024-01-01T00:00:25Z"), clock="recorded")
    found = organization_state(connection, "acme", recorded)
    assert [line["person"]["id"] for line in found["holders"]] == ["ann", "robert"]
    assert [line["person"]["id"] for line in organization_history(connection, "acme", recorded)["tenures"]] == ["ann", "robert"]
    assert person_history(connection, "robert", recorded)["tenures"][0]["role"] == "CTO"
    assert winner_of(connection, "person", "robert", recorded) == "robert"
    assert winner_of(connection, "person", "robert", on("2022-09-30")) == "bob"


def test_a_reading_is_echoed() -> None:
    """A reader must see which question was answered, with every default resolved."""
    assert echo(replace(on("2022-09-30"), clock="recorded")) == {
        "as_of": "2022-09-30", "known_at": "2030-01-01T00:00:00Z", "clock": "recorded",
    }  # fmt: skip


def test_disputes_name_their_event(store: Store) -> None:
    """Whoever sees a disputed day wants to read who says so."""
    log = told()
    log.post("e12", "incumbency", "2020-06-01", person="ann", organization="acme", role="CEO", since="2020-01-15", announced="2020-06-02")
    catch_up(store, log)
    with store.reading() as connection:
        ceo = organization_state(connection, "acme", on("2022-01-01"))["holders"][0]
    assert (ceo["since"], ceo["events"]) == (day("2020-01-15"), ids("e1", "e12", "e7"))
    assert [(line["field"], line["value"]["value"], line["event"]) for line in ceo["disputed"]] == [("since", "2020-02", ids("e1")[0])]
