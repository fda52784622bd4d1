"""The worked examples of replay through the whole product: posted to the API, read from it, and read again after a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from projections.audit import rebuild, verify
from service import create_app
from tests.case_files import Case, actual, all_cases, expected
from tests.service.api.support import Json, get, post, say
from tests.service.conftest import ENGINES, TODAY, Clock, new_database, opened

VERBS = {"correct": "corrections", "retract": "retraction", "restore": "restoration", "status": "status", "source": "sources"}
CASES = all_cases()
Answers = dict[str, list[Json]]


def is_dated(case: Case) -> bool:
    """Whether the case says when its lines are recorded, so that it needs a log of its own."""
    return any("recorded_at" in line for line in case.given)


def record(client: FlaskClient, clock: Clock, case: Case) -> dict[str, str]:
    """Post the lines of a case, each at its own instant if it has one; the ids of its organizations by their names there."""
    events: dict[str, Json] = {}
    organizations: dict[str, str] = {}
    for line in case.given:
        clock.now = datetime.fromisoformat(line["recorded_at"]) if "recorded_at" in line else TODAY
        if "record" in line:
            given = {name: value for name, value in line["record"].items() if name != "id"}
            named = given["organization"]
            event = events[line["record"]["id"]] = post(client, {**given, "organization": f"{named} of {case.name}"})
            organizations[named] = event["fields"]["organization"]["id"]
        else:
            verb = next(verb for verb in VERBS if verb in line)
            body = {name: value for name, value in line.items() if name not in (verb, "recorded_at")}
            say(client, events[line[verb]], VERBS[verb], body)
    clock.now = TODAY
    return organizations


def ask(client: FlaskClient, case: Case, organizations: Mapping[str, str]) -> list[Json]:
    """The state that each question of the case asks for."""
    found = []
    for question in case.then:
        asked = dict(question["state"])
        included = {"include": ",".join(asked.pop("include"))} if "include" in asked else {}
        found.append(get(client, f"/organizations/{organizations[asked.pop('organization')]}/state", **asked, **included))
    return found


def answered(cases: Iterable[Case], url: str, home: Path) -> tuple[Answers, Answers]:
    """The answers to all questions of cases that share a log: from the projections as they grew, and rebuilt."""
    clock = Clock()
    with opened(url, home, clock) as annals:
        client = create_app(annals).test_client()
        organizations = {case.name: record(client, clock, case) for case in cases}
        grown = {case.name: ask(client, case, organizations[case.name]) for case in cases}
        assert verify(annals.stores, annals.ledger).equal
        rebuild(annals.stores, annals.ledger)
        return grown, {case.name: ask(client, case, organizations[case.name]) for case in cases}


def wrong(case: Case, found: Answers) -> list[Json]:
    """The questions of a case that were answered otherwise than it says."""
    wanted = [(question["state"], expected(question), state) for question, state in zip(case.then, found[case.name], strict=True)]
    return [asked for asked, right, state in wanted if actual(state, right) != right]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: str) -> None:
    """The cases referee the rules: each answer must come out of the product, however its projections came to be.

    All share a log, as companies do, but for those that say when they were recorded. It is one test for each engine,
    so that no worker of a parallel run records them all again.
    """
    logs = [[case for case in CASES if not is_dated(case)], *([case] for case in CASES if is_dated(case))]
    for cases in logs:
        home = tmp_path_factory.mktemp("cases")
        with new_database(request, engine, home) as url:
            grown, rebuilt = answered(cases, url, home)
        assert {case.name: asked for case in cases if (asked := wrong(case, grown))} == {}
        assert grown == rebuilt


def test_all_cases_are_there() -> None:
    """A referee that stays away finds nothing wrong."""
    assert len(CASES) >= 43


def test_cases_name_only_what_the_api_has() -> None:
    """A verb that this test did not know would make it pass over lines."""
    known = {"record", *VERBS}
    assert all(known & set(line) for case in CASES for line in case.given)
