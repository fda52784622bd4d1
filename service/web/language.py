"""The language of a page: chosen by the reader, and the catalogues of what pages say in it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, get_locale

from service.http import current_annals
from service.settings import LANGUAGES

COOKIE = "annals_lang"
YEAR_SECONDS = 365 * 86400


def install(app: Flask) -> None:
    """Have pages speak the reader's language, and remember one that the address names."""
    babel = Babel(app, locale_selector=chosen)
    untyped: Any = Catalogues
    babel.domain_instance = untyped()
    app.after_request(_remember)


def chosen() -> str:
    """`en` or `ja`: what the address says (`lang`), else the cookie, else the browser's wishes, else the setting.

    Part of the address that is no language of the pages is passed over here; reading the parameters refuses it.
    """
    if "page_language" not in g:
        asked = (request.args.get("lang"), request.cookies.get(COOKIE), request.accept_languages.best_match(LANGUAGES))
        g.page_language = next((lang for lang in asked if lang in LANGUAGES), None) or current_annals().settings.lang
    return str(g.page_language)


class Catalogues(Domain):
    """The texts of pages: English in the code, the other languages in the `.po` files, read as they are."""

    def get_translations(self) -> NullTranslations:
        """The texts in the language of the page."""
        return translations(str(get_locale()))


@cache
def translations(lang: str) -> NullTranslations:
    """Every catalogue of the language as one; English has none."""
    if lang == "en":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(lang))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(lang: str) -> Catalog:
    """The messages of all `.po` files of the language."""
    whole = Catalog(locale=lang)
    for file in sorted(files("service.web").joinpath("translations", lang).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            for message in read_po(BytesIO(file.read_bytes()), locale=lang):
                if message.id:
                    whole[message.id] = message
    return whole


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if request.blueprint == "web" and asked in LANGUAGES and asked != request.cookies.get(COOKIE):
        response.set_cookie(COOKIE, asked, max_age=YEAR_SECONDS, httponly=True, samesite="Lax")
    return response
