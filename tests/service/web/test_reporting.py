"""The reporting tree: everybody once, however the lines run."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.web.reporting import DEEPEST, Node, tree

PEOPLE = [f"p{number}" for number in range(12)]


def line(person: str, manager: str, *, left: bool = False) -> dict[str, Any]:
    """A reporting line as a state has it."""
    return {"person": {"id": person, "name": person}, "manager": {"id": manager, "name": manager}, "manager_left": left}


def flat(nodes: list[Node]) -> list[Node]:
    """All nodes of the trees."""
    return [found for node in nodes for found in (node, *flat(node.reports))]


@given(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=12))
def test_everybody_is_in_the_tree(managers: dict[str, str]) -> None:
    """Circles, chains and people who report to themselves: nobody is lost, every line is drawn once, and it ends."""
    lines = [line(person, manager) for person, manager in managers.items()]
    nodes = flat(tree(lines))
    assert {node.person["id"] for node in nodes} == {*managers, *managers.values()}
    drawn = [node.line for node in nodes if node.line is not None]
    assert sorted(drawn, key=str) == sorted(lines, key=str)


@given(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=12), st.integers(1, 14))
def test_a_cut_tree_says_how_many_are_missing(managers: dict[str, str], most: int) -> None:
    """A page shows a part of a large tree: never more than asked for, and whoever is cut off is counted."""
    lines = [line(person, manager) for person, manager in managers.items()]
    whole, kept = flat(tree(lines)), flat(tree(lines, most))
    assert len(kept) == min(most, len(whole))
    assert len(kept) + sum(node.hidden for node in kept) <= len(whole)


def test_a_circle_is_marked_and_left() -> None:
    """Two people who report to each other have no top; the page says so instead of going round."""
    (root,) = tree([line("ann", "bob"), line("bob", "ann")])
    (below,) = root.reports
    assert (root.person["id"], below.person["id"], [node.circle for node in below.reports]) == ("ann", "bob", [True])


def test_a_manager_who_left_is_marked() -> None:
    """A line to somebody who is gone is the first thing that a reader should see in a tree."""
    (root,) = tree([line("ann", "bob", left=True)])
    assert root.left and not root.reports[0].left


def test_a_long_chain_goes_on_in_a_tree_of_its_own() -> None:
    """A thousand levels would be no page, so deep parts begin anew."""
    chain = [line(f"q{number + 1:04}", f"q{number:04}") for number in range(1000)]
    roots = tree(chain)
    assert len(flat(roots)) == 1001 + sum(node.continued for node in flat(roots))
    assert max(node.depth for node in flat(roots)) == DEEPEST


def test_the_greatest_tree_comes_first() -> None:
    """Where a part is shown it should be the part that matters."""
    roots = tree([line("ann", "bob"), line("dan", "zoe"), line("eva", "zoe")], 3)
    assert [root.person["id"] for root in roots] == ["zoe"]
