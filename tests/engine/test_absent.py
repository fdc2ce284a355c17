"""A quote that says that something is absent: true and false change places, and nothing else."""

from __future__ import annotations

import pytest
from charts import AS_OF, Given, ago, attestation, chart, denial, entry, number, unreadable
from invented_rules import Evaluate, ask, atom, book, criterion, finding, measured, recorded, said

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Atom, FindingHolds
from trialsieve.rules.logic import AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Kind, Reason

ABSENT = atom(recorded(), absent=True)
NEVER_PRESUMED = atom(recorded(), absent=True, absence=AbsenceRule.UNKNOWN)
SEEN = finding("seen", atom(recorded(), "b"))


@pytest.mark.parametrize(
    ("question", "given", "expected"),
    [
        (ABSENT, [entry(ago(1))], "false"),
        (ABSENT, [], "true"),
        (NEVER_PRESUMED, [], "no-data"),
        (NEVER_PRESUMED, [denial(ago(1))], "true"),
        (NEVER_PRESUMED, [entry(ago(1))], "false"),
        (ABSENT, [entry(ago(1), certainty=Certainty.WEAK)], "unconfirmed"),
        (ABSENT, [unreadable(Kind.CONDITION)], "unusable-data"),
        (ABSENT, [attestation("T#C1.a", False, ago(1))], "false"),
        (ABSENT, [attestation("T#C1.a", True, ago(1))], "true"),
        (ABSENT, [entry(ago(9)), attestation("T#C1.a", True, ago(1))], "conflicting-data"),
        (ABSENT, [entry(ago(9)), attestation("T#C1.a", False, ago(1))], "false"),
        (atom(measured(), absent=True), [number(49, ago(1))], "true"),
        (atom(measured(), absent=True), [number(50, ago(1))], "false"),
        (atom(measured(), absent=True), [], "no-data"),
        (atom(FindingHolds("seen"), absent=True), [entry(ago(1))], "false"),
        (atom(FindingHolds("seen"), absent=True), [], "true"),
    ],
)
def test_true_and_false_change_places(evaluate: Evaluate, question: Atom, given: list[Given], expected: str) -> None:
    assert ask(evaluate, question, chart(*given), [SEEN]) == expected


def test_under_the_other_policy_nothing_is_presumed(evaluate: Evaluate) -> None:
    assert ask(evaluate, ABSENT, chart(), policy=AbsencePolicy.UNKNOWN) == "no-data"


def test_what_is_not_covered_is_not_presumed(evaluate: Evaluate) -> None:
    assert ask(evaluate, ABSENT, chart(covered=())) == "not-retrieved"


def test_it_is_negated_before_it_is_reviewed(evaluate: Evaluate) -> None:
    doubted = atom(recorded(), absent=True, review_when=(ReviewWhen("measured", Reason.JUDGEMENT, AtomRef("b")),))
    rules = book(criterion(doubted, atom(measured(), "b")))
    atoms = evaluate(rules, chart(entry(ago(1)), number(60, ago(1))), AbsencePolicy.PRESUME).criteria["T", "C1"].atoms
    assert said(atoms["a"]) == "judgement"


LAPSES = " This changes on 2026-12-21 if nothing new is recorded."


@pytest.mark.parametrize(
    ("question", "given", "sentence"),
    [
        (ABSENT, [], "No condition on record."),
        (ABSENT, [entry(ago(1))], "Condition on record."),
        (NEVER_PRESUMED, [denial(ago(1))], "Condition is denied: condition on record."),
        (ABSENT, [attestation("T#C1.a", False, ago(1))], "Attested no." + LAPSES),
        (NEVER_PRESUMED, [attestation("T#C1.a", True, ago(1))], "Attested yes." + LAPSES),
        (atom(measured(), absent=True), [number(40, ago(1))], "Number 40 is below 50 %."),
    ],
)
def test_the_sentence_says_what_is_on_record(question: Atom, given: list[Given], sentence: str) -> None:
    rules = book(criterion(question))
    outcome = direct.evaluate(rules, ["T"], chart(*given), Circumstances(AS_OF)).criteria["T", "C1"].atoms["a"]
    assert Words(rules).atom(question).explanation(outcome) == sentence
