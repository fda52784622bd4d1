"""An event: all that it says, where it comes from, what it does to the state, and everything that was said of it later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext, lazy_gettext

from events.articles import article_id
from events.dates import PartialDate, describe
from events.errors import NotFound
from events.moments import rfc3339
from events.types import event_type
from projections.conflicts import organization_conflicts
from projections.consequences import consequences
from projections.duplicates import near
from projections.known import event_known_from
from projections.rendering import event as event_at
from projections.rendering import events_by_id
from projections.versions import version_at
from service.api.answers import Json, Look
from service.api.events import event_uuid, turns
from service.web.addresses import here
from service.web.conflicts import shown_conflicts
from service.web.entries import dates_of
from service.web.filters import day, lang, moment_text
from service.web.labels import field_label
from service.web.marks import of_events
from service.web.pages import Shown, page
from service.web.tables import Table
from service.web.values import field_texts, values_of
from service.web.versions import history

RULES: Mapping[int, Any] = {
    1: lazy_gettext("rule 1, order"),
    2: lazy_gettext("rule 2, opening"),
    3: lazy_gettext("rule 3, closing"),
    4: lazy_gettext("rule 4, a late report of an old end"),
    5: lazy_gettext("rule 5, competing claims"),
}
"""The rules of the fold by which an event did something, in words."""
COLUMNS = ("number", "title", "url", "publisher", "author", "language", "published_at", "retrieved_at", "locator", "quote", "archived_url")


@page("/events/<event_id>", "event.html", csv=True)
def event(seen: Look, event_id: str) -> Shown:
    """The event as known at the reading, or that it was not known then."""
    wanted = event_uuid(event_id)
    try:
        found = event_at(seen.connection, wanted, seen.reading)
    except NotFound as error:
        return _not_yet(seen, wanted, error)
    told = turns(seen, wanted)
    done = consequences(seen.connection, wanted.hex, seen.reading)
    against = _conflicts(seen, done, found["id"])
    alike = _alike(seen, wanted, found)
    data = {**found, "versions": told, "consequences": done, "conflicts": against, "possible_duplicates": alike}
    extra = {
        "kind": event_type(found["type"]),
        "values": values_of(found),
        "dates": dates_of(found),
        "bounds": bounds_text(found["effective"]),
        "sources": [{**source, "article": str(article_id(source))} for source in found["sources"]],
        "disputed": _disputed(found),
        "history": history(told),
        "rules": RULES,
        "against": shown_conflicts(seen.connection, against, seen.reading),
        "alike": alike,
        "joined_in": list(events_by_id(seen.connection, _joined_with(found), seen.reading).values()),
    }
    return Shown(found["headline"], data, of_events(seen), extra, {"sources": _sources(found)})


def bounds_text(date: Json) -> str:
    """The days that a partial date may mean, in words; empty for a date that is exactly one day."""
    first, last = date["earliest"], date["latest"]
    if lang() == "en" or first == last:
        return "" if first == last else describe(PartialDate.parse(date["value"]))
    if first and last:
        return str(gettext("some day from %(first)s to %(last)s", first=day(first), last=day(last)))
    return day(date)


def _not_yet(seen: Look, wanted: UUID, error: NotFound) -> Shown:
    """A page that says that the event was not known at the reading, and since when it is; raises `error` where that must not be told."""
    since = event_known_from(seen.connection, wanted.hex, seen.reading.clock)
    if since > seen.now:
        raise error
    extra = {
        "since": moment_text(since),
        "then": here(known_at=rfc3339(since), known=None, as_of=None),
        "now": here(known_at=None, known=None),
    }
    return Shown(str(gettext("Not known yet")), {}, of_events(seen), extra, refused=error)


def _conflicts(seen: Look, done: list[Json], event_id: str) -> list[Json]:
    """The conflicts in which the event makes a claim, as they stand at the end of the day."""
    organizations = dict.fromkeys(line["organization"]["id"] for line in done)
    found = [line for organization in organizations for line in organization_conflicts(seen.connection, organization, seen.reading)]
    return [line for line in found if any(claim["event"] == event_id for claim in line["claims"])]


def _alike(seen: Look, wanted: UUID, found: Json) -> list[Json]:
    """The events that may be the same as this one, where it stands for itself."""
    version = version_at(seen.connection, wanted.hex, seen.reading)
    if version is None or found["retracted"] or found["duplicate_of"]:
        return []
    return near(seen.connection, wanted, version, seen.reading)


def _disputed(found: Json) -> list[tuple[str, str, list[str]]]:
    """The details on which a further report differs: label, what it gives instead, and who says so."""
    kind = event_type(found["type"])
    told = [(one, field_texts(kind, {one["field"]: one["value"]})) for one in found["disputed"]]
    return [(field_label(one["field"], lang(), kind), texts.get(one["field"], ""), one["sources"]) for one, texts in told]


def _joined_with(found: Json) -> list[str]:
    return [*found["duplicates"], *([found["duplicate_of"]] if found["duplicate_of"] else ())]


def _sources(found: Json) -> Table:
    return Table(COLUMNS, [{"number": number, **source} for number, source in enumerate(found["sources"], 1)])
