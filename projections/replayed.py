"""What changed in an organization day by day: the diff of each day on which something changed with the evening before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from projections.claims import Json, Report
from projections.compared import dashed, last_renaming, last_renamings
from projections.diff import Side, diff
from projections.folded import Histories
from projections.histories import organization_histories, reports_about
from projections.merging import losers
from projections.moments import change_days
from projections.reading import Reading
from projections.standing import name_each
from projections.state import state

AT_ONCE = 20
"""How many days are held in memory together."""


def organization_replay(connection: Connection, organization: str, first: int, reading: Reading) -> Iterator[Json]:
    """The days from the ordinal day `first` to the reading's, with the lines of their diffs as `organization_diff` has them.

    `{"day", "joined", …, "products", "renamed"}` each, with the knowledge of the reading; `organization` is its id there.
    The histories are read once, so that a long replay costs little more than its states.
    """
    ids = losers(connection, "organization", organization, reading)
    reports = reports_about(connection, reading, organizations=ids, effects=("Phase", "Founded", "Named"))
    folded = organization_histories(connection, organization, reading)
    days = [day for day in change_days(folded, reports) if first <= day <= reading.as_of]
    for start in range(0, len(days), AT_ONCE):
        yield from _turns(connection, organization, folded, reports, days[start : start + AT_ONCE], reading)


def _turns(
    connection: Connection, organization: str, folded: Histories, reports: Sequence[Report], days: Sequence[int], reading: Reading
) -> Iterator[Json]:
    states = {near: state(folded, reports, near) for day in days for near in (day - 1, day)}
    for found in states.values():
        found["organization"] = organization
    name_each(connection, [(found, day) for day, found in states.items()], reading)
    for day in days:
        then, now = (Side(states[near], folded, near, last_renamings({organization: reports}, near)) for near in (day - 1, day))
        before, after = (states[near]["organization"] for near in (day - 1, day))
        renamed = {"before": before, "after": after, "events": last_renaming(reports, day)} if before != after else None
        yield {"day": date.fromordinal(day).isoformat(), **dashed(diff(then, now)), "renamed": renamed}
