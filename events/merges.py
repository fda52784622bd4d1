"""When merges stand: the spans in which each counts on either clock, and whether one more would close a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from events.entities import EntityMerged, EntityUnmerged
from events.entries import Logged
from events.moments import BEGINNING, FOREVER, counts_from

Span = tuple[int, int]
Turns = Sequence[Logged]


def turns(history: Sequence[Logged]) -> list[Logged]:
    """Of the entries about an entity, those that merge it into another or undo that."""
    return [logged for logged in history if isinstance(logged.entry, (EntityMerged, EntityUnmerged))]


def public_spans(of: Turns) -> list[Span]:
    """For each turn the half-open span of the public clock, in microseconds since 1970, up to the next one.

    A clerical merge always stood and a clerical undoing takes it away as if it had never been made; an announced one
    counts from its moment. No span begins before the end of an earlier merge; (FOREVER, FOREVER) where nothing is left.
    """
    return list(_spans(of, _announced))


def recorded_spans(of: Turns) -> list[Span]:
    """The same on the recorded clock, on which nothing counts before it was recorded."""
    return list(_spans(of, _recorded))


def closes_circle(loser: str, winner: str, turns_of: Callable[[str], Turns]) -> bool:
    """Whether `loser` would at some moment be merged into itself, if the newest of its turns merges it into `winner`.

    `turns_of(id)` gives the turns of an entity, those of `loser` with the new one. Merges that were undone count in
    the spans in which they stood, since a look back shows them.
    """
    return any(_circular(loser, winner, turns_of, spans_of) for spans_of in (public_spans, recorded_spans))


def _circular(loser: str, winner: str, turns_of: Callable[[str], Turns], spans_of: Callable[[Turns], list[Span]]) -> bool:
    def leads(start: str, within: Span, path: tuple[str, ...]) -> bool:
        """Whether merges lead from `start` back to the loser at some moment of the span."""
        if within[0] >= within[1] or start in path:
            return False
        return start == loser or any(leads(into, _common(within, span), (*path, start)) for into, span in standing(start))

    def standing(entity: str) -> Iterator[tuple[str, Span]]:
        of = turns_of(entity)
        return ((turn.entry.winner, span) for turn, span in zip(of, spans_of(of), strict=True) if isinstance(turn.entry, EntityMerged))

    return leads(winner, spans_of(turns_of(loser))[-1], ())


def _common(span: Span, other: Span) -> Span:
    return max(span[0], other[0]), min(span[1], other[1])


def _spans(of: Turns, when: Callable[[Logged], int]) -> Iterator[Span]:
    free = BEGINNING
    for turn, following in zip_longest(of, of[1:]):
        start, until = max(when(turn), free), FOREVER if following is None else when(following)
        if start < until:
            yield start, until
            free = until if isinstance(turn.entry, EntityMerged) else free
        else:
            yield FOREVER, FOREVER


def _announced(turn: Logged) -> int:
    return counts_from(turn.entry.announced)


def _recorded(turn: Logged) -> int:
    return max(turn.recorded_at, _announced(turn))
