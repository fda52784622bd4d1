"""Tables for a terminal: what they show, and that they show it whatever the names hold."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from rich.console import Console, RenderableType

from events.types import entity_field, event_types
from service.cli import render
from service.cli.catalogue import WORDS

LOOK = {"as_of": "2024-09-26", "known_at": "2024-09-27T10:00:00Z", "clock": "public"}
NOBODY: dict[str, Any] = {"holders": [], "on_leave": [], "reports": [], "vacant": [], "products": []}
OPENAI = {"id": "openai", "name": "OpenAI"}
MIRA = {"id": "mira-murati", "name": "Mira Murati"}
SAM = {"id": "sam-altman", "name": "[bold]Sam[/bold]"}
NO_EVENTS: dict[str, Any] = {"items": [], "next": "more"}


def day(value: str) -> dict[str, Any]:
    """A partial date as an answer has it; a day."""
    return {"value": value, "earliest": value, "latest": value}


def printed(found: Iterable[RenderableType]) -> str:
    """What a terminal would show, with runs of blanks as one."""
    screen = Console(file=io.StringIO(), width=160)
    for part in found:
        screen.print(part)
    assert isinstance(screen.file, io.StringIO)
    return " ".join(screen.file.getvalue().split())


def state(**parts: Any) -> str:
    """A state with some parts, as it is printed."""
    return printed(render.state({"organization": OPENAI, **LOOK, **NOBODY, **parts}))


HOLDER = {
    "role": "CTO",
    "role_key": "chief-technology-officer",
    "person": MIRA,
    "certainty": "certain",
    "interim": False,
    "since": None,
    "until": None,
    "disputed": [],
}


@pytest.mark.parametrize(
    ("part", "line", "shown"),
    [
        ("holders", HOLDER, "CTO Mira Murati certain ?"),
        ("holders", {**HOLDER, "role": None, "role_key": None}, "(no role named) Mira Murati"),
        ("holders", {**HOLDER, "since": day("2018~"), "until": day("2024-09-25")}, "certain 2018~ 2024-09-25"),
        ("holders", {**HOLDER, "interim": True, "disputed": [{}]}, "interim, disputed"),
        ("on_leave", {"person": SAM, "since": day("2024-08-05"), "expected_return": day("2024-12~"), "return_not_reported": True},
         "[bold]Sam[/bold] 2024-08-05 2024-12~ return not reported"),
        ("reports", {"person": MIRA, "manager": SAM, "manager_left": True}, "Mira Murati [bold]Sam[/bold] manager has left"),
        ("vacant", {"role": "CTO", "role_key": "chief-technology-officer", "since": day("2024-09-25")}, "CTO 2024-09-25"),
        ("products", {"product": {"id": "gpt", "name": "GPT"}, "phase": "released", "since": day("2020"), "expected": None,
                      "versions": [{"version": "4", "released": day("2023-03-14")}]}, "GPT released 2020 4 (2023-03-14)"),
    ],
)  # fmt: skip
def test_a_part_of_a_state_is_a_line_of_its_table(part: str, line: dict[str, Any], shown: str) -> None:
    """Brackets in a name are no markup, and what is unknown is said to be."""
    assert shown in state(**{part: [line]})


def test_a_state_says_how_it_looks_at_history() -> None:
    """The same table with another clock means something else, so the heading tells which."""
    assert "OpenAI at the end of 2024-09-26, as known at 2024-09-27T10:00Z" in state()
    assert "by what was recorded" in state(clock="recorded")
    assert "Nothing is known of it by then." in state()
    assert "Nothing" not in state(holders=[HOLDER])


def test_a_history_names_what_is_still_so() -> None:
    """A person's past and present stand in one table."""
    tenure: dict[str, Any] = {"role": "CTO", "organization": OPENAI, "since": None, "until": day("2024-09-25"), "current": False}
    tenure |= {"role_key": "chief-technology-officer", "certainty": None, "disputed": []}
    now = {**tenure, "role": None, "role_key": None, "until": None, "current": True, "certainty": "possible", "disputed": [{}]}
    leave = {"organization": OPENAI, "since": day("2024"), "until": None, "expected_return": day("2025")}
    line = {"organization": OPENAI, "manager": None, "since": day("2024")}

    shown = printed(
        render.history({"person": MIRA, **LOOK, "tenures": [tenure, now], "leaves": [leave], "reports": [line], "events": NO_EVENTS})
    )

    for words in ("CTO OpenAI ? 2024-09-25", "(no role named) OpenAI ? now (possible) disputed", "OpenAI 2024 2025", "OpenAI nobody 2024"):
        assert words in shown


def test_events_show_their_publishers_and_what_became_of_them() -> None:
    """A retracted event stays in the feed and must not look like one that counts."""
    sources = [{"publisher": "X"}, {"publisher": "X"}, {"title": "Memo"}, {"url": "https://example.com/"}]
    became = {"retracted": {"reason": "x"}, "corrected": True, "disputed": []}
    item = {"effective": day("2024-09-25"), "status": "reported", "headline": "Mira leaves", **became, "sources": sources}

    shown = printed(render.events([item], more=True))

    assert "2024-09-25 reported Mira leaves (retracted, corrected) X, Memo, https://example.com/" in shown
    assert "raise --limit" in shown
    assert "No event is known" in printed(render.events([]))


def test_every_kind_of_field_is_described_in_words() -> None:
    """`annals types` is for people: the name of a class would tell them nothing."""
    for kind in event_types().values():
        for name, field in kind.fields.items():
            assert entity_field(field) or hasattr(field, "inner") or field.metadata.get("enum") or type(field).__name__ in WORDS, name
