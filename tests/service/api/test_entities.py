"""People, organizations and products: found, shown, kept, merged and taken apart; the same for each kind."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, appointment, departure, get, ids, matches, ok, people, post, refused, source
from tests.service.conftest import Clock

KINDS = {"people": "person", "organizations": "organization", "products": "product"}


def create(client: FlaskClient, plural: str, name: object, **more: object) -> Json:
    """Register an entity."""
    return ok(client.post(f"{API}/{plural}", json={"name": name, **more}))


def keep(client: FlaskClient, path: str, body: Json) -> Json:
    """Write about an entity, which must be accepted."""
    return ok(client.post(API + path, json=body))


@pytest.mark.parametrize(("plural", "kind"), KINDS.items())
def test_an_entity_is_registered_found_and_shown(client: FlaskClient, plural: str, kind: str) -> None:
    """Who is in the lists before any event can be named in one without a mistake."""
    given = {"name": {"en": "Ada Byron", "ja": "エイダ・バイロン"}, "aliases": ["A.A.L."], "identifiers": {"wikidata": "Q7259"}}
    response = client.post(f"{API}/{plural}", json=given)
    made = response.json or {}
    assert (response.status_code, response.headers["Location"]) == (201, f"{API}/{plural}/ada-byron")
    matches(client, "Written", made)
    card = get(client, f"/{plural}/ada-byron")
    matches(client, f"{kind.capitalize()}Card", card)
    assert (card["kind"], card["names"], card["aliases"]) == (kind, given["name"], ["A.A.L."])
    assert (card["identifiers"], card["merged"], "standing" in card) == ({"wikidata": "Q7259"}, [], True)
    for q in ("ada", "エイダ", "エイダバイロン", "ADA  BYRON", "ada-byron", "a.a.l."):
        assert ids(get(client, f"/{plural}", q=q)) == ["ada-byron"], q
    assert ids(get(client, f"/{plural}", q="bob")) == []
    assert get(client, f"/{plural}/ada-byron", lang="ja")["name"] == "エイダ・バイロン"


def test_a_name_that_is_borne_needs_intent(client: FlaskClient) -> None:
    """Two people of one name are rare, and one person twice is not."""
    create(client, "people", "John Smith")
    problem = refused(client.post(f"{API}/people", json={"name": "john  smith"}), 409, "john-smith", "distinct=true")
    assert problem["candidates"][0]["id"] == "john-smith"
    assert ok(client.post(f"{API}/people?distinct=true", json={"name": "John Smith"}))["id"] == "john-smith-2"
    refused(client.get(f"{API}/feed?person=John+Smith"), 422, "john-smith-2")
    assert create(client, "people", "Jane Roe", id="jane.roe")["id"] == "jane.roe"


def test_names_and_identifiers_are_added(client: FlaskClient) -> None:
    """A name learned later finds the same person, and a former one goes on doing so."""
    create(client, "people", {"en": "Mira Murati"})
    assert keep(client, "/people/mira-murati/names", {"name": {"ja": "ミラ・ムラティ"}, "aliases": ["MM"]})["outcome"] == "named"
    named = keep(client, "/people/mira-murati/names", {"name": {"en": "Ermira Murati"}})
    assert (named["name"], named["aliases"]) == ("Ermira Murati", ["MM", "Mira Murati"])
    assert keep(client, "/people/mira-murati/names", {"aliases": ["MM"]})["outcome"] == "unchanged"
    assert keep(client, "/people/mira-murati/identifiers", {"identifiers": {"wikidata": "Q1"}})["identifiers"] == {"wikidata": "Q1"}
    for q in ("MM", "Mira Murati", "ミラ", "Ermira"):
        assert ids(get(client, "/people", q=q)) == ["mira-murati"], q
    assert post(client, departure("Mira Murati"))["registered"][0]["kind"] == "organization"


def test_a_merge_reads_as_one_and_can_be_undone(client: FlaskClient) -> None:
    """Two spellings made two people: they become one without a word of what was posted being changed."""
    left = post(client, departure("Mira Murati"))
    post(client, appointment("M. Murati"))
    done = keep(client, "/people/m-murati/merge", {"into": "mira-murati", "reason": "the same"})
    assert (done["outcome"], done["merged_into"]) == ("merged", "mira-murati")
    assert ids(get(client, "/people")) == ["mira-murati"]
    card = get(client, "/people/mira-murati")
    assert (card["merged"], card["aliases"]) == (["m-murati"], ["M. Murati"])
    assert people(get(client, "/organizations/openai/state", as_of="2023-01-01")) == ["Mira Murati"]
    assert len(get(client, "/feed", person="m-murati")["items"]) == 2
    refused(client.post(f"{API}/people/m-murati/merge", json={"into": "openai"}), 404, "openai")
    keep(client, "/people/m-murati/unmerge", {"reason": "not the same"})
    assert ids(get(client, "/people")) == ["mira-murati", "m-murati"]
    assert [event["id"] for event in get(client, "/feed", person="mira-murati")["items"]] == [left["id"]]


def test_what_is_posted_under_a_loser_s_id_is_the_winner_s_until_the_undoing(client: FlaskClient) -> None:
    """A merge made by mistake must take nothing away from the one who was merged, also of what was posted meanwhile."""
    post(client, appointment("Mira Murati"))
    post(client, appointment("M. Murati", role="CEO"))
    keep(client, "/people/m-murati/merge", {"into": "mira-murati"})
    meanwhile = post(client, departure("m-murati", role="CEO"))
    assert meanwhile["fields"]["person"]["id"] == "mira-murati"
    again = post(client, departure("mira-murati", role="CEO", sources=[source(2)]))
    assert (again["id"], again["outcome"], again["disputed"]) == (meanwhile["id"], "corroborated", [])
    assert get(client, "/organizations/openai/state")["holders"] == []
    keep(client, "/people/m-murati/unmerge", {"reason": "not the same"})
    assert people(get(client, "/organizations/openai/state")) == ["Mira Murati"]
    assert [event["id"] for event in get(client, "/feed", person="m-murati", type="departure")["items"]] == [meanwhile["id"]]
    left = get(client, f"/events/{meanwhile['id']}")
    assert left["fields"]["person"]["id"] == "m-murati"
    assert [dispute["value"]["id"] for dispute in left["disputed"]] == ["mira-murati"]


@pytest.mark.parametrize("path", ["", "/history"])
@pytest.mark.parametrize("old", ["m-murati", "Mira%20Murati", "ミラ・ムラティ"])
def test_another_s_id_and_a_name_lead_to_the_id(client: FlaskClient, path: str, old: str) -> None:
    """An address that somebody kept must go on working, with the question that was asked."""
    for name in ({"en": "Mira Murati", "ja": "ミラ・ムラティ"}, "M. Murati"):
        create(client, "people", name)
    keep(client, "/people/m-murati/merge", {"into": "mira-murati"})
    response = client.get(f"{API}/people/{old}{path}?as_of=2024-01-01&lang=ja")
    assert (response.status_code, response.headers["Location"]) == (308, f"{API}/people/mira-murati{path}?as_of=2024-01-01&lang=ja")
    assert client.get(response.headers["Location"]).status_code == 200


def test_a_merged_organization_leads_to_the_state_of_the_other(client: FlaskClient) -> None:
    """The state of a company that turned out to be another one is that one's."""
    post(client, appointment("Mira Murati", organization="Open AI Inc"))
    create(client, "organizations", "OpenAI")
    keep(client, "/organizations/open-ai-inc/merge", {"into": "openai"})
    assert client.get(f"{API}/organizations/open-ai-inc/state").headers["Location"] == f"{API}/organizations/openai/state"
    assert people(get(client, "/organizations/openai/state")) == ["Mira Murati"]


