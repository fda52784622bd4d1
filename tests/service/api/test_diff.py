"""Diffs over HTTP: what changed between two days, what was learned between two moments, each line with its events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import create_app
from tests.service.api.support import API, Json, appointment, departure, get, ids, matches, ok, people, post, refused, say, source
from tests.service.api.test_imports import send
from tests.service.conftest import ENGINES, Clock, new_database, opened

EXAMPLE = Path("examples/openai-2024-09.ndjson")
THREE = ["Barret Zoph", "Bob McGrew", "Mira Murati"]


@pytest.fixture(scope="module", name="example", params=ENGINES)
def fixture_example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a log with the article of September 2024, which no test changes."""
    home = tmp_path_factory.mktemp("example")
    with new_database(request, request.param, home) as url, opened(url, home, Clock()) as annals:
        client = create_app(annals).test_client()
        assert all(line["outcome"] != "error" for line in send(client, EXAMPLE.read_text(encoding="utf-8").splitlines()))
        yield client


def diff(client: FlaskClient, path: str, schema: str, **query: Any) -> Json:
    """A diff, which must be as the OpenAPI document says."""
    found = get(client, f"{path}/diff", **query)
    matches(client, schema, found)
    return found


def without_role(event: Json) -> Json:
    """The event without the field."""
    return {name: value for name, value in event.items() if name != "role"}


def names(lines: list[Json], member: str = "person") -> list[str]:
    """Whom the lines of a diff are about."""
    return sorted({line[member]["name"] for line in lines})


def headlines(client: FlaskClient, line: Json) -> list[str]:
    """What the events of a line say."""
    return [get(client, f"/events/{event}")["headline"] for event in line["events"]]


def test_the_days_of_the_article(example: FlaskClient) -> None:
    """Three left, others were appointed, and new lines were drawn: that is what the article tells, and each has its event."""
    found = diff(example, "/organizations/openai", "OrganizationDiff", **{"from": "2024-09-24", "to": "2024-09-26"})
    assert names(found["left"]) == THREE
    for line in found["left"]:
        assert all(line["person"]["name"] in said and "leaves" in said for said in headlines(example, line))
    assert {"Mark Chen", "Josh Achiam", "Matt Knight"} <= set(names([*found["joined"], *found["changed"]]))
    appointed = next(line for line in found["joined"] if line["person"]["name"] == "Mark Chen")
    assert ["Mark Chen" in said for said in headlines(example, appointed)] == [True]
    drawn = [line for line in found["reports"] if line["after"] is not None]
    assert {line["after"]["manager"]["name"] for line in drawn} == {"Sam Altman"}
    assert names(drawn) == ["Jakub Pachocki", "Josh Achiam", "Kevin Weil", "Mark Chen", "Matt Knight", "Srinivas Narayanan"]
    for line in found["reports"]:
        assert [line["person"]["name"] in said for said in headlines(example, line)] == [True]
    every = [line for part in found.values() if isinstance(part, list) for line in part]
    assert every
    assert all(line["events"] for line in every)


def test_what_was_known_on_the_25th_and_on_the_27th(example: FlaskClient) -> None:
    """On the evening of the 25th one had left; two days later it was three: the same day, known otherwise."""
    on_the_day = {"as_of": "2024-09-26"}
    states = [
        get(example, "/organizations/openai/state", explain="true", known_at=known, **on_the_day) for known in ("2024-09-25", "2024-09-27")
    ]
    for state in states:
        matches(example, "State", state)
    first, second = (people(state) for state in states)
    assert "Bob McGrew" in first
    assert "Bob McGrew" not in second
    assert "Mark Chen" in second
    learned = diff(example, "/organizations/openai", "OrganizationDiff", from_known_at="2024-09-25", to_known_at="2024-09-27", **on_the_day)
    assert names(learned["left"]) == ["Barret Zoph", "Bob McGrew"]
    assert (learned["from"]["as_of"], learned["to"]["as_of"]) == ("2024-09-26", "2024-09-26")
    difference = {line["person"]["name"]: headlines(example, line) for line in learned["left"]}
    assert all(name in said and "leaves" in said for name, told in difference.items() for said in told)
    chen = next(line for line in states[1]["holders"] if line["person"]["name"] == "Mark Chen")
    (step,) = chen["why"]["steps"]
    (line,) = (line for line in learned["joined"] if line["person"]["name"] == "Mark Chen")
    assert (step["rule"], step["act"], step["text"]) == (2, "opened", "begins the tenure")
    assert [step["event"]] == line["events"] == chen["events"]
    (vacant,) = (line for line in states[1]["vacant"] if line["role"] == "Chief Research Officer")
    (left,) = (line for line in learned["left"] if line["person"]["name"] == "Bob McGrew")
    assert set(left["events"]) <= {step["event"] for step in vacant["why"]["steps"] if step["act"] == "left_vacant"}


