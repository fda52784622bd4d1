"""Files to import: packed or not, named or piped in, looked through once before anything is recorded."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from events.errors import AnnalsError, Invalid

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file that can be read again from its start: `name` as messages give it, `raw` its bytes as they are stored."""

    name: str
    raw: BinaryIO

    def unpacked(self) -> BinaryIO:
        """Its bytes from the start, without the gzip around them."""
        self.raw.seek(0)
        packed = self.raw.read(len(GZIP)) == GZIP
        self.raw.seek(0)
        return cast("BinaryIO", gzip.GzipFile(fileobj=self.raw)) if packed else self.raw

    def chunks(self) -> Iterator[bytes]:
        """Its unpacked bytes in pieces; raises `Invalid` where the gzip is broken or cut short."""
        stream = self.unpacked()
        try:
            while chunk := stream.read(CHUNK):
                yield chunk
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Invalid.of("file", self.name, f"{self.name} is not whole: {error}", "a complete file, packed with gzip or not") from None

    def lines(self, encoding: str, *, newline: str, most: int = -1) -> Iterator[str]:
        """Its lines from the start with their ends, without a byte order mark; `newline` as in `open`.

        Of a line of more than `most` characters only these are given, so that no line need fit into memory.
        """
        text = io.TextIOWrapper(cast("IO[bytes]", self.unpacked()), encoding=_without_mark(encoding), newline=newline)
        try:
            while line := text.readline(most):
                yield line
                while len(line) == most and not line.endswith("\n"):
                    line = text.readline(most)
        finally:
            with suppress(ValueError):  # of a file that was closed before the last line was read
                text.detach()  # or the file would be closed with it


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass over a file finds: the SHA-256 of its unpacked bytes in hex, how many lines it has, its encoding."""

    digest: str
    lines: int
    encoding: str


@contextmanager
def opened(name: str) -> Iterator[ImportFile]:
    """The file called `name`; `-` is standard input, which is copied to disk first. Raises OSError."""
    if name != "-":
        with Path(name).open("rb") as raw:
            yield ImportFile(name, raw)
        return
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(sys.stdin.buffer, spooled, CHUNK)
        yield ImportFile("standard input", cast("BinaryIO", spooled))


def look(file: ImportFile, encoding: str | None) -> Look:
    """Read the file through; raises `Invalid` where it is not in `encoding` (UTF-8 where none is given)."""
    digest, lines, last = hashlib.sha256(), 0, b"\n"
    for chunk in file.chunks():
        digest.update(chunk)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    wanted = _known(encoding or "utf-8")
    bad = bad_line(file, wanted)
    if bad is not None:
        raise _not_in(file, wanted, bad, guess=encoding is None)
    return Look(digest.hexdigest(), lines + (last != b"\n"), wanted)


def bad_line(file: ImportFile, encoding: str) -> int | None:
    """The number of the first line that is not in `encoding`; None where the whole file is."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    pending = b""
    for chunk in file.chunks():
        pending = decoder.getstate()[0] + chunk
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return line + pending[: error.start].count(b"\n")
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
        if found.encode("a")[0] and isinstance(found.decode(b"")[0], str):
            return found.name
    except (LookupError, TypeError, ValueError):
        pass
    raise Invalid.of("encoding", encoding, f"{encoding!r} is not an encoding of text", "utf-8, cp932 (Shift_JIS), euc-jp or utf-16")


def _without_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _not_in(file: ImportFile, wanted: str, line: int, *, guess: bool) -> AnnalsError:
    message = f"{file.name} is not in {wanted.upper()}: line {line} cannot be read"
    likely = _guess(file) if guess else None
    if likely is None:
        return Invalid.of("encoding", wanted, message, "the encoding of the file with --encoding, such as utf-8 or cp932")
    expected = f"--encoding {likely}, if the text then looks right"
    return Invalid.of("encoding", wanted, f"{message}; all of it can be read as {likely}", expected)


def _guess(file: ImportFile) -> str | None:
    """An encoding in which the whole file can be read, among those that spreadsheet programs write; the strictest first."""
    if file.unpacked().read(2) in UTF_16:
        return "utf-16"
    return next((name for name in ("euc-jp", "cp932") if bad_line(file, name) is None), None)
