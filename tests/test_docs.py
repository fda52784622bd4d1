"""Documents: every command in them is run and answers what they show, and what they list is what there is."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from service import create_app
from service.annals import Annals
from service.api.articles import MOST_EVENTS
from service.api.calls import MOST_ITEMS
from service.cli import COMMANDS, main
from service.cli.exchange import INTERRUPTED
from service.cli.outcomes import NoStore, SomeFailed, WrongUsage
from service.settings import MOST_ATOMIC_LINES, MOST_BODY, MOST_IMPORT, MOST_LINE_BYTES, Settings
from tests.service.cli.support import EXAMPLE, ROOT, start
from tests.support.documents import answer_of, examples, same

DOCUMENTS = ("README.md", "docs/api.md", "docs/cli.md")
HEADING = re.compile(r"^### (GET|POST|DELETE) (/\S+)$", re.MULTILINE)
IN_WORDS = {"DATABASE_URL", "ALL_IN_ONE", "SECRET_KEY", "BACKUPS"}
"""The settings whose defaults follow from others, or are made at random."""


@contextmanager
def served(home: Path) -> Iterator[tuple[int, str]]:
    """Annals with the example, served on a free port: the port, and how it greets."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with start(home, "serve", "--port", str(port), "--example", str(EXAMPLE)) as process:
        assert process.stdout
        try:
            yield port, process.stdout.readline() + process.stdout.readline()
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_example_answers_what_its_document_shows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries Annals copies these lines: one that fails, or answers something else, costs their trust."""
    monkeypatch.chdir(ROOT)
    with served(tmp_path) as (port, greeting):
        for example in examples(ROOT / name):
            real = answer_of(example.command, tmp_path, port, greeting)

            assert same(example.shown, real), f"{name}:{example.line}: {example.command}\n{real}"


@pytest.mark.parametrize(
    ("shown", "real", "equal"),
    [
        ('{"a": 1,\n …}', '{"a": 1, "b": 2}', True),
        ('{"a": 1}', '{"a": 1, "b": 2}', False),
        ('{"position": 3}', '{"position": 12}', True),
        ("role   person\n…\nend", "role   person\nCTO\nend", True),
        ("role   person", "role  person", False),
        ("known at 2024-09-25", "known at 2024-09-26", False),
    ],
)
def test_the_comparison_tells_a_wrong_answer(shown: str, real: str, equal: bool) -> None:
    """A check that lets everything through would keep no document true."""
    assert same(shown, real) is equal


def calls_of(rules: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Methods and paths with `{a,b}` written out and other variables as `{}`."""
    found: set[tuple[str, str]] = set()
    for method, path in rules:
        several = re.search(r"{(\w+(?:,\w+)+)}", path)
        for word in several[1].split(",") if several else [""]:
            written = path.replace(several[0], word) if several else path
            found.add((method, re.sub(r"[{<][^}>]*[}>]", "{}", written)))
    return found


def routes(home: Path) -> Iterator[tuple[str, str]]:
    """The method and path of every call of the API."""
    annals = Annals.open(Settings.from_env({}, home=home))
    for rule in create_app(annals).url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ("web", "assets") and not rule.endpoint.endswith("static"):
            yield from ((method, rule.rule) for method in (rule.methods or set()) & {"GET", "POST", "DELETE"})
    annals.close()


def test_every_call_is_described(tmp_path: Path) -> None:
    """A call that is not in the document is found by nobody; one that is gone sends its reader to a 404."""
    headings = HEADING.findall((ROOT / "docs/api.md").read_text("utf-8"))

    assert calls_of(headings) == calls_of(routes(tmp_path))


def test_every_description_of_a_call_has_an_example() -> None:
    """An example says more than a sentence, and is checked."""
    sections = re.split(HEADING, (ROOT / "docs/api.md").read_text("utf-8"))[1:]

    for method, path, text in zip(sections[::3], sections[1::3], sections[2::3], strict=True):
        assert "```console\n$ curl" in text, f"{method} {path}"


def test_every_command_is_described_with_its_options() -> None:
    """Options are looked up in the document; a table that has drifted from the code is worse than none."""
    sections = re.split(r"^## annals (\w+)$", (ROOT / "docs/cli.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    described = {
        name: set(re.findall(r"`(--[a-z-]+)`", _first_cells(text))) for name, text in zip(sections[::2], sections[1::2], strict=True)
    }

    assert list(described) == list(COMMANDS)
    for name, options in described.items():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        parts = command.commands.values() if isinstance(command, click.Group) else (command,)
        real = {flag for part in parts for parameter in part.params if isinstance(parameter, click.Option) for flag in parameter.opts}
        assert options == real, name


def test_every_exit_code_is_described() -> None:
    """Scripts branch on them."""
    table = (ROOT / "docs/cli.md").read_text("utf-8").partition("## Exit codes")[2].partition("##")[0]

    codes = {failure.exit_code for failure in (SomeFailed, WrongUsage, NoStore)}
    assert set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == {0, *codes, INTERRUPTED}


def written(value: object) -> str:
    """The value of a setting as an operator writes it; `none` where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, ()) else str(value)


def test_every_setting_is_described_with_its_default() -> None:
    """An operator who cannot find a setting writes a wrapper around it."""
    text = (ROOT / "docs/settings.md").read_text("utf-8").partition("## Where")[0]
    rows = dict(re.findall(r"^\| `ANNALS_(\w+)` .* \| `?(.*?)`? \|$", text, re.MULTILINE))
    settings = Settings.from_env({})

    assert {name.lower() for name in rows} == set(Settings.__slots__)
    plain = {name: text for name, text in rows.items() if name not in IN_WORDS}
    assert plain == {name: written(getattr(settings, name.lower())) for name in plain}
    assert all(" " in rows[name] for name in IN_WORDS)


@pytest.mark.parametrize("name", ["docs/api.md", "docs/settings.md"])
def test_limits_are_what_the_code_has(name: str) -> None:
    """A limit that is documented wrongly is met at the worst moment."""
    text = (ROOT / name).read_text("utf-8")

    for shown, real in (("1 MiB", MOST_BODY), ("256 MiB", MOST_IMPORT)):
        assert shown in text
        assert int(shown.split()[0]) << 20 == real
    for shown, real in (("1,000,000", MOST_LINE_BYTES), ("10,000", MOST_ATOMIC_LINES), ("100", MOST_EVENTS), ("200", MOST_ITEMS)):
        assert re.search(rf"\b{shown}\b", text), shown
        assert int(shown.replace(",", "")) == real


def test_links_between_documents_lead_somewhere() -> None:
    """A dead link is the end of reading on."""
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_the_tree_of_the_readme_is_the_tree() -> None:
    """A newcomer finds their way by it."""
    listed = re.findall(r"^\| `(\w+)/` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()

    assert set(listed) == {path.split("/")[0] for path in tracked if "/" in path and not path.startswith(".")}


def _first_cells(text: str) -> str:
    return "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
