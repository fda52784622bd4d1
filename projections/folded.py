"""What the fold made, flattened into rows that a day can be compared with: tenures, leaves and reporting lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from events.dates import OPEN_END
from events.effects import Away, Back, Departs, Effect, Ends, Holds, Observed, ReportsTo
from projections.absences import Expectation, Leave, Line, leaves, lines
from projections.claims import Claim, Json, Report, day_json, disputed, event_ids
from projections.clashes import Clash, pair_clashes
from projections.explaining import leave_why, line_why, tenure_why
from projections.history import Fold, Step, fold
from projections.tenure import Tenure

Pair = tuple[str, str]
"""A person's id and an organization's."""


@dataclass(frozen=True, slots=True)
class Held:
    """A tenure laid out for comparing with a day: all days are proleptic ordinals, `end_last` exclusive.

    An unknown start lies anywhere from `start_first` to `start_last`, which is then the first evidence. `body` has
    what an answer shows and, as `left`, the day by which the person had left the organization too, None if they stayed;
    `started_by` and `ended_by` are the events that claim its start and its end, the strongest claim first.
    """

    person: str
    organization: str
    role_key: str | None
    start_known: bool
    start_first: int
    start_last: int
    end_first: int
    end_last: int
    body: Json


@dataclass(frozen=True, slots=True)
class Absence:
    """A leave: it holds from `first` until `until` (exclusive); `body` has its start, expectations and events.

    `started_by` and `ended_by` are those of the events that began and ended it.
    """

    person: str
    organization: str
    first: int
    until: int
    body: Json


@dataclass(frozen=True, slots=True)
class Reporting:
    """A reporting line: it holds from `first` until `until` (exclusive); no manager means nobody."""

    person: str
    organization: str
    first: int
    until: int
    manager: str | None
    body: Json


@dataclass(frozen=True, slots=True)
class Histories:
    """What the fold made of some people in some organizations."""

    tenures: tuple[Held, ...] = ()
    leaves: tuple[Absence, ...] = ()
    lines: tuple[Reporting, ...] = ()
    clashes: tuple[Clash, ...] = ()


def histories(reports: Iterable[Report], *, explain: bool = False) -> Histories:
    """Fold the reports, person by person and organization by organization, in the order of their ids.

    To `explain`, each `body` has as `why` what each event did.
    """
    tenures: list[Held] = []
    absences: list[Absence] = []
    reporting: list[Reporting] = []
    clashes: list[Clash] = []
    for pair, effects in sorted(_by_pair(reports).items()):
        state = fold(Step(report, effect) for report, effect in effects if isinstance(effect, (Holds, Observed, Ends, Departs)))
        away = leaves([(report, effect) for report, effect in effects if isinstance(effect, (Away, Back))], state.departures)
        to = lines([(report, effect) for report, effect in effects if isinstance(effect, ReportsTo)], state.departures)
        tenures.extend(_held(pair, tenure, _left(state, index), explain) for index, tenure in enumerate(state.tenures))
        absences.extend(_absence(pair, leave, explain) for leave in away)
        reporting.extend(_reporting(pair, line, explain) for line in to)
        clashes.extend(pair_clashes(*pair, state))
    return Histories(tuple(tenures), tuple(absences), tuple(reporting), tuple(clashes))


def _by_pair(reports: Iterable[Report]) -> dict[Pair, list[tuple[Report, Effect]]]:
    found: dict[Pair, list[tuple[Report, Effect]]] = defaultdict(list)
    for report in reports:
        for effect in report.effects:
            if isinstance(effect, (Holds, Observed, Ends, Departs, Away, Back, ReportsTo)):
                found[effect.person, effect.organization].append((report, effect))
    return found


def _left(state: Fold, index: int) -> int | None:
    """The ordinal day by which whoever held the tenure had left the organization too; None if they stayed."""
    end = state.tenures[index].end
    days = [(departure.claim.date.last, departure.ended) for departure in state.departures]
    return min((day for day, ended in days if end is not None and (index in ended or day >= end.last)), default=None)


def _held(pair: Pair, tenure: Tenure, left: int | None, explain: bool) -> Held:
    start, end = tenure.start, tenure.end
    body = {
        "role": tenure.role.text if tenure.role else None,
        "since": day_json(start),
        "until": day_json(end),
        "left": left,
        "interims": [list(turn) for turn in tenure.interims],
        "events": list(tenure.events),
        "started_by": _claimants(tenure.starts),
        "ended_by": _claimants(tenure.ends),
        "disputed": [*_disputed("since", tenure.starts), *_disputed("until", tenure.ends)],
        **({"why": tenure_why(tenure)} if explain else {}),
    }
    return Held(
        *pair,
        tenure.key,
        start is not None,
        start.first if start else tenure.not_before,
        start.last if start else tenure.evidence,
        end.first if end else OPEN_END,
        end.last if end else OPEN_END,
        body,
    )


def _claimants(claims: Sequence[Claim]) -> list[str]:
    return list(event_ids(sorted(claims, key=lambda claim: claim.strength, reverse=True)))


def _disputed(name: str, claims: Sequence[Claim]) -> Iterator[Json]:
    for claim in disputed(claims):
        yield {"field": name, "value": day_json(claim.date), "event": claim.report.event_id, "status": claim.report.status}


def _absence(pair: Pair, leave: Leave, explain: bool) -> Absence:
    expectations = [_expectation(turn) for turn in leave.expectations]
    body = {
        "since": day_json(leave.start),
        "until": day_json(leave.end),
        "expectations": expectations,
        "events": list(leave.events),
        "started_by": list(leave.events[:1]),
        "ended_by": list(leave.ended_by),
        **({"why": leave_why(leave)} if explain else {}),
    }
    return Absence(*pair, leave.start.first, leave.until, body)


def _expectation(turn: Expectation) -> list[Any]:
    expected = turn.expected_return
    return [turn.since, day_json(expected), expected.last if expected else None]


def _reporting(pair: Pair, line: Line, explain: bool) -> Reporting:
    events, ended_by = list(line.events), list(line.ended_by)
    body = {"since": day_json(line.start), "events": events, "started_by": events, "ended_by": ended_by}
    if explain:
        body["why"] = line_why(line)
    return Reporting(*pair, line.since, line.until, line.manager, body)