def plain(kind: str, **fields: object) -> Json:
    """A post of another type than those about roles."""
    return {"type": kind, "sources": [{"title": "News"}], "announced": fields.get("effective"), **fields}


def test_a_card_shows_how_it_stands(client: FlaskClient) -> None:
    """The first question about anybody is what they do now, or did then."""
    post(client, appointment("Mira Murati"))
    post(client, plain("leave_of_absence", person="mira-murati", organization="openai", effective="2023-01-01"))
    post(client, plain("product_release", organization="openai", product="GPT-4", version="4", effective="2023-03-14"))
    person = get(client, "/people/mira-murati", as_of="2023-06-01")["standing"]
    assert ([one["role"] for one in person["roles"]], len(person["on_leave"])) == (["CTO"], 1)
    assert get(client, "/people/mira-murati", as_of="2022-01-01")["standing"] == {"roles": [], "on_leave": []}
    assert people(get(client, "/organizations/openai", as_of="2023-06-01")["standing"]) == ["Mira Murati"]
    product = get(client, "/products/gpt-4", as_of="2023-06-01")
    assert (product["standing"]["phase"], product["standing"]["versions"][0]["version"]) == ("released", "4")
    assert get(client, "/products/gpt-4", as_of="2023-01-01")["standing"] is None


