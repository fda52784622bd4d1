"""The timeline: every event in strict order, grouped by day."""

from __future__ import annotations

from flask_babel import gettext

from projections.feed import FeedQuery, feed
from service.api.answers import CEILING, Look
from service.web.marks import of_events
from service.web.pages import Shown, page


@page("/", "timeline.html")
def timeline(seen: Look) -> Shown:
    """The events, newest first."""
    found = feed(seen.connection, FeedQuery(50), seen.reading, CEILING)
    return Shown(gettext("Timeline"), {"items": found.items, "next": found.next}, of_events(seen))
