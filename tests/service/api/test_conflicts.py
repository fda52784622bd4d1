"""Conflicts over HTTP: each kind is found in the smallest example and not beside it, and what is suggested settles it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, get, matches, ok, post, refused, source
from tests.service.api.test_imports import send
from tests.service.conftest import Clock


def told(type_name: str, person: str, effective: str, role: str | None = "CEO", **more: Any) -> Json:
    """A post about somebody at a company, from a source of its own."""
    announced = f"{effective}-01-01"[:10] if len(effective) < 7 else f"{effective}-01"[:10]
    named = {} if role is None else {"role": role}
    event = {"type": type_name, "person": person, **named, "effective": effective, "announced": announced, **more}
    return {"organization": "Acme", "sources": [source(len(str(event)), title=f"{type_name} {person} {effective}")], **event}


FOUND: dict[str, tuple[str, list[Json]]] = {
    "appointed twice at nearly the same time": (
        "start", [told("appointment", "Ann", "2020-01-01"), told("appointment", "Ann", "2020-02-01")]),
    "a since that says otherwise": (
        "start", [told("appointment", "Ann", "2020-01-01", status="confirmed"), told("incumbency", "Ann", "2020-06-01", since="2019")]),
    "two days of leaving": (
        "end", [told("appointment", "Ann", "2020-01-01"), told("departure", "Ann", "2021-01-01"), told("departure", "Ann", "2021-02-01")]),
    "left twice": (
        "missing_return", [told("step_down", "Ann", "2020-01-01"), told("step_down", "Ann", "2021-01-01")]),
    "departed twice": (
        "missing_return",
        [told("appointment", "Ann", "2018-01-01"), told("departure", "Ann", "2020-01-01", None),
         told("departure", "Ann", "2021-01-01", None)]),
    "seen after leaving": (
        "seen_after_end", [told("step_down", "Ann", "2020-01-01"), told("incumbency", "Ann", "2021-01-01")]),
    "two chiefs": (
        "seat", [told("appointment", "Ann", "2020-01-01"), told("appointment", "Bob", "2021-01-01")]),
    "two chiefs of one day": (
        "seat", [told("appointment", "Ann", "2020-01-01"), told("appointment", "Bob", "2020-01-01", status="confirmed")]),
    "two chiefs, since when is not told": (
        "seat", [told("appointment", "Ann", "2020-01-01"), told("incumbency", "Bob", "2021-01-01")]),
    "two chiefs, the first seen after the second came": (
        "seat",
        [told("incumbency", "Ann", "2021-06-20", since="2020", announced="2021-06-20"),
         told("appointment", "Bob", "2020-05-01", announced="2020-05-01")]),
    "a circle": (
        "circle",
        [told("reporting_line", "Ann", "2020-01-01", None, manager="Bob"),
         told("reporting_line", "Bob", "2020-02-01", None, manager="Ann")]),
    "a circle of one": (
        "circle", [told("reporting_line", "Ann", "2020-01-01", None, manager="Ann")]),
    "two predecessors": (
        "succession",
        [told("appointment", "Ann", "2020-01-01", predecessor="Bob"), told("appointment", "Ann", "2020-01", predecessor="Cat")]),
    "two successors": (
        "succession",
        [told("step_down", "Ann", "2020-01-01", successor="Bob", status="confirmed"),
         told("step_down", "Ann", "2020-01", successor="Cat")]),
    "one successor of two who stepped down": (
        "succession", [told("step_down", "Ann", "2020-01-01", successor="Cat"), told("step_down", "Bob", "2020-01-01", successor="Cat")]),
    "one predecessor of two who were appointed": (
        "succession",
        [told("appointment", "Ann", "2020-01-01", predecessor="Cat"), told("appointment", "Bob", "2020-01-01", predecessor="Cat")]),
    "two predecessors by reports of one event": (
        "succession",
        [told("appointment", "Ann", "2020-01-01", predecessor="Bob"), told("appointment", "Ann", "2020-01-01", predecessor="Cat")]),
    "two successors by reports of one event": (
        "succession", [told("step_down", "Ann", "2020-01-01", successor="Bob"), told("step_down", "Ann", "2020-01-01", successor="Cat")]),
}  # fmt: skip
"""By a name for it, the kind of a conflict and the events that make it."""
BESIDE: dict[str, list[Json]] = {
    "dates that overlap": [told("appointment", "Ann", "2020-01-15"), told("appointment", "Ann", "2020-01")],
    "a reappointment": [told("appointment", "Ann", "2020-01-01"), told("appointment", "Ann", "2021-01-01")],
    "a rough report of the end": [told("departure", "Ann", "2021-01-15"), told("departure", "Ann", "2021-01")],
    "left and back and left": [
        told("step_down", "Ann", "2020-01-01"), told("appointment", "Ann", "2020-06-01"), told("step_down", "Ann", "2021-01-01"),
    ],
    "seen before leaving": [told("incumbency", "Ann", "2019-01-01"), told("step_down", "Ann", "2020-01-01")],
    "a role of several seats": [told("appointment", "Ann", "2020-01-01", "adviser"), told("appointment", "Bob", "2021-01-01", "adviser")],
    "one after the other": [
        told("appointment", "Ann", "2020-01-01"), told("step_down", "Ann", "2021-01-01"), told("appointment", "Bob", "2021-01-01"),
    ],
    "perhaps at once": [told("appointment", "Ann", "2020-01-01"), told("step_down", "Ann", "2025"), told("appointment", "Bob", "2025-06")],
    "a line and its end": [
        told("reporting_line", "Ann", "2020-01-01", None, manager="Bob"), told("reporting_line", "Ann", "2020-02-01", None, manager=None),
        told("reporting_line", "Bob", "2020-03-01", None, manager="Ann"),
    ],
    "successions a year apart": [
        told("step_down", "Ann", "2020-01-01", successor="Bob"), told("appointment", "Ann", "2020-06-01"),
        told("step_down", "Ann", "2021-01-01", successor="Cat"), told("step_down", "Bob", "2020-05-01"),
    ],
    "a rumour": [told("appointment", "Ann", "2020-01-01"), told("appointment", "Bob", "2021-01-01", status="rumoured")],
}  # fmt: skip
"""What is nearly a conflict, and none."""


def two_of_one_name(client: FlaskClient, *identifiers: Json) -> None:
    """Register two people of one name, apart from each other, with identifiers if any are given."""
    for number in range(2):
        more = {"identifiers": identifiers[number]} if identifiers else {}
        response = client.post(f"{API}/people?distinct=true", json={"name": {"en": "Jane Roe"}, **more})
        assert response.status_code == 201, response.text


def post_all(client: FlaskClient, events: list[Json], company: str) -> list[Json]:
    """Post the events of an example, about a company of its own."""
    return [post(client, {**event, "organization": company}) for event in events]


def conflicts(client: FlaskClient, **query: Any) -> list[Json]:
    """The conflicts on one page."""
    page = get(client, "/conflicts", limit=200, as_of="2025-06-30", **query)
    matches(client, "ConflictPage", page)
    items: list[Json] = page["items"]
    return items


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found_and_what_is_suggested_settles_it(shared: FlaskClient, name: str) -> None:
    """A contradiction that is only shown stays; one with its way out is soon gone."""
    kind, told_of = FOUND[name]
    events = post_all(shared, told_of, name)
    (found,) = (one for one in conflicts(shared, organization=name) if one["kind"] == kind)
    assert {claim["event"] for claim in found["claims"]} <= {event["id"] for event in events}
    assert found["people"]
    left = [found]
    for _ in range(4):
        if not left:
            break
        (result,) = send(shared, [left[0]["suggestion"]])
        assert result["outcome"] != "error", (left[0]["suggestion"], result)
        left = conflicts(shared, organization=name)
    assert conflicts(shared, organization=name) == []


@pytest.mark.parametrize("name", BESIDE)
def test_nothing_is_found_beside_it(shared: FlaskClient, name: str) -> None:
    """Whoever finds conflicts that are none soon looks at no list of them."""
    post_all(shared, BESIDE[name], name)
    assert conflicts(shared, organization=name) == []


def test_each_of_several_holders_makes_room_for_the_next(client: FlaskClient) -> None:
    """Who was followed by the second must not seem to have stayed until the third came."""
    days = {"T1": "2010-01-10", "T2": "2012-01-10", "T3": "2013-01-10"}
    events = {person: post(client, told("appointment", person, day, announced=day)) for person, day in days.items()}
    for person, following in (("T1", "T2"), ("T2", "T3")):
        (found,) = conflicts(client)
        made = {name: found["suggestion"][name] for name in ("type", "person", "effective", "successor")}
        assert made == {"type": "step_down", "person": person.lower(), "effective": days[following], "successor": following.lower()}
        assert found["suggestion"]["sources"] == get(client, f"/events/{events[following]['id']}")["sources"]
        (result,) = send(client, [found["suggestion"]])
        assert result["outcome"] == "recorded"
    assert conflicts(client) == []


def test_a_later_sighting_is_heeded(client: FlaskClient) -> None:
    """A leaving before the holder was seen would take one conflict away and bring the next."""
    post_all(client, FOUND["two chiefs, the first seen after the second came"][1], "Acme")
    (found,) = conflicts(client)
    send(client, [found["suggestion"]])
    assert conflicts(client) == []


def test_what_rests_on_a_rumour_is_suggested_as_one(client: FlaskClient) -> None:
    """A line taken as it is must not make a fact of a rumour, for readers who want no rumours."""
    post_all(client, BESIDE["a rumour"], "Acme")
    (found,) = conflicts(client, include="rumoured")
    assert found["suggestion"]["status"] == "rumoured"
    (result,) = send(client, [found["suggestion"]])
    assert result["outcome"] == "recorded"
    assert conflicts(client, include="rumoured") == []
    (holder,) = get(client, "/organizations/acme/state", as_of="2025-06-30")["holders"]
    assert (holder["person"]["id"], holder["until"]) == ("ann", None)


@pytest.mark.parametrize(
    ("identifiers", "merges"), [((), True), (({"wikidata": "Q1"}, {"isni": "2"}), True), (({"wikidata": "Q1"}, {"wikidata": "Q2"}), False)]
)
def test_two_of_one_name_may_be_one_person(client: FlaskClient, identifiers: tuple[Json, ...], merges: bool) -> None:
    """A second record of a person is the likeliest cause of a second chief, unless identifiers tell the two apart."""
    two_of_one_name(client, *identifiers)
    for person, day in (("jane-roe", "2020-01-01"), ("jane-roe-2", "2021-01-01")):
        post(client, told("appointment", person, day))
    (found,) = conflicts(client)
    merge = {"merge": "person", "loser": "jane-roe-2", "winner": "jane-roe", "reason": "one person under two ids"}
    assert (found["suggestion"] == merge) is merges
    (result,) = send(client, [found["suggestion"]])
    assert result["outcome"] == ("merged" if merges else "recorded")
    assert conflicts(client) == []


def test_pages_filters_and_clocks(client: FlaskClient) -> None:
    """A long list is worked through page by page, by whoever knows about one company or one person."""
    for name, (_, events) in FOUND.items():
        post_all(client, events, name)
    whole = conflicts(client)
    assert {one["kind"] for one in whole} == {kind for kind, _ in FOUND.values()}
    assert [one["organization"]["id"] for one in whole] == sorted(one["organization"]["id"] for one in whole)
    paged: list[Json] = []
    page = get(client, "/conflicts", limit=3, as_of="2025-06-30")
    while True:
        paged += page["items"]
        if page["next"] is None:
            break
        assert len(page["items"]) == 3
        page = ok(client.get(page["next"]))
    assert paged == whole
    assert conflicts(client, clock="recorded") == whole
    for kind in ("seat", "circle"):
        assert conflicts(client, kind=kind) == [one for one in whole if one["kind"] == kind]
    assert conflicts(client, organization="a circle") == [one for one in whole if one["organization"]["name"] == "a circle"]
    assert conflicts(client, person="Bob") == [one for one in whole if "Bob" in [person["name"] for person in one["people"]]]
    japanese = conflicts(client, lang="ja", kind="circle")
    assert {one["text"] for one in japanese} == {"指揮系統が循環している"}


def test_on_the_day_and_as_known_then(client: FlaskClient) -> None:
    """Nobody contradicted anybody before the second report, nor is it a conflict before its day."""
    post_all(client, FOUND["two chiefs"][1], "Acme")
    for query, found in (
        ({"as_of": "2020-12-31"}, []),
        ({"as_of": "2021-01-01"}, ["seat"]),
        ({"known_at": "2020-12-31"}, []),
        ({"known_at": "2020-12-31", "as_of": "2022-01-01"}, []),
        ({"known_at": "2021-01-01"}, ["seat"]),
        ({"clock": "recorded", "known_at": "2021-01-01"}, []),
    ):
        assert [one["kind"] for one in get(client, "/conflicts", **query)["items"]] == found, query


def test_a_conflict_stands_under_the_id_that_won(client: FlaskClient, clock: Clock) -> None:
    """Two names of one person are no two chiefs, once that is known."""
    post_all(client, FOUND["two chiefs"][1], "Acme")
    clock.pass_by(days=1)
    ok(client.post(f"{API}/people/bob/merge", json={"into": "ann", "announced": "2026-01-02"}))
    assert conflicts(client) == []
    assert [one["kind"] for one in conflicts(client, known_at="2026-01-01T12:00:00Z")] == ["seat"]


def test_two_reports_name_one_person(client: FlaskClient) -> None:
    """Who goes by two names is no two successors, also where it was another report of the same event that gave the other."""
    post(client, told("step_down", "Ann", "2020-01-01", successor="Bob", reason="retired"))
    post(client, told("step_down", "Ann", "2020-01-01", successor="Robert", reason="illness", sources=[source(2)]))
    assert [one["kind"] for one in conflicts(client)] == ["succession"]
    ok(client.post(f"{API}/people/robert/merge", json={"into": "bob"}))
    assert conflicts(client) == []


@pytest.mark.parametrize("query", [{"organization": "Nobody Inc"}, {"organization": "Acme", "person": "Nobody"}])
def test_a_filter_by_nobody(client: FlaskClient, query: Json) -> None:
    """An empty list for a name that is unknown would read as peace."""
    post_all(client, FOUND["two chiefs"][1], "Acme")
    refused(client.get(f"{API}/conflicts", query_string=query), 404, "Nobody")
