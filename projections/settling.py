"""What would settle that a role of one holder has several: an entry, found by trying what the reports would tell with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from events.dates import PartialDate
from events.effects import Succeeds
from events.event import RANK
from projections.claims import Json, Report
from projections.clashes_between import Succession, opened_by, retraction, seat_age, seat_rivals, succession_clashes
from projections.folded import Held, histories
from projections.reports import effects_of

NEW = ""
"""The id of the event that is tried; it has none yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an organization: its reports, what they tell of tenures and successions, and the ordinal day looked at.

    `now` is the moment, in microseconds since 1970, at which an entry would become known.
    """

    reports: Sequence[Report]
    tenures: Sequence[Held]
    told: Sequence[Succession]
    day: int
    now: int


def settlement(mine: Sequence[Held], known: Known) -> Json:
    """The line of an import after which fewer hold the seat and nobody of them is in a new conflict; `mine` are the holders by age.

    Who came first may have stepped down when the next one came, else a report is wrong, the weakest soonest. Where no single
    entry suffices, since several reports tell of either, the weakest is the first to go.
    """
    before = _conflicts(known, mine)
    retractions = [retraction(report.event_id) for report in _weakest_first(mine, known)]
    for line in (*_making_room(mine, known), *retractions):
        after = _conflicts(_with(line, known, mine[0].organization), mine)
        if _of_seat(mine) not in after and all(any(_within(one, other) for other in before) for one in after):
            return line
    return retractions[0]


def namesakes(mine: Sequence[Held], alike: Callable[[str, str], bool]) -> Json | None:
    """The line that merges two of the holders who are `alike`, by their ids; None where no two are."""
    people = sorted(held.person for held in mine)
    pairs = ((winner, loser) for at, winner in enumerate(people) for loser in people[at + 1 :] if alike(winner, loser))
    winner, loser = next(pairs, (None, None))
    return None if loser is None else {"merge": "person", "loser": loser, "winner": winner, "reason": "one person under two ids"}


def _making_room(mine: Sequence[Held], known: Known) -> Iterator[Json]:
    """That the oldest stepped down when the next one came, with that one as the successor or without; of equally old ones nothing."""
    oldest, following = mine[:2]
    if seat_age(oldest)[0] == seat_age(following)[0]:
        return
    since = following.body["since"]
    line = {
        "type": "step_down",
        "person": oldest.person,
        "organization": oldest.organization,
        "role": oldest.body["role"],
        "effective": since["value"] if since else date.fromordinal(following.start_last).isoformat(),
    }
    status = {report.event_id: report.status for report in known.reports}
    if "rumoured" in (status[opened_by(oldest)], status[opened_by(following)]):
        line["status"] = "rumoured"
    yield {**line, "successor": following.person}
    yield line


def _weakest_first(mine: Sequence[Held], known: Known) -> list[Report]:
    """The reports of those who cannot have held the seat together: the oldest, and who came next or at once."""
    behind = {
        event: len(held.body["events"]) for held in mine if seat_age(held)[0] <= seat_age(mine[1])[0] for event in held.body["events"]
    }
    found = [report for report in known.reports if report.event_id in behind]
    return sorted(found, key=lambda one: (behind[one.event_id], RANK[one.status], one.publishers, one.announced, one.event_id))


def _with(line: Json, known: Known, organization: str) -> Known:
    """What would be known after the line."""
    if "retract" in line:
        reports = [report for report in known.reports if report.event_id != line["retract"]]
        return replace(known, reports=reports, told=[one for one in known.told if one.event_id != line["retract"]])
    status, when = line.get("status", "reported"), PartialDate.parse(line["effective"])
    effects = effects_of(line["type"], line, line["effective"])
    told = [
        Succession(organization, effect.role, line["person"], line["successor"], when, NEW, status, ("successor",))
        for effect in effects
        if isinstance(effect, Succeeds)
    ]
    return replace(known, reports=[*known.reports, Report(NEW, known.now, status, 1, effects)], told=[*known.told, *told])


Conflict = tuple[str, str | None, frozenset[str]]
"""Its kind, its role and what makes it: the people in a seat, else the events that contradict each other."""


def _conflicts(known: Known, mine: Sequence[Held]) -> set[Conflict]:
    """The conflicts in the holders' own histories, in the seats and in the successions."""
    people, organization = {held.person for held in mine}, mine[0].organization
    folded = histories(report for report in known.reports if _about(report, people))
    own = [held for held in folded.tenures if held.organization == organization]
    others = [held for held in known.tenures if held.person not in people]
    clashes = [clash.body for clash in folded.clashes if clash.organization == organization and clash.first <= known.day]
    told = map(_of_claims, [*clashes, *succession_clashes(known.told, known.day)])
    return {*told, *map(_of_seat, seat_rivals([*own, *others], known.day))}


def _about(report: Report, people: Collection[str]) -> bool:
    return any(getattr(effect, "person", None) in people for effect in report.effects)


def _of_claims(body: Json) -> Conflict:
    return body["kind"], body["role_key"], frozenset(claim["event"] for claim in body["claims"])


def _of_seat(rivals: Sequence[Held]) -> Conflict:
    return "seat", rivals[0].role_key, frozenset(held.person for held in rivals)


def _within(one: Conflict, other: Conflict) -> bool:
    return one[:2] == other[:2] and one[2] <= other[2]
