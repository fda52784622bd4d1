"""The server as a process: how it starts, what it says, how it ends, and why it does not start."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from events.dates import quote
from service.serving import THREADS, Worker
from tests.service.cli.support import EXAMPLE, answer, lines, post, run, start


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which nobody listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def serving(home: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A server, killed at the end if it still runs."""
    with start(home, "serve", *args) as process:
        try:
            yield process
        finally:
            process.kill()


def greeting(process: subprocess.Popen[str]) -> str:
    """The first line that a server prints: it can be asked from then on."""
    assert process.stdout
    return process.stdout.readline()


def asked(address: str) -> Any:
    """The JSON at an address."""
    with urllib.request.urlopen(address, timeout=20) as response:
        return json.load(response)


def raw(port: int, request: bytes) -> str:
    """What the server answers to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as answered:
            return answered.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_greets_answers_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and a supervisor's stop are how every server ends: quietly, with success, and with its data whole."""
    port = free_port()
    with serving(tmp_path, "--port", str(port), "--example", str(EXAMPLE)) as process:
        first = greeting(process)
        assert f"http://127.0.0.1:{port}/" in first
        tour = greeting(process).split()[-1].replace("?", ".json?")
        assert [line["role"] for line in asked(tour)["changes"]["left"] if line["person"]["id"] == "mira-murati"] == [
            "Chief Technology Officer"
        ]
        assert asked(f"http://127.0.0.1:{port}/readyz")["ready"]
        process.send_signal(number)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (0, "", "")
    assert answer(tmp_path, "verify")["equal"]


def test_processes_count_together_and_log_as_they_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A monitor reaches one of them and must be told of all; a collector of logs reads JSON and nothing else."""
    monkeypatch.setenv("ANNALS_LOG_LEVEL", "info")
    monkeypatch.setenv("ANNALS_LOG_FORMAT", "json")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    port = free_port()
    with serving(tmp_path / "home", "--port", str(port), "--processes", "2") as process:
        greeting(process)
        for _ in range(12):
            asked(f"http://127.0.0.1:{port}/api/v1/feed")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as response:
            counted = response.read().decode()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)

    assert 'annals_requests_total{method="GET",route="/api/v1/feed",status="200"} 12.0' in counted
    said = [json.loads(line) for line in err.splitlines()]
    assert sum(line.get("path") == "/api/v1/feed" for line in said) == 12
    assert not list(tmp_path.glob("annals-metrics-*"))


def test_what_is_no_request_is_told_so_in_the_one_shape(tmp_path: Path) -> None:
    """Whoever pastes Japanese into an address unencoded meets the server before the application, and must be told what to do."""
    port = free_port()
    with serving(tmp_path, "--port", str(port)) as process:
        greeting(process)
        refused = raw(port, "GET /api/v1/people?q=ミラ HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        process.terminate()
        process.communicate(timeout=30)

    head, _, body = refused.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ") and "Content-Type: application/problem+json" in head
    assert "percent-encoded" in json.loads(body)["errors"][0]["expected"]


def test_ctrl_c_does_not_wait_for_a_lock() -> None:
    """Signals come at any moment, also while a request is handed to the threads: what needs their lock then never ends."""
    worker: Any = Worker.__new__(Worker)
    worker.alive, worker.tpool, worker.method_queue = True, None, SimpleNamespace(defer=lambda _: None)

    worker.handle_quit(signal.SIGINT, None)

    assert not worker.alive


def test_a_second_start_loads_nothing_twice_and_says_less(tmp_path: Path) -> None:
    """`make run` is typed every morning; and a log of other things is not mixed with the example."""
    run(tmp_path, "import", lines(tmp_path, post(organization="Acme")))
    position = answer(tmp_path, "status")["log_position"]
    port = free_port("::1")
    with serving(tmp_path, "--host", "::1", "--port", str(port), "--example", str(EXAMPLE)) as process:
        assert f"http://[::1]:{port}/" in greeting(process)
        assert asked(f"http://[::1]:{port}/readyz")["position"] == position
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)

    assert "OpenAI" not in out


def test_the_command_line_may_write_while_a_server_runs(tmp_path: Path) -> None:
    """An import at night must not need the server stopped, and its lines are seen by the next request."""
    port = free_port()
    with serving(tmp_path, "--port", str(port)) as process:
        greeting(process)
        assert run(tmp_path, "import", lines(tmp_path, post())).exit_code == 0

        state = asked(f"http://127.0.0.1:{port}/api/v1/organizations/openai/state?as_of=2024-09-25")

        assert [line["role_key"] for line in state["vacant"]] == ["chief-technology-officer"]


def test_a_server_that_cannot_start_says_why_before_it_touches_anything(tmp_path: Path) -> None:
    """A supervisor restarts what fails: a failed start must leave no half-made store and one clear sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        in_use = run(tmp_path / "home", "serve", "--port", str(taken.getsockname()[1]))
    reachable = run(tmp_path / "home", "serve", "--host", "0.0.0.0")
    nowhere = run(tmp_path / "home", "serve", ANNALS_PORT="http")
    misspelt = run(tmp_path / "home", "serve", ANNALS_PUBLIC_READS="no")

    assert (in_use.exit_code, "Address already in use" in in_use.stderr) == (3, True)
    assert (reachable.exit_code, "no key yet" in reachable.stderr) == (2, True)
    assert (nowhere.exit_code, nowhere.stderr.startswith("Error: ANNALS_PORT is 'http', which is no port")) == (2, True)
    assert (misspelt.exit_code, "(expected: perhaps ANNALS_PUBLIC_READ)" in misspelt.stderr) == (2, True)
    assert not (tmp_path / "home").exists()


