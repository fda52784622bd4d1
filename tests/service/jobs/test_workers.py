"""Workers as processes: one leads, another takes over when it is killed, and nothing is done or told twice."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url

from service import create_app
from service.annals import Annals
from service.jobs.runs import appeared, job_runs
from service.settings import Settings
from tests.service.api.support import API, appointment, post
from tests.service.cli.support import ROOT

TICKS = 200
READS = ("/people/{}", "/feed", "/feed?person={}&clock=recorded")
TOLD = re.compile(r"the embargo on (\S+ \S+) ended at")


@contextmanager
def worker(database_url: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker that ticks; killed in the end if it still runs."""
    command = [sys.executable, "-m", "tests.service.jobs.ticking", database_url, str(home)]
    with (home / "told").open("a") as told, subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=told
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def works(process: subprocess.Popen[str]) -> None:
    """Wait until a worker has opened the log."""
    assert process.stdout
    assert process.stdout.readline() == "works\n"


def ticks(home: Path) -> list[list[str]]:
    """The slots that were served, with the process that did."""
    file = home / "ticks"
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def wait(condition: Callable[[], Any]) -> None:
    """Wait for what another process brings about."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


@dataclass(frozen=True)
class Secret:
    """An event that will be announced: its id, who it is about, and when; on a slow machine it may have been recorded after that."""

    id: str
    person: str
    moment: datetime
    in_time: bool


def embargoed(client: FlaskClient, person: str, seconds: float) -> Secret:
    """Post an event that will be announced in so many seconds."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    event = post(client, appointment(person, announced=moment.isoformat()))
    in_time = datetime.fromisoformat(event["recorded_at"]) < moment
    return Secret(event["id"].replace("-", ""), person.lower().replace(" ", "-"), moment, in_time)


def events_told(database_url: str, home: Path) -> list[str]:
    """The events of which it was noted that their embargo ended."""
    return [row.id for row in rows(database_url, home, appeared) if row.owner == "event"]


def rows(database_url: str, home: Path, table: Any) -> list[Any]:
    """The rows of a table beside the log."""
    url = make_url(database_url)
    beside = f"sqlite:///{home / 'jobs.db'}" if url.drivername == "sqlite" else url.set(drivername="postgresql+psycopg")
    engine = create_engine(beside)
    with engine.connect() as connection:
        found = list(connection.execute(select(table)))
    engine.dispose()
    return found


def test_when_the_leader_is_killed_nothing_is_done_or_told_twice(database_url: str, tmp_path: Path) -> None:
    """Machines die at any moment: the night's backup must be made, and the news told, once and not twice, by whoever is left."""
    with closing(Annals.open(Settings.from_env({}, home=tmp_path, database_url=database_url))) as annals, ExitStack() as stack:
        client = create_app(annals).test_client()
        workers = [stack.enter_context(worker(database_url, tmp_path)) for _ in range(2)]
        for process in workers:
            works(process)
        posted = [embargoed(client, f"Person {number}", 1.5 + 0.5 * number) for number in range(8)]
        secrets = sorted(secret.id for secret in posted if secret.in_time)
        wait(lambda: len(ticks(tmp_path)) > TICKS // 3)
        leader = int(ticks(tmp_path)[-1][1])
        (first,) = [process for process in workers if process.pid == leader]
        first.kill()
        first.wait()
        wait(lambda: len(ticks(tmp_path)) >= TICKS and len(events_told(database_url, tmp_path)) >= len(secrets))
        other = next(process for process in workers if process is not first)
        other.terminate()
        assert other.wait(30) == 0

    served = ticks(tmp_path)
    assert {int(process) for _, process in served} == {process.pid for process in workers}
    assert Counter(slot for slot, _ in served).most_common(1)[0][1] == 1
    assert [row for row in rows(database_url, tmp_path, job_runs) if row.ended_at is None] == []
    told = Counter(TOLD.findall((tmp_path / "told").read_text()))
    assert set(told.values()) == {1}
    assert len([one for one in told if one.startswith("event")]) >= len(secrets) - 1  # a leader may die between noting and telling
    assert sorted(events_told(database_url, tmp_path)) == secrets


def test_an_embargo_ends_at_its_moment_whether_or_not_anybody_works_then(database_url: str, tmp_path: Path) -> None:
    """News that shows early breaks a promise, and news that stays hidden because a machine restarts is late."""
    with closing(Annals.open(Settings.from_env({}, home=tmp_path, database_url=database_url))) as annals:
        client = create_app(annals).test_client()
        with worker(database_url, tmp_path) as process:
            works(process)
            secrets = embargoed(client, "Ann", 2.5), embargoed(client, "Bob", 3.0)
            process.terminate()
            assert process.wait(30) == 0
        for secret in secrets:
            while datetime.now(UTC) < secret.moment:
                hidden = [client.get(API + path.format(secret.person)) for path in READS]
                if datetime.now(UTC) < secret.moment:
                    assert [found.status_code for found in hidden] == [404, 200, 404]
                    assert f'"{secret.person}"' not in hidden[1].get_data(as_text=True)
                time.sleep(0.05)
            shown = [client.get(API + path.format(secret.person)) for path in READS]
            assert [found.status_code for found in shown] == [200, 200, 200]
            assert f'"{secret.person}"' in shown[1].get_data(as_text=True)
        in_time = sorted(secret.id for secret in secrets if secret.in_time)
        with worker(database_url, tmp_path) as process:
            works(process)
            wait(lambda: sorted(events_told(database_url, tmp_path)) == in_time)
            process.terminate()
            assert process.wait(30) == 0

    told = [one for one in TOLD.findall((tmp_path / "told").read_text()) if one.startswith("event")]
    assert len(told) == len(set(told)) == len(in_time)
