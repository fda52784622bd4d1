"""The names that renamings gave organizations: what each was called on a day, as far as is known at a reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import orjson
from sqlalchemy import Connection, select

from events.effects import Named
from projections.claims import Report
from projections.known import current
from projections.merging import chunks, together, winners
from projections.reading import Reading
from projections.reports import report
from projections.tables import facts, versions
from projections.tenures import same_version

Renamings = Mapping[str, Sequence[Report]]


def renamings(connection: Connection, organizations: Iterable[str], reading: Reading) -> Renamings:
    """By the id under which it is read, the reports known at the reading that renamed an organization, or one merged into it."""
    told: list[tuple[str, Report]] = []
    for chunk in chunks(together(connection, "organization", organizations, reading)):
        query = select(facts.c.organization, versions.c.event_id, versions.c.body, versions.c.announced, versions.c.publishers).distinct()
        naming = (facts.c.organization.in_(chunk), facts.c.effect == Named.__name__)
        known = (*naming, current(facts, reading), facts.c.status.in_(reading.statuses))
        for owner, event_id, body, announced, publishers in connection.execute(
            query.join_from(facts, versions, same_version()).where(*known).order_by(versions.c.event_id)
        ):
            told.append((owner, report(event_id, orjson.loads(body), announced, publishers)))
    standing = winners(connection, "organization", {owner for owner, _ in told}, reading)
    found: dict[str, list[Report]] = defaultdict(list)
    for owner, one in told:
        found[standing[owner]].append(one)
    return found
