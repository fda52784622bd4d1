"""The language of pages: chosen as the reader wishes, and complete."""

from __future__ import annotations

import string
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import service.web
from service.web.language import COOKIE, catalogue

ROOT = Path(service.web.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


@pytest.mark.parametrize(
    ("address", "cookie", "accept", "lang"),
    [
        ("/", None, None, "en"),
        ("/", None, "ja,en;q=0.5", "ja"),
        ("/", "ja", "en", "ja"),
        ("/?lang=en", "ja", "ja", "en"),
        ("/", "fr", "fr", "en"),
    ],
)
def test_the_reader_chooses_the_language(pages: FlaskClient, address: str, cookie: str | None, accept: str | None, lang: str) -> None:
    """A shared link must not change the reader's language, but a choice must stay: the address, then the cookie, then the browser."""
    if cookie:
        pages.set_cookie(COOKIE, cookie)
    answer = pages.get(address, headers={"Accept-Language": accept} if accept else {})
    assert f'<html lang="{lang}">' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_chosen_language_is_remembered(pages: FlaskClient) -> None:
    """Whoever chose Japanese once should not have to choose it on each page, and nothing is stored for those who chose nothing."""
    assert "Set-Cookie" not in pages.get("/").headers
    pages.get("/?lang=ja")
    assert '<html lang="ja">' in pages.get("/").text
    assert "Set-Cookie" not in pages.get("/?lang=ja").headers


def test_a_language_that_does_not_exist_is_an_error(pages: FlaskClient) -> None:
    """A link with a misspelt language should say so, in a language that the reader has."""
    answer = pages.get("/?lang=jp")
    assert answer.status_code == 422
    assert "&#39;jp&#39;" in answer.text


def said() -> Iterator[tuple[str, ...]]:
    """Every text in the code and the templates of the pages."""
    for _, _, text, _, _ in extract_from_dir(ROOT, METHODS, OPTIONS, keywords=_keywords()):
        yield text if isinstance(text, tuple) else (text,)


def _keywords() -> dict[str, tuple[int, ...] | None]:
    return {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "N_": None}


def test_every_text_is_in_japanese() -> None:
    """A page half in English is no page for a Japanese reader, and a translation that nothing uses is dead weight."""
    texts = {text[0] for text in said()}
    whole = catalogue("ja")
    plain = [message for message in whole if message.id and message.context is None]  # for the others see `test_labels`
    translated = {message.id if isinstance(message.id, str) else message.id[0]: message for message in plain}
    assert sorted(texts - set(translated)) == []
    assert sorted(set(translated) - texts) == []
    assert [key for key, message in translated.items() if not message.string or message.fuzzy] == []


def test_translations_keep_the_placeholders() -> None:
    """A placeholder that the translation misspells would be an error on the page of a Japanese reader alone."""
    wrong = []
    for message in catalogue("ja"):
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        targets = [message.string] if isinstance(message.string, str) else list(message.string or ())
        wanted = {name for source in sources for name in _placeholders(source)}
        wrong += [target for target in targets if not set(_placeholders(target)) <= wanted]
    assert wrong == []


def _placeholders(text: str) -> Iterator[str]:
    """The names in `%(name)s`."""
    rest = text
    while "%(" in rest:
        name, _, rest = rest.partition("%(")[2].partition(")")
        yield name
    assert all(letter in string.printable or ord(letter) > 127 for letter in text)


def test_no_text_is_translated_twice() -> None:
    """Each text has one home, so that a better translation need not be put into two files."""
    homes: dict[str, list[str]] = {}
    for file in sorted(files("service.web").joinpath("translations", "ja").iterdir(), key=lambda file: file.name):
        for message in read_po(BytesIO(file.read_bytes()), locale="ja"):
            if message.id:
                homes.setdefault(str((message.context, message.id)), []).append(file.name)
    assert {text: names for text, names in homes.items() if len(names) > 1} == {}
