"""A worker as a process of its own, with one job that ticks fast and writes down each slot that it serves."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from service.annals import Annals
from service.jobs.catalogue import Job, Task
from service.jobs.leader import leadership_of
from service.jobs.runs import Runs
from service.jobs.worker import Worker
from service.settings import Settings

TICK = timedelta(milliseconds=25)
PACE_SECONDS = 0.1


def work(database_url: str, home: Path) -> None:
    """Tick until told to stop: a line `slot process` for each slot in the file `ticks` of the folder."""
    ticks = os.open(home / "ticks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tick(task: Task) -> str:
        os.write(ticks, f"{task.slot.isoformat()} {os.getpid()}\n".encode())
        return "ticked"

    logging.basicConfig(level=logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    settings = Settings.from_env({}, home=home, database_url=database_url)
    with closing(Annals.open(settings)) as annals:
        job = Job("tick", "ticks", TICK, timedelta(0), TICK, tick)
        worker = Worker(annals, Runs.open(settings), leadership_of(settings), [job], PACE_SECONDS)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        os.write(sys.stdout.fileno(), b"works\n")
        worker.run()


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
