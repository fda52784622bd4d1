"""Whatever is typed wrong ends with a message that helps, the right exit code and no traceback."""

from __future__ import annotations

import gzip
import shutil
import socket
from pathlib import Path

import pytest

from tests.service.cli.support import lines, post, run

BAD: list[tuple[str, int, str]] = [
    ("stat", 2, "There is no command 'stat'. Did you mean state?"),
    ("frobnicate", 2, "They are: serve, worker, demo"),
    ("state", 2, "Missing argument 'ORGANIZATION'"),
    ("state openai --asof 2024-09-26", 2, "No such option '--asof'"),
    ("state openai --as-of 2024-13-01", 2, "--as-of: '2024-13-01' is not"),
    ("state openai --known-at yesterday", 2, "--known-at: 'yesterday' is not"),
    ("state openai --clock wall", 2, "--clock: 'wall' is not"),
    ("state openai --include gossip", 2, "--include: 'gossip' is not"),
    ("state openai --lang tlh", 2, "--lang: 'tlh' is not"),
    ("state opnai", 1, "did you mean one of these? openai OpenAI"),
    ("state Altman", 1, "no organization 'Altman' is known"),
    ("history Murati2", 1, "did you mean one of these? mira-murati Mira Murati"),
    ("history ''", 1, "no person '' is known"),
    ("feed --type departur", 2, "'departur' is not one of"),
    ("feed --status true", 2, "'true' is not one of"),
    ("feed --from 2024-99", 2, "--from: '2024-99' is not a partial date"),
    ("feed --limit 0", 2, "0 is not in the range"),
    ("feed --order alphabetical", 2, "'alphabetical' is not one of"),
    ("feed --cursor abc", 2, "'abc' is not a cursor of this list"),
    ("feed --person Nobody", 1, "no person 'Nobody' is known"),
    ("replay", 2, "Missing argument 'ORGANIZATION'"),
    ("replay opnai", 1, "did you mean one of these? openai OpenAI"),
    ("replay openai --from 2024-09", 2, "--from: '2024-09' is not a day"),
    ("replay openai --to tomorrow", 2, "--to: 'tomorrow' is not a day"),
    ("replay openai --from 2024-09-26 --to 2024-09-24", 2, "--from: 2024-09-26 is after the last day, 2024-09-24"),
    ("replay openai --as-of 2024-09-26", 2, "No such option '--as-of'"),
    ("replay openai --known-at yesterday", 2, "--known-at: 'yesterday' is not"),
    ("diff openai", 2, "nothing says between which two days"),
    ("diff openai --from 2024-9-24", 2, "--from: '2024-9-24' is not a day"),
    ("diff openai --to 2024", 2, "--to: '2024' is not a day"),
    ("diff openai --from-known-at never --to-known-at 2024-09-27", 2, "--from-known-at: 'never' is not"),
    ("diff openai --from 2024-09-24 --clock wall", 2, "--clock: 'wall' is not"),
    ("diff openai --person --from 2024-09-24", 1, "no person 'openai' is known"),
    ("diff --person --from 2024-09-24", 2, "--person needs the id or a name"),
    ("diff openai --cursor abc", 2, "leave the name out"),
    ("diff --cursor abc", 2, "'abc' is not a cursor of this list"),
    ("diff --cursor abc --from 2024-09-24", 2, "leave the other flags out"),
    ("explain", 2, "Missing argument 'ORGANIZATION'"),
    ("explain openai --person Nobody", 1, "no person 'Nobody' is known"),
    ("explain openai --role ''", 2, "'' is not a role"),
    ("explain openai --as-of 2024", 2, "--as-of: '2024' is not a day"),
    ("conflicts --kind quarrel", 2, "'quarrel' is not one of"),
    ("conflicts --organization Nobody", 1, "no organization 'Nobody' is known"),
    ("conflicts --person Nobody", 1, "no person 'Nobody' is known"),
    ("conflicts --limit 0", 2, "0 is not in the range"),
    ("conflicts --cursor abc", 2, "'abc' is not a cursor of this list"),
    ("holders", 2, "Missing argument 'ROLE'"),
    ("holders ''", 2, "'' is not a role"),
    ("holders CTO --cursor abc", 2, "'abc' is not a cursor of this list"),
    ("types departur", 2, "did you mean 'departure'?"),
    ("import", 2, "Missing argument 'FILE'"),
    ("import {home}/none.ndjson", 2, "none.ndjson: No such file"),
    ("import {home}", 2, "Is a directory"),
    ("import {home}/notes.txt", 2, "say which with --format"),
    ("import {home}/header.csv", 2, "unknown column `persn`; did you mean `person`?"),
    ("import {home}/sjis.csv", 2, "--encoding cp932"),
    ("import {home}/header.csv --encoding klingon", 2, "'klingon' is not an encoding"),
    ("import {home}/cut.ndjson.gz", 2, "cut.ndjson.gz is not whole"),
    ("import {home}/good.ndjson --batch-size 0", 2, "0 is not in the range"),
    ("import {home}/bad.ndjson", 1, "line 2: "),
    ("export --output {home}/none/log.ndjson", 2, "No such file"),
    ("status --database-url mysql://host/annals", 2, "names neither an SQLite file nor a PostgreSQL database"),
    ("status --database-url sqlite:///{home}/good.ndjson", 3, "file is not a database"),
    ("status --home {home}/good.ndjson", 3, "cannot be used"),
    ("serve --host 0.0.0.0", 2, "0.0.0.0"),
    ("serve --port 70000", 2, "70000 is not in the range"),
    ("serve --port {port}", 3, "Choose another port with --port"),
    ("serve --example {home}/none.ndjson", 2, "does not exist"),
]


@pytest.fixture(scope="module")
def bad_home(example_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example's folder with some files that cannot be imported in it."""
    home = Path(shutil.copytree(example_home, tmp_path_factory.mktemp("bad") / "home"))
    lines(home, post(person="A"), '{"type": "departure"}', post(person="B"), name="bad.ndjson")
    lines(home, post(), name="good.ndjson")
    (home / "notes.txt").write_text("notes")
    (home / "header.csv").write_text("type,persn\n")
    (home / "sjis.csv").write_bytes("type,person\ndeparture,ムラティ\n".encode("cp932"))
    (home / "cut.ndjson.gz").write_bytes(gzip.compress(b"{}\n" * 999)[:-8])
    return home


@pytest.mark.parametrize(("line", "code", "words"), BAD, ids=[line for line, _, _ in BAD])
def test_a_wrong_command_line_is_answered_in_words(bad_home: Path, line: str, code: int, words: str) -> None:
    """A traceback tells an analyst nothing; the message says what was wrong and what would be right."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        args = [part.strip("'").format(home=bad_home, port=port) for part in line.split()]

        result = run(bad_home, *args)

    assert result.exit_code == code, result.stderr
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
