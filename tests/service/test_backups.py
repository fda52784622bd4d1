"""Backups: a copy made in use is whole, the last ones are kept, and a log made from one is the log that it was made of."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.errors import Conflict, Invalid
from service.annals import Annals
from service.backups import back_up, restore
from service.ledger.copying import log_digest
from service.settings import Settings
from tests.service.ledger.support import Desk

NIGHT = datetime(2026, 1, 1, 3, 15, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a log on SQLite that holds something."""
    found = Settings.from_env({}, home=tmp_path / "home", keep_backups=3)
    annals = Annals.open(found)
    Desk(annals.ledger).post()
    annals.close()
    return found


def test_backup_wipe_restore_gives_the_same_log(settings: Settings, tmp_path: Path) -> None:
    """A backup that was never restored is a hope."""
    made = back_up(settings, NIGHT)
    assert made.file == settings.backups / "annals-20260101T031500Z.db"
    assert [path.name for path in settings.backups.iterdir()] == [made.file.name]
    home = Settings.from_env({}, home=tmp_path / "new")

    restored = restore(home, made.file)

    annals = Annals.open(home)
    assert restored == made.digest == log_digest(annals.ledger)
    assert annals.status()["ready"]
    annals.close()


def test_a_backup_under_writes_is_the_log_at_one_moment(settings: Settings) -> None:
    """Nobody stops writing at night: what the backup holds must be the whole beginning of the log."""
    annals = Annals.open(settings)
    ended = threading.Event()

    def write() -> None:
        for number in range(40):
            Desk(annals.ledger).post(effective=f"20{number:02}-01-01")
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    made = [back_up(settings, NIGHT + timedelta(seconds=number)) for number in range(5)]
    writer.join()

    assert ended.is_set()
    for backup in made:
        assert log_digest(annals.ledger, backup.digest.position) == backup.digest
    annals.close()


def test_the_last_ones_are_kept_and_other_files_left_alone(settings: Settings) -> None:
    """A full disk stops Annals, and a file that somebody put there is not ours to delete."""
    settings.backups.mkdir(parents=True)
    (settings.backups / "annals.txt").write_text("mine")

    for day in range(5):
        back_up(settings, NIGHT + timedelta(days=day))
    elsewhere = back_up(settings, NIGHT, settings.backups / "mine.db")

    kept = [f"annals-2026010{day}T031500Z.db" for day in (3, 4, 5)]
    assert sorted(path.name for path in settings.backups.iterdir()) == sorted([*kept, "annals.txt", elsewhere.file.name])


def test_a_log_is_not_restored_over_another(settings: Settings) -> None:
    """Whoever restores in the wrong folder must not lose what is there."""
    made = back_up(settings, NIGHT)

    with pytest.raises(Conflict, match="holds entries already"):
        restore(settings, made.file)


@pytest.mark.parametrize("content", [b"", b"something else entirely", None])
def test_what_is_no_backup_is_refused(settings: Settings, tmp_path: Path, content: bytes | None) -> None:
    """A broken file must be found before the log is made from it."""
    file = tmp_path / "copy.db"
    if content is None:
        whole = back_up(settings, NIGHT, file).file.read_bytes()
        content = whole[:5000] + b"\xff" * 3000 + whole[8000:]
    file.write_bytes(content)
    home = Settings.from_env({}, home=tmp_path / "new")

    with pytest.raises(Invalid, match="is no backup of a log"):
        restore(home, file)
    assert not home.home.exists()


def test_a_copy_that_is_not_the_log_gets_no_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that loses bytes is found out at night and not on the day on which the backup is needed."""
    other = Settings.from_env({}, home=settings.home / "other")
    annals = Annals.open(other)
    Desk(annals.ledger).post(effective="2024-10-01")
    annals.close()
    real = back_up.__globals__["_copy"]
    monkeypatch.setattr("service.backups._copy", lambda _, target: real(other.log_file, target))

    with pytest.raises(Conflict, match="does not hold the entries"):
        back_up(settings, NIGHT)
    assert list(settings.backups.iterdir()) == []


def test_a_log_on_postgresql_is_backed_up_by_other_means(tmp_path: Path) -> None:
    """The operator is told by which."""
    settings = Settings.from_env({}, home=tmp_path, database_url="postgresql://ann@db/annals")

    with pytest.raises(Invalid) as making:
        back_up(settings, NIGHT)
    with pytest.raises(Invalid) as restoring:
        restore(settings, tmp_path / "backup.db")
    assert "pg_dump" in making.value.problems[0].expected
    assert "annals copy" in restoring.value.problems[0].expected
