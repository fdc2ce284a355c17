"""A worked example can say how long a drug was taken, as a record does: its windows look at the whole course."""

from __future__ import annotations

from typing import Any

import pytest
from charts import CONDITION, DRUG
from invented_rules import atom, book, criterion, recorded

from trialsieve.engine.examples import run_examples
from trialsieve.rules.atom import Window
from trialsieve.rules.worked_example import Example, GivenFact

THREE_MONTHS = Window(3, "month", True, "screening")


def outcome(concept: str, **given: Any) -> str:
    """What an example comes to: has this been within the 3 months before 2026-11-21?"""
    asked = atom(recorded(concepts=(concept,), window=THREE_MONTHS))
    facts = (GivenFact({"concept": concept, **given}), GivenFact({"covered": ["Condition", "Procedure", "medication"]}))
    examples = tuple(Example(each, facts, each) for each in ("true", "false", "unknown"))
    wrong = [each.outcome.value for each in run_examples(book(criterion(asked, examples=examples)))]
    assert len(set(wrong)) == 1
    return wrong[0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"on": "700 d"}, "false"),  # one dose
        ({"on": "700 d", "ended": "2026-08-20"}, "false"),
        ({"on": "700 d", "ended": "2026-08-21"}, "true"),
        ({"on": "700 d", "ended": True}, "false"),  # a dose, and no more
        ({"on": "700 d", "ended": False}, "unknown"),  # nobody says until when
        ({"on": "30 d", "ended": False}, "true"),
        ({"on": None, "ended": False}, "unknown"),
    ],
)
def test_a_drug_was_taken_until_it_ended_or_goes_on(given: dict[str, Any], expected: str) -> None:
    assert outcome(DRUG, **given) == expected


@pytest.mark.parametrize("ended", [None, "7 d", False])
def test_a_diagnosis_is_of_its_onset_whatever_its_end(ended: object) -> None:
    assert outcome(CONDITION, on="700 d", ended=ended) == "false"
    assert outcome(CONDITION, on="30 d", ended=ended) == "true"
