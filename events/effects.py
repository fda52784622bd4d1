"""What an event does to the world: the small fixed algebra that the fold understands.

A type of event yields effects and the fold knows only effects, so a new type never touches the fold.
Persons, organizations and products are entity ids; days are partial dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from events.dates import PartialDate
from events.roles import Role

PhaseName = Literal["announced", "delayed", "released", "discontinued"]


@dataclass(frozen=True, slots=True)
class Holds:
    """The person takes up the role on `start`."""

    person: str
    organization: str
    role: Role
    start: PartialDate
    interim: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """The person was seen in the role on `seen`; `since` is the start that the source gave, if any."""

    person: str
    organization: str
    role: Role
    seen: PartialDate
    since: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """The person leaves the role on `end` and stays with the organization."""

    person: str
    organization: str
    role: Role
    end: PartialDate
    since: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Departs:
    """The person leaves the organization on `end`, and with it every role held there."""

    person: str
    organization: str
    end: PartialDate
    role: Role | None = None
    since: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """The person goes on leave on `start`."""

    person: str
    organization: str
    start: PartialDate
    expected_return: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """The person is back from leave on `when`."""

    person: str
    organization: str
    when: PartialDate


@dataclass(frozen=True, slots=True)
class ReportsTo:
    """From `when` on the person reports to `manager`, or to nobody."""

    person: str
    organization: str
    manager: str | None
    when: PartialDate


@dataclass(frozen=True, slots=True)
class Phase:
    """The product enters a phase on `when`; `expected` is the day for which its release is promised."""

    product: str
    organization: str
    phase: PhaseName
    when: PartialDate
    expected: PartialDate | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Founded:
    """The organization comes into being on `when`."""

    organization: str
    when: PartialDate


@dataclass(frozen=True, slots=True)
class Named:
    """From `when` on the organization bears `name` (a text per language)."""

    organization: str
    name: tuple[tuple[str, str], ...]
    when: PartialDate


@dataclass(frozen=True, slots=True)
class Succeeds:
    """Who follows whom in a role: shown and checked for conflicts, opens and closes nothing."""

    organization: str
    role: Role
    predecessor: str | None
    successor: str | None


Effect = Holds | Observed | Ends | Departs | Away | Back | ReportsTo | Phase | Founded | Named | Succeeds
Opening = Holds | Observed
Closing = Ends | Departs
