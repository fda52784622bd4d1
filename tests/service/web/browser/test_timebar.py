"""The time bar in a browser: what a reader pulls, chooses and shares."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from service.annals import Annals
from tests.service.web.browser.conftest import watched
from tests.service.web.sitemap import addresses


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


def test_the_slider_is_pulled_by_mouse_and_meets_the_marks(reader: Page, example_site: str) -> None:
    """Most readers pull: where a day is narrower than a pixel they must still hit the days on which something changed."""
    reader.set_viewport_size({"width": 390, "height": 844})
    reader.goto(f"{example_site}/organizations/openai?as_of=2024-09-24")
    box = reader.locator("#slider").bounding_box()
    assert box is not None
    thumb, middle = 14, box["y"] + box["height"] / 2

    def place(day: float) -> float:
        return float(box["x"] + thumb / 2 + day / 365 * (box["width"] - thumb))

    reader.mouse.move(place(267), middle)
    reader.mouse.down()
    reader.mouse.move(place(150), middle, steps=4)
    reader.mouse.move(place(152.7), middle, steps=2)
    reader.mouse.up()
    expect(reader).to_have_url(f"{example_site}/organizations/openai?from=2024-09-24&as_of=2024-06-01")
    expect(reader.locator(".changes")).to_be_visible()


def test_the_bar_is_used_by_keyboard_alone(reader: Page, example_site: str) -> None:
    """Every choice of the bar has to work for somebody who has no mouse, and leave them where they were."""
    reader.goto(f"{example_site}/?as_of=2024-09-25")
    reader.locator("#known-hindsight").focus()
    reader.keyboard.press("ArrowRight")
    expect(reader).to_have_url(f"{example_site}/?as_of=2024-09-25&known=then")
    expect(reader.locator("#known-then")).to_be_focused()
    reader.keyboard.press("Tab")
    expect(reader.locator("#known-more")).to_be_focused()
    reader.keyboard.press("Enter")
    for name in ("known-by", "known-at", "clock"):
        if name != "known-by":  # one radio of a group takes the focus, and that is the chosen one
            reader.keyboard.press("Tab")
            expect(reader.locator(f"#{name}")).to_be_focused()
    reader.keyboard.press("ArrowDown")
    expect(reader).to_have_url(f"{example_site}/?as_of=2024-09-25&known=then&clock=recorded")
    expect(reader.locator("#clock")).to_be_focused()
    reader.keyboard.press("Tab")
    reader.keyboard.press("Space")
    expect(reader).to_have_url(f"{example_site}/?as_of=2024-09-25&known=then&clock=recorded&include=rumoured")


def test_every_page_can_be_read_without_script(browser_without_script: BrowserContext, example: Annals, example_site: str) -> None:
    """Scripts make pages quicker, and nothing on them may need one."""
    with watched(browser_without_script, example_site) as page:
        for address in addresses(example):
            page.goto(example_site + address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator(".js-only:visible")).to_have_count(0)
