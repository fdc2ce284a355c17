"""Every point of the checklist that is for services is stated by a test, and no test states what is not on it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from checklist import ITEMS, Item

FOLDER = Path(__file__).parent


def stated() -> Counter[str]:
    """How many tests carry each id."""
    found: Counter[str] = Counter()
    for path in sorted(FOLDER.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"states", "pytest.mark.states"}:
                for argument in node.args:
                    assert isinstance(argument, ast.Constant), f"{path.name}:{node.lineno}: write the id as it is"
                    found[str(argument.value)] += 1
    return found


STATED = stated()


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_each_point_is_stated_by_a_test_or_says_why_not(item: Item) -> None:
    assert bool(STATED[item.id]) != bool(item.not_for_services), item.says


def test_no_test_states_what_is_not_on_the_list() -> None:
    assert STATED.keys() - {item.id for item in ITEMS} == set()


def test_no_point_is_on_the_list_twice() -> None:
    assert len({item.id for item in ITEMS}) == len({item.says for item in ITEMS}) == len(ITEMS)
