"""Who held a role: everywhere on a day, and before and after somebody, as the events say and as the tenures show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from events.dates import PartialDate, close
from events.roles import title
from projections.claims import Json
from projections.clashes_between import Succession
from projections.cursors import Page, Paged, place
from projections.folded import Held
from projections.followed import succession_spans, successions
from projections.founding import existing, founding_days
from projections.histories import organizations_with, person_histories, role_spans, role_tenures
from projections.reading import Reading
from projections.standing import named
from projections.state import holders


@dataclass(frozen=True, slots=True)
class HolderQuery(Paged):
    """Whose holders: the key of a role."""

    role_key: str = ""


def role_holders(connection: Connection, query: HolderQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of those who hold a role at the end of the day, by organization: lines of a state with their `organization`.

    `ceiling` is the latest moment to which a cursor may look. Raises `Invalid` for a broken cursor.
    """
    at = place(query, reading, lambda _: tuple[str, int], ceiling)
    found: list[tuple[str, int, Json]] = []
    for organization in organizations_with(connection, at.query.role_key, at.reading):
        if at.key is not None and organization < at.key[0]:
            continue
        numbered = enumerate(_holders(connection, organization, at.query.role_key, at.reading))
        found += [(organization, number, line) for number, line in numbered if at.key is None or (organization, number) > at.key]
        if len(found) > query.limit:
            break
    kept, following = at.cut(found, lambda row: row[:2])
    return Page([named(connection, line, at.reading) for _, _, line in kept], following)


def _holders(connection: Connection, organization: str, role_key: str, reading: Reading) -> Iterator[Json]:
    if reading.as_of >= founding_days(connection, [organization], reading).get(organization, 0):
        for line in holders(role_tenures(connection, organization, role_key, reading), reading.as_of):
            yield {"organization": organization, **line}


@dataclass(frozen=True, slots=True)
class Turns:
    """Who came before and after a person in a role of an organization, by day or by moment, and when that may change."""

    organization: str
    line: Callable[[int], Json | None]
    bounds: frozenset[int]


def person_succession(connection: Connection, person: str, reading: Reading) -> list[Json]:
    """For each role that the person took up by the day, who came before and who after, with the events that tell it.

    `{"organization", "role", "role_key", "predecessors": [{"person", "by", "events"}], "successors": [...]}` each; `by` is
    `events` where they say so, and `tenures` where somebody else's tenure ended or began at about that time.
    """
    folded = existing(connection, person_histories(connection, person, reading), reading)
    lines = [turns.line(reading.as_of) for turns in succession_by_day(connection, person, folded.tenures, reading)]
    return [named(connection, line, reading) for line in lines if line is not None]


def succession_by_day(connection: Connection, person: str, mine: Iterable[Held], reading: Reading) -> Iterator[Turns]:
    """By ordinal day, for each role of which the person has a tenure among `mine`; foundings are not looked at."""
    for organization, keys in _roles(mine):
        told = list(successions(connection, organization, reading))
        for key in keys:
            about = [one for one in told if one.role.key == key]
            tenures = role_tenures(connection, organization, key, reading)
            days = frozenset((*(held.start_first for held in tenures), *(one.day.first for one in about)))
            yield Turns(organization, partial(_neighbours, person, tenures, about, reading.lang), days)


def succession_by_moment(connection: Connection, person: str, mine: Iterable[Held], reading: Reading) -> Iterator[Turns]:
    """The same by moment of knowledge, about the reading's day."""
    for organization, keys in _roles(mine):
        told = list(succession_spans(connection, organization, reading))
        for key in keys:
            about = [span for span in told if span[2].role.key == key and span[2].day.first <= reading.as_of]
            tenures = [span for span in role_spans(connection, organization, key, reading) if span[2].start_first <= reading.as_of]
            bounds = frozenset(bound for start, until, _ in (*about, *tenures) for bound in (start, until))
            yield Turns(organization, partial(_known_neighbours, person, tenures, about, reading), bounds)


def _roles(tenures: Iterable[Held]) -> Iterator[tuple[str, list[str]]]:
    keys = {(held.organization, held.role_key) for held in tenures if held.role_key is not None}
    for organization in sorted({organization for organization, _ in keys}):
        yield organization, sorted(key for employer, key in keys if employer == organization)


def _known_neighbours(
    person: str, tenures: Sequence[tuple[int, int, Held]], told: Sequence[tuple[int, int, Succession]], reading: Reading, at: int
) -> Json | None:
    held = [one for start, until, one in tenures if start <= at < until]
    return _neighbours(person, held, [one for start, until, one in told if start <= at < until], reading.lang, reading.as_of)


def _neighbours(person: str, tenures: Iterable[Held], told: Iterable[Succession], lang: str, day: int) -> Json | None:
    """Who came before and after in the role of the tenures; None where the person had not taken it up by the ordinal day."""
    begun = sorted((held for held in tenures if held.start_first <= day), key=_oldest_first)
    mine, others = ([held for held in begun if (held.person == person) == own] for own in (True, False))
    if not mine:
        return None
    said = [one for one in told if one.day.first <= day]
    return {
        "organization": mine[-1].organization,
        "role": mine[-1].body["role"] or title(mine[-1].role_key or "", lang),
        "role_key": mine[-1].role_key,
        "predecessors": _people([*_told_before(person, said), *_ended_before(mine, others)]),
        "successors": _people([*_told_after(person, said), *_began_after(mine, others)]),
    }


def _oldest_first(held: Held) -> tuple[int, int, str, list[str]]:
    return (held.start_first if held.start_known else held.start_last, held.end_last, held.person, held.body["events"])


Neighbour = tuple[str, str, list[str]]


def _told_before(person: str, told: Iterable[Succession]) -> Iterator[Neighbour]:
    return ((one.predecessor, "events", [one.event_id]) for one in told if one.successor == person and one.predecessor is not None)


def _told_after(person: str, told: Iterable[Succession]) -> Iterator[Neighbour]:
    return ((one.successor, "events", [one.event_id]) for one in told if one.predecessor == person and one.successor is not None)


def _ended_before(mine: list[Held], others: Iterable[Held]) -> Iterator[Neighbour]:
    return ((held.person, "tenures", held.body["ended_by"]) for held in others if any(_followed(held, own) for own in mine))


def _began_after(mine: list[Held], others: Iterable[Held]) -> Iterator[Neighbour]:
    return ((held.person, "tenures", held.body["started_by"]) for held in others if any(_followed(own, held) for own in mine))


def _followed(earlier: Held, later: Held) -> bool:
    """Whether one tenure ended at about the time at which the other began."""
    end, start = earlier.body["until"], later.body["since"]
    return end is not None and start is not None and close(PartialDate.parse(end["value"]), PartialDate.parse(start["value"]))


def _people(told: Iterable[Neighbour]) -> list[Json]:
    found: dict[tuple[str, str], Json] = {}
    for person, by, events in told:
        line = found.setdefault((person, by), {"person": person, "by": by, "events": []})
        line["events"] = list(dict.fromkeys((*line["events"], *events)))
    return list(found.values())
