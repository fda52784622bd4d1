"""How far a reader may look: only who may write sees what is still under embargo, by parameter, by cursor and on pages alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.service.access.conftest import Site
from tests.service.api.support import API, appointment, departure, get, post, source

LATER = "2026-03-01"
ASKING = (
    "/feed?known_at=2026-04-01",
    "/feed?known_at=2026-04-01&clock=recorded",
    "/people?known_at=2026-04-01",
    "/people/secret-person?known_at=2026-04-01",
    "/organizations/openai/state?as_of=2026-05-01&known_at=2026-04-01",
    "/organizations/openai/history?known_at=2026-04-01",
    "/organizations/openai/moments?known_at=2026-04-01",
    "/organizations/openai/diff?from_known_at=2025-12-01&to_known_at=2026-04-01",
    "/feed/diff?from_known_at=2025-12-01&to_known_at=2026-04-01",
    "/articles?known_at=2026-04-01",
    "/log?known_at=2026-04-01",
    "/agenda?known_at=2026-04-01",
    "/roles/cto/holders?as_of=2026-05-01&known_at=2026-04-01",
)
PAGES = ("/?known_at=2026-04-01", "/timeline.json?known_at=2026-04-01", "/organizations/openai?as_of=2026-05-01&known=then")


@pytest.fixture
def secretive(keyed: Site) -> Site:
    """A site on which one departure is known, and an appointment will be announced in March."""
    writer = keyed.client("write")
    post(writer, departure())
    told = [source(9, title="Secret news", published_at=LATER)]
    post(writer, appointment("Secret Person", effective=LATER, announced=LATER, sources=told))
    return keyed


def readers(site: Site) -> Iterator[tuple[str, FlaskClient]]:
    """Those who may not write."""
    yield from (("no key", site.client()), ("read", site.client("read")), ("signed in", site.browser("read")))


def test_nobody_who_may_not_write_sees_beyond_the_present(secretive: Site) -> None:
    """The day of an embargo is what it is about: a parameter must not bring it forward for the public."""
    addresses = (*(API + path for path in ASKING), *PAGES)
    told = [
        (name, address) for name, reader in readers(secretive) for address in addresses
        if "secret" in reader.get(address).text.lower().replace(address, "").replace("secret-person", "")
    ]  # fmt: skip

    assert told == []


def test_who_may_write_sees_what_they_will_have_said(secretive: Site) -> None:
    """Whoever enters a piece of news before its day has to be able to check it."""
    blind = [path for path in ASKING if "Secret" not in secretive.client("write").get(API + path).text and "agenda" not in path]

    assert blind in ([], [path for path in blind if "moments" in path])
    assert "Secret" in secretive.browser("write").get(PAGES[0]).text
    assert "Secret" not in secretive.client("write").get(f"{API}/feed").text


def test_a_moment_to_come_is_read_as_now(secretive: Site) -> None:
    """The answer says as of when it is, and its tag is that of now: a cache must not keep it beyond the embargo."""
    reader = secretive.client("read")
    path = f"{API}/organizations/openai/state"
    plain, ahead = reader.get(path), reader.get(f"{path}?known_at=2026-04-01")
    assert plain.json == ahead.json
    tag = ahead.headers["ETag"]

    secretive.clock.pass_by(days=70)

    later = reader.get(f"{path}?known_at=2026-04-01", headers={"If-None-Match": tag})
    assert later.status_code == 200 and "Secret Person" in later.text


def test_a_cursor_looks_no_further_than_its_reader_may(secretive: Site) -> None:
    """A cursor is passed on in an address, and whoever gets one from a colleague gets no more than their own key allows."""
    post(secretive.client("write"), departure("Zoph"))
    writer_s = get(secretive.client("write"), "/feed", known_at="2026-04-01", limit=1, direction="asc")["next"]

    assert "Secret" in secretive.client("write").get(writer_s.replace("limit=1", "limit=9")).text
    for name, reader in readers(secretive):
        page = reader.get(writer_s.replace("limit=1", "limit=9"))
        assert page.status_code == 200 and "Secret" not in page.text, name


def test_a_reader_goes_through_pages_of_a_moment_to_come(secretive: Site) -> None:
    """The parameter that stood for the present of the first page contradicts no cursor of it."""
    post(secretive.client("write"), departure("Zoph"))
    reader = secretive.client("read")
    following = get(reader, "/feed", known_at="2026-04-01", limit=1)["next"]
    secretive.clock.pass_by(minutes=1)

    page = reader.get(f"{following}&known_at=2026-04-01")

    assert page.status_code == 200 and page.json is not None and len(page.json["items"]) == 1
