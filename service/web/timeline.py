"""The timeline: every event in strict order, grouped by day, filtered by a form, with the older ones a link away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from events.event import STATUSES
from events.moments import day_ordinal, rfc3339
from events.posting import load
from events.sources import publishers
from events.types import event_types
from projections.feed import FeedQuery, feed
from projections.instants import last_moment
from service.api.answers import Json, Look
from service.api.feed import FeedParameters, feed_query
from service.web.addresses import data_onward, here
from service.web.entries import Entry, day_under, entity_names, entry
from service.web.filtering import Filters, read_filters
from service.web.filters import lang, status, type_label
from service.web.labels import GROUPS, group_label
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table

FIELDS = ("q", "organization", "person", "product", "type", "status", "tag", "from", "to", "order", "direction")
"""The fields of the form; the parameters of the API's feed."""
PAGE = ("cursor", "limit", "as_of")
_SCHEMA = FeedParameters()
COLUMNS = (
    "id", "type", "headline", "effective", "earliest", "latest", "announced", "recorded_at", "status", "retracted", "retraction",
    "corrected", "people", "organizations", "products", "sources", "publishers", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayOfEvents:
    """Events that stand one after the other under one day; `day` is that day in words."""

    day: str
    entries: tuple[Entry, ...]


@page("/", "timeline.html", csv=True)
def timeline(seen: Look) -> Shown:
    """The events, newest first unless the form says otherwise."""
    form = read_filters(request.args, (*FIELDS, *PAGE[1:]), lambda given: _query(given, seen), seen)
    opened = bool(form.problems) or any(name in form.values for name in FIELDS)
    extra = {"form": form, "opened": opened, "types": by_group(), "statuses": [(name, status(name)) for name in STATUSES]}
    if form.refused is not None:
        return Shown(_title(), {}, of_events(seen), extra, refused=form.refused)
    query = _query({**form.values, **{name: request.args[name] for name in PAGE if request.args.get(name)}}, seen)
    found = feed(seen.connection, query, seen.reading, seen.ceiling)
    older = here(cursor=found.next) if found.next is not None else None
    days = by_day(found.items, query.order)
    more = {"days": days, "older": older, "news": _news(form, seen)}
    data = {"items": found.items, "next": data_onward(found.next)}
    return Shown(_title(), data, of_events(seen), {**extra, **more}, {"events": events_table(days)})


def _query(given: Mapping[str, str], seen: Look) -> FeedQuery:
    """What the parameters ask of the feed; raises `Invalid`."""
    return feed_query(load(_SCHEMA, given), seen)


def _title() -> str:
    return str(gettext("Timeline"))


def by_day(events: Iterable[Json], order: str) -> list[DayOfEvents]:
    """The events in their order, those together that stand under the same day one after the other."""
    grouped = groupby(events, lambda event: day_under(event, order))
    return [DayOfEvents(under, tuple(entry(event, under) for event in found)) for under, found in grouped]


def by_group() -> list[tuple[str, list[tuple[str, str]]]]:
    """The types of events as the choices of a form, group by group: `(label, [(name, label)])` each."""
    kinds = event_types().values()
    return [(group_label(group, lang()), [(kind.name, type_label(kind.name)) for kind in kinds if kind.group == group]) for group in GROUPS]


def _news(form: Filters, seen: Look) -> Mapping[str, Any] | None:
    """Where a page asks whether events were recorded since it was made; None where it does not show the newest of today."""
    paged = "cursor" in request.args or any(name in form.values for name in ("from", "to"))
    if seen.pinned or paged or seen.reading.as_of != day_ordinal(seen.now):
        return None
    filters: dict[str, Any] = {name: value for name, value in form.values.items() if name in FIELDS[:7]}
    since = last_moment(seen.connection, seen.now) or 0
    return {"address": url_for("web.timeline_json", **filters, order="recorded"), "since": rfc3339(since)}


def events_table(days: Iterable[DayOfEvents]) -> Table:
    """The events of the list, a row each."""
    return Table(COLUMNS, [_row(found) for day in days for found in day.entries])


def _row(found: Entry) -> Mapping[str, Any]:
    event = found.event
    retracted = event["retracted"]
    return {
        **{name: event[name] for name in ("id", "type", "headline", "announced", "recorded_at", "status", "corrected")},
        "effective": event["effective"]["value"],
        **{name: event["effective"][name] for name in ("earliest", "latest")},
        "retracted": retracted is not None,
        "retraction": retracted["reason"] if retracted else None,
        "people": entity_names(found, "person"),
        "organizations": entity_names(found, "organization"),
        "products": entity_names(found, "product"),
        "sources": len(event["sources"]),
        "publishers": publishers(event["sources"]),
        "tags": "; ".join(event["tags"]),
    }
