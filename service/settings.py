"""What an operator can set: environment variables and flags of the same names, read once, and the fixed limits."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from events.dates import quote
from events.errors import Invalid

LANGUAGES = ("en", "ja")
ENGINES = ("sqlite", "postgresql")
DATABASE_EXAMPLES = "sqlite:///var/annals.db or postgresql://user:password@host:5432/annals"

MOST_BODY = 1 << 20
"""The largest body that is no import, in bytes."""
MOST_IMPORT = 256 << 20
"""The largest body of an import, in bytes."""
MOST_LINE_BYTES = 1_000_000
"""The longest line of an import."""
MOST_ATOMIC_LINES = 10_000
"""The most lines that an import can record as all or none."""
BATCH_LINES = 500
"""How many lines of an import are recorded in one transaction."""
BATCH_BYTES = 8_000_000
"""How many bytes of lines are held at once for a transaction: a batch ends early when it reaches them."""
MOST_PROCESSES = 32
MOST_SECONDS = 3600
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
MOST_BACKUPS = 1000
MOST_PROXIES = 10
SWITCH = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
LOCK_SECONDS = 30
"""How long a writer waits for another's transaction before it gives up."""
LEAST_KEY = 16
"""The fewest characters of a secret key."""
RATE_LIMIT = "12000 per minute"
TRIES_LIMIT = "20 per minute"
OTHERS = ("ANNALS_KEY",)
"""Variables that clients use, not the service: where the documents keep a key."""
_NEAR = 0.75
"""How like a setting's name another must be to be taken for it: all names begin alike."""
_LIMIT = re.compile(r"[1-9][0-9]{0,8} per (second|minute|hour|day)")
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this Annals is set up.

    `home` is the data folder; `database_url` where the log is (`sqlite:///path` or `postgresql://…`); `host` and
    `port` what the server listens on; `lang` the language of the pages where a reader has chosen none. `processes` is how
    many processes answer requests, `all_in_one` whether they look after the jobs too; `backups` is the folder of the
    nightly backups, of which the last `keep_backups` are kept. `secret_key` is what sessions are signed with, None for a
    key of its own in the home. `public_read` says whether reading needs no key once there are any; `hosts` are further names
    under which this server is reached, through as many `proxies` as stand in front of it. `rate_limit` is how many requests a
    caller may send, and `tries_limit` how many keys that are not good an address may send, each as `20 per minute`; None for no
    limit.

    `log_level` and `log_format` say what is logged and how; `expect_worker` whether a server without a worker is not ready. Of
    the server's seconds, a process that gives no sign of life for `timeout` is replaced, requests may go on for `grace` after it
    is told to stop, a connection waits `keep_alive` for another request, and what a client sends may take `read_timeout` to come,
    and longer where it is much. `traces` is the address of a collector of traces.
    """

    home: Path
    database_url: str = field(repr=False)
    host: str
    port: int
    lang: str
    processes: int
    all_in_one: bool
    backups: Path
    keep_backups: int
    log_level: str
    log_format: str
    expect_worker: bool
    timeout: int
    grace: int
    keep_alive: int
    read_timeout: int
    secret_key: str | None = field(default=None, repr=False)
    public_read: bool = True
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    rate_limit: str | None = None
    tries_limit: str | None = None
    traces: str | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **overrides: Any) -> Settings:
        """The settings of an environment; `overrides` are flags by field name, in which None is one not given.

        A variable with `_FILE` after its name names a file that holds the value. Raises `Invalid` naming the variable and quoting the
        value, also for a variable that begins as a setting does and is none.
        """
        _check_names(environ, [f"ANNALS_{setting.name.upper()}" for setting in fields(cls)])
        given = {name: str(value) for name, value in overrides.items() if value is not None}

        def read(name: str, default: str) -> str:
            return given.get(name) or _given(environ, f"ANNALS_{name.upper()}") or default

        home = Path(read("home", "var"))
        database_url = _database_url(read("database_url", sqlite_url(home / "annals.db")))
        return cls(
            home,
            database_url,
            read("host", "127.0.0.1"),
            _port(read("port", "8000")),
            _lang(read("lang", "en")),
            _number("ANNALS_PROCESSES", read("processes", "1"), MOST_PROCESSES),
            _switch("ANNALS_ALL_IN_ONE", read("all_in_one", "yes" if database_url.startswith("sqlite") else "no")),
            Path(read("backups", str(home / "backups"))),
            _number("ANNALS_KEEP_BACKUPS", read("keep_backups", "7"), MOST_BACKUPS),
            _choice("ANNALS_LOG_LEVEL", read("log_level", "info"), LOG_LEVELS),
            _choice("ANNALS_LOG_FORMAT", read("log_format", "text"), LOG_FORMATS),
            _switch("ANNALS_EXPECT_WORKER", read("expect_worker", "no")),
            _number("ANNALS_TIMEOUT", read("timeout", "30"), MOST_SECONDS),
            _number("ANNALS_GRACE", read("grace", "10"), MOST_SECONDS),
            _number("ANNALS_KEEP_ALIVE", read("keep_alive", "2"), MOST_SECONDS),
            _number("ANNALS_READ_TIMEOUT", read("read_timeout", "20"), MOST_SECONDS),
            _secret_key(read("secret_key", "") or None),
            _switch("ANNALS_PUBLIC_READ", read("public_read", "yes")),
            _hosts(read("hosts", "")),
            _number("ANNALS_PROXIES", read("proxies", "0"), MOST_PROXIES, 0),
            _limit("ANNALS_RATE_LIMIT", read("rate_limit", RATE_LIMIT)),
            _limit("ANNALS_TRIES_LIMIT", read("tries_limit", TRIES_LIMIT)),
            _traces(read("traces", "") or None),
        )

    @property
    def log_file(self) -> Path | None:
        """The SQLite file that holds the log; None where PostgreSQL does."""
        url = make_url(self.database_url)
        return Path(str(url.database)) if url.drivername == "sqlite" else None

    def log_environment(self) -> dict[str, str]:
        """The settings of the `eventsourcing` library for the log: all of them, so that it need not look elsewhere."""
        if self.log_file is not None:
            return {
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": str(self.log_file),
                "SQLITE_LOCK_TIMEOUT": str(LOCK_SECONDS),
            }
        return _postgres_environment(make_url(self.database_url))


def _postgres_environment(url: URL) -> dict[str, str]:
    # A table lock orders the writers, so more connections would only wait; readers and a projector share the rest.
    # An empty user, password or host leaves libpq to its own variables and files (PGUSER, ~/.pgpass, the local socket).
    # POSTGRES_ENABLE_DB_FUNCTIONS stays out: that insert takes no table lock, and readers would skip entries for good.
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "APPLICATION_RECORDER_TOPIC": "service.ledger.postgres:PlainRecorder",
        "POSTGRES_DBNAME": str(url.database),
        "POSTGRES_HOST": url.host or str(url.query.get("host", "")),
        "POSTGRES_PORT": str(url.port or url.query.get("port", 5432)),
        "POSTGRES_USER": url.username or "",
        "POSTGRES_PASSWORD": url.password or "",
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": "9",
        "POSTGRES_CONNECT_TIMEOUT": "2",
        "POSTGRES_LOCK_TIMEOUT": str(LOCK_SECONDS),
        "POSTGRES_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "60",
    }


def sqlite_url(file: Path) -> str:
    """The address of an SQLite database in a file."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def _database_url(text: str) -> str:
    shown, expected = quote(_PASSWORD.sub("***", text)), f"an address such as {DATABASE_EXAMPLES}"
    try:
        url = make_url(re.sub(r"^postgres(ql\+psycopg)?://", "postgresql://", text))
    except (ArgumentError, ValueError):
        raise Invalid.of("ANNALS_DATABASE_URL", shown, f"ANNALS_DATABASE_URL is {shown}, which is no database address", expected) from None
    if url.drivername not in ENGINES or not url.database or ":memory:" in url.database:
        message = f"ANNALS_DATABASE_URL is {shown}, which names neither an SQLite file nor a PostgreSQL database"
        raise Invalid.of("ANNALS_DATABASE_URL", shown, message, expected)
    unknown = sorted(set(url.query) - {"host", "port"}) if url.drivername == "postgresql" else sorted(url.query)
    if unknown:
        message = f"ANNALS_DATABASE_URL is {shown}, whose option {quote(unknown[0])} is not understood"
        raise Invalid.of(
            "ANNALS_DATABASE_URL", shown, message, "no options but `host` and `port`; libpq reads others from PGSSLMODE and the like"
        )
    return url.render_as_string(hide_password=False)


