"""The embargo: what is announced in the future reaches no read, list, count, document or error message before its moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import create_app
from tests.service.api.support import API, Json, addresses, appointment, departure, get, ok, post, say, source
from tests.service.conftest import ENGINES, TODAY, Clock, new_database, opened
from tests.support.examples import NIGHTLY

LATER = "2026-03-01"
SECRETS = ("secret", "zephyr", "秘密")
PARAMETERS = (
    "",
    "?clock=recorded",
    "?known_at=2026-01-05",
    "?include=rumoured&lang=ja",
    "?as_of=2027-01-01",
    "?clock=recorded&known_at=2026-01-05",
)
RELEASE = {"type": "product_release", "organization": "OpenAI", "effective": "2023-03-14"}
FILLED = {
    "people": ("mira-murati", "m-murati", "secret-person", "secret-name"),
    "organizations": ("openai", "zephyr-systems"),
    "products": ("gpt-4", "secret-product"),
}


@dataclass(frozen=True)
class World:
    """A client of a log of which a part is under embargo, the ids that stand in its addresses, and whether its pages are looked at too."""

    client: FlaskClient
    clock: Clock
    known: Json
    hidden: Json
    article: str
    pages: bool


def under_embargo(client: FlaskClient, known: Json) -> Json:
    """Write everything that can be under embargo; the answer of one such event."""
    told = {"announced": LATER, "sources": [source(9, title="Secret news", publisher="Secret Wire")]}
    hidden = post(client, departure("Secret Person", organization="Zephyr Systems", role="Secret role", summary={"ja": "秘密"}, **told))
    post(client, departure("Mira Murati", type="incumbency", role="Secret adviser", tags=["secret"], **told))
    release = {
        "type": "product_release",
        "organization": "OpenAI",
        "product": "Secret Product",
        "version": "zephyr",
        "effective": "2026-03-01",
    }
    post(client, {**release, **told})
    events = [departure("Secret Author", announced=LATER, sources=[])]
    ok(client.post(f"{API}/articles", json={"title": "Secret article", "url": "https://example.com/secret", "events": events}))
    say(client, known, "corrections", {"changes": {"role": "Secret role"}, "reason": "secret reason", "announced": LATER})
    say(client, known, "sources", {"add": source(8, title="Secret source", published_at=LATER)})
    say(client, known, "status", {"to": "confirmed", "reason": "secret status", "announced": LATER})
    one, other = (post(client, appointment("Twin", effective=day)) for day in ("2022-05-01", "2022-05-02"))
    say(client, other, "join", {"into": one["id"], "reason": "secret join", "announced": LATER})
    say(client, post(client, appointment("Twin", role="Secret twin", **told)), "join", {"into": one["id"], "reason": "secret twin"})
    for path, body in (
        ("/people/mira-murati/names", {"name": {"en": "Secret Name"}, "aliases": ["Zephyr"]}),
        ("/people/mira-murati/identifiers", {"identifiers": {"wikidata": "Qsecret"}}),
        ("/people/m-murati/merge", {"into": "mira-murati", "reason": "secret merge"}),
    ):
        ok(client.post(API + path, json={**body, "announced": LATER}))
    return hidden


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A log in January in which much will be announced in March."""
    home, clock = tmp_path_factory.mktemp("embargo"), Clock()
    with new_database(request, request.param, home) as url, opened(url, home, clock) as annals:
        client = create_app(annals).test_client()
        known = post(client, appointment("Mira Murati"))
        post(client, appointment("M. Murati", organization="Other"))
        post(
            client,
            {"type": "product_release", "organization": "OpenAI", "product": "GPT-4", "effective": "2023-03-14", "sources": [source()]},
        )
        hidden = under_embargo(client, known)
        article = get(client, "/articles")["items"][0]["id"]
        yield World(client, clock, known, hidden, article, NIGHTLY or request.param == "sqlite")


def paths(world: World) -> Iterator[str]:
    """Every address that can be read, pages among them, with ids that are known and ids that are not yet."""
    stands_for = {
        "event_id": (world.known["id"], world.hidden["id"]),
        "article_id": (world.article,),
        "name": ("departure",),
        "key": ("cto", "secret-role", "secret-adviser"),
    }
    return (path for _, path in addresses(world.client, FILLED, stands_for, pages=world.pages))


