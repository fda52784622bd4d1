"""Time travel by HTTP headers (RFC 7089): each resource leads to its mementos, and each memento says what it is one of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.http import http_date, parse_date
from werkzeug.test import TestResponse

from service import create_app
from tests.service.api.support import API, Json, appointment, departure, get, ok, post, refused, say
from tests.service.conftest import ENGINES, Clock, new_database, opened

JOINED = datetime(2025, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
LEFT, RENAMED, CORRECTED = (JOINED + timedelta(days=days) for days in (10, 20, 30))
EMBARGO_ENDS = datetime(2025, 3, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 1, tzinfo=UTC)
LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; datetime="([^"]*)")?')


@dataclass(frozen=True)
class World:
    """A client of a log in which something was recorded every ten days, and the event recorded first."""

    client: FlaskClient
    clock: Clock
    event: Json

    def path(self, name: str) -> str:
        """The address of a resource by its short name."""
        return API + name.replace("{event}", self.event["id"])

    def ask(self, name: str, moment: datetime | str, **more: str) -> TestResponse:
        """What is answered to a request for a resource as of a moment."""
        wanted = moment if isinstance(moment, str) else http_date(moment)
        return self.client.get(self.path(name), headers={"Accept-Datetime": wanted, **more})


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Joined, left, renamed, corrected; and from the first day on a rise that is announced in March."""
    home, clock = tmp_path_factory.mktemp("memento"), Clock(JOINED)
    with new_database(request, request.param, home) as url, opened(url, home, clock) as annals:
        client = create_app(annals).test_client()
        event = post(client, appointment("Mira Murati"))
        post(client, appointment("Bob McGrew", role="CRO", announced="2025-03-01"))
        clock.now = LEFT
        post(client, departure())
        clock.now = RENAMED
        ok(client.post(f"{API}/people/mira-murati/names", json={"name": {"en": "M. Murati"}}))
        clock.now = CORRECTED
        say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "a slip"})
        clock.now = NOW
        yield World(client, clock, event)


@pytest.fixture(autouse=True)
def _now(world: World) -> None:
    world.clock.now = NOW


RESOURCES = (
    "/events/{event}", "/events/{event}/versions", "/people/mira-murati", "/people/mira-murati/history", "/organizations/openai",
    "/organizations/openai/state", "/organizations/openai/state?as_of=2023-01-01&lang=ja", "/feed", "/feed?type=departure&limit=1",
)  # fmt: skip


def links(response: TestResponse) -> dict[str, tuple[str, str]]:
    """The address and the date of each relation of an answer."""
    found = LINK.findall(response.headers.get("Link", ""))
    return {relation: (target, date) for target, relations, date in found for relation in relations.split()}


def moment_of(address: str) -> datetime:
    """The moment of a memento by its address."""
    query = parse_qs(urlsplit(address).query)
    assert query["clock"] == ["recorded"]
    return datetime.fromisoformat(query["known_at"][0])


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param(JOINED - timedelta(days=365), JOINED, id="before the first"),
        pytest.param(JOINED, JOINED, id="in the second of the first"),
        pytest.param(LEFT + timedelta(days=5), LEFT, id="between"),
        pytest.param(RENAMED, RENAMED, id="in the second of one between"),
        pytest.param(EMBARGO_ENDS + timedelta(days=9), EMBARGO_ENDS, id="after the last"),
        pytest.param(NOW + timedelta(days=3650), EMBARGO_ENDS, id="in the future"),
    ],
)
def test_a_date_leads_to_the_memento_of_its_day(world: World, name: str, asked: datetime, found: datetime) -> None:
    """Pattern 1.1: the resource is its own TimeGate and redirects to a memento that has an address of its own."""
    path = world.path(name)
    response, head = (
        world.client.open(path, method=method, headers={"Accept-Datetime": http_date(asked), "X-Request-Id": "same"})
        for method in ("GET", "HEAD")
    )
    assert (response.status_code, response.data, head.headers) == (302, b"", response.headers)
    assert response.headers["Vary"] == "accept-datetime"
    assert "Memento-Datetime" not in response.headers
    assert moment_of(response.location) == found
    relations = links(response)
    assert relations["original"] == relations["timegate"] == (path, "")
    assert relations["memento"][0]
    assert [moment_of(relations[name][0]) for name in ("first", "last")] == [JOINED, EMBARGO_ENDS]


