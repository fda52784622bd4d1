"""PostgreSQL crashes and comes back, and projections are rebuilt, under three processes, two workers, steady writes and reads."""

from __future__ import annotations

import http.client
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.event import EventRecorded
from projections.audit import rebuild, verify
from service.annals import Annals
from service.formats.export import entries
from service.jobs.leader import is_led
from service.settings import Settings
from tests.service.cli.support import start
from tests.service.cli.test_serve import free_port, greeting
from tests.support.examples import NIGHTLY
from tests.support.postgres import Server

RESTARTS = 10 if NIGHTLY else 1
RECOVERY_SECONDS = 10.0
WRITERS = 2


@dataclass
class Load:
    """Clients that write and read without a pause, and what they were answered."""

    port: int
    ended: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    stored_and_refused: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    written: int = 0
    read: int = 0
    behind: int = 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        """What the server answers: status, headers and JSON; status 0 where it does not answer."""
        with (
            closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection,
            suppress(OSError, http.client.HTTPException),
        ):
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), json.loads(response.read())
        return 0, {}, None

    def write(self, writer: int) -> None:
        """Post one event after the other, each until it is accepted, always under its own key."""
        number = 0
        while not self.ended.is_set():
            key, number, refused = f"{writer}-{number}", number + 1, False
            event = {"type": "statement", "speaker": f"Person {number % 7}", "gist": key, "effective": "2024-01-01",
                     "announced": "2024-01-01", "sources": [{"title": "Memo"}]}  # fmt: skip
            while key not in self.acknowledged:
                status, headers, answer = self.ask("POST", "/api/v1/events", event, **{"Idempotency-Key": key})
                self.statuses.add(status)
                if status == 201:
                    self.acknowledged[key] = answer["id"], answer["position"]
                    if refused and "Idempotent-Replayed" in headers:
                        self.stored_and_refused.append(key)
                    self.written += 1
                    continue
                refused = True
                time.sleep(0.05)

    def look(self) -> None:
        """Read the feed again and again, each time with all that was acknowledged by then, from whichever process answers."""
        while not self.ended.is_set():
            wanted = max((position for _, position in list(self.acknowledged.values())), default=0)
            status, _, answer = self.ask("GET", "/api/v1/feed?limit=1", **{"Annals-Min-Position": str(wanted)})
            self.statuses.add(status)
            if status == 200:
                self.read += 1
                self.behind += answer["position"] < wanted
            time.sleep(0.01 if status == 200 else 0.05)


@contextmanager
def running(home: Path, url: str, port: int) -> Iterator[None]:
    """A server with three processes and two workers, stopped in the end, each with success."""
    with ExitStack() as stack:
        where = ("--database-url", url)
        server = stack.enter_context(start(home, "serve", "--port", str(port), "--processes", "3", *where))
        greeting(server)
        processes = [server, *(stack.enter_context(start(home, "worker", *where)) for _ in range(2))]
        for worker in processes[1:]:
            greeting(worker)
        try:
            yield
            for process in processes:
                process.send_signal(signal.SIGTERM)
            assert [(process.communicate(timeout=60), process.returncode)[1] for process in processes] == [0, 0, 0]
        finally:
            for process in processes:
                process.kill()


def test_no_crash_of_the_database_loses_or_doubles_a_write(own_postgres: Server, tmp_path: Path) -> None:
    """A database is patched, fails over and runs out of memory: whoever was answered may rely on it, and nobody has to restart us."""
    load, recoveries, settings = Load(free_port()), [], Settings.from_env({}, home=tmp_path, database_url=own_postgres.url)
    with running(tmp_path, own_postgres.url, load.port):
        threads = [threading.Thread(target=load.write, args=(writer,)) for writer in range(WRITERS)]
        threads.append(threading.Thread(target=load.look))
        for thread in threads:
            thread.start()
        try:
            moved_on(load)
            with closing(Annals.open(settings)) as annals:
                assert rebuild(annals.stores, annals.ledger).live > 1
            moved_on(load)
            assert load.statuses == {200, 201}
            for _ in range(RESTARTS):
                moved_on(load)
                own_postgres.restart()
                recoveries.append(moved_on(load))
        finally:
            load.ended.set()
            for thread in threads:
                thread.join()
        with closing(Annals.open(settings)) as annals, annals.live().reading() as connection:
            assert until(lambda: is_led(settings, connection)) < RECOVERY_SECONDS

    assert max(recoveries) < RECOVERY_SECONDS, recoveries
    assert load.statuses <= {200, 201, 503}
    assert (load.stored_and_refused, load.behind) == ([], 0)
    with closing(Annals.open(settings)) as annals:
        recorded = [str(entry.originator_id) for entry in entries(annals.ledger) if isinstance(entry, EventRecorded)]
        positions = {found.id for found in annals.ledger.notifications(0, 1_000_000)}
        assert sorted(recorded) == sorted(event for event, _ in load.acknowledged.values())
        assert {position for _, position in load.acknowledged.values()} <= positions
        assert verify(annals.stores, annals.ledger).equal


def moved_on(load: Load) -> float:
    """Wait until further writes and reads have been answered; how long that took, in seconds."""
    written, read = load.written, load.read
    return until(lambda: load.written > written + 5 and load.read > read + 5)


def until(condition: Any) -> float:
    """Wait for something; how long that took, in seconds."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() < begun + 60, "it never came"
        time.sleep(0.02)
    return time.monotonic() - begun
