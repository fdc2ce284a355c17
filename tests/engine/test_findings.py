"""Shared findings: true, false, conflicting, suspected, and when."""

from __future__ import annotations

import pytest
from charts import (
    OTHER,
    PROCEDURE,
    Evaluate,
    Given,
    ago,
    at,
    atom,
    book,
    by,
    chart,
    criterion,
    denial,
    entry,
    finding,
    on,
    positive,
    recorded,
    refuted,
    result,
    said,
    unreadable,
)

from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AnyOf, AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Kind, Reason, Result, Role, Sex, Take

DIAGNOSIS = atom(recorded(), "diagnosis", absence=AbsenceRule.UNKNOWN)
PRESUMED = atom(recorded(), "diagnosis")
TEST = atom(positive(), "test")
CLEAR = atom(positive(expected=Result.NEGATIVE), "clear")
HINT = atom(recorded(concepts=(OTHER,)), "hint", absence=AbsenceRule.UNKNOWN)

POSITIVE, NEGATIVE = result(Result.POSITIVE, ago(1)), result(Result.NEGATIVE, ago(1))
PRESENT, WEAK = entry(ago(9)), entry(ago(9), certainty=Certainty.WEAK)
HINTED = entry(ago(9), concept=OTHER)


def _found(evaluate: Evaluate, findings: list[Finding], *given: Given, **keys: object) -> Outcome:
    asked = criterion(atom(FindingHolds(findings[-1].id)))
    evaluation = evaluate(book(asked, findings=findings), chart(*given, **keys), AbsencePolicy.PRESUME)  # type: ignore[arg-type]
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == said(evaluation.findings[findings[-1].id])
    return evaluation.findings[findings[-1].id]


EITHER_WAY = finding("f", DIAGNOSIS, CLEAR, true_when=AtomRef("diagnosis"), false_when=AtomRef("clear"))
ONE_WAY = finding("f", DIAGNOSIS)
DEFAULT = finding("f", PRESUMED)
SUSPECTED = finding(
    "f",
    DIAGNOSIS,
    CLEAR,
    HINT,
    true_when=AtomRef("diagnosis"),
    false_when=AtomRef("clear"),
    suspicions=(ReviewWhen("suspected", Reason.JUDGEMENT, AtomRef("hint")),),
)
INDETERMINATE = result(Result.INDETERMINATE, ago(1))


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        (EITHER_WAY, [PRESENT], "true"),
        (EITHER_WAY, [NEGATIVE], "false"),
        (EITHER_WAY, [PRESENT, NEGATIVE], "conflicting-data"),
        (EITHER_WAY, [PRESENT, POSITIVE], "true"),
        (EITHER_WAY, [], "no-data"),
        (EITHER_WAY, [POSITIVE], "no-data"),
        (EITHER_WAY, [WEAK], "unconfirmed"),  # a test that is not on record could not make it false either
        (EITHER_WAY, [WEAK, INDETERMINATE], "unconfirmed"),
        (EITHER_WAY, [WEAK, NEGATIVE], "unconfirmed"),
        (EITHER_WAY, [INDETERMINATE], "no-data, unspecific"),
        (ONE_WAY, [PRESENT], "true"),
        (ONE_WAY, [], "no-data"),
        (ONE_WAY, [WEAK], "unconfirmed"),
        (DEFAULT, [PRESENT], "true"),
        (DEFAULT, [], "false"),
        (DEFAULT, [WEAK], "unconfirmed"),
        (SUSPECTED, [HINTED], "judgement, no-data"),
        (SUSPECTED, [entry(ago(9), concept=OTHER, role=Role.SUPPORTING)], "no-data, unspecific"),
        (SUSPECTED, [], "no-data"),
        (SUSPECTED, [HINTED, PRESENT], "true"),
        (SUSPECTED, [HINTED, NEGATIVE], "false"),
        (SUSPECTED, [HINTED, WEAK], "judgement, unconfirmed"),
    ],
)
def test_what_a_finding_is(evaluate: Evaluate, rule: Finding, given: list[Given], expected: str) -> None:
    assert said(_found(evaluate, [rule], *given)) == expected


def test_neither_true_nor_false_is_no_data(evaluate: Evaluate) -> None:
    rule = finding("f", PRESUMED, HINT, true_when=AtomRef("diagnosis"), false_when=AtomRef("diagnosis"))
    assert said(_found(evaluate, [rule])) == "no-data"


def test_what_was_not_retrieved_does_not_stand_against_a_negative_test(evaluate: Evaluate) -> None:
    rule = finding("f", PRESUMED, CLEAR, true_when=AtomRef("diagnosis"), false_when=AtomRef("clear"))
    assert said(_found(evaluate, [rule], NEGATIVE, covered=())) == "false"
    assert said(_found(evaluate, [rule], covered=())) == "no-data, not-retrieved"


