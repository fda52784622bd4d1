"""What every test shares: clean settings, the two database engines and how hard hypothesis tries."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgres import choose_folder, database_url, fresh_postgres, own_postgres, postgres_url, stop_server
from tests.support.reused import reused

__all__ = ["database_url", "fresh_postgres", "own_postgres", "postgres_url", "reused"]

IN_CI = "CI" in os.environ
settings.register_profile("default", max_examples=40, deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("nightly", settings.get_profile("default"), max_examples=2000, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure() -> None:
    """Forget the settings of the developer's own Annals, so that no test can reach its log."""
    for name in [name for name in os.environ if name.startswith("ANNALS_") and not name.startswith("ANNALS_TEST_")]:
        del os.environ[name]
    choose_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL once, after every worker is done."""
    if not hasattr(config, "workerinput"):
        stop_server()
