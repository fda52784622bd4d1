"""The moments at which what is known changes on the recorded clock: when entries were recorded, and when embargoes ended.

Between two of them no answer changes on that clock, and up to the newest entry's none will ever change again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Column, Connection, Select, delete, func, insert, select

from events.entries import Logged
from events.fields import Kind
from events.moments import FOREVER
from projections.reading import Reading
from projections.tables import embargoes, entities, instants, links, versions

Owner = Kind | Literal["event"]


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an embargo: of an event (its id as hex) or an entity, in microseconds since 1970."""

    owner: str
    id: str
    ends_at: int


def write_instants(connection: Connection, consumed: Sequence[Logged]) -> None:
    """Note when entries, given in the order of the log, were recorded."""
    found = {logged.recorded_at: logged.position for logged in consumed}
    connection.execute(delete(instants).where(instants.c.recorded_at == min(found)))
    connection.execute(insert(instants), [{"recorded_at": recorded_at, "position": position} for recorded_at, position in found.items()])


def write_embargoes(
    connection: Connection, owner: Owner, histories: Mapping[str, Sequence[Logged]], begins: Iterable[tuple[str, int]]
) -> None:
    """Write anew the moments at which embargoes on events or entities end, each given with its entries.

    `begins` are ids with the moments, in microseconds since 1970, from which something about them counts on the recorded
    clock: an embargo ends at those at which nothing was recorded.
    """
    connection.execute(delete(embargoes).where(embargoes.c.owner == owner, embargoes.c.id.in_(histories)))
    recorded = {(one, logged.recorded_at) for one, history in histories.items() for logged in history}
    rows = [{"owner": owner, "id": one, "ends_at": at} for one, at in sorted({*begins} - recorded) if at < FOREVER]
    if rows:
        connection.execute(insert(embargoes), rows)


def position_at(connection: Connection, reading: Reading) -> int:
    """The position up to which an answer at the reading holds the log.

    On the recorded clock that of the last entry recorded by `known_at`, 0 before the first; on the public clock, where
    later entries may change what was known, that of the last entry of all.
    """
    query = select(instants.c.position).order_by(instants.c.recorded_at.desc()).limit(1)
    if reading.clock == "recorded":
        query = query.where(instants.c.recorded_at <= reading.known_at)
    return connection.scalar(query) or 0


def is_final(connection: Connection, reading: Reading) -> bool:
    """Whether the answer at the reading will never change: on the recorded clock, once a later entry is in the projections."""
    if reading.clock == "public":
        return False
    last = connection.scalar(select(func.max(instants.c.recorded_at)))
    return last is not None and last > reading.known_at


def last_embargo(connection: Connection, until: int) -> int | None:
    """The last moment up to and including `until` (microseconds since 1970) at which an embargo ended."""
    found: int | None = connection.scalar(select(func.max(embargoes.c.ends_at)).where(embargoes.c.ends_at <= until))
    return found


def embargoes_ended(connection: Connection, after: int, until: int) -> list[Ended]:
    """The embargoes that ended later than `after`, up to and including `until`, in their order."""
    query = select(embargoes.c.owner, embargoes.c.id, embargoes.c.ends_at).where(embargoes.c.ends_at > after, embargoes.c.ends_at <= until)
    return [Ended(*row) for row in connection.execute(query.order_by(embargoes.c.ends_at, embargoes.c.owner, embargoes.c.id))]


def embargoes_ending(connection: Connection, after: int, most: int) -> list[int]:
    """The next moments later than `after` at which embargoes end, at most so many, in their order."""
    query = select(embargoes.c.ends_at).distinct().where(embargoes.c.ends_at > after).order_by(embargoes.c.ends_at).limit(most)
    return list(connection.scalars(query))


def last_moment(connection: Connection, until: int) -> int | None:
    """The last moment up to and including `until` at which what is known changed."""
    found = (connection.scalar(select(func.max(column)).where(column <= until)) for column in _MOMENTS)
    return max((at for at in found if at is not None), default=None)


def next_moment(connection: Connection, after: int) -> int | None:
    """The first moment later than `after` at which what is known changes; an embargo may end in the future."""
    found = (connection.scalar(select(func.min(column)).where(column > after)) for column in _MOMENTS)
    return min((at for at in found if at is not None), default=None)


def first_known(connection: Connection, owner: Owner, one: str) -> int | None:
    """Since when an event (id as hex) or an entity is known on the recorded clock, maybe in the future; None if there is none."""
    found = [connection.scalar(query) for query in _first_known(owner, one)]
    return min((at for at in found if at is not None), default=None)


def _first_known(owner: Owner, one: str) -> Sequence[Select[int]]:
    if owner == "event":
        return [select(func.min(versions.c.known_from)).where(versions.c.clock == "recorded", versions.c.event_id == one)]
    direct = select(entities.c.direct_recorded).where(entities.c.kind == owner, entities.c.id == one, entities.c.direct_recorded < FOREVER)
    mentioned = links.c.kind == owner, links.c.target == one, links.c.clock == "recorded"
    return [direct, select(func.min(links.c.known_from)).where(*mentioned)]


_MOMENTS: tuple[Column[int], Column[int]] = (instants.c.recorded_at, embargoes.c.ends_at)
