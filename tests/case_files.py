"""The worked examples of replay, read from `tests/cases`, and how their answers are compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.roles import Role

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One scenario: entries in the order of recording, and questions with their answers."""

    name: str
    why: str
    given: list[dict[str, Any]]
    then: list[dict[str, Any]]

    @property
    def asks_recorded_clock(self) -> bool:
        """Whether any question reads the recorded clock, so that the order of recording matters."""
        return any(question["state"].get("clock") == "recorded" for question in self.then)


def all_cases() -> list[Case]:
    """Every case file, by name."""
    return [Case(**json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json"))]


def role_key(text: str | None) -> str:
    """A role as cases compare it; empty for a tenure without one."""
    return Role.of(text).key if text else ""


def expected(question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer that a case gives, in the form in which `actual` puts a state."""
    found: dict[str, Any] = {}
    if "holders" in question:
        found["holders"] = sorted((role_key(role), person, certainty) for role, person, certainty in question["holders"])
    if "vacant" in question:
        found["vacant"] = sorted(role_key(role) for role in question["vacant"])
    if "on_leave" in question:
        found["on_leave"] = sorted((person, overdue) for person, overdue in question["on_leave"])
    if "reports" in question:
        found["reports"] = sorted((person, manager) for person, manager in question["reports"])
    return found


def actual(state: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The same parts of a state as the product answers it; persons are given by name, or by a bare text."""
    parts = {
        "holders": sorted((role_key(line["role"]), _name(line["person"]), line["certainty"]) for line in state["holders"]),
        "vacant": sorted(role_key(line["role"]) for line in state["vacant"]),
        "on_leave": sorted((_name(line["person"]), line["return_not_reported"]) for line in state["on_leave"]),
        "reports": sorted((_name(line["person"]), _name(line["manager"])) for line in state["reports"]),
    }
    return {part: parts[part] for part in asked}


def _name(person: str | Mapping[str, str]) -> str:
    return person if isinstance(person, str) else person["name"]
