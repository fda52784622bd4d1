"""How fast `annals import` takes events in, beside the event store's own batch save, and whether memory grows.

    .venv/bin/python -m benchmarks.import_rate --lines 100000 [FILE.ndjson.gz ...]

Reads events from the files given, again under other names where they are too few, or makes its own. Prints, from
one run on this machine: the rate and the peak memory of `annals import` for a quarter of the lines and for all of
them, the rate of the `eventsourcing` library saving as many bare entries in batches of 500, and the ratios. Rates are
given by the clock and by the processor's time, which says the same on a machine that has other work to do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from events.entries import aggregate_id
from events.event import EventRecorded
from service.ledger.application import Ledger
from service.settings import Settings

NAMED = ("person", "organization", "product")
BATCH = 500


@dataclass(frozen=True)
class Measured:
    """One run: lines taken in, seconds by the clock and of the processor, and the process's peak resident memory in MiB."""

    lines: int
    seconds: float
    busy: float
    peak: float

    def __str__(self) -> str:
        return f"{self.lines:>7} lines  {self.lines / self.seconds:>6.0f}/s by the clock  {self.rate:>6.0f}/s of the processor"

    @property
    def rate(self) -> float:
        """Lines for each second of the processor."""
        return self.lines / self.busy


def made(count: int) -> Iterator[dict[str, Any]]:
    """Appointments of different people in a hundred organizations."""
    for number in range(count):
        yield {
            "type": "appointment",
            "person": f"Person {number}",
            "organization": f"Company {number % 100}",
            "role": "CTO",
            "effective": f"20{number % 20:02d}-0{1 + number % 9}-1{number % 9}",
            "announced": "2024-01-01",
            "sources": [{"title": f"Report {number}", "publisher": "Wire"}],
        }


def given(files: Iterable[Path], turn: int) -> Iterator[dict[str, Any]]:
    """The events in the files; from the second turn on under other names and without their keys."""
    for path in files:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                if "type" in event:
                    event.pop("ref", None)
                    yield {name: f"{value} {turn}" if turn and name in NAMED else value for name, value in event.items()}


def lines_of(files: list[Path], count: int) -> Iterator[dict[str, Any]]:
    """That many events, however often the files must be read for them."""
    found, turn = 0, 0
    while found < count:
        for event in islice(given(files, turn) if files else made(count), count - found):
            found += 1
            yield event
        turn += 1


def run_import(source: Path, count: int, folder: Path) -> Measured:
    """`annals import` of the first `count` lines into an empty home, as a process of its own."""
    part = folder / f"{count}.ndjson"
    with source.open("rb") as lines, part.open("wb") as out:
        out.writelines(islice(lines, count))
    environment = {**os.environ, "ANNALS_HOME": str(folder / f"home-{count}")}
    before = time.perf_counter()
    command = [str(Path(sys.executable).with_name("annals")), "import", str(part)]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"annals import failed with status {os.waitstatus_to_exitcode(status)}")
    return Measured(count, time.perf_counter() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run_library(count: int, folder: Path) -> Measured:
    """The library's own `save()` of as many bare entries, 500 at a time, into an empty SQLite log."""
    ledger = Ledger.open(Settings.from_env({"ANNALS_HOME": str(folder / "library")}))
    stamp = datetime.now(UTC)
    before, worked = time.perf_counter(), time.process_time()
    for first in range(0, count, BATCH):
        ledger.save(*[
            EventRecorded(aggregate_id("bench", str(number)), 1, stamp, None, "appointment", {"person": str(number)}, "2024-01-01",
                          "2024-01-01", "reported", [{"title": "t"}], {}, [], None)
            for number in range(first, min(first + BATCH, count))
        ])  # fmt: skip
    seconds, busy = time.perf_counter() - before, time.process_time() - worked
    ledger.close()
    return Measured(count, seconds, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("files", nargs="*", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "all.ndjson"
        with source.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in lines_of(chosen.files, chosen.lines))
        quarter = run_import(source, chosen.lines // 4, folder)
        whole = run_import(source, chosen.lines, folder)
        library = run_library(chosen.lines, folder)
    for measured in (quarter, whole):
        print(f"annals import   {measured}  peak {measured.peak:.0f} MiB")
    print(f"library save()  {library}")
    print(f"import to library {whole.rate / library.rate:.3f}, all to a quarter {whole.rate / quarter.rate:.2f}", end="")
    print(f" in rate and {whole.peak / quarter.peak:.2f} in memory")


if __name__ == "__main__":
    main()
