"""Two statements that must be true of the same resource: a facet of it, or since when it is dated."""

from __future__ import annotations

import pytest
from charts import CONDITION, OTHER, Given, ago, by, chart, entry, number, on
from invented_rules import (
    Evaluate,
    EvaluateUnder,
    anchored,
    atom,
    atoms_under,
    book,
    criterion,
    finding,
    measured,
    recorded,
    said,
)

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Atom, DatedSince, Recorded, SameResource, Test
from trialsieve.rules.concept import Facets
from trialsieve.rules.vocabulary import AbsencePolicy, Certainty, Take

FLOW, STAIN = (("method", "flow cytometry"),), (("method", "immunohistochemistry"),)
BY_FLOW = atom(SameResource("a", "method", ("flow cytometry",)), "b")


def _ask(evaluate: Evaluate, test: Test, *given: Given, question: Atom = BY_FLOW) -> str:
    rules = book(criterion(atom(test), question))
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
        ([number(60, ago(1), facets=FLOW), number(70, ago(1), facets=STAIN), number(80, ago(1))], "conflicting-data"),
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


@pytest.mark.parametrize("first", [FLOW, STAIN])
@pytest.mark.parametrize("certainty", Certainty)
def test_all_that_a_resource_says_counts_whichever_concept_it_says_it_of(
    evaluate: Evaluate, first: Facets, certainty: Certainty
) -> None:
    test = recorded(concepts=(CONDITION, OTHER))
    one = [
        entry(ago(9), concept=concept, reference="one", facets=facets, certainty=certainty)
        for concept, facets in zip((CONDITION, OTHER), (first, STAIN if first is FLOW else FLOW), strict=True)
    ]
    assert _ask(evaluate, test, *one) == "conflicting-data"


BY_ANOTHER = atom(SameResource("a", "method", ("flow cytometry",), other=True), "b")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(60, ago(1), facets=FLOW)], "false"),
        ([number(60, ago(1), facets=STAIN)], "true"),
        ([number(60, ago(1))], "unspecific"),
        ([number(60, ago(1), facets=FLOW + STAIN)], "true"),
        ([number(60, ago(1), facets=FLOW), number(70, ago(1), facets=FLOW)], "false"),
        ([number(60, ago(1), facets=FLOW), number(70, ago(1), facets=STAIN)], "conflicting-data"),
        ([number(60, ago(1), facets=STAIN), number(70, ago(1))], "unspecific"),
        ([number(60, ago(9), facets=STAIN), number(60, ago(1), facets=FLOW)], "false"),
        ([], "no-data"),
    ],
)
def test_another_value_of_the_facet(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _ask(evaluate, measured(), *given, question=BY_ANOTHER) == expected


# --- dated since an anchor ------------------------------------------------------------------------------------------

SINCE, SINCE_TODAY = atom(DatedSince("a", "infusion"), "b"), atom(DatedSince("a", "screening"), "b")
PAST, TODAY, AHEAD, NOT_GIVEN = anchored(infusion=-10), anchored(infusion=0), anchored(infusion=10), anchored()


@pytest.mark.parametrize(
    ("circumstances", "question", "test", "given", "expected"),
    [
        (PAST, SINCE, measured(), [number(60, ago(11))], "stale"),
        (PAST, SINCE, measured(), [number(60, ago(10))], "true"),
        (PAST, SINCE, measured(), [number(60, ago(9))], "true"),
        (PAST, SINCE, measured(), [number(40, ago(9))], "true"),
        (PAST, SINCE, measured(), [number(60, on("2026-11"))], "imprecise"),
        (PAST, SINCE, measured(), [number(60, on("2026-10"))], "stale"),
        (PAST, SINCE, measured(), [number(60, by(9))], "imprecise"),
        (PAST, SINCE, measured(), [number(60, by(10))], "imprecise"),
        (PAST, SINCE, measured(), [number(60, by(11))], "stale"),
        (TODAY, SINCE, measured(), [number(60, ago(1))], "stale"),
        (TODAY, SINCE, measured(), [number(60, ago(0))], "true"),
        (AHEAD, SINCE, measured(), [number(60, ago(0))], "stale"),
        (NOT_GIVEN, SINCE, measured(), [number(60, ago(0))], "no-data"),
        (NOT_GIVEN, SINCE_TODAY, measured(), [number(60, ago(0))], "true"),
        (NOT_GIVEN, SINCE_TODAY, measured(), [number(60, ago(1))], "stale"),
        (PAST, SINCE, recorded(), [entry(None)], "undated"),
        (PAST, SINCE, recorded(), [entry(ago(10)), entry(ago(9))], "true"),
        (PAST, SINCE, recorded(), [entry(ago(11)), entry(ago(9))], "stale"),
        (PAST, SINCE, recorded(), [entry(ago(11)), entry(None)], "stale, undated"),
        (PAST, SINCE, recorded(), [], "no-data"),
        (NOT_GIVEN, SINCE, measured(), [], "no-data"),
        (PAST, SINCE, measured(), [number(60, ago(1), certainty=Certainty.WEAK)], "unconfirmed"),
    ],
)
def test_the_resources_are_dated_on_or_after_the_anchors_day(
    evaluate_under: EvaluateUnder,
    circumstances: Circumstances,
    question: Atom,
    test: Test,
    given: list[Given],
    expected: str,
) -> None:
    atoms = atoms_under(evaluate_under, circumstances, [atom(test), question], chart(*given))
    assert said(atoms["b"]) == expected


def test_of_what_a_result_is_held_against_no_facet_is_asked() -> None:
    """The finding from before which the result is has a resource of its own."""
    shared = finding("shared", atom(recorded()), title="Something shared")
    asked = atom(SameResource("a", "method", ("flow cytometry",)), "b")
    rules = book(criterion(atom(measured(not_before=("shared",))), asked), findings=[shared])
    patient = chart(number(60, ago(9), facets=FLOW), entry(ago(1)))
    outcome = direct.evaluate(rules, ["T"], patient, NOT_GIVEN).criteria["T", "C1"].atoms["b"]
    assert Words(rules).atom(asked).explanation(outcome) == "Number 60: method is flow cytometry."


@pytest.mark.parametrize(
    ("circumstances", "days_ago", "sentence"),
    [
        (
            NOT_GIVEN,
            1,
            "Number 60; the date of infusion is not given.",
        ),
        (PAST, 11, "Number 60: not of the time that is asked about (dated before infusion, 2026-11-11)."),
        (PAST, 10, "Number 60: not before infusion."),
    ],
)
def test_the_sentence_says_how_the_date_is_given(circumstances: Circumstances, days_ago: int, sentence: str) -> None:
    rules = book(criterion(atom(measured()), SINCE))
    patient = chart(number(60, ago(days_ago)))
    outcome = direct.evaluate(rules, ["T"], patient, circumstances).criteria["T", "C1"].atoms["b"]
    assert Words(rules).atom(SINCE).explanation(outcome) == sentence


def test_two_results_of_two_resources_do_not_satisfy_it_together(evaluate: Evaluate) -> None:
    rules = book(criterion(atom(measured()), BY_FLOW))
    given = [number(40, ago(9), facets=FLOW), number(60, ago(1), facets=STAIN)]
    assert said(evaluate(rules, chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome) == "false"
