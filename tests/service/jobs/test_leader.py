"""The lead: one has it, it ends with whoever held it, and who lost it learns so."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from service.jobs.leader import Leadership, SessionLeadership, leadership_of
from service.settings import Settings
from tests.service.ledger.test_engines import BREAK


def lose(settings: Settings) -> None:
    """Take the lead from whoever has it: the file is deleted, or the connection broken."""
    if settings.log_file is not None:
        settings.log_file.with_name("jobs.lock").unlink()
    else:
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute(BREAK)


@pytest.fixture
def candidate(settings: Settings) -> Callable[[], Leadership]:
    """Makes another that would lead."""
    settings.home.mkdir(exist_ok=True)
    return lambda: leadership_of(settings)


def test_one_leads_and_another_when_that_one_is_gone(candidate: Callable[[], Leadership]) -> None:
    """Two schedulers on one log run every job twice."""
    one, other = candidate(), candidate()

    assert not one.holds()
    assert one.take() and not other.take()
    assert one.holds() and not other.holds()
    other.release()
    one.release()
    assert other.take() and not one.take()
    assert other.holds() and not one.holds()
    other.release()


def test_who_lost_the_lead_learns_so(candidate: Callable[[], Leadership], settings: Settings) -> None:
    """A leader that was cut off must stop before another has done half of its jobs."""
    one, other = candidate(), candidate()
    assert one.take()

    lose(settings)

    assert not one.holds()
    assert other.take() and other.holds()
    one.release()
    other.release()


def test_a_database_that_is_away_has_no_leader() -> None:
    """A worker waits for it like everybody else."""
    assert not SessionLeadership("postgresql://ann@127.0.0.1:1/annals").take()
