"""Imports: many lines in, taken to disk whole before the first is read; one result line for each out, as batches are recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, cast

import orjson
from flask import Response, g, request, stream_with_context
from marshmallow import Schema

from events.errors import AnnalsError, Invalid, Problem, Unavailable
from events.fields import Flag
from service.access import caller
from service.annals import Annals
from service.api.calls import Feature
from service.api.parsing import NDJSON, ndjson_body
from service.errors import Json, dumps, problem
from service.http import current_annals
from service.ledger.importing import Batch, import_lines
from service.ledger.lines import read_line
from service.ledger.unit import Unit
from service.observing import metrics
from service.settings import MOST_ATOMIC_LINES, MOST_LINE_BYTES

feature = Feature("imports", "Many events at once, as lines of JSON.")


class ImportQuery(Schema):
    """How the lines are to be recorded."""

    strict = Flag(load_default=False, metadata={"description": "Refuse names that are not known, instead of registering them."})
    atomic = Flag(load_default=False, metadata={"description": f"All or none, of at most {MOST_ATOMIC_LINES} lines; 422 if any is bad."})
    dry_run = Flag(
        load_default=False, metadata={"description": f"Answer what would happen to at most {MOST_ATOMIC_LINES} lines; record nothing."}
    )


@feature.write("/events/import", {200: "ImportResult"}, body="Lines", query=ImportQuery, content_type=NDJSON)
def post_import(query: dict[str, Any]) -> Response:
    """Import events as lines of JSON.

    One result line for each line, with its number; a bad line is reported and does not stop the rest. A line is an event as for
    POST /events, or something later: `{"correct": id, "changes", "reason"}`, `{"retract": id, "reason"}`, `{"restore": id, "reason"}`,
    `{"status": id, "to"}`, `{"source": id, "add"}`, `{"join": id, "into": id, "reason"}`, `{"part": id, "reason"}`, each with an
    optional `announced`, where id is an event's id or your own `ref` for it. An import that broke off goes on where it
    stopped if it is sent again with the same `Idempotency-Key`.
    """
    annals, key = current_annals(), request.headers.get("Idempotency-Key")
    spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  closed with the answer, which goes on reading it
    try:
        ndjson_body(spool)
        lines = enumerate(_lines(spool), 1)
        batches = _tried(annals, lines, query) if query["dry_run"] else _recorded(annals, lines, query, key)
        # What is wrong with the import as a whole comes up with the first batch, while the status can still say so.
        first = list(islice(batches, 1))
    except BaseException:
        spool.close()
        raise
    response = Response(stream_with_context(_results(chain(first, batches), spool)), content_type=NDJSON)
    response.call_on_close(spool.close)
    if first and first[0].repeated:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _lines(spool: BinaryIO) -> Iterator[bytes]:
    """The lines, each only as far as is needed to tell that it is too long."""
    while line := spool.readline(MOST_LINE_BYTES + 1):
        yield line
        while len(line) > MOST_LINE_BYTES and not line.endswith(b"\n"):
            line = spool.readline(MOST_LINE_BYTES + 1)


def _recorded(annals: Annals, lines: Iterable[tuple[int, bytes]], query: dict[str, Any], key: str | None) -> Iterator[Batch]:
    how = {"strict": query["strict"], "atomic": query["atomic"]}
    for batch in import_lines(annals.ledger, lines, now=annals.now, caller=caller().name, key=key, **how):
        annals.follow()
        for outcome in batch.outcomes:
            metrics().wrote("repeated" if batch.repeated else outcome["outcome"])
        yield batch


def _tried(annals: Annals, lines: Iterable[tuple[int, bytes]], query: dict[str, Any]) -> Iterator[Batch]:
    taken = list(islice(lines, MOST_ATOMIC_LINES + 1))
    if len(taken) > MOST_ATOMIC_LINES:
        message = f"a trial reads at most {MOST_ATOMIC_LINES} lines, and there are more"
        raise Invalid.of("dry_run", True, message, "fewer lines")
    tried = annals.write(lambda unit: _outcomes(unit, taken, query), actor=caller().name, dry_run=True)
    yield Batch(tried.result, tried.position)


def _outcomes(unit: Unit, lines: Sequence[tuple[int, bytes]], query: dict[str, Any]) -> list[Json]:
    found: list[Json] = []
    problems: list[Problem] = []
    for number, content in lines:
        if content.strip():
            try:
                with unit.savepoint():
                    done = read_line(number, content, caller=caller().name, strict=query["strict"]).act(unit)
            except Unavailable:  # no line's fault
                raise
            except AnnalsError as error:
                done = {"id": None, "outcome": "error", "problem": problem(error)}
                problems += (single.within(f"lines.{number}") for single in error.problems)
            found.append({"line": number, **done, "dry_run": True})
    if query["atomic"] and problems:
        raise Invalid(tuple(problems))
    return found


def _results(batches: Iterator[Batch], spool: BinaryIO) -> Iterator[bytes]:
    """The result lines. When the answer has begun its status is sent, so an error then is a last line of its own."""
    try:
        for batch in batches:
            g.position = batch.position
            yield b"".join(orjson.dumps({**outcome, "position": batch.position}) + b"\n" for outcome in batch.outcomes)
    except AnnalsError as error:
        yield dumps({"line": None, "id": None, "outcome": "error", "problem": problem(error)}) + b"\n"
    finally:
        spool.close()