def _check_names(environ: Mapping[str, str], settings: Sequence[str]) -> None:
    known = [*settings, *(f"{name}_FILE" for name in settings)]
    for name, value in sorted(environ.items()):
        if value and name.startswith("ANNALS_") and name not in (*known, *OTHERS) and not name.startswith("ANNALS_TEST_"):
            near = difflib.get_close_matches(name, known, 1, _NEAR)
            expected = f"perhaps {near[0]}" if near else "one of those in docs/settings.md"
            raise Invalid.of(name, "***", f"{name} is no setting of Annals", expected)


def _given(environ: Mapping[str, str], name: str) -> str:
    """What the environment says: the variable itself, or the content of the file that the variable with `_FILE` after it names."""
    text, file = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if text and file:
        message = f"both {name} and {name}_FILE are given"
        raise Invalid.of(f"{name}_FILE", file, message, "one of them")
    try:
        return Path(file).read_text("utf-8").strip() if file else text
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"{name}_FILE is {quote(file)}, which cannot be read: {reason}"
        raise Invalid.of(f"{name}_FILE", file, message, "a file that holds the value alone") from None


def _choice(name: str, text: str, among: tuple[str, ...]) -> str:
    if text.lower() not in among:
        raise Invalid.of(name, text, f"{name} is {quote(text)}, which is none of its values", "one of " + ", ".join(among))
    return text.lower()


