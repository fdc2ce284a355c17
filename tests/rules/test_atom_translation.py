"""What the words of atoms in rule files become in the model."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.rules.made_up_rules import COUGH, SUGAR, TRIAL, MadeUpRules, lines
from trialsieve.rules.atom import (
    SCREENING,
    UNSTATED,
    Age,
    Atom,
    DatedSince,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    ReviewCase,
    SameResource,
    Span,
    Test,
    Unresolved,
    Window,
)
from trialsieve.rules.loader import load_rules
from trialsieve.rules.logic import AtomRef
from trialsieve.rules.vocabulary import Basis, Reason, Result, Sex, State, Take, Timing


def cough_atom(rules: MadeUpRules, *given: str) -> Atom:
    """X01.a2, its test written with these lines instead."""
    rules.change(TRIAL, COUGH, lines(*given))
    return load_rules().trials["T1"].criteria[2].atoms[1]


def sugar_test(rules: MadeUpRules, *given: str) -> Test:
    """I01.a1, its test written with these lines instead."""
    rules.change(TRIAL, SUGAR, lines(*given))
    return load_rules().trials["T1"].criteria[0].atoms[0].test


def refused(rules: MadeUpRules, old: str, *given: str) -> str:
    rules.change(TRIAL, old, lines(*given))
    [problem] = rules.problems()
    return problem.message


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ("{above: 3, unit: mg/dL}", Limits(Decimal(3), True, None, False, "mg/dL")),
        ("{at_least: 3, unit: mg/dL}", Limits(Decimal(3), False, None, False, "mg/dL")),
        ("{below: 3, unit: mg/dL}", Limits(None, False, Decimal(3), True, "mg/dL")),
        ("{at_most: 3, unit: mg/dL}", Limits(None, False, Decimal(3), False, "mg/dL")),
        ("{at_least: 0.1, below: 3, unit: mg/dL}", Limits(Decimal("0.1"), False, Decimal(3), True, "mg/dL")),
        ("{at_least: 3, at_most: 3, unit: mg/dL}", Limits(Decimal(3), False, Decimal(3), False, "mg/dL")),
    ],
)
def test_each_bound_is_open_or_closed_as_written(rules: MadeUpRules, written: str, limits: Limits) -> None:
    test = sugar_test(rules, "measurement: lab.sugar", f"value: {written}")
    assert isinstance(test, Measurement)
    assert test.limits == limits


def test_limits_are_converted_to_the_unit_that_facts_have(rules: MadeUpRules) -> None:
    test = sugar_test(rules, "measurement: lab.sugar", "value: {at_least: 5.5, unit: mmol/L}")
    assert isinstance(test, Measurement)
    assert test.limits == Limits(Decimal("99.0"), False, None, False, "mg/dL")
    assert test.limits.written == Limits(Decimal("5.5"), False, None, False, "mmol/L")


def test_limits_in_that_unit_are_not_kept_twice(rules: MadeUpRules) -> None:
    test = sugar_test(rules, "measurement: lab.sugar", "value: {at_least: 99, unit: mg/dL}")
    assert isinstance(test, Measurement)
    assert test.limits.written is None


def test_a_multiple_of_the_upper_limit_has_no_unit(rules: MadeUpRules) -> None:
    test = sugar_test(rules, "measurement: lab.sugar", "times_upper_limit: {above: 2.5}")
    assert isinstance(test, Measurement)
    assert test.basis is Basis.TIMES_UPPER_LIMIT
    assert test.limits == Limits(Decimal("2.5"), True, None, False, "1")


@pytest.mark.parametrize(
    ("take", "bound", "means"),
    [
        ("highest", "above", Take.ANY),
        ("highest", "at_least", Take.ANY),
        ("highest", "below", Take.ALL),
        ("highest", "at_most", Take.ALL),
        ("lowest", "above", Take.ALL),
        ("lowest", "at_most", Take.ANY),
        ("any", "above", Take.ANY),
        ("all", "above", Take.ALL),
        ("latest", "above", Take.LATEST),
    ],
)
def test_highest_and_lowest_are_short_for_any_or_all(rules: MadeUpRules, take: str, bound: str, means: Take) -> None:
    test = sugar_test(rules, "measurement: lab.sugar", f"value: {{{bound}: 3, unit: mg/dL}}", f"take: {take}")
    assert isinstance(test, Measurement)
    assert test.take is means


def test_highest_of_two_bounds_is_refused(rules: MadeUpRules) -> None:
    value = "value: {above: 3, below: 9, unit: mg/dL}"
    assert "two bounds" in refused(rules, SUGAR, "measurement: lab.sugar", value, "take: highest")


@pytest.mark.parametrize(
    ("lines", "currency"),
    [
        ((), "laboratory"),
        (("currency: acute",), "acute"),
        (("currency: none",), None),
        (("within: 4 weeks",), None),
        (("after: ill",), "laboratory"),
    ],
)
def test_currency_of_a_measurement_is_its_concepts_unless_stated_or_windowed(
    rules: MadeUpRules, lines: tuple[str, ...], currency: str | None
) -> None:
    test = sugar_test(rules, "measurement: lab.sugar", "value: {above: 100, unit: mg/dL}", *lines)
    assert isinstance(test, Measurement)
    assert test.currency == currency


@pytest.mark.parametrize(
    ("lines", "currency"),
    [
        (("timing: current",), "acute"),
        (("timing: current", "currency: laboratory"), "laboratory"),
        (("timing: current", "currency: none"), None),
        (("timing: ever",), None),
        (("timing: unstated",), None),
        (("within: 6 months",), None),
    ],
)
def test_currency_of_something_on_record_counts_only_where_it_must_be_current(
    rules: MadeUpRules, lines: tuple[str, ...], currency: str | None
) -> None:
    test = cough_atom(rules, "recorded: dx.cough", *lines).test
    assert isinstance(test, Recorded)
    assert test.currency == currency


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ("within: 6 months", Window(6, "month", True)),
        ("less_than: 6 months", Window(6, "month", False)),
        ("within: 1 day", Window(1, "day", True)),
        ("within: 4 weeks", Window(4, "week", True)),
        ("within: 2 years", Window(2, "year", True)),
        ("{within: 4 weeks, anchor: infusion}", Window(4, "week", True, "infusion")),
        ("{within: 4 weeks, anchor: screening}", Window(4, "week", True, SCREENING)),
        ("{less_than: 4 weeks, anchor: unstated}", Window(4, "week", False, UNSTATED)),
        ("{within: 4 weeks, back_from: infusion}", Window(4, "week", True, SCREENING, "infusion")),
    ],
)
def test_within_includes_its_far_edge_and_less_than_does_not(rules: MadeUpRules, written: str, window: Window) -> None:
    lines = written.strip("{}").split(", ")
    test = cough_atom(rules, "recorded: dx.cough", *lines).test
    assert isinstance(test, Recorded)
    assert test.window == window


def test_everything_that_something_on_record_can_say(rules: MadeUpRules) -> None:
    atom = cough_atom(
        rules,
        "recorded: [dx.cough, dx.fever]",
        "less_than: 6 months",
        "after: ill",
        "within_after: 30 days",
        "at_time_of: fever",
        "states: [active, relapse]",
        "facets: {course: chronic}",
        "all_supporting: true",
        "still_active: judgement",
        "review:",
        "  - {says: over, reason: judgement, concepts: [dx.fever], states: resolved, ended: true, history: true}",
        "  - {says: chronic, reason: unspecific, facets: {course: chronic}, undated: true}",
        "note: a note",
        "applies_to: female",
        "when: fever",
    )
    assert atom.applies_to is Sex.FEMALE
    assert atom.when == AtomRef("fever")
    assert atom.note == "a note"
    assert atom.test == Recorded(
        concepts=("dx.cough", "dx.fever"),
        timing=Timing.UNSTATED,
        window=Window(6, "month", False),
        after="ill",
        within_after=Span(30, "day"),
        at_time_of="fever",
        states=frozenset({State.ACTIVE, State.RELAPSE}),
        facets=(("course", "chronic"),),
        all_supporting=True,
        still_active=Reason.JUDGEMENT,
        review=(
            ReviewCase(
                "over", Reason.JUDGEMENT, ("dx.fever",), (), frozenset({State.RESOLVED}), ended=True, history=True
            ),
            ReviewCase("chronic", Reason.UNSPECIFIC, (), (("course", "chronic"),), undated=True),
        ),
    )


def test_negated_looks_for_what_denies(rules: MadeUpRules) -> None:
    test = cough_atom(rules, "negated: dx.cough", "timing: ever").test
    assert isinstance(test, Recorded)
    assert test.negated


def test_a_result_is_positive_or_negative(rules: MadeUpRules) -> None:
    test = sugar_test(
        rules,
        "result: lab.salt",
        "is: negative",
        "only: {specimen: serum}",
        "skip: {specimen: [urine, serum]}",
        "not_before: [ill, very-ill]",
        "after: ill",
        "within_after: 1 year",
        "not_older_than: a2",
        "heed_numbers: true",
    )
    assert test == QualitativeResult(
        concepts=("lab.salt",),
        expected=Result.NEGATIVE,
        not_before=("ill", "very-ill"),
        after="ill",
        within_after=Span(1, "year"),
        not_older_than="a2",
        only=(("specimen", "serum"),),
        skip=(("specimen", "serum"), ("specimen", "urine")),
        heed_numbers=True,
    )


@pytest.mark.parametrize("written", [(), ("heed_numbers: false",)])
def test_a_result_heeds_no_numbers_unless_it_says_so(rules: MadeUpRules, written: tuple[str, ...]) -> None:
    test = sugar_test(rules, "result: lab.salt", "is: negative", "take: any", *written)
    assert isinstance(test, QualitativeResult)
    assert not test.heed_numbers


def test_a_measurement_may_lie_between_a_finding_and_a_span_after_it_and_not_before_another(
    rules: MadeUpRules,
) -> None:
    further = ("within: 1 day", "anchor: infusion", "after: ill", "within_after: 2 weeks", "not_older_than: a2")
    assert sugar_test(rules, "measurement: lab.sugar", "value: {above: 3, unit: mg/dL}", *further) == Measurement(
        concepts=("lab.sugar",),
        limits=Limits(Decimal(3), True, None, False, "mg/dL"),
        window=Window(1, "day", True, "infusion"),
        after="ill",
        within_after=Span(2, "week"),
        not_older_than="a2",
    )


@pytest.mark.parametrize(("written", "absent"), [("absent: true", True), ("absent: false", False), ("note: x", False)])
def test_an_atom_may_be_what_the_sentence_says_is_absent(rules: MadeUpRules, written: str, absent: bool) -> None:
    assert cough_atom(rules, "recorded: dx.cough", "timing: ever", written).absent is absent


def test_an_atom_of_a_finding_may_name_another(rules: MadeUpRules) -> None:
    rules.change(
        "findings/ill.yaml",
        "    recorded: [dx.fever]\n    timing: ever\n",
        "    recorded: [dx.fever]\n    timing: ever\n    at_time_of: cough\n    absent: true\n",
    )
    fever = load_rules().findings["ill"].atoms[1]
    assert fever.test == Recorded(("dx.fever",), Timing.EVER, at_time_of="cough")
    assert fever.absent


def test_the_anchors_of_a_trial_are_those_that_it_declares(rules: MadeUpRules) -> None:
    assert load_rules().trials["T1"].anchors == ("screening", "infusion")
    rules.change(TRIAL, "anchors: [screening, infusion]\n", "")
    assert load_rules().trials["T1"].anchors == ("screening",)


@pytest.mark.parametrize(
    ("lines", "test"),
    [
        (("sex: female",), RecordedSex(frozenset({Sex.FEMALE}))),
        (("sex: [female, male, unknown]",), RecordedSex(frozenset(Sex))),
        (("age: {below: 70, unit: a}",), Age(Limits(None, False, Decimal(70), True, "a"))),
        (("unresolved: truncated",), Unresolved(Reason.TRUNCATED)),
        (("same_resource_as: a2", "facet: specimen", "in: serum"), SameResource("a2", "specimen", ("serum",))),
        (
            ("same_resource_as: a2", "facet: specimen", "not_in: [serum, urine]"),
            SameResource("a2", "specimen", ("serum", "urine"), other=True),
        ),
        (("same_resource_as: a2", "since: screening"), DatedSince("a2", SCREENING)),
        (("same_resource_as: a2", "since: infusion"), DatedSince("a2", "infusion")),
    ],
)
def test_the_other_subjects(rules: MadeUpRules, lines: tuple[str, ...], test: Test) -> None:
    assert sugar_test(rules, *lines) == test


def test_a_defective_atom_has_readings(rules: MadeUpRules) -> None:
    test = sugar_test(
        rules,
        "readings:",
        "  more: {measurement: lab.sugar, value: {above: 100, unit: mg/dL}, not_older_than: a2}",
        "  or-equal: {measurement: lab.sugar, value: {at_least: 100, unit: mg/dL}}",
    )
    assert isinstance(test, Readings)
    assert [name for name, _ in test.tests] == ["more", "or-equal"]
    limits = [inner.limits.low_open for _, inner in test.tests if isinstance(inner, Measurement)]
    assert limits == [True, False]
    assert [inner.not_older_than for _, inner in test.tests] == ["a2", None]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("same_resource_as: a3", "facet: specimen", "in: serum"), "there is no atom 'a3'"),
        (("same_resource_as: a2", "facet: specime", "in: serum"), "lab.salt has no facet 'specime'"),
        (("same_resource_as: a2", "facet: specimen", "in: blood"), "has no value 'blood'"),
        (("result: lab.salt", "is: positive", "take: highest"), "'take: highest' is for measurements"),
        (("result: lab.salt", "is: indeterminate"), "'is' cannot be 'indeterminate'"),
        (("result: lab.salt", "is: positive", "take: any", "heed_numbers: true"), "is for the latest result"),
        (("result: lab.salt", "is: positive", "take: all", "heed_numbers: true"), "is for the latest result"),
        (("result: lab.salt", "is: positive", "heed_numbers: 3"), "'heed_numbers' must be true or false"),
        (("measurement: lab.sugar",), "a measurement needs either 'value' or 'times_upper_limit'"),
        (("judgement: false",), "'judgement' cannot be false"),
        (("recorded: dx.cough", "timing: ever", "currency: acute"), "needs 'timing: current'"),
        (("recorded: dx.cough", "within: 1 day", "currency: acute"), "a window takes the place of 'currency'"),
        (("recorded: dx.cough", "timing: ever", "anchor: infusion"), "'anchor' needs a window"),
        (("recorded: dx.cough", "timing: ever", "back_from: infusion"), "'back_from' needs a window"),
        (("recorded: dx.cough", "timing: ever", "still_active: judgement"), "'still_active' needs a window"),
        (("recorded: dx.cough", "timing: ever", "presume_unless: ill"), "'presume_unless' needs 'absence: presume'"),
        (("recorded: dx.cough", "timing: ever", "review: [{says: x, reason: judgement}]"), "matches every resource"),
        (("readings: {one: {measurement: lab.sugar, value: {above: 1, unit: mg/dL}}}",), "at least 2 items"),
    ],
)
def test_what_makes_no_sense_is_refused(rules: MadeUpRules, lines: tuple[str, ...], why: str) -> None:
    assert why in refused(rules, SUGAR, *lines)