def test_findings_build_on_findings(evaluate: Evaluate) -> None:
    base = finding("base", DIAGNOSIS)
    built = finding("built", atom(FindingHolds("base"), "base"), TEST)
    assert said(_found(evaluate, [base, built], PRESENT, POSITIVE)) == "true"
    assert said(_found(evaluate, [base, built], WEAK, POSITIVE)) == "unconfirmed"
    assert said(_found(evaluate, [base, built], PRESENT, NEGATIVE)) == "false"


def test_a_findings_atoms_may_be_doubted_by_each_other(evaluate: Evaluate) -> None:
    doubted = atom(
        recorded(),
        "diagnosis",
        absence=AbsenceRule.UNKNOWN,
        review_when=(ReviewWhen("clear now", Reason.JUDGEMENT, AtomRef("clear")),),
    )
    rule = finding("f", doubted, CLEAR, true_when=AtomRef("diagnosis"), false_when=AtomRef("clear"))
    assert said(_found(evaluate, [rule], PRESENT)) == "true"
    assert said(_found(evaluate, [rule], PRESENT, NEGATIVE)) == "judgement"


def test_a_finding_knows_of_the_sex(evaluate: Evaluate) -> None:
    rule = finding("f", atom(recorded(), "diagnosis", applies_to=Sex.FEMALE))
    assert said(_found(evaluate, [rule], PRESENT, sex=Sex.FEMALE)) == "true"
    assert said(_found(evaluate, [rule], PRESENT, sex=Sex.MALE)) == "conflicting-data"


# --- when it was ----------------------------------------------------------------------------------------------------

OPERATION = atom(recorded(concepts=(PROCEDURE,)), "operation", absence=AbsenceRule.UNKNOWN)
EITHER = AnyOf((AtomRef("diagnosis"), AtomRef("operation")))
LATEST = finding("f", DIAGNOSIS, OPERATION, true_when=EITHER)
FIRST = finding("f", DIAGNOSIS, OPERATION, true_when=EITHER, date_is="first")


def _operated(when: DateInterval | None) -> Given:
    return entry(when, concept=PROCEDURE, kind=Kind.PROCEDURE)


@pytest.mark.parametrize(
    ("given", "latest", "first"),
    [
        ([entry(ago(9))], ago(9), ago(9)),
        ([entry(ago(9)), entry(ago(3))], ago(3), ago(9)),
        ([entry(ago(9)), _operated(ago(3))], ago(3), ago(9)),
        ([_operated(at(3, 8))], at(3, 8), at(3, 8)),
        ([entry(None, recorded=ago(9))], by(9), by(9)),
        ([entry(ago(9), recorded=ago(3))], ago(9), ago(9)),
        ([entry(ago(9)), entry(None)], None, None),
        ([entry(None)], None, None),
        (
            [entry(ago(9)), entry(None, recorded=ago(3))],
            DateInterval(ago(9).first, ago(3).last, ago(9).start, ago(3).end),
            DateInterval(None, ago(9).last, None, ago(9).end),
        ),
        (
            [entry(on("2026-10")), entry(on("2026-10-15"))],
            DateInterval(on("2026-10-15").first, on("2026-10").last, on("2026-10-15").start, on("2026-10").end),
            DateInterval(on("2026-10").first, on("2026-10-15").last, on("2026-10").start, on("2026-10-15").end),
        ),
    ],
)
def test_a_true_finding_is_dated_by_the_evidence_of_its_true_atoms(
    evaluate: Evaluate, given: list[Given], latest: DateInterval | None, first: DateInterval | None
) -> None:
    assert _found(evaluate, [LATEST], *given).when == latest
    assert _found(evaluate, [FIRST], *given).when == first


def _between(one: DateInterval, other: DateInterval) -> DateInterval:
    return DateInterval(one.first, other.last, one.start, other.end)


WEAK_OPERATION = entry(ago(3), concept=PROCEDURE, kind=Kind.PROCEDURE, certainty=Certainty.WEAK)
FIRM = entry(ago(9))


