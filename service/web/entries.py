"""An event in a list: what a page shows of it in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import ngettext

from events.event import Status
from events.moments import Moment
from events.sources import publishers
from events.types import event_type
from service.api.answers import Json
from service.web.filters import day, joined, lang, moment
from service.web.labels import field_label
from service.web.values import About, entities_of

DATES = ("effective", "announced", "recorded")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of an event: which of the three (`effective`, `announced`, `recorded`), its label, and it in words."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with what its line in a list says beside the headline.

    `dates` are those of the three days that differ from the one under which it stands and from each other; `sources` says how many
    there are, and of how many publishers.
    """

    event: Json
    status: Status
    group: str
    icon: str
    entities: tuple[About, ...]
    dates: tuple[Dated, ...]
    sources: str


def entry(event: Json, under: str = "") -> Entry:
    """The line of an event, as answers have it, that stands under the day `under`, in words."""
    kind = event_type(event["type"])
    dates = tuple(_differing(event, under))
    return Entry(event, event["status"], kind.group, kind.icon, tuple(entities_of(event)), dates, sources_text(event["sources"]))


def _differing(event: Json, under: str) -> Iterator[Dated]:
    """Those of the three days of an event that are not told yet."""
    told = {under}
    for name in DATES:
        text = day_under(event, name)
        if text not in told:
            told.add(text)
            yield Dated(name, field_label(name, lang()), text)


def dates_of(event: Json) -> list[Dated]:
    """The three dates of an event, in words."""
    texts = (day(event["effective"]), moment(event["announced"]), moment(event["recorded_at"]))
    return [Dated(name, field_label(name, lang()), text) for name, text in zip(DATES, texts, strict=True)]


def day_under(event: Json, order: str) -> str:
    """The day of an event on one of the three clocks, in words; a list in the order of that clock has the event under it."""
    if order == "effective":
        return day(event["effective"])
    return day(Moment.parse(event["announced" if order == "announced" else "recorded_at"]).day.isoformat())


def sources_text(sources: Iterable[Json]) -> str:
    """How many sources there are, and of how many publishers where those are fewer or more than one."""
    listed = list(sources)
    counted = str(ngettext("%(num)d source", "%(num)d sources", len(listed)))
    count = publishers(listed)
    if len(listed) < 2 or not count:
        return counted
    return joined([counted, ngettext("%(num)d publisher", "%(num)d publishers", count)])


def entity_names(found: Entry, kind: str) -> str:
    """The names of the entities of a kind that an event mentions, for the cell of a table."""
    return "; ".join(about["name"] for of, about in found.entities if of == kind)
