"""Who held a role: everywhere on a day, and before and after somebody, as the events say and as the tenures show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from events.dates import PartialDate, close
from events.effects import Succeeds
from events.roles import title
from events.types import event_type
from projections.claims import Json
from projections.clashes_between import Succession
from projections.cursors import Page, Paged, place
from projections.folded import Held
from projections.founding import existing, founding_days
from projections.histories import bodies_about, organizations_with, person_histories, role_tenures, winner_then
from projections.merging import losers
from projections.reading import Reading
from projections.reports import Winner, effects_of, merged
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


def successions(connection: Connection, organization: str, reading: Reading) -> Iterator[Succession]:
    """Who follows whom in the organization, by each report of the known events."""
    ids = losers(connection, "organization", organization, reading)
    rows = bodies_about(connection, reading, organizations=ids, effects=(Succeeds.__name__,))
    winner = winner_then(connection, rows, reading)
    for event_id, body, _, _ in rows:
        yield from _told(event_id, body, winner)


def _told(event_id: str, body: Json, winner: Winner) -> Iterator[Succession]:
    """Who follows whom by a version of an event, and by the further reports of it that differ."""
    day = PartialDate.parse(body["effective"])
    own = tuple(name for name in ("predecessor", "successor") if name in event_type(body["type"]).fields)
    for effect in merged(effects_of(body["type"], body["fields"], body["effective"]), winner):
        match effect:
            case Succeeds(predecessor=str(predecessor), successor=str(successor)):
                said = Succession(effect.organization, effect.role, predecessor, successor, day, event_id, body["status"], own)
                yield said
                yield from _otherwise(said, body["disputed"], winner)


def _otherwise(said: Succession, disputed: Iterable[Json], winner: Winner) -> Iterator[Succession]:
    for dispute in disputed:
        match dispute:
            case {"field": "predecessor", "value": str(person)}:
                yield replace(said, predecessor=winner("person", person))
            case {"field": "successor", "value": str(person)}:
                yield replace(said, successor=winner("person", person))


def person_succession(connection: Connection, person: str, reading: Reading) -> list[Json]:
    """For each role that the person took up by the day, who came before and who after, with the events that tell it.

    `{"organization", "role", "role_key", "predecessors": [{"person", "by", "events"}], "successors": [...]}` each; `by` is
    `events` where they say so, and `tenures` where somebody else's tenure ended or began at about that time.
    """
    begun: dict[tuple[str, str], list[Held]] = {}
    for held in existing(connection, person_histories(connection, person, reading), reading).tenures:
        if held.role_key is not None and held.start_first <= reading.as_of:
            begun.setdefault((held.organization, held.role_key), []).append(held)
    found = [_neighbours(connection, person, *key, mine, reading) for key, mine in sorted(begun.items())]
    return [named(connection, line, reading) for line in found]


def _neighbours(connection: Connection, person: str, organization: str, key: str, mine: list[Held], reading: Reading) -> Json:
    tenures = role_tenures(connection, organization, key, reading)
    others = [held for held in tenures if held.person != person and held.start_first <= reading.as_of]
    told = [one for one in successions(connection, organization, reading) if one.role.key == key and one.day.first <= reading.as_of]
    return {
        "organization": organization,
        "role": mine[-1].body["role"] or title(key, reading.lang),
        "role_key": key,
        "predecessors": _people([*_told_before(person, told), *_ended_before(mine, others)]),
        "successors": _people([*_told_after(person, told), *_began_after(mine, others)]),
    }


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
