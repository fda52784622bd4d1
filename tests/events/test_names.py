"""Names: which spellings are one name, which are two, and what ids and language tags look like."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.errors import Invalid
from events.names import LANGUAGE, check_language, check_name, is_id, match_key, slug

# Scripts in which changing the case and back loses nothing: Latin letters that have a capital, and those without case.
CASED = [char for char in map(chr, range(0x20, 0x250)) if char.upper().lower() == char.lower() and char not in "ıſ"]
CASELESS = "ミラムティーぁ漢字仮名葛々・ 　"
NAMES = st.text(st.sampled_from([*CASED, *CASELESS]), max_size=30)
ANY = st.text(max_size=30)

ONE_NAME = [
    ("Mira Murati", "mira  murati", "MIRA-MURATI", "Mira\u3000Murati", "Ｍｉｒａ　Ｍｕｒａｔｉ", "Mira\u200b Murati"),
    ("ミラ・ムラティ", "ミラ ムラティ", "ﾐﾗ･ﾑﾗﾃｨ", "ミラムラティ", "ミラ＝ムラティ", "ミラ·ムラティ", "ミラ•ムラティ", "ミラ∙ムラティ"),
    ("O'Brien", "OBrien", "O’Brien", "OʼBrien", "O´Brien", "O`Brien"),
    ("GPT-4.1", "gpt 4.1", "GPT‑4．1", "GPT–4.1", "GPT−4.1"),
    ("C#", "c♯", "Ｃ＃"),
    ("C++", "c ++", "Ｃ＋＋"),
    ("AT&T", "ATT"),
    ("OpenAI", "OpenAI™", "OPENAI®", "Open.AI", "Open.AI."),
    ("Straße", "STRASSE"),
    ("José", "Jose\u0301"),
    ("葛城", "葛\U000e0100城"),
    ("1,000", "1000"),
]
DIFFERENT_NAMES = [
    ("GPT-4.1", "GPT-41"),
    ("C++", "C"),
    ("C#", "C"),
    ("C#", "C++"),
    ("Disney+", "Disney"),
    ("ローラ", "ロラ"),
    ("バス", "パス"),
    ("José", "Jose"),
    ("高橋", "髙橋"),
    ("S&P 500", "500"),
    ("!!!", "???"),
]


@pytest.mark.parametrize("spellings", ONE_NAME)
def test_spellings_of_one_name_share_a_key(spellings: tuple[str, ...]) -> None:
    """One person in two articles must not become two people because of a hyphen or a half-width letter."""
    assert len({match_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT_NAMES)
def test_what_tells_names_apart_stays_in_the_key(one: str, other: str) -> None:
    """Two products merged by mistake are worse than one listed twice."""
    assert match_key(one) != match_key(other)


@given(ANY)
@example("a-\u0301")
@example("!!!™")
@example("´")
@example("4.-1")
@settings(max_examples=200)
def test_a_key_is_its_own_key(name: str) -> None:
    """Keys are stored and looked up again, so taking the key of a key must change nothing."""
    key = match_key(name)
    assert match_key(key) == key
    assert bool(key) == bool(name.strip())


@given(NAMES)
@settings(max_examples=200)
def test_case_never_tells_names_apart(name: str) -> None:
    """Headlines are set in capitals and names are not."""
    assert match_key(name) == match_key(name.upper()) == match_key(name.lower())


@given(st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=5), min_size=1, max_size=4))
@settings(max_examples=100)
def test_what_stands_between_words_never_counts(words: list[str]) -> None:
    """The separator is the publisher's taste: a blank, a middle dot or a hyphen."""
    assert match_key(" ".join(words)) == match_key("・".join(words)) == match_key(" - ".join(words))


