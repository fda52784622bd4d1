"""When each entry of an event counts, on the public and on the recorded clock, and the versions that follow.

On the public clock entries apply in the order of the moments at which they became public, whatever the order of
recording. On the recorded clock they apply in the order of the log, each from the later of its recording and its
moment as far as was known by then, so that an answer about the past never changes with later knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from events.entries import Logged
from events.event import EventCorrected, LaterEntry, Posted, SourceAdded, Version
from events.moments import FOREVER, Moment, rfc3339
from events.reducer import reduce_event

Clock = Literal["public", "recorded"]
CLOCKS: tuple[Clock, ...] = ("public", "recorded")


@dataclass(frozen=True, slots=True)
class Span:
    """A version and the half-open span of a clock, in microseconds since 1970, in which it was current."""

    start: int
    until: int
    version: Version


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment with the text that a reader sees."""

    at: int
    text: str


def spans(history: Sequence[Logged], clock: Clock) -> list[Span]:
    """The versions of one event on `clock`, oldest first; `history` is its entries in the order of the log."""
    found = _public_spans(history) if clock == "public" else _recorded_spans(history)
    return _joined(found)


def public_moments(history: Sequence[Logged]) -> tuple[list[int], str]:
    """When each entry counts on the public clock (µs since 1970), and the text of the event's `announced`."""
    base, anchor = _Point(FOREVER, ""), 0
    own: list[int | None] = []
    for index, logged in enumerate(history):
        entry = logged.entry
        if isinstance(entry, Posted):
            point = _report_point(entry, logged.recorded_at, base if index else None)
            own.append(point.at)
            if point.at < base.at:
                base, anchor = point, index
        elif isinstance(entry, EventCorrected) and entry.changes.get("announced") is not None:
            base = _point(entry.changes["announced"])
            own[anchor] = base.at
            own.append(None)
        else:
            own.append(_later_point(entry))
    moments: list[int] = []
    for index, at in enumerate(own):
        moments.append(max(base.at, at) if at is not None else moments[index - 1])
    return moments, base.text


def resolved_announced(history: Sequence[Logged]) -> Moment:
    """The moment from which the event counts on the public clock, with everything that the log holds."""
    return Moment.parse(public_moments(history)[1])


def _point(text: str) -> _Point:
    moment = Moment.parse(text)
    return _Point(moment.at, moment.text)


def _report_point(entry: Posted, recorded_at: int, base: _Point | None) -> _Point:
    if entry.announced is not None:
        return _point(entry.announced)
    published = [_point(source["published_at"]) for source in entry.sources if source.get("published_at")]
    default = min(published, key=lambda point: point.at, default=_Point(recorded_at, rfc3339(recorded_at)))
    # A report that leaves `announced` out never lifts an embargo.
    return default if base is None or default.at >= base.at else base


def _later_point(entry: LaterEntry) -> int | None:
    if entry.announced is not None:
        return _point(entry.announced).at
    if isinstance(entry, SourceAdded) and entry.source.get("published_at"):
        return _point(entry.source["published_at"]).at
    return None


def _public_spans(history: Sequence[Logged]) -> Iterator[Span]:
    moments, announced = public_moments(history)
    order = sorted(range(len(history)), key=lambda index: (moments[index], index))
    starts = sorted(set(moments))
    for start, until in zip(starts, [*starts[1:], FOREVER], strict=True):
        applied = [history[index].entry for index in order if moments[index] <= start]
        yield Span(start, until, replace(reduce_event(applied), announced=announced))


def _recorded_spans(history: Sequence[Logged]) -> Iterator[Span]:
    for count in range(1, len(history) + 1):
        known = history[:count]
        begin = known[-1].recorded_at
        end = history[count].recorded_at if count < len(history) else FOREVER
        if begin < end:
            yield from _known_spans(known, begin, end)


def _known_spans(known: Sequence[Logged], begin: int, end: int) -> Iterator[Span]:
    """The versions between two recordings: what was recorded, less what was still under embargo."""
    moments, announced = public_moments(known)
    starts = sorted({begin, *(moment for moment in moments if begin < moment < end)})
    for start, until in zip(starts, [*starts[1:], end], strict=True):
        applied = [logged.entry for logged, moment in zip(known, moments, strict=True) if moment <= start]
        if applied:
            yield Span(start, until, replace(reduce_event(applied), announced=announced))


def _joined(found: Iterable[Span]) -> list[Span]:
    """Neighbouring spans of equal content as one."""
    joined: list[Span] = []
    for span in found:
        if joined and joined[-1].until == span.start and joined[-1].version == span.version:
            joined[-1] = replace(joined[-1], until=span.until)
        else:
            joined.append(span)
    return joined
