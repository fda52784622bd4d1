"""Which events may read otherwise at another moment though nothing was said of them: those that mention whom a name or merge changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, or_, select, union

from events.effects import Named
from events.fields import Kind
from projections.known import current, standing_merge
from projections.merging import chunks, component
from projections.reading import Reading
from projections.tables import facts, links, merges, names, versions


def retold(connection: Connection, before: Reading, after: Reading) -> Select[Any]:
    """The events, with their earliest days, known to both readings in one version, that mention somebody called otherwise at one.

    The readings share their clock. Some of the events may read alike all the same.
    """
    known = (current(versions, reading) & (versions.c.effective_first <= reading.as_of) for reading in (before, after))
    query = select(versions.c.event_id, versions.c.effective_first).where(*known)
    mentioned = union(*_mentioning(connection, before, after)).subquery()
    return query.where(exists().where(mentioned.c.event_id == versions.c.event_id, mentioned.c.seq == versions.c.seq))


def _mentioning(connection: Connection, before: Reading, after: Reading) -> Iterator[Select[tuple[str, int]]]:
    """The versions that mention whoever got another name, or is read under another id, or under that of such a one."""
    query = select(links.c.event_id, links.c.seq).where(links.c.clock == after.clock)
    own = and_(names.c.kind == links.c.kind, names.c.id == links.c.target)
    yield query.join(names, own).where(_renamed(names, before, after))
    for kind, ids in _turned(connection, before, after).items():
        for chunk in chunks(ids):
            yield query.where(links.c.kind == kind, links.c.target.in_(chunk))


def _turned(connection: Connection, before: Reading, after: Reading) -> dict[Kind, set[str]]:
    """The ids of whom a merge or a renaming changed, with all that merges ever connected with them."""
    found: dict[Kind, set[str]] = defaultdict(set)
    for kind, loser in connection.execute(select(merges.c.kind, merges.c.loser).where(_merge_turned(before, after))):
        found[kind].add(loser)
    found["organization"] |= set(connection.scalars(select(facts.c.organization).where(_event_turned(before, after))))
    return {kind: component(connection, kind, ids) for kind, ids in found.items()}


def _merge_turned(before: Reading, after: Reading) -> ColumnElement[bool]:
    """Whether a merge stands at one of the readings alone, or either of its sides got another name."""
    then, now = standing_merge(before), standing_merge(after)
    sided = and_(names.c.kind == merges.c.kind, or_(names.c.id == merges.c.loser, names.c.id == merges.c.winner))
    return or_(and_(then, ~now), and_(now, ~then), exists().where(sided, _renamed(names, before, after)))


def _renamed(table: FromClause, before: Reading, after: Reading) -> ColumnElement[bool]:
    """Whether a row of `names` is the name in its language at one of the readings alone."""
    start, until = table.c[f"{after.clock}_from"], table.c[f"{after.clock}_until"]
    return and_(table.c.lang.is_not(None), _turns(start, until, before, after))


def _event_turned(before: Reading, after: Reading) -> ColumnElement[bool]:
    """Whether a row of `facts` tells of a renaming to one of the readings alone."""
    telling = and_(facts.c.clock == after.clock, facts.c.effect == Named.__name__)
    return and_(telling, _turns(facts.c.known_from, facts.c.known_until, before, after))


def _turns(start: ColumnElement[int], until: ColumnElement[int], before: Reading, after: Reading) -> ColumnElement[bool]:
    """Whether a half-open span begins or ends between the moments of the two readings, whichever is the earlier."""
    first, last = sorted((before.known_at, after.known_at))
    return or_(start.between(first + 1, last), until.between(first + 1, last))
