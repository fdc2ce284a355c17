"""Two statements that must be true of the same resource."""

from __future__ import annotations

import pytest
from charts import Evaluate, Given, ago, atom, book, chart, criterion, entry, measured, number, recorded, said

from trialsieve.rules.model import Recorded, SameResource
from trialsieve.rules.vocabulary import AbsencePolicy, Certainty, Take

FLOW, STAIN = (("method", "flow cytometry"),), (("method", "immunohistochemistry"),)
BY_FLOW = atom(SameResource("a", "method", ("flow cytometry",)), "b")


def _ask(evaluate: Evaluate, test: object, *given: Given) -> str:
    rules = book(criterion(atom(test), BY_FLOW))  # type: ignore[arg-type]
    return said(evaluate(rules, chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["b"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(60, ago(1), facets=FLOW)], "true"),
        ([number(40, ago(1), facets=FLOW)], "true"),
        ([number(60, ago(1), facets=STAIN)], "false"),
        ([number(60, ago(1))], "unspecific"),
        ([number(60, ago(1), facets=FLOW + STAIN)], "true"),
        ([number(60, ago(9), facets=FLOW), number(60, ago(1), facets=STAIN)], "false"),
        ([number(60, ago(1), facets=FLOW), number(70, ago(1), facets=FLOW)], "true"),
        ([number(60, ago(1), facets=FLOW), number(70, ago(1), facets=STAIN)], "conflicting-data"),
        ([number(60, ago(1), facets=FLOW), number(70, ago(1))], "unspecific"),
        ([number((40, 60), ago(1), facets=FLOW)], "true"),
        ([], "no-data"),
    ],
)
def test_the_facet_is_that_of_the_result_that_was_chosen(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _ask(evaluate, measured(), *given) == expected


def test_of_any_only_those_that_gave_the_answer_count(evaluate: Evaluate) -> None:
    given = [number(60, ago(9), facets=FLOW), number(40, ago(1), facets=STAIN)]
    assert _ask(evaluate, measured(take=Take.ANY), *given) == "true"


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        (recorded(), [entry(ago(9), facets=FLOW)], "true"),
        (recorded(), [entry(ago(9), facets=STAIN)], "false"),
        (recorded(), [entry(ago(9), certainty=Certainty.WEAK, facets=FLOW)], "true"),
        (recorded(), [], "no-data"),
    ],
)
def test_the_facet_of_what_is_on_record(evaluate: Evaluate, test: Recorded, given: list[Given], expected: str) -> None:
    assert _ask(evaluate, test, *given) == expected


def test_two_results_of_two_resources_do_not_satisfy_it_together(evaluate: Evaluate) -> None:
    rules = book(criterion(atom(measured()), BY_FLOW))
    given = [number(40, ago(9), facets=FLOW), number(60, ago(1), facets=STAIN)]
    assert said(evaluate(rules, chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome) == "false"