def test_a_list_under_other_ids_is_no_dispute_while_they_are_merged(client: FlaskClient) -> None:
    """Who is named first in a report, and under which id, is nothing that two reports could differ on."""
    partners = plain("partnership", organizations=["Acme", "Bolt"], effective="2024-01-01")
    one = post(client, partners)
    create(client, "organizations", "Bolt Inc")
    keep(client, "/organizations/bolt-inc/merge", {"into": "bolt"})
    again = post(client, {**partners, "organizations": ["bolt-inc", "acme"], "sources": [source(2)]})
    assert (again["id"], again["outcome"], again["disputed"]) == (one["id"], "corroborated", [])
    keep(client, "/organizations/bolt-inc/unmerge", {})
    (dispute,) = get(client, f"/events/{one['id']}")["disputed"]
    assert [entity["id"] for entity in dispute["value"]] == ["bolt-inc", "acme"]


def test_a_card_shows_nothing_before_an_organization_s_founding(client: FlaskClient) -> None:
    """Nobody held a role in what was not there yet: the card must say the same as the organization's state."""
    post(client, departure("Mira Murati"))  # she held the role since nobody knows when
    post(client, plain("incumbency", person="mira-murati", organization="Acme", role="Director", effective="2020-01-01"))
    post(client, plain("leave_of_absence", person="mira-murati", organization="openai", effective="2015-12-01"))
    create(client, "organizations", "Open AI Inc")
    post(client, {**plain("founding", organization="open-ai-inc", effective="2015-12"), "announced": "2015-12-11"})
    keep(client, "/organizations/open-ai-inc/merge", {"into": "openai"})
    roles = {}
    for day, shown in (("2015-11-30", 0), ("2015-12-01", 1)):
        person = get(client, "/people/mira-murati", as_of=day)
        standing, roles[day] = person["standing"], [one["role"] for one in person["standing"]["roles"]]
        assert [one["role"] for one in person["succession"]] == roles[day]
        assert len(standing["on_leave"]) == len(people(get(client, "/organizations/openai/state", as_of=day))) == shown
    assert roles == {"2015-11-30": ["Director"], "2015-12-01": ["Director", "CTO"]}
    days = [change["day"] for change in get(client, "/people/mira-murati/moments", as_of="2024-12-31")["days"]]
    assert days == ["2015-12-01", "2020-01-01", "2024-09-25"]
    joined = get(client, "/people/mira-murati/diff", **{"from": "2015-11-30", "to": "2015-12-01"})["joined"]
    assert [line["organization"]["id"] for line in joined] == ["openai"]


@pytest.mark.parametrize(("plural", "entity"), [("people", "mira-murati"), ("organizations", "openai"), ("products", "gpt-4")])
def test_a_history_has_all_that_began_by_the_day(client: FlaskClient, plural: str, entity: str) -> None:
    """Tenures, leaves and events, and where the events go on."""
    post(client, appointment("Mira Murati"))
    post(client, departure("Mira Murati"))
    post(client, plain("product_release", organization="openai", product="GPT-4", effective="2023-03-14"))
    history = get(client, f"/{plural}/{entity}/history", limit=1)
    matches(client, f"{KINDS[plural].capitalize()}History", history)
    assert history[KINDS[plural]]["id"] == entity
    assert len(history["events"]["items"]) == 1
    if plural == "products":
        assert history["standing"]["phase"] == "released"
    else:
        assert [(line["role"], line["current"]) for line in history["tenures"]] == [("CTO", False)]
        assert client.get(history["events"]["next"]).status_code == 200
        before = get(client, f"/{plural}/{entity}/history", as_of="2022-12-31")
        assert (len(before["events"]["items"]), before["tenures"][0]["current"]) == (1, True)


def test_what_is_known_now_was_not_known_then(client: FlaskClient, clock: Clock) -> None:
    """Whoever looks back to before the first report sees that nothing was known, not that the address is wrong."""
    post(client, appointment("Mira Murati"))
    state = get(client, "/organizations/openai/state", known_at="2022-04-30")
    assert (state["holders"], state["organization"]["id"]) == ([], "openai")
    history = get(client, "/people/mira-murati/history", known_at="2022-04-30")
    assert (history["tenures"], history["events"]) == ([], {"items": [], "next": None})
    refused(client.get(f"{API}/people/mira-murati?known_at=2022-04-30"), 404, "mira-murati")
    assert get(client, "/people", known_at="2022-04-30")["items"] == []
    earlier = clock.now.isoformat()
    clock.pass_by(days=1)
    create(client, "people", "Bob McGrew")
    refused(client.get(f"{API}/people/bob-mcgrew", query_string={"known_at": earlier, "clock": "recorded"}), 404)
