"""The days, and the moments of knowledge, on which an answer changes: what a slider jumps between.

A state is made of parts that hang on few rows each: a person in a role, a leave, a line, a role's vacancy, a product. Each
part is looked at only where its own rows begin or end, so that the days found are exact at a cost that grows with the rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from events.dates import OPEN_END
from events.effects import Named, Phase
from projections.claims import Report
from projections.folded import Absence, Held, Histories, Reporting
from projections.state import founding_day, holders, holds, name_on, on_leave, products, reports_to, vacant

T = TypeVar("T")
Value = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer: its value on an ordinal day, the days on which that may change, and the organization that a person's is of."""

    value: Value
    days: frozenset[int]
    organization: str = ""


def change_days(folded: Histories, reports: Sequence[Report]) -> dict[int, int]:
    """The ordinal days on which the state of one organization differs from the day before, and in how many parts."""
    founded = founding_day(reports)
    found = Counter(day for part in (*_people(folded), *_roles(folded), *_products(reports)) for day in part_changes(part, founded))
    found.update(part_changes(Part(lambda day: name_on(reports, day), _days(Named, reports)), 0))
    return dict(sorted(found.items()))


def person_change_days(
    folded: Histories, founded: Mapping[str, int], renamings: Mapping[str, Sequence[Report]], successions: Sequence[Part] = ()
) -> dict[int, int]:
    """The ordinal days on which one person's roles, leaves, lines and successions differ from the day before, and in how many parts.

    `founded` has by organization the first day on which it may have existed, where one is known, and `renamings` the
    reports that rename it: a new name of an organization that is shown is a change, too. `successions` are who came
    before and after the person in each role.
    """
    parts = (*_people(folded), *successions)
    found = Counter(day for part in parts for day in part_changes(part, founded.get(part.organization, 0)))
    found.update(day for part in _employers(folded, founded, renamings) for day in part_changes(part, 0))
    return dict(sorted(found.items()))


def _employers(folded: Histories, founded: Mapping[str, int], renamings: Mapping[str, Sequence[Report]]) -> Iterator[Part]:
    """The names of organizations, while a line shows them before and after they change: a succession does ever after."""
    rows: tuple[Held | Absence | Reporting, ...] = (*folded.tenures, *folded.leaves, *folded.lines)
    for organization, reports in renamings.items():
        mine, days = [row for row in rows if row.organization == organization], _days(Named, reports)
        near = {one for day in days for one in (day - 1, day) if one >= founded.get(organization, 0)}
        shown = {one for one in near if any(counts(row, one) or _took_up(row, one) for row in mine)}
        yield Part(_name(reports), frozenset(day for day in days if {day - 1, day} <= shown), organization)


def _took_up(flat: Held | Absence | Reporting, day: int) -> bool:
    return isinstance(flat, Held) and flat.role_key is not None and flat.start_first <= day


def _name(reports: Sequence[Report]) -> Value:
    return lambda day: name_on(reports, day)


def counts(flat: Held | Absence | Reporting, day: int) -> bool:
    """Whether a line about a person stands at the end of the ordinal day."""
    match flat:
        case Held():
            return holds(flat, day)
        case Absence():
            return flat.first <= day < flat.until
        case Reporting():
            return flat.first <= day < flat.until and flat.manager is not None


def part_changes(part: Part, founded: int) -> Iterator[int]:
    """The days on which the part differs from the day before; before the founding there is nothing."""

    def value(day: int) -> object:
        return (part.value(day) or None) if day >= founded else None

    for day in sorted({*part.days, founded}):
        if 0 < day < OPEN_END and value(day) != value(day - 1):
            yield day


def _people(folded: Histories) -> Iterator[Part]:
    for held in grouped(folded.tenures, lambda held: (held.organization, held.person, held.role_key)):
        yield _part(held, holders, _days_of_tenure, held[0].organization)
    for leaves in grouped(folded.leaves, lambda leave: (leave.organization, leave.person)):
        yield _part(leaves, on_leave, _days_of_leave, leaves[0].organization)
    managers = by_key(folded.tenures, lambda held: (held.organization, held.person))
    for lines in grouped(folded.lines, lambda line: (line.organization, line.person)):
        above = [held for line in lines for held in managers.get((line.organization, line.manager or ""), ())]
        days = frozenset(day for flat in (*map(_days_of_line, lines), *map(_days_of_tenure, above)) for day in flat)
        yield Part(_reporting(lines, above), days, lines[0].organization)


def _reporting(lines: Sequence[Reporting], above: Sequence[Held]) -> Value:
    return lambda day: reports_to(lines, above, day)


def _roles(folded: Histories) -> Iterator[Part]:
    for held in grouped(folded.tenures, lambda held: (held.organization, held.role_key)):
        yield _part(held, vacant, _days_of_tenure)


def _products(reports: Sequence[Report]) -> Iterator[Part]:
    about: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        for product in {effect.product for effect in report.effects if isinstance(effect, Phase)}:
            about[product].append(report)
    for mine in about.values():
        yield Part(_phases(mine), _days(Phase, mine))


def _phases(reports: Sequence[Report]) -> Value:
    return lambda day: products(reports, day)


def _days(cls: type[Named] | type[Phase], reports: Iterable[Report]) -> frozenset[int]:
    return frozenset(effect.when.first for report in reports for effect in report.effects if isinstance(effect, cls))


def _part(
    rows: Sequence[T], value: Callable[[Sequence[T], int], object], days: Callable[[T], Iterable[int]], organization: str = ""
) -> Part:
    return Part(lambda day: value(rows, day), frozenset(day for row in rows for day in days(row)), organization)


def _days_of_tenure(held: Held) -> Iterable[int]:
    left = held.body["left"]
    turns = [since for since, _ in held.body["interims"]]
    return (held.start_first, held.start_last, held.end_first, held.end_last, *turns, *([left] if left is not None else []))


def _days_of_leave(leave: Absence) -> Iterable[int]:
    said = leave.body["expectations"]
    return (leave.first, leave.until, *(turn[0] for turn in said), *(turn[2] + 1 for turn in said if turn[2] is not None))


def _days_of_line(line: Reporting) -> Iterable[int]:
    return (line.first, line.until)


def by_key(rows: Iterable[T], key: Callable[[T], Hashable]) -> Mapping[Hashable, list[T]]:
    """The rows by key, in their order."""
    found: dict[Hashable, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def grouped(rows: Iterable[T], key: Callable[[T], Hashable]) -> Iterable[list[T]]:
    """The rows in groups of the same key."""
    return by_key(rows, key).values()
