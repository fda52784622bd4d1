"""A role in every organization at a day, and who came before and after somebody in one."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, appointment, departure, get, matches, ok, post


def holders(client: FlaskClient, role: str = "CEO", **query: Any) -> list[tuple[str, str]]:
    """Who holds a role where."""
    page = get(client, f"/roles/{role}/holders", **query)
    matches(client, "RoleHolderPage", page)
    return [(line["organization"]["id"], line["person"]["id"]) for line in page["items"]]


def chief(person: str, organization: str, effective: str, **more: Any) -> Json:
    """A post: somebody becomes chief executive."""
    return appointment(person, "CEO", organization=organization, effective=effective, announced=effective, **more)


def test_everywhere_at_a_day(client: FlaskClient) -> None:
    """Who led what when is one question, and no spreadsheet answers it."""
    post(client, chief("Bob", "Bolt", "2020-01-01"))
    post(client, chief("Ann", "Acme", "2019-01-01"))
    post(client, chief("Cat", "Acme", "2021-01-01", predecessor="Ann"))
    post(client, departure("Ann", organization="Acme", role="CEO", effective="2021-01-01", announced="2021-01-01"))
    post(client, chief("Dan", "Corp", "2018-01-01"))
    founded = {**chief("Dan", "Corp", "2022-01-01"), "type": "founding", "founders": ["Dan"]}
    post(client, {name: value for name, value in founded.items() if name not in ("person", "role")})
    assert holders(client, as_of="2018-12-31") == []
    assert holders(client, as_of="2020-06-01") == [("acme", "ann"), ("bolt", "bob")]
    assert holders(client, as_of="2022-01-01") == [("acme", "cat"), ("bolt", "bob"), ("corp", "dan")]
    assert holders(client, as_of="2022-01-01", known_at="2019-06-01") == [("acme", "ann"), ("corp", "dan")]
    assert holders(client, as_of="2022-01-01", clock="recorded", known_at="2019-06-01") == []
    for spelling in ("chief-executive-officer", "Chief%20Executive%20Officer", "最高経営責任者"):
        assert holders(client, spelling) == holders(client)
    assert holders(client, "juggler") == []
    page = get(client, "/roles/CEO/holders", limit=2)
    assert [line["person"]["id"] for line in (*page["items"], *ok(client.get(page["next"]))["items"])] == ["cat", "bob", "dan"]
    for organization in ("acme", "bolt", "corp"):
        state = get(client, f"/organizations/{organization}/state")
        lines = [line for line in get(client, "/roles/CEO/holders")["items"] if line["organization"]["id"] == organization]
        assert [{name: line[name] for name in line if name != "organization"} for line in lines] == state["holders"]


def succession(client: FlaskClient, person: str, **query: Any) -> list[Json]:
    """Who came before and after a person, from the card."""
    card = get(client, f"/people/{person}", **query)
    matches(client, "PersonCard", card)
    found: list[Json] = card["succession"]
    return found


def neighbours(line: Json, which: str) -> list[tuple[str, str]]:
    """Who came before or after, and by what that is known."""
    return [(found["person"]["id"], found["by"]) for found in line[which]]


def test_before_and_after(client: FlaskClient) -> None:
    """As events say it and as tenures show it are two things, and where they differ a reader wants to see both."""
    post(client, chief("Ann", "Acme", "2018-01-01"))
    left = post(client, {**chief("Ann", "Acme", "2020-01-01"), "type": "step_down"})
    came = post(client, chief("Bob", "Acme", "2020-01-10", predecessor="Cat"))
    gone = post(
        client,
        departure(
            "Bob", type="step_down", organization="Acme", role="CEO", effective="2022-01-01", announced="2022-01-01", successor="Dan"
        ),
    )
    post(client, chief("Eve", "Acme", "2023-01-01"))
    (line,) = succession(client, "bob")
    assert (line["organization"]["id"], line["role"], line["role_key"]) == ("acme", "CEO", "chief-executive-officer")
    assert neighbours(line, "predecessors") == [("cat", "events"), ("ann", "tenures")]
    assert [found["events"] for found in line["predecessors"]] == [[came["id"]], [left["id"]]]
    assert neighbours(line, "successors") == [("dan", "events")]
    assert line["successors"][0]["events"] == [gone["id"]]
    (first,) = succession(client, "ann")
    assert (neighbours(first, "predecessors"), neighbours(first, "successors")) == ([], [("bob", "tenures")])
    assert succession(client, "eve")[0]["predecessors"] == []
    assert succession(client, "cat") == []
    (early,) = succession(client, "bob", as_of="2020-06-01")
    assert (neighbours(early, "predecessors"), early["successors"]) == (neighbours(line, "predecessors"), [])
    (unknown,) = succession(client, "ann", known_at="2019-12-31")
    assert unknown["successors"] == []


@pytest.mark.parametrize(
    ("query", "before"),
    [({"as_of": "2019-12-31"}, []), ({"as_of": "2020-01-01"}, ["bob"]), ({"as_of": "2020-06-01", "known_at": "2019-06-01"}, [])],
)
def test_nothing_is_told_before_its_day(client: FlaskClient, query: Json, before: list[str]) -> None:
    """Who will follow whom stands in no card of an earlier day, nor in one of what was known earlier."""
    post(client, chief("Ann", "Bolt", "2018-01-01"))
    post(client, chief("Ann", "Acme", "2020-01-01", predecessor="Bob"))
    told = [line for line in succession(client, "ann", **query) if line["organization"]["id"] == "acme"]
    assert [person for line in told for person, _ in neighbours(line, "predecessors")] == before


def test_a_role_without_a_key_is_in_no_list(client: FlaskClient) -> None:
    """Somebody who left without having been seen in a role had no place in which others followed."""
    post(client, {key: value for key, value in departure("Ann").items() if key != "role"})
    assert succession(client, "ann") == []


def test_the_title_is_in_the_reader_s_language(client: FlaskClient) -> None:
    """A role that is known by its key alone has a title for whoever reads."""
    post(client, chief("Ann", "Acme", "2018-01-01"))
    assert client.get(f"{API}/roles/CEO/holders?lang=ja").status_code == 200
    assert succession(client, "ann", lang="ja")[0]["role"] == "CEO"


def test_a_departure_that_names_no_role_has_a_successor_in_the_one_that_it_ended(client: FlaskClient) -> None:
    """Most reports of a leaving do not say from what, and name whoever follows all the same; of two roles it may be either."""
    whole = departure(organization="Acme", effective="2023-03-05", announced="2023-03-05", successor="Bob")
    left = {name: value for name, value in whole.items() if name != "role"}
    post(client, appointment("Ann", "CTO", organization="Acme", effective="2020-01-10", announced="2020-01-10"))
    event = post(client, {**left, "person": "Ann"})
    (line,) = succession(client, "ann")
    assert line["role_key"] == "chief-technology-officer"
    assert [(found["person"]["id"], found["by"], found["events"]) for found in line["successors"]] == [("bob", "events", [event["id"]])]
    assert succession(client, "ann", as_of="2023-03-04")[0]["successors"] == []
    assert succession(client, "ann", known_at="2023-03-04")[0]["successors"] == []
    (mark,) = (one for one in get(client, "/people/ann/moments")["known"] if one["at"].startswith("2023-03-05"))
    assert mark
    post(client, {**left, "person": "Cat"})
    post(client, appointment("Cat", "CTO", organization="Acme", effective="2019-01-10", announced="2023-05-01"))
    assert [one["kind"] for one in get(client, "/conflicts", kind="succession", as_of="2023-06-01")["items"]] == ["succession"]
    post(client, appointment("Ann", "CFO", organization="Acme", effective="2021-01-10", announced="2023-06-01"))
    assert [one["successors"] for one in succession(client, "ann")] == [[], []]
    assert get(client, "/conflicts", kind="succession")["items"] == []
