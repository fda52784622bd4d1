"""Files in and out: `annals import` and `annals export`."""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson

from events.errors import Invalid, Problem
from events.refs import PLURAL
from service.annals import Annals
from service.cli.options import Steps, bar, opened, settings_of, store_options, warn_if_stopped
from service.cli.outcomes import SomeFailed, WrongUsage, told
from service.errors import sentences
from service.formats.export import exported
from service.formats.files import opened as opened_file
from service.formats.intake import FORMATS, Format, Intake, format_of, intake
from service.ledger.importing import Batch, import_lines
from service.settings import BATCH_LINES

INTERRUPTED = 130
"""The exit code of what was stopped with Ctrl-C, as shells have it."""
MOST_NAMED = 12
WORDS = {"error": "failed", "source_added": "source added", "source_removed": "source removed", "status_changed": "status changed"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How to import."""

    strict: bool = False
    atomic: bool = False
    dry_run: bool = False
    again: bool = False
    batch_size: int = BATCH_LINES


@dataclass(slots=True)
class Tally:
    """What became of the lines so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    registered: list[dict[str, str]] = field(default_factory=list)
    repeated: int = 0
    line: int = 0
    position: int = 0
    stopped: bool = False

    def add(self, batch: Batch) -> None:
        """Count one more batch in."""
        for outcome in batch.outcomes:
            self.outcomes[outcome["outcome"]] += 1
            self.registered += outcome.get("registered", ()) if not batch.repeated else ()
            self.line = outcome["line"]
        self.repeated += len(batch.outcomes) * batch.repeated
        self.position = batch.position


@click.command("import")
@click.argument("file")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What the file holds. [default: by its name; JSON lines for -]")
@click.option("--encoding", metavar="NAME", help="Its encoding, such as cp932 for Shift_JIS. [default: utf-8]")
@click.option("--strict", is_flag=True, help="Refuse lines with names that are not known yet.")
@click.option("--atomic", is_flag=True, help="Record all lines or none; up to 10,000.")
@click.option("--dry-run", is_flag=True, help="Record nothing and show what would become of each line; up to 10,000.")
@click.option("--again", is_flag=True, help="Read all lines anew, also those that an earlier run of this file has recorded.")
@click.option("--batch-size", type=click.IntRange(1, 10_000), default=BATCH_LINES, show_default=True, help="Lines in one transaction.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each line, as the API answers it.")
@store_options
def import_command(
    file: str, format_: Format | None, encoding: str | None, as_json: bool, home: str | None, database_url: str | None, **manner: Any
) -> None:
    """Record events from FILE: JSON lines, or CSV with a header of field names; packed with gzip or not; - is standard input.

    A line that cannot be recorded is reported with its number and does not stop the rest. The same file imported
    again goes on where it stopped, and records nothing twice.
    """
    with told(), reading_file(file), opened_file(file) as raw, stoppable() as stopping:
        taken = intake(raw, format_ or format_of(file), encoding)
        with opened(settings_of(home=home, database_url=database_url)) as annals:
            began = time.monotonic()
            tally = imported(annals, taken, Manner(**manner), stopping=stopping, as_json=as_json)
            click.echo(told_tally(tally, time.monotonic() - began, dry_run=manner["dry_run"]), err=as_json)
    if tally.stopped:
        click.echo(f"Stopped after line {tally.line}. The same command goes on from there.", err=True)
        sys.exit(INTERRUPTED)
    if tally.outcomes["error"]:
        sys.exit(SomeFailed.exit_code)


@click.command("export")
@click.option("--output", type=click.File("wb", lazy=False), default="-", metavar="FILE", help="Where to write. [default: standard output]")
@store_options
def export_command(output: BinaryIO, home: str | None, database_url: str | None) -> None:
    """Write entities, events and all that was said about them as JSON lines, in the order of the log.

    Imported into an empty log they give the same state on every day of the public clock. When and by whom each was
    recorded here is not in them.
    """
    with opened(settings_of(home=home, database_url=database_url)) as annals:
        output.writelines(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in exported(annals.ledger))


def load(annals: Annals, path: Path) -> Tally:
    """Import a file that must be free of errors; raises `Failure` otherwise."""
    with reading_file(str(path)), opened_file(str(path)) as raw:
        tally = imported(annals, intake(raw, format_of(path.name), None), Manner())
    if tally.outcomes["error"]:
        raise SomeFailed(f"{path} could not be loaded whole")
    return tally


def imported(annals: Annals, taken: Intake, manner: Manner, *, stopping: Callable[[], bool] = bool, as_json: bool = False) -> Tally:
    """Import the lines, report each that fails on stderr, and bring the projections up to them."""
    tally = Tally(position=annals.ledger.last_position())
    with bar("Importing", taken.found.lines) as steps:
        for batch in recorded(annals, taken, manner):
            tally.add(batch)
            report(batch, steps, as_json=as_json)
            if stopping():
                tally.stopped = tally.line < taken.found.lines
                break
    with bar("Projecting", tally.position) as steps:
        warn_if_stopped(annals.project(on_progress=lambda reached: steps.to(reached.position)))
    return tally


def recorded(annals: Annals, taken: Intake, manner: Manner) -> Iterator[Batch]:
    """The outcomes of the lines, batch by batch; raises `SomeFailed` for an atomic import with a line that fails."""
    keyed = not (manner.again or manner.dry_run)
    words = [word for word, chosen in (("strict", manner.strict), ("atomic", manner.atomic)) if chosen]
    try:
        yield from import_lines(
            annals.ledger, taken.lines(), now=annals.now, key=taken.key(*words) if keyed else None,
            strict=manner.strict, atomic=manner.atomic, dry_run=manner.dry_run, batch_size=manner.batch_size,
        )  # fmt: skip
    except Invalid as error:
        if not error.problems[0].field.startswith("lines."):
            raise
        raise SomeFailed("nothing was recorded, since these lines cannot be:", *map(_line_of, error.problems)) from None


def _line_of(problem: Problem) -> str:
    number, _, path = problem.field.removeprefix("lines.").partition(".")
    return f"line {number}: {_words([replace(problem, field=path)])}"


def report(batch: Batch, steps: Steps, *, as_json: bool) -> None:
    """Print what became of a batch: every line as JSON, or those that failed in words."""
    for outcome in batch.outcomes:
        if outcome["outcome"] == "error":
            steps.say(f"line {outcome['line']}: {reason(outcome['problem'])}")
    if as_json:
        click.echo(b"".join(orjson.dumps(outcome, option=orjson.OPT_APPEND_NEWLINE) for outcome in batch.outcomes), nl=False)
    if batch.outcomes:
        steps.to(batch.outcomes[-1]["line"])


def reason(problem: dict[str, Any]) -> str:
    """Why a line failed, and what would be right."""
    return _words(Problem(single["field"], single["value"], single["message"], single["expected"]) for single in problem["errors"])


def _words(problems: Iterable[Problem]) -> str:
    return "; ".join(sentences(Invalid(tuple(problems))))


def told_tally(tally: Tally, seconds: float, *, dry_run: bool = False) -> str:
    """The totals in a few lines."""
    lines = sum(tally.outcomes.values())
    counts = ", ".join(f"{count:,} {WORDS.get(outcome, outcome)}" for outcome, count in tally.outcomes.most_common())
    told = [f"{lines:,} line{'s' * (lines != 1)} in {seconds:.1f} s: {counts or 'nothing to record'}."]
    if tally.repeated:
        told.append(f"{tally.repeated:,} of them had been recorded by an earlier run of this import.")
    if tally.registered:
        told.append(f"New: {new_entities(tally.registered)}.")
    told.append("Dry run: nothing was recorded." if dry_run else f"The log is at position {tally.position:,}.")
    return "\n".join(told)


def new_entities(registered: list[dict[str, str]]) -> str:
    """How many people, organizations and products are new, and who they are where they are few."""
    parts = []
    for kind, plural in PLURAL.items():
        names = [new["name"] for new in registered if new["kind"] == kind]
        if names:
            few = f" ({', '.join(names)})" if len(names) <= MOST_NAMED else ""
            parts.append(f"{len(names):,} {plural if len(names) > 1 else kind}{few}")
    return "; ".join(parts)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Take the first Ctrl-C as a wish to stop after the batch in hand; the second stops at once."""
    asked: list[int] = []

    def note(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        click.echo("Stopping after the batch in hand; once more stops at once.", err=True)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def reading_file(name: str) -> Iterator[None]:
    """Turn an error of reading the file to import into a message."""
    try:
        yield
    except OSError as error:
        if error.filename != name:
            raise
        raise WrongUsage(f"{name}: {error.strerror}") from None
