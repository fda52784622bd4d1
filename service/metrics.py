"""What monitors are told: counters of this server's requests and writes, and how the log, projections and jobs stand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from events.errors import Unavailable
from service.annals import Annals
from service.jobs.catalogue import jobs_of
from service.jobs.leader import is_led
from service.jobs.runs import Run, Runs
from service.jobs.worker import DUE
from service.observing import SHARED

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class Metrics:
    """The counters of one application. Safe for several threads, and where they share a folder for several processes."""

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self._requests = Counter("annals_requests", "Requests answered.", ("method", "route", "status"), registry=self._own)
        self._seconds = Histogram(
            "annals_request_seconds", "How long answers took.", ("method", "route"), buckets=SECONDS, registry=self._own
        )
        self._writes = Counter("annals_writes", "What became of what was sent to be recorded.", ("outcome",), registry=self._own)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the rule of its address, never by the address itself, of which there is no end."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def wrote(self, outcome: str) -> None:
        """Count what became of one event, entity or line."""
        self._writes.labels(outcome).inc()

    def exposition(self, annals: Annals) -> bytes:
        """Everything in Prometheus' text format: what all processes of this server counted, and how the log stands."""
        counted = self._own
        if SHARED in os.environ:
            counted = CollectorRegistry()
            collector: Any = MultiProcessCollector
            collector(counted)
        standing = CollectorRegistry(auto_describe=False)
        standing.register(Standing(annals))
        return bytes(generate_latest(counted) + generate_latest(standing))


class Standing(Collector):
    """How the log, the projections and the jobs stand when it is asked; where the database is away, only that."""

    def __init__(self, annals: Annals) -> None:
        self._annals = annals

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        try:
            found = list(self._found())
        except (Unavailable, SQLAlchemyError):
            found = []
        yield GaugeMetricFamily("annals_database_up", "Whether the log and the projections can be read.", value=bool(found))
        yield from found

    def _found(self) -> Iterator[GaugeMetricFamily]:
        reached = self._annals.progress()
        lag = self._annals.ledger.count_beyond(reached.position)
        yield GaugeMetricFamily("annals_projection_lag_entries", "Entries of the log that are not in the projections.", value=lag)
        yield GaugeMetricFamily(
            "annals_projection_halted", "Whether an entry stopped the projections.", value=reached.halted_at is not None
        )
        with self._annals.live().reading() as connection:
            led = is_led(self._annals.settings, connection)
        yield GaugeMetricFamily("annals_worker_leads", "Whether a worker leads the jobs.", value=led)
        with closing(Runs.open(self._annals.settings)) as runs:
            last = [run for name in (*(job.name for job in jobs_of(self._annals.settings)), DUE) if (run := runs.last(name))]
        yield from _jobs(last)


def outcomes_of(body: Mapping[str, Any]) -> Iterable[str]:
    """What became of each thing that a write's answer tells of."""
    return [body["outcome"]] if "outcome" in body else [item["outcome"] for item in body.get("items", ())]


def _jobs(last: Iterable[Run]) -> Iterator[GaugeMetricFamily]:
    started = GaugeMetricFamily("annals_job_started_timestamp_seconds", "When a job last began.", labels=("job",))
    outcome = GaugeMetricFamily("annals_job_outcome", "1 for how a job's last run ended.", labels=("job", "outcome"))
    for run in last:
        started.add_metric((run.job,), run.started_at / 1_000_000)
        outcome.add_metric((run.job, run.outcome or "running"), 1)
    yield from (started, outcome)
