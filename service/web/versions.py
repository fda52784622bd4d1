"""The history of an event: what was said of it, by whom and why, and what each time became different."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from events.sources import source_label
from events.types import EventType, event_type
from service.api.answers import Json
from service.web.filters import day, joined, lang, moment, status
from service.web.labels import field_label
from service.web.values import field_texts
from service.web.words import language_name

KINDS: dict[str, Any] = {
    "recorded": lazy_gettext("recorded for the first time"),
    "corroborated": lazy_gettext("reported again"),
    "corrected": lazy_gettext("corrected"),
    "retracted": lazy_gettext("retracted"),
    "restored": lazy_gettext("restored"),
    "status_changed": lazy_gettext("status changed"),
    "source_added": lazy_gettext("source added"),
    "source_removed": lazy_gettext("source removed"),
    "joined": lazy_gettext("joined into another event"),
    "absorbed": lazy_gettext("another event joined in"),
    "parted": lazy_gettext("parted from the other event"),
    "released": lazy_gettext("the other event parted again"),
}
"""What each kind of entry about an event is."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that became different: texts before and after, either empty where there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Turn:
    """An entry about an event as the history shows it, with what it changed and the event that another one is or was joined with."""

    entry: Json
    kind: str
    changes: tuple[Change, ...]
    other: str | None

    @property
    def later(self) -> bool:
        """Whether it is no report of the event but something said of it later, which may be news of its own."""
        return self.entry["kind"] not in ("recorded", "corroborated")


def history(turns: Sequence[Json]) -> list[Turn]:
    """The entries about an event, in their order; `turns` are as the API's versions."""
    befores = [None, *(turn["version"] for turn in turns[:-1])]
    return [
        Turn(turn, str(KINDS[turn["kind"]]), tuple(changes(before, turn["version"])), _other(turn["changes"]))
        for before, turn in zip(befores, turns, strict=True)
    ]


def _other(told: Json) -> str | None:
    found = told.get("winner") or told.get("loser")
    return None if found is None else str(found)


def changes(before: Json | None, after: Json) -> Iterator[Change]:
    """What differs between two versions of an event, field by field; nothing for the first."""
    if before is None:
        return
    then, now = dict(_texts(before)), dict(_texts(after))
    for label in dict.fromkeys((*then, *now)):
        if then.get(label) != now.get(label):
            yield Change(label, then.get(label, ""), now.get(label, ""))
    yield from _sources(before, after)


def _texts(version: Json) -> Iterator[tuple[str, str]]:
    """Everything that a version says, as texts by their labels, but its sources."""
    kind: EventType = event_type(version["type"])
    for name, text in field_texts(kind, version["fields"]).items():
        yield field_label(name, lang(), kind), text
    yield field_label("effective", lang()), day(version["effective"])
    yield field_label("announced", lang()), moment(version["announced"])
    yield field_label("status", lang()), status(version["status"])
    yield field_label("tags", lang()), joined(version["tags"])
    for language, text in version["summary"].items():
        yield f"{field_label('summary', lang())} ({language_name(language)})", text
    if version["retracted"]:
        yield field_label("retraction", lang()), version["retracted"]["reason"] or str(gettext("no reason given"))


def _sources(before: Json, after: Json) -> Iterator[Change]:
    removed = [source for source in before["sources"] if source not in after["sources"]]
    added = [source for source in after["sources"] if source not in before["sources"]]
    if removed or added:
        yield Change(field_label("sources", lang()), joined(list(map(source_label, removed))), joined(list(map(source_label, added))))
