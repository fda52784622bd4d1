"""When organizations were founded, as known at a reading: before that nothing of them is shown."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from events.effects import Founded
from projections.claims import Report
from projections.folded import Histories
from projections.histories import only, reports_about
from projections.merging import together
from projections.reading import Reading
from projections.state import founding_day


def founding_days(connection: Connection, organizations: Iterable[str], reading: Reading) -> dict[str, int]:
    """By id at the reading, the first ordinal day on which an organization may have existed; nothing of those of which nobody says."""
    ids = together(connection, "organization", organizations, reading)
    return first_days(reports_about(connection, reading, organizations=ids, effects=(Founded.__name__,)) if ids else ())


def first_days(reports: Iterable[Report]) -> dict[str, int]:
    """The same from reports of foundings."""
    told = [(effect.organization, report) for report in reports for effect in report.effects if isinstance(effect, Founded)]
    return {founded: founding_day(report for organization, report in told if organization == founded) for founded, _ in told}


def existing(connection: Connection, folded: Histories, reading: Reading) -> Histories:
    """The histories in the organizations that may have existed at the end of the day."""
    organizations = {flat.organization for part in (folded.tenures, folded.leaves, folded.lines) for flat in part}
    founded = founding_days(connection, organizations, reading)
    return only(folded, lambda flat: reading.as_of >= founded.get(flat.organization, 0))
