"""Replay in the command line: what changed, why it is so, what contradicts itself, and who holds a role."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.annals import Annals
from service.cli import reads
from service.settings import Settings
from tests.service.cli.support import answer, lines, post, run

BEFORE, NEWS, AFTER = "2024-09-24", "2024-09-25", "2024-09-26"
DAYS = ("--from", BEFORE, "--to", AFTER)
LEARNED = ("--from-known-at", NEWS, "--to-known-at", "2024-09-27", "--as-of", "2024-09-27")
SOURCES: dict[str, Any] = {"sources": [{"title": "Memo"}], "organization": "Acme", "announced": "2020-01-01"}
HELD: dict[str, Any] = {**SOURCES, "type": "appointment", "role": "CEO"}


def told(home: Path, *args: str, **env: str) -> str:
    """What a command that succeeds prints on a wide terminal, with runs of blanks as one and without the rules of tables."""
    result = run(home, *args, **{"COLUMNS": "300", **env})
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stdout.replace("─", "").split())


def event(home: Path, event_id: str) -> str:
    """The headline of an event of the example."""
    found = [item["headline"] for item in answer(home, "feed", "--limit", "100")["items"] if item["id"] == event_id]
    return str(found[0])


@pytest.fixture(scope="module")
def api(example_home: Path) -> Iterator[FlaskClient]:
    """The API over the same log."""
    annals = Annals.open(Settings.from_env({}, home=example_home))
    yield create_app(annals).test_client()
    annals.close()


@pytest.fixture(scope="module")
def quarrel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which an organization is renamed, has two at the top, a return that is missing, a leave that lasts and a retraction."""
    home = tmp_path_factory.mktemp("quarrel")
    later = {"effective": "2021-03-01", "announced": "2021-03-01"}
    imported = run(home, "import", lines(
        home,
        {**HELD, "person": "Ann Lee", "effective": "2020-01-01", "ref": "ann"},
        {**HELD, "person": "Bo Ray", **later, "ref": "bo"},
        {**HELD, "person": "Bo Ray", "effective": "2021-03-02", "announced": "2021-03-05"},
        {**SOURCES, "type": "renaming", "new_name": "Apex", **later},
        {**SOURCES, "type": "leave_of_absence", "person": "Bo Ray", "expected_return": "2021-06", "effective": "2021-05-01"},
        {**SOURCES, "type": "product_announcement", "product": "Rocket", "expected": "2021-06", "effective": "2021-01-10"},
        {**SOURCES, "type": "product_release", "product": "Rocket", "version": "2", "effective": "2021-03-01"},
        {**SOURCES, "type": "product_announcement", "product": "Kite", "effective": "2020-05-01"},
        {**SOURCES, "type": "departure", "person": "Cy Fox", "effective": "2019-01-01"},
        {**SOURCES, "type": "departure", "person": "Cy Fox", "effective": "2020-06-01"},
        {"retract": "bo", "reason": "a hoax", "announced": "2021-04-01"},
    ))  # fmt: skip
    assert imported.exit_code == 0, imported.output
    return home


def test_the_days_of_the_news_are_told_line_by_line(example_home: Path) -> None:
    """The story for which Annals was made: three left, others took their place, and each line can be traced to a report."""
    found = answer(example_home, "diff", "openai", *DAYS)
    shown = told(example_home, "diff", "openai", *DAYS)

    assert sorted(line["person"]["name"] for line in found["left"]) == ["Barret Zoph", "Bob McGrew", "Mira Murati"]
    assert [line["person"]["name"] for line in found["joined"]] == ["Matt Knight", "Josh Achiam", "Mark Chen"]
    assert sum(line["after"] is not None and line["after"]["manager"]["name"] == "Sam Altman" for line in found["reports"]) == 6
    for line in (*found["left"], *found["joined"], *found["reports"]):
        (behind,) = line["events"]
        headline = event(example_home, behind)
        assert line["person"]["name"] in headline
        assert headline in shown
    assert "Mark Chen SVP of Research Mark Chen becomes SVP of Research of OpenAI, succeeding Bob McGrew (disputed)" in shown
    assert "Barret Zoph no longer reports to Bob McGrew Barret Zoph leaves OpenAI" in shown


def test_a_renaming_is_told_as_such(quarrel: Path) -> None:
    """A product's line that differs by its maker's new name has no other reports, and its event is the renaming."""
    shown = told(quarrel, "replay", "acme", "--from", "2021-03-01", "--to", "2021-03-01")

    assert "Kite name: Acme → Apex Acme is renamed Apex" in shown
    assert "other reports" not in shown


