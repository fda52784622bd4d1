"""What the fold makes: tenures with their competing claims and what each event did to them, and departures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from events.dates import PartialDate
from events.roles import Role
from projections.claims import Claim, best

UNBOUNDED = 0
"""The ordinal of a day before all days: where a start may lie if nothing bounds it."""
Act = Literal[
    "opened", "start_claimed", "reappointed", "seen", "opened_by_sighting", "since_claimed", "closed", "end_claimed", "made_by_leaving",
    "role_named",
]  # fmt: skip
"""What an event did to a tenure."""


@dataclass(frozen=True, slots=True)
class Note:
    """That an event did something to a tenure, by a rule of the fold (1 to 4)."""

    event_id: str
    rule: int
    act: Act


@dataclass(frozen=True, slots=True)
class Tenure:
    """A person holding a role in an organization.

    `starts` and `ends` are competing claims (none: unknown, or still open). `evidence` is the `earliest` of the event
    that made the tenure, as an ordinal day, and `sighting` that event, where it was a sighting. An unknown start
    lies no earlier than `not_before`. `interims` says from which day on the holding was interim or not. A departure
    that names no role, by somebody who was never seen in one, makes a tenure whose `role` is None. `notes` say what each
    event did to it, in the order in which the fold applied them.
    """

    role: Role | None
    evidence: int
    starts: tuple[Claim, ...] = ()
    ends: tuple[Claim, ...] = ()
    not_before: int = UNBOUNDED
    sighting: Claim | None = None
    interims: tuple[tuple[int, bool], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        """The events behind the tenure, each once."""
        return tuple(dict.fromkeys(note.event_id for note in self.notes))

    @property
    def key(self) -> str | None:
        """The canonical key of the role."""
        return self.role.key if self.role else None

    @property
    def start(self) -> PartialDate | None:
        """The winning start, None where it is unknown."""
        claim = best(self.starts)
        return claim.date if claim else None

    @property
    def end(self) -> PartialDate | None:
        """The winning end, None while the tenure is open."""
        claim = best(self.ends)
        return claim.date if claim else None

    def began_before(self, day: int) -> bool:
        """Whether the tenure began before the ordinal day, as far as can be told."""
        start = self.start
        return start.last < day if start is not None else self.evidence <= day

    def noted(self, note: Note) -> Tenure:
        """The tenure with what one more event did to it."""
        return self if note in self.notes else replace(self, notes=(*self.notes, note))


@dataclass(frozen=True, slots=True)
class Departure:
    """One leaving of the organization: its claims, the tenures that it ended (by index) and what came after.

    `resumed` says that the person took up another role there on that very day.
    """

    claims: tuple[Claim, ...]
    ended: tuple[int, ...] = ()
    opened_since: bool = False
    resumed: bool = False

    @property
    def claim(self) -> Claim:
        """The winning claim of its day."""
        return max(self.claims, key=lambda claim: claim.strength)
