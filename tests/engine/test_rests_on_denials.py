"""Which resources an atom rests on where something is asserted and denied, or only denied."""

from __future__ import annotations

import pytest
from charts import ago, chart, entry
from invented_rules import Evaluate, atom, book, criterion, recorded

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded
from trialsieve.rules.vocabulary import AbsencePolicy, Certainty, Role, Timing

EVER, INDEX, UNTIMED = recorded(Timing.EVER), recorded(Timing.INDEX_DISEASE), recorded(Timing.UNSTATED)


def asserted(name: str, when: DateInterval | None, certainty: Certainty = Certainty.FIRM) -> Fact:
    return entry(when, recorded=when, reference=f"Condition/{name}", certainty=certainty)


def denied(name: str, when: DateInterval | None) -> Fact:
    return entry(when, recorded=when, reference=f"Condition/{name}", role=Role.NEGATES)


LONG_AGO, DOUBTFUL = asserted("long ago", ago(900)), asserted("doubtful", ago(900), Certainty.WEAK)
LATER, LATEST = denied("later", ago(9)), denied("latest", ago(3))
UNDATED, ALSO_UNDATED = denied("undated", None), denied("also undated", None)


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        (EVER, [LONG_AGO, LATER], {"long ago", "later"}),
        (EVER, [LONG_AGO, LATER, UNDATED], {"long ago", "later", "undated"}),
        (INDEX, [LONG_AGO, LATER, LATEST], {"later", "latest"}),
        (EVER, [DOUBTFUL, LATER], {"doubtful"}),
        (UNTIMED, [DOUBTFUL, LATER], {"later"}),
        (EVER, [LATER, LATEST, UNDATED], {"later", "latest", "undated"}),
        (EVER, [UNDATED], {"undated"}),
        (EVER, [UNDATED, ALSO_UNDATED], {"undated"}),
    ],
)
def test_a_history_rests_on_what_asserts_and_what_denies_it(
    evaluate: Evaluate, test: Recorded, given: list[Fact], expected: set[str]
) -> None:
    evaluation = evaluate(book(criterion(atom(test))), chart(*given), AbsencePolicy.PRESUME)
    found = evaluation.criteria["T", "C1"].atoms["a"].decided_by
    assert {fact.reference.removeprefix("Condition/") for fact in found} == expected
