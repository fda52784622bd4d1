"""Settings: which of flag, variable and default counts, and what each may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from events.errors import Invalid
from service.settings import Settings


def test_a_flag_goes_before_its_variable_and_that_before_the_default() -> None:
    """An operator overrides for one run what the environment says for all."""
    environ = {"ANNALS_PORT": "9000", "ANNALS_LANG": "ja", "ANNALS_HOST": ""}

    settings = Settings.from_env(environ, port=9001, lang=None)

    assert (settings.port, settings.lang, settings.host, settings.home) == (9001, "ja", "127.0.0.1", Path("var"))


def test_the_log_is_in_the_home_unless_another_place_is_named(tmp_path: Path) -> None:
    """One folder to keep, to copy and to delete; or a database that somebody else looks after."""
    assert Settings.from_env({"ANNALS_HOME": str(tmp_path)}).log_file == tmp_path / "annals.db"
    assert Settings.from_env({}, database_url="postgres://ann@db/annals").log_file is None


def test_one_command_does_all_on_sqlite_and_backups_are_kept_in_the_home(tmp_path: Path) -> None:
    """One machine needs one command; a database that several share has a worker of its own."""
    small = Settings.from_env({}, home=tmp_path)
    large = Settings.from_env({"ANNALS_BACKUPS": "/backups", "ANNALS_KEEP_BACKUPS": "30"}, database_url="postgresql://ann@db/annals")

    assert (small.all_in_one, small.processes, small.backups, small.keep_backups) == (True, 1, tmp_path / "backups", 7)
    assert (large.all_in_one, large.backups, large.keep_backups) == (False, Path("/backups"), 30)
    assert Settings.from_env({"ANNALS_ALL_IN_ONE": "yes"}, all_in_one=False).all_in_one is False


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ann:secret@db:6432/annals", ("annals", "db", "6432", "ann", "secret")),
        ("postgresql+psycopg:///annals?host=/run/pg&port=5433", ("annals", "/run/pg", "5433", "", "")),
        ("postgres://db/annals", ("annals", "db", "5432", "", "")),
    ],
)
def test_an_address_of_postgresql_reaches_the_log_in_parts(url: str, said: tuple[str, ...]) -> None:
    """What is left out is libpq's to find; what is given must arrive as it is."""
    environment = Settings.from_env({}, database_url=url).log_environment()

    assert tuple(environment[f"POSTGRES_{name}"] for name in ("DBNAME", "HOST", "PORT", "USER", "PASSWORD")) == said
    assert "POSTGRES_ENABLE_DB_FUNCTIONS" not in environment


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ANNALS_PORT", "http", "ANNALS_PORT is 'http', which is no port"),
        ("ANNALS_PORT", "0", "ANNALS_PORT is '0'"),
        ("ANNALS_PORT", "65536", "ANNALS_PORT is '65536'"),
        ("ANNALS_PORT", "٨٠", "ANNALS_PORT is '٨٠'"),
        ("ANNALS_LANG", "fr", "ANNALS_LANG is 'fr'"),
        ("ANNALS_PROCESSES", "0", "ANNALS_PROCESSES is '0', which is no such number"),
        ("ANNALS_PROCESSES", "many", "ANNALS_PROCESSES is 'many'"),
        ("ANNALS_KEEP_BACKUPS", "-1", "ANNALS_KEEP_BACKUPS is '-1'"),
        ("ANNALS_ALL_IN_ONE", "perhaps", "ANNALS_ALL_IN_ONE is 'perhaps', which is neither yes nor no"),
        ("ANNALS_PROXIES", "11", "ANNALS_PROXIES is '11', which is no such number"),
        ("ANNALS_TRACES", "127.0.0.1:4318", "ANNALS_TRACES is '127.0.0.1:4318', which is no web address"),
        ("ANNALS_LOG_LEVEL", "loud", "ANNALS_LOG_LEVEL is 'loud', which is none of its values"),
        ("ANNALS_LOG_FORMAT", "xml", "ANNALS_LOG_FORMAT is 'xml'"),
        ("ANNALS_TIMEOUT", "0", "ANNALS_TIMEOUT is '0'"),
        ("ANNALS_DATABASE_URL_FILE", "/nowhere/url", "which cannot be read: No such file or directory"),
        ("ANNALS_DATABASE_URL", "annals", "which is no database address"),
        ("ANNALS_DATABASE_URL", "mysql://host/annals", "neither an SQLite file nor a PostgreSQL database"),
        ("ANNALS_DATABASE_URL", "sqlite://", "neither an SQLite file nor a PostgreSQL database"),
        ("ANNALS_DATABASE_URL", "sqlite:///:memory:", "neither an SQLite file nor a PostgreSQL database"),
        ("ANNALS_DATABASE_URL", "postgresql://ann:secret@db:port/annals", "which is no database address"),
        ("ANNALS_DATABASE_URL", "postgresql://ann:secret@db/annals?sslmode=require", "whose option 'sslmode' is not understood"),
        ("ANNALS_DATABASE_URL", "sqlite:///annals.db?mode=ro", "whose option 'mode' is not understood"),
    ],
)
def test_a_setting_that_cannot_be_is_named_without_its_password(name: str, value: str, message: str) -> None:
    """The sentence ends up in logs that others read."""
    with pytest.raises(Invalid) as caught:
        Settings.from_env({name: value})

    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.field == name
    assert problem.expected
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ANNALS_PUBLIC_READS", "perhaps ANNALS_PUBLIC_READ"),
        ("ANNALS_SECRET_KEY_FLIE", "perhaps ANNALS_SECRET_KEY_FILE"),
        ("ANNALS_9", "one of those in docs/settings.md"),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_nearest(name: str, expected: str) -> None:
    """Whoever believes that reading is closed must not find out from others that it is open."""
    with pytest.raises(Invalid) as caught:
        Settings.from_env({name: "no secret"})

    problem = caught.value.problems[0]
    assert (problem.field, problem.message, problem.expected) == (name, f"{name} is no setting of Annals", expected)
    assert "secret" not in str(problem)


def test_variables_that_are_no_settings_of_the_service_are_left_alone() -> None:
    """A client's key, settings of the tests and what is empty stand in the same environment."""
    environ = {"ANNALS_KEY": "annals_x", "ANNALS_TEST_DATABASE_URL": "postgresql://db/tests", "ANNALS_PORTS": "", "ANNALSX": "1"}
    assert Settings.from_env(environ) == Settings.from_env({})


def test_a_password_is_not_shown_with_the_settings() -> None:
    """Settings are printed in tracebacks and debuggers."""
    assert "secret" not in repr(Settings.from_env({}, database_url="postgresql://ann:secret@db/annals"))


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """Orchestrators put secrets into files, since the environment of a process is easily seen."""
    file = tmp_path / "url"
    file.write_text("postgresql://ann:secret@db/annals\n")
    environ = {"ANNALS_DATABASE_URL_FILE": str(file), "ANNALS_SECRET_KEY_FILE": ""}

    assert Settings.from_env(environ).database_url == "postgresql://ann:secret@db/annals"
    with pytest.raises(Invalid, match="both ANNALS_DATABASE_URL and ANNALS_DATABASE_URL_FILE"):
        Settings.from_env({**environ, "ANNALS_DATABASE_URL": "sqlite:///x.db"})
    file.write_bytes(b"\xff")
    with pytest.raises(Invalid, match="it is not UTF-8"):
        Settings.from_env(environ)
