"""The page that explains the three clocks to somebody who is new here."""

from __future__ import annotations

from flask_babel import gettext

from events.errors import NotFound
from projections.entities import resolve
from service.api.answers import Look
from service.web.pages import Shown, page

EXAMPLE = "openai"
"""The organization of the example."""


@page("/welcome", "welcome.html")
def welcome(seen: Look) -> Shown:
    """The three clocks in a hundred words, with the example if it is loaded."""
    try:
        loaded = resolve(seen.connection, "organization", EXAMPLE, seen.reading) == EXAMPLE
    except NotFound:
        loaded = False
    return Shown(gettext("Three clocks"), {"example": EXAMPLE if loaded else None})
