"""When each entry of an event counts in public, and what the event's `announced` comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.entries import Logged
from events.event import EventCorrected, LaterEntry, Posted, SourceAdded
from events.moments import FOREVER, Moment, rfc3339

NOTHING: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment with the text that a reader sees."""

    at: int
    text: str


def public_moments(history: Sequence[Logged], turned: Mapping[int, int] = NOTHING) -> tuple[list[int], str]:
    """When each entry counts on the public clock (µs since 1970), and the text of the event's `announced`.

    `history` is the event's entries in the order of the log. `turned` tells, by their place in it, from when entries that
    join events or part them count, which takes both events to know (see `events.joins`).
    """
    base, anchor = _Point(FOREVER, ""), 0
    own: list[int | None] = []
    for index, logged in enumerate(history):
        entry = logged.entry
        if isinstance(entry, Posted):
            point = _report_point(entry, logged.recorded_at)
            own.append(point.at)
            # A report that leaves `announced` out never lifts an embargo.
            if index == 0 or (entry.announced is not None and point.at < base.at):
                base, anchor = point, index
        elif isinstance(entry, EventCorrected) and entry.changes.get("announced") is not None:
            base = _point(entry.changes["announced"])
            own[anchor] = base.at
            own.append(None)
        else:
            own.append(turned[index] if index in turned else _later_point(entry))
    return _in_turn(own, base.at, turned), base.text


def _in_turn(own: Sequence[int | None], base: int, turned: Mapping[int, int]) -> list[int]:
    """The moment of each entry: its own, or that of the version on which it was made."""
    moments: list[int] = []
    made_on = base
    for index, at in enumerate(own):
        moments.append(max(base, at) if at is not None else made_on)
        # A parting may reach back behind what was said since, and what follows it was made on all of that.
        made_on = max(made_on, moments[-1]) if index in turned else moments[-1]
    return moments


def resolved_announced(history: Sequence[Logged]) -> Moment:
    """The moment from which the event counts on the public clock, with everything that the log holds."""
    return Moment.parse(public_moments(history)[1])


def _point(text: str) -> _Point:
    moment = Moment.parse(text)
    return _Point(moment.at, moment.text)


def _report_point(entry: Posted, recorded_at: int) -> _Point:
    if entry.announced is not None:
        return _point(entry.announced)
    published = [_point(source["published_at"]) for source in entry.sources if source.get("published_at")]
    return min(published, key=lambda point: point.at, default=_Point(recorded_at, rfc3339(recorded_at)))


def _later_point(entry: LaterEntry) -> int | None:
    if entry.announced is not None:
        return _point(entry.announced).at
    if isinstance(entry, SourceAdded) and entry.source.get("published_at"):
        return _point(entry.source["published_at"]).at
    return None
