"""The time bar as a page has it: the day, what was known, and where else something changed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/?as_of=2024-09-25", "the end of 25 September 2024, with what is known today."),
        ("/?as_of=2024-09-25&known=then", "with what was public by 25 September 2024."),
        ("/?known_at=2024-09-25T19:30:00Z", "with what was public by 25 September 2024, 19:30 UTC."),
        ("/?known_at=2024-09-25&clock=recorded", "with what was recorded here by 25 September 2024."),
        ("/?as_of=2024-09-25&lang=ja", "2024年9月25日の終わりの様子を、今知られていることに基づいて表示中。"),
    ],
)
def test_a_page_says_in_words_what_it_shows(pages: FlaskClient, address: str, words: str) -> None:
    """Whoever follows a shared link must see at once that this is not today, and find the way there."""
    text = pages.get(address).text
    assert words in text
    assert 'role="status">' in text


def test_today_needs_no_banner(pages: FlaskClient) -> None:
    """A warning that is always there is no warning."""
    assert 'role="status" hidden' in pages.get("/").text


def test_the_bar_leads_from_change_to_change(pages: FlaskClient) -> None:
    """Readers without script, or with a keyboard alone, go from change to change by links that keep what was known."""
    text = pages.get("/?as_of=2024-09-25&known=then").text
    assert 'href="/?as_of=2024-09-24&amp;known=then"' in text
    assert 'id="bar-next" href="/?as_of=2024-09-26&amp;known=then"' in text
    assert 'id="bar-next" href="/?as_of=2024-09-26"' in pages.get("/?as_of=2024-09-25").text
    assert 'aria-current="true">2024</a>' in text
    marks = re.search(r'data-marks="([\d ]*)"', text)
    assert marks is not None
    assert "268" in marks[1].split()


def test_the_bar_of_a_year_without_changes_is_empty_and_leads_out(pages: FlaskClient) -> None:
    """A day before everything shows nothing, but not a dead end."""
    text = pages.get("/?as_of=1999-12-31").text
    assert "No earlier change" in text
    assert 'id="bar-next"' in text
    assert 'data-marks=""' in text
