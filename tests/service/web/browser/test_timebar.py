"""The time bar in a browser: what a reader pulls, chooses and shares."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.service.web.browser.conftest import watched


def test_the_slider_moves_the_day(reader: Page, example_site: str) -> None:
    """The slider is how most readers travel, so it must move the page and its address by the day, and keep the focus."""
    reader.goto(f"{example_site}/?as_of=2024-09-24")
    slider = reader.locator("#slider")
    slider.focus()
    reader.keyboard.press("ArrowRight")
    reader.keyboard.press("ArrowRight")
    expect(reader).to_have_url(f"{example_site}/?as_of=2024-09-26")
    expect(reader.locator(".banner")).to_contain_text("26 September 2024")
    expect(slider).to_be_focused()
    expect(reader.locator("#masthead").get_by_role("link", name="People")).to_have_attribute("href", "/people?as_of=2024-09-26")
    expect(reader.locator("link[rel=alternate]").first).to_have_attribute("href", f"{example_site}/timeline.json?as_of=2024-09-26")
    reader.go_back()
    expect(reader.locator("#as-of")).to_have_value("2024-09-24")


def test_as_known_then_needs_one_click(reader: Page, example_site: str) -> None:
    """The second question of a timeline is what was known, so it must be one click away and part of the address."""
    reader.goto(f"{example_site}/?as_of=2024-09-25")
    reader.get_by_label("As known then").check()
    expect(reader).to_have_url(f"{example_site}/?as_of=2024-09-25&known=then")
    expect(reader.get_by_label("As known then")).to_be_focused()
    reader.get_by_role("link", name="日本語").click()
    expect(reader).to_have_url(f"{example_site}/?as_of=2024-09-25&known=then&lang=ja")
    reader.goto(f"{example_site}/?as_of=2024-09-25&known=then&lang=en")
    expect(reader.locator(".banner")).to_contain_text("with what was public by 25 September 2024")


def test_the_bar_works_without_script(browser_without_script: BrowserContext, example_site: str) -> None:
    """A reader whose browser runs no scripts still has the form and the links."""
    with watched(browser_without_script, example_site) as page:
        page.goto(example_site)
        page.get_by_label("As of the end of").fill("2024-09-25")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(f"{example_site}/?as_of=2024-09-25")
        page.get_by_role("link", name="Previous change").click()
        expect(page.locator("#as-of")).to_have_value("2024-09-24")
        expect(page.locator("#slider")).to_be_hidden()
