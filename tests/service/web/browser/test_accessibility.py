"""Every page for readers who see otherwise, or not: axe finds nothing against WCAG 2.2 AA, in both languages and both colour schemes."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from service.annals import Annals
from tests.service.web.browser.conftest import watched
from tests.service.web.sitemap import addresses

UNREACHED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((element) => element.checkVisibility() && !element.matches(".unseen, :disabled") && element.tabIndex < 0)
    .map((element) => element.outerHTML)"""
"""What a mouse can use and Tab passes over."""
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""What another colour scheme can change."""


def violations(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds wrong with the page, each with the rule and the elements."""
    found = Axe().run(page, options=options).response if options else Axe().run(page).response
    return [f"{one['id']}: {', '.join(str(node['html'])[:160] for node in one['nodes'][:3])}" for one in found["violations"]]


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("ja", 390)])
def test_axe_finds_nothing(browser: Browser, example: Annals, example_site: str, lang: str, width: int) -> None:
    """A newsroom has readers who use a screen reader, a keyboard or a dark room, and a law that says that they count."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=lang)
    found: list[str] = []
    with watched(context, example_site) as page:
        for address in addresses(example):
            page.emulate_media(color_scheme=schemes[0])
            page.goto(example_site + address)
            assert page.locator("html").get_attribute("lang") == lang
            found += [f"{address} {wrong}" for wrong in violations(page)]
            found += [f"{address} not reached by Tab: {element}" for element in page.evaluate(UNREACHED)]
            page.emulate_media(color_scheme=schemes[1])
            found += [f"{address} dark {wrong}" for wrong in violations(page, CONTRAST)]
    context.close()
    assert "\n".join(found) == ""
