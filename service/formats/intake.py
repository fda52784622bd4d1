"""A file as an import takes it: what it holds, its numbered lines, and the key under which it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, get_args

from events.dates import quote
from events.errors import Invalid
from service.formats import spreadsheet
from service.formats.files import ImportFile, Look, look
from service.settings import MOST_LINE_BYTES

Format = Literal["ndjson", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: dict[str, Format] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".tsv": "csv"}


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that was looked through: its format and what the look found."""

    file: ImportFile
    format: Format
    found: Look

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines with something on them as JSON in UTF-8, each under its number in the file, from 1."""
        for number, line in enumerate(self._texts(), 1):
            if line.strip():
                yield number, line.encode()

    def _texts(self) -> Iterator[str]:
        if self.format == "csv":
            return spreadsheet.rows(self.file.lines(self.found.encoding, newline=""))
        return self.file.lines(self.found.encoding, newline="\n", most=MOST_LINE_BYTES + 1)

    def key(self, *manner: str) -> str:
        """An idempotency key: the same for the same content, read and recorded in the same manner."""
        return "-".join(("file", self.found.digest, self.format, self.found.encoding, *manner))


def intake(file: ImportFile, format_: Format, encoding: str | None) -> Intake:
    """Look the file through, before anything is recorded; raises `Invalid` where it cannot be read as that."""
    found = Intake(file, format_, look(file, encoding))
    if format_ == "csv":
        spreadsheet.check(file.lines(found.found.encoding, newline=""))
    return found


def format_of(name: str) -> Format:
    """The format that the name of a file tells, packed or not; standard input (`-`) is lines of JSON. Raises `Invalid`."""
    path = PurePath(name.lower().removesuffix(".gz"))
    if name != "-" and path.suffix not in SUFFIXES:
        message = f"the name {quote(name)} does not tell what the file holds"
        raise Invalid.of("file", name, message, "say which with --format ndjson or --format csv")
    return SUFFIXES.get(path.suffix, "ndjson")
