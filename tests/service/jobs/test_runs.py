"""Runs of jobs: each slot is begun once, by whomever, and what became of it is remembered for a while."""

from __future__ import annotations

import threading
from contextlib import closing

from projections.instants import Ended
from service.jobs.runs import KEPT, Run, Runs
from service.settings import Settings


def test_a_slot_is_begun_once(runs: Runs, settings: Settings) -> None:
    """This is what keeps a job from being done twice while one worker takes over from another."""
    begun: list[bool] = []
    with closing(Runs.open(settings)) as other:
        threads = [threading.Thread(target=lambda at=at: begun.append(at.claim("audit", 7, 100))) for at in (runs, other) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(begun) == [False] * 7 + [True]
    assert runs.claim("audit", 8, 100) and runs.claim("backup", 7, 100)


def test_the_last_run_is_told_until_it_is_old(runs: Runs) -> None:
    """An operator asks what happened last night, and nobody what happened a year ago."""
    assert runs.last("audit") is None
    runs.claim("audit", 7, 100)
    assert runs.last("audit") == Run("audit", 7, 100, None, None, None)
    runs.finish("audit", 7, 200, "done", "equal")
    runs.claim("audit", 9, 300)
    runs.break_off(400)

    assert runs.last("audit") == Run("audit", 9, 300, 400, "broken off", "its worker ended")
    assert not runs.claim("audit", 7, 500)
    assert runs.claim("audit", 8 + KEPT, 500)
    assert runs.claim("audit", 7, 500)


def test_the_end_of_an_embargo_is_told_once(runs: Runs) -> None:
    """News that is announced twice is no news."""
    ended = [Ended("event", f"{number:032x}", number) for number in range(450)]

    assert runs.tell(ended[:3], 1000) == ended[:3]
    assert runs.tell([], 1000) == []
    assert runs.tell(ended, 1000) == ended[3:]
    assert runs.tell(ended, 2000) == []
