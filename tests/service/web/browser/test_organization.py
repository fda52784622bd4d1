"""The page of an organization in a browser: what a reader who pulls the slider sees, with and without a mouse."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.service.web.browser.conftest import watched

OPENAI = "/organizations/openai"


def test_pulling_the_slider_shows_who_left(reader: Page, example_site: str) -> None:
    """The whole point: from the 24th to the 26th of September 2024, and the three who left stand there, near the top."""
    reader.goto(f"{example_site}{OPENAI}?as_of=2024-09-24")
    reader.locator("#slider").focus()
    reader.keyboard.press("ArrowRight")
    reader.keyboard.press("ArrowRight")
    expect(reader).to_have_url(f"{example_site}{OPENAI}?from=2024-09-24&as_of=2024-09-26")
    left = reader.locator(".changes .left li")
    expect(left).to_have_count(3)
    expect(left.nth(1)).to_contain_text("Mira Murati")
    box = left.nth(1).bounding_box()
    assert box is not None and box["y"] < 900
    reader.get_by_role("link", name="Next change").click()
    expect(reader).to_have_url(f"{example_site}{OPENAI}?as_of=2024-09-27")


def test_the_chart_is_read_by_keyboard_on_a_phone(browser: Browser, example_site: str) -> None:
    """On a phone the chart is wider than the screen: it scrolls by itself, without the page, and its bars are reached by Tab."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    with watched(context, example_site) as page:
        page.goto(f"{example_site}{OPENAI}?as_of=2024-09-26")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        chart = page.locator(".chart")
        chart.focus()
        page.keyboard.press("Tab")
        expect(chart.locator("a.bar").first).to_be_focused()
        heights = page.locator(".chart .hit").evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
        assert min(heights) >= 24
    context.close()


def test_a_name_of_one_long_word_does_not_widen_the_page(context: BrowserContext, site: str) -> None:
    """Names come from anywhere: one that is wider than a phone must break there and not push everything else off the screen."""
    name = "Wolfeschlegelsteinhausen" * 6
    event = {"type": "appointment", "person": name, "role": "cto", "effective": "2026-11-23", "sources": [{"title": "Memo"}]}
    for firm in (name, "OpenAI"):
        answer = context.request.post(f"{site}/api/v1/events", data={**event, "organization": firm})
        assert answer.ok, answer.text()
    with watched(context, site) as page:
        page.set_viewport_size({"width": 390, "height": 800})
        for address in ("/people", f"/people/{name}", OPENAI, "/organizations", f"/organizations/{name}", "/"):
            page.goto(f"{site}{address}")
            assert name in page.content()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_reasons_can_be_read_without_moving_the_table(context: BrowserContext, example_site: str, lang: str) -> None:
    """Whoever asks why reads sentences: in a column of a few letters, or cut off at its border, they explain nothing."""
    with watched(context, example_site) as page:
        page.goto(f"{example_site}{OPENAI}?as_of=2024-10-01&explain=1&lang={lang}")
        for width in (800, 1000, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            room, text = page.evaluate(
                "[...document.querySelectorAll('.holders')].map(one => [one.parentElement.clientWidth, one.scrollWidth])[0]"
            )
            assert text <= room, width
            assert page.locator(".holders .why").first.evaluate("one => one.clientWidth") >= 180, width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, example_site: str, scheme: str, lang: str) -> None:
    """axe finds what a reader with a screen reader, with weak eyes or without a mouse would stumble over."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    with watched(context, example_site) as page:
        for address in (f"{OPENAI}?as_of=2024-09-26&explain=1", "/people/greg-brockman", "/products/chatgpt", "/people?q=a"):
            page.goto(f"{example_site}{address}{'&' if '?' in address else '?'}lang={lang}")
            page.locator("summary").evaluate_all("all => all.forEach((one) => one.click())")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
    context.close()


def test_everything_is_there_without_script(browser_without_script: BrowserContext, example_site: str) -> None:
    """The diff, the reasons and the table of the chart need no script."""
    with watched(browser_without_script, example_site) as page:
        page.goto(f"{example_site}{OPENAI}?as_of=2024-09-26&from=2024-09-24")
        expect(page.locator(".changes .left li")).to_have_count(3)
        page.get_by_role("link", name="Why?").click()
        expect(page.locator(".holders .why").first).to_be_visible()
        page.get_by_text("The chart as a table").click()
        expect(page.locator(".twin table")).to_be_visible()
