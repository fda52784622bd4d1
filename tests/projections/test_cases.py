"""The fold alone against the worked examples: no store, no log, only entries, clocks, fold and state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clocks import spans
from events.entries import Logged, aggregate_id
from events.event import EventCorrected, EventCorroborated, EventRecorded, EventRestored, EventRetracted, SourceAdded, StatusChanged
from events.moments import Moment, from_micros, to_micros
from events.sources import publishers
from events.types import event_type
from projections.folded import histories
from projections.reports import report
from projections.state import state
from tests.case_files import Case, actual, all_cases, expected

CASES = all_cases()
TODAY = "2026-01-01"


def entry(line: Mapping[str, Any], number: int, event: UUID) -> Any:
    """The entry that a line of a case stands for, with names as ids."""
    head = (event, number, datetime(2024, 1, 1, tzinfo=UTC), None)
    announced, reason = line.get("announced"), line.get("reason")
    if "record" in line:
        post = line["record"]
        own = {name: post[name] for name in event_type(post["type"]).fields if name in post}
        cls = EventRecorded if number == 1 else EventCorroborated
        status = post.get("status", "reported")
        return cls(*head, post["type"], own, post["effective"], post.get("announced"), status, post["sources"], {}, [], None)
    if "correct" in line:
        return EventCorrected(*head, reason, announced, line["changes"])
    if "retract" in line:
        return EventRetracted(*head, reason, announced)
    if "restore" in line:
        return EventRestored(*head, reason, announced)
    if "status" in line:
        return StatusChanged(*head, reason, announced, line["to"])
    return SourceAdded(*head, reason, announced, line["add"])


def event_of(line: Mapping[str, Any]) -> str:
    """The case's own id of the event that a line is about."""
    if "record" in line:
        return str(line["record"]["id"])
    return str(next(line[verb] for verb in ("correct", "retract", "restore", "status", "source") if verb in line))


def logs(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[Logged]]:
    """Each event's entries as the log would hold them, recorded in that order."""
    found: dict[str, list[Logged]] = defaultdict(list)
    clock = to_micros(datetime(2024, 1, 1, tzinfo=UTC))
    for position, line in enumerate(lines, 1):
        event = event_of(line)
        clock = Moment.parse(line["recorded_at"]).at if "recorded_at" in line else clock + 1
        made = entry(line, len(found[event]) + 1, aggregate_id("case", event))
        found[event].append(Logged(made, position, clock))
    return found


def answer(lines: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The state that a question asks for, folded from the lines."""
    known = Moment.parse(asked.get("known_at", TODAY))
    day = date.fromisoformat(asked.get("as_of") or known.day.isoformat()).toordinal()
    wanted = {"confirmed", "reported", *asked.get("include", ())}
    reports = []
    for event, log in logs(lines).items():
        for span in spans(log, asked.get("clock", "public")):
            version = span.version
            if span.start <= known.end < span.until and not version.retracted and version.status in wanted:
                body = {"type": version.type, "fields": version.fields, "effective": version.effective, "status": version.status}
                announced = Moment.parse(str(version.announced)).at
                reports.append(report(event, body, announced, publishers(version.sources)))
    return state(histories(reports), reports, day)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """The cases referee the rules: each answer must come out of the fold alone."""
    for question in case.then:
        wanted = expected(question)
        assert actual(answer(case.given, question["state"]), wanted) == wanted, question["state"]


def reordered(case: Case, order: Sequence[int]) -> list[dict[str, Any]]:
    """The case's lines in another order of recording that keeps each event's own entries in sequence."""
    queues: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in case.given:
        queues[event_of(line)].append(line)
    events = [event_of(case.given[index]) for index in order]
    return [queues[event].pop(0) for event in events]


@pytest.mark.parametrize("case", [case for case in CASES if not case.asks_recorded_clock], ids=lambda case: case.name)
@given(data=st.data())
def test_case_in_any_order(case: Case, data: st.DataObject) -> None:
    """Facts arrive in any order: the order in which they were recorded may not change an answer."""
    order = data.draw(st.permutations(range(len(case.given))))
    lines = reordered(case, order)
    for question in case.then:
        wanted = expected(question)
        assert actual(answer(lines, question["state"]), wanted) == wanted


def test_instants_survive_their_text() -> None:
    """The clock of the cases is counted in microseconds, so nothing may be rounded on the way."""
    moment = datetime(2024, 5, 1, tzinfo=UTC) + timedelta(microseconds=1)
    assert from_micros(to_micros(moment)) == moment
