"""Text for search: that what is stored and what is asked for are split alike, in both languages."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.text import MOST_QUERY_TOKENS, likeness, query_tokens, tokens

SPLIT = {
    "Mira Murati leaves OpenAI.": "mira murati leaves openai",
    "GPT-4.1 and gpt-4, v1.2.3.": "gpt 4.1 and gpt 4 v1.2.3",
    "C++, C# & c": "c++ c# c",
    "a+b #1 +81 + # Disney+": "a b 1 81 disney+",
    "AT&T's $5.00 (50%)": "at t s 5.00 50",
    "snake_case e\u0301te\u0301 ÉTÉ": "snake case été été",
    "co\u00adoperate\u200b": "cooperate",
    "हिन्दी": "हिन्दी",
    "社長": "社長",
    "社": "社",
    "社長室": "社長 長室",
    "石破首相が、辞任。": "石破 破首 首相 相が 辞任",
    "ミラ・ムラティ": "ミラ ラム ムラ ラテ ティ",
    "ﾐﾗ･ﾑﾗﾃｨ": "ミラ ラム ムラ ラテ ティ",
    "ジャン＝ポール": "ジャ ャン ンポ ポー ール",
    "・ミラ・": "ミラ",
    "チーフ サイエンティスト": "チー ーフ サイ イエ エン ンテ ティ ィス スト",
    "研究担当SVP": "研究 究担 担当 svp",
    "OpenAI社のo1": "openai 社の o1",
    "葛\U000e0100城": "葛城",
    "佐々木〇": "佐々 々木 木〇",
    "한국어": "한국 국어",
    "𠮷野": "𠮷野",
    "!?・…": "",
    "": "",
}


@pytest.mark.parametrize(("text", "expected"), SPLIT.items())
def test_tokens(text: str, expected: str) -> None:
    """Search finds what was split as the reader will split it; Japanese words of two characters among it."""
    assert tokens(text) == [unspaced for unspaced in expected.split(" ") if unspaced]


@pytest.mark.parametrize("query", ["ミラ", "ムラティ", "ミラムラティ", "ミラ・ムラティ", "ﾑﾗﾃｨ", "gpt-4.1", "Ｃ＋＋", "openai CTO", "退任"])
@pytest.mark.parametrize("name", ["ミラ・ムラティ", "ミラムラティ", "ﾐﾗ･ﾑﾗﾃｨ"])
def test_both_spellings_of_a_name_are_found(query: str, name: str) -> None:
    """The middle dot is the publisher's taste and nobody types it into a search box."""
    article = tokens(f"OpenAIのCTO {name}氏が退任。GPT-4.1とC++を語る")
    assert set(query_tokens(query)) <= set(article)


@given(st.text(st.sampled_from("ミラムティーがの社長石破首相"), min_size=2, max_size=30), st.data())
@settings(max_examples=100)
def test_every_part_of_a_text_without_blanks_is_found(text: str, data: st.DataObject) -> None:
    """Japanese has no blanks between words, so a search may start and end anywhere."""
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    assert set(query_tokens(text[start:end])) <= set(tokens(text))


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_tokens_hold_no_blanks_and_are_their_own_tokens(text: str) -> None:
    """The index stores tokens joined by blanks, so a token must survive being split again."""
    found = tokens(text)
    assert tokens(" ".join(found)) == found
    assert all(token and not any(map(str.isspace, token)) for token in found)


def test_a_query_is_short_and_says_nothing_twice() -> None:
    """A page of text pasted into the search box must not become a query of a thousand terms."""
    assert query_tokens("Mira mira MURATI mira") == ["mira", "murati"]
    assert query_tokens("社") == ["社"]
    assert query_tokens(" ".join(map(str, range(40)))) == [str(number) for number in range(MOST_QUERY_TOKENS)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("OpenAI holds an all-hands meeting", "openai holds an ALL-HANDS meeting!", Fraction(1)),
        ("Her decision has my support", "I support her decision", Fraction(2, 3)),
        ("辞任を支持", "辞任を支持する", Fraction(4, 5)),
        ("well well well", "well", Fraction(1)),
        ("one", "two", Fraction(0)),
        ("!", "?", Fraction(0)),
    ],
)
def test_texts_are_as_like_as_the_words_that_they_share(one: str, other: str, expected: Fraction) -> None:
    """Whether two reports may be one hangs on it: it must be the same whichever came first, and easy to check by hand."""
    assert likeness(one, other) == likeness(other, one) == expected