def test_the_article_disagrees_with_itself(example: FlaskClient) -> None:
    """What the article itself tells in two ways is not smoothed over."""
    page = get(example, "/conflicts", organization="OpenAI")
    matches(example, "ConflictPage", page)
    (found,) = page["items"]
    assert (found["kind"], found["role"]) == ("succession", "SVP of Research")
    assert [claim["person"]["name"] for claim in found["claims"]] == ["Bob McGrew", "Mira Murati"]
    assert get(example, "/conflicts", organization="OpenAI", known_at="2024-09-26")["items"] == []


def test_the_three_kinds_of_diff(client: FlaskClient) -> None:
    """One question, of an organization, of a person and of all that was posted."""
    hired = post(client, appointment("Mira Murati", status="confirmed"))
    absence = departure("Mira Murati", type="leave_of_absence", effective="2023-01-10", announced="2023-01-10")
    away = post(client, without_role(absence))
    left = post(client, departure("Mira Murati"))
    days = {"from": "2022-01-01", "to": "2023-02-01"}
    company = diff(client, "/organizations/openai", "OrganizationDiff", **days)
    assert [line["events"] for line in company["joined"]] == [[hired["id"]]]
    assert [line["events"] for line in company["on_leave"]] == [[away["id"]]]
    person = diff(client, "/people/mira-murati", "PersonDiff", **days)
    assert [(line["organization"]["name"], line["events"]) for line in person["joined"]] == [("OpenAI", [hired["id"]])]
    feed = diff(client, "/feed", "FeedDiffPage", **days)
    assert [(line["change"], line["id"]) for line in feed["items"]] == [("added", away["id"]), ("added", hired["id"])]
    back = diff(client, "/feed", "FeedDiffPage", **{"from": "2025-01-01", "to": "2024-01-01"})
    assert [(line["change"], line["id"], line["after"]) for line in back["items"]] == [("removed", left["id"], None)]
    over = diff(client, "/people/mira-murati", "PersonDiff", **{"from": "2023-02-01", "to": "2024-09-25"})
    assert [line["events"] for line in (*over["left"], *over["returned"])] == [[left["id"]], [left["id"]]]


def test_what_was_learned(client: FlaskClient, clock: Clock) -> None:
    """A correction and a retraction change what is known of a day long past, on the clock that is asked."""
    event = post(client, appointment("Mira Murati"))
    other = post(client, appointment("Greg Brockman", "President"))
    before = clock.now
    clock.pass_by(days=1)
    say(client, event, "corrections", {"changes": {"role": "CEO"}, "reason": "misread"})
    say(client, other, "retraction", {"reason": "somebody else"})
    sides = {"from_known_at": before.isoformat().replace("+00:00", "Z"), "to_known_at": "2026-01-02"}
    found = diff(client, "/organizations/openai", "OrganizationDiff", clock="recorded", **sides)
    assert [(line["before"] or line["after"])["role"] for line in found["changed"]] == ["CEO", "CTO"]
    assert [line["events"] for line in found["left"]] == [[other["id"]]]
    feed = diff(client, "/feed", "FeedDiffPage", clock="recorded", **sides)
    assert {(line["id"], line["change"], line["after"]["version"]) for line in feed["items"]} == {
        (event["id"], "changed", 2), (other["id"], "changed", 2),
    }  # fmt: skip


