"""What caches may keep: answers without news are not sent again, however time moves on, and none outlives a change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from projections import tables
from projections.audit import rebuild
from service import create_app
from service.annals import Annals
from tests.service.api.support import API, NDJSON, Json, appointment, departure, get, ids, ok, post, say
from tests.service.conftest import TODAY, Clock, opened

READS = (
    "/people", "/people/mira-murati", "/people/mira-murati/history", "/people/mira-murati/history?limit=1", "/organizations/openai/state",
    "/organizations/openai/history?limit=1", "/feed", "/feed?limit=1", "/search?q=mira", "/articles", "/articles?limit=1", "/event-types",
    "/event-types/departure", "/log", "/log?limit=1", "/openapi.json", "/docs", "/people?known_at=2025-01-01",
)  # fmt: skip


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of all tests here."""
    return Clock()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[FlaskClient]:
    """A client of a log with some events, one of which will be announced in March."""
    home = tmp_path_factory.mktemp("caching")
    with opened(f"sqlite:///{home / 'annals.db'}", home, clock) as annals:
        found = create_app(annals).test_client()
        for event in (appointment("Mira Murati"), departure(), departure("Bob McGrew", announced="2026-03-01"), appointment("Mark Chen")):
            post(found, event)
        yield found


@pytest.fixture(autouse=True)
def _in_january(clock: Clock) -> None:
    clock.now = TODAY


@pytest.mark.parametrize("path", READS)
def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, clock: Clock, path: str) -> None:
    """A reader who asks every minute should get the answer once: that it is later now is no news."""
    first = client.get(API + path)
    clock.pass_by(minutes=1)
    again = client.get(API + path, headers={"If-None-Match": f'"x", {first.headers["ETag"]}'})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(API + path, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/people", "/organizations/openai/state", "/organizations/openai/history", "/feed", "/search?q=bob", "/log"]
)
def test_an_embargo_that_ends_is_news(client: FlaskClient, clock: Clock, path: str) -> None:
    """Nothing is written when an embargo ends, and yet the answer is another one."""
    before = client.get(API + path).headers["ETag"]
    clock.pass_by(days=70)
    assert client.get(API + path, headers={"If-None-Match": before}).status_code == 200


def test_another_day_is_another_answer(client: FlaskClient, clock: Clock) -> None:
    """A state says of which day it is."""
    before = client.get(f"{API}/organizations/openai/state").headers["ETag"]
    clock.pass_by(days=1)
    assert client.get(f"{API}/organizations/openai/state", headers={"If-None-Match": before}).status_code == 200


def test_variants_have_tags_of_their_own(client: FlaskClient) -> None:
    """A cache that mixed languages or moments up would answer another question."""
    paths = ("/feed", "/feed?lang=ja", "/feed?limit=1&direction=asc", "/feed?known_at=2024-01-01", "/feed?order=recorded&type=appointment")
    assert len({client.get(API + path).headers["ETag"] for path in paths}) == len(paths)


def test_a_write_makes_another_tag(client: FlaskClient) -> None:
    """A tag that stayed would hide the change for good."""
    before = client.get(f"{API}/people").headers["ETag"]
    post(client, departure("Barret Zoph"))
    assert client.get(f"{API}/people", headers={"If-None-Match": before}).status_code == 200


def test_a_refusal_has_no_tag(client: FlaskClient) -> None:
    """What is not there now may be there the next moment."""
    response = client.get(f"{API}/people/nobody")
    assert ("ETag" in response.headers, response.headers["Cache-Control"]) == (False, "no-cache")


def tag(client: FlaskClient, path: str, **query: str) -> str:
    """The tag of an answer."""
    return str(client.get(API + path, query_string=query or None).headers["ETag"])


def is_good(client: FlaskClient, path: str, known: str) -> bool:
    """Whether an answer that a client has is still good, as GET and HEAD say alike."""
    said = [client.open(API + path, method=method, headers={"If-None-Match": known}).status_code for method in ("GET", "HEAD")]
    assert said in ([304, 304], [200, 200])
    return said == [304, 304]


@pytest.mark.parametrize("path", READS)
def test_a_head_has_the_tag_of_the_answer(client: FlaskClient, path: str) -> None:
    """Who asks only for the head wants to know whether to fetch the rest."""
    head = client.head(API + path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag(client, path))
    assert is_good(client, path, head.headers["ETag"])


@pytest.mark.parametrize(
    ("given", "good"),
    [("*", True), ("{}", True), ("W/{}", True), ('"a", W/"b",{} , "c"', True), ('"a", "b"', False), ("", False), ("nonsense", False)],
)
def test_what_a_client_may_have_comes_in_many_forms(client: FlaskClient, given: str, good: bool) -> None:
    """If-None-Match is a list of tags, weak or not, or a star for anything at all (RFC 9110, section 13.1.2)."""
    path = "/organizations/openai/state"
    assert is_good(client, path, given.replace("{}", tag(client, path))) is good


@pytest.mark.parametrize("path", ["/people", "/people/mira-murati", "/people/mira-murati/history", "/organizations/openai/state", "/feed"])
def test_the_reading_is_in_the_tag(client: FlaskClient, path: str) -> None:
    """Two readings may give the same lines and go on differently; a tag names one of them."""
    readings: tuple[Json, ...] = ({}, {"lang": "ja"}, {"clock": "recorded"}, {"include": "rumoured"}, {"as_of": "2025-06-01"})
    assert len({tag(client, path, **reading) for reading in readings}) == len(readings)


