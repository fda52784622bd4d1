"""The files that pages need: styles, scripts and the icon, under addresses that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response, abort, url_for

blueprint = Blueprint("assets", __name__)
FOR_EVER = "public, max-age=31536000, immutable"
DIGITS = 12
NAMES = ("annals.css", "annals.js", "events.js", "favicon.svg", "pickers.js", "vendor/htmx-2.0.11.min.js")
"""The files that are served; what else lies beside them is not."""


@blueprint.get("/static/<digest>/<path:name>")
def asset(digest: str, name: str) -> Response:
    """One of the files; 404 for another name or another state of the file."""
    if name not in NAMES or digest != _digest(name):
        abort(404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = Response(_content(name), content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = FOR_EVER
    return response


def address_of(name: str) -> str:
    """The address of a file in its present state."""
    return url_for("assets.asset", digest=_digest(name), name=name)


@cache
def _content(name: str) -> bytes:
    return files("service.web").joinpath("static", *name.split("/")).read_bytes()


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:DIGITS]
