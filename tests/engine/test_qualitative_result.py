"""Positive and negative results: what counts as an answer, which facets are looked at, and newer doubts."""

from __future__ import annotations

import pytest
from charts import RESULT as CONCEPT
from charts import Given, ago, chart, entry, number, result
from invented_rules import Evaluate, ask, atom, finding, positive, recorded

from trialsieve.rules.atom import QualitativeResult
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Reason, Result, Role, Take

POSITIVE, NEGATIVE, INDETERMINATE = Result.POSITIVE, Result.NEGATIVE, Result.INDETERMINATE
WEAK = Certainty.WEAK
NUCLEIC_ACID = (("assay", "nucleic acid"),)
ANTIBODY = (("assay", "antibody"),)
IS_POSITIVE, IS_NEGATIVE = positive(), positive(expected=NEGATIVE)


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        (IS_POSITIVE, POSITIVE, "true"),
        (IS_POSITIVE, NEGATIVE, "false"),
        (IS_POSITIVE, INDETERMINATE, "unspecific"),
        (IS_NEGATIVE, POSITIVE, "false"),
        (IS_NEGATIVE, NEGATIVE, "true"),
        (IS_NEGATIVE, INDETERMINATE, "unspecific"),
    ],
)
def test_a_result_is_compared_with_the_expected_one(
    evaluate: Evaluate, test: QualitativeResult, value: Result, expected: str
) -> None:
    assert ask(evaluate, test, chart(result(value, ago(1)))) == expected