def test_a_diff_of_the_feed_in_pages(client: FlaskClient) -> None:
    """A cursor pins both readings, so that what is posted meanwhile moves nothing."""
    posted = [post(client, appointment(f"Person {number}", effective=f"2022-05-{number:02}")) for number in range(1, 6)]
    page = diff(client, "/feed", "FeedDiffPage", limit=2, **{"from": "2021-01-01", "to": "2023-01-01"})
    found = ids(page)
    while page["next"] is not None:
        post(client, appointment(f"Latecomer {len(found)}", effective="2022-05-03", announced="2026-01-01T00:00:00Z"))
        page = ok(client.get(page["next"]))
        matches(client, "FeedDiffPage", page)
        found += ids(page)
    assert found[:1] == [posted[-1]["id"]]
    assert set(found) >= {event["id"] for event in posted}
    assert len(found) == len(set(found))


def test_a_cursor_is_not_given_another_reading(client: FlaskClient) -> None:
    """Days beside a cursor that pins its own would be passed over in silence."""
    for number in range(3):
        post(client, appointment(f"Person {number}"))
    page = get(client, "/feed/diff", limit=1, **{"from": "2021-01-01", "to": "2023-01-01"})
    for name, value in (("from", "2021-01-01"), ("to", "2023-01-01"), ("as_of", "2024-01-01"), ("to_known_at", "2024-01-01")):
        refused(client.get(f"{page['next']}&{name}={value}"), 422, name, "the cursor pins")


def test_an_id_that_was_merged_away(client: FlaskClient) -> None:
    """A link to a diff goes on working, with all that it asks."""
    post(client, appointment("Mira Murati"))
    post(client, appointment("M. Murati", organization="Other"))
    ok(client.post(f"{API}/people/m-murati/merge", json={"into": "mira-murati"}))
    response = client.get(f"{API}/people/m-murati/diff?from=2022-01-01&to=2023-01-01")
    assert response.status_code == 308
    assert response.headers["Location"].endswith("/people/mira-murati/diff?from=2022-01-01&to=2023-01-01")
    found = ok(client.get(response.headers["Location"]))
    assert names(found["joined"], "organization") == ["OpenAI", "Other"]


def test_a_diff_is_told_apart_from_any_other(client: FlaskClient, clock: Clock) -> None:
    """The same tag for another answer would keep a reader in the past."""
    post(client, appointment("Mira Murati"))
    address = f"{API}/organizations/openai/diff?from=2022-01-01&to=2023-01-01"
    first = client.get(address)
    clock.now = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    other = client.get(address.replace("2023", "2021"), headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    post(client, appointment("Greg Brockman", "President", sources=[source(3)]))
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_reports_that_lost_are_explained(client: FlaskClient) -> None:
    """Who is told of one manager, or of one day of return, is told by the same answer which report said otherwise, in words."""
    line = {"type": "reporting_line", "person": "Pa", "organization": "Acme", "effective": "2010-01-10", "announced": "2010-01-10"}
    away = {"type": "leave_of_absence", "person": "Qu", "organization": "Acme", "effective": "2010-01-10", "announced": "2010-01-10"}
    post(client, {**line, "manager": "Qu", "status": "confirmed", "sources": [source(1)]})
    post(client, {**line, "manager": "Su", "announced": "2010-01-11", "sources": [source(2)]})
    post(client, {**away, "expected_return": "2010-03", "sources": [source(3)]})
    post(client, {**away, "effective": "2010-02-10", "expected_return": "2010-04", "sources": [source(4)]})
    found = get(client, "/organizations/acme/state", explain="true", as_of="2010-02-15")
    matches(client, "State", found)
    settled = [
        [(claim["field"], claim["value"]["value"], claim["outcome"], claim["rule"], claim["text"]) for claim in shown["why"]["claims"]]
        for shown in (*found["reports"], *found["on_leave"])
    ]
    assert settled == [
        [("manager", "2010-01-10", "wins", 0, None), ("manager", "2010-01-10", "loses", 0, "was announced earlier")],
        [("expected_return", "2010-04", "wins", 0, None), ("expected_return", "2010-03", "loses", 0, "a later report replaces it")],
    ]
    assert [claim["manager"] for claim in found["reports"][0]["why"]["claims"]] == [
        {"id": "su", "name": "Su"}, {"id": "qu", "name": "Qu"},
    ]  # fmt: skip
