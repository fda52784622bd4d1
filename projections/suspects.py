"""Where to look: the organizations of which a list over all of them may have something to tell, found by their rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Select, select, union

from projections import tables
from projections.entities import resolve
from projections.known import current
from projections.merging import any_merge_hidden, winners
from projections.reading import Reading
from projections.tenures import PAIR_EFFECTS


def suspects(connection: Connection, organization: str | None, reading: Reading, effect: str, rows: Iterable[Select[str]]) -> list[str]:
    """The ids, at the reading and sorted, of the organizations to look at: the one named, by id or name, or all that may matter.

    These have a known event with that `effect` (a class name), or are in `rows`, queries of the stored histories. Where those do
    not tell what stands at the reading, so on the recorded clock and before a merge is known, everybody with a history is looked at.
    Raises `NotFound` and `Ambiguous` for a name that is not known or not one.
    """
    if organization is not None:
        return [resolve(connection, "organization", organization, reading)]
    facts = tables.facts
    of_facts = select(facts.c.organization).where(current(facts, reading), facts.c.status.in_(reading.statuses))
    if reading.clock != "public" or any_merge_hidden(connection, reading):
        rows = (of_facts.where(facts.c.effect.in_(PAIR_EFFECTS)),)
    found = connection.scalars(union(of_facts.where(facts.c.effect == effect), *rows))
    return sorted(set(winners(connection, "organization", set(found), reading).values()))
