"""The images and how they are put together: no container engine is needed, since what they run is run here as processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

from service.cli.server import check_address
from service.settings import Settings
from tests.service.cli.test_serve import free_port

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text("utf-8"))
BIN = Path(sys.executable).parent
PACKAGES = ("events", "projections", "service")
USER = int(re.findall(r"--uid (\d+)", DOCKERFILE)[0])
SETPRIV = f"setpriv --reuid {USER} --regid {USER} --clear-groups --inh-caps -all,+dac_read_search --ambient-caps +dac_read_search --"
MAY_CHANGE = bool(shutil.which("setpriv")) and subprocess.run([*SETPRIV.split(), "true"], capture_output=True).returncode == 0
AS_USER = SETPRIV.split() if MAY_CHANGE else []
"""Runs a command as the image's user, where the tests may. It reads what they do, since Python may be in a home; it writes only its own."""
MAKING_A_KEY = re.findall(r"^docker compose run --rm worker (annals .*)$", (ROOT / "docs/deploy.md").read_text("utf-8"), re.MULTILINE)[0]
FIRST: list[tuple[list[str], str, int, str, str]] = [
    (["annals", "serve"], "web", 2, "", "there is no key yet"),
    (MAKING_A_KEY.split(), "worker", 0, "annals_", ""),
]
"""What is run before the services: the command, whose settings it has, its exit code, and what it says on either output."""


def image_environment() -> dict[str, str]:
    """What the image sets for whatever runs in it."""
    (block,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    return dict(word.split("=", 1) for word in block.replace("\\\n", " ").split())


def ran(command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What becomes of a command of the image, run by the image's user."""
    return subprocess.run([*AS_USER, *command], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60)


def healthy(test: list[str], port: int, environ: dict[str, str]) -> bool:
    """Whether a health check succeeds within a minute; its port is put in."""
    command = [*AS_USER, *(part.replace(":8000", f":{port}") for part in test[1:])]
    for _ in range(60):
        if subprocess.run(command, env=environ, cwd=ROOT, capture_output=True).returncode == 0:
            return True
        time.sleep(1)
    return False


def test_the_compose_file_is_one() -> None:
    """A mistake in it is found by whoever deploys, unless it is found here."""
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text("utf-8"))
    validator = validator_for(schema, Draft202012Validator)(schema)

    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    assert not validator.is_valid({"services": {"web": {"comand": "annals serve"}}})


def test_what_services_name_is_there() -> None:
    """The schema does not know that a volume, a secret or a service which is named has to be declared."""
    for name, service in COMPOSE["services"].items():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"]), name
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"]), name
        for variable, value in service.get("environment", {}).items():
            assert not variable.endswith("_FILE") or value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the image's user, which others find too."""
    with tempfile.TemporaryDirectory(prefix="annals-home-") as folder:
        if AS_USER:
            os.chown(folder, USER, USER)
        yield Path(folder)


def test_the_services_start_and_are_healthy(fresh_postgres: str, home: Path, tmp_path: Path) -> None:
    """The commands, settings, health checks and user of the containers, on an empty database of PostgreSQL that nothing has prepared."""
    check = json.loads(re.findall(r"^HEALTHCHECK[^\n]*\n\s*CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[0])
    services = COMPOSE["services"]
    for name, value in (("database_url", fresh_postgres), ("secret_key", "k" * 32)):
        (tmp_path / name).write_text(f"{value}\n")
    port, own = free_port(), {**image_environment(), "PATH": f"{BIN}:{os.environ['PATH']}", "ANNALS_HOME": str(home)}
    environs = {
        name: {**own, "ANNALS_PORT": str(port), **{key: text.replace("/run/secrets", str(tmp_path)) for key, text in given.items()}}
        for name, given in ((name, services[name]["environment"]) for name in ("worker", "web"))
    }
    for command, name, code, out, err in FIRST:
        found = ran(command, environs[name])
        assert (found.returncode, out in found.stdout, err in found.stderr) == (code, True, True), (command, found)
    check_address(Settings.from_env(environs["web"]))

    started: list[subprocess.Popen[bytes]] = []
    try:
        for name, test in (("worker", services["worker"]["healthcheck"]["test"]), ("web", ["CMD", *check])):
            environ = {**environs[name], "ANNALS_HOST": "127.0.0.1"}
            command = [*AS_USER, *services[name]["command"]]
            started.append(subprocess.Popen(command, env=environ, cwd=ROOT, stderr=subprocess.PIPE))
            assert healthy(test, port, environ), name
        assert not AS_USER or {Path(f"/proc/{process.pid}").stat().st_uid for process in started} == {USER}
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        said = [process.communicate(timeout=60)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert all(json.loads(line)["message"] for text in said for line in text.splitlines())


def test_the_image_is_small_and_runs_as_nobody_of_importance() -> None:
    """What a request could break out of must not be root, nor hold compilers, tests and caches."""
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert final.index("useradd --system") < final.index("\nUSER annals\n") < final.index("\nCMD ")
    assert "--require-hashes" in DOCKERFILE and "pip install" not in final
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image installs, built from nothing but what is copied into it."""
    source = tmp_path_factory.mktemp("source")
    archive = subprocess.run(["git", "archive", "HEAD", *PACKAGES, "pyproject.toml", "README.md", "LICENSE"],
                             cwd=ROOT, check=True, capture_output=True).stdout  # fmt: skip
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive, check=True)
    command = [sys.executable, "-m", "pip", "-q", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(source), "."]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(source.glob("annals-*.whl"))


def test_an_installation_has_every_file_of_the_packages(wheel: Path) -> None:
    """In a work tree a template that is not packed is there all the same, and missing only in production."""
    tracked = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "HEAD", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with zipfile.ZipFile(wheel) as packed:
        assert set(tracked.stdout.splitlines()) - set(packed.namelist()) == set()