@pytest.mark.parametrize(
    ("args", "address"),
    [
        (("diff", "OpenAI", *DAYS), f"organizations/openai/diff?from={BEFORE}&to={AFTER}"),
        (("diff", "openai", *LEARNED), "organizations/openai/diff?from_known_at=2024-09-25&to_known_at=2024-09-27&as_of=2024-09-27"),
        (("diff", "ミラ・ムラティ", "--person", *DAYS), f"people/mira-murati/diff?from={BEFORE}&to={AFTER}"),
        (("diff", *DAYS, "--limit", "200"), f"feed/diff?from={BEFORE}&to={AFTER}&limit=200"),
        (("explain", "openai", "--as-of", AFTER, "--lang", "ja"), f"organizations/openai/state?explain=true&as_of={AFTER}&lang=ja"),
        (("conflicts", "--organization", "OpenAI"), "conflicts?organization=OpenAI"),
        (("duplicates", "--type", "product_release", "--type", "other"), "duplicates?type=product_release,other"),
        (("holders", "CTO", "--as-of", BEFORE), f"roles/CTO/holders?as_of={BEFORE}"),
    ],
)
def test_json_is_what_the_api_answers(example_home: Path, api: FlaskClient, args: tuple[str, ...], address: str) -> None:
    """A script may move from the command to the API and back without another parser."""

    def settled(value: Any) -> Any:
        """Without the present moment, which two calls cannot share."""
        if isinstance(value, dict):
            return {name: None if name == "known_at" else settled(part) for name, part in value.items()}
        return [settled(part) for part in value] if isinstance(value, list) else value

    assert settled(answer(example_home, *args)) == settled(api.get(f"/api/v1/{address}").get_json())


def test_what_was_learned_is_told_as_what_changed_is(example_home: Path) -> None:
    """The second question of replay: not what happened since, but what we know better since."""
    shown = told(example_home, "diff", "openai", *LEARNED)

    assert "OpenAI: 2024-09-27 as known at 2024-09-25T23:59Z → 2024-09-27 as known at 2024-09-27T23:59Z" in shown
    assert "Bob McGrew no longer Chief Research Officer" in shown
    assert "by what was recorded" in told(example_home, "diff", "openai", *DAYS, "--clock", "recorded")
    assert "Nothing differs." in told(example_home, "diff", "openai", "--from", BEFORE, "--to", BEFORE)
    assert "Leaves about change event OpenAI no longer Chief Technology Officer" in told(
        example_home, "diff", "mira-murati", "--person", *DAYS
    )


