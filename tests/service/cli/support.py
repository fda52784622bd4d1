"""Running the command line in this process and in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from service.cli import main

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "openai-2024-09.ndjson"
POST = {"type": "departure", "person": "Mira Murati", "organization": "OpenAI", "role": "CTO", "effective": "2024-09-25",
        "announced": "2024-09-25", "sources": [{"title": "Memo"}]}  # fmt: skip


def run(home: Path, *args: str, stdin: str | bytes | None = None, **env: str) -> Result:
    """The result of a command whose data are in `home`; an exception that reaches the user fails the test."""
    result = CliRunner(env={"ANNALS_HOME": str(home), **env}).invoke(main, args, stdin, prog_name="annals")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(home: Path, *args: str) -> Any:
    """The JSON that a command prints."""
    result = run(home, *args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def start(home: Path, *args: str, **options: Any) -> subprocess.Popen[str]:
    """A command in a process of its own, its output as text."""
    environ = {"ANNALS_LOG_LEVEL": "warning", **os.environ, "ANNALS_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from service.cli import main; main()", *args]
    return subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def lines(folder: Path, *posts: Any, name: str = "lines.ndjson") -> str:
    """A file with those posts as lines; texts stand as they are."""
    path = folder / name
    path.write_text("".join(f"{post if isinstance(post, str) else json.dumps(post)}\n" for post in posts), "utf-8")
    return str(path)


def post(**changes: Any) -> dict[str, Any]:
    """A departure with some fields changed; None takes a field away."""
    return {name: value for name, value in {**POST, **changes}.items() if value is not None}
