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
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url

from service import create_app
from service.annals import Annals
from service.jobs.runs import appeared, job_runs
from service.settings import Settings
from tests.service.api.support import appointment, departure, post
from tests.service.cli.support import ROOT, start
from tests.service.cli.test_serve import free_port, greeting

TICKS = 200
LOOKS = (
    "/api/v1/feed", "/api/v1/feed?clock=recorded&order=recorded", "/api/v1/feed?person={person}", "/api/v1/events/{id}",
    "/api/v1/people/{person}", "/api/v1/people?q=hush", "/api/v1/organizations/openai/state", "/api/v1/log", "/", "/timeline.csv",
    "/organizations/openai", "/events/{id}", "/people/{person}", "/search?q=hush",
)  # fmt: skip
"""Where news is seen: an address by which it is asked for is unknown before its moment."""
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

    def seen_at(self, address: str, path: str) -> tuple[int, list[str]]:
        """The status there, and what of the secret stands in the answer, but for the part by which it was asked for."""
        asked = path.format(id=self.id, person=slug(self.person))
        status, text = answer_at(f"{address}{asked}")
        return status, [trace for trace in (self.person, slug(self.person), self.id) if trace in text and trace not in asked]


def slug(name: str) -> str:
    """The id that somebody of that name gets."""
    return name.lower().replace(" ", "-")


def answer_at(address: str) -> tuple[int, str]:
    """The status and text of an answer, whatever it is."""
    try:
        with urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


@contextmanager
def server(database_url: str, home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server without a worker of its own, which has yet to greet, and its address; killed in the end."""
    port = free_port()
    with start(home, "serve", "--no-all-in-one", "--port", str(port), "--database-url", database_url) as process:
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def settings_at(database_url: str, home: Path) -> Settings:
    """The settings of a log there."""
    return Settings.from_env({}, home=home, database_url=database_url)


def embargoed(client: FlaskClient, person: str, seconds: float) -> Secret:
    """Post an event that will be announced in so many seconds."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    event = post(client, appointment(person, announced=moment.isoformat()))
    in_time = datetime.fromisoformat(event["recorded_at"]) < moment
    return Secret(event["id"], person, moment, in_time)


def events_told(database_url: str, home: Path) -> list[str]:
    """The events of which it was noted that their embargo ended."""
    return [str(UUID(row.id)) for row in rows(database_url, home, appeared) if row.owner == "event"]


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
    with closing(Annals.open(settings_at(database_url, tmp_path))) as annals, ExitStack() as stack:
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
    with closing(Annals.open(settings_at(database_url, tmp_path))) as annals, server(database_url, tmp_path) as (serving, address):
        client = create_app(annals).test_client()
        post(client, departure())
        with worker(database_url, tmp_path) as process:
            works(process)
            greeting(serving)
            secrets = embargoed(client, "Ann Hush", 2.0), embargoed(client, "Bob Hush", 2.5)
            process.terminate()
            assert process.wait(30) == 0
        for secret in secrets:
            while datetime.now(UTC) < secret.moment:
                for path in LOOKS:
                    status, traces = secret.seen_at(address, path)
                    if datetime.now(UTC) < secret.moment:
                        assert (path, status, traces) == (path, 404 if "{" in path else 200, [])
                time.sleep(0.05)
            shown = {path: secret.seen_at(address, path) for path in LOOKS}
            assert {path: found for path, found in shown.items() if found[0] != 200 or not found[1]} == {}
        in_time = sorted(secret.id for secret in secrets if secret.in_time)
        with worker(database_url, tmp_path) as process:
            works(process)
            wait(lambda: sorted(events_told(database_url, tmp_path)) == in_time)
            process.terminate()
            assert process.wait(30) == 0

    told = [one for one in TOLD.findall((tmp_path / "told").read_text()) if one.startswith("event")]
    assert len(told) == len(set(told)) == len(in_time)
