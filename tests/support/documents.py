"""Examples in documents: found in Markdown, run against a served Annals, and compared with what the document shows.

An example is a block marked `console`: a line that begins with `$ ` is a command, which goes on after a backslash and within
quotes; the lines below it are its answer. `…` in an answer stands for anything; instants, positions, tags and durations are not compared.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from tests.service.cli.support import run

WIDTH = 100
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_VARYING = (
    (re.compile(r'("position": ?|position |up to position |Annals-Position: )[\d,]+'), r"\1N"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z|(?<=as known at )\S+Z"), "INSTANT"),
    (re.compile(r'(?<=")[0-9a-f]{32}(?=")|\b[0-9a-f]{64}\b'), "DIGEST"),
    (re.compile(r"\b\d+\.\d s\b"), "SECONDS"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A command and the answer that the document shows for it."""

    line: int
    command: str
    shown: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a `curl` command sends."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None
    with_headers: bool


def examples(document: Path) -> Iterator[Example]:
    """The examples of a document in their order."""
    text = document.read_text("utf-8")
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1)) + 1
        for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]:
            command, shown = _parted(part)
            yield Example(line, command, shown)
            line += part.count("\n")


def _parted(text: str) -> tuple[str, str]:
    """The command, as far as its quotes and backslashes go on over lines, and what is below it."""
    lines = text.splitlines(keepends=True)
    for index in range(1, len(lines) + 1):
        command = "".join(lines[:index]).replace("\\\n", " ")
        if not lines[index - 1].endswith("\\\n") and command.count("'") % 2 == 0:
            return command.strip(), "".join(lines[index:])
    raise AssertionError(f"a quote is not closed: {text}")


def same(shown: str, real: str) -> bool:
    """Whether an answer is what the document shows."""
    pattern = ".*?".join(map(re.escape, _settled(shown).split("…")))
    return re.fullmatch(pattern, _settled(real), re.DOTALL) is not None


def _settled(text: str) -> str:
    """The text without what varies; JSON may be laid out in any way."""
    for varying, word in _VARYING:
        text = varying.sub(word, text)
    if text.lstrip().startswith("{"):
        return re.sub(r"\s+", "", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def answer_of(command: str, home: Path, port: int, greeting: str) -> str:
    """What the command prints, with the port on which Annals listens by default in place of this one.

    `$ANNALS_KEY` in a command is the key that was made last.
    """
    kept = home / "key.txt"
    command = command.replace("$ANNALS_KEY", kept.read_text("utf-8") if kept.exists() else "")
    words = shlex.split(command.replace("localhost:8000", f"localhost:{port}"))
    if command == "make run":
        found = greeting
    elif words[0] == "curl":
        found = _sent(request_of(words[1:]), port)
    elif words[0] == "annals":
        found = run(home, *words[1:], COLUMNS=str(WIDTH)).output
        if words[1:3] == ["keys", "create"]:
            kept.write_text(found.split()[0], "utf-8")
    else:
        raise AssertionError(f"{command!r} is no command that examples may use")
    return found.replace(str(home), "var").replace(f"{port}", "8000")


def request_of(words: list[str]) -> Request:
    """The request of a `curl` command with those options and that address."""
    parser = argparse.ArgumentParser(exit_on_error=False, allow_abbrev=False)
    for flag in ("-s", "-i", "-G"):
        parser.add_argument(flag, action="store_true")
    for option in ("-H", "-d", "--data-urlencode"):
        parser.add_argument(option, action="append", default=[])
    for option in ("-X", "--data-binary"):
        parser.add_argument(option)
    parser.add_argument("url")
    given = parser.parse_args(words)
    address = urlsplit(f"//{given.url}")  # documents leave http:// out
    body = given.data_binary or "&".join(given.d)
    encoded = [f"{name}={quote(value, safe='')}" for name, value in (pair.split("=", 1) for pair in given.data_urlencode)]
    query = "&".join(part for part in (address.query, *encoded, body if given.G else "") if part)
    sent = body.encode() if body and not given.G else None
    method = given.X or ("GET" if sent is None else "POST")
    return Request(method, f"{address.path}?{query}", dict(header.split(": ", 1) for header in given.H), sent, given.i)


def _sent(request: Request, port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(request.method, request.target, request.body, request.headers)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    head = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{name}: {value}" for name, value in response.getheaders()), "", ""]
    return "\n".join(head) * request.with_headers + _laid_out(text)


def _laid_out(text: str) -> str:
    """JSON laid out for reading, as documents show it; lines of JSON and other texts as they are."""
    try:
        return _json(json.loads(text), "")
    except ValueError:
        return text


def _json(value: Any, indent: str) -> str:
    """The value on one line if that is short, else each member on a line of its own."""
    line, deeper = json.dumps(value, ensure_ascii=False), indent + "  "
    if len(line) + len(indent) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    if isinstance(value, dict):
        inner = [f"{deeper}{json.dumps(name)}: {_json(member, deeper)}" for name, member in value.items()]
    else:
        inner = [deeper + _json(item, deeper) for item in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n" + ",\n".join(inner) + f"\n{indent}{last}"
