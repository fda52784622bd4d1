"""What contradicts itself in the history of one person in one organization.

A clash has its `claims`, each with its event, and a `suggestion`: an entry that would settle it, as a line of an import.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from events.dates import OPEN_END
from events.effects import Departs, Ends, Holds
from events.roles import Role
from projections.claims import Claim, Json, Report, best, day_json
from projections.history import Fold
from projections.tenure import Tenure

Kind = Literal["start", "end", "missing_return", "seen_after_end", "seat", "circle", "succession"]
KINDS: tuple[Kind, ...] = ("start", "end", "missing_return", "seen_after_end", "seat", "circle", "succession")


@dataclass(frozen=True, slots=True)
class Clash:
    """A contradiction about a person in an organization, from the ordinal day `first` on; `body` is what an answer shows."""

    person: str
    organization: str
    first: int
    until: int
    body: Json


def pair_clashes(person: str, organization: str, state: Fold) -> Iterator[Clash]:
    """The contradictions within one person's history in one organization, in the order of the tenures."""
    for tenure in state.tenures:
        for found in (*_competing("start", tenure.starts), *_competing("end", tenure.ends), *_seen_after_end(tenure, state)):
            yield _clash(person, organization, tenure.role, found)
    for claim in state.missing_returns:
        yield _clash(person, organization, _role_left(claim.report), _missing_return(claim, state))


@dataclass(frozen=True, slots=True)
class _Found:
    kind: Kind
    claims: tuple[tuple[str, Claim], ...]
    suggestion: Json


def _clash(person: str, organization: str, role: Role | None, found: _Found) -> Clash:
    body = {
        "kind": found.kind,
        "role": role.text if role else None,
        "role_key": role.key if role else None,
        "people": [person],
        "claims": [_claim(field, claim) for field, claim in found.claims],
        "suggestion": found.suggestion,
    }
    return Clash(person, organization, min(claim.date.first for _, claim in found.claims), OPEN_END, body)


def _claim(field: str, claim: Claim) -> Json:
    return {"field": field, "value": day_json(claim.date), "event": claim.report.event_id, "status": claim.report.status}


def _competing(kind: Kind, claims: Sequence[Claim]) -> Iterator[_Found]:
    """Claims of one date that cannot all be right: one that only is rougher contradicts nothing."""
    winner = best(claims)
    if winner is None:
        return
    losers = [claim for claim in claims if not claim.date.overlaps(winner.date)]
    if losers:
        ordered = sorted(losers, key=lambda claim: claim.strength, reverse=True)
        weakest = ordered[-1]
        field = "since" if kind == "start" else "until"
        yield _Found(kind, tuple((field, claim) for claim in (winner, *ordered)), _correction(kind, weakest, winner))


def _correction(kind: Kind, loser: Claim, winner: Claim) -> Json:
    """Correct the loser's date to the winner's: its `effective`, or the `since` that it gave."""
    opening = any(isinstance(effect, Holds) and effect.start == loser.date for effect in loser.report.effects)
    changes = {"effective" if kind == "end" or opening else "since": winner.date.text}
    return {"correct": loser.report.event_id, "changes": changes, "reason": f"another report dates it to {winner.date.text}"}


def _seen_after_end(tenure: Tenure, state: Fold) -> Iterator[_Found]:
    """A sighting after the end of that role, with no return in between."""
    if tenure.sighting is None:
        return
    earlier = [other for other in state.tenures[: state.tenures.index(tenure)] if other.key == tenure.key]
    ended = best(earlier[-1].ends) if earlier else None
    if ended is not None:
        weaker = min(ended, tenure.sighting, key=lambda claim: claim.strength)
        yield _Found("seen_after_end", (("until", ended), ("seen", tenure.sighting)), _retraction(weaker))


def _missing_return(claim: Claim, state: Fold) -> _Found:
    role = _role_left(claim.report)
    earlier = [best(tenure.ends) for tenure in state.tenures if tenure.ends and (role is None or tenure.key == role.key)]
    ends = [end for end in earlier if end is not None]
    return _Found("missing_return", (*(("until", end) for end in ends[-1:]), ("until", claim)), _retraction(claim))


def _role_left(report: Report) -> Role | None:
    return next((effect.role for effect in report.effects if isinstance(effect, (Ends, Departs))), None)


def _retraction(claim: Claim) -> Json:
    return {"retract": claim.report.event_id, "reason": "another report contradicts it"}