def test_the_feed_is_compared_page_by_page(example_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days of news may be long; nothing of it is lost between pages, or told twice."""
    whole = answer(example_home, "diff", *DAYS, "--limit", "100")["items"]
    monkeypatch.setattr(reads, "PAGE", 3)
    first = answer(example_home, "diff", *DAYS, "--limit", "7")
    rest = answer(example_home, "diff", "--cursor", first["next"], "--limit", "100")

    assert first["items"] + rest["items"] == whole
    assert rest["next"] is None
    shown = told(example_home, "diff", *DAYS, "--limit", "1")
    assert f"The feed: {BEFORE} → {AFTER}" in shown
    assert "raise --limit" in shown
    assert told(example_home, "diff", "--cursor", first["next"]).startswith("The feed change effective status event added")


def test_a_replay_tells_each_day_on_which_something_changed(example_home: Path) -> None:
    """It is the film of which a state is one picture: the days between are empty, and no change falls between two days."""
    found = answer(example_home, "replay", "openai", "--from", "2024-08-01", "--to", AFTER)
    shown = told(example_home, "replay", "openai", "--from", "2024-08-01", "--to", AFTER)

    assert [day["day"] for day in found["days"]] == ["2024-08-01", "2024-09-01", BEFORE, NEWS]
    assert (found["organization"]["name"], found["from"], found["to"], found["clock"]) == ("OpenAI", "2024-08-01", AFTER, "public")
    news = found["days"][-1]
    assert news["left"] == answer(example_home, "diff", "openai", "--from", BEFORE, "--to", NEWS)["left"]
    behind = {told for key, part in news.items() if isinstance(part, list) for line in part for told in line["events"]}
    assert behind <= set(found["headlines"])
    assert "2024-08-01 On leave about change event Greg Brockman on leave since 2024-08~ Greg Brockman goes on leave" in shown
    assert shown.index("Josh Achiam") > shown.index(f"{NEWS} Joined")


def test_a_replay_uses_only_what_was_known(example_home: Path) -> None:
    """Replayed on the evening of the news, the departures that were public only the next day must not show."""
    evening = told(example_home, "replay", "openai", "--from", NEWS, "--known-at", NEWS)

    assert f"OpenAI: {NEWS} → {NEWS}, as known at {NEWS}T23:59Z" in evening
    assert "no longer Chief Technology Officer" in evening
    assert "no longer Chief Research Officer" not in evening
    assert "Nothing changed on these days." in told(example_home, "replay", "openai", "--from", "2030-01-01", "--to", "2030-02-01")
    assert answer(example_home, "replay", "openai")["from"] == "2022-01-01"


def test_an_explanation_names_each_event_and_its_rule(example_home: Path) -> None:
    """Whoever doubts a line can check it by hand against the document that explains the rules."""
    shown = told(example_home, "explain", "openai", "--as-of", BEFORE)
    mira = told(example_home, "explain", "openai", "--as-of", BEFORE, "--person", "Mira Murati")

    assert "Bob McGrew leaves OpenAI, where they were Chief Research Officer ends the tenure 3" in shown
    assert "Greg Brockman: on leave since 2024-08~" in shown
    assert "Barret Zoph: reports to Bob McGrew" in shown
    assert "ChatGPT: released" in shown
    assert "presumed: the start is unknown, and the first report of it is later than the day 6" in mira
    assert "Bob McGrew" not in mira
    assert "Chief Technology Officer: vacant" in told(example_home, "explain", "openai", "--as-of", AFTER, "--role", "最高技術責任者")
    assert "No line of the state is about that." in told(example_home, "explain", "openai", "--role", "Janitor")
    assert "Nothing is known of it by then." in told(example_home, "explain", "openai", "--known-at", "2001-01-01")


def test_claims_that_lost_are_explained(quarrel: Path) -> None:
    """Two dates of one start: an answer that shows one has to say why not the other."""
    shown = told(quarrel, "explain", "acme", "--person", "Bo Ray", "--as-of", "2021-03-10", "--known-at", "2021-03-20")

    assert "since 2021-03-02 wins 5" in shown
    assert "since 2021-03-01 loses: was announced earlier 5" in shown


def test_the_point_on_which_the_article_disagrees_is_a_conflict(example_home: Path, tmp_path: Path) -> None:
    """Found and not hidden; and what is proposed to settle it does so, as it was printed."""
    home = Path(shutil.copytree(example_home, tmp_path / "copy"))
    shown = run(home, "conflicts", COLUMNS="50").stdout
    line = next(line for line in shown.splitlines() if line.startswith("{"))

    flat = " ".join(shown.split())
    assert flat.startswith("OpenAI, SVP of Research, Mark Chen: reports name different people before or after")
    assert json.loads(line) == answer(home, "conflicts", "--kind", "succession", "--person", "Mark Chen")["items"][0]["suggestion"]
    assert "1 corrected" in run(home, "import", "-", stdin=line).stdout
    assert "No conflict is known that fits." in told(home, "conflicts")


def test_two_that_may_be_one_are_listed_with_the_line_that_joins_them(example_home: Path, tmp_path: Path) -> None:
    """A list of doubts is worked through line by line: what is printed has to join the two, and they are then off the list."""
    home = Path(shutil.copytree(example_home, tmp_path / "copy"))
    shown = run(home, "duplicates", COLUMNS="50").stdout
    line = next(line for line in shown.splitlines() if line.startswith("{"))

    assert "These two may be one event" in shown
    assert json.loads(line) == answer(home, "duplicates", "--organization", "OpenAI")["items"][0]["line"]
    assert run(home, "duplicates", "--person", "Mira Murati").stdout == "No two events are known that may be the same.\n"
    run(home, "import", lines(tmp_path, *(post(effective=day) for day in ("2024-09-26", "2024-09-27"))))
    assert "There are more: raise --limit." in told(home, "duplicates", "--limit", "1")
    assert told(home, "duplicates").count("If so, join them") == 4
    assert "1 joined" in run(home, "import", "-", stdin=line).stdout
    assert told(home, "duplicates").count("If so, join them") == 3


def test_each_kind_of_conflict_is_listed_with_a_line_that_can_be_imported(quarrel: Path) -> None:
    """Advice that ends in an error would be followed once."""
    then = ("--as-of", "2021-03-10", "--known-at", "2021-03-20")
    items = answer(quarrel, "conflicts", *then)["items"]
    shown = run(quarrel, "conflicts", *then, COLUMNS="50").stdout.splitlines()
    tried = run(quarrel, "import", "--dry-run", "-", stdin="\n".join(line for line in shown if line.startswith("{")))

    assert {item["kind"] for item in items} == {"start", "seat", "missing_return"}
    assert tried.exit_code == 0, tried.output
    assert "holder Ann Lee 2020-01-01" in told(quarrel, "conflicts", "--kind", "seat", *then)
    assert "There are more: raise --limit." in told(quarrel, "conflicts", "--limit", "1", *then)


def test_each_day_of_a_replay_is_the_diff_with_the_evening_before(example_home: Path, quarrel: Path) -> None:
    """A replay is made from histories that are read once: what they hold must be what each day alone would show."""
    for home, organization in ((example_home, "openai"), (quarrel, "acme")):
        found = answer(home, "replay", organization, "--to", AFTER)

        assert len(found["days"]) > 4
        for day in found["days"]:
            evening = (date.fromisoformat(day["day"]) - timedelta(days=1)).isoformat()
            whole = answer(home, "diff", organization, "--from", evening, "--to", day["day"])
            assert day == {key: whole.get(key, day["day"]) for key in day}


def test_names_products_and_leaves_that_changed_are_told(quarrel: Path) -> None:
    """A diff that left one kind of change out could not be trusted for the others."""
    march = told(quarrel, "diff", "acme", "--from", "2021-02-28", "--to", "2021-03-10")
    june = told(quarrel, "diff", "acme", "--from", "2021-06-01", "--to", "2021-07-10")
    feed = told(quarrel, "diff", "--from-known-at", "2021-03-20", "--to-known-at", "2021-04-02")

    assert "Name change event Acme → Apex" in march
    assert "phase: announced → released" in march
    assert "versions: – → 2" in march
    assert "return not reported: no → yes" in june
    assert "changed 2021-03-01 reported Bo Ray becomes CEO" in feed
    assert "(retracted)" in feed


def test_who_holds_a_role_is_found_by_any_of_its_titles(example_home: Path, quarrel: Path) -> None:
    """The question across companies, asked in the reader's own words."""
    cto = told(example_home, "holders", "最高技術責任者", "--as-of", BEFORE)

    assert cto.startswith(f"Holders of Chief Technology Officer at the end of {BEFORE}")
    assert "OpenAI Mira Murati presumed ?" in cto
    assert "Nobody is known to hold it." in told(example_home, "holders", "CTO", "--as-of", AFTER)
    assert "There are more: raise --limit." in told(quarrel, "holders", "CEO", "--limit", "1")


def columns_of(line: str) -> int:
    """How wide a terminal shows a line."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    "args",
    [
        ("replay", "openai", "--to", AFTER),
        ("diff", "openai", *DAYS),
        ("diff", *DAYS),
        ("explain", "openai", "--as-of", BEFORE),
        ("conflicts",),
        ("duplicates",),
        ("holders", "CTO", "--as-of", BEFORE),
    ],
    ids=" ".join,
)
def test_tables_fit_a_narrow_terminal_in_either_language(example_home: Path, args: tuple[str, ...], lang: str) -> None:
    """Half a screen is what many have beside their sources; a line of JSON to copy stays whole."""
    result = run(example_home, *args, "--lang", lang, COLUMNS="50")

    shown = [line for line in result.stdout.splitlines() if not line.startswith("{")]
    assert result.exit_code == 0, result.stderr
    assert max(map(columns_of, shown)) <= 50
    for day in ("2024-09-25", "2024-09-26"):
        assert day in result.stdout or day not in told(example_home, *args, "--lang", lang)
    assert ("出来事" in result.stdout or "組織" in result.stdout) == (lang == "ja")


def test_a_post_of_the_same_news_is_no_change(example_home: Path, tmp_path: Path) -> None:
    """A second report of a departure makes nobody leave twice, in a replay either."""
    home = Path(shutil.copytree(example_home, tmp_path / "copy"))
    before = answer(home, "replay", "openai", "--from", NEWS, "--to", AFTER)["days"]
    imported = run(home, "import", lines(tmp_path, post()))

    assert "1 corroborated" in imported.stdout
    assert [{**day, "known_at": None} for day in answer(home, "replay", "openai", "--from", NEWS, "--to", AFTER)["days"]] == [
        {**day, "known_at": None} for day in before
    ]
