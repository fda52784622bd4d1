"""What became of jobs: a small table beside the log, and not in it, since it is kept for a while only and proves nothing.

On SQLite it is the file `jobs.db` beside the log, on PostgreSQL two tables in the schema `public`. Losing it costs a job that is
done twice in its slot, or an embargo's end that is told twice, and no more. Instants are microseconds since 1970 (UTC).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateTable

from projections.instants import Ended
from service.settings import LOCK_SECONDS, Settings, sqlite_url

Outcome = Literal["done", "failed", "stopped", "broken off"]
KEPT = 90 * 24 * 3600 * 1_000_000
"""How long a run is remembered."""
_MAKING = 6_031_771
"""Key of the advisory lock under which one process at a time makes the tables."""
_AT_ONCE = 200

METADATA = MetaData()
job_runs = Table(
    "job_runs",
    METADATA,
    Column("job", String(40), primary_key=True),
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", String(20)),
    Column("result", Text),
)
appeared = Table(
    "appeared",
    METADATA,
    Column("owner", String(12), primary_key=True),
    Column("id", String(120), primary_key=True),
    Column("ends_at", BigInteger, primary_key=True, autoincrement=False),
    Column("told_at", BigInteger, nullable=False),
)
"""The ends of embargoes that were told, each once."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a job in its slot; without an end it is running, or its worker died."""

    job: str
    slot: int
    started_at: int
    ended_at: int | None
    outcome: Outcome | None
    result: str | None


class Runs:
    """The table of runs. Safe for several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert: Any = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
            for table in METADATA.tables.values():
                connection.execute(CreateTable(table, if_not_exists=True))

    @classmethod
    def open(cls, settings: Settings) -> Runs:
        """The table beside the settings' log, made where it is missing."""
        if settings.log_file is not None:
            settings.log_file.parent.mkdir(parents=True, exist_ok=True)
            file = sqlite_url(settings.log_file.with_name("jobs.db"))
            return cls(create_engine(file, connect_args={"timeout": LOCK_SECONDS}))
        url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
        return cls(create_engine(url, pool_pre_ping=True, pool_size=1, max_overflow=4))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def claim(self, job: str, slot: int, now: int) -> bool:
        """Begin a run of a job in a slot; False where it was begun before, by whomever. Forgets what is older than it need be."""
        begun = self._insert(job_runs).values(job=job, slot=slot, started_at=now).on_conflict_do_nothing().returning(job_runs.c.slot)
        with self._engine.begin() as connection:
            connection.execute(delete(job_runs).where(job_runs.c.job == job, job_runs.c.slot < slot - KEPT))
            return connection.scalar(begun) is not None

    def finish(self, job: str, slot: int, now: int, outcome: Outcome, result: str) -> None:
        """Note how a run ended."""
        own = update(job_runs).where(job_runs.c.job == job, job_runs.c.slot == slot)
        with self._engine.begin() as connection:
            connection.execute(own.values(ended_at=now, outcome=outcome, result=result))

    def break_off(self, now: int) -> None:
        """Note of every run without an end that it broke off: for a new leader, as nobody else runs anything."""
        with self._engine.begin() as connection:
            running = update(job_runs).where(job_runs.c.ended_at.is_(None))
            connection.execute(running.values(ended_at=now, outcome="broken off", result="its worker ended"))

    def last(self, job: str) -> Run | None:
        """The last run of a job; None where there is none."""
        query = select(*job_runs.c).where(job_runs.c.job == job).order_by(job_runs.c.slot.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Run(*row) if row is not None else None

    def tell(self, ended: Sequence[Ended], now: int) -> list[Ended]:
        """Note that embargoes ended; answers those that nobody has told before."""
        new: list[Ended] = []
        for start in range(0, len(ended), _AT_ONCE):
            new += self._tell(ended[start : start + _AT_ONCE], now)
        return new

    def _tell(self, ended: Iterable[Ended], now: int) -> list[Ended]:
        rows = [{"owner": one.owner, "id": one.id, "ends_at": one.ends_at, "told_at": now} for one in ended]
        key = (appeared.c.owner, appeared.c.id, appeared.c.ends_at)
        with self._engine.begin() as connection:
            told = connection.execute(self._insert(appeared).values(rows).on_conflict_do_nothing().returning(*key))
            return sorted((Ended(*row) for row in told), key=lambda one: (one.ends_at, one.owner, one.id))