WHAT_DECIDES: list[tuple[str, QualitativeResult, list[Given], str]] = [
    ("nothing tested", IS_POSITIVE, [], "no-data"),
    ("a result without a value", IS_POSITIVE, [result(None, ago(1))], "no-data"),
    ("only a number, which says neither", IS_POSITIVE, [number(85, ago(1), concept=CONCEPT)], "unspecific"),
    (
        "a number does not outrank an older result",
        IS_POSITIVE,
        [result(POSITIVE, ago(9)), number(0, ago(1), concept=CONCEPT)],
        "true",
    ),
    (
        "an answer that cannot be read",
        IS_POSITIVE,
        [result(None, ago(1), problem=Reason.UNUSABLE_DATA)],
        "unusable-data",
    ),
    (
        "which does outrank",
        IS_POSITIVE,
        [result(POSITIVE, ago(9)), result(None, ago(1), problem=Reason.UNUSABLE_DATA)],
        "unusable-data",
    ),
    ("undated", IS_POSITIVE, [result(POSITIVE, None)], "undated"),
    ("preliminary", IS_POSITIVE, [result(POSITIVE, ago(1), certainty=WEAK)], "unconfirmed"),
    ("a supporting code", IS_POSITIVE, [result(POSITIVE, ago(1), role=Role.SUPPORTING)], "unspecific"),
    (
        "a newer one by a code of history",
        IS_NEGATIVE,
        [result(NEGATIVE, ago(9)), result(POSITIVE, ago(1), role=Role.HISTORY)],
        "true",
    ),
    ("the newer of two", IS_POSITIVE, [result(POSITIVE, ago(9)), result(NEGATIVE, ago(1))], "false"),
    (
        "two of one day that disagree",
        IS_POSITIVE,
        [result(POSITIVE, ago(1)), result(NEGATIVE, ago(1))],
        "conflicting-data",
    ),
    ("a newer indeterminate one", IS_POSITIVE, [result(POSITIVE, ago(9)), result(INDETERMINATE, ago(1))], "unspecific"),
    (
        "a newer preliminary opposite",
        IS_NEGATIVE,
        [result(NEGATIVE, ago(9)), result(POSITIVE, ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer preliminary indeterminate",
        IS_NEGATIVE,
        [result(NEGATIVE, ago(9)), result(INDETERMINATE, ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "an older preliminary opposite",
        IS_NEGATIVE,
        [result(NEGATIVE, ago(1)), result(POSITIVE, ago(9), certainty=WEAK)],
        "true",
    ),
    (
        "any: a single one, long ago",
        positive(take=Take.ANY),
        [result(POSITIVE, ago(900)), result(NEGATIVE, ago(1))],
        "true",
    ),
    ("any: none", positive(take=Take.ANY), [result(NEGATIVE, ago(9)), result(NEGATIVE, ago(1))], "false"),
    (
        "any: perhaps one",
        positive(take=Take.ANY),
        [result(INDETERMINATE, ago(900)), result(NEGATIVE, ago(1))],
        "unspecific",
    ),
    ("all: but one", positive(take=Take.ALL), [result(POSITIVE, ago(9)), result(NEGATIVE, ago(1))], "false"),
    ("currency: the last day", positive(currency="week"), [result(POSITIVE, ago(7))], "true"),
    ("currency: a day too old", positive(currency="week"), [result(POSITIVE, ago(8))], "stale"),
]


@pytest.mark.parametrize(
    ("test", "given", "expected"), [row[1:] for row in WHAT_DECIDES], ids=[r[0] for r in WHAT_DECIDES]
)
def test_which_result_decides(evaluate: Evaluate, test: QualitativeResult, given: list[Given], expected: str) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


ONLY_NUCLEIC_ACID = positive(only=NUCLEIC_ACID)
BLOOD = (("specimen", "blood"),)
BOTH = result(POSITIVE, ago(1), facets=NUCLEIC_ACID + BLOOD)
FACETS: list[tuple[str, QualitativeResult, list[Given], str]] = [
    ("only: the wanted assay", ONLY_NUCLEIC_ACID, [result(POSITIVE, ago(1), facets=NUCLEIC_ACID)], "true"),
    ("only: another assay is not looked at", ONLY_NUCLEIC_ACID, [result(POSITIVE, ago(1), facets=ANTIBODY)], "no-data"),
    ("only: each of two facets", positive(only=NUCLEIC_ACID + BLOOD), [BOTH], "true"),
    ("only: one of two facets", positive(only=NUCLEIC_ACID + ANTIBODY), [BOTH], "no-data"),
    ("only: an unstated assay is not looked at", ONLY_NUCLEIC_ACID, [result(POSITIVE, ago(1))], "no-data"),
    (
        "only: a newer one of another assay does not outrank",
        ONLY_NUCLEIC_ACID,
        [result(POSITIVE, ago(9), facets=NUCLEIC_ACID), result(NEGATIVE, ago(1), facets=ANTIBODY)],
        "true",
    ),
    ("skip: the named assay", positive(skip=ANTIBODY), [result(POSITIVE, ago(1), facets=ANTIBODY)], "unspecific"),
    ("skip: the named assay, whatever else", positive(skip=NUCLEIC_ACID), [BOTH], "unspecific"),
    ("skip: others count", positive(skip=ANTIBODY), [result(POSITIVE, ago(1), facets=NUCLEIC_ACID)], "true"),
    ("skip: an unstated assay counts", positive(skip=ANTIBODY), [result(POSITIVE, ago(1))], "true"),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in FACETS], ids=[row[0] for row in FACETS])
def test_facets_narrow_what_is_looked_at(
    evaluate: Evaluate, test: QualitativeResult, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


def test_a_result_from_before_a_relapse_does_not_speak_for_the_disease_of_today(evaluate: Evaluate) -> None:
    relapse = finding("relapse", atom(recorded(), absence=AbsenceRule.UNKNOWN))
    test = positive(not_before=("relapse",))
    assert ask(evaluate, test, chart(result(POSITIVE, ago(31)), entry(ago(30))), [relapse]) == "stale"
    assert ask(evaluate, test, chart(result(POSITIVE, ago(30)), entry(ago(30))), [relapse]) == "true"
    assert ask(evaluate, test, chart(result(POSITIVE, ago(31))), [relapse]) == "true"
