"""The sections of the pages, as the masthead lists them."""

from __future__ import annotations

from flask_babel import lazy_gettext

SECTIONS = (
    ("web.timeline", lazy_gettext("Timeline")),
    ("web.people", lazy_gettext("People")),
    ("web.organizations", lazy_gettext("Organizations")),
    ("web.products", lazy_gettext("Products")),
    ("web.articles", lazy_gettext("Articles")),
    ("web.conflicts", lazy_gettext("Conflicts")),
    ("web.types", lazy_gettext("Event types")),
)
"""The page of each section with its name."""
