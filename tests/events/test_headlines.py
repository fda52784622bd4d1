"""Headlines and display texts: how a stored event reads in English and Japanese."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dates import PartialDate
from events.headlines import LANGUAGES, Lang, date_text, display_values, headline, joined, role_text
from events.refs import Kind
from events.types import EventType, event_type, event_types

TYPES = list(event_types().values())
NAMES = {"mira": ("Mira Murati", "ミラ・ムラティ"), "sam": ("Sam Altman", "サム・アルトマン"), "openai": ("OpenAI", "OpenAI")}
PO = {"person": "mira", "organization": "openai"}
every_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: str(kind.name))
either_language = pytest.mark.parametrize("lang", LANGUAGES)


def shown(kind: str, stored: dict[str, Any], lang: Lang) -> dict[str, str]:
    """The display texts of a stored event whose entities are mostly called as their ids."""

    def name_of(_: Kind, entity: str) -> str:
        return NAMES.get(entity, (entity, entity))[LANGUAGES.index(lang)]

    return display_values(event_type(kind), stored, name_of, lang)


def read(kind: str, stored: dict[str, Any], lang: Lang) -> str:
    """The headline of a stored event."""
    return headline(event_type(kind), shown(kind, stored, lang), lang)


@every_type
@either_language
def test_every_headline_renders_with_much_and_with_little(kind: EventType, lang: Lang) -> None:
    """A template left with braces, brackets or doubled punctuation would be seen by every reader."""
    whole = {name: f"<{name}>" for name in kind.fields}
    needed = {name: text for name, text in whole.items() if kind.fields[name].required}
    for values in (whole, needed or {"person": "<person>"}):
        line = headline(kind, values, lang)
        assert not set(line) & set("[]{}|…")
        assert line == line.strip(" ,、。")
        assert all(text in line for name, text in needed.items())
        assert not any(pair in line for pair in ("  ", " ,", "()", ",,", "。。"))


@every_type
def test_a_template_names_fields_alone_and_both_languages_tell_the_same(kind: EventType) -> None:
    """A field misspelt in a template would never be shown."""
    told = [{name for name in kind.fields if f"{{{name}}}" in template} for template in kind.headline]
    assert told[0] == told[1]
    assert [template.count("{") for template in kind.headline] == [template.count("}") for template in kind.headline]
    pieces = " ".join(kind.headline).replace("}", "{").split("{")[1::2]
    assert set(pieces) <= set(kind.fields)


@pytest.mark.parametrize(
    ("kind", "stored", "english", "japanese"),
    [
        (
            "departure",
            {**PO, "role": "CTO", "reason": "retired"},
            "Mira Murati leaves OpenAI, where they were CTO",
            "ミラ・ムラティがOpenAIを離れる(最高技術責任者)",
        ),
        ("departure", PO, "Mira Murati leaves OpenAI", "ミラ・ムラティがOpenAIを離れる"),
        (
            "appointment",
            {**PO, "role": "最高経営責任者", "interim": True, "predecessor": "sam"},
            "Mira Murati becomes interim Chief Executive Officer of OpenAI, succeeding Sam Altman",
            "ミラ・ムラティがOpenAIの暫定最高経営責任者に就任。サム・アルトマンの後任",
        ),
        (
            "reporting_line",
            {**PO, "manager": "sam"},
            "Mira Murati reports to Sam Altman at OpenAI",
            "ミラ・ムラティはOpenAIでサム・アルトマンの直属となる",
        ),
        (
            "reporting_line",
            {**PO, "manager": None},
            "Mira Murati reports to nobody at OpenAI",
            "ミラ・ムラティはOpenAIで直属の上司なしとなる",
        ),
        ("bankruptcy", {"person": "sam"}, "Sam Altman goes bankrupt", "サム・アルトマンが破産"),
        (
            "funding_round",
            {"organization": "openai", "amount": "6600000000", "currency": "USD", "investors": [{"kind": "person", "id": "sam"}]},
            "OpenAI raises 6,600,000,000 USD from Sam Altman",
            "OpenAIがサム・アルトマンから6,600,000,000 USDを調達",
        ),
        ("layoff", {"organization": "openai", "share": "12.5"}, "OpenAI lays off staff (12.5%)", "OpenAIが人員を削減(全体の12.5%)"),
        (
            "leave_of_absence",
            {**PO, "expected_return": "2024-12~"},
            "Mira Murati goes on leave from OpenAI, expected back about December 2024",
            "ミラ・ムラティがOpenAIを休職(2024年12月頃に復帰予定)",
        ),
    ],
)
def test_an_event_reads_well_in_both_languages(kind: str, stored: dict[str, Any], english: str, japanese: str) -> None:
    """The headline is what most readers see of an event, so it is worth its exact words."""
    assert (read(kind, stored, "en"), read(kind, stored, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("template", "values", "line"),
    [
        ("{a}[ and {b}]", {"a": "1"}, "1"),
        ("{a}[ and {b}]", {"a": "1", "b": ""}, "1"),
        ("{a}[ and {b}]", {"a": "1", "b": "2"}, "1 and 2"),
        ("[{a}|{b}|none]", {"b": "2"}, "2"),
        ("[{a}|{b}|none]", {}, "none"),
        ("[{a}{b}|{b}]", {"b": "2"}, "2"),
        ("{a} {b}", {"a": "1"}, "1 …"),
        ("{a}", {"a": "[{b}|x]"}, "[{b}|x]"),
        ("{a}", {"a": " two\n\tlines "}, "two lines"),
        ("{a}", {"a": "山田　太郎"}, "山田　太郎"),
    ],
)
def test_a_template_is_filled_by_its_rules(template: str, values: dict[str, str], line: str) -> None:
    """Every type's headline is written in this small language; what a poster writes is never read as template."""
    assert headline(replace(TYPES[0], headline=(template, template)), values, "en") == line


