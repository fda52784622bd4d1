"""What was known by a past moment on the recorded clock is settled: no later write changes a byte of an answer about it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask.testing import FlaskClient

from projections.audit import rebuild
from service import create_app
from service.annals import Annals
from tests.service.api.support import API, NDJSON, Json, appointment, departure, get, ids, ok, post
from tests.service.conftest import ENGINES, TODAY, Clock, new_database, opened
from tests.support.examples import NIGHTLY

PEOPLE = ("Ann Ash", "Bob Birch", "Cid Cedar", "Dan Dale", "Eve Elm", "アヤ")
ORGANIZATIONS = ("Acme", "Bolt", "Cirrus")
PRODUCTS = ("Rocket", "Wheel")
KINDS = {"person": PEOPLE, "organization": ORGANIZATIONS, "product": PRODUCTS}
ROLES = ("CEO", "CTO", "最高技術責任者", "Chief Scientist")
DAYS = ("2024", "2024-03", "2024-03-05", "2024-33", "2024-06-01/2024-09-30", "2025-01-15", "2025-11", "2026-01-10")
MOMENTS = (None, None, "2023-05-01", "2024-03-05", "2025-06-01T09:00:00Z", "2026-01-10", "2026-02-01", "2031-01-01")
DIFFS = ("from=2024-03-01&to=2025-12-01", "from_known_at=2026-01-01T00:30:00Z&as_of=2025-01-20")
"""What a diff compares: two days as known at a moment, and what was known before with what was known then."""
OUTCOMES = {
    "recorded", "corroborated", "corrected", "retracted", "restored", "status_changed", "source_added", "source_removed", "joined",
    "parted", "merged", "unmerged", "registered", "named", "identified",
}  # fmt: skip
"""What comes of the lines that are written later, as many of them in the past as not."""
BATCH = 100


@dataclass
class World:
    """A log that grows by random lines, whose clock goes on with each batch of them."""

    annals: Annals
    client: FlaskClient
    clock: Clock
    chance: random.Random
    events: list[str]
    joined: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    """How often what came of the lines, since it was last emptied."""

    def write(self, count: int) -> None:
        """Record at least so many further lines."""
        done = 0
        while done < count:
            self.clock.pass_by(hours=1)
            lines = b"\n".join(orjson.dumps(self.line()) for _ in range(min(BATCH, count)))
            answered = self.client.post(f"{API}/events/import", data=lines, content_type=NDJSON)
            results = [orjson.loads(line) for line in answered.data.splitlines()]
            self.events += [one["id"] for one in results if one["outcome"] == "recorded"]
            self.joined += [one["id"] for one in results if one["outcome"] == "joined"]
            written = [one["outcome"] for one in results if one["outcome"] not in ("error", "unchanged")]
            self.outcomes.update(written)
            done += len(written)

    def line(self) -> Json:
        """A line of any kind: more than half are events."""
        pick = self.chance.choice
        if not self.events or self.chance.random() < 0.55:
            return {**self.post(), **self.announced()}
        about, why = pick(self.events), {"reason": "because", **self.announced()}
        kind = pick(tuple(KINDS))
        one, other = self.chance.sample(KINDS[kind], 2)
        about_one = {"names": kind, "id": slug(one), **self.announced()}
        changes = pick(
            ({"effective": pick(DAYS)}, {"announced": "2023-01-01"}, {"person": slug(one)}, {"role": pick(ROLES)}, {"tags": ["new"]})
        )
        return pick((
            {"correct": about, "changes": changes, **why},
            {"retract": about, **why},
            {"restore": about, **why},
            {"status": about, "to": pick(("confirmed", "rumoured", "denied")), **why},
            {"source": about, "add": self.source(), **why},
            {"source": about, "remove": 1, **why},
            {"join": about, "into": pick(self.events), **why},
            {"part": pick(self.joined or self.events), **why},
            {"merge": kind, "loser": slug(one), "winner": slug(other), **why},
            {"unmerge": kind, "loser": slug(one), **why},
            {**about_one, "name": {pick(("en", "ja", "de")): f"{other} {pick(ROLES)}"}, "distinct": True},
            {**about_one, "aliases": [other, "Rocketeer"], "distinct": True},
            {**about_one, "identifiers": {pick(("wikidata", "a")): f"Q{self.chance.randrange(99)}"}},
            {"entity": kind, "id": f"{slug(one)}-{self.chance.randrange(99)}", "name": {"en": one}, **self.announced()},
        ))  # fmt: skip

    def post(self) -> Json:
        """An event of a type with effects, often one that is recorded already; by ids, since in time names fit several."""
        pick, named = self.chance.choice, slug if self.events else str
        who = {"person": named(pick(PEOPLE)), "organization": named(pick(ORGANIZATIONS))}
        said = pick((
            {"type": "appointment", **who, "role": pick(ROLES), "predecessor": named(pick(PEOPLE))},
            {"type": "departure", **who, "reason": pick(("retired", "unknown"))},
            {"type": "leave_of_absence", **who},
            {"type": "reporting_line", **who, "manager": named(pick(PEOPLE))},
            {"type": "renaming", "organization": who["organization"], "new_name": pick(("Apex", "Acme"))},
            {"type": "product_release", "organization": who["organization"], "product": named(pick(PRODUCTS)), "version": pick(("1", "2"))},
        ))  # fmt: skip
        return {**said, "effective": pick(DAYS), "status": pick(("reported", "rumoured", "confirmed")), "sources": [self.source()]}

    def announced(self) -> Json:
        """A moment of the past, one to come, or none."""
        moment = self.chance.choice(MOMENTS)
        return {} if moment is None else {"announced": moment}

    def source(self) -> Json:
        """One of a few articles."""
        number = self.chance.randrange(8)
        return {"url": f"https://example.com/{number}", "title": f"Rocket news {number}", "publisher": f"Wire {number % 3}"}


def slug(name: str) -> str:
    """The id that a name gets."""
    return name.lower().replace(" ", "-")


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A log with some three hundred random lines in January 2026."""
    home, clock = tmp_path_factory.mktemp("final"), Clock(TODAY)
    with new_database(request, request.param, home) as url, opened(url, home, clock) as annals:
        found = World(annals, create_app(annals).test_client(), clock, random.Random(7089), [])
        found.write(60)
        found.write(240)
        yield found


