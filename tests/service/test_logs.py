"""Lines of the log: in either form, one line each, whatever they say."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.logs import FORMATS, OURS, show_log
from service.settings import Settings


def record(message: str = "request", failed: Any = None, **members: Any) -> logging.LogRecord:
    """A record with members."""
    found = logging.LogRecord("annals.requests", logging.INFO, "", 0, message, None, failed)
    found.created, found.members = 1_700_000_000.25, members
    return found


@pytest.fixture
def quiet() -> Iterator[None]:
    """The loggers as they were, afterwards."""
    loggers = [logging.getLogger(), *map(logging.getLogger, OURS)]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    for handler in list(logging.getLogger().handlers):
        logging.getLogger().removeHandler(handler)  # those of the test runner are not to be closed
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def test_words_are_for_people_and_cannot_be_forged() -> None:
    """Whoever sends a line end in an address must not write lines of their own into the log."""
    line = FORMATS["text"]().format(record(path="/a\nb c", status=200, position=None))

    assert line == '2023-11-14T22:13:20.250Z INFO annals.requests: request path="/a\\nb c" status=200 position=-'


def test_json_is_for_programs() -> None:
    """A collector needs the members by name, and a failure on the same line."""
    try:
        raise ZeroDivisionError("by nothing")
    except ZeroDivisionError as error:
        failed = (type(error), error, error.__traceback__)
    line = FORMATS["json"]().format(record("it failed", failed, path="/ミラ\n"))

    assert "\n" not in line
    found = json.loads(line)
    assert (found["time"], found["level"], found["logger"]) == ("2023-11-14T22:13:20.250Z", "info", "annals.requests")
    assert (found["message"], found["path"]) == ("it failed", "/ミラ\n")
    assert "ZeroDivisionError: by nothing" in found["exception"]
    assert re.search("ZeroDivisionError: by nothing$", FORMATS["text"]().format(record("it failed", failed)))


@pytest.mark.usefixtures("quiet")
def test_what_is_said_depends_on_the_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy server is set to warnings; what other libraries say below that is nobody's news."""
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    for level in ("info", "error"):
        show_log(Settings.from_env({"ANNALS_LOG_LEVEL": level}))
        logging.getLogger("annals.requests").info("own at %s", level)
        logging.getLogger("another").info("other at %s", level)
        logging.getLogger("another").warning("warned at %s", level)

    assert re.findall(r"\w+ at \w+", said.getvalue()) == ["own at info", "warned at info", "warned at error"]
