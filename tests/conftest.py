"""What every test shares: clean settings, the two database engines and how hard hypothesis tries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgres import choose_folder, database_url, fresh_postgres, own_postgres, postgres_url, stop_server
from tests.support.reused import reused

__all__ = ["database_url", "fresh_postgres", "own_postgres", "postgres_url", "reused"]

HERE = Path(__file__).parent
DEAR = (
    "service/test_replay.py", "service/test_known_answers.py", "service/test_cases.py", "service/api/test_final.py",
    "service/api/test_described.py", "service/api/test_embargo.py", "service/api/test_then.py", "service/web/test_weight.py",
    "service/web/browser/",
)  # fmt: skip
"""What takes longest, and reaches nothing that other tests do not reach."""
IN_CI = "CI" in os.environ
settings.register_profile("default", max_examples=30, deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("nightly", settings.get_profile("default"), max_examples=2000, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure() -> None:
    """Forget the settings of the developer's own Annals, so that no test can reach its log."""
    for name in [name for name in os.environ if name.startswith("ANNALS_") and not name.startswith("ANNALS_TEST_")]:
        del os.environ[name]
    choose_folder()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is dear, so that no worker is left with it in the end; to measure coverage would make it half as slow again.

    Nor is it measured again where calls of the API are made on PostgreSQL that are made on SQLite too.
    """
    for item in items:
        if _is_dear(item) or ("postgresql" in item.name and _path(item).startswith("service/api/")):
            item.add_marker(pytest.mark.no_cover)
    items.sort(key=lambda item: not _is_dear(item))


def _is_dear(item: pytest.Item) -> bool:
    return _path(item).startswith(DEAR)


def _path(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).as_posix()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL once, after every worker is done."""
    if not hasattr(config, "workerinput"):
        stop_server()
