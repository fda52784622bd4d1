"""The worker in this process: what becomes of jobs that succeed, fail, were missed or are to stop, and of a lost lead."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import Connection

from events.errors import Unavailable
from events.moments import to_micros
from projections.projector import Progress
from service.annals import Annals, utc_now
from service.jobs.catalogue import EPOCH, Failed, Job, Task
from service.jobs.leader import Leadership, leadership_of
from service.jobs.runs import Run, Runs
from service.jobs.worker import Worker
from service.settings import Settings
from tests.service.jobs.test_leader import lose
from tests.service.ledger.support import Desk

SOON, DAY = timedelta(milliseconds=150), timedelta(days=1)


@contextmanager
def working(annals: Annals, *jobs: Job, lead: Leadership | None = None) -> Iterator[Worker]:
    """A worker that runs in a thread and is stopped in the end."""
    worker = Worker(annals, Runs.open(annals.settings), lead or leadership_of(annals.settings), jobs, 0.02)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()


def wait(condition: Callable[[], object]) -> None:
    """Wait for what the worker brings about."""
    for _ in range(1500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


def ended(runs: Runs, name: str) -> Run | None:
    """The last run of a job, once it has ended."""
    run = runs.last(name)
    return run if run is not None and run.ended_at is not None else None


def job(name: str, act: Callable[[Task], str], every: timedelta = SOON, grace: timedelta = SOON, begun: timedelta | None = None) -> Job:
    """A job; `begun` says how long ago its slot began."""
    offset = timedelta(0) if begun is None else (utc_now() - begun - EPOCH) % every
    return Job(name, "", every, offset, grace, act)


def test_what_comes_of_a_job_is_kept(living: Annals, runs: Runs, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever looks after Annals sees in one place what was done and what was not."""

    def find(_: Task) -> str:
        raise Failed("the moon is missing")

    def break_down(_: Task) -> str:
        raise ZeroDivisionError("by nothing")

    with working(living, job("right", lambda _: "all well"), job("wrong", find), job("broken", break_down)):
        wait(lambda: all(ended(runs, name) for name in ("right", "wrong", "broken")))

    found = {name: (run.outcome, run.result) for name in ("right", "wrong", "broken") if (run := ended(runs, name))}
    assert found["right"] == ("done", "all well")
    assert found["wrong"] == ("failed", "the moon is missing")
    assert found["broken"] == ("failed", "ZeroDivisionError: by nothing")
    assert "wrong: the moon is missing" in caplog.text and "Traceback" in caplog.text


def test_a_job_in_hand_ends_at_its_next_step_when_the_worker_is_to_stop(living: Annals, runs: Runs) -> None:
    """An audit of a large log takes minutes, and a restart must not."""

    def work(task: Task) -> str:
        while True:
            task.check()
            time.sleep(0.01)

    with working(living, job("long", work)):
        wait(lambda: runs.last("long"))

    run = ended(runs, "long")
    assert run is not None
    assert (run.outcome, run.result) == ("stopped", "its worker was to stop")


@pytest.mark.parametrize(
    ("slots_ago", "minutes", "done"),
    [(1, 5, True), (3, 5, True), (0, 5, False), (None, 5, False), (1, 15, False)],
    ids=["missed", "missed for days", "done already", "never done", "too late"],
)
def test_a_slot_that_nobody_served_is_served_late_but_not_too_late(
    living: Annals, runs: Runs, slots_ago: int | None, minutes: int, done: bool
) -> None:
    """A machine that was off at night makes its backup in the morning; a new one does nothing on its first start."""
    nightly = job("nightly", lambda _: "made", DAY, timedelta(minutes=10), timedelta(minutes=minutes))
    if slots_ago is not None:
        runs.claim("nightly", to_micros(nightly.slot(living.now()) - slots_ago * DAY), 1)

    with working(living, nightly, job("other", lambda _: "")):
        wait(lambda: ended(runs, "other"))
        if done:
            wait(lambda: ended(runs, "nightly"))

    run = ended(runs, "nightly")
    assert (run is not None and run.slot == to_micros(nightly.slot(living.now())) and run.outcome == "done") is done


def test_a_run_whose_worker_died_is_told_as_broken_off(living: Annals, runs: Runs) -> None:
    """Without it the list would say for ever that the job is running."""
    runs.claim("audit", 7, 100)

    with working(living):
        wait(lambda: ended(runs, "audit"))

    run = ended(runs, "audit")
    assert run is not None and run.outcome == "broken off"


def test_a_worker_that_lost_the_lead_takes_it_again_where_it_is_free(living: Annals, settings: Settings) -> None:
    """A connection that broke must not leave the jobs without anybody."""
    lead = leadership_of(settings)
    with working(living, lead=lead) as worker:
        wait(lambda: worker.leads)
        with patch.object(lead, "take", return_value=False):
            lose(settings)
            wait(lambda: not worker.leads)
        wait(lambda: worker.leads)


def test_a_worker_goes_on_when_the_database_is_back(living: Annals, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody should have to restart it after an outage."""
    project, away = living.project, [True, True]

    def projecting() -> Progress:
        if away:
            away.pop()
            raise Unavailable.of("", None, "the projections cannot be reached now")
        return project()

    with patch.object(living, "project", projecting), working(living) as worker:
        wait(lambda: not away and worker.leads)

    assert "goes on in a moment" in caplog.text


def test_an_end_that_could_not_be_told_at_its_moment_is_told_after_it(living: Annals, caplog: pytest.LogCaptureFixture) -> None:
    """The database may be away in that very second, and the news must not be forgotten."""
    moment = (utc_now() + timedelta(seconds=1)).isoformat()
    Desk(living.ledger, instant=utc_now() - timedelta(seconds=1)).post(person="Ann", announced=moment)
    reading, asked = living.reading, []

    def failing(min_position: int | None = None) -> AbstractContextManager[Connection]:
        asked.append(min_position)
        if len(asked) == 3:  # the first two are those of the worker's first turn
            raise Unavailable.of("", None, "the projections cannot be reached now")
        return reading(min_position)

    with caplog.at_level(logging.INFO), patch.object(living, "reading", failing), working(living):
        wait(lambda: "the embargo on event" in caplog.text)

    assert "tells of ended embargoes later" in caplog.text
    assert caplog.text.count("the embargo on event") == 1
