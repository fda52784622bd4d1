"""The search over people, organizations, products and events, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext, ngettext

from events.posting import load
from events.refs import PLURAL
from projections.search import search as found_by
from service.api.answers import Json, Look
from service.api.feed import SearchQuery
from service.web.addresses import link
from service.web.entries import entry
from service.web.filtering import read_filters
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table

MOST = 20
"""How many of each group are shown."""
GROUPS: Mapping[str, Any] = {
    **dict(zip(PLURAL.values(), (lazy_gettext("People"), lazy_gettext("Organizations"), lazy_gettext("Products")), strict=True)),
    "events": lazy_gettext("Events"),
}
COLUMNS = ("group", "id", "name")
_SCHEMA = SearchQuery(only=("q",))


@page("/search", "search.html", csv=True)
def search(seen: Look) -> Shown:
    """What is found, group by group; without words, how to search."""
    form = read_filters(request.args, ("q",), lambda given: load(_SCHEMA, given), seen)
    q = form.values.get("q", "")
    title = str(gettext("Search: %(q)s", q=q) if q else gettext("Search"))
    if form.refused is not None:
        return Shown(title, {}, of_events(seen), {"form": form}, refused=form.refused)
    found = found_by(seen.connection, q, seen.reading, MOST + 1)
    shown = {name: items[:MOST] for name, items in found.items()}
    more = {name: _more(name, q) for name, items in found.items() if len(items) > MOST}
    extra = {"form": form, "groups": GROUPS, "counted": counted(found), "more": more, "lines": [entry(event) for event in shown["events"]]}
    return Shown(title, {"q": q, **shown}, of_events(seen), extra, {"found": _table(shown)})


def counted(found: Mapping[str, list[Json]]) -> str:
    """How many were found in all, in words."""
    count = sum(min(len(items), MOST) for items in found.values())
    if any(len(items) > MOST for items in found.values()):
        return str(gettext("more than %(num)d found", num=count))
    return str(ngettext("%(num)d found", "%(num)d found", count))


def _more(name: str, q: str) -> str:
    return link("web.timeline" if name == "events" else f"web.{name}", q=q)


def _table(shown: Mapping[str, list[Json]]) -> Table:
    rows = [{"group": name, "id": one["id"], "name": one.get("name") or one["headline"]} for name, items in shown.items() for one in items]
    return Table(COLUMNS, rows)
