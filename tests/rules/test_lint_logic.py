"""`trialsieve lint` tells conditions that contradict themselves, can never hold, or decide nothing."""

from __future__ import annotations

import pytest

from tests.rules.lint_cases import atoms_named, messages, told_of_finding, told_of_trial
from tests.rules.made_up_rules import MadeUpRules

NEVER = [
    "{all: [below-100, at-least-100]}",
    "{all: [at-most-100, above-100]}",
    "{all: [below-100, at-least-5.6]}",
    "{all: [below-100, this-week-above-100]}",
    "{all: [all-below-100, any-above-100]}",
    "{all: [all-below-100, all-above-100]}",
    "{all: [twice, thrice]}",
    "{all: [positive, negative]}",
    "{all: [heeding-positive, negative]}",
    "{all: [child, over-17]}",
    "{all: [man, woman]}",
    "{all: [anybody, man, woman]}",
    "{all: [man, woman-coughs]}",
    "{all: [cough-now, {not: cough-now-for-ever}]}",
    "{all: [cough-now, {not: cough-ever}]}",
    "{all: [cough-now, {not: cough-untimed}]}",
    "{all: [cough-once, {not: cough-ever}]}",
    "{all: [cough-chronic, {not: cough-ever}]}",
    "{all: [cough-resolved, {not: cough-ever}]}",
    "{all: [cough-ever, {not: either-ever}]}",
    "{all: [cough-3-weeks, {not: cough-month}]}",
    "{all: [cough-year, {not: cough-12-months}]}",
    "{all: [cough-month, {not: cough-ever}]}",
    "{all: [ill, {not: ill}]}",
    "{all: [willing, below-100, above-200]}",
    "{at_least: {count: 2, of: [below-100, above-100]}}",
    "{not: {any: [below-100, at-least-100]}}",
]
SOMETIMES = [
    "{all: [at-most-100, at-least-100]}",
    "{all: [below-100, at-least-5.5]}",
    "{all: [below-100, after-ill-above-100]}",
    "{all: [below-100, thrice]}",
    "{all: [any-below-100, any-above-100]}",
    "{all: [any-positive, any-negative]}",
    "{all: [child, over-16]}",
    "{all: [woman, woman-coughs]}",
    "{all: [man, anybody]}",
    "{all: [cough-untimed, {not: cough-now}]}",
    "{all: [cough-ever, {not: cough-chronic}]}",
    "{all: [cough-ever, {not: fever-ever}]}",
    "{all: [either-ever, {not: cough-ever}]}",
    "{all: [cough-now, {not: cough-now-for-30-days}]}",
    "{all: [cough-29-days, {not: cough-month}]}",  # a month may have 28 days
    "{all: [cough-30-days, {not: cough-month}]}",
    "{all: [cough-12-months, {not: cough-year}]}",
    "{all: [cough-resolved, {not: cough-chronic}]}",
    "{at_least: {count: 2, of: [below-100, above-100, ill]}}",
    "{any: [below-100, above-100]}",
]


@pytest.mark.parametrize("logic", NEVER)
def test_what_can_never_be_true_is_told(rules: MadeUpRules, logic: str) -> None:
    (told,) = told_of_finding(rules, f"true_when: {logic}")
    known = ("these can never be true together: ", "whatever the values, this is true: ")
    assert messages([told])[0].startswith(known)


@pytest.mark.parametrize("logic", SOMETIMES)
def test_what_can_be_true_is_not_told(rules: MadeUpRules, logic: str) -> None:
    assert told_of_finding(rules, f"true_when: {logic}") == []


def test_it_is_told_where_the_innermost_part_stands(rules: MadeUpRules) -> None:
    assert told_of_finding(rules, "true_when: {any: [ill, {all: [below-100, above-100, willing]}]}") == [
        "3:24: these can never be true together: below-100, above-100 (compare their limits and windows)"
    ]


