"""The worker: leads where nobody else does, brings the projections up to the log, and has the jobs done.

Several may run on one log, in processes of their own. What each job did in which slot is noted before it begins, so that no slot
is served twice, whoever led.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

import apscheduler.schedulers.background as background
from sqlalchemy.exc import SQLAlchemyError

from events.errors import Unavailable
from events.moments import BEGINNING, from_micros, to_micros
from projections.instants import Ended, embargoes_ended, embargoes_ending
from service.annals import Annals
from service.jobs.catalogue import Failed, Job, Stopped, Task, instant, jobs_of
from service.jobs.leader import Leadership, leadership_of
from service.jobs.runs import Runs

LOG = logging.getLogger(__name__)
PACE_SECONDS = 1.0
"""How often a worker looks at the log, and at who leads."""
DUE = "due"
AHEAD = 200
"""For how many ends of embargoes a moment is set at a time."""
DAY = 24 * 3600 * 1_000_000
_DEFAULTS = {"coalesce": True, "max_instances": 1}


class Worker:
    """A worker on an open log, which stays open; `run` it until another thread, or a signal, calls `stop`."""

    def __init__(
        self, annals: Annals, runs: Runs, leadership: Leadership, jobs: Sequence[Job] | None = None, pace: float = PACE_SECONDS
    ) -> None:
        self._annals = annals
        self._runs = runs
        self._leadership = leadership
        self._jobs = jobs_of(annals.settings) if jobs is None else tuple(jobs)
        self._pace = pace
        self._stopping = threading.Event()
        self._led: _Led | None = None

    @classmethod
    def open(cls, annals: Annals) -> Worker:
        """A worker that keeps its runs, and the lock of who leads, beside the log."""
        return cls(annals, Runs.open(annals.settings), leadership_of(annals.settings))

    def run(self) -> None:
        """Work until told to stop; then end what is begun, leave the lead to others and close the runs."""
        try:
            while not self._stopping.is_set():
                self._turn()
                self._stopping.wait(self._pace)
        finally:
            self._resign()
            self._runs.close()

    def stop(self) -> None:
        """Have `run` end after the step in hand; safe in a signal's handler."""
        self._stopping.set()

    @property
    def leads(self) -> bool:
        """Whether it leads now."""
        return self._led is not None

    def _turn(self) -> None:
        try:
            if self._led is None and self._leadership.take():
                self._led = _Led(self._annals, self._runs, self._jobs)
                LOG.info("leads")
            elif self._led is not None and not self._leadership.holds():
                LOG.warning("the lock of who leads is lost")
                self._resign()
            if self._led is not None:
                self._led.advance()
        except (Unavailable, SQLAlchemyError) as error:
            LOG.warning("goes on in a moment: %s", error)
            self._resign()

    def _resign(self) -> None:
        if self._led is not None:
            self._led.end()
            self._led = None
        self._leadership.release()


class _Led:
    """The jobs while this worker leads."""

    def __init__(self, annals: Annals, runs: Runs, jobs: Sequence[Job]) -> None:
        self._annals = annals
        self._runs = runs
        self._ending = threading.Event()
        self._seen: int | None = None
        self._told_until = BEGINNING
        self._runs.break_off(self._now())
        self._scheduler = background.BackgroundScheduler(timezone=UTC, job_defaults=_DEFAULTS)
        for job in jobs:
            self._schedule(job)
        self._scheduler.start()

    def _schedule(self, job: Job) -> None:
        """Do it in its next slot; in this one too, if somebody has done it before, nobody in this slot, and it is not too late."""
        now, last = self._annals.now(), self._runs.last(job.name)
        missed = last is not None and last.slot < to_micros(job.slot(now)) and now - job.slot(now) <= job.grace
        first = job.slot(now) if missed else job.following(now)
        self._scheduler.add_job(
            self._do, "interval", [job], id=job.name, name=job.name, seconds=job.every.total_seconds(), start_date=job.following(now),
            next_run_time=first, misfire_grace_time=max(1, int(job.grace.total_seconds())),
        )  # fmt: skip

    def _do(self, job: Job) -> None:
        begun = job.slot(self._annals.now())
        slot = to_micros(begun)
        if not self._runs.claim(job.name, slot, self._now()):
            return
        try:
            result = job.act(Task(self._annals, begun, self._check))
        except Stopped:
            self._runs.finish(job.name, slot, self._now(), "stopped", "its worker was to stop")
        except Failed as failed:
            LOG.error("%s: %s", job.name, failed)
            self._runs.finish(job.name, slot, self._now(), "failed", str(failed))
        except Exception as error:
            LOG.exception("%s failed", job.name)
            self._runs.finish(job.name, slot, self._now(), "failed", f"{type(error).__name__}: {error}")
        else:
            LOG.info("%s: %s", job.name, result)
            self._runs.finish(job.name, slot, self._now(), "done", result)

    def advance(self) -> None:
        """Bring the projections up to the log; set a moment for each embargo in them, and tell of those that ended."""
        reached = self._annals.project().position
        if reached != self._seen:
            self._await_embargoes()
            self._tell_ended()
            self._seen = reached

    def _await_embargoes(self) -> None:
        with self._annals.reading() as connection:
            moments = embargoes_ending(connection, self._now(), AHEAD)
        for moment in moments:
            self._scheduler.add_job(
                self._due, "date", id=f"{DUE} {moment}", run_date=from_micros(moment), misfire_grace_time=None, replace_existing=True
            )

    def _due(self) -> None:
        try:
            self._tell_ended()
            self._await_embargoes()
        except (Unavailable, SQLAlchemyError) as error:
            LOG.warning("tells of ended embargoes later: %s", error)
            self._seen = None

    def _tell_ended(self) -> None:
        """Say of each embargo that ended that it did, once: whoever led, and whether or not anybody worked at that moment.

        The end is noted before it is logged: of two leaders for a moment only one tells, and one killed just between tells nobody.
        """
        now = self._now()
        with self._annals.reading() as connection:
            ended = embargoes_ended(connection, self._told_until - DAY, now)
        new = self._runs.tell(ended, now)
        for one in new:
            LOG.info("the embargo on %s ended at %s", _named(one), instant(one.ends_at))
        if new:
            self._runs.claim(DUE, new[-1].ends_at, now)
            self._runs.finish(DUE, new[-1].ends_at, now, "done", f"{len(new)} appeared")
        self._told_until = now

    def end(self) -> None:
        """Have nothing begin any more, and wait for what has begun, which ends at its next step."""
        self._ending.set()
        self._scheduler.shutdown()

    def _check(self) -> None:
        if self._ending.is_set():
            raise Stopped

    def _now(self) -> int:
        return to_micros(self._annals.now())


def _named(one: Ended) -> str:
    return f"event {UUID(one.id)}" if one.owner == "event" else f"{one.owner} {one.id}"
