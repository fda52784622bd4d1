"""The probes: the process answers, and says whether what it answers is whole."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.annals import Annals
from tests.service.api.support import departure, post, refused


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    """A restart helps against a process that hangs, and against nothing else."""
    response = client.get("/livez")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_it_is_ready_with_all_of_the_log(client: FlaskClient) -> None:
    """An operator sees at once how far the projections are."""
    position = post(client, departure())["position"]
    response = client.get("/readyz")
    found: Any = response.json
    assert response.status_code == 200
    assert (found["status"], found["position"], found["log_position"], found["lag"]) == ("ok", position, position, 0)
    assert response.headers["Annals-Position"] == str(position)


@pytest.mark.parametrize("halted", [{"position": 7, "error": "UnknownTopic: event.renamed"}, None])
def test_it_is_not_ready_where_it_stopped_or_lags(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, halted: Any) -> None:
    """A server that skipped an entry would look well and answer wrongly: one that stopped says where and why."""
    status = {**Annals.status(client.application.extensions["annals"]), "ready": False, "halted": halted, "log_position": 9, "position": 6}
    monkeypatch.setattr(Annals, "status", lambda _: status)
    response = client.get("/readyz")
    problem = refused(response, 503, "7" if halted else "6 of 9", "UnknownTopic" if halted else "position")
    assert (problem["lag"], problem["position"], problem["halted"]) == (3, 6, halted)
    assert response.headers["Retry-After"]
    assert client.get("/livez").status_code == 200