@pytest.mark.parametrize(
    ("logic", "told"),
    [
        ("{any: [below-100, at-least-100]}", True),
        ("{any: [at-most-100, at-least-100]}", True),
        ("{any: [below-100, above-100]}", False),
        ("{any: [positive, negative]}", True),
        ("{any: [any-below-100, any-above-100]}", False),
        ("{any: [ill, {not: ill}]}", True),
        ("{any: [child, over-17]}", True),
        ("{any: [man, woman]}", False),
    ],
)
def test_what_can_never_be_false_is_told(rules: MadeUpRules, logic: str, told: bool) -> None:
    found = messages(told_of_finding(rules, f"true_when: {logic}"))
    assert [message.startswith("whatever the values, this is true") for message in found] == [True] * told


@pytest.mark.parametrize(
    ("logic", "message"),
    [
        ("{any: [cough-month, cough-12-months]}", "'cough-month' is true only where 'cough-12-months' is"),
        ("{any: [cough-12-months, cough-month]}", "'cough-month' is true only where 'cough-12-months' is"),
        ("{any: [above-200, above-100, ill]}", "'above-200' is true only where 'above-100' is"),
        ("{all: [above-200, above-100, ill]}", "'above-200' is true only where 'above-100' is"),
        (
            "{any: [above-200, {any: [above-100, below-100]}]}",
            "'above-200' is true only where the part with above-100, below-100 is",
        ),
        ("{any: [cough-ever, cough-once]}", "'cough-once' is true only where 'cough-ever' is"),
        ("{any: [ill, ill]}", "'ill' is true only where 'ill' is"),
        ("{any: [cough-ever, fever-ever]}", None),
        ("{any: [above-200, this-week-above-100]}", None),
        ("{any: [heeding-positive, positive]}", None),
        ("{any: [cough-month, cough-reviewed]}", None),
        ("{any: [above-200, any-above-100]}", None),
        ("{all: [at-least-100, at-most-100]}", None),
    ],
)
def test_a_branch_that_decides_nothing_is_told(rules: MadeUpRules, logic: str, message: str | None) -> None:
    found = messages(told_of_finding(rules, f"true_when: {logic}"))
    assert found == ([] if message is None else [message])


def test_of_two_branches_the_idle_one_is_pointed_at(rules: MadeUpRules) -> None:
    hint = "decides nothing; if the sentence says both, say why under 'overlaps'"
    assert told_of_finding(rules, "true_when: {any: [above-100, above-200]}") == [
        f"3:30: 'above-200' is true only where 'above-100' is (so 'above-200' {hint})"
    ]
    assert told_of_finding(rules, "true_when: {all: [above-100, above-200]}") == [
        f"3:19: 'above-200' is true only where 'above-100' is (so 'above-100' {hint})"
    ]


def numbered(count: int, subject: str) -> tuple[str, str]:
    """So many atoms of one subject, as names and as YAML; `#` stands for the number."""
    names = [f"{subject[:3]}{number}" for number in range(count)]
    atoms = [f"- {{id: {name}, {subject.replace('#', str(index + 1))}}}\n" for index, name in enumerate(names)]
    return ", ".join(names), "".join(atoms)


def test_what_has_nothing_to_do_with_it_is_left_out_of_a_large_logic(rules: MadeUpRules) -> None:
    names, atoms = numbered(30, "judgement: true")
    told = told_of_finding(
        rules, f"true_when: {{all: [below-100, {names}, above-100]}}", atoms_named("below-100 above-100") + atoms
    )
    assert messages(told) == ["these can never be true together: below-100, above-100"]


def test_of_a_logic_beyond_all_measure_nothing_is_said(rules: MadeUpRules) -> None:
    names, atoms = numbered(30, "judgement: true")
    logic = f"{{all: [{{any: [{names}]}}, {{not: {{any: [{names}]}}}}]}}"
    assert told_of_finding(rules, f"true_when: {logic}", atoms) == []


def test_many_values_at_once_are_no_trouble(rules: MadeUpRules) -> None:
    names, atoms = numbered(20, "measurement: lab.sugar, value: {above: #, unit: mg/dL}, take: any")
    assert told_of_finding(rules, f"true_when: {{at_least: {{count: 2, of: [{names}]}}}}", atoms) == []


