"""A worked example is run with the anchors that it gives."""

from __future__ import annotations

import pytest
from charts import CONDITION
from invented_rules import atom, book, criterion, recorded

from trialsieve.engine.examples import run_examples
from trialsieve.rules.atom import Window
from trialsieve.rules.worked_example import Example, GivenFact

BEFORE_INFUSION = atom(recorded(window=Window(14, "day", True, "infusion")))


@pytest.mark.parametrize(
    ("anchors", "days_ago", "expected"),
    [
        ({}, 14, "unknown"),
        ({"infusion": "0 d"}, 14, "true"),
        ({"infusion": "5 d"}, 19, "true"),
        ({"infusion": "5 d"}, 20, "false"),
        ({"infusion": "5 d"}, 4, "false"),
        ({"infusion": "2026-11-20"}, 15, "true"),
        ({"infusion": "2026-12-05"}, 0, "unknown"),
        ({"infusion": "2026-12-06"}, 0, "false"),
    ],
)
def test_an_example_gives_the_days_of_anchors(anchors: dict[str, str], days_ago: int, expected: str) -> None:
    given = (
        GivenFact({"concept": CONDITION, "on": f"{days_ago} d"}),
        GivenFact({"covered": ["Condition", "Procedure", "medication"]}),
    )
    examples = tuple(Example(each, given, each, anchors=anchors) for each in ("true", "false", "unknown"))
    wrong = [each.problem.message for each in run_examples(book(criterion(BEFORE_INFUSION, examples=examples)))]
    assert len(wrong) == 2
    assert all(f"got {expected}" in message for message in wrong), wrong
