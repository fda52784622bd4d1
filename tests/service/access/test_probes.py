"""What the probe of readiness tells to whom, once there are keys: figures of the log only to who may write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.annals import Annals
from service.jobs.leader import leadership_of
from tests.service.access.conftest import Site, site
from tests.service.api.support import refused

FIGURES = {"position", "log_position", "lag", "entries", "digest", "halted", "store", "projection_version"}
STOPPED: Any = {"ready": False, "halted": {"position": 7, "error": "KeyError: 'secret'"}, "position": 6}
BEHIND: Any = {"ready": False, "log_position": 9, "position": 6}


@pytest.mark.parametrize("name", [None, "read", "revoked"])
def test_who_may_not_write_is_told_only_that_it_is_ready(keyed: Site, name: str | None) -> None:
    """The figures count what is under embargo: whoever watches them sees that there is news. A probe must not fail for its key."""
    response = keyed.client(name).get("/readyz")

    assert (response.status_code, response.json) == (200, {"status": "ok", "ready": True})
    assert "Annals-Position" not in response.headers
    assert {"Authorization", "Cookie"} <= {part.strip() for part in response.headers["Vary"].split(",")}


def test_who_may_write_is_told_the_figures(keyed: Site) -> None:
    """An operator sees how far the projections are."""
    found: Any = keyed.client("write").get("/readyz").json
    assert set(found) > FIGURES


@pytest.mark.parametrize(("status", "reason", "words"), [(STOPPED, "halted", "have stopped"), (BEHIND, "behind", "behind the log")])
def test_what_is_wrong_is_named_without_figures(keyed: Site, monkeypatch: pytest.MonkeyPatch, status: Any, reason: str, words: str) -> None:
    """The error of an entry quotes it, and that entry may be under embargo; which kind of trouble it is may be known."""
    real = keyed.annals.status()
    monkeypatch.setattr(Annals, "status", lambda _: {**real, **status})

    problem = refused(keyed.client().get("/readyz"), 503, words)

    assert (problem["ready"], problem["reason"]) == (False, reason)
    assert not FIGURES & set(problem)
    assert "secret" not in str(problem) and "6" not in problem["detail"] and "7" not in problem["detail"]
    told = refused(keyed.client("write").get("/readyz"), 503)
    assert (told["reason"], told["position"]) == (reason, 6)


def test_a_missing_worker_is_named_to_everybody(tmp_path: Path) -> None:
    """A probe that brings no key has to see it, also where reading needs one."""
    with site(tmp_path, expect_worker="yes", public_read="no") as served:
        problem = refused(served.client().get("/readyz"), 503, "no worker leads")
        assert (problem["ready"], problem["reason"]) == (False, "no_worker")
        leadership = leadership_of(served.annals.settings)
        assert leadership.take()
        assert served.client().get("/readyz").json == {"status": "ok", "ready": True}
        leadership.release()
