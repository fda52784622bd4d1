"""The page that a reader sees when something went wrong: what it was, and what would be right."""

from __future__ import annotations

from flask import Response, render_template

from service.errors import Json
from service.web.pages import html


def error_page(details: Json) -> Response:
    """Problem details (RFC 9457) as a page, with their status."""
    response = html(render_template("error.html", problem=details))
    response.status_code = details["status"]
    return response