def addresses(world: World) -> list[str]:
    """Everything that can be read about the small world, with parameters of each kind."""
    events, articles = world.events[:6], [one["id"] for one in get(world.client, "/articles")["items"][:3]]
    people, organizations = [slug(name) for name in PEOPLE[:3]], [slug(name) for name in ORGANIZATIONS]
    entities = [f"/people/{one}" for one in people] + [f"/organizations/{one}" for one in organizations] + ["/products/rocket"]
    return [
        *(f"/events/{event}{part}" for event in events for part in ("", "/versions")),
        *(f"{entity}{part}" for entity in entities for part in ("", "/history?limit=3", "?lang=ja&include=rumoured")),
        *(f"/organizations/{one}/state{query}" for one in organizations for query in ("", "?include=rumoured", "?as_of=2024-03-05")),
        *(f"/feed?limit=7&order={order}" for order in ("effective", "announced", "recorded")),
        "/feed?organization=acme&type=appointment,departure&direction=asc", "/feed?q=rocket", f"/feed?q={quote('最高技術責任者')}",
        *(f"{entity}/diff?{sides}" for entity in ("/feed", *entities[3:-1]) for sides in DIFFS),
        "/people/bob-birch/moments", "/organizations/acme/moments?as_of=2024-06-30",
        *(f"/organizations/{one}/state?explain=true&as_of=2025-01-20" for one in organizations), "/roles/CTO/holders?limit=3",
        "/conflicts?limit=5", "/conflicts?organization=acme", "/duplicates?limit=5",
        "/feed?person=Ann%20Ash&from=2024", "/feed?tag=new", "/search?q=ro", "/search?q=as", "/articles?limit=2", "/log?limit=20",
        *(f"/articles/{one}" for one in articles), "/people?limit=2", "/people?q=ash", "/organizations", "/products?q=rocket",
        "/people/nobody", "/people/Ann%20Ash", "/people/Rocketeer", "/products/Rocketeer", "/people/ann-ash-7", "/organizations/apex",
    ]  # fmt: skip


def read(world: World, path: str, known_at: str) -> list[tuple[Any, ...]]:
    """The answers at the address on the recorded clock, page after page, with all that a cache would compare."""
    address: str | None = f"{API}{path}{'&' if '?' in path else '?'}clock=recorded&known_at={known_at}"
    found: list[tuple[Any, ...]] = []
    while address and len(found) < 4:
        answer = world.client.get(address)
        body: Any = answer.json if answer.is_json or answer.status_code >= 400 else {}
        found.append((answer.status_code, answer.data, *(answer.headers.get(name) for name in ("ETag", "Annals-Position", "Location"))))
        address = body.get("next") if isinstance(body, dict) else None
    return found


