"""Who was renamed or merged later bears the old name and stands apart in every answer about what was known earlier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from service import create_app
from tests.service.api.support import API, Json, addresses, appointment, get, ok, post, source
from tests.service.conftest import ENGINES, TODAY, Clock, new_database, opened
from tests.support.examples import NIGHTLY

LATER = "zephyr"
"""What stands in every name and id that was not known then."""
THEN = ("clock=public&known_at=2025-05-31", "clock=recorded&known_at=2026-01-10")
NAMELESS = {
    "types.read_types", "types.read_type", "docs.page", "docs.openapi", "health.livez", "health.readyz", "health.exposition",
    "articles.articles", "diff.feed_difference", "moments.organization_moments", "moments.person_moments",
}  # fmt: skip
"""The calls that show no names, or here only of what came between."""
FILLED = {"people": ("ann-lee", "bob-roe"), "organizations": ("acme", "bolt"), "products": ("core", "tool")}
RENAMED = (("people", "ann-lee", "Ann Zephyr"), ("products", "core", "Zephyr Core"))
MERGED = (
    ("people", "bob-roe", "Zephyr Bob"), ("organizations", "bolt", "Zephyr Works"), ("products", "tool", "Zephyr Tool"),
)  # fmt: skip
NEWS = {"announced": "2025-06-01"}


@dataclass(frozen=True)
class World:
    """A client of a log in which much was renamed and merged, what stands in its addresses, and whether its pages are looked at too."""

    client: FlaskClient
    stands_for: Mapping[str, tuple[str, ...]]
    pages: bool


def as_it_was(client: FlaskClient) -> Json:
    """Two people, organizations and products, with a conflict, what may be a duplicate and an overdue return; one of the events."""
    told = post(client, appointment("Ann Lee", "CEO", organization="Acme"))
    post(client, appointment("Bob Roe", "CEO", organization="Acme", effective="2022-06-01"))
    post(client, appointment("Bob Roe", "CEO", organization="Acme", effective="2022-06-02", sources=[source(2)]))
    post(client, appointment("Ann Lee", "Adviser", organization="Bolt", predecessor="Bob Roe"))
    leave = {"type": "leave_of_absence", "organization": "Acme", "effective": "2023-02-01", "announced": "2023-02-01"}
    post(client, {**leave, "person": "Ann Lee", "expected_return": "2024-02-01", "sources": [source()]})
    for organization, product in (("Acme", "Core"), ("Bolt", "Tool")):
        release = {"type": "product_release", "organization": organization, "product": product, "effective": "2023-03-14"}
        post(client, {**release, "announced": "2023-03-14", "sources": [source()]})
    return told


def rename_and_merge(client: FlaskClient) -> None:
    """All of it gets names and ids that nobody knew before."""
    for plural, entity, name in RENAMED:
        ok(client.post(f"{API}/{plural}/{entity}/names", json={"name": name, **NEWS}))
    renaming = {"type": "renaming", "organization": "acme", "new_name": {"en": "Zephyr", "ja": "Zephyr"}, "effective": "2025-06-01"}
    post(client, {**renaming, **NEWS, "sources": [source()]})
    for plural, loser, name in MERGED:
        winner = ok(client.post(f"{API}/{plural}", json={"name": name, **NEWS}))["id"]
        ok(client.post(f"{API}/{plural}/{loser}/merge", json={"into": winner, **NEWS}))


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The log in March: what was told in January was renamed and merged in February."""
    home, clock = tmp_path_factory.mktemp("then"), Clock()
    with new_database(request, request.param, home) as url, opened(url, home, clock) as annals:
        client = create_app(annals).test_client()
        told = as_it_was(client)
        clock.now = TODAY.replace(month=2)
        rename_and_merge(client)
        clock.now = TODAY.replace(month=3)
        article = get(client, "/articles")["items"][0]["id"]
        stands_for = {"event_id": (told["id"],), "article_id": (article,), "name": ("departure",), "key": ("chief-executive-officer",)}
        yield World(client, stands_for, NIGHTLY or request.param == "sqlite")


def asked(path: str) -> str:
    """The address with what the path requires."""
    return path + ("?from=2020-01-01&to=2026-01-01&" if path.endswith("/diff") else "?q=a&" if path.endswith("/search") else "?")


def shows(world: World, address: str, **headers: str) -> bool:
    """Whether an answer, or one to which it leads, shows what came later."""
    response = world.client.get(address, headers=headers, follow_redirects=True)
    assert response.status_code == 200, (address, response.get_data(as_text=True))
    return LATER in f"{response.get_data(as_text=True)} {unquote(response.request.url)} {response.headers}".lower()


@pytest.mark.parametrize("known_at", THEN)
def test_a_look_back_shows_the_names_and_ids_of_then(world: World, known_at: str) -> None:
    """A new name in an old answer is knowledge that nobody had, on whichever clock."""
    found = [asked(path) + known_at for _, path in addresses(world.client, FILLED, world.stands_for, pages=world.pages)]
    assert [address for address in found if shows(world, address)] == []


def test_a_memento_shows_the_names_and_ids_of_then(world: World) -> None:
    """Time travel by headers leads to the same answers."""
    headers = {"Accept-Datetime": "Sat, 10 Jan 2026 00:00:00 GMT"}
    states = [f"{API}/{plural}/{entity}" for plural, ids in FILLED.items() for entity in ids]
    found = [*states, f"{API}/organizations/acme/state", f"{API}/people/bob-roe/history", f"{API}/feed"]
    assert [address for address in found if shows(world, address, **headers)] == []


def test_today_everything_shows_them(world: World) -> None:
    """What is looked for must be there to be found: else the answers about then would prove nothing."""
    shown = {endpoint for endpoint, path in addresses(world.client, FILLED, world.stands_for) if shows(world, asked(path))}
    assert {endpoint for endpoint, _ in addresses(world.client, FILLED, world.stands_for)} - shown <= NAMELESS


def test_with_hindsight_a_past_day_has_its_own_name(world: World) -> None:
    """Known today, the organization still was not called so on the day before."""
    for path in ("/organizations/acme", "/organizations/acme/state"):
        for day, name in (("2025-05-31", "Acme"), ("2025-06-01", "Zephyr")):
            body = get(world.client, path, as_of=day)
            assert body.get("organization", body)["name"] == name, (path, day)
    (item,) = get(world.client, "/organizations", q="zephyr", as_of="2025-05-31", limit=1)["items"]
    assert (item["id"], item["name"]) == ("acme", "Acme")
    assert "Acme is renamed Zephyr" in [event["headline"] for event in get(world.client, "/feed")["items"]]
