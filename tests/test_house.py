"""What has to hold of the repository itself: its locks, licence and examples, and the engines that the tests run on."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from sqlalchemy import create_engine, inspect, text

ROOT = Path(__file__).parents[1]
INDEX_HOST = re.compile(r"(?:pypi|pythonhosted|npmjs)\.(?:org|com)")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = {"requirements.lock": PROJECT["dependencies"], "requirements-dev.lock": PROJECT["optional-dependencies"]["dev"]}


def tracked_files() -> list[Path]:
    """Every file that is part of the repository."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, str]:
    """The version that a lock pins for each package."""
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", (ROOT / lock).read_text(), re.MULTILINE))


def test_both_engines_start_empty_and_answer(database_url: str) -> None:
    """A storage test proves nothing on an engine that is missing or holds another test's rows."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
        assert inspect(connection).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_names_versions_and_hashes_and_nothing_else(lock: str) -> None:
    """An address or a path in a lock would tie every user to the index and the machine on which it was made."""
    for line in (ROOT / lock).read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9.-]+==\S+ \\| {4}--hash=sha256:[0-9a-f]{64}(?: \\)?| {4}#.*", line), line
        assert "://" not in line


@pytest.mark.parametrize(("lock", "wanted"), WANTED.items())
def test_a_lock_answers_to_the_project(lock: str, wanted: list[str]) -> None:
    """A dependency that is declared but not locked would be missing after `make setup`."""
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins(lock)[requirement.name]), requirement


def test_the_development_lock_extends_the_other() -> None:
    """The tests must run on the very versions that users get."""
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_examples_are_one_json_object_per_line() -> None:
    """The examples are loaded on the first start: a broken line would greet every new user."""
    for path in (ROOT / "examples").glob("*.ndjson"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert isinstance(json.loads(line), dict), f"{path.name}: {line}"


def test_the_licence_is_there_and_is_the_declared_one() -> None:
    """A licence that is named and not enclosed grants nobody anything."""
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()


def test_no_file_names_a_package_index() -> None:
    """Where packages come from is the user's setting: a host written down here would overrule a company's own index."""
    for path in tracked_files():
        assert not INDEX_HOST.search(path.read_text(encoding="utf-8", errors="ignore")), path.relative_to(ROOT)
