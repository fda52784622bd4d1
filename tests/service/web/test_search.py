"""The search page: groups with counts, both languages, and what to do when nothing is found."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.service.web.desk import Desk, words
from tests.service.web.desk import fixture_desk as fixture_desk


@pytest.mark.parametrize("q", ["mira", "ムラティ", "ミラ・ムラティ", "Mira Murati"])
def test_a_person_is_found_in_either_language(pages: FlaskClient, q: str) -> None:
    """Readers type the name as they know it."""
    page = pages.get("/search", query_string={"q": q, "lang": "en"})
    assert "People 1 Mira Murati ミラ・ムラティ" in words(page)
    assert '<small lang="ja">ミラ・ムラティ</small>' in page.text
    assert 'href="/people/mira-murati?lang=en"' in page.text


def test_groups_have_counts_and_lead_to_all(pages: FlaskClient) -> None:
    """More than a screenful is told, and where the rest is."""
    page = pages.get("/search?q=openai&lang=en")
    assert "Events 20+" in words(page)
    assert "more than" in words(page)
    assert 'href="/?lang=en&amp;q=openai">Show all' in page.text
    rows = pages.get("/search.csv?q=mira&lang=en").text.splitlines()
    assert rows[1] == "people,mira-murati,Mira Murati"


def test_nothing_found_says_what_to_try(desk: Desk) -> None:
    """An empty page is the end of the way unless it leads on."""
    text = desk.text("/search?q=zzz")
    assert "0 found" in text
    assert "Try fewer letters" in text
    assert "A name in English or Japanese" in desk.text("/search")


def test_words_that_are_too_many_are_told(desk: Desk) -> None:
    """A whole article pasted into the field is refused in words, not with a bare error."""
    page = desk.page("/search?q=" + "a" * 201)
    assert page.status_code == 422
    assert "at most 200" in words(page)
