"""A log that holds the example, made once for all tests that only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.cli.support import EXAMPLE, run


@pytest.fixture(scope="session")
def example_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the example was imported."""
    home = tmp_path_factory.mktemp("example")
    result = run(home, "import", str(EXAMPLE))
    assert result.exit_code == 0, result.stderr
    return home