def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    """A wrong path is the most common mistake of a first deployment."""
    (tmp_path / "file").write_text("")

    result = run(tmp_path / "file" / "home", "serve", "--port", str(free_port()))

    assert result.exit_code == 3
    assert f"{tmp_path}/file/home" in result.stderr
    assert "Check --home and --database-url." in result.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_folder_of_backups_that_cannot_be_used_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Else it is found at night, by the backup that is not made."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANNALS_BACKUPS", f"{tmp_path}/file/backups")
    monkeypatch.setenv("ANNALS_PORT", str(free_port()))
    with start(tmp_path / "home", command) as process:
        try:
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()

    assert process.returncode == 2
    shown = quote(f"{tmp_path}/file/backups")
    assert err.startswith(f"Error: ANNALS_BACKUPS is {shown}, where no backup can be written: Not a directory")


def test_whoever_makes_no_backups_needs_no_folder_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On one machine a server and a worker may run as different users, of whom the worker alone may write there."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANNALS_BACKUPS", f"{tmp_path}/file/backups")
    with serving(tmp_path / "home", "--port", str(free_port()), "--no-all-in-one") as process:
        assert "Annals is at" in greeting(process)


def test_ctrl_c_stops_an_import_after_the_batch_in_hand(tmp_path: Path) -> None:
    """A long import may be interrupted at any time: it says where it stopped, and goes on from there."""
    posts = lines(tmp_path, *(post(person=f"Person {number}", ref=str(number)) for number in range(500)))
    with start(tmp_path, "import", "--json", "--batch-size", "2", posts) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["outcome"] == "recorded"
        process.send_signal(signal.SIGINT)
        assert process.stderr
        numbered = [json.loads(line)["line"] for line in process.stdout]
        err = process.stderr.read()

    printed = numbered[-1]
    assert numbered == list(range(2, printed + 1))
    assert process.returncode == 130
    assert f"Stopped after line {printed}. The same command goes on from there." in err
    assert "Traceback" not in err
    assert answer(tmp_path, "status")["counts"]["events"] == printed
    rest = run(tmp_path, "import", posts)
    assert f"{printed} of them had been recorded by an earlier run" in rest.stdout
    assert "500 recorded" in rest.stdout


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    """Whoever presses it twice does not want to wait; what was printed is recorded all the same."""
    posts = lines(tmp_path, *(post(person=f"Person {number}") for number in range(1000)))
    with start(tmp_path, "import", "--batch-size", "1000", posts) as process:
        while not (tmp_path / "annals.db").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert "once more stops at once" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert process.returncode in (1, 130)
    assert "Traceback" not in err
    assert answer(tmp_path, "verify")["equal"]


def test_slow_clients_do_not_keep_the_others_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has eight threads: eight sockets that drip would otherwise take it from everybody for as long as they like."""
    monkeypatch.setenv("ANNALS_READ_TIMEOUT", "1")
    port = free_port()
    head = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
    body = b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    with serving(tmp_path, "--port", str(port)) as process, ExitStack() as open_ones:
        greeting(process)
        slow = [open_ones.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(2 * THREADS)]
        for number, connection in enumerate(slow):
            connection.sendall(body if number % 2 else head)
        assert asked(f"http://127.0.0.1:{port}/readyz")["ready"]
        ends = [connection.makefile("rb").read().decode() for connection in slow]
        process.terminate()
        assert process.wait(30) == 0
    assert {end[:12] for end in ends[::2]} == {""}
    assert all(end.startswith("HTTP/1.1 400 ") and "ended after 1 of 9 bytes" in end for end in ends[1::2])


def test_half_an_import_is_none(tmp_path: Path) -> None:
    """A connection breaks where it likes: the lines that came before must not be taken for the whole file."""
    port = free_port()
    head = b"POST /api/v1/events/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9999\r\n\r\n"
    with serving(tmp_path, "--port", str(port)) as process:
        greeting(process)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head + EXAMPLE.read_bytes().splitlines(keepends=True)[0])
            connection.shutdown(socket.SHUT_WR)
            assert "of 9999 bytes, and nothing of it was taken" in connection.makefile("rb").read().decode()
        assert asked(f"http://127.0.0.1:{port}/api/v1/feed")["items"] == []
        process.terminate()
        assert process.wait(30) == 0
