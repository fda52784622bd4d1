"""A new type of event is one new file: everything else takes it from the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

import events.types
from events import posting
from service import create_app
from service.annals import Annals
from service.api.openapi import document
from service.cli import main
from service.settings import Settings

MODULE = '''"""An award: somebody is honoured."""

from marshmallow import Schema

from events.fields import Entity, Text
from events.types import EventType


class Fields(Schema):
    """What an award says."""

    person = Entity("person", required=True)
    prize = Text(required=True)


TYPE = EventType(
    name="award",
    group="people",
    icon="award",
    label=("Award", "受賞"),
    schema=Fields,
    identity=("person", "prize"),
    headline=("{person} receives the {prize}", "{person}が{prize}を受賞"),
    example={"person": "Mira Murati", "prize": "Turing Award", "effective": "2024-06"},
)
'''
SOURCES = [{"title": "The prizes of the year", "publisher": "Wire"}]
AWARD = {
    "type": "award",
    "prize": "Turing Award",
    "person": {"name": {"en": "Ada Byron", "ja": "エイダ"}},
    "effective": "2024-06",
    "sources": SOURCES,
}


def forget_types() -> None:
    """Read the types anew where they are asked for next."""
    for cached in (events.types.event_types, posting.post_schema, document):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def award(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more file in the package of event types."""
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "award.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.setattr(events.types, "__path__", [*events.types.__path__, str(tmp_path / "types")])
    forget_types()
    yield
    monkeypatch.undo()
    forget_types()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """The API over an empty log, as it is with the new file."""
    annals = Annals.open(Settings.from_env({"ANNALS_HOME": str(tmp_path / "home")}))
    yield create_app(annals).test_client()
    annals.close()


def test_everything_knows_a_type_that_one_file_declares(client: FlaskClient, tmp_path: Path) -> None:
    """Whoever adds a type must not have to look for lists to add it to."""
    # given an award, posted like any other event
    posted = client.post("/api/v1/events", json=AWARD)
    assert posted.status_code == 201, posted.json

    # when it is read back everywhere
    event = client.get(posted.headers["Location"]).json
    catalogue = client.get("/api/v1/event-types").json
    described = client.get("/api/v1/openapi.json").text
    feed = client.get("/api/v1/feed?lang=ja&type=award").json
    listed = CliRunner().invoke(main, ["feed", "--home", str(tmp_path / "home"), "--type", "award"])
    types = CliRunner().invoke(main, ["types"])

    # then it is known by name, schema and headline
    assert event is not None and event["headline"] == "Ada Byron receives the Turing Award"
    assert catalogue is not None and "award" in [found["name"] for found in catalogue["items"]]
    assert '"award"' in described and "prize" in described
    assert feed is not None and [item["headline"] for item in feed["items"]] == ["エイダがTuring Awardを受賞"]
    assert listed.exit_code == 0 and "Ada Byron receives the Turing Award" in " ".join(listed.output.split())
    assert types.exit_code == 0 and "award" in types.output


def test_the_checks_of_all_types_cover_it() -> None:
    """The tests of the catalogue are made from the registry, so that a new type is checked without a new test."""
    assert "award" in events.types.event_types()
    assert posting.load_post({**events.types.event_type("award").example, "type": "award", "sources": SOURCES}).type.name == "award"
