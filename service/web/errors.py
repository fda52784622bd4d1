"""The page that a reader sees when something went wrong: what it was, and what would be right."""

from __future__ import annotations

from flask import Response, render_template

from service.errors import Json
from service.web.pages import html
from service.web.wrong import said


def error_page(details: Json) -> Response:
    """Problem details (RFC 9457) as a page, with their status."""
    wrong = [said(one, details["status"]) for one in details["errors"]]
    response = html(render_template("error.html", problem=details, wrong=wrong))
    response.status_code = details["status"]
    return response
