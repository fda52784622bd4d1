"""Logs on the move, from the command line: copied between engines, backed up, wiped and restored."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.service.cli.support import answer, lines, post, run

DIGEST = ("entries", "position", "digest")


def filled(home: Path) -> Path:
    """A home whose log holds something."""
    home.mkdir(exist_ok=True)
    assert run(home, "import", lines(home, post(), post(person="Bob McGrew"))).exit_code == 0
    return home


def test_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The log holds what is under embargo, and a machine has other users."""
    before = os.umask(0o022)
    try:
        home = filled(tmp_path / "home")
        assert run(home, "backup").exit_code == run(home, "backup", "--to", str(tmp_path / "copy.db")).exit_code == 0
        assert run(home, "jobs").exit_code == 0
        after = os.umask(0o022)
    finally:
        os.umask(before)

    written = [
        home / "annals.db",
        home / "jobs.db",
        home / "projections-1.db",
        home / "backups",
        tmp_path / "copy.db",
        *home.glob("backups/*"),
    ]
    assert len(written) == 6
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in written} == {path.name: "0o0" for path in written}
    assert after == 0o022


def test_there_and_back_gives_the_same_digest(fresh_postgres: str, tmp_path: Path) -> None:
    """Whoever outgrows SQLite takes everything along, and could come back."""
    home, back = filled(tmp_path / "home"), f"sqlite:///{tmp_path / 'back.db'}"
    exported = run(home, "export").stdout

    there = answer(home, "copy", "--to", fresh_postgres)
    again = answer(home, "copy", "--database-url", fresh_postgres, "--to", back)

    assert there == again
    assert run(home, "export", "--database-url", fresh_postgres).stdout == run(home, "export", "--database-url", back).stdout == exported
    assert f"digest {there['digest']}. Both logs are equal" in run(home, "copy", "--to", back).stdout


def test_backup_wipe_restore_gives_the_same_digest(tmp_path: Path) -> None:
    """This is done for the first time on the day on which it matters."""
    home = filled(tmp_path / "home")
    made = answer(home, "backup")
    file = Path(made["file"])
    assert (file.parent, file.stat().st_size) == (home / "backups", made["size"])
    state = run(home, "state", "openai", "--json", "--known-at", "2026-01-01").stdout
    assert run(home, "restore", str(file)).exit_code == 1
    for wiped in (*home.glob("annals.db*"), home / "jobs.db"):
        wiped.unlink(missing_ok=True)

    restored = answer(home, "restore", str(file))

    assert restored == {name: made[name] for name in DIGEST}
    assert run(home, "state", "openai", "--json", "--known-at", "2026-01-01").stdout == state
    assert answer(home, "verify")["equal"]
    assert f"digest {made['digest']}" in run(home, "backup", "--to", str(tmp_path / "mine.db")).stdout
    assert "Restored " in run(tmp_path / "new", "restore", str(tmp_path / "mine.db")).stdout


def test_projections_of_another_log_are_not_kept(tmp_path: Path) -> None:
    """The files beside a wiped log tell of what it held, and not of what was restored."""
    home = filled(tmp_path / "home")
    made = answer(home, "backup")
    other = filled(tmp_path / "other")
    assert run(other, "import", lines(other, post(person="Ann"), post(person="Bob"), name="more.ndjson")).exit_code == 0
    for wiped in other.glob("annals.db*"):
        wiped.unlink()

    run(other, "restore", made["file"])

    assert "Ann" not in run(other, "feed").stdout
    assert answer(other, "verify")["equal"]


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("copy --to annals", 2, "--to is 'annals', which is no database address"),
        ("copy --to sqlite:///{home}/annals.db", 2, "--to is the database that is to be copied"),
        ("copy --to postgresql://ann:secret@127.0.0.1:1/annals", 3, "the store postgresql://ann:***@127.0.0.1:1/annals cannot be used"),
        ("backup --database-url postgresql://ann:secret@127.0.0.1:1/annals", 2, "pg_dump"),
        ("restore nowhere.db", 2, "does not exist"),
        ("restore {home}/lines.ndjson --home {home}/new", 2, "is no backup of a log"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, command: str, code: int, message: str) -> None:
    """A copy to the wrong place must end before it begins."""
    home = filled(tmp_path / "home")

    result = run(home, *command.format(home=home).split())

    assert (result.exit_code, message in result.stderr) == (code, True), result.stderr
    assert "secret" not in result.stderr


def test_a_copy_says_so_as_json(tmp_path: Path) -> None:
    """Scripts compare digests."""
    home = filled(tmp_path / "home")

    result = json.loads(run(home, "copy", "--json", "--to", f"sqlite:///{tmp_path / 'copy.db'}").stdout)

    assert tuple(result) == DIGEST
