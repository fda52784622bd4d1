"""The application as one object: the log, the projections and the rule that a read sees every write that returned.

The API, the pages and the command line use nothing below it to write, and its snapshots to read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy import exc as sa

from events.errors import AnnalsError, Unavailable
from projections.audit import ensure
from projections.projector import OnProgress, Progress, catch_up, progress
from projections.stores import Store, Stores
from service.ledger.application import Ledger
from service.ledger.keys import Keyring
from service.ledger.submissions import Answer, Submission, Submitted, submit
from service.ledger.unit import Unit, run
from service.seldom import seldom_logger
from service.settings import Settings

T = TypeVar("T")
LOG = seldom_logger(__name__)
WAIT_SECONDS = 5.0
"""How long a read waits for a position that it was asked to include."""
RETRY_SECONDS = 5.0
"""How long reads go on without trying again an entry that stopped the projections."""


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """What a command returned and the position of its last entry in the log."""

    result: T
    position: int


class Annals:
    """An open log with its projections.

    `now` gives the instant for new entries and for reads that name none. Safe for use by several threads; several
    processes may open the same log.
    """

    def __init__(self, settings: Settings, ledger: Ledger, stores: Stores, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.ledger = ledger
        self.stores = stores
        self.now = now
        self.keyring = Keyring(ledger)
        self._projecting = threading.Lock()
        self._retry_at = 0.0

    @classmethod
    def open(cls, settings: Settings, *, now: Callable[[], datetime] = utc_now, on_progress: OnProgress | None = None) -> Annals:
        """Open the log, and make, rebuild or catch up the projections as needed."""
        ledger = Ledger.open(settings)
        stores = Stores.open(settings.database_url, settings.log_file.parent if settings.log_file else settings.home)
        ensure(stores, ledger, on_progress=on_progress)
        found = cls(settings, ledger, stores, now)
        found.project(on_progress=on_progress)
        return found

    def close(self) -> None:
        """Close every connection."""
        self.ledger.close()
        self.stores.close()

    def write(self, command: Callable[[Unit], T], *, actor: str | None = None, dry_run: bool = False) -> Written[T]:
        """Run a command, save what it made in one transaction, and bring the projections up to it."""
        result, position = run(self.ledger, command, now=self.now, actor=actor, dry_run=dry_run)
        self.follow()
        return Written(result, position)

    def submit(self, submission: Submission | None, act: Callable[[Unit], Answer], *, actor: str | None = None) -> Submitted:
        """Answer a request once, however often it is sent, and bring the projections up to what it recorded."""
        submitted = submit(self.ledger, submission, act, now=self.now, actor=actor)
        self.follow()
        return submitted

    def follow(self) -> None:
        """Bring the projections up to what was just recorded, which stands whether or not they can be reached now.

        Where they cannot, the next read or another process brings them up: a write that is stored is never answered as failed.
        """
        try:
            self.project()
        except Unavailable as error:
            LOG.warning("the projections follow later: %s", error)

    def project(self, on_progress: OnProgress | None = None) -> Progress:
        """Bring the live projections up to the log; where an entry cannot be applied, they stay before it."""
        with self._projecting, _reached():
            reached = catch_up(self.live(), self.ledger, on_progress=on_progress)
        if reached.halted_at is not None:
            self._retry_at = time.monotonic() + RETRY_SECONDS
        return reached

    def live(self) -> Store:
        """The store that reads use now."""
        with _reached():
            store = self.stores.live()
        if store is None:
            raise Unavailable.of("", None, "the projections are not built yet", "try again in a moment")
        return store

    def progress(self) -> Progress:
        """How far the live projections have come."""
        with _reached(), self.live().reading() as connection:
            return progress(connection)

    @contextmanager
    def reading(self, min_position: int | None = None) -> Iterator[Connection]:
        """A consistent snapshot of the projections that holds every write that returned before.

        `min_position` waits until the log's entries up to there are in it. Raises `Unavailable` where they do not
        come in time or the projections have stopped before them, and where the database is away.
        """
        self._catch_up(min_position)
        with _reached(), self.live().reading() as connection:
            yield connection

    def _catch_up(self, min_position: int | None) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            reached = self.progress()
            if reached.position < self.ledger.last_position() and time.monotonic() >= self._retry_at:
                reached = self.project()
            if min_position is None or reached.position >= min_position:
                return
            if reached.halted_at is not None or time.monotonic() >= deadline:
                raise _not_reached(min_position, reached)
            time.sleep(0.02)

    def status(self) -> dict[str, Any]:
        """The log's position and the projections' state, for people and probes."""
        reached, last = self.progress(), self.ledger.last_position()
        halted = {"position": reached.halted_at, "error": reached.halted_by} if reached.halted_at is not None else None
        return {
            "ready": halted is None and reached.position >= last,
            "log_position": last,
            "position": reached.position,
            "entries": reached.entries,
            "digest": reached.digest,
            "projection_version": reached.version,
            "store": self.live().number,
            "halted": halted,
        }


@contextmanager
def _reached() -> Iterator[None]:
    """Say of projections that cannot be read that they are away, as whoever waits a little may find them back."""
    try:
        yield
    except (sa.OperationalError, sa.InterfaceError, sa.TimeoutError) as error:
        LOG.warning("the projections cannot be reached: %s", error)
        raise Unavailable.of("", None, "the projections cannot be reached now", "try again in a moment") from error


def _not_reached(position: int, reached: Progress) -> AnnalsError:
    message = f"position {position} is not in the projections, which have reached {reached.position}"
    return Unavailable.of("Annals-Min-Position", position, message, "a position that a write answered", position=reached.position)
