"""The lists of people, organizations and products: found by any of their names, a page at a time."""

from __future__ import annotations

from flask import request
from flask_babel import gettext, lazy_gettext

from events.refs import Kind
from projections.entities import find
from service.api.answers import Look
from service.web.addresses import here
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table

LIMIT = 100
MOST_TEXT = 200
COLUMNS = ("id", "name", "name_en", "name_ja")
_TITLES = {"person": lazy_gettext("People"), "organization": lazy_gettext("Organizations"), "product": lazy_gettext("Products")}


@page("/people", "directory.html", csv=True)
def people(seen: Look) -> Shown:
    """Everybody, by name."""
    return _listed(seen, "person")


@page("/organizations", "directory.html", csv=True)
def organizations(seen: Look) -> Shown:
    """Every organization, by name."""
    return _listed(seen, "organization")


@page("/products", "directory.html", csv=True)
def products(seen: Look) -> Shown:
    """Every product, by name."""
    return _listed(seen, "product")


def _listed(seen: Look, kind: Kind) -> Shown:
    q = request.args.get("q", "").strip()[:MOST_TEXT]
    found = find(seen.connection, kind, seen.reading, q or None, LIMIT, request.args.get("cursor"), seen.ceiling)
    following = here(cursor=found.next) if found.next else None
    rows = [{**item, "name_en": item["names"].get("en"), "name_ja": item["names"].get("ja")} for item in found.items]
    begun = "cursor" not in request.args
    return Shown(
        str(_TITLES[kind]),
        {"items": found.items, "next": following},
        of_events(seen),
        {"kind": kind, "q": q, "empty": _empty(kind, q), "begun": begun},
        {request.path.removesuffix(".csv").strip("/"): Table(COLUMNS, rows)},
    )


def _empty(kind: Kind, q: str) -> str:
    """What a list that has nothing on it says instead."""
    if q:
        return str(gettext("No name here begins like “%(q)s”, in any language.", q=q))
    match kind:
        case "person":
            return str(gettext("Nobody is known yet. The first event that names a person puts them here."))
        case "organization":
            return str(gettext("No organization is known yet. The first event that names one puts it here."))
    return str(gettext("No product is known yet. The first event that names one puts it here."))