@pytest.mark.parametrize(
    ("given", "latest", "first"),
    [
        ([FIRM, entry(ago(3), certainty=Certainty.WEAK)], _between(ago(9), ago(3)), ago(9)),
        ([FIRM, entry(ago(3), role=Role.SUPPORTING)], _between(ago(9), ago(3)), ago(9)),
        ([FIRM, WEAK_OPERATION], _between(ago(9), ago(3)), ago(9)),
        ([FIRM, entry(None, recorded=ago(3), certainty=Certainty.WEAK)], _between(ago(9), ago(3)), by(9)),
        ([FIRM, entry(ago(9), certainty=Certainty.WEAK)], ago(9), ago(9)),
        ([FIRM, entry(ago(20), certainty=Certainty.WEAK)], ago(9), _between(ago(20), ago(9))),
        ([FIRM, entry(None, certainty=Certainty.WEAK)], None, None),
        ([FIRM, refutable := entry(ago(3)), refuted(refutable)], _between(ago(9), ago(3)), ago(9)),
        ([_operated(ago(9)), entry(ago(5)), denial(ago(3))], _between(ago(9), ago(5)), ago(9)),
        ([FIRM, unreadable(Kind.PROCEDURE), _operated(ago(3))], _between(ago(9), ago(3)), ago(9)),
    ],
)
def test_what_may_be_so_leaves_open_when_a_finding_was(
    evaluate: Evaluate, given: list[Given], latest: DateInterval | None, first: DateInterval | None
) -> None:
    assert _found(evaluate, [LATEST], *given).when == latest
    assert _found(evaluate, [FIRST], *given).when == first


AT_ANY_TIME = finding("f", atom(positive(take=Take.ANY), "test"))
NEWEST = finding("f", TEST)
KNOWN = result(Result.POSITIVE, ago(9))


@pytest.mark.parametrize(
    ("newer", "at_any_time", "newest"),
    [
        (result(Result.POSITIVE, ago(3), certainty=Certainty.WEAK), _between(ago(9), ago(3)), _between(ago(9), ago(3))),
        (result(Result.POSITIVE, ago(3), role=Role.SUPPORTING), _between(ago(9), ago(3)), _between(ago(9), ago(3))),
        (result(Result.NEGATIVE, ago(3), certainty=Certainty.WEAK), ago(9), None),
        (result(Result.INDETERMINATE, ago(3)), _between(ago(9), ago(3)), None),
        (result(Result.NEGATIVE, ago(3)), ago(9), None),
        (result(None, ago(3)), ago(9), ago(9)),
        (result(Result.POSITIVE, ago(20), certainty=Certainty.WEAK), ago(9), ago(9)),
    ],
)
def test_results_that_may_be_so_leave_it_open_too(
    evaluate: Evaluate, newer: Given, at_any_time: DateInterval, newest: DateInterval | None
) -> None:
    assert _found(evaluate, [AT_ANY_TIME], KNOWN, newer).when == at_any_time
    assert _found(evaluate, [NEWEST], KNOWN, newer).when == newest


@pytest.mark.parametrize(
    ("result_on_record", "expected"),
    [
        (result(Result.POSITIVE, ago(3), certainty=Certainty.WEAK), _between(ago(9), ago(3))),
        (result(Result.NEGATIVE, ago(3), certainty=Certainty.WEAK), ago(9)),
        (result(Result.INDETERMINATE, ago(3)), _between(ago(9), ago(3))),
    ],
)
@pytest.mark.parametrize("take", [Take.ANY, Take.LATEST])
def test_so_do_results_by_which_alone_nothing_is_decided(
    evaluate: Evaluate, take: Take, result_on_record: Given, expected: DateInterval
) -> None:
    either = AnyOf((AtomRef("diagnosis"), AtomRef("test")))
    rule = finding("f", DIAGNOSIS, atom(positive(take=take), "test"), true_when=either)
    assert _found(evaluate, [rule], FIRM, result_on_record).when == expected


def test_only_the_named_atoms_date_a_finding(evaluate: Evaluate) -> None:
    rule = finding("f", DIAGNOSIS, OPERATION, true_when=EITHER, date_from=("operation",))
    assert _found(evaluate, [rule], entry(ago(9))).when is None
    assert _found(evaluate, [rule], entry(ago(9)), _operated(ago(30))).when == ago(30)


def test_what_rests_on_a_finding_has_its_date(evaluate: Evaluate) -> None:
    base = finding("base", DIAGNOSIS, date_is="first")
    built = finding("built", atom(FindingHolds("base"), "base"))
    assert _found(evaluate, [base, built], entry(ago(9)), entry(ago(3))).when == ago(9)
    assert _found(evaluate, [base, built], entry(None)).when is None
    older = entry(ago(20), certainty=Certainty.WEAK)
    assert _found(evaluate, [base, built], entry(ago(9)), older).when == _between(ago(20), ago(9))


def test_a_finding_that_is_not_true_has_no_date(evaluate: Evaluate) -> None:
    assert _found(evaluate, [DEFAULT]).when is None
    assert _found(evaluate, [ONE_WAY], WEAK).when is None


def test_a_finding_shows_the_resources_that_it_rests_on(evaluate: Evaluate) -> None:
    outcome = _found(evaluate, [SUSPECTED], PRESENT, POSITIVE)
    assert PRESENT.reference in {fact.reference for fact in outcome.decided_by}
