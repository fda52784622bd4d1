"""Events that are one and the same: when each joining or parting counts, and what a joined event tells of its winner.

Both events have an entry for each turn, recorded together, and the turn counts at one moment for both: without an
`announced` of its own from the version of the winner that it was made on, a parting from the joining that it undoes;
and never before either event is known, before all that had been said of the joined one, or before either had been
parted from another into which it was joined. So the joined event tells the same from then on, and at no moment do
joins lead back to where they began.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from events.counting import public_moments
from events.entries import Logged
from events.event import EventAbsorbed, EventJoined, EventParted, EventReleased, Version
from events.moments import BEGINNING, Moment, counts_from
from events.reducer import reduce_event

Family = Mapping[UUID, Sequence[Logged]]
"""Events by id, each with its entries in the order of the log: all that were ever joined with one of them."""
Counted = Mapping[UUID, tuple[list[int], str]]
"""By event, from when each of its entries counts in public (µs since 1970), and the text of its `announced`."""
Ordering = Callable[[UUID, Sequence[Logged]], Iterable[tuple[Logged, int]]]


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A joining or parting of two events, and the place of its entry in the history of either."""

    loser: UUID
    winner: UUID
    of_loser: int
    of_winner: int

    @property
    def sides(self) -> tuple[tuple[UUID, int], tuple[UUID, int]]:
        """Both events, each with the place of the entry."""
        return (self.loser, self.of_loser), (self.winner, self.of_winner)


def partner(entry: object) -> UUID | None:
    """The other event of an entry that joins two or parts them; None for any other entry."""
    match entry:
        case EventJoined(winner=other) | EventParted(winner=other) | EventAbsorbed(loser=other) | EventReleased(loser=other):
            return other
    return None


def family(event: UUID, read: Callable[[UUID], Sequence[Logged]]) -> Family:
    """The event and all that were ever joined with it, or with one of those, as `read` gives their entries."""
    found: dict[UUID, Sequence[Logged]] = {}
    pending = [event]
    while pending:
        of = pending.pop()
        if of not in found:
            found[of] = read(of)
            pending += [other for logged in found[of] if (other := partner(logged.entry)) is not None]
    return found


def turns(family: Family) -> Iterator[Turn]:
    """The turns of which both sides are there, each after those before it in the history of either side."""
    pairs = list(_pairs(family)) if len(family) > 1 else []
    waiting = {event: deque(_of(event, pairs)) for event in family}
    while ready := next((queue[0] for queue in waiting.values() if queue and _is_next(queue[0], waiting)), None):
        for event, _ in ready.sides:
            waiting[event].popleft()
        yield ready


def _of(event: UUID, pairs: Iterable[Turn]) -> list[Turn]:
    """The turns of an event, in the order of its own history."""
    return [turn for _, turn in sorted((place, turn) for turn in pairs for side, place in turn.sides if side == event)]


def _is_next(turn: Turn, waiting: Mapping[UUID, deque[Turn]]) -> bool:
    return all(waiting[event][0] == turn for event, _ in turn.sides)


def _pairs(family: Family) -> Iterator[Turn]:
    lost: dict[tuple[UUID, UUID], list[int]] = defaultdict(list)
    won: dict[tuple[UUID, UUID], list[int]] = defaultdict(list)
    for event, history in family.items():
        for place, logged in enumerate(history):
            match logged.entry:
                case EventJoined(winner=winner) | EventParted(winner=winner):
                    lost[event, winner].append(place)
                case EventAbsorbed(loser=loser) | EventReleased(loser=loser):
                    won[loser, event].append(place)
    for pair, places in lost.items():
        yield from (Turn(*pair, *both) for both in zip(places, won[pair], strict=False))


def counted(family: Family) -> Counted:
    """When every entry of the events counts in public, and the `announced` of each event."""
    turned: dict[UUID, dict[int, int]] = {event: {} for event in family}
    latest = dict.fromkeys(family, BEGINNING)
    for turn in turns(family):
        at = _moment(family, turn, turned, latest)
        latest[turn.loser] = at
        for event, place in turn.sides:
            turned[event][place] = at
    return {event: public_moments(history, turned[event]) for event, history in family.items()}


def _moment(family: Family, turn: Turn, turned: Mapping[UUID, Mapping[int, int]], latest: Mapping[UUID, int]) -> int:
    entry = family[turn.loser][turn.of_loser].entry
    if isinstance(entry, EventParted):
        return max(counts_from(entry.announced), latest[turn.loser])
    lost, _ = public_moments(family[turn.loser], turned[turn.loser])
    won, known = public_moments(family[turn.winner], turned[turn.winner])
    own = won[turn.of_winner - 1] if entry.announced is None else counts_from(entry.announced)
    return max(own, Moment.parse(known).at, *lost[: turn.of_loser], latest[turn.loser], latest[turn.winner])


def in_public(history: Sequence[Logged], moments: Sequence[int]) -> list[tuple[Logged, int]]:
    """The entries of an event with their moments, in the order in which they came to count in public."""
    return sorted(zip(history, moments, strict=True), key=lambda turn: turn[1])


def _as_logged(_: UUID, history: Sequence[Logged]) -> Iterator[tuple[Logged, int]]:
    return ((logged, 0) for logged in history)


def reports(family: Family, ordered: Ordering = _as_logged) -> Mapping[UUID, Mapping[int, Version]]:
    """By winner and number of its entry, what each event that was joined into it told when it was.

    `ordered` gives the entries of an event in the order in which they apply, by default that of the log.
    """
    found: dict[UUID, dict[int, Version]] = defaultdict(dict)
    for turn in turns(family):
        entry = family[turn.winner][turn.of_winner].entry
        if isinstance(entry, EventAbsorbed):
            before = {logged.entry.originator_version for logged in family[turn.loser][: turn.of_loser]}
            told = [logged.entry for logged, _ in ordered(turn.loser, family[turn.loser]) if logged.entry.originator_version in before]
            found[turn.winner][entry.originator_version] = reduce_event(told, found[turn.loser])
    return found