@pytest.mark.parametrize(
    ("true_when", "false_when", "overlap"),
    [
        ("above-100", "below-100", None),
        ("at-least-100", "below-100", None),
        ("at-least-100", "at-most-100", "at-least-100, at-most-100"),
        ("{any: [above-100, ill]}", "{any: [at-least-5.6, willing]}", "above-100, at-least-5.6"),
        ("{all: [at-least-100, ill]}", "at-most-100", "at-least-100, at-most-100"),
        ("positive", "negative", None),
        ("any-positive", "any-negative", None),
        ("cough-ever", "cough-month", None),
        ("ill", "{not: ill}", None),
        ("{any: [ill, positive]}", "{all: [ill, negative]}", "ill"),
        ("{all: [ill, positive]}", "{all: [ill, negative]}", None),
    ],
)
def test_a_value_that_is_true_and_false_at_once_is_told(
    rules: MadeUpRules, true_when: str, false_when: str, overlap: str | None
) -> None:
    told = told_of_finding(rules, f"true_when: {true_when}\nfalse_when: {false_when}")
    message = f"4:1: 'true_when' and 'false_when' hold together for some value: {overlap}"
    assert told == ([] if overlap is None else [f"{message} (let their limits meet without overlapping)"])


@pytest.mark.parametrize(
    ("true_when", "condition", "told"),
    [
        ("above-200", "above-100", False),
        ("above-100", "above-200", True),
        ("ill", "{all: [ill, positive]}", True),
        ("ill", "positive", False),
        ("{all: [ill, positive]}", "positive", False),
        ("cough-ever", "cough-now", True),
        ("cough-now", "cough-ever", False),
    ],
)
def test_a_suspicion_of_what_is_true_already_is_told(
    rules: MadeUpRules, true_when: str, condition: str, told: bool
) -> None:
    suspicions = f"suspicions: [{{says: doubtful, reason: judgement, condition: {condition}}}]"
    message = (
        "4:50: this suspicion can never hold unless the finding is true already (compare their limits and windows)"
    )
    assert told_of_finding(rules, f"true_when: {true_when}\n{suspicions}") == [message] * told


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("below-100", False),
        ("{not_true: below-100}", False),
        ("{all: [below-100, {not_true: at-least-100}]}", False),
        ("{all: [below-100, {not_true: below-100}]}", True),
        ("{all: [cough-now, {not_true: cough-ever}]}", True),
        ("{all: [cough-now, {not_true: cough-reviewed}]}", False),
        (
            "{all: [{not: either-ever}, {not_true: {not: cough-ever}}]}",
            False,
        ),  # each is presumed for itself
        ("{all: [at-most-100, {not_true: {not: above-100}}]}", True),
        ("{all: [{not_true: below-100}, {not_true: at-least-100}]}", False),  # neither is known
        ("{all: [above-100, {not_true: this-week-above-100}]}", False),  # too old for one of them
        ("{all: [below-100, {any: [positive, ill]}, {not_true: ill}, {not_true: positive}]}", True),
    ],
)
def test_a_condition_of_review_when_that_can_never_hold_is_told(rules: MadeUpRules, condition: str, told: bool) -> None:
    case = f"{{says: doubtful, reason: judgement, condition: {condition}}}"
    atoms = f"- {{id: own, recorded: dx.cough, timing: ever, review_when: [{case}]}}\n{atoms_named(condition)}"
    found = messages(told_of_finding(rules, "true_when: own", atoms))
    assert found == ["this condition can never hold where 'own' is known"] * told


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("value: {at_least: 100, unit: mg/dL}", True),
        ("value: {above: 300, unit: mg/dL}", False),  # 90 to 110 is not above 300, and nobody knows the others
        ("value: {at_least: 100, unit: mg/dL}, currency: none", False),  # it may be too old for the others alone
    ],
)
def test_a_condition_that_needs_its_own_atom_unknown_is_told(rules: MadeUpRules, own: str, told: bool) -> None:
    condition = "{all: [{not_true: below-100}, {not_true: at-least-100}]}"
    case = f"{{says: doubtful, reason: judgement, condition: {condition}}}"
    atoms = f"- {{id: own, measurement: lab.sugar, {own}, review_when: [{case}]}}\n{atoms_named(condition)}"
    found = messages(told_of_finding(rules, "true_when: own", atoms))
    assert found == ["this condition can never hold where 'own' is known"] * told


