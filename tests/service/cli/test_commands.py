"""What each command answers, on a log that holds the example and on an empty one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from events.types import event_types
from service import create_app
from service.annals import Annals
from service.cli import COMMANDS, demo, reads
from service.settings import Settings
from tests.service.cli.support import answer, lines, post, run

BEFORE, AFTER = "2024-09-24", "2024-09-26"


@pytest.fixture
def copied(example_home: Path, tmp_path: Path) -> Path:
    """A data folder with the example that a test may spoil."""
    return Path(shutil.copytree(example_home, tmp_path / "copy"))


def told(home: Path, *args: str, **env: str) -> str:
    """What a command that succeeds prints, with runs of blanks as one."""
    result = run(home, *args, **env)
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stdout.split())


def held(home: Path, day: str) -> dict[str, str]:
    """Who held which role at OpenAI on a day, by name."""
    return {line["person"]["name"]: line["role_key"] for line in answer(home, "state", "OpenAI", "--as-of", day)["holders"]}


def test_the_state_before_and_after_the_news(example_home: Path) -> None:
    """The story for which Annals was made: whoever loads the example sees it come out right."""
    before, after = held(example_home, BEFORE), held(example_home, AFTER)

    assert before.items() >= {"Mira Murati": "chief-technology-officer", "Bob McGrew": "chief-research-officer"}.items()
    assert "Greg Brockman 2024-08~" in told(example_home, "state", "openai", "--as-of", BEFORE)
    assert not {"Mira Murati", "Bob McGrew"} & set(after)
    assert after["Mark Chen"] == "senior-vice-president-of-research"
    assert after["Matt Knight"] == "chief-information-security-officer"
    assert after["Josh Achiam"] == "head-of-mission-alignment"
    reports = answer(example_home, "state", "openai", "--as-of", AFTER)["reports"]
    assert [line["manager"]["name"] for line in reports] == ["Sam Altman"] * 6


@pytest.mark.parametrize("args", [("state", "openai", "--as-of", AFTER, "--known-at", AFTER), ("types",), ("types", "departure")])
def test_json_is_what_the_api_answers(example_home: Path, args: tuple[str, ...]) -> None:
    """A script may move from the command to the API and back without another parser."""
    annals = Annals.open(Settings.from_env({}, home=example_home))
    address = {
        "state": f"organizations/openai/state?as_of={AFTER}&known_at={AFTER}",
        "types": "/".join(("event-types", *args[1:])),
    }[args[0]]
    served = create_app(annals).test_client().get(f"/api/v1/{address}").get_json()
    annals.close()

    assert answer(example_home, *args) == {name: served[name] for name in answer(example_home, *args)}
    assert set(served) - set(answer(example_home, *args)) <= {"position"}


@pytest.mark.parametrize("name", ["ミラ・ムラティ", "Mira Murati", "mira-murati", "MIRA  MURATI"])
def test_a_person_is_found_by_any_name(example_home: Path, name: str) -> None:
    """Nobody remembers ids, and sources spell names as they like."""
    shown = told(example_home, "history", name, "--limit", "1", "--lang", "ja")

    assert shown.startswith("ミラ・ムラティ")
    assert "最高技術責任者 OpenAI ? 2024-09-25" in shown
    assert "--limitを増やすこと" in shown


def test_a_state_in_japanese_is_in_japanese(example_home: Path) -> None:
    """Half a table in another language is read by nobody; a role without a Japanese title stays as its source wrote it."""
    shown = told(example_home, "state", "openai", "--as-of", "2024-09-26", "--known-at", "2024-09-27", "--lang", "ja")

    assert shown.startswith("OpenAI:2024-09-26の終わり(2024-09-27T23:59Z時点の情報)")
    for words in ("在任者 役職 人物 確実さ 開始", "研究担当上級副社長 マーク・チェン 確実", "指揮系統 人物 上司", "空席 役職 開始"):
        assert words in shown
    assert "Head of Applied" in shown
    assert not [word for word in ("Holders", "certain", "since", "CEO", "Chief", "released") if word in shown.split()]


def test_the_feed_is_filtered_and_goes_on(example_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list is read page by page, and none of it twice."""
    monkeypatch.setattr(reads, "PAGE", 3)
    filters = ("--organization", "OpenAI", "--from", "2024-09-25", "--to", "2024-09", "--status", "confirmed", "--status", "reported")
    first = answer(example_home, "feed", *filters, "--limit", "7", "--direction", "asc")
    second = answer(example_home, "feed", *filters, "--limit", "7", "--direction", "asc", "--cursor", first["next"])

    ids = [item["id"] for item in first["items"] + second["items"]]
    assert len(ids) == len(set(ids)) == 14
    days = [item["effective"]["earliest"] for item in first["items"] + second["items"]]
    assert days == sorted(days)
    assert "ミラ・ムラティがOpenAIを離れる" in told(example_home, "feed", "--type", "departure", ANNALS_LANG="ja")
    assert "No event is known that fits." in told(example_home, "feed", "--tag", "nothing")


def test_what_was_known_is_shown(example_home: Path) -> None:
    """The question that no list of present facts answers."""
    known = told(example_home, "state", "openai", "--as-of", AFTER, "--known-at", "2024-09-25")

    assert "Bob McGrew" in known
    assert "Mira Murati" not in known
    assert "Nothing is known of it by then." in told(example_home, "state", "openai", "--known-at", "2001-01-01", "--clock", "recorded")