@settings(max_examples=100)
@given(st.text(max_size=30))
def test_a_posters_words_stand_as_they_are(words: str) -> None:
    """No text, however odd, breaks a headline or is lost from it."""
    line = headline(event_type("other"), {"headline": words}, "en")
    assert "\n" not in line
    assert (
        line == "…"
        if not words
        else line.replace(" ", "") in "".join(words.split(" ")).replace("\n", "").replace("\t", "").replace("\r", "")
    )


def test_display_texts_leave_out_what_says_nothing() -> None:
    """A page that lists an event's details must not list empty ones."""
    stored = {**PO, "role": "CTO", "interim": False, "predecessor": None}
    assert shown("appointment", stored, "ja") == {"person": "ミラ・ムラティ", "organization": "OpenAI", "role": "最高技術責任者"}


@pytest.mark.parametrize(
    ("kind", "stored", "lang", "values"),
    [
        ("team_change", {"change": "dissolved", "team": "A"}, "ja", {"change": "解散", "team": "A"}),
        ("team_change", {"change": "split"}, "en", {"change": "split"}),
        ("departure", {"reason": "new_opportunity", "since": "2018"}, "en", {"reason": "new opportunity", "since": "2018"}),
        ("layoff", {"headcount": 12000}, "en", {"headcount": "12,000"}),
        ("acquisition", {"amount": "1234567.8", "currency": "JPY"}, "en", {"amount": "1,234,567.8 JPY", "currency": "JPY"}),
        ("acquisition", {"amount": "0"}, "en", {"amount": "0"}),
        ("renaming", {"new_name": {"en": "Meta", "ja": "メタ"}}, "ja", {"new_name": "メタ"}),
        ("renaming", {"new_name": {"en": "Meta", "fr": "Méta"}}, "ja", {"new_name": "Meta"}),
        ("renaming", {"new_name": {"fr": "Méta"}}, "en", {"new_name": "Méta"}),
        ("partnership", {"organizations": ["openai", "a", "b"]}, "en", {"organizations": "OpenAI, a and b"}),
        (
            "statement",
            {"about": [{"kind": "person", "id": "sam"}, {"kind": "product", "id": "o1"}]},
            "ja",
            {"about": "サム・アルトマン、o1"},
        ),
    ],
)
def test_a_stored_value_becomes_words(kind: str, stored: dict[str, Any], lang: Lang, values: dict[str, str]) -> None:
    """What is stored is for machines; each kind of field has its own way to be read by people."""
    assert shown(kind, stored, lang) == values


@pytest.mark.parametrize(
    ("texts", "english", "japanese"),
    [((), "", ""), (("A",), "A", "A"), (("A", "B"), "A and B", "A、B"), (("A", "B", "C"), "A, B and C", "A、B、C")],
)
def test_a_list_reads_as_running_text(texts: tuple[str, ...], english: str, japanese: str) -> None:
    """Founders and parties stand in the middle of a sentence."""
    assert (joined(texts, "en"), joined(texts, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("CTO", "CTO", "最高技術責任者"),
        ("最高技術責任者", "Chief Technology Officer", "最高技術責任者"),
        ("Chief Rocket Wizard", "Chief Rocket Wizard", "Chief Rocket Wizard"),
        ("特命係長", "特命係長", "特命係長"),
    ],
)
def test_a_role_is_read_in_the_readers_language(text: str, english: str, japanese: str) -> None:
    """A known role has a title in both languages; an unknown one is nobody's to translate."""
    assert (role_text(text, "en"), role_text(text, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("2024-09-25", "25 September 2024", "2024年9月25日"),
        ("2024-02", "February 2024", "2024年2月"),
        ("2024", "2024", "2024年"),
        ("2024-12~", "about December 2024", "2024年12月頃"),
        ("2024?", "2024 (uncertain)", "2024年(不確か)"),
        ("2024-09-25%", "about 25 September 2024 (uncertain)", "2024年9月25日頃(不確か)"),
        ("2024-24", "December 2024 to February 2025", "2024年12月から2025年2月"),
        ("2024-33", "January 2024 to March 2024", "2024年1月から2024年3月"),
        ("2023/2024", "2023 to 2024", "2023年から2024年"),
        ("2024-09-05/2024-09-30", "5 September 2024 to 30 September 2024", "2024年9月5日から2024年9月30日"),
        ("2024-09-25/..", "25 September 2024 or later", "2024年9月25日以降"),
        ("../2024-06", "June 2024 or earlier", "2024年6月まで"),
        ("9999-12", "December 9999", "9999年12月"),
    ],
)
def test_a_date_is_as_short_as_its_precision(text: str, english: str, japanese: str) -> None:
    """A reader must see how precisely a day is known, without learning EDTF."""
    day = PartialDate.parse(text)
    assert (date_text(day, "en"), date_text(day, "ja")) == (english, japanese)
