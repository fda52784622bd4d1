"""Names: what two spellings of one name share, the ids made from them, and the language tags they are kept under."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from events.errors import Invalid

MOST_NAME, MOST_SLUG, MOST_ID = 200, 80, 90
# Legal marks and variation selectors say nothing. Left to NFKC, ™ would become letters and ´ a blank with a combining accent.
VARIATION_SELECTORS = (*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
SPELLINGS = {**dict.fromkeys((*map(ord, "™℠®©"), *VARIATION_SELECTORS)), ord("´"): "'", ord("♯"): "#"}
# Unicode counts these as letters or symbols; in names they are written for an apostrophe, a hyphen or a middle dot.
LIKE_PUNCTUATION = frozenset("ʼʻʹʽ`′" + "−=‐~" + "∙⋅")
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LONE_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
APOSTROPHE = re.compile(r"['’‘ʼʻʹʽ`′]")
ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$")


def dropped(char: str) -> bool:
    """Whether a character tells no names apart: punctuation but `#` and `.`, blanks, invisible characters."""
    if char in "#.":
        return False
    category = unicodedata.category(char)
    return category[0] in "PZ" or category in {"Cc", "Cf"} or char in LIKE_PUNCTUATION


class _Kept(dict[int, int | None]):
    """A table for `str.translate` that decides on each character once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if dropped(chr(code)) else code
        return self[code]


_KEPT = _Kept()


def fold(text: str) -> str:
    """The text in Unicode normal form KC (UAX #15) with its case folded, without legal marks (™, ®) and variation selectors."""
    return _normal(_normal(text.translate(SPELLINGS)).casefold())


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=8192)
def match_key(name: str) -> str:
    """What two spellings of one name share; equal keys are the only ground on which names match.

    Folded, without blanks, middle dots and punctuation, but with what tells names apart: a `.` between digits,
    `#`, and symbols such as `+` and `$`. A name of punctuation alone is its own key, so that only a blank name
    has an empty one. `match_key(match_key(name)) == match_key(name)`.
    """
    key, before = _bare(name), name
    while key != before:  # what is dropped may bring together characters that only then compose
        key, before = _bare(key), key
    return key or fold(name).strip() or name.strip()


def _bare(text: str) -> str:
    return LONE_DOT.sub("", fold(text)).translate(_KEPT)


def check_name(name: object) -> str:
    """The name as given, stripped and with inner whitespace collapsed; `Invalid` unless it is 1 to 200 visible characters."""
    return check_label(name, "a name", "Mira Murati")


def check_label(value: object, what: str, example: str) -> str:
    """A short text of one line as given, stripped and with inner whitespace collapsed; `Invalid` calls it `what`."""
    expected = f"{what} of 1 to {MOST_NAME} characters such as {example}"
    if not isinstance(value, str):
        raise Invalid.of("", value, f"{value!r} is not {what}: it must be a text", expected)
    text = " ".join(value.split())
    if all(unicodedata.category(char) == "Cf" for char in text):
        raise Invalid.of("", value, f"{value!r} is not {what}: it is blank", expected)
    if len(text) > MOST_NAME:
        quoted = text[:40] + "…"
        raise Invalid.of("", value, f"{quoted!r} is not {what}: it has {len(text)} characters", expected)
    # No control character is printable, and few names hold anything that is not.
    if not text.isprintable() and any(unicodedata.category(char) in {"Cc", "Cs"} or char in BIDIRECTIONAL for char in text):
        raise Invalid.of("", value, f"{value!r} is not {what}: it holds control characters", expected)
    return text


def slug(name: str, most: int = MOST_SLUG) -> str | None:
    """A readable id of at most `most` characters from a name in Latin script (`Łukasz Kaiser` is `lukasz-kaiser`).

    None where no Latin letter or digit remains, or where a letter or digit of another script would be lost.
    """
    text = APOSTROPHE.sub("", _normal(name.translate(SPELLINGS)))
    if any(char.isalnum() and not _is_latin(char) for char in text):
        return None
    latin = "".join(anyascii(char) if char.isalnum() else "" if unicodedata.combining(char) else char for char in text).lower()
    spoken = re.sub(r"(?<=[a-z0-9])#", " sharp ", latin.replace("+", " plus ").replace("&", " and "))
    return re.sub(r"[^a-z0-9.]+", "-", LONE_DOT.sub("-", spoken)).strip("-")[:most].strip("-.") or None


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("LATIN ")


def is_id(text: str) -> bool:
    """Whether the text can be an entity's id: groups of a-z and 0-9 joined by single `-` or `.`, at most 90 characters."""
    return len(text) <= MOST_ID and ID.fullmatch(text) is not None


def check_language(text: object) -> str:
    """A language tag (BCP 47: language, optional script and region) in the case that RFC 5646, section 2.1.1 recommends."""
    language, *others = text.strip().split("-") if isinstance(text, str) else [""]
    tag = "-".join([language.lower(), *(part.upper() if len(part) == 2 else part.capitalize() for part in others)])
    if not LANGUAGE.fullmatch(tag):
        raise Invalid.of("", text, f"{text!r} is not a language tag", "a tag such as en, ja, zh-Hant or en-US")
    return tag
