"""The reporting tree: who reports to whom, from the top, however the lines run, and no further than a page can show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(slots=True)
class Node:
    """Somebody in the tree with those who report to them.

    `line` is the reporting line to the manager above, None at the top. `left` says that this manager has left; `circle` that
    the lines lead back here, so that they are not followed again; `hidden` how many who report to them are not shown.
    """

    person: Json
    line: Json | None = None
    left: bool = False
    circle: bool = False
    hidden: int = 0
    reports: list[Node] = field(default_factory=list)


def tree(lines: Sequence[Json], most: int | None = None) -> list[Node]:
    """The trees that the lines of a state make, level by level until `most` people are in them; None shows all.

    Everybody has one manager at most. Where people report to each other in a circle there is no top: the first of them by name is.
    """
    below: dict[str, list[Json]] = {}
    for line in lines:
        below.setdefault(line["manager"]["id"], []).append(line)
    managers = {line["manager"]["id"]: line["manager"] for line in lines}
    gone = {line["manager"]["id"] for line in lines if line["manager_left"]}
    seen: set[str] = set()
    roots = []
    for entity in _tops(lines, managers):
        if entity not in seen:
            roots.append(_grown(Node(managers[entity], left=entity in gone), below, gone, seen))
    _cut(roots, most)
    return roots


def _tops(lines: Sequence[Json], managers: Mapping[str, Json]) -> Iterator[str]:
    """The managers who report to nobody, by name; then all others, for circles, which have none of those."""
    by_name = sorted(managers, key=lambda entity: (managers[entity]["name"], entity))
    reporting = {line["person"]["id"] for line in lines}
    yield from (entity for entity in by_name if entity not in reporting)
    yield from (entity for entity in by_name if entity in reporting)


def _grown(root: Node, below: Mapping[str, Sequence[Json]], gone: set[str], seen: set[str]) -> Node:
    """The root with all who report to it, directly or not; nobody is followed twice."""
    seen.add(root.person["id"])
    waiting = deque([root])
    while waiting:
        node = waiting.popleft()
        for line in sorted(below.get(node.person["id"], ()), key=lambda line: (line["person"]["name"], line["person"]["id"])):
            entity = line["person"]["id"]
            child = Node(line["person"], line, entity in gone, circle=entity in seen)
            node.reports.append(child)
            if not child.circle:
                seen.add(entity)
                waiting.append(child)
    return root


def _cut(roots: Iterable[Node], most: int | None) -> None:
    """Take away what is beyond the first `most` people, level by level."""
    waiting, left = deque(roots), most
    while waiting and left is not None:
        node = waiting.popleft()
        kept = node.reports[: max(left - len(waiting) - 1, 0)]
        node.hidden, node.reports = len(node.reports) - len(kept), kept
        left -= 1
        waiting.extend(kept)
