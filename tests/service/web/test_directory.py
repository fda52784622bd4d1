"""The lists of people, organizations and products: whoever looks for somebody finds them, in any language and without script."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from service.web import directory
from tests.service.web.reading import data, page, rows


@pytest.mark.parametrize("q", ["ミラ", "murati", "Mira"])
def test_a_person_is_found_in_any_language(pages: FlaskClient, q: str) -> None:
    """An analyst types the name as the article has it, in Japanese or in Latin letters."""
    found = page(pages, f"/people?q={q}")
    assert [entry.text for entry in found.one("ul", class_="directory").all("li")] == ["Mira Murati ミラ・ムラティ"]
    assert found.one("ul", class_="directory").one("small").attributes["lang"] == "ja"


def test_pages_follow_each_other_without_script(pages: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is longer than a page goes on behind a plain link, loses nobody on the way and can be begun again."""
    whole = [item["id"] for item in data(pages, "/people.json")["items"]]
    monkeypatch.setattr(directory, "LIMIT", 5)
    seen, found = page(pages, "/people?as_of=2024-09-26"), list[str]()
    while True:
        found += [link.split("/people/")[1].split("?")[0] for link in seen.one("ul", class_="directory").links()]
        following = [str(link.attributes["href"]) for link in seen.all("a", rel="next")]
        if not following:
            break
        assert "as_of=2024-09-26" in following[0]
        seen = page(pages, following[0])
    assert found == whole
    assert "From the beginning" in seen.text


def test_the_list_as_data(pages: FlaskClient) -> None:
    """A spreadsheet of all products must come from the same address."""
    listed = rows(pages, "/products.csv")
    assert {"id": "chatgpt", "name": "ChatGPT", "name_en": "ChatGPT", "name_ja": "ChatGPT"} in listed
    assert [item["id"] for item in data(pages, "/products.json")["items"]] == [row["id"] for row in listed]


@pytest.mark.parametrize("kind", ["people", "organizations", "products"])
def test_empty_lists_say_what_to_do(pages: FlaskClient, kind: str) -> None:
    """An empty page leaves a reader alone: it says why, whether nothing fits or nothing was known yet."""
    none = page(pages, f"/{kind}?q=zzz").one("p", class_="empty").text
    assert "zzz" in none
    early = page(pages, f"/{kind}?known_at=1999-01-01")
    assert "is known yet" in early.one("p", class_="empty").text
    assert early.one("p", class_="actions").links()[0].startswith("/record?")


def test_a_broken_cursor_is_told(pages: FlaskClient) -> None:
    """A link that was cut in a mail must not show an arbitrary page."""
    assert "cursor" in page(pages, "/people?cursor=abc", 422).one("p", class_="problem").text