def test_an_atom_that_its_when_rules_out_is_told(rules: MadeUpRules) -> None:
    atoms = "- {id: own, age: {below: 18, unit: a}, when: adult}\n- {id: adult, age: {at_least: 18, unit: a}}\n"
    assert told_of_finding(rules, "true_when: own", atoms) == [
        "5:40: where this holds, 'own' can never be true (compare their limits and windows)"
    ]
    assert told_of_finding(rules, "true_when: own", atoms.replace("below: 18", "at_most: 18")) == []


def test_the_criteria_of_a_trial_are_looked_at_too(rules: MadeUpRules) -> None:
    assert messages(told_of_trial(rules, "I01 logic: {all: [below-100, above-100]}")) == [
        "these can never be true together: below-100, above-100"
    ]
    readings = "X01 readings: {one: {all: [below-100, above-100]}, other: below-100}"
    assert messages(told_of_trial(rules, readings)) == ["these can never be true together: below-100, above-100"]


def test_windows_before_two_anchors_do_not_lie_in_each_other(rules: MadeUpRules) -> None:
    assert told_of_trial(rules, "X01 logic: {any: [cough-month, cough-before-enrollment]}") == []
    assert len(told_of_trial(rules, "X01 logic: {any: [cough-month, cough-year]}")) == 1


def test_a_window_that_is_counted_back_from_an_earlier_day_may_reach_beyond_a_longer_one(rules: MadeUpRules) -> None:
    assert told_of_trial(rules, "X01 logic: {any: [cough-counted-back, cough-year]}") == []
    assert len(told_of_trial(rules, "X01 logic: {any: [cough-month, cough-counted-back]}")) == 1


def test_a_sentence_that_says_the_same_twice_may_say_so(rules: MadeUpRules) -> None:
    logic = "logic: {any: [above-100, above-200]}"
    assert len(told_of_trial(rules, f"X01 {logic}")) == 1
    for name in ("above-100", "above-200"):
        assert told_of_trial(rules, f"X01 overlaps: {{{name}: The sentence says both.}}\n{logic}") == []
    unneeded = "X01 overlaps: {above-100: The sentence says both.}\nlogic: {any: [above-100, ill]}"
    assert told_of_trial(rules, unneeded) == [
        "13:16: 'above-100' decides by itself, whatever the other atoms here say (drop this line)"
    ]


def x01_when(band: str) -> str:
    own = "{id: own, quote: the sentence, finding: ill, when: band}"
    return f"X01 logic: own\natoms:\n  - {own}\n  - {{id: band, helper: b, {band}}}"


@pytest.mark.parametrize(
    ("band", "told"),
    [
        ("age: {at_least: 65, unit: a}", False),
        ("age: {at_least: 66, unit: a}", True),
        ("age: {at_most: 12, unit: a}", False),
        ("age: {at_most: 11, unit: a}", True),
        ("age: {below: 12, unit: a}", True),
    ],
)
def test_an_age_band_that_the_trial_does_not_admit_is_told(rules: MadeUpRules, band: str, told: bool) -> None:
    found = messages(told_of_trial(rules, "I01 logic: aged-12-65", x01_when(band)))
    assert found == ["nobody of an age that the trial admits can meet this, so 'own' is never true"] * told


def test_only_the_ages_of_the_same_cohort_count(rules: MadeUpRules) -> None:
    band = x01_when("age: {at_least: 66, unit: a}")
    assert told_of_trial(rules, "I01 cohort: some\nlogic: aged-12-65", band) == []
    assert len(told_of_trial(rules, "I01 logic: aged-12-65", band.replace("X01 ", "X01 cohort: some\n"))) == 1
    assert told_of_trial(rules, "X02 logic: aged-12-65", band) == []


def test_ages_that_nobody_has_are_told(rules: MadeUpRules) -> None:
    told = messages(told_of_trial(rules, "I01 logic: aged-12-65", "I02 logic: aged-66"))
    assert told == ["no age meets I01 and the other criteria", "no age meets I02 and the other criteria"]
    assert told_of_trial(rules, "I01 logic: aged-12-65", "I02 logic: aged-65") == []
