"""What is explained once and kept reads as it would for a patient who comes first."""

from __future__ import annotations

from datetime import date

import pytest
from charts import AS_OF, ago, chart, entry, number
from invented_rules import atom, book, criterion, finding, measured, recorded
from msgspec.structs import replace

from trialsieve.engine import direct
from trialsieve.engine.explained import Explainer
from trialsieve.engine.outcome import Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Readings

BLANK = chart()
CIRCUMSTANCES = Circumstances(AS_OF)


@pytest.mark.parametrize(
    "beside",
    [
        {"decided_by": (entry(ago(9)),)},
        {"changes_on": date(2027, 1, 31)},
    ],
    ids=["facts that are no evidence", "a day on which it changes"],
)
def test_a_criterion_that_differs_in_this_alone_is_explained_by_itself(beside: dict[str, object]) -> None:
    rules = book(criterion(atom(recorded())))
    nothing = direct.evaluate(rules, ["T"], BLANK, CIRCUMSTANCES)
    proof = nothing.criteria["T", "C1"]
    changed = CriterionOutcome(_with(proof.outcome, beside), True, {"a": _with(proof.atoms["a"], beside)})
    something = Evaluation(nothing.findings, {("T", "C1"): changed}, nothing.gates, nothing.arms)

    def explained(explainer: Explainer, evaluation: Evaluation) -> object:
        (result,) = explainer.results(BLANK, CIRCUMSTANCES, evaluation, findings=False)
        return result.criteria

    keeping = Explainer(rules, ["T"])
    first = explained(keeping, nothing)
    assert explained(keeping, something) == explained(Explainer(rules, ["T"]), something) != first


def _with(outcome: Outcome, beside: dict[str, object]) -> Outcome:
    return replace(outcome, **beside)


def test_a_finding_that_only_a_reading_of_an_atom_reads_is_part_of_the_proof() -> None:
    shared = finding("shared", atom(recorded(), "seen"))
    asked = Readings((("any", measured()), ("since", measured(not_before=("shared",)))))
    rules = book(criterion(atom(asked)), findings=[shared])
    (result,) = Screener(rules, ["T"]).screen(chart(number(60, ago(1)), entry(ago(9))), CIRCUMSTANCES)
    assert [each.id for each in result.findings] == ["shared"]