@pytest.mark.parametrize("kind", list(event_types()))
def test_every_type_is_explained_with_an_example_that_imports(tmp_path: Path, kind: str) -> None:
    """The example is what people copy first."""
    result = run(tmp_path, "types", kind)
    example = result.stdout.strip().splitlines()[-1]

    assert result.exit_code == 0
    assert json.loads(example)["type"] == kind
    tried = run(tmp_path, "import", "--dry-run", "-", stdin=example)
    assert "1 recorded" in tried.stdout, tried.output


def test_all_types_are_listed(tmp_path: Path) -> None:
    """It is the first look at what can be said."""
    listed = told(tmp_path, "types").split()

    assert set(event_types()) <= set(listed)


def test_the_status_tells_where_the_log_is_and_what_it_holds(example_home: Path) -> None:
    """It is asked when something looks wrong, and must not leave out the file."""
    shown = told(example_home, "status")

    assert f"sqlite:///{example_home}/annals.db" in shown
    assert "74 events, 14 people, 2 organizations" in shown
    assert "up to date" in shown


def test_an_entry_that_cannot_be_read_is_shown_by_every_command(copied: Path) -> None:
    """Answers that lack what came later must not look complete."""
    with sqlite3.connect(copied / "annals.db") as log:
        log.execute(
            "INSERT INTO stored_events SELECT lower(hex(randomblob(16))), 1, 'event.of.a.later.version', state FROM stored_events LIMIT 1"
        )

    status, state = run(copied, "status"), run(copied, "state", "openai", "--as-of", AFTER)

    assert status.exit_code == 1
    assert "event.of.a.later.version" in status.stdout
    assert state.exit_code == 0
    assert "Warning: the projections have stopped at position" in state.stderr


def test_verify_names_the_table_that_differs(copied: Path) -> None:
    """A read model that somebody changed by hand answers wrongly for ever, unless an audit finds it; a rebuild mends it."""
    with sqlite3.connect(copied / "projections-1.db") as projections:
        projections.execute("UPDATE entities SET id = id || '-x' WHERE id = 'openai'")

    spoilt = run(copied, "verify", "--json")
    rebuilt = told(copied, "rebuild")

    assert (spoilt.exit_code, json.loads(spoilt.stdout)["differing"]) == (1, ["entities"])
    assert "These differ: entities." not in told(copied, "verify")
    assert "it is live in place of store 1" in rebuilt
    assert answer(copied, "verify")["equal"]
    assert answer(copied, "rebuild")["former"] == 2


def test_the_demo_tells_the_story(tmp_path: Path) -> None:
    """It is the first thing that a newcomer runs, often twice."""
    first, second = told(tmp_path, "demo"), told(tmp_path, "demo", "--home", str(tmp_path))

    assert "Loaded 80 lines" in first
    assert "nothing was loaded" in second
    for words in (
        "Mira Murati is no longer Chief Technology Officer",
        "Mark Chen is SVP of Research",
        "$ annals state openai --as-of 2024-09-26 --known-at 2024-09-25",
    ):
        assert words in first
        assert words in second
    assert f"annals serve --home {tmp_path}" in second


def test_the_demo_leaves_other_logs_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not mix a story with somebody's work, and says so where its file is missing or wrong."""
    run(tmp_path / "own", "import", lines(tmp_path, post(organization="Acme")))
    refused = run(tmp_path / "own", "demo")
    broken = run(tmp_path / "broken", "demo", "--example", lines(tmp_path, "{}", name="broken.ndjson"))
    monkeypatch.setattr(demo, "EXAMPLE", tmp_path / "none.ndjson")
    missing = run(tmp_path / "new", "demo")

    assert (refused.exit_code, "holds other things" in refused.stderr) == (1, True)
    assert (broken.exit_code, "could not be loaded whole" in broken.stderr) == (1, True)
    assert (missing.exit_code, "--example" in missing.stderr) == (2, True)


@pytest.mark.parametrize("args", [("state", "openai"), ("history", "Mira Murati")])
def test_an_empty_log_says_what_to_do(tmp_path: Path, args: tuple[str, ...]) -> None:
    """Not finding a name in an empty log is no matter of spelling."""
    result = run(tmp_path, *args)

    assert result.exit_code == 1
    assert "annals demo" in result.stderr


def test_a_name_of_several_is_answered_with_all(tmp_path: Path) -> None:
    """Annals never guesses which of two people is meant."""
    shared = {"names": "person", "id": "bo-lee", "name": "Ann Lee", "distinct": True}
    run(tmp_path, "import", lines(tmp_path, {"entity": "person", "name": "Ann Lee"}, {"entity": "person", "name": "Bo Lee"}, shared))

    result = run(tmp_path, "history", "Ann Lee")

    assert result.exit_code == 1
    assert "ann-lee" in result.stderr
    assert "bo-lee" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps(tmp_path: Path, name: str) -> None:
    """Help must not need a log, and must not make one."""
    shown = told(tmp_path / "none", name, "--help")

    assert shown.startswith(f"Usage: annals {name}")
    assert not (tmp_path / "none").exists()


def test_the_list_of_commands_and_the_version_are_quick_to_find(tmp_path: Path) -> None:
    """Typing the bare name is how people begin."""
    assert "Compare the projections with the log" in told(tmp_path, "--help")
    assert told(tmp_path, "--version").startswith("annals 0.")