@pytest.mark.parametrize("name", RESOURCES)
def test_a_memento_says_of_what_and_when(world: World, name: str) -> None:
    """Whoever was sent the address of a memento must be able to get back to the present, and to its neighbours."""
    address = world.ask(name, LEFT + timedelta(days=5)).location
    response = world.client.get(address)
    assert response.status_code == 200
    assert response.headers["Memento-Datetime"] == http_date(LEFT)
    assert "Vary" not in response.headers
    assert response.headers["Annals-Final"] == "true"
    relations = links(response)
    assert relations["original"] == relations["timegate"] == (world.path(name), "")
    assert [moment_of(relations[name][0]) for name in ("first", "last")] == [JOINED, EMBARGO_ENDS]
    assert [relations[name][1] for name in ("first", "last")] == [http_date(JOINED), http_date(EMBARGO_ENDS)]
    if "/feed" not in name:  # where `next` is the next page
        assert [moment_of(relations[name][0]) for name in ("prev", "next")] == [JOINED, RENAMED]
    again = world.client.get(address, headers={"Accept-Datetime": http_date(JOINED)})
    assert (again.status_code, again.data) == (200, response.data)
    assert world.client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_every_memento_is_reached_by_its_own_date(world: World) -> None:
    """Dates have seconds and moments are finer: a client that asks again for what it got must get it again."""
    for moment in (JOINED, LEFT, RENAMED, CORRECTED, EMBARGO_ENDS):
        address = world.ask("/people/mira-murati", moment).location
        told = world.client.get(address).headers["Memento-Datetime"]
        assert world.ask("/people/mira-murati", told).location == address


def test_a_memento_is_what_was_known_then(world: World) -> None:
    """The point of it all: an old name, a role that was corrected later, and nothing of what was under embargo."""
    before, then = (world.client.get(world.ask("/people/mira-murati", moment).location).json or {} for moment in (LEFT, RENAMED))
    assert (before["name"], then["name"]) == ("Mira Murati", "M. Murati")
    event = world.client.get(world.ask("/events/{event}", RENAMED).location).json or {}
    assert (event["fields"]["role"], get(world.client, f"/events/{world.event['id']}")["fields"]["role"]) == ("CTO", "CEO")
    feeds = [world.client.get(world.ask("/feed", moment).location).json or {} for moment in (CORRECTED, EMBARGO_ENDS)]
    assert [len(feed["items"]) for feed in feeds] == [2, 3]


@pytest.mark.parametrize("name", RESOURCES)
def test_without_a_date_it_is_the_present(world: World, name: str) -> None:
    """Who wants no past gets the answer itself; that dates could be asked for is told to clients and caches."""
    response = world.client.get(world.path(name))
    assert response.status_code == 200
    assert response.headers["Vary"] == "accept-datetime"
    assert "Memento-Datetime" not in response.headers
    assert links(response)["timegate"] == (world.path(name), "")
    again = world.client.get(world.path(name), headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.headers["Vary"]) == (304, "accept-datetime")


