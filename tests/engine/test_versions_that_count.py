"""Versions of one resource, none known to be newer than another: each is an entry of its own, as two resources are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from charts import CONDITION, OTHER, ago, chart, entry
from invented_rules import Evaluate, ask, recorded
from msgspec.structs import replace
from recorded_cases import ACTIVE, CHRONIC, CURRENT, EDGE, EVER, OUT, RESOLVED, SUPPORTING, WEAK, WITHIN

from trialsieve.engine.facts import Fact
from trialsieve.rules.atom import Recorded
from trialsieve.rules.vocabulary import Role


def versions(*facts: Fact) -> list[Fact]:
    return [replace(fact, reference="Condition/one") for fact in facts]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("test", "facts", "expected"),
    [
        (WITHIN, (entry(EDGE), entry(OUT)), "true"),
        (WITHIN, (entry(OUT), entry(ago(900))), "false"),
        (WITHIN, (entry(EDGE, recorded=ago(2)), entry(EDGE, recorded=ago(1))), "true"),
        (CURRENT, (entry(ago(3), state=ACTIVE), entry(ago(3), state=RESOLVED)), "true"),
        (CURRENT, (entry(ago(3)), entry(ago(3), ended=True)), "true"),
        (CURRENT, (entry(ago(3), ended=ago(2)), entry(ago(3), ended=ago(1))), "false"),
        (EVER, (entry(ago(3)), entry(ago(3), certainty=WEAK)), "true"),
        (EVER, (entry(ago(3), certainty=WEAK), entry(ago(9), certainty=WEAK)), "unconfirmed"),
        (EVER, (entry(ago(3)), entry(ago(1), role=Role.NEGATES)), "conflicting-data"),
        (EVER, (entry(ago(9), recorded=ago(3)), entry(ago(9), recorded=ago(5), role=Role.NEGATES)), "true"),
        (EVER, (entry(ago(9), ended=ago(3)), entry(ago(9), ended=ago(5), role=Role.NEGATES)), "true"),
    ],
)
def test_each_is_an_entry_of_its_own(
    evaluate: Evaluate, test: Recorded, facts: Sequence[Fact], expected: str, turned: bool
) -> None:
    found = tuple(reversed(facts)) if turned else facts
    assert ask(evaluate, test, chart(*versions(*found))) == ask(evaluate, test, chart(*found)) == expected


def test_what_one_version_says_of_several_concepts_is_one_entry(evaluate: Evaluate) -> None:
    test = recorded(concepts=(CONDITION, OTHER))
    broad, exact = entry(ago(3), role=SUPPORTING), entry(ago(3), concept=OTHER)
    assert ask(evaluate, test, chart(*versions(broad, exact))) == "true"
    assert ask(evaluate, test, chart(*versions(replace(broad, certainty=WEAK), replace(exact, role=SUPPORTING)))) == (
        "unconfirmed, unspecific"
    )


def test_each_of_its_concepts_may_state_the_facet(evaluate: Evaluate) -> None:
    test = recorded(concepts=(CONDITION, OTHER), facets=CHRONIC)
    unstated, chronic = entry(ago(3)), entry(ago(3), concept=OTHER, facets=CHRONIC)
    assert ask(evaluate, test, chart(*versions(unstated, chronic))) == "true"
    assert ask(evaluate, test, chart(*versions(unstated))) == "unspecific"
