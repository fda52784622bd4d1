"""What all pages have in common: their address, their twins as data, their headers and their errors."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from service.web.assets import NAMES
from service.web.tables import MARK, Table, as_csv


def test_a_page_is_the_same_as_json(pages: FlaskClient) -> None:
    """Whoever sees something on a page must be able to take it along as data, at the same address and at the same time."""
    answer = pages.get("/timeline.json?as_of=2024-09-25&known=then")
    assert answer.json is not None
    assert answer.json["items"]
    assert answer.json["position"] > 0
    assert answer.headers["ETag"]


def test_a_page_runs_nothing_that_it_did_not_bring(pages: FlaskClient) -> None:
    """A text from an article must never become a script, so pages allow none but the files served here."""
    answer = pages.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "style=" not in answer.text
    assert " onclick" not in answer.text


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("/?as_of=2024-09-25&known=hindsight&known_at=&clock=public", "/?as_of=2024-09-25"),
        ("/?as_of=&known=then&known_at=2024-01-01", "/?known=then"),
        ("/?known=hindsight&known_at=2024-01-01", "/"),
    ],
)
def test_addresses_are_tidied(pages: FlaskClient, untidy: str, tidy: str) -> None:
    """An address is shared and bookmarked, so it says what matters and nothing else."""
    answer = pages.get(untidy)
    assert answer.status_code == 302
    assert answer.headers["Location"] == tidy


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/?as_of=soon", "&#39;soon&#39; is not a day"),
        ("/?known=maybe", "does not say what is to be known"),
        ("/?known=at", "as known when"),
        ("/?known_at=2024-13-01", "2024-13-01"),
        ("/?clock=wall", "&#39;wall&#39; is not a clock"),
    ],
)
def test_a_wrong_time_is_explained(pages: FlaskClient, address: str, words: str) -> None:
    """Whoever types an address by hand should read what is wrong and what would be right, on a page with a way out."""
    answer = pages.get(address)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Right would be:" in answer.text
    assert "This page without parameters" in answer.text


def test_an_unknown_page_is_explained_to_people_and_to_programs(pages: FlaskClient) -> None:
    """A browser gets a page, a program problem details, whichever address is wrong."""
    assert "There is nothing here" in pages.get("/nowhere").text
    assert pages.get("/nowhere", headers={"Accept": "*/*"}).content_type == "application/problem+json"
    assert pages.get("/nowhere.json").content_type == "application/problem+json"
    assert pages.get("/api/v1/nowhere").content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/nowhere?as_of=2024-09-25", "「/nowhere」は見つからない。"),
        ("/people/nobody", "「nobody」は見つからない。"),
        ("/?as_of=soon", "「soon」はここでは読み取れない"),
        ("/?known=at", "入力が必要。"),
        ("/?from=2024-13-01", "「2024-13-01」はここでは読み取れない"),
        ("/?organization=nobody", "「nobody」は見つからない。"),
    ],
)
def test_errors_are_told_in_the_language_of_the_page(pages: FlaskClient, address: str, words: str) -> None:
    """Somebody who reads no English should learn what to change, and keep the day that the address asked for."""
    text = pages.get(address, headers={"Accept-Language": "ja"}).text
    assert words in text
    if "as_of" in address:
        assert f'href="{address}&amp;lang=en"' in text


def test_pages_and_files_are_sent_small(pages: FlaskClient) -> None:
    """Phones on a train load pages too: text is compressed, to the same bytes each time, and files are kept for ever."""
    answer = pages.get("/", headers={"Accept-Encoding": "gzip"})
    again = pages.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
    assert "<html" in gzip.decompress(answer.data).decode()
    assert again.status_code == 304
    assert pages.get("/").headers["ETag"] != answer.headers["ETag"]
    assert "Content-Encoding" not in pages.get("/api/v1/feed", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("name", NAMES)
def test_files_are_served_under_their_content(pages: FlaskClient, name: str) -> None:
    """A browser may keep a file for ever, since a changed one has another address."""
    address = next(part for part in pages.get("/").text.split('"') if part.endswith(f"/{name}")) if name in pages.get("/").text else None
    if address is None:
        pytest.skip("this file belongs to other pages")
    answer = pages.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert pages.get(f"/static/000000000000/{name}").status_code == 404


def test_nothing_else_is_served_from_the_folder(pages: FlaskClient) -> None:
    """The folder of files is no web root."""
    assert pages.get("/static/000000000000/vendor/README.md").status_code == 404


def test_a_cell_is_never_a_formula() -> None:
    """A headline that begins with = must not run in the analyst's spreadsheet; and Japanese must open as it is."""
    text = as_csv(Table(("name", "held"), ({"name": "=1+1", "held": True}, {"name": None}, {"name": "ミラ・ムラティ", "held": False})))
    assert text == MARK + "name,held\r\n'=1+1,true\r\n,\r\nミラ・ムラティ,false\r\n"
