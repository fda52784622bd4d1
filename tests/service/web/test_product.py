"""The page of a product: in which phase it is on a day, and which events say so."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.service.web.reading import page, rows


def test_the_phase_follows_the_day(pages: FlaskClient) -> None:
    """A product that was announced in spring was not to be had that summer."""
    summer, autumn = (page(pages, f"/products/advanced-voice-mode?as_of={day}") for day in ("2024-06-30", "2024-09-30"))
    assert summer.one("p", class_="lede").one("strong").text in ("announced", "delayed")
    assert autumn.one("p", class_="lede").one("strong").text == "released"
    assert "By OpenAI" in autumn.one("main").text


def test_before_its_announcement_there_is_nothing_to_show(pages: FlaskClient) -> None:
    """A page that is empty without a word looks broken."""
    assert "had not been announced" in page(pages, "/products/advanced-voice-mode?as_of=2010-01-01").one("main").text


def test_versions_lead_to_the_events_that_released_them(company: FlaskClient) -> None:
    """Every version has its day and its report, on the page and as a table."""
    found = page(company, "/products/product-1?as_of=2015-01-01")
    lines = found.one("tbody").all("tr")
    assert len(lines) == len(rows(company, "/products/product-1.csv?as_of=2015-01-01")) > 1
    assert "Hoshi Works releases Product 1" in lines[0].all("td")[1].text
    assert lines[0].links()[0].startswith("/events/")
