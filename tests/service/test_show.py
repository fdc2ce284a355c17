"""`trialsieve show`: sentence beside rule, and what no patient's data can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from trialsieve.rules.atom import (
    UNSTATED,
    Atom,
    DatedSince,
    Limits,
    Measurement,
    QualitativeResult,
    Recorded,
    SameResource,
    Span,
    Test,
    Window,
)
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.registry_text import registry_text
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Aside, Criterion
from trialsieve.rules.vocabulary import AsideRole, Basis, Result, Timing
from trialsieve.service.text.paper import Paper, cells
from trialsieve.service.text.rule_words import limits_words, logic_words, what_it_asks, window_words, words_of_test
from trialsieve.service.text.show_text import show_lines

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
            assert " ".join(registry_text(criterion.text).split())[:40] in joined
            assert f"{trial.path}:{criterion.line}" in joined
        for issue in trial.registry_issues:
            assert " ".join(registry_text(issue).split()) in joined
        assert "\\" not in joined


def test_a_trial_is_found_whatever_the_case_of_its_id(run: Run) -> None:
    assert run("show", "nct04762485").out == run("show", "NCT04762485").out


def test_an_unknown_trial_is_told_with_the_closest(run: Run) -> None:
    shown = run("show", "NCT04762458")
    assert (shown.status, shown.out) == (2, "")
    assert "no trial 'NCT04762458'; did you mean NCT04762485" in shown.err


def test_the_page_counts_them_and_says_why_one_is_on_hold(run: Run) -> None:
    text = " ".join(run("show", "NCT04762485").out.split())
    assert "15 criteria: 13 executed on data, 1 attested by a person (X09), 1 on hold (I06), 0 truncated" in text
    assert "23 sentences of the eligibility section, all accounted for: 15 by criteria, 8 headings" in text
    assert "25 atoms: 12 computable, 12 computable in part, 1 a matter of judgement" in text
    assert "on hold: its text is read in 2 ways (as-written, presumed); it counts only where they agree" in text
    assert "reading presumed: not (a1 or a2 or a3)" in text
    assert "never true: The two readings are each other's opposite" in text


def test_the_findings_that_it_builds_on_are_shown_with_their_rules(run: Run, book: RuleBook) -> None:
    finding = book.findings["active-hepatitis-b"]
    text = " ".join(run("show", "NCT04762485").out.split())
    assert f"active-hepatitis-b Active hepatitis B ({finding.path}:{finding.line})" in text
    assert "true if: nucleic-acid or acute" in text
    assert "false if: nucleic-acid-negative" in text


def test_what_a_sentence_excepts_is_shown_beside_its_atoms(book: RuleBook) -> None:
    trial = book.trials["NCT04762485"]
    aside = Aside("a9", "Age", AsideRole.CARVE_OUT, "a1", "never counts")
    first, *rest = trial.criteria
    shown = show_lines(replace(trial, criteria=(replace(first, asides=(aside,)), *rest)), book, Paper(100))
    assert "    a9 (aside): “Age”: carve-out of a1; never counts" in shown


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_line_is_wider_than_the_paper(book: RuleBook, width: int) -> None:
    for trial in book.trials.values():
        assert max(cells(line) for line in show_lines(trial, book, Paper(width))) <= width


def test_every_test_of_every_rule_has_words(book: RuleBook) -> None:
    atoms = [atom for trial in book.trials.values() for one in trial.criteria for atom in one.atoms]
    atoms += [atom for finding in book.findings.values() for atom in finding.atoms]
    assert all(len(what_it_asks(atom, book)) > 5 for atom in atoms)


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
        (AllOf((A, Not(NotTrue(B)))), "a and (b shown)"),
        (UnlessShown(A), "open unless a is shown"),
    ],
)
def test_logic_in_words_keeps_its_brackets(logic: Logic, words: str) -> None:
    assert logic_words(logic) == words


LVEF = Measurement(("cardiac.lvef",), Limits(Decimal(50), False, None, False, "%"))
HIV = QualitativeResult(("lab.hiv",), Result.POSITIVE)
EMBOLISM = Recorded(("vasc.pe",), Timing.EVER)


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
        (
            Limits(None, False, Decimal(2), False, "mg/dL", Limits(None, False, Decimal("34.2"), False, "umol/L")),
            "at most 34.2 umol/L (at most 2 mg/dL)",
        ),
    ],
)
def test_limits_in_words_say_whether_the_limit_counts(limits: Limits, words: str) -> None:
    assert limits_words(limits) == words


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(Decimal(3), False, None, False, "1"), "is at least 3 times its own upper limit of normal"),
        (Limits(Decimal(1), True, None, False, "1"), "is above its own upper limit of normal"),
        (Limits(None, False, Decimal(11), False, "1"), "is at most 11 times its own upper limit of normal"),
    ],
)
def test_a_limit_of_normal_is_not_called_once_itself(book: RuleBook, limits: Limits, words: str) -> None:
    test = replace(LVEF, limits=limits, basis=Basis.TIMES_UPPER_LIMIT)
    assert words_of_test(test, book).partition("] ")[2] == words


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(6, "month", inclusive=True), "within 6 months before screening"),
        (Window(1, "year", inclusive=False), "less than 1 year before screening"),
        (Window(6, "month", inclusive=True, anchor="enrollment"), "within 6 months before enrollment"),
        (Window(4, "week", inclusive=True, anchor=UNSTATED), "within 4 weeks before a day that the registry omits"),
        (
            Window(4, "week", inclusive=True, back_from="enrollment"),
            "within 4 weeks before screening, counted back from enrollment where that is given and earlier",
        ),
    ],
)
def test_windows_in_words_say_before_which_day_and_whether_their_edge_counts(window: Window, words: str) -> None:
    assert window_words(window) == words


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (replace(LVEF, after="relapsed"), "after relapsed"),
        (replace(LVEF, after="relapsed", within_after=Span(1, "month")), "within 1 month after relapsed"),
        (replace(LVEF, not_older_than="a3"), "not older than what decides a3"),
        (replace(HIV, after="relapsed", within_after=Span(2, "week")), "within 2 weeks after relapsed"),
        (replace(HIV, not_older_than="a3"), "not older than what decides a3"),
        (replace(HIV, heed_numbers=True), "open beside a newer number that nobody calls positive or negative"),
        (replace(EMBOLISM, after="relapsed", within_after=Span(30, "day")), "within 30 days after relapsed"),
        (replace(EMBOLISM, at_time_of="a6"), "at the time of what decides a6"),
        (
            Recorded(("dx.active_infection",), Timing.CURRENT, currency="acute-condition"),
            "asserted in the last 30 days (acute-condition)",
        ),
        (
            Recorded(("med.immunosuppressants",), Timing.CURRENT, currency="ongoing-treatment"),
            "given or still going on in the last 30 days (ongoing-treatment)",
        ),
    ],
)
def test_what_narrows_a_test_is_its_last_clause(book: RuleBook, test: Test, words: str) -> None:
    assert words_of_test(test, book).rpartition(", ")[2] == words


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (SameResource("a2", "route", ("oral", "rectal")), "the resource that decides a2 states route oral or rectal"),
        (
            SameResource("a2", "route", ("oral", "rectal"), other=True),
            "the resource that decides a2 states route other than oral or rectal",
        ),
        (DatedSince("a2", "screening"), "the resource that decides a2 is dated since screening"),
        (DatedSince("a2", "enrollment"), "the resource that decides a2 is dated since enrollment"),
    ],
)
def test_what_is_said_of_another_atoms_resource(book: RuleBook, test: Test, words: str) -> None:
    assert words_of_test(test, book) == words


def test_what_denies_another_diagnosis_is_not_said_to_be_denied(book: RuleBook) -> None:
    b_lineage = Recorded(("dx.b_all_conflict",), Timing.INDEX_DISEASE, negated=True)
    words = "asks for, as a denial: B-lineage ALL [dx.b_all_conflict], whatever its clinical status"
    assert words_of_test(b_lineage, book) == words


def test_an_absent_atom_says_so(book: RuleBook) -> None:
    atom = Atom("a1", EMBOLISM)
    assert what_it_asks(replace(atom, absent=True), book) == f"absent: {what_it_asks(atom, book)}"


def test_a_finding_says_what_it_takes_for_granted(book: RuleBook, run: Run) -> None:
    assumed = book.findings["first-line-disease"].assumes
    assert assumed is not None
    assert f"assumed where true: {assumed}" in " ".join(run("show", "NCT07476027").out.split())
