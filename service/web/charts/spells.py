"""What a chart draws: the times for which somebody held something, with how sure their begin and end are, and what lies within."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from events.dates import OPEN_END, PartialDate
from projections.folded import Absence, Held
from projections.state import holds, is_interim

Ordinals = tuple[int, int]
Part = Literal["sure", "about", "away"]
"""How a stretch of a bar is drawn: certain, somewhere within a date's bounds, on leave."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A tenure as a chart draws it; days are ordinals, `end_last` exclusive.

    `lane` is the key of the lane, `label` what the bar says, `title` what it says in full, `event` the id of an event behind it.
    The begin lies from `start_first` to `start_last`; where it is unknown, `start_last` is the first evidence. `about_start` and
    `about_end` say that the source called the date approximate or uncertain. `away` are the leaves within.
    """

    lane: str
    label: str
    title: str
    event: str
    start_known: bool
    start_first: int
    start_last: int
    end_first: int
    end_last: int
    about_start: bool = False
    about_end: bool = False
    interim: bool = False
    current: bool = False
    away: tuple[Ordinals, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether no end is known."""
        return self.end_last >= OPEN_END

    @property
    def is_unknown(self) -> bool:
        """Whether nobody tells when it began at the earliest."""
        return not self.start_known or self.start_first <= 0

    @property
    def days(self) -> tuple[int, ...]:
        """The days that the chart has to show."""
        first = self.start_last if self.is_unknown else self.start_first
        return (first, self.start_last, *(day for day in (self.end_first, self.end_last) if 0 < day < OPEN_END))

    def parts(self, first: int, last: int) -> list[tuple[Part, int, int]]:
        """The stretches of the bar on a scale from `first` to `last`, oldest first, none of them empty."""
        start, until = max(self.days[0], first), min(self.end_last, last)
        sure_from, sure_until = max(self.start_last, first), min(self.end_first, last)
        if sure_until <= sure_from:
            return _stretches([("about", start, until)])
        sure = _without(self.away, sure_from, sure_until)
        return _stretches([("about", start, sure_from), *sure, ("about", sure_until, until)])


def _without(away: Iterable[Ordinals], first: int, last: int) -> list[tuple[Part, int, int]]:
    """A sure stretch with the leaves cut out."""
    found: list[tuple[Part, int, int]] = []
    for begin, end in sorted(away):
        found += [("sure", first, min(begin, last)), ("away", max(begin, first), min(end, last))]
        first = max(first, min(end, last))
    return [*found, ("sure", first, last)]


def _stretches(found: Iterable[tuple[Part, int, int]]) -> list[tuple[Part, int, int]]:
    return [part for part in found if part[1] < part[2]]


def spell(held: Held, lane: str, label: str, title: str, leaves: Sequence[Absence], day: int) -> Spell:
    """A tenure as a spell in a lane, as it stands at the end of the ordinal day; `leaves` may be those of others too."""
    away = [leave for leave in leaves if (leave.person, leave.organization) == (held.person, held.organization)]
    return Spell(
        lane,
        label,
        title,
        held.body["events"][0],
        held.start_known,
        held.start_first,
        held.start_last,
        held.end_first,
        held.end_last,
        _is_about(held.body["since"]),
        _is_about(held.body["until"]),
        is_interim(held, day),
        holds(held, day),
        tuple((leave.first, leave.until) for leave in away),
    )


def _is_about(found: dict[str, str] | None) -> bool:
    if found is None:
        return False
    when = PartialDate.parse(found["value"])
    return when.approximate or when.uncertain
