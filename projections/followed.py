"""Who follows whom in a role, as each report says; where a departure names no role, in the one that it ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, and_, exists

from events.dates import PartialDate
from events.effects import Departs, Succeeds
from events.fields import Kind
from events.types import event_type
from projections.claims import Json
from projections.clashes_between import Succession
from projections.folded import Held
from projections.histories import Told, between_turns, bodies_about, body_spans, history_spans, organization_histories, winner_then
from projections.merging import component, losers, standing_spans
from projections.reading import Reading
from projections.rendering import mentions
from projections.reports import Winner, effects_of, merged
from projections.tables import facts, links

Ended = Mapping[str, Sequence[Held]]
"""By event, the tenures that it is said to have ended."""


def followed_unnamed() -> ColumnElement[bool]:
    """Whether a row of `facts` is of a departure that names a successor and no role."""
    same = and_(links.c.clock == facts.c.clock, links.c.event_id == facts.c.event_id, links.c.seq == facts.c.seq)
    named = exists().where(same, links.c.kind == "person", links.c.field == "successor")
    return and_(facts.c.effect == Departs.__name__, facts.c.role_key.is_(None), named)


def successions(connection: Connection, organization: str, reading: Reading) -> Iterator[Succession]:
    """Who follows whom in the organization, by each report of the known events."""
    ids = losers(connection, "organization", organization, reading)
    rows = bodies_about(connection, reading, organizations=ids, effects=(Succeeds.__name__,), also=followed_unnamed())
    winner = winner_then(connection, rows, reading)
    ended = (
        _ended(organization_histories(connection, organization, reading).tenures) if any(_unnamed(body) for _, body, _, _ in rows) else {}
    )
    for event_id, body, _, _ in rows:
        yield from _told(event_id, body, winner, ended)


def succession_spans(connection: Connection, organization: str, reading: Reading) -> Iterator[tuple[int, int, Succession]]:
    """The same at every moment: each with a span of the reading's clock in which it was so told of the organization."""
    own = component(connection, "organization", (organization,))
    told = list(body_spans(connection, own, reading, (Succeeds.__name__,), followed_unnamed()))
    merges = standing_spans(connection, "organization", own, reading.clock)
    merges += standing_spans(connection, "person", component(connection, "person", _people_in(told)), reading.clock)
    held = _held_spans(connection, organization, reading) if any(_unnamed(one[1]) for _, _, one in told) else []
    parts = ((part, one) for start, until, one in told for part in _ended_between(held, one, start, until))
    for (start, until, ended), (event_id, body, _, _) in parts:
        for first, last, winner in between_turns(merges, start, until):
            found = _told(event_id, body, winner or _unmerged, ended)
            yield from ((first, last, said) for said in found if said.organization == organization)


def _people_in(told: Iterable[tuple[int, int, Told]]) -> set[str]:
    return {entity for _, _, (_, body, _, _) in told for kind, entity in mentions(body) if kind == "person"}


def _held_spans(connection: Connection, organization: str, reading: Reading) -> list[tuple[int, int, Held]]:
    spans = history_spans(connection, "organization", organization, reading)
    return [(start, until, flat) for start, until, flat in spans if isinstance(flat, Held)]


def _unmerged(_: Kind, entity: str) -> str:
    return entity


def _unnamed(body: Json) -> bool:
    """Whether an event, one of those that tell of a successor, does not tell in which role."""
    return body["type"] == "departure" and not body["fields"].get("role")


def _ended(tenures: Iterable[Held]) -> Ended:
    found: dict[str, list[Held]] = defaultdict(list)
    for held in tenures:
        for event_id in held.body["ended_by"]:
            found[event_id].append(held)
    return found


def _ended_between(held: Sequence[tuple[int, int, Held]], told: Told, start: int, until: int) -> Iterator[tuple[int, int, Ended]]:
    """The parts of a span in which an event that names no role ended the same tenures; any other event is not asked."""
    mine = [span for span in held if told[0] in span[2].body["ended_by"]] if _unnamed(told[1]) else []
    turns = {bound for span in mine for bound in span[:2] if start < bound < until}
    for first, last in pairwise(sorted({start, until, *turns})):
        yield first, last, {told[0]: [one for begin, end, one in mine if begin <= first < end]}


def _told(event_id: str, body: Json, winner: Winner, ended: Ended) -> Iterator[Succession]:
    """Who follows whom by a version of an event, and by the further reports of it that differ."""
    day = PartialDate.parse(body["effective"])
    own = tuple(name for name in ("predecessor", "successor") if name in event_type(body["type"]).fields)
    effects = effects_of(body["type"], _with_role(event_id, body, ended), body["effective"])
    for effect in merged(effects, winner):
        match effect:
            case Succeeds(predecessor=str(predecessor), successor=str(successor)):
                said = Succession(effect.organization, effect.role, predecessor, successor, day, event_id, body["status"], own)
                yield said
                yield from _otherwise(said, body["disputed"], winner)


def _with_role(event_id: str, body: Json, ended: Ended) -> Json:
    """The fields of an event; of a departure that names no role with the role that it ended, if it ended no other one."""
    fields: Json = body["fields"]
    tenures = ended.get(event_id, ())
    if not _unnamed(body) or len(tenures) != 1 or tenures[0].body["role"] is None:
        return fields
    return {**fields, "role": tenures[0].body["role"]}


def _otherwise(said: Succession, disputed: Iterable[Json], winner: Winner) -> Iterator[Succession]:
    for dispute in disputed:
        match dispute:
            case {"field": "predecessor", "value": str(person)}:
                yield replace(said, predecessor=winner("person", person))
            case {"field": "successor", "value": str(person)}:
                yield replace(said, successor=winner("person", person))
