"""Seeing inside: every request has an id and a line, and monitors are told how the log, its projections and its jobs stand."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from events.errors import Unavailable
from service import create_app
from service.annals import Annals
from service.jobs.leader import leadership_of
from service.jobs.runs import Runs
from service.settings import Settings
from tests.service.api.support import API, NDJSON, departure, post, refused


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The members of the lines about requests."""
    return [vars(record)["members"] for record in caplog.records if record.name == "annals.requests"]


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """What monitors read: each sample by its name and the values of its labels."""
    response = client.get("/metrics")
    assert (response.status_code, response.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = text_string_to_metric_families(response.text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_a_request_is_told_in_one_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """What somebody searched for is theirs; how long it took, and which answer it got, is the operator's."""
    with caplog.at_level(logging.INFO, "annals.requests"):
        position = post(client, departure())["position"]
        client.get(f"{API}/search?q=secret", headers={"X-Request-Id": "from-the-proxy.7"})
        client.get("/livez")

    written, read = told(caplog)
    assert (written["method"], written["path"], written["status"], written["position"]) == ("POST", f"{API}/events", 201, position)
    assert (read["path"], read["request_id"]) == (f"{API}/search", "from-the-proxy.7")
    assert read["ms"] >= 0 and "secret" not in str(read)


def test_an_answer_that_is_streamed_is_told_when_it_ends(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """An import takes minutes after its status is sent."""
    with caplog.at_level(logging.INFO, "annals.requests"):
        with client.post(f"{API}/events/import", json=departure(), content_type=NDJSON, buffered=False) as response:
            assert told(caplog) == []
            position = json.loads(response.data)["position"]
        assert [(line["path"], line["position"]) for line in told(caplog)] == [(f"{API}/events/import", position)]


@pytest.mark.parametrize("path", ["/", "/timeline.csv", "/timeline.json"])
def test_pages_too_say_up_to_where_they_have_read(client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str) -> None:
    """Whoever compares two answers has to know whether they are of the same log."""
    position = post(client, departure())["position"]
    with caplog.at_level(logging.INFO, "annals.requests"):
        response = client.get(path)
    assert (response.status_code, response.headers["Annals-Position"]) == (200, str(position))
    assert told(caplog)[-1]["position"] == position


@pytest.mark.parametrize(("given", "kept"), [("a-b_c.9", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("a;b", False)])
def test_a_sane_id_of_the_caller_is_kept(shared: FlaskClient, given: str, kept: bool) -> None:
    """By it a request is followed through a proxy; whatever else is sent ends up in no log."""
    answered = shared.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert (answered == given) is kept
    assert answered


def test_a_failure_is_told_under_the_id_of_its_request(
    shared: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The number that a user reports leads to the traceback."""
    monkeypatch.setattr(Annals, "status", lambda _: 1 / 0)
    problem = refused(shared.get("/readyz", headers={"X-Request-Id": "mine"}), 500, "mine")
    assert problem["request_id"] == "mine"
    assert "request mine failed" in caplog.text


def test_requests_and_writes_are_counted(client: FlaskClient) -> None:
    """What became of writes shows at once that a feed sends nonsense, or the same again and again."""
    post(client, departure(), **{"Idempotency-Key": "1"})
    post(client, departure(), **{"Idempotency-Key": "1"})
    post(client, departure())
    refused(client.post(f"{API}/events", json={}), 422)
    client.post(f"{API}/events/import", data="{}", content_type=NDJSON).get_data()
    client.post(f"{API}/articles", json={"title": "News", "events": [departure(sources=[])]})
    client.get(f"{API}/people/mira-murati")
    client.open("/nothing", method="BREW")

    found = samples(client)
    assert found["annals_requests_total", "POST", f"{API}/events", "201"] == 2
    assert found["annals_requests_total", "GET", f"{API}/people/<entity>", "200"] == 1
    assert found["annals_requests_total", "other", "none", "404"] == 1
    assert found["annals_request_seconds_count", "POST", f"{API}/events"] == 4
    outcomes = {name[1]: value for name, value in found.items() if name[0] == "annals_writes_total"}
    assert outcomes == {"recorded": 1, "repeated": 1, "unchanged": 1, "refused": 1, "error": 1, "corroborated": 1}


def test_the_projections_and_jobs_are_told(annals: Annals, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A projection that stands still, or a backup that fails, should wake somebody up."""
    with closing(Runs.open(annals.settings)) as runs:
        runs.claim("audit", 1, 1_700_000_000_000_000)
        runs.finish("audit", 1, 1_700_000_001_000_000, "failed", "differs")
        runs.claim("agenda", 1, 1_700_000_002_000_000)
    with monkeypatch.context() as patched:
        patched.setattr(Annals, "follow", lambda _: None)
        post(client, departure())

    found = samples(client)
    assert found["annals_database_up",] == 1
    assert found["annals_projection_lag_entries",] == len(annals.ledger.notifications(0, 100)) > 1
    assert (found["annals_projection_halted",], found["annals_worker_leads",]) == (0, 0)
    assert found["annals_job_outcome", "audit", "failed"] == found["annals_job_outcome", "agenda", "running"] == 1
    assert found["annals_job_started_timestamp_seconds", "audit"] == 1_700_000_000


@pytest.mark.parametrize("error", [Unavailable.of("", None, "away"), OperationalError("SELECT 1", None, Exception("away"))])
def test_monitors_are_answered_where_the_database_is_away(shared: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """It is just then that somebody looks."""

    def away(_: Annals) -> None:
        raise error

    monkeypatch.setattr(Annals, "progress", away)
    found = samples(shared)
    assert found["annals_database_up",] == 0
    assert ("annals_projection_lag_entries",) not in found


def test_it_is_not_ready_where_a_worker_is_expected_and_none_leads(annals: Annals) -> None:
    """Without one no backup is made, and nobody would notice."""
    annals.settings = Settings.from_env(
        {"ANNALS_EXPECT_WORKER": "yes"}, home=annals.settings.home, database_url=annals.settings.database_url
    )
    client = create_app(annals).test_client()
    assert refused(client.get("/readyz"), 503, "no worker leads")["led"] is False
    leadership = leadership_of(annals.settings)
    assert leadership.take()
    try:
        assert (client.get("/readyz").json or {})["led"] is True
        assert samples(client)["annals_worker_leads",] == 1
    finally:
        leadership.release()
