"""Pairs of events that may be the same, side by side, with what would join them."""

from __future__ import annotations

import json

from flask import request
from flask_babel import gettext

from events.posting import load
from projections.duplicates import DuplicateQuery
from projections.duplicates import duplicates as pairs
from service.api.answers import Look
from service.api.duplicates import DuplicateParameters
from service.api.feed import listed_types
from service.web.addresses import data_onward, here
from service.web.entries import entry
from service.web.filtering import read_filters
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.timeline import by_group

_SCHEMA = DuplicateParameters()


@page("/duplicates", "duplicates.html")
def duplicates(seen: Look) -> Shown:
    """The pairs, those with the event recorded last first."""
    title, types = str(gettext("Possible duplicates")), by_group()
    form = read_filters(request.args, ("organization", "person", "type"), lambda given: _query(load(_SCHEMA, given)), seen)
    if form.refused is not None:
        return Shown(title, {}, of_events(seen), {"form": form, "types": types}, refused=form.refused)
    found = pairs(seen.connection, _query({**form.values, "cursor": request.args.get("cursor")}), seen.reading, seen.ceiling)
    following = here(cursor=found.next) if found.next is not None else None
    shown = [([entry(event) for event in pair["events"]], json.dumps(pair["line"], ensure_ascii=False)) for pair in found.items]
    extra = {"form": form, "types": types, "pairs": shown, "following": following}
    return Shown(title, {"items": found.items, "next": data_onward(found.next)}, of_events(seen), extra)


def _query(given: dict[str, str | None]) -> DuplicateQuery:
    """What the parameters ask for; raises `Invalid` for a type that is none."""
    return DuplicateQuery(50, given.get("cursor"), given.get("organization"), given.get("person"), listed_types(given.get("type")))
