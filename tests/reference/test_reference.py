"""The worked examples judge the referee before it judges the product."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.case_files import Case, actual, all_cases, expected
from tests.reference.days import moment, moment_end
from tests.reference.state import Question, state

Json = dict[str, Any]
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
VERBS = {"correct": "corrected", "retract": "retracted", "restore": "restored", "status": "status", "source": "source_added"}


def log_of(case: Case) -> list[Json]:
    """The entries of a case as the referee reads them."""
    log: list[Json] = []
    for given in case.given:
        head = {"recorded_at": moment(given["recorded_at"]) if "recorded_at" in given else TODAY}
        if "record" in given:
            post = {"status": "reported", **{name: value for name, value in given["record"].items() if name not in ("id", "announced")}}
            post["sources"] = [{"publisher": source["title"], **source} for source in post["sources"]]
            seen = any(line["id"] == given["record"]["id"] for line in log)
            kind = "corroborated" if seen else "recorded"
            log.append({**head, "kind": kind, "id": given["record"]["id"], "announced": given["record"].get("announced"), "post": post})
        else:
            verb = next(verb for verb in VERBS if verb in given)
            log.append({"announced": None, **given, **head, "kind": VERBS[verb], "id": given[verb]})
    return [_with_role_keys(line) for line in log]


def _with_role_keys(line: Json) -> Json:
    """The referee takes a role's key as given, so the spellings of the one role that the cases vary are made one."""
    spelt = {"最高技術責任者": "CTO", "Chief Technology Officer": "CTO"}
    roles = ("role", "from_role", "to_role")
    for fields in (line.get("post", {}), line.get("changes", {})):
        fields.update({name: spelt.get(fields[name], fields[name]) for name in roles if name in fields})
    return line


def asked(question: Json) -> Question:
    """The reading that a case asks for."""
    known_at = moment_end(question["known_at"]) if "known_at" in question else TODAY
    as_of = date.fromisoformat(question["as_of"]) if "as_of" in question else known_at.date()
    return Question(as_of, known_at, question.get("clock", "public"), "rumoured" in question.get("include", ()))


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """A referee that gets a worked example wrong may judge nothing."""
    log = log_of(case)
    for question in case.then:
        wanted = expected(question)
        assert actual(state(log, question["state"]["organization"], asked(question["state"])), wanted) == wanted, question["state"]