SLUGS = {
    "Mira Murati": "mira-murati",
    "Łukasz Kaiser": "lukasz-kaiser",
    "Søren Æbelø": "soren-aebelo",
    "Straße Đặng": "strasse-dang",
    "GPT-4.1": "gpt-4.1",
    "GPT-4.1.": "gpt-4.1",
    "ＧＰＴ－４": "gpt-4",
    "C++": "c-plus-plus",
    "C#": "c-sharp",
    "C♯ 12": "c-sharp-12",
    "#1 Hits": "1-hits",
    "S&P 500": "s-and-p-500",
    "AT&T™": "at-and-t",
    "J.P. Morgan": "j-p-morgan",
    "O’Brien, Conan": "obrien-conan",
    "Michael Rogers (R000575)": "michael-rogers-r000575",
    "Jose\u0301 x\u0323": "jose-x",
    "ǃXoo": "qxoo",
    "ミラ・ムラティ": None,
    "ミラ Murati": None,
    "Мира Murati": None,
    "٤٢": None,
    "!!!": None,
    "😀": None,
    "": None,
}


@pytest.mark.parametrize(("name", "expected"), SLUGS.items())
def test_slug_reads_like_the_name(name: str, expected: str | None) -> None:
    """An id is for ever and is read in addresses, so it must read well and must not guess at another script."""
    assert slug(name) == expected


@given(ANY | NAMES)
@settings(max_examples=200)
def test_every_slug_is_an_id(name: str) -> None:
    """Whatever somebody types as a name, the id that comes of it must be accepted as one."""
    made = slug(name)
    assert made is None or (is_id(made) and len(made) <= 80)


def test_a_long_name_is_cut_to_an_id() -> None:
    """A cut must not leave a dash or a dot at the end."""
    assert slug("a" * 79 + " b") == "a" * 79
    assert slug("a" * 78 + "4.1") == "a" * 78 + "4"
    assert slug("a" * 79 + " b", most=200) == "a" * 79 + "-b"


@pytest.mark.parametrize("text", ["mira-murati", "gpt-4.1", "p-0a1b2c3d", "a", "a" * 90])
def test_ids(text: str) -> None:
    """Ids that were given out once stay readable."""
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "Mira", "-a", "a-", "a--b", "a.-b", "a b", "a\n", "a/b", "é", "a" * 91])
def test_not_ids(text: str) -> None:
    """What is no id is looked up as a name, so the two must not overlap more than they have to."""
    assert not is_id(text)


@pytest.mark.parametrize(("name", "kept"), [("  Mira \t Murati\n", "Mira Murati"), ("ミラ　Ｍ", "ミラ Ｍ"), ("x" * 200, "x" * 200)])
def test_a_name_is_kept_as_it_is_written(name: str, kept: str) -> None:
    """Readers see the spelling of the source; only blanks are put in order."""
    assert check_name(name) == kept


@pytest.mark.parametrize("value", ["", "  \n", "\u200b", "x" * 201, "a\x00b", "a\x7fb", "a\ud800", "a\u202eb", None, 7, ["Mira"]])
def test_what_is_no_name_is_refused_and_quoted(value: object) -> None:
    """A refusal that does not quote the value cannot be acted on in an import of ten thousand lines."""
    with pytest.raises(Invalid) as refused:
        check_name(value)
    (problem,) = refused.value.problems
    quoted = value[:40] + "…" if isinstance(value, str) and len(value) > 200 else value
    assert (problem.field, problem.value) == ("", value)
    assert repr(quoted) in problem.message
    assert "Mira Murati" in problem.expected


@given(ANY)
@settings(max_examples=100)
def test_an_accepted_name_has_a_key(name: str) -> None:
    """A name without a key would be a bearer of nothing and could never be found again."""
    try:
        kept = check_name(name)
    except Invalid:
        return
    assert kept == check_name(kept)
    assert match_key(kept)


@pytest.mark.parametrize("tag", ["en", "ja", "und", "zh-Hant", "en-US", "zh-Hant-TW", "es-419"])
def test_language_tags_have_one_spelling(tag: str) -> None:
    """`en-us` and `en-US` must not become two languages of one name."""
    assert check_language(tag) == check_language(tag.lower()) == check_language(f" {tag.upper()} ") == tag
    assert LANGUAGE.fullmatch(tag)


@pytest.mark.parametrize("tag", ["", "e", "english", "en_US", "en-", "en-USA", "en-US-x", "日本", "en\n-US", None, 5])
def test_what_is_no_language_tag_is_refused(tag: object) -> None:
    """A name under `english` would never be shown to anybody."""
    with pytest.raises(Invalid, match="is not a language tag") as refused:
        check_language(tag)
    assert repr(tag) in str(refused.value)
