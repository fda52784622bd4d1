"""Files to import: packing, encodings and what one look at them finds."""

from __future__ import annotations

import gzip
import hashlib
import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from events.errors import Invalid
from service.formats.files import ImportFile, look, opened

WORDS = "ムラティ氏が退社した\n二行目\n"


def held(content: bytes) -> ImportFile:
    """A file with that content."""
    return ImportFile("notes.csv", io.BytesIO(content))


def text(file: ImportFile, encoding: str) -> str:
    """The whole text of a file."""
    return "".join(file.lines(encoding, newline="\n"))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc-jp", "utf-16"])
def test_a_file_reads_the_same_however_it_is_written(encoding: str, packed: bool) -> None:
    """The same notes come from an editor, from a spreadsheet program or packed from an archive."""
    content = WORDS.encode(encoding)
    file = held(gzip.compress(content) if packed else content)

    found = look(file, None if encoding.startswith("utf-8") else encoding)

    assert found.digest == hashlib.sha256(content).hexdigest()
    assert found.lines == 2 or encoding == "utf-16"
    assert text(file, found.encoding) == WORDS
    assert text(file, found.encoding) == WORDS, "a second time"


@pytest.mark.parametrize("encoding", ["cp932", "euc-jp", "utf-16"])
def test_another_encoding_is_named_but_never_taken_for_granted(encoding: str) -> None:
    """A wrong guess would write unreadable names into a log that never forgets."""
    with pytest.raises(Invalid, match=rf"not in UTF-8: line 1 cannot be read; all of it can be read as {encoding}") as caught:
        look(held(WORDS.encode(encoding)), None)

    assert f"--encoding {encoding}" in caught.value.problems[0].expected


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"one\ntw\xffo\n", None, "line 2 cannot be read"),
        (b"one\n\xe3\x83", "utf-8", "not in UTF-8: line 2"),
        (b"a\x81", "cp932", "not in CP932: line 1"),
        (b"a", "klingon", "'klingon' is not an encoding of text"),
        (b"a", "base64", "'base64' is not an encoding of text"),
        (b"a", "rot13", "'rot13' is not an encoding of text"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_line(content: bytes, encoding: str | None, message: str) -> None:
    """A binary file named by mistake must not be imported up to its first odd byte."""
    with pytest.raises(Invalid, match=message):
        look(held(content), encoding)


@pytest.mark.parametrize("spoil", [lambda packed: packed[:-9], lambda packed: packed[:20] + b"xxxx" + packed[24:]], ids=["cut", "broken"])
def test_a_broken_archive_is_refused_before_anything_is_recorded(spoil: object) -> None:
    """A download that stopped half-way looks like a shorter file unless it is read to its end first."""
    assert callable(spoil)
    with pytest.raises(Invalid, match=r"notes\.csv is not whole"):
        look(held(spoil(gzip.compress(WORDS.encode() * 99))), None)


def test_a_character_may_lie_across_two_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading in pieces must find the right line, and no error where there is none."""
    monkeypatch.setattr("service.formats.files.CHUNK", 4)

    assert look(held(WORDS.encode()), None).lines == 2
    with pytest.raises(Invalid, match="line 3 cannot be read"):
        look(held(WORDS.encode() + b"abc\xff"), None)


def test_standard_input_is_copied_so_that_it_can_be_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of an import comes from the whole content, which a pipe gives only once."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(WORDS.encode())))

    with opened("-") as file:
        assert look(file, None).lines == 2
        assert text(file, "utf-8") == WORDS


def test_a_named_file_is_opened_and_closed(tmp_path: Path) -> None:
    """The last line counts even if the editor left out its line break; a missing file is an OSError for the caller to word."""
    (tmp_path / "a.ndjson").write_text("{}\n{}", "utf-8")

    with opened(str(tmp_path / "a.ndjson")) as file:
        assert look(file, None).lines == 2
    assert file.raw.closed
    with pytest.raises(FileNotFoundError), opened(str(tmp_path / "b.ndjson")):
        pass