def asked(path: str) -> tuple[str, ...]:
    """The addresses with what the path requires: of a diff, two days, and two moments of knowledge between which it is announced."""
    if path.endswith("/diff"):
        return (
            f"{path}?from=2020-01-01&to=2027-01-01",
            f"{path}?from_known_at=2024-01-01&to_known_at=2026-01-20",
            f"{path}?from=2026-01-01",
        )
    if path.endswith("/state"):
        return (path, f"{path}?explain=true")
    return (f"{path}?q=s",) if path.endswith("/search") else (path,)


def leaks(world: World, address: str) -> list[str]:
    """The secrets in an answer, in its body or headers, that are not in the address itself."""
    response = world.client.get(address)
    assert response.status_code < 500, address
    told = f"{response.get_data(as_text=True)} {response.headers}".lower()
    return [secret for secret in SECRETS if secret in told and secret not in address]


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_nothing_of_it_is_anywhere(world: World, parameters: str) -> None:
    """One forgotten address is enough to make the news known before its day."""
    found = {}
    for first in (address for path in paths(world) for address in asked(path)):
        address = first + (parameters.replace("?", "&") if "?" in first else parameters)
        if leaked := leaks(world, address):
            found[address] = leaked
    assert "\n".join(f"{address}: {secrets}" for address, secrets in found.items()) == ""


@pytest.mark.parametrize(
    "path",
    [
        "/people?q={}",
        "/organizations?q={}",
        "/products?q={}",
        "/feed?q={}",
        "/feed?tag={}",
        "/feed?person={}",
        "/search?q={}",
        "/people/{}",
    ],
)
@pytest.mark.parametrize("secret", ["secret", "Zephyr", "Secret Name", "秘密"])
def test_asking_for_it_finds_nothing(world: World, path: str, secret: str) -> None:
    """Whoever guesses a name must not learn from the answer that the guess was right."""
    response = world.client.get(API + path.format(secret))
    body: Any = response.json
    guess: Any = world.client.get(API + path.format("Nonesuch")).json
    assert response.status_code in (200, 404)
    if response.status_code == 200:
        plain = {name: value for name, value in body.items() if name != "known_at"}
        assert plain == {name: value for name, value in guess.items() if name != "known_at"}
    else:
        assert str(body).replace(secret, "Nonesuch") == str(guess)


def test_only_the_number_of_entries_moves(world: World) -> None:
    """A probe of the operator's may see how long the log is, and nothing of what is in it."""
    ready: Any = world.client.get("/readyz").json
    assert ready.keys() == {
        "status", "ready", "lag", "log_position", "position", "entries", "digest", "projection_version", "store", "halted",
    }  # fmt: skip


def test_a_merge_under_embargo_is_none_yet(world: World) -> None:
    """That two names are one person can be the very news."""
    assert get(world.client, "/people/m-murati")["merged"] == []


def test_a_join_under_embargo_is_none_yet(world: World) -> None:
    """Two events are two as long as it is not known that they are one."""
    (pair,) = get(world.client, "/duplicates", person="Twin")["items"]
    assert [event["duplicates"] for event in pair["events"]] == [[], []]
    (later,) = get(world.client, "/feed", person="Twin", known_at=LATER)["items"]
    assert len(later["duplicates"]) == 2 and len(later["sources"]) == 2


def test_it_is_there_from_its_moment_on(world: World) -> None:
    """An embargo ends by itself: nothing is written then, and everything is there."""
    world.clock.now = TODAY.replace(month=3)
    try:
        assert world.client.get(f"{API}/people/m-murati").status_code == 308
        person = get(world.client, "/people/mira-murati")
        assert (person["name"], person["identifiers"], person["merged"]) == ("Secret Name", {"wikidata": "Qsecret"}, ["m-murati"])
        assert [one["id"] for one in get(world.client, "/products")["items"]] == ["gpt-4", "secret-product"]
        assert get(world.client, f"/events/{world.hidden['id']}")["fields"]["role"] == "Secret role"
        assert len(get(world.client, "/articles")["items"]) > 1
        kinds = [turn["kind"] for turn in get(world.client, f"/events/{world.known['id']}/versions")["items"]]
        assert kinds == ["recorded", "corrected", "source_added", "status_changed"]
    finally:
        world.clock.now = TODAY


def test_those_who_may_write_can_look_ahead(world: World) -> None:
    """Who posts what will be announced has to be able to check it; as long as there are no keys that is everybody here."""
    assert get(world.client, "/people/secret-person", known_at=LATER)["name"] == "Secret Person"
    assert len(get(world.client, "/feed", known_at=LATER)["items"]) > len(get(world.client, "/feed")["items"])
