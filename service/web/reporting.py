"""The reporting tree: who reports to whom, from the top, however the lines run, and no further than a page can show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
DEEPEST = 7
"""How many levels below its top a tree is drawn; what lies deeper is a tree of its own, whose top stands in both."""


@dataclass(slots=True)
class Node:
    """Somebody in the tree with those who report to them.

    `line` is the reporting line to the manager above, None at the top. `left` says that this manager has left; `circle` that the lines
    lead back here, so that they are not followed again; `continued` that those who report here stand in a tree of their own; `hidden`
    how many of them are not shown. `depth` is the level from 0.
    """

    person: Json
    line: Json | None = None
    left: bool = False
    depth: int = 0
    circle: bool = False
    continued: bool = False
    hidden: int = 0
    reports: list[Node] = field(default_factory=list)


def tree(lines: Sequence[Json], most: int | None = None) -> list[Node]:
    """The trees that the lines of a state make, the greatest first, level by level until `most` people are in them; None shows all.

    Everybody has one manager at most. Where people report to each other in a circle there is no top: the first of them by name is.
    """
    people = _People(lines)
    waiting, seen, roots = deque(people.tops()), set[str](), list[tuple[int, Node]]()
    while waiting:
        entity = waiting.popleft()
        if entity not in seen:
            root = Node(people.managers[entity], left=entity in people.gone)
            size, continued = _grow(root, people, seen)
            waiting.extendleft(reversed(continued))
            seen -= set(continued)
            roots.append((size, root))
    found = [root for _, root in sorted(roots, key=lambda pair: -pair[0])]
    return found if most is None else list(_cut(found, most))


class _People:
    """Who manages whom by the lines of a state."""

    def __init__(self, lines: Sequence[Json]) -> None:
        self.managers = {line["manager"]["id"]: line["manager"] for line in lines}
        self.gone = {line["manager"]["id"] for line in lines if line["manager_left"]}
        self.below: dict[str, list[Json]] = {}
        for line in sorted(lines, key=lambda line: (line["person"]["name"], line["person"]["id"])):
            self.below.setdefault(line["manager"]["id"], []).append(line)

    def tops(self) -> Iterator[str]:
        """The managers who report to nobody, by name; then all others, for circles, which have none of those."""
        by_name = sorted(self.managers, key=lambda entity: (self.managers[entity]["name"], entity))
        reporting = {line["person"]["id"] for lines in self.below.values() for line in lines}
        yield from (entity for entity in by_name if entity not in reporting)
        yield from (entity for entity in by_name if entity in reporting)


def _grow(root: Node, people: _People, seen: set[str]) -> tuple[int, list[str]]:
    """Put all who report to the root below it, nobody twice; how many people that makes, and whose trees go on elsewhere."""
    seen.add(root.person["id"])
    waiting, size, continued = deque([root]), 0, list[str]()
    while waiting:
        node, size = waiting.popleft(), size + 1
        below = people.below.get(node.person["id"], ())
        if below and node.depth == DEEPEST:
            node.continued = True
            continued.append(node.person["id"])
            continue
        for line in below:
            entity = line["person"]["id"]
            child = Node(line["person"], line, entity in people.gone, node.depth + 1, circle=entity in seen)
            node.reports.append(child)
            if not child.circle:
                seen.add(entity)
                waiting.append(child)
    return size, continued


def _cut(roots: Iterable[Node], most: int) -> Iterator[Node]:
    """The first `most` people, tree by tree and in each level by level."""
    for root in roots:
        waiting = deque([root])
        while waiting and most > 0:
            node = waiting.popleft()
            kept = node.reports[: max(most - len(waiting) - 1, 0)]
            node.hidden, node.reports = len(node.reports) - len(kept), kept
            most -= 1
            waiting.extend(kept)
            if node is root:
                yield root
