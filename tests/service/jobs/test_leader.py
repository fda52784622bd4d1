"""The lead: one has it, it ends with whoever held it, and who lost it learns so."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from service.annals import Annals
from service.jobs.leader import Leadership, SessionLeadership, is_led, leadership_of
from service.settings import Settings
from tests.service.ledger.test_engines import BREAK
from tests.support.postgres import new_database


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


def test_who_only_asks_is_taken_for_nobody_who_leads(living: Annals) -> None:
    """Several monitors ask at once: if each took the other for a worker, nobody would notice that there is none."""

    def asked(_: int) -> bool:
        with living.live().reading() as connection:
            return is_led(living.settings, connection)

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(asked, range(200)))
    leadership = leadership_of(living.settings)
    assert leadership.take() and asked(0)
    leadership.release()
    assert not asked(0)


def test_a_lead_in_another_database_is_none_here(postgres_url: str, fresh_postgres: str, tmp_path: Path) -> None:
    """One server of PostgreSQL may have several logs, each with workers of its own."""
    settings = Settings.from_env({}, home=tmp_path, database_url=fresh_postgres)
    with new_database(postgres_url) as another, closing(Annals.open(settings)) as annals, annals.live().reading() as connection:
        elsewhere = SessionLeadership(another)
        assert elsewhere.take()
        assert not is_led(settings, connection)
        elsewhere.release()


def test_a_database_that_is_away_has_no_leader() -> None:
    """A worker waits for it like everybody else."""
    assert not SessionLeadership("postgresql://ann@127.0.0.1:1/annals").take()
