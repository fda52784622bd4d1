"""The versions of an event, with the spans of the public and of the recorded clock in which each was current.

On the public clock entries apply in the order of the moments at which they became public, whatever the order of
recording. On the recorded clock they apply in the order of the log, each from the later of its recording and its
moment as far as was known by then, so that an answer about the past never changes with later knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal
from uuid import UUID

from events.counting import public_moments as public_moments
from events.counting import resolved_announced as resolved_announced
from events.entries import Logged
from events.event import Version
from events.joins import Family, counted, in_public, reports
from events.moments import FOREVER
from events.reducer import reduce_event

Clock = Literal["public", "recorded"]
CLOCKS: tuple[Clock, ...] = ("public", "recorded")


@dataclass(frozen=True, slots=True)
class Span:
    """A version and the half-open span of a clock, in microseconds since 1970, in which it was current."""

    start: int
    until: int
    version: Version


def spans(history: Sequence[Logged], clock: Clock, family: Family | None = None) -> list[Span]:
    """The versions of one event on `clock`, oldest first; `history` is its entries in the order of the log.

    `family` holds the histories of all events that were ever joined with it, its own among them.
    """
    event = history[0].entry.originator_id
    known = family or {event: history}
    return _joined(_public_spans(known, event) if clock == "public" else _recorded_spans(known, event))


def _public_spans(family: Family, event: UUID) -> Iterator[Span]:
    times = counted(family)
    moments, announced = times[event]
    absorbed = reports(family, lambda other, history: in_public(history, times[other][0])).get(event, {})
    ordered = in_public(family[event], moments)
    starts = sorted(set(moments))
    for start, until in zip(starts, [*starts[1:], FOREVER], strict=True):
        applied = [logged.entry for logged, moment in ordered if moment <= start]
        yield Span(start, until, replace(reduce_event(applied, absorbed), announced=announced))


def _recorded_spans(family: Family, event: UUID) -> Iterator[Span]:
    instants = sorted({logged.recorded_at for history in family.values() for logged in history})
    for begin, end in pairwise([*instants, FOREVER]):
        known = {other: [logged for logged in history if logged.recorded_at <= begin] for other, history in family.items()}
        if known[event]:
            yield from _known_spans({other: history for other, history in known.items() if history}, event, begin, end)


def _known_spans(known: Family, event: UUID, begin: int, end: int) -> Iterator[Span]:
    """The versions between two recordings: what was recorded, less what was still under embargo."""
    moments, announced = counted(known)[event]
    absorbed = reports(known).get(event, {})
    starts = sorted({begin, *(moment for moment in moments if begin < moment < end)})
    for start, until in zip(starts, [*starts[1:], end], strict=True):
        applied = [logged.entry for logged, moment in zip(known[event], moments, strict=True) if moment <= start]
        if applied:
            yield Span(start, until, replace(reduce_event(applied, absorbed), announced=announced))


def _joined(found: Iterable[Span]) -> list[Span]:
    """Neighbouring spans of equal content as one."""
    joined: list[Span] = []
    for span in found:
        if joined and joined[-1].until == span.start and joined[-1].version == span.version:
            joined[-1] = replace(joined[-1], until=span.until)
        else:
            joined.append(span)
    return joined
