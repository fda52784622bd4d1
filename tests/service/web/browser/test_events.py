"""The pages of events in a browser: endless scroll, news, the search as one types, and what axe says of them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.cli.demo import EXAMPLE
from service.cli.exchange import load
from tests.service.conftest import Clock, opened
from tests.service.web.browser.conftest import served, watched
from tests.service.web.conftest import TODAY

BEFORE = "2024-09-24"


@pytest.fixture(name="moving")
def fixture_moving(tmp_path: Path) -> Iterator[tuple[str, Clock]]:
    """The address of an example of one's own, and its clock."""
    clock = Clock(TODAY)
    with opened(f"sqlite:///{tmp_path / 'annals.db'}", tmp_path, clock) as annals:
        load(annals, Path(EXAMPLE))
        with served(annals) as address:
            yield address, clock


def test_scrolling_brings_the_older_events(reader: Page) -> None:
    """A reader scrolls through years without turning pages, and sees each event once and no day announced twice."""
    lines = reader.locator("#events h3 a")
    expect(lines).to_have_count(50)
    reader.locator("#older").scroll_into_view_if_needed()
    expect(lines).to_have_count(74)
    expect(reader.locator("#older")).to_have_count(0)
    addresses = lines.evaluate_all("links => links.map(link => link.href)")
    assert len(set(addresses)) == 74
    days = reader.locator("#events h2:visible").all_inner_texts()
    assert len(days) > 5


def test_new_events_are_told_and_nothing_jumps(context: BrowserContext, moving: tuple[str, Clock]) -> None:
    """Somebody who reads must not lose the line under their eyes because somebody else recorded an event."""
    address, clock = moving
    with watched(context, address) as page:
        page.clock.install()
        page.goto(f"{address}/?organization=OpenAI")
        before = page.locator("#events").inner_html()
        clock.pass_by(seconds=5)
        for name in ("OpenAI", "Acme"):
            event = {"type": "layoff", "organization": name, "effective": "2026-11-24", "sources": [{"title": "Memo"}]}
            assert page.request.post(f"{address}/api/v1/events", data=event).ok
        page.clock.fast_forward(31_000)
        expect(page.locator("#news")).to_have_text("1 new event – Show")
        assert page.locator("#events").inner_html() == before
        page.get_by_role("link", name="Show", exact=True).click()
        expect(page.locator("#events h3").first).to_have_text("OpenAI lays off staff")


def test_the_keyboard_finds_a_name_in_japanese(reader: Page, example_site: str) -> None:
    """A slash leads to the search from anywhere, and the results follow what is typed."""
    reader.locator("h1").click()
    reader.keyboard.press("/")
    reader.keyboard.type("ムラティ")
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", name="People 1")).to_be_visible()
    reader.locator("#q").fill("brock")
    expect(reader.locator("#results .found a")).to_have_text("Greg Brockman")
    expect(reader).to_have_url(f"{example_site}/search?q=brock")


def test_the_past_goes_along(reader: Page, example_site: str) -> None:
    """Whoever looks at the past must stay in it on the way from the timeline to an event."""
    reader.goto(f"{example_site}/?as_of={BEFORE}&known=then")
    reader.locator("#events h3 a").first.click()
    expect(reader.locator(".banner")).to_contain_text("24 September 2024")
    expect(reader).to_have_url(f"{reader.url.partition('?')[0]}?as_of={BEFORE}&known=then")


@pytest.mark.parametrize(("scheme", "lang"), [("light", "en"), ("dark", "ja")])
def test_axe_has_nothing_to_say(browser: Browser, example_site: str, scheme: str, lang: str) -> None:
    """Pages must be read by screen readers and by those who see little, in either language and either scheme of colours."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    with watched(context, example_site) as page:
        page.goto(f"{example_site}/?type=departure&lang={lang}")
        event = page.locator("#events h3 a").first.get_attribute("href")
        page.goto(f"{example_site}/articles?lang={lang}")
        article = page.locator("tbody a").first.get_attribute("href")
        others = ("/?from=x&type=y", "/conflicts", "/duplicates", "/search?q=mira", "/search?q=zzz", "/types", "/types/departure")
        for address in (event, article, "/articles", f"{event}&known_at=2020-01-01", *others):
            page.goto(f"{example_site}{address}")
            found = Axe().run(page).response["violations"]
            assert [(address, one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()
