"""Documents: every command in them is run and answers what they show, and what they list is what there is."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.service.cli.support import EXAMPLE, ROOT, start
from tests.support.documents import answer_of, examples, same

DOCUMENTS = ("README.md", "docs/api.md", "docs/cli.md", "docs/replay.md")


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
def test_every_example_answers_what_its_document_shows(name: str, tmp_path: Path) -> None:
    """Whoever tries Annals copies these lines: one that fails, or answers something else, costs their trust."""
    with served(tmp_path) as (port, greeting):
        for example in examples(ROOT / name):
            real = answer_of(example.command, tmp_path, port, greeting)

            assert same(example.shown, real), f"{name}:{example.line}: {example.command}\n{real}"
