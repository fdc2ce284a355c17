"""`trialsieve show`: sentence beside rule, and what no patient's data can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from trialsieve.rules.cache import cached_rules
from trialsieve.rules.model import (
    AllOf,
    Amendment,
    AnyOf,
    AtLeast,
    AtomRef,
    Criterion,
    Limits,
    Logic,
    Not,
    NotTrue,
    RuleBook,
    UnlessShown,
    Window,
)
from trialsieve.service.paper import Paper, cells
from trialsieve.service.rule_words import limits_words, logic_words, what_it_asks, window_words
from trialsieve.service.show_text import Coverage, coverage, show_lines

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return cached_rules()


@pytest.fixture
def criterion_of(book: RuleBook) -> Callable[[str], Criterion]:
    def find(name: str) -> Criterion:
        return next(one for one in book.trials["NCT04762485"].criteria if one.id == name)

    return find


def test_every_criterion_of_every_trial_is_shown_with_its_sentence_and_place(book: RuleBook, run: Run) -> None:
    for trial in book.trials.values():
        shown = run("show", trial.id)
        assert shown.status == 0
        assert shown.err == ""
        joined = " ".join(shown.out.split())
        for criterion in trial.criteria:
            assert " ".join(criterion.text.split())[:40] in joined
            assert f"{trial.path}:{criterion.line}" in joined
        for issue in trial.registry_issues:
            assert " ".join(issue.split()) in joined


def test_a_trial_is_found_whatever_the_case_of_its_id(run: Run) -> None:
    assert run("show", "nct04762485").out == run("show", "NCT04762485").out


def test_an_unknown_trial_is_told_with_the_closest(run: Run) -> None:
    shown = run("show", "NCT04762458")
    assert (shown.status, shown.out) == (2, "")
    assert "no trial 'NCT04762458'; did you mean NCT04762485" in shown.err


def test_who_can_answer_a_criterion(criterion_of: Callable[[str], Criterion]) -> None:
    assert coverage(criterion_of("I02")) is Coverage.COMPUTED
    assert coverage(criterion_of("X09")) is Coverage.ATTESTED
    assert coverage(criterion_of("I06")) is Coverage.ON_HOLD


def test_an_amendment_takes_a_criterion_off_hold(criterion_of: Callable[[str], Criterion]) -> None:
    amendment = Amendment("presumed", "A. Sponsor", date(2026, 11, 1), "inverted by mistake")
    assert coverage(replace(criterion_of("I06"), amendment=amendment)) is Coverage.COMPUTED


def test_the_page_counts_them_and_says_why_one_is_on_hold(run: Run) -> None:
    text = " ".join(run("show", "NCT04762485").out.split())
    assert "15 criteria: 13 computed from data, 1 attested by a person (X09), 1 on hold (I06)" in text
    assert "on hold: its text is read in 2 ways (as-written, presumed); it counts only where they agree" in text
    assert "reading presumed: not (a1 or a2 or a3)" in text
    assert "never true: The two readings are each other's opposite" in text


def test_the_findings_that_it_builds_on_are_shown_with_their_rules(run: Run, book: RuleBook) -> None:
    finding = book.findings["active-hepatitis-b"]
    text = " ".join(run("show", "NCT04762485").out.split())
    assert f"active-hepatitis-b Active hepatitis B ({finding.path}:{finding.line})" in text
    assert "true if: nucleic-acid or acute" in text
    assert "false if: nucleic-acid-negative" in text


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_line_is_wider_than_the_paper(book: RuleBook, width: int) -> None:
    for trial in book.trials.values():
        assert max(cells(line) for line in show_lines(trial, book, Paper(width))) <= width


def test_every_test_of_every_rule_has_words(book: RuleBook) -> None:
    atoms = [atom for trial in book.trials.values() for one in trial.criteria for atom in one.atoms]
    atoms += [atom for finding in book.findings.values() for atom in finding.atoms]
    assert all(len(what_it_asks(atom.test, book)) > 5 for atom in atoms)


A, B, C = AtomRef("a"), AtomRef("b"), AtomRef("c")


@pytest.mark.parametrize(
    ("logic", "words"),
    [
        (A, "a"),
        (AllOf((A, AnyOf((B, C)))), "a and (b or c)"),
        (AnyOf((AllOf((A, B)), Not(C))), "(a and b) or not c"),
        (Not(AllOf((A, B))), "not (a and b)"),
        (AtLeast(2, (A, B, C)), "at least 2 of (a, b, c)"),
        (AllOf((A, NotTrue(B))), "a and (b not shown)"),
        (UnlessShown(A), "open unless a is shown"),
    ],
)
def test_logic_in_words_keeps_its_brackets(logic: Logic, words: str) -> None:
    assert logic_words(logic) == words


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(Decimal(50), False, None, False, "%"), "at least 50 %"),
        (Limits(Decimal(30), True, None, False, "%"), "above 30 %"),
        (Limits(None, False, Decimal("2.0"), True, "mg/dL"), "below 2.0 mg/dL"),
        (Limits(Decimal(0), False, Decimal(2), False, "{score}"), "at least 0 and at most 2"),
        (Limits(Decimal(12), False, Decimal(65), False, "a"), "at least 12 and at most 65 completed years"),
        (Limits(Decimal(0), False, Decimal(0), False, "%"), "exactly 0 %"),
        (Limits(None, False, Decimal("1E+2"), False, "10*9/L"), "at most 100 10*9/L"),
    ],
)
def test_limits_in_words_say_whether_the_limit_counts(limits: Limits, words: str) -> None:
    assert limits_words(limits) == words


def test_windows_in_words_say_whether_their_edge_counts() -> None:
    assert window_words(Window(6, "month", inclusive=True)) == "within 6 months before screening"
    assert window_words(Window(1, "year", inclusive=False)) == "less than 1 year before screening"
