"""What is logged, and how it looks: a line each on stderr, as words with `name=value` or as JSON."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from events.moments import rfc3339, to_micros
from service.settings import Settings

OURS = ("annals", "service", "projections")
"""The loggers that speak from the level of the settings on; all others only warn."""
_PLAIN = re.compile(r"[\w./:+@~-]+")


class Words(logging.Formatter):
    """`2026-01-01T00:00:00.000Z INFO annals.requests: request method=GET path=/`, with a traceback on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        said = [record.getMessage(), *(f"{name}={_shown(value)}" for name, value in members(record).items())]
        line = f"{instant_of(record)} {record.levelname} {record.name}: {' '.join(said)}"
        return line if record.exc_info is None else f"{line}\n{self.formatException(record.exc_info)}"


class Json(logging.Formatter):
    """An object with `time`, `level`, `logger`, `message`, the record's own members, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        said = {"time": instant_of(record), "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        failed = {} if record.exc_info is None else {"exception": self.formatException(record.exc_info)}
        return json.dumps({**said, **members(record), **failed}, ensure_ascii=False, default=str)


FORMATS: Mapping[str, type[logging.Formatter]] = {"text": Words, "json": Json}


class Stderr(logging.StreamHandler[Any]):
    """Writes to what is stderr at that moment."""

    @property
    def stream(self) -> Any:
        """The stream."""
        return sys.stderr

    @stream.setter
    def stream(self, _: Any) -> None:
        """Nothing is kept."""


def show_log(settings: Settings) -> None:
    """Have this process log to stderr, in the form and from the level of the settings; what was set up before is replaced."""
    handler = Stderr()
    handler.setFormatter(FORMATS[settings.log_format]())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper())


def members(record: logging.LogRecord) -> Mapping[str, Any]:
    """What a record says by name: the `members` that it was logged with (`extra={"members": …}`)."""
    found: Mapping[str, Any] = getattr(record, "members", {})
    return found


def instant_of(record: logging.LogRecord) -> str:
    """When it was logged, in UTC, to the millisecond."""
    micros = to_micros(datetime.fromtimestamp(record.created, UTC))
    return f"{rfc3339(micros)[:19]}.{micros // 1000 % 1000:03}Z"


def _shown(value: Any) -> str:
    """A value without the spaces and line ends by which somebody could forge a line."""
    text = "-" if value is None else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
