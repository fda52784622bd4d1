"""The jobs themselves: in which slot each is, what it does, and what it says."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from projections.tables import links
from service.annals import Annals
from service.jobs.catalogue import Failed, Job, Stopped, Task, jobs_of
from tests.service.ledger.support import Desk

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


def go_on() -> None:
    """Nobody is to stop."""


def stop() -> None:
    """Everybody is to stop."""
    raise Stopped


def job(annals: Annals, name: str) -> Job:
    """A job by its name."""
    return next(found for found in jobs_of(annals.settings) if found.name == name)


def done(annals: Annals, name: str) -> str:
    """What comes of a job."""
    return job(annals, name).act(Task(annals, annals.now(), go_on))


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (NOON, datetime(2026, 3, 29, 3, 15, tzinfo=UTC)),
        (datetime(2026, 3, 29, 3, 15, tzinfo=UTC), datetime(2026, 3, 29, 3, 15, tzinfo=UTC)),
        (datetime(2026, 3, 29, 3, 14, 59, tzinfo=UTC), datetime(2026, 3, 28, 3, 15, tzinfo=UTC)),
    ],
)
def test_a_slot_begins_at_its_moment_in_utc(now: datetime, slot: datetime) -> None:
    """Summer time would have a night without a backup, and one with two."""
    nightly = Job("backup", "", timedelta(days=1), timedelta(hours=3, minutes=15), timedelta(hours=1), lambda _: "")

    assert nightly.slot(now) == slot
    assert nightly.following(now) == slot + timedelta(days=1)


def test_the_audit_finds_what_is_not_as_the_log_makes_it(living: Annals) -> None:
    """A projection that has gone wrong answers wrongly until somebody compares it with the log."""
    Desk(living.ledger).post()
    living.project()
    assert done(living, "audit").startswith("16 tables are what ")
    with living.live().writing() as connection:
        connection.execute(delete(links))

    with pytest.raises(Failed, match="in links: run `annals rebuild`"):
        done(living, "audit")
    with pytest.raises(Stopped):
        job(living, "audit").act(Task(living, living.now(), stop))


def test_the_backup_is_ours_to_make_on_sqlite_alone(living: Annals) -> None:
    """PostgreSQL has its own ways, which its operator knows."""
    Desk(living.ledger).post()
    names = [found.name for found in jobs_of(living.settings)]
    if living.settings.log_file is None:
        assert names == ["audit", "agenda"]
        return

    assert names == ["audit", "backup", "agenda"]
    assert "entries, digest" in done(living, "backup")
    assert len(list(living.settings.backups.iterdir())) == 1


def test_the_morning_line_says_what_anybody_may_know(living: Annals, caplog: pytest.LogCaptureFixture) -> None:
    """The log is read by people who may not know what is under embargo."""
    now = NOON
    living.now = lambda: now
    desk = Desk(living.ledger)
    desk.post(type="appointment", person="Ann", role="CTO", effective="2026-04-01", announced="2026-03-01")
    desk.post(type="appointment", person="Bob", role="CFO", effective="2026-04-02", announced="2026-03-31")
    desk.post(type="product_announcement", person=None, role=None, product="GPT-9", effective="2025-01-01", announced="2025-01-01",
              expected="2025-12")  # fmt: skip

    with caplog.at_level(logging.INFO):
        result = done(living, "agenda")

    assert result == "1 overdue, 1 within 7 days of 2026-03-29"
    assert [record.message for record in caplog.records if record.name.endswith("catalogue")] == [
        "agenda: overdue since 2025-12: GPT-9 at OpenAI is expected to be released",
        "agenda: 2026-04-01: Ann (CTO) at OpenAI takes up a role",
    ]
