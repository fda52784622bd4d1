"""The jobs: what each does, how often, at which moment, and how late it may still be done. All in UTC."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from events.moments import rfc3339, to_micros
from projections.agenda import AgendaQuery, agenda
from projections.audit import verify
from projections.reading import Reading
from service.annals import Annals
from service.backups import back_up
from service.settings import Settings

LOG = logging.getLogger(__name__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_LINES = 200
WEEK = 7


class Failed(Exception):
    """A job found that something is wrong; its words say what."""


class Stopped(Exception):
    """A job ended early, since its worker is to stop or does not lead any more."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a job works with, in which slot; `check` raises `Stopped` where it should end early, and is asked between steps."""

    annals: Annals
    slot: datetime
    check: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A job that is done once in each of its slots, which begin every `every`, `offset` after the hour or midnight.

    `act` does it and says what came of it. A slot that nobody took in time may still be taken `grace` after it began.
    """

    name: str
    words: str
    every: timedelta
    offset: timedelta
    grace: timedelta
    act: Callable[[Task], str]

    def slot(self, now: datetime) -> datetime:
        """The beginning of the slot in which an instant lies."""
        return now - (now - EPOCH - self.offset) % self.every

    def following(self, now: datetime) -> datetime:
        """The beginning of the next slot."""
        return self.slot(now) + self.every


def jobs_of(settings: Settings) -> tuple[Job, ...]:
    """The jobs of a log: backups are ours to make only on SQLite."""
    audit = Job("audit", "compares the projections with the log", timedelta(hours=1), timedelta(minutes=20), timedelta(minutes=30), _audit)
    backup = Job("backup", "copies the log", timedelta(days=1), timedelta(hours=3, minutes=15), timedelta(hours=12), _back_up)
    morning = Job("agenda", "says what is coming up", timedelta(days=1), timedelta(hours=6), timedelta(hours=6), _agenda)
    return (audit, backup, morning) if settings.log_file is not None else (audit, morning)


def _audit(task: Task) -> str:
    """Compare the projections with the log, and take away stores that nobody needs any more."""
    task.annals.stores.drop_stale()
    found = verify(task.annals.stores, task.annals.ledger, on_progress=lambda _: task.check())
    if not found.equal:
        raise Failed(f"the projections are not what the log makes, in {', '.join(found.differing)}: run `annals rebuild`")
    return f"{len(found.rows)} tables are what {found.live.entries:,} entries make"


def _back_up(task: Task) -> str:
    made = back_up(task.annals.settings, task.annals.now())
    return f"{made.file}: {made.digest.entries:,} entries, digest {made.digest.digest}"


def _agenda(task: Task) -> str:
    """Log a line for whatever is overdue or comes up within a week, as anybody may know it."""
    now = to_micros(task.annals.now())
    reading = Reading(task.annals.now().date().toordinal(), now, lang=task.annals.settings.lang)
    with task.annals.reading() as connection:
        lines = agenda(connection, AgendaQuery(MOST_LINES, days=WEEK), reading).items
    for line in lines:
        LOG.info("agenda: %s", told(line))
    overdue = sum(line["overdue"] for line in lines)
    return f"{overdue} overdue, {len(lines) - overdue} within {WEEK} days of {date.fromordinal(reading.as_of)}"


def told(line: dict[str, Any]) -> str:
    """A line of the agenda in words."""
    who = (line["person"] or line["product"])["name"]
    role = f" ({line['role']})" if line["role"] else ""
    overdue = "overdue since " if line["overdue"] else ""
    return f"{overdue}{line['date']['value']}: {who}{role} at {line['organization']['name']} {line['text']}"


def instant(micros: int) -> str:
    """Microseconds since 1970 as people read them, to the second."""
    return rfc3339(micros)[:19] + "Z"
