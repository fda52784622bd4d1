"""What the fold is given, and how competing claims of one date are settled.

A `Report` is one event as known at some moment, reduced to what the fold may see; a `Claim` is one event's word on
one date. The best claim wins and the others stay visible as disputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from events.dates import PartialDate
from events.effects import Effect
from events.event import RANK
from events.moments import day_ordinal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """An event as the fold sees it.

    `announced` is in microseconds since 1970 (UTC), `status` one of the event statuses, `publishers` the number of
    distinct publishers among its sources, `effects` what it does to the world.
    """

    event_id: str
    announced: int
    status: str
    publishers: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One event's word on one date."""

    date: PartialDate
    report: Report

    @property
    def strength(self) -> tuple[int, bool, int, int, int, str]:
        """Sorts claims of one date, the strongest last.

        By status; then what had happened when it was announced over what was only planned; then by publishers, by
        the narrower date, by the later announcement and, so that a winner always exists, by event id.
        """
        report = self.report
        happened = day_ordinal(report.announced) >= self.date.first
        return RANK[report.status], happened, report.publishers, -self.date.width, report.announced, report.event_id


def best(claims: Sequence[Claim]) -> Claim | None:
    """The winning claim; None where there is none."""
    return max(claims, key=lambda claim: claim.strength, default=None)


def disputed(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that lost and say another date than the winner, strongest first."""
    winner = best(claims)
    losers = sorted(claims, key=lambda claim: claim.strength, reverse=True)
    return [claim for claim in losers if winner is not None and not _same_days(claim, winner)]


def _same_days(claim: Claim, other: Claim) -> bool:
    return (claim.date.first, claim.date.last) == (other.date.first, other.date.last)


LOST_BY = ("status", "planned", "publishers", "width", "announced", "event_id")
"""What decides between two claims, in order: the first in which they differ."""


def lost_by(claim: Claim, winner: Claim) -> str | None:
    """By what the claim lost against the winner; None where it says the same date."""
    if _same_days(claim, winner):
        return None
    pairs = zip(LOST_BY, claim.strength, winner.strength, strict=True)
    return next((name for name, lost, won in pairs if lost != won), None)


def day_json(date: PartialDate | None) -> Json | None:
    """A partial date as an answer shows it."""
    if date is None:
        return None
    earliest = date.earliest.isoformat() if date.earliest else None
    return {"value": date.text, "earliest": earliest, "latest": date.latest.isoformat() if date.latest else None}


def event_ids(claims: Iterable[Claim]) -> tuple[str, ...]:
    """The events behind the claims, each once, in the order given."""
    return tuple(dict.fromkeys(claim.report.event_id for claim in claims))