@pytest.mark.parametrize(
    "date",
    [
        "", "yesterday", "2024-09-25", "2024-09-25T19:30:00Z", "Wed, 25 Sep 2024", "25 Sep 2024 19:30:00 GMT", "1727292600",
        "Wednesday, 25-Sep-24 19:30:00 GMT", "Wed Sep 25 19:30:00 2024", "Wed, 25 Sep 2024 19:30:00 +0900", "Wed, 31 Sep 2024 19:30:00 GMT",
        "Mon, 25 Sep 2024 19:30:00 GMT", "Wed, 25 Sep 20240 19:30:00 GMT",
    ],
)  # fmt: skip
def test_what_is_no_date_of_that_form_is_refused(world: World, date: str) -> None:
    """To guess what was meant could answer with another past than the one that was asked for (section 4.5.3: 400)."""
    for name in ("/feed", "/people/mira-murati"):
        response = world.ask(name, date)
        refused(response, 400, "Accept-Datetime", "Wed, 25 Sep 2024 19:30:00 GMT")
        assert response.headers["Vary"] == "accept-datetime"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/people/nobody", 404),
        ("/events/nonsense", 404),
        ("/events/00000000-0000-0000-0000-000000000000", 404),
        ("/people/Mira%20Murati", 308),
        ("/organizations/openai/state?as_of=x", 422),
    ],
)
def test_nothing_is_as_little_there_in_the_past(world: World, path: str, status: int) -> None:
    """A redirect to the past of what never was would only put the refusal off."""
    response = world.ask(path, LEFT)
    assert response.status_code in ((302, 422) if status == 422 else (status,))
    if status == 308:
        assert response.location == f"{API}/people/mira-murati"


def test_a_date_never_looks_ahead(world: World) -> None:
    """An embargo would be worth nothing if a header could look beyond it."""
    world.clock.now = EMBARGO_ENDS - timedelta(seconds=1)
    assert world.ask("/people/bob-mcgrew", NOW).status_code == 404
    response = world.ask("/organizations/openai/state", NOW)
    assert moment_of(response.location) == CORRECTED
    assert "bob" not in world.client.get(response.location).get_data(as_text=True).lower()
    assert [moment_of(links(response)[name][0]) for name in ("first", "prev", "last")] == [JOINED, RENAMED, CORRECTED]
    assert "next" not in links(response)
    ahead = world.client.get(f"{API}/feed?clock=recorded&known_at=2025-05-01")
    assert (ahead.status_code, "Memento-Datetime" in ahead.headers) == (200, False)


@pytest.mark.parametrize("query", ["known_at=2025-01-15", "known_at=2025-01-15&clock=public", "known_at=2025-01-15&clock=recorded"])
def test_a_named_moment_is_not_negotiated(world: World, query: str) -> None:
    """An address that names its moment has one answer, whatever a client asks for beside it."""
    plain, asked = world.client.get(f"{API}/feed?{query}"), world.ask(f"/feed?{query}", JOINED)
    assert (asked.status_code, asked.data) == (200, plain.data)
    told = http_date(datetime(2025, 1, 15, 23, 59, 59, tzinfo=UTC)) if "recorded" in query else None
    assert asked.headers.get("Memento-Datetime") == told


def test_a_page_goes_on_at_its_own_moment(world: World) -> None:
    """A cursor pins the past of its list; the header that led to the first page is sent again with every other one."""
    first = world.client.get(world.ask("/feed?limit=1", CORRECTED).location)
    following = links(first)["next"][0]
    assert following == (first.json or {})["next"]
    second = world.client.get(following, headers={"Accept-Datetime": http_date(JOINED)})
    assert (second.status_code, len((second.json or {})["items"])) == (200, 1)
    assert second.headers["Annals-Position"] == first.headers["Annals-Position"]


def test_an_empty_log_has_no_mementos(client: FlaskClient) -> None:
    """Where there is no past there is nowhere to lead, and still an answer."""
    response = client.get(f"{API}/feed", headers={"Accept-Datetime": http_date(JOINED)})
    assert (response.status_code, (response.json or {})["items"]) == (200, [])


def test_other_reads_take_no_dates(world: World) -> None:
    """The log is its own history; its readers follow positions."""
    response = world.ask("/log", LEFT)
    assert (response.status_code, "Vary" in response.headers) == (200, False)
    assert parse_date(http_date(LEFT)) == LEFT.replace(microsecond=0)
