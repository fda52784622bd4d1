"""The worker and the jobs from the command line, and the worker beside a server."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from service.jobs.runs import Runs
from service.settings import Settings
from tests.service.cli.support import answer, lines, post, run, start
from tests.service.cli.test_serve import free_port, greeting, serving


def wait(condition: Callable[[], Any]) -> None:
    """Wait for what another process brings about."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_worker_leads_and_ends_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A supervisor stops it like any other program, and what it did is there."""
    monkeypatch.setenv("ANNALS_LOG_LEVEL", "info")
    with start(tmp_path, "worker") as process:
        assert "looks after the jobs" in greeting(process)
        wait(lambda: answer(tmp_path, "jobs")["led"])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (0, "")
    assert "service.jobs.worker: leads" in err and "Traceback" not in err
    assert not answer(tmp_path, "jobs")["led"]


def test_a_server_on_sqlite_looks_after_the_jobs_unless_told_not_to(tmp_path: Path) -> None:
    """Whoever starts one command on one machine gets the backups too."""
    for flags, led in (((), True), (("--no-all-in-one", "--processes", "2"), False)):
        with serving(tmp_path, "--port", str(free_port()), *flags) as process:
            greeting(process)
            if led:
                wait(lambda: answer(tmp_path, "jobs")["led"])
            assert answer(tmp_path, "jobs")["led"] is led
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)

        assert (process.returncode, out, err) == (0, "", "")


def test_the_jobs_are_listed_with_their_last_run_and_the_next(tmp_path: Path) -> None:
    """The first question of an operator is whether last night's backup was made."""
    assert run(tmp_path, "import", lines(tmp_path, post(person="Ann", announced="2150-01-01"))).exit_code == 0
    with closing(Runs.open(Settings.from_env({}, home=tmp_path))) as runs:
        runs.claim("backup", 1, 1_700_000_000_000_000)
        runs.finish("backup", 1, 1_700_000_001_000_000, "done", "annals.db: 3 entries")
        runs.claim("audit", 1, 1_700_000_000_000_000)

    found = {line["job"]: line for line in answer(tmp_path, "jobs")["jobs"]}
    shown = run(tmp_path, "jobs").stdout

    assert list(found) == ["audit", "backup", "agenda", "due"]
    assert (found["backup"]["outcome"], found["backup"]["last"]) == ("done", "2023-11-14T22:13:20Z")
    assert (found["audit"]["outcome"], found["agenda"]["last"]) == ("running", None)
    assert found["due"]["next"] == "2150-01-01T00:00:00Z"
    assert all(found[name]["next"] > found["backup"]["last"] for name in ("audit", "backup", "agenda"))
    assert "2023-11-14T22:13:20Z   done" in shown and "annals.db: 3" in shown and "No worker leads" in shown


def test_the_agenda_is_shown_in_either_language(tmp_path: Path) -> None:
    """Its readers are those of the feed."""
    leave = post(
        type="leave_of_absence", person="Ann", role=None, effective="2024-01-01", announced="2024-01-01", expected_return="2024-06"
    )
    joins = post(type="appointment", person="Bob", effective="2024-10-01", announced="2024-09-01")
    assert run(tmp_path, "import", lines(tmp_path, leave, joins)).exit_code == 0
    options = ("agenda", "--as-of", "2024-09-15")

    english, japanese = run(tmp_path, *options).stdout, run(tmp_path, *options, "--lang", "ja").stdout

    assert "Ann is expected back from leave" in english and "overdue" in english
    assert "Bob takes up a role" in english and "CTO" in english
    assert "復帰の見込み" in japanese and "期限超過" in japanese
    assert [line["kind"] for line in answer(tmp_path, *options)["items"]] == ["return", "start"]
    assert "There are more" in run(tmp_path, *options, "--limit", "1").stdout
    assert "Nothing is known to be to come" in run(tmp_path, "agenda", "--known-at", "2020-01-01").stdout
