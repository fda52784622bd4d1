"""How people reach Annals: the ledger, the API, the pages, the jobs and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from service.annals import Annals


def create_app(annals: Annals) -> Flask:
    """The web application that serves an open log; closing that is the caller's."""
    from flask import Flask  # only here, so that a command which serves nothing starts without the web framework

    from service import access, api, http, observing, tracing, web

    app = Flask(__name__, static_folder=None)
    app.extensions["annals"] = annals
    if annals.settings.traces is not None:
        tracing.install(app, annals.settings.traces)
    observing.install(app)
    http.install(app)
    access.install(app)
    api.register(app)
    web.register(app)
    return app
