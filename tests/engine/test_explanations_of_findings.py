"""Sentences about shared findings: what is so, and why it is not known."""

from __future__ import annotations

import pytest
from charts import AS_OF, OTHER, ago, chart, entry
from explained import SHARED, atom_told
from invented_rules import atom, book, criterion, finding, recorded

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.outcome import Circumstances, Evidence, Outcome
from trialsieve.rules.atom import (
    FindingHolds,
)
from trialsieve.rules.logic import AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import (
    Reason,
    Role,
    Truth,
)


def test_what_only_raises_a_doubt_about_a_finding_is_not_assumed_of_it() -> None:
    doubt = ReviewWhen("hm", Reason.JUDGEMENT, AtomRef("helper"))
    seen = atom(recorded(concepts=(OTHER,)), "seen", review_when=(doubt,))
    rule = finding("doubted", seen, atom(recorded(), "helper"), true_when=AtomRef("seen"), date_from=())
    rules = book(criterion(atom(FindingHolds("doubted"))), findings=[rule])
    answer = direct.evaluate(rules, ["T"], chart(), Circumstances(AS_OF)).findings["doubted"]
    assert answer.assumptions == ("no other on record",)


def test_a_finding_is_told_by_its_title() -> None:
    asked = atom(FindingHolds("shared"))
    assert atom_told(asked, entry(ago(1), concept=OTHER)) == "Something shared: other on record."
    assert atom_told(asked) == "No other on record."
    assert "unknown (not specific enough for the sentence)" in atom_told(
        asked, entry(ago(1), concept=OTHER, role=Role.SUPPORTING)
    )


def test_a_finding_that_is_true_without_evidence_is_its_title() -> None:
    rules = book(findings=[SHARED])
    assert Words(rules).finding(SHARED.id).explanation(Outcome(Truth.TRUE)) == "Something shared."
    assert Words(rules).finding(SHARED.id).explanation(Outcome(Truth.FALSE)) == "Not so: something shared."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("HIV infection", "Not so: HIV infection."),
        ("T-cell leukemia", "Not so: T-cell leukemia."),
        ("A test is positive", "Not so: a test is positive."),
    ],
)
def test_a_name_keeps_its_capital(title: str, expected: str) -> None:
    named = finding("named", atom(recorded()), title=title)
    assert Words(book(findings=[named])).finding(named.id).explanation(Outcome(Truth.FALSE)) == expected


def test_a_finding_of_which_nothing_is_on_record_says_what_was_looked_for() -> None:
    nothing = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}))
    text = Words(book(findings=[SHARED])).finding(SHARED.id).explanation(nothing)
    assert text == "Something shared: unknown; nothing on record of other."


def test_a_finding_of_which_something_is_on_record_does_not_say_nothing() -> None:
    over = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}), evidence=(Evidence("Condition/c", "Other (resolved)"),))
    text = Words(book(findings=[SHARED])).finding(SHARED.id).explanation(over)
    assert text == "Something shared: unknown (nothing on record that would decide); on record: Other (resolved)."


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (
            {Reason.STALE, Reason.UNIT},
            "too old, or not of the time asked about; no unit, one that cannot be converted, or a value that is not "
            "plausible in it",
        ),
        ({Reason.NO_DATA, Reason.NOT_RETRIEVED}, "this part of the record was not retrieved"),
        ({Reason.UNUSABLE_DATA}, "a resource that bears on it cannot be read"),
    ],
)
def test_the_reasons_of_a_finding_are_in_words(reasons: set[Reason], words: str) -> None:
    text = Words(book(findings=[SHARED])).finding("shared").explanation(Outcome(Truth.UNKNOWN, frozenset(reasons)))
    assert text == f"Something shared: unknown ({words})."


def test_no_public_code_of_a_reason_stands_in_a_sentence() -> None:
    for reason in Reason:
        told = (
            Words(book(findings=[SHARED]))
            .finding("shared")
            .explanation(Outcome(Truth.UNKNOWN, frozenset({reason}), evidence=(Evidence("Condition/c", "Other"),)))
        )
        assert f"({reason.value})" not in told
