"""Saying that two events are one and the same, and taking that back."""

from __future__ import annotations

from uuid import UUID

from events.errors import Conflict, Invalid
from events.event import EventAbsorbed, EventJoined, EventParted, EventReleased, LaterEntry, Version
from events.moments import Moment, to_micros
from service.ledger.lifecycle import Target, check_announced, held, joined_elsewhere
from service.ledger.recording import Recorded
from service.ledger.slots import current
from service.ledger.unit import Unit


def join(unit: Unit, target: Target, into: str | UUID, *, reason: str | None = None, announced: Moment | None = None) -> Recorded:
    """Have the event be a further report of the event `into`, as if it had been posted as that one.

    Both get an entry, so not even joins at once can make a circle. Raises `NotFound`, `Stale`, `Invalid` for events of two
    types, and `Conflict` for an event and itself, for one that is retracted or joined into another already, and for one
    that stays under embargo for longer than the event that would be joined into it.
    """
    loser, lost = held(unit, target, joined=True)
    winner, won = held(unit, Target(into, target.caller), joined=True)
    if lost.duplicate_of == winner:
        return Recorded(unit, loser, "unchanged")
    if lost.duplicate_of is not None:
        raise joined_elsewhere(loser, lost.duplicate_of)
    if won.duplicate_of is not None:
        raise joined_elsewhere(winner, won.duplicate_of, "into")
    _check_sides(unit, (loser, lost), (winner, won))
    for version in (lost, won):
        check_announced(version, announced)
    _turn(unit, (EventJoined, EventAbsorbed), loser, winner, reason, announced)
    return Recorded(unit, loser, "joined")


def part(unit: Unit, target: Target, *, reason: str | None = None, announced: Moment | None = None) -> Recorded:
    """Let a joined event stand for itself again, with all that it told.

    Raises `NotFound`, `Stale`, `Invalid`, and `Conflict` where the event that it was joined into is itself joined into another.
    """
    loser, lost = held(unit, target, joined=True)
    if lost.duplicate_of is None:
        return Recorded(unit, loser, "unchanged")
    won = current(unit, lost.duplicate_of)
    if won is not None and won.duplicate_of is not None:
        raise joined_elsewhere(lost.duplicate_of, won.duplicate_of)
    check_announced(lost, announced)
    _turn(unit, (EventParted, EventReleased), loser, lost.duplicate_of, reason, announced)
    return Recorded(unit, loser, "parted")


def _check_sides(unit: Unit, losing: tuple[UUID, Version], winning: tuple[UUID, Version]) -> None:
    (loser, lost), (winner, won) = losing, winning
    if loser == winner:
        raise Conflict.of("into", str(winner), f"{winner} is that very event", "the id of another event")
    for field, (event_id, version) in (("id", losing), ("into", winning)):
        if version.retracted:
            message = f"{event_id} is retracted: {version.retraction}"
            raise Conflict.of(field, str(event_id), message, "an event that counts, or first a restoration of that one")
    if lost.type != won.type:
        raise Invalid.of("into", str(winner), f"{winner} is of the type {won.type}, and {loser} of the type {lost.type}", lost.type)
    known, other = (Moment.parse(version.announced).at for version in (won, lost))
    if known > max(other, to_micros(unit.stamp.timestamp)):
        message = f"{winner} is under embargo until {won.announced}, and what is said of {loser} would give it away"
        raise Conflict.of("into", str(winner), message, "a joining of that one into this, or this when that one has been announced")


def _turn(
    unit: Unit, sides: tuple[type[LaterEntry], type[LaterEntry]], loser: UUID, winner: UUID, reason: str | None, announced: Moment | None
) -> None:
    head = {"reason": reason, "announced": announced.text if announced else None}
    unit.add(sides[0], loser, **head, winner=winner)
    unit.add(sides[1], winner, **head, loser=loser)
