"""The application as one object: a read sees every write that returned, also another process's, and says when it cannot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from eventsourcing.persistence import OperationalError as LibraryError
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from events.errors import Unavailable
from events.posting import load_post
from service import annals as module
from service.annals import Annals
from service.ledger.recording import record
from service.ledger.submissions import Answer
from tests.service.conftest import Clock, opened
from tests.service.ledger.support import LEAVES

APPOINTED = {"type": "appointment", "organization": "OpenAI", "sources": [{"title": "A paper"}]}


def post(annals: Annals, effective: str = "2024-09-25") -> int:
    """The position of a post."""
    return annals.write(lambda unit: record(unit, load_post({**LEAVES, "effective": effective}))).position


@pytest.fixture
def other(annals: Annals, tmp_path: Path, clock: Clock) -> Iterator[Annals]:
    """The same log, opened by another process."""
    with opened(annals.settings.database_url, tmp_path, clock) as found:
        yield found


def test_a_read_sees_what_another_process_wrote(annals: Annals, other: Annals) -> None:
    """Two servers behind one address must not give an old answer after a new one."""
    position = post(annals)
    with other.reading():
        assert other.progress().position == position
    assert annals.status() == {**other.status(), "ready": True, "log_position": position, "halted": None}


def test_a_position_that_was_written_directly_is_waited_for(annals: Annals) -> None:
    """The log may be ahead of the projections by what a process wrote just before it died."""
    submitted = annals.submit(None, lambda unit: Answer(201, {"id": str(record(unit, load_post(LEAVES)).event_id)}))
    with annals.reading(submitted.position):
        assert annals.progress().position == submitted.position


def test_a_position_that_never_comes_is_unavailable(annals: Annals) -> None:
    """A reader with a wrong position must get an answer in the end, and one that says what was reached."""
    last = post(annals)
    message = f"position {last + 1} is not in the projections, which have reached {last}"
    with patch.object(module, "WAIT_SECONDS", 0.05), pytest.raises(Unavailable, match=message) as error, annals.reading(last + 1):
        pass
    assert error.value.extra == {"position": last}


def test_projections_that_stopped_serve_what_they_have_and_are_tried_again(annals: Annals) -> None:
    """One entry that cannot be applied must not take the whole service down, nor every read try it anew."""
    last = post(annals)
    halted = replace(annals.progress(), halted_at=last + 1, halted_by="a defect")
    with patch.object(module, "catch_up", return_value=halted) as tried:
        position = post(annals, "2024-09-26")
        with annals.reading():
            pass
        assert tried.call_count == 1
        with pytest.raises(Unavailable), patch.object(module, "WAIT_SECONDS", 0), annals.reading(position):
            pass
        with patch.object(module, "progress", return_value=halted):
            assert annals.status()["halted"] == {"position": last + 1, "error": "a defect"} and not annals.status()["ready"]
    with annals.reading():
        assert annals.progress().position < position
    later = time.monotonic() + 2 * module.RETRY_SECONDS
    with patch("service.annals.time.monotonic", return_value=later), annals.reading(position):
        assert annals.status()["ready"]


def test_without_projections_nothing_is_read(annals: Annals) -> None:
    """Between two rebuilds a pointer may be missing: that passes, and is no defect."""
    with patch.object(annals.stores, "live", return_value=None), pytest.raises(Unavailable, match="not built yet"):
        annals.live()


AWAY = OperationalError("SELECT 1", {}, Exception("connection to server at db.internal failed"))


def test_a_write_that_is_stored_is_answered_though_the_projections_are_away(annals: Annals) -> None:
    """A client that is told of a failure posts again, under another key perhaps; and the next read brings the write in."""
    with patch.object(module, "catch_up", side_effect=AWAY):
        position = post(annals)

    assert annals.progress().position < position
    with annals.reading(position):
        assert annals.progress().position == position


def test_what_cannot_be_read_is_unavailable_and_tells_nothing_of_the_database(annals: Annals, client: FlaskClient) -> None:
    """A probe or a browser comes again after a 503; a 500 would be looked into, and names of hosts are nobody's business."""
    for broken in ("pointer", "log"):
        target, name, error = {
            "pointer": (annals.stores, "live", AWAY),
            "log": (annals.ledger.recorder, "max_notification_id", LibraryError("connection to server at db.internal failed")),
        }[broken]
        with patch.object(target, name, side_effect=error):
            response = client.get("/api/v1/feed")

        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert "cannot be reached now" in response.get_data(as_text=True)
        assert "db.internal" not in response.get_data(as_text=True)
    assert client.get("/api/v1/feed").status_code == 200


@pytest.mark.parametrize(("loser", "winner", "status"), [("secret-sue", "ann", 200), ("ann", "secret-sue", 409)])
def test_a_merge_gives_nobody_under_embargo_away(client: FlaskClient, loser: str, winner: str, status: int) -> None:
    """What joins somebody who is known with somebody who is not must not show the one through the other."""
    public = {**APPOINTED, "person": "Ann", "role": "CTO", "effective": "2020-01-01", "announced": "2020-01-01"}
    secret = {**APPOINTED, "person": "Secret Sue", "role": "CFO", "effective": "2020-02-01", "announced": "2031-01-01"}
    for given in (public, secret):
        assert client.post("/api/v1/events", json=given).status_code == 201
    assert client.post(f"/api/v1/people/{loser}/merge", json={"into": winner}).status_code == status
    assert client.post("/api/v1/events", json={**public, "effective": "2021", "role": "CEO"}).status_code == 201
    for clock in ("public", "recorded"):
        for path in ("organizations/openai/state", "people", "people/ann", "people/ann/history", "feed", "log", "people?q=sue"):
            shown = client.get(f"/api/v1/{path}", query_string={"clock": clock} if "?" not in path else None)
            assert shown.status_code == 200 and "ecret" not in shown.get_data(as_text=True), path
        assert client.get(f"/api/v1/people/secret-sue?clock={clock}").status_code == 404
