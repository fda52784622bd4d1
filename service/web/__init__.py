"""The pages: a module for each feature, and what they share: addresses, languages, the time bar and how a page is declared."""

from __future__ import annotations

from flask import Flask

from service.web import (
    articles,
    assets,
    compression,
    conflicts,
    directory,
    duplicates,
    event,
    filters,
    language,
    organization,
    person,
    product,
    recording,
    search,
    sessions,
    signing,
    timeline,
    types,
    welcome,
    words,
)
from service.web.errors import error_page
from service.web.pages import blueprint
from service.web.wrong import wrong

FEATURES = (
    timeline, welcome, directory, person, organization, product, event, recording, articles, conflicts, search, types, duplicates,
    signing,
)  # fmt: skip
"""The modules whose import declares the pages."""


def register(app: Flask) -> None:
    """Put the pages, their files and languages into the application."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["annals-error-page"] = error_page
    language.install(app)
    filters.install(app)
    words.install(app)
    filters.add_words(app, wrong)
    sessions.install(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(blueprint)
    app.after_request(compression.compress)
