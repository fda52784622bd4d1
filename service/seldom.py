"""Warnings said seldom: an outage makes every request fail, and one line every few seconds says as much as thousands."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

PAUSE_SECONDS = 5.0


class Seldom(logging.Filter):
    """Lets a message through (the text before its values are put in) once in `pause` seconds; `clock` gives seconds."""

    def __init__(self, pause: float = PAUSE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._pause = pause
        self._clock = clock
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to say it now."""
        now, message = self._clock(), str(record.msg)
        due = now - self._said.get(message, -self._pause) >= self._pause
        if due:
            self._said[message] = now
        return due


def seldom_logger(name: str) -> logging.Logger:
    """The logger of that name with a filter of its own; the repeats of other loggers do not count."""
    logger = logging.getLogger(name)
    logger.addFilter(Seldom())
    return logger