def _number(name: str, text: str, most: int, least: int = 1) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise Invalid.of(name, text, f"{name} is {quote(text)}, which is no such number", f"a whole number from {least} to {most}")
    return int(text)


def _switch(name: str, text: str) -> bool:
    if text.lower() not in SWITCH:
        raise Invalid.of(name, text, f"{name} is {quote(text)}, which is neither yes nor no", "yes or no")
    return SWITCH[text.lower()]


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise Invalid.of("ANNALS_PORT", text, f"ANNALS_PORT is {quote(text)}, which is no port", "a whole number from 1 to 65535")
    return int(text)


def _lang(text: str) -> str:
    if text not in LANGUAGES:
        raise Invalid.of(
            "ANNALS_LANG", text, f"ANNALS_LANG is {quote(text)}, which is no language of the pages", "one of " + ", ".join(LANGUAGES)
        )
    return text


def _secret_key(text: str | None) -> str | None:
    if text is not None and len(text) < LEAST_KEY:
        message = f"ANNALS_SECRET_KEY has {len(text)} characters, which can be guessed"
        raise Invalid.of("ANNALS_SECRET_KEY", "***", message, f"at least {LEAST_KEY} characters that nobody else knows")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    """Names of hosts with commas between them, in lower case."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            message = f"ANNALS_HOSTS has {quote(name)}, which is no name of a host"
            raise Invalid.of("ANNALS_HOSTS", name, message, "names without ports and with commas between them, such as annals.example.com")
    return names


def _limit(name: str, text: str) -> str | None:
    if SWITCH.get(text.lower()) is False:
        return None
    if not _LIMIT.fullmatch(text):
        expected = "a number per second, minute, hour or day, such as 600 per minute; or no"
        raise Invalid.of(name, text, f"{name} is {quote(text)}, which is no limit", expected)
    return text


def _traces(text: str | None) -> str | None:
    if text is not None and not _WEB_ADDRESS.fullmatch(text):
        message = f"ANNALS_TRACES is {quote(text)}, which is no web address"
        raise Invalid.of("ANNALS_TRACES", text, message, "where a collector takes OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces")
    return text