@pytest.mark.parametrize("path", ["/people?limit=1", "/feed?limit=1&order=announced&direction=asc", "/people/mira-murati/history", "/feed"])
def test_midnight_is_news(client: FlaskClient, clock: Clock, path: str) -> None:
    """`as_of` is today where nobody asks for a day, and the pages that follow go on with it."""
    clock.now = TODAY.replace(hour=23, minute=59)
    before = tag(client, path)
    assert is_good(client, path, before)
    clock.pass_by(minutes=1)
    assert not is_good(client, path, before)


def test_what_comes_to_light_on_a_later_page_is_news_on_the_first(client: FlaskClient, clock: Clock) -> None:
    """The first page holds the address of the second, with the moment to look at: kept for good, it would hide what ended its embargo."""
    path = "/feed?limit=1&order=effective&direction=asc"
    first = client.get(API + path)
    clock.now = TODAY.replace(month=3)
    later = client.get(API + path)
    assert ids(ok(first)) == ids(ok(later))
    assert not is_good(client, path, first.headers["ETag"])


def test_a_page_after_a_cursor_stays_good(client: FlaskClient, clock: Clock) -> None:
    """All that it hangs on is in its address, as long as nothing is written."""
    following = str((client.get(f"{API}/feed?limit=1").json or {})["next"]).removeprefix(API)
    known = tag(client, following)
    clock.pass_by(days=90)
    assert is_good(client, following, known)


def test_a_rebuild_changes_nothing_but_another_version_does(annals: Annals, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows give the same answer; a new version of the projections may give another one, and is not to be hidden."""
    client = create_app(annals).test_client()
    post(client, departure())
    before = tag(client, "/people")
    rebuild(annals.stores, annals.ledger)
    assert is_good(client, "/people", before)
    monkeypatch.setattr(tables, "VERSION", tables.VERSION + 1)
    rebuild(annals.stores, annals.ledger)
    assert not is_good(client, "/people", before)


def test_a_new_name_is_news_in_an_event(annals: Annals, clock: Clock) -> None:
    """The event's version is its tag, but its headline holds names, which change without it; corrections take either tag."""
    client = create_app(annals).test_client()
    event = post(client, departure())
    path = f"/events/{event['id']}"
    assert tag(client, path) == '"1"'
    clock.pass_by(days=1)
    ok(client.post(f"{API}/people/mira-murati/names", json={"name": {"en": "M. Murati"}, "announced": "2025-12-30"}))
    renamed = tag(client, path)
    assert not is_good(client, path, '"1"')
    assert renamed.startswith('"1-')
    assert is_good(client, path, renamed)
    assert tag(client, path, known_at="2025-12-29") == '"1"'
    ok(client.post(f"{API}/people", json={"name": "Murati"}))
    ok(client.post(f"{API}/people/mira-murati/merge", json={"into": "murati"}))
    assert not is_good(client, path, renamed)
    corrected = say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "a slip"}, If_Match=tag(client, path))
    assert (corrected["version"], tag(client, path)) == (2, '"2"')


def test_a_new_name_on_its_day_is_news_in_an_event(annals: Annals, clock: Clock) -> None:
    """A renaming that was announced ahead changes what an event shows at a midnight at which nothing is written or announced."""
    client = create_app(annals).test_client()
    renaming = departure(type="renaming", new_name={"en": "OpenAI Group", "ja": "OpenAI Group"}, effective="2026-02-01")
    post(client, {name: value for name, value in renaming.items() if name not in ("person", "role")})
    event = post(client, departure())
    path, before = f"/events/{event['id']}", tag(client, f"/events/{event['id']}")
    assert before == '"1"'
    clock.now = TODAY.replace(month=2)
    assert get(client, path)["fields"]["organization"]["name"] == "OpenAI Group"
    assert not is_good(client, path, before)


def test_an_embargo_that_ends_within_a_version_is_news(annals: Annals, clock: Clock) -> None:
    """A version is numbered by its newest entry, so one before it that comes to count later leaves the number as it is."""
    client = create_app(annals).test_client()
    event = post(client, departure())
    say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "news", "announced": "2026-03-01"})
    say(client, event, "status", {"to": "confirmed", "announced": "2026-02-01"})
    path = f"/events/{event['id']}"
    clock.now = TODAY.replace(month=2)
    before = tag(client, path)
    clock.now = TODAY.replace(month=3)
    assert get(client, path)["version"] == 3
    assert not is_good(client, path, before)


def test_a_read_that_waited_shows_what_it_waited_for(annals: Annals, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The present is that of the answer, not of the question: else its position would promise an entry that it does not hold."""
    client, catch_up = create_app(annals).test_client(), annals._catch_up

    def write_meanwhile(wanted: int | None) -> None:
        monkeypatch.setattr(annals, "_catch_up", catch_up)
        clock.pass_by(seconds=1)
        post(client, {name: value for name, value in departure().items() if name != "announced"})
        catch_up(wanted)

    monkeypatch.setattr(annals, "_catch_up", write_meanwhile)
    assert len(get(client, "/feed")["items"]) == 1


def test_what_is_streamed_has_no_tag(client: FlaskClient) -> None:
    """Nobody knows what a stream will say before it is over."""
    response = client.post(f"{API}/events/import?dry_run=true", data=b"{}", content_type=NDJSON, headers={"If-None-Match": "*"})
    assert (response.status_code, "ETag" in response.headers, response.headers["Cache-Control"]) == (200, False, "no-store")
