"""Text for search: what is split into tokens, alike where it is stored and where it is asked for."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from itertools import pairwise

from events.names import LONE_DOT, fold

MOST_QUERY_TOKENS = 12
# Han with its iteration marks, Hiragana, Katakana with ー, Bopomofo and Hangul; half-width forms are gone after NFKC.
CJK = (
    "\u1100-\u11ff\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u309f\u30a1-\u30fa\u30fc-\u318e\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U000323af"
)
CJK_RUN = re.compile(f"([{CJK}]+)")
MIDDLE_DOTS = re.compile(f"(?<=[{CJK}])[・·•‧∙⋅゠=]+(?=[{CJK}])")
# A sign belongs to a word only at its end: `c++` and `c#`, but neither `a+b` nor `#1`.
LONE_SIGN = re.compile(r"(?<![\w+#])[+#]+|[+#]+(?=\w)")


class _Spaced(dict[int, str]):
    """A table for `str.translate`: what belongs to no word becomes a blank, and what is invisible nothing."""

    def __missing__(self, code: int) -> str:
        char, category = chr(code), unicodedata.category(chr(code))
        self[code] = char if category[0] in "LMN" or char in "+#." else "" if category == "Cf" else " "
        return self[code]


_SPACED = _Spaced()


def tokens(text: str) -> list[str]:
    """The tokens of a text in their order, with repetitions, in lower case and normal form KC.

    A run of CJK characters becomes overlapping pairs (社長室 is 社長, 長室), a lone character stays itself; middle
    dots within a run do not count. Anything else becomes words: gpt-4.1 is `gpt`, `4.1`; C++ is `c++`.
    """
    spaced = LONE_DOT.sub(" ", MIDDLE_DOTS.sub("", fold(text))).translate(_SPACED)
    return [token for run in CJK_RUN.split(spaced) for token in _of_run(run)]


def _of_run(run: str) -> list[str]:
    if not CJK_RUN.match(run):
        return LONE_SIGN.sub(" ", run).split()
    return [first + second for first, second in pairwise(run)] or [run]


def likeness(one: str, other: str) -> Fraction:
    """How much of their tokens two texts share, from 0 to 1: twice the common ones by those of each (Dice's coefficient)."""
    first, second = set(tokens(one)), set(tokens(other))
    return Fraction(2 * len(first & second), len(first) + len(second) or 1)


def query_tokens(text: str) -> list[str]:
    """The distinct tokens of what somebody searches for, in their order, at most 12.

    A token that is a single CJK character must be matched as a prefix (社 finds the stored pair 社長), any other as a whole.
    """
    return list(dict.fromkeys(tokens(text)))[:MOST_QUERY_TOKENS]
