"""Imports and exports from the command line: what is reported, what goes on where it stopped, and what ends how."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.service.cli.support import EXAMPLE, answer, lines, post, run

CSV = """type,person,person.ja,organization,role,effective,source.title,tags
departure,Mira Murati,ミラ・ムラティ,OpenAI,CTO,2024-09-25,Memo,exits;memo
appointment,Mark Chen,,OpenAI,"SVP, Research",2024-09-25,Memo,
departure,Bob McGrew,,OpenAI,,25 September,Memo,
"""


def test_an_import_tells_what_became_of_its_lines(tmp_path: Path) -> None:
    """Numbers that do not add up are how an analyst notices a wrong file."""
    result = run(tmp_path, "import", str(EXAMPLE))

    assert result.exit_code == 0
    assert "80 lines in" in result.stdout
    assert "74 recorded, 4 corroborated" in result.stdout
    assert "14 people; 2 organizations (OpenAI, United States government)" in result.stdout
    assert result.stderr == ""


def test_the_same_file_again_records_nothing(tmp_path: Path) -> None:
    """Whoever is not sure that an import ended runs it again; `--again` reads a file anew after the log has changed."""
    run(tmp_path, "import", str(EXAMPLE))
    position = answer(tmp_path, "status")["log_position"]

    repeated = run(tmp_path, "import", str(EXAMPLE))
    anew = run(tmp_path, "import", "--again", str(EXAMPLE))

    assert "80 of them had been recorded by an earlier run" in repeated.stdout
    assert "New:" not in repeated.stdout
    assert "80 unchanged" in anew.stdout
    assert answer(tmp_path, "status")["log_position"] == position


def test_a_spreadsheet_is_imported_under_its_own_line_numbers(tmp_path: Path) -> None:
    """The line that is named has to be the line that an editor shows."""
    (tmp_path / "notes.csv").write_text(CSV, "utf-8-sig")

    result = run(tmp_path, "import", str(tmp_path / "notes.csv"))

    assert result.exit_code == 1
    assert "line 4: effective: '25 September' is not a partial date" in result.stderr
    assert "2 recorded, 1 failed" in result.stdout
    left = answer(tmp_path, "history", "ミラ・ムラティ")["tenures"][0]
    assert (left["role_key"], left["until"]["value"]) == ("chief-technology-officer", "2024-09-25")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_a_file_may_be_packed_piped_and_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    """Files come as they come; the text in the log is the same."""
    content = gzip.compress("".join(CSV.splitlines(keepends=True)[:3]).encode(encoding))

    result = run(tmp_path, "import", "-", "--format", "csv", "--encoding", encoding, stdin=content)

    assert result.exit_code == 0, result.stderr
    assert answer(tmp_path, "history", "ミラ・ムラティ")["person"]["name"] == "Mira Murati"


def test_json_lines_are_the_results_line_by_line(tmp_path: Path) -> None:
    """A program reads stdout; what is meant for people goes to stderr."""
    file = lines(tmp_path, post(ref="a"), "", "{", {"retract": "a", "reason": "no"})

    result = run(tmp_path, "import", "--json", "--batch-size", "1", file)

    outcomes = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(outcome["line"], outcome["outcome"]) for outcome in outcomes] == [(1, "recorded"), (3, "error"), (4, "retracted")]
    assert outcomes[0]["id"] == outcomes[2]["id"]
    assert "line 3: the line is not JSON" in result.stderr
    assert "3 lines in" in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("flag", "message", "recorded"),
    [
        ("--strict", "line 1: person: 'Mira Murati' is not known among the people", 0),
        ("--atomic", "line 2: `person` is required", 0),
        ("--dry-run", "Dry run: nothing was recorded.", 0),
        ("--again", "line 2: `person` is required", 1),
    ],
)
def test_how_to_import_can_be_chosen(tmp_path: Path, flag: str, message: str, recorded: int) -> None:
    """A wrong name makes a person and a wrong line half an import: both can be refused, or tried first."""
    file = lines(tmp_path, post(), post(person=None))

    result = run(tmp_path, "import", flag, file)

    assert result.exit_code == 1
    assert message in result.output
    assert answer(tmp_path, "status")["counts"]["events"] == recorded


def test_a_dry_run_answers_as_the_import_will(tmp_path: Path) -> None:
    """It is of use only if names that one line brings are known to the next."""
    tried = run(tmp_path, "import", "--dry-run", "--json", str(EXAMPLE))
    done = run(tmp_path, "import", "--json", str(EXAMPLE))

    assert tried.stdout == done.stdout


def test_an_atomic_import_has_a_limit(tmp_path: Path) -> None:
    """All or none is held in memory, so it cannot be of any length."""
    file = lines(tmp_path, *["{}"] * 10_001)

    result = run(tmp_path, "import", "--atomic", file)

    assert result.exit_code == 2
    assert "at most 10000 lines" in result.stderr


def test_an_export_is_a_file_that_import_reads(example_home: Path, tmp_path: Path) -> None:
    """Backups and moves are only as good as the way back; what `demo` and `serve` load is read the same way."""
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    assert run(example_home, "export", "--output", str(first)).exit_code == 0

    assert run(tmp_path / "new", "import", str(first)).exit_code == 0
    assert run(tmp_path / "new", "export", "--output", str(second)).exit_code == 0

    assert first.read_bytes() == second.read_bytes()
    assert run(example_home, "export").stdout.encode() == first.read_bytes()
    look = ("state", "openai", "--as-of", "2024-09-26", "--known-at", "2024-09-26T12:00:00Z")
    assert {**answer(tmp_path / "new", *look), "position": 0} == {**answer(example_home, *look), "position": 0}
