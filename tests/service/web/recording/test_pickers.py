"""What a form asks for while somebody types: names in both languages, and how a date is read."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_names_are_found_in_both_languages(pages: FlaskClient) -> None:
    """An analyst reads ムラティ and types it; the entity has to be the one whom another calls Murati."""
    for q in ("ムラ", "mur"):
        found = pages.get("/pick", query_string={"kind": "person", "q": q}).text
        assert 'data-id="mira-murati"' in found and 'data-name="Mira Murati"' in found and '<span lang="ja">ミラ・ムラティ</span>' in found
        assert f'data-new="{q}"' in found
    exact = pages.get("/pick", query_string={"kind": "person", "person": "ミラムラティ", "lang": "ja"}).text
    assert 'data-name="ミラ・ムラティ"' in exact and '<span lang="en">Mira Murati</span>' in exact and "data-new" not in exact


def test_several_kinds_are_told_apart(pages: FlaskClient) -> None:
    """Where a person or a company may speak, the list says which is which."""
    found = pages.get("/pick?kind=person&kind=organization&q=o").text
    assert "· Organization" in found and pages.get("/pick?kind=person").text.strip() == ""


@pytest.mark.parametrize("address", ["/pick?kind=planet&q=x", "/reading/week?x=1"])
def test_a_wrong_address_is_refused(pages: FlaskClient, address: str) -> None:
    """These addresses are typed by nobody, so a wrong one is a mistake to show."""
    assert pages.get(address).status_code == 422


@pytest.mark.parametrize(
    ("what", "text", "lang", "words"),
    [
        ("day", "2024-09", "en", "2024-09: some day from 1 to 30 September 2024"),
        ("day", "2024-09", "ja", "2024-09: 2024年9月1日から2024年9月30日までのどこかの日"),
        ("day", "2024-09-25", "ja", "2024-09-25: 2024年9月25日"),
        ("day", "2024-09~", "ja", "どこかの日頃"),
        ("day", "2024-09-25/..", "ja", "2024年9月25日以降"),
        ("day", "2024-1x", "en", "write for example"),
        ("day", "2024-1x", "ja", "「2024-1x」はここでは読み取れない。 2024-09-25、2024-09"),
        ("moment", "2024-09-25T19:30:00Z", "en", "25 September 2024, 19:30 UTC"),
        ("moment", "yesterday", "en", "is not a moment"),
        ("day", "", "en", ""),
    ],
)  # fmt: skip
def test_a_date_is_read_back_in_words(pages: FlaskClient, what: str, text: str, lang: str, words: str) -> None:
    """Partial dates are new to most people: they must see how theirs is read before they send it."""
    found = pages.get(f"/reading/{what}", query_string={"effective": text, "lang": lang})
    assert found.status_code == 200 and words in found.text.replace("&#39;", "'")
    assert ("wrong" in found.text) == ("1x" in text or text == "yesterday")