def test_a_thousand_later_writes_change_no_byte(world: World) -> None:
    """Whoever cites what was known on a day must find it again, whatever was backdated, corrected, renamed or merged since."""
    # given answers about three moments: amid the first entries, after the last, and when one embargo had ended since
    moments = ["2026-01-01T01:30:00Z", world.clock.now.isoformat().replace("+00:00", "Z")]
    world.clock.now = datetime(2026, 2, 1, 12, tzinfo=UTC)
    moments.append("2026-02-01T00:00:00Z")
    # by day every fifth of them
    asked = [(path, moment) for path in addresses(world) for moment in moments][:: 1 if NIGHTLY else 5]
    before = {one: read(world, *one) for one in asked}
    assert {answers[0][0] for answers in before.values()} == {200, 308, 404, 422}
    assert len({answers[0][1] for answers in before.values()}) > len(asked) / 2
    # when much of every kind is recorded later, by day the thousand of the name only on the engine on which that is quick
    whole = NIGHTLY or world.annals.settings.log_file is not None
    world.outcomes.clear()
    world.write(1000 if whole else 100)
    assert world.outcomes["recorded"] > (50 if whole else 10)
    assert not whole or world.outcomes.keys() >= OUTCOMES
    # then nothing of it shows, nor after a rebuild
    after = {one: read(world, *one) for one in asked}
    assert [one for one in asked if after[one] != before[one]] == []
    rebuild(world.annals.stores, world.annals.ledger)
    assert [one for one in asked[::4] if read(world, *one) != before[one]] == []


def test_the_position_is_that_of_the_last_entry_recorded_by_then(client: FlaskClient, clock: Clock) -> None:
    """A later position would promise what the answer does not hold, and change with every write of others."""
    assert at(client, "2025-12-31")[1:] == (0, None)
    first = post(client, appointment("Mira Murati"), Idempotency_Key="one")
    clock.pass_by(days=1)
    second = post(client, departure(), Idempotency_Key="two")
    clock.pass_by(days=1)
    entity = ok(client.post(f"{API}/people", json={"name": "Nobody"}))
    assert first["position"] < second["position"] < entity["position"]
    positions = [at(client, day)[1] for day in ("2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03", "2030-01-01")]
    assert positions == [0, *(one["position"] for one in (first, second, entity, entity))]
    assert get(client, "/feed", known_at="2026-01-01")["position"] == entity["position"], "the public past may yet change"


def test_an_answer_says_when_it_is_settled(client: FlaskClient, clock: Clock) -> None:
    """Until something later is recorded an entry may still come at that very moment, so nobody should keep the answer for good."""
    post(client, appointment("Mira Murati"))
    clock.pass_by(days=2)
    assert at(client, "2026-01-01")[2] is None
    post(client, departure())
    assert [at(client, day)[2] for day in ("2026-01-01", "2026-01-02", "2026-01-03", "2027-01-01")] == ["true", "true", None, None]
    public = client.get(f"{API}/feed?known_at=2026-01-01")
    assert "Annals-Final" not in public.headers, "a clerical correction may still change what was known in public"


def at(client: FlaskClient, day: str) -> tuple[list[str], int, str | None]:
    """The feed as it was recorded by the end of the day: its ids, its position, and whether that is settled."""
    response = client.get(f"{API}/feed?clock=recorded&known_at={day}")
    return ids(ok(response)), ok(response)["position"], response.headers.get("Annals-Final")


@pytest.mark.parametrize("clock_name", ["public", "recorded"])
def test_who_is_merged_later_stands_apart_before(client: FlaskClient, clock: Clock, clock_name: str) -> None:
    """A redirect is an answer too: it would tell of a merge that nobody knew of."""
    post(client, appointment("Mira Murati", announced="2025-12-01"))
    post(client, appointment("M. Murati", role="CEO", announced="2025-12-01"))
    clock.pass_by(days=9)
    ok(client.post(f"{API}/people/m-murati/merge", json={"into": "mira-murati", "reason": "one person", "announced": "2026-01-05"}))
    for part in ("", "/history"):
        path = f"{API}/people/m-murati{part}"
        then = client.get(path, query_string={"known_at": "2026-01-02", "clock": clock_name})
        now = client.get(path, query_string={"known_at": "2026-01-10", "clock": clock_name, "lang": "ja"})
        assert (then.status_code, now.status_code) == (200, 308)
        assert now.location == f"{API}/people/mira-murati{part}?known_at=2026-01-10&clock={clock_name}&lang=ja"
    assert get(client, "/people/m-murati", known_at="2026-01-02", clock=clock_name)["name"] == "M. Murati"
    # nor does it lead there where neither was known yet, and there is nothing to see
    before = get(client, "/people/m-murati/history", known_at="2025-11-01", clock=clock_name)
    assert (before["person"]["id"], before["tenures"]) == ("m-murati", [])
