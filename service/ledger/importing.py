"""Imports: lines in, one outcome a line out, recorded batch by batch so that one which broke off goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from events.dates import quote
from events.errors import AnnalsError, Conflict, Invalid, Problem, Unavailable
from events.submission import BatchImported, submission_id
from service.errors import problem
from service.ledger.application import Ledger
from service.ledger.lines import Json, Line, read_line
from service.ledger.recording import likely_id
from service.ledger.submissions import check_key, reused
from service.ledger.unit import Unit, run
from service.settings import BATCH_BYTES, BATCH_LINES, MOST_ATOMIC_LINES

Numbered = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """The outcomes of some lines, in order, and the position of the last entry that they made.

    An outcome is `{"line", "id", "outcome"}`, with `registered` entities or, where the outcome is `error`, a
    `problem`. `repeated` if the batch had been recorded by an earlier import under the same key.
    """

    outcomes: Sequence[Json]
    position: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """Who imports, under which `Idempotency-Key` if any, and how."""

    caller: str | None
    key: str | None
    strict: bool
    atomic: bool
    dry_run: bool

    @property
    def submission(self) -> UUID:
        """The id of the aggregate that keeps its batches."""
        return submission_id(self.caller, self.key or "")


def import_lines(
    ledger: Ledger,
    lines: Iterable[Numbered],
    *,
    now: Callable[[], datetime],
    caller: str | None = None,
    key: str | None = None,
    strict: bool = False,
    atomic: bool = False,
    dry_run: bool = False,
    batch_size: int = BATCH_LINES,
) -> Iterator[Batch]:
    """Record numbered lines (from 1, as bytes) in batches, each in one transaction; blank ones count but have no outcome.

    A bad line is reported and does not stop the rest; `atomic` records all or none, `dry_run` nothing. With a `key`,
    batches that are recorded already are answered and not repeated; a dry run has none. Raises `Invalid` for a bad key or
    one of other content, for an atomic import with a bad line, and for more than 10,000 lines that are atomic or dry.
    """
    task = Import(caller, None if key is None or dry_run else check_key(key), strict, atomic, dry_run)
    stream = iter(lines)
    recorded = task.key is not None
    for index in count():
        known = _recorded_batch(ledger, task, index) if recorded else None
        recorded = known is not None
        if known is not None:
            yield _repeated(ledger, task, known, list(_through(stream, known.last)))
        elif taken := _take_all(stream) if atomic or dry_run else list(_take(stream, batch_size)):
            yield _record(ledger, task, index, taken, now)
        else:
            return


def _recorded_batch(ledger: Ledger, task: Import, index: int) -> BatchImported | None:
    for entry in ledger.entries_of(task.submission, after=index, limit=1):
        if not isinstance(entry, BatchImported):
            raise reused(str(task.key))
        return entry
    return None


def _through(stream: Iterator[Numbered], last: int) -> Iterator[Numbered]:
    for number, content in stream:
        yield number, content
        if number >= last:
            return


def _take(stream: Iterator[Numbered], most: int) -> Iterator[Numbered]:
    size = 0
    for taken, (number, content) in enumerate(stream, 1):
        yield number, content
        size += len(content)
        if taken >= most or size >= BATCH_BYTES:
            return


def _take_all(stream: Iterator[Numbered]) -> list[Numbered]:
    taken = list(zip(range(MOST_ATOMIC_LINES + 1), stream, strict=False))
    if len(taken) > MOST_ATOMIC_LINES:
        message = f"an atomic import or a dry run has at most {MOST_ATOMIC_LINES} lines, and there are more"
        raise Invalid.of("", None, message, "fewer lines, or an import that is neither")
    return [line for _, line in taken]


def _repeated(ledger: Ledger, task: Import, known: BatchImported, taken: Sequence[Numbered]) -> Batch:
    if not taken or (taken[0][0], taken[-1][0], _digest(taken)) != (known.first, known.last, known.digest):
        raise reused(str(task.key))
    return Batch(known.outcomes, ledger.position_of(task.submission, known.originator_version), repeated=True)


def _record(ledger: Ledger, task: Import, index: int, taken: Sequence[Numbered], now: Callable[[], datetime]) -> Batch:
    lines = [read_line(number, content, caller=task.caller, strict=task.strict) for number, content in taken if content.strip()]

    def command(unit: Unit) -> Sequence[Json] | BatchImported:
        if task.key is not None and (other := _recorded_batch(ledger, task, index)):
            return other
        outcomes = _outcomes(unit, lines, task)
        if task.key is not None:
            head = (task.submission, index + 1, unit.stamp.timestamp, unit.stamp.actor)
            unit.put(BatchImported(*head, taken[0][0], taken[-1][0], _digest(taken), outcomes))
        return outcomes

    done, position = run(ledger, command, now=now, actor=task.caller, dry_run=task.dry_run)
    if not isinstance(done, BatchImported):
        return Batch(done, position)
    if done.last != taken[-1][0]:
        message = f"another import under the key {quote(task.key)} is running, in batches of another size"
        raise Conflict.of("Idempotency-Key", task.key, message, "the same key again when that one has ended")
    return _repeated(ledger, task, done, taken)


def _outcomes(unit: Unit, lines: Sequence[Line], task: Import) -> list[Json]:
    _prefetch(unit, lines)
    outcomes: list[Json] = []
    problems: list[Problem] = []
    for line in lines:
        try:
            with unit.savepoint():
                outcomes.append({"line": line.number, **line.act(unit)})
        except Unavailable:  # no line's fault: the batch is not recorded, and comes again
            raise
        except AnnalsError as error:
            outcomes.append({"line": line.number, "id": None, "outcome": "error", "problem": _kept_problem(error)})
            problems += (found.within(f"lines.{line.number}") for found in error.problems)
    if task.atomic and problems:
        raise Invalid(tuple(problems))
    return outcomes


def _prefetch(unit: Unit, lines: Sequence[Line]) -> None:
    """Read at once what the lines will ask for."""
    unit.prefetch(read for line in lines for read in line.reads)
    likely = (likely_id(unit, line.post) for line in lines if line.post is not None)
    unit.prefetch(event_id for event_id in likely if event_id is not None)


def _kept_problem(error: AnnalsError) -> Json:
    """The problem as the log can keep it: what was sent is quoted, since it may be an object that the log would read as its own."""
    details = problem(error)
    details["errors"] = [{**single, "value": _kept_value(single["value"])} for single in details["errors"]]
    return details


def _kept_value(value: Any) -> Any:
    return quote(value) if isinstance(value, (dict, list)) else value


def _digest(taken: Sequence[Numbered]) -> str:
    return hashlib.sha256(b"\n".join(content.rstrip(b"\r\n") for _, content in taken)).hexdigest()
