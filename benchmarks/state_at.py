"""How long a past state of one organization takes, and whether that grows with what else is in the store.

    .venv/bin/python -m benchmarks.state_at [--sizes 10000 100000 1000000] [--rounds 40] [--folder FOLDER]

Fills one SQLite store with 2,000 events of one organization and then with others' events up to each size, keeps a copy
at each size, and asks all copies in turn, so that other work on the machine falls on all alike: for the current state, and
for the state known at the end of 2016 on the public and on the recorded clock, and at the end of 2007, when of many merges
neither side was known yet, on the public clock; from the projections and through the API.
Prints medians in milliseconds, by the clock and of the processor, and each one's ratio to the smallest store's.
"""

from __future__ import annotations

import argparse
import gc
import resource
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

import orjson

from benchmarks.careers import EVENTS, OBSERVED, observed, others
from events.entries import Entry
from projections.projector import catch_up
from projections.standing import organization_state
from service import create_app
from service.annals import Annals
from service.reading import read_parameters
from service.settings import Settings

APPENDED = 5_000
"""How many entries are appended in one transaction."""
PROJECTED = 20_000
"""How many entries are projected in one transaction."""
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "current": {},
    "public": {"known_at": "2016-12-31"},
    "public, early": {"known_at": "2007-12-31"},
    "recorded": {"known_at": "2016-12-31", "clock": "recorded"},
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Ask = Callable[[], object]


@dataclass(frozen=True)
class Took:
    """Seconds of one answer, or the medians of several: by the clock and of the processor."""

    clock: float
    busy: float


def annals_at(home: Path) -> Annals:
    """The log and projections in a folder."""
    return Annals.open(Settings.from_env({"ANNALS_HOME": str(home)}), now=lambda: NOW)


def fill(annals: Annals, entries: Iterable[Entry]) -> None:
    """Append the entries and project them, in batches, so that memory does not grow with their number."""
    waiting = iter(entries)
    while pending := list(islice(waiting, PROJECTED)):
        for first in range(0, len(pending), APPENDED):
            annals.ledger.append(pending[first : first + APPENDED])
        reached = catch_up(annals.live(), annals.ledger, batch=PROJECTED)
        if reached.halted_by is not None:
            raise SystemExit(f"the projections stopped: {reached.halted_by}")


def filled(folder: Path, sizes: Sequence[int]) -> Iterator[tuple[int, Path]]:
    """A store of each number of events, the smaller ones as they were on the way to the greatest."""
    growing, reached = folder / "growing", 0
    for size in sizes:
        began = time.perf_counter()
        with closing(annals_at(growing)) as annals:
            if not reached:
                fill(annals, observed())
            fill(annals, others(reached // EVENTS, size // EVENTS))
        reached = size
        home = growing
        if size != sizes[-1]:
            home = folder / str(size)
            shutil.copytree(growing, home)
        size_on_disk = sum(path.stat().st_size for path in home.iterdir()) / 2**20
        print(f"filled to {size} events in {time.perf_counter() - began:.0f} s, {size_on_disk:.0f} MiB", flush=True)
        yield size, home


def questions(annals: Annals) -> dict[str, Ask]:
    """What is asked of a store, from the projections and through the API."""
    client = create_app(annals).test_client()
    path = f"/api/v1/organizations/{OBSERVED}/state"

    def stored(parameters: Mapping[str, str]) -> object:
        with annals.live().reading() as connection:
            return organization_state(connection, OBSERVED, read_parameters(parameters, annals.now()))

    def served(parameters: Mapping[str, str]) -> object:
        answer = client.get(path, query_string=parameters)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status}: {answer.text}")
        return answer.data

    ways: dict[str, Callable[[Mapping[str, str]], object]] = {"projections": stored, "API": served}
    return {f"{way}, {name}": partial(ask, given) for way, ask in ways.items() for name, given in QUESTIONS.items()}


def timed(ask: Ask) -> Took:
    """How long one answer takes."""
    gc.collect()  # what the questions before have left behind is not this one's to clear up
    before, worked = time.perf_counter(), time.process_time()
    ask()
    return Took(time.perf_counter() - before, time.process_time() - worked)


def measured(stores: Mapping[int, Mapping[str, Ask]], rounds: int) -> dict[str, dict[int, Took]]:
    """The medians of each question to each store. All are asked in turn in each round, with a different one first."""
    took: dict[tuple[str, int], list[Took]] = defaultdict(list)
    turns = [(name, size) for name in next(iter(stores.values())) for size in stores]
    for round_ in range(rounds):
        start = round_ % len(turns)
        for name, size in (*turns[start:], *turns[:start]):
            took[name, size].append(timed(stores[size][name]))
    medians: dict[str, dict[int, Took]] = defaultdict(dict)
    for name, size in turns:
        found = took[name, size]
        medians[name][size] = Took(median(one.clock for one in found), median(one.busy for one in found))
    return medians


def check(stores: Mapping[int, Mapping[str, Ask]]) -> None:
    """Ask everything once: all stores must answer alike, since they hold the same of the organization."""
    first, *more = stores.values()
    for name, ask in first.items():
        expected = _told(ask())
        if any(_told(other[name]()) != expected for other in more):
            raise SystemExit(f"the stores differ in their answers to: {name}")


def _told(answer: object) -> object:
    """An answer without its position, which the events of others move."""
    return {**orjson.loads(answer), "position": None} if isinstance(answer, bytes) else answer


def show(medians: Mapping[str, Mapping[int, Took]]) -> None:
    """Print a line for each question and store."""
    print(f"{'question':<26} {'events':>9}  {'ms by the clock':>15} {'ratio':>6}  {'ms of the processor':>19} {'ratio':>6}")
    for name, by_size in medians.items():
        base = next(iter(by_size.values()))
        for size, took in by_size.items():
            clock = f"{took.clock * 1000:>15.1f} {took.clock / base.clock:>6.2f}"
            print(f"{name:<26} {size:>9}  {clock}  {took.busy * 1000:>19.1f} {took.busy / base.busy:>6.2f}")


def main() -> None:
    """Fill, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where the stores are made, and then taken away again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name, ExitStack() as opened:
        homes = dict(filled(Path(name), sorted(chosen.sizes)))
        stores = {size: questions(opened.enter_context(closing(annals_at(home)))) for size, home in homes.items()}
        check(stores)
        show(measured(stores, chosen.rounds))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
