"""`trialsieve lint` tells limits that no result can reach, in the unit of the concept."""

from __future__ import annotations

import pytest

from tests.rules.lint_cases import told_of_finding
from tests.rules.made_up_rules import MadeUpRules
from trialsieve.rules.lint import lint


@pytest.fixture
def plausible_rules(rules: MadeUpRules) -> MadeUpRules:
    """Sugar lies between 20 and 1000 mg/dL, which is 1.1 to 55.6 mmol/L."""
    rules.change("concepts/made-up.yaml", "    unit: mg/dL\n", "    unit: mg/dL\n    plausible: [20, 1000]\n")
    return rules


def told(rules: MadeUpRules, subject: str) -> list[str]:
    return told_of_finding(rules, "true_when: own", f"- {{id: own, {subject}}}\n")


@pytest.mark.parametrize(
    "limits",
    [
        "{above: 20, unit: mg/dL}",
        "{at_least: 1000, unit: mg/dL}",
        "{at_most: 1000, unit: mg/dL}",
        "{at_least: 20, below: 1000, unit: mg/dL}",
        "{at_least: 1.2, at_most: 55, unit: mmol/L}",
        "{at_least: 0, unit: mg/dL}",  # whatever was measured
    ],
)
def test_a_limit_within_the_range_is_not_told(plausible_rules: MadeUpRules, limits: str) -> None:
    assert told(plausible_rules, f"measurement: lab.sugar, value: {limits}") == []


@pytest.mark.parametrize(
    ("limits", "column", "limit"),
    [
        ("{above: 19, unit: mg/dL}", 45, "19"),
        ("{at_most: 0, unit: mg/dL}", 45, "0"),
        ("{below: 19.9, unit: mg/dL}", 45, "19.9"),
        ("{at_least: 1001, unit: mg/dL}", 45, "1001"),
        ("{at_least: 100, at_most: 1001, unit: mg/dL}", 60, "1001"),
        ("{above: 100, unit: mmol/L}", 45, "1800"),
        ("{at_most: 1, unit: mmol/L}", 45, "18"),
    ],
)
def test_a_limit_outside_the_range_is_told(plausible_rules: MadeUpRules, limits: str, column: int, limit: str) -> None:
    hint = "(sugar lies between 20 and 1000 mg/dL; is the unit right?)"
    found = told(plausible_rules, f"measurement: lab.sugar, value: {limits}")
    assert found == [f"5:{column}: {limit} mg/dL is no plausible limit {hint}"]


@pytest.mark.parametrize("limits", ["{below: 20, unit: mg/dL}", "{above: 1000, unit: mg/dL}"])
def test_limits_that_leave_no_plausible_value_are_told(plausible_rules: MadeUpRules, limits: str) -> None:
    (problem,) = told(plausible_rules, f"measurement: lab.sugar, value: {limits}")
    assert problem.startswith("5:37: no plausible value lies within these limits (sugar lies between")


@pytest.mark.parametrize("key", ["times_upper_limit", "times_lower_limit"])
@pytest.mark.parametrize(
    ("limits", "is_told"),
    [
        ("{above: 100}", True),  # nothing is more than a hundred times a limit of normal
        ("{at_most: 100}", False),
        ("{at_least: 101}", True),
        ("{at_least: 2.5}", False),
        ("{below: -1}", True),
        ("{below: 0}", True),
    ],
)
def test_multiples_of_a_limit_of_normal_have_a_range_too(
    rules: MadeUpRules, key: str, limits: str, is_told: bool
) -> None:
    found = told(rules, f"measurement: lab.sugar, {key}: {limits}")
    hint = "(a multiple of a limit of sugar lies between 0 and 100; is the unit right?)"
    assert [problem.endswith(hint) for problem in found] == [True] * is_told


@pytest.mark.parametrize(
    ("limits", "is_told"),
    [
        ("{at_most: 130, unit: a}", False),
        ("{at_most: 131, unit: a}", True),
        ("{at_least: 0, unit: a}", False),
        ("{below: 0, unit: a}", True),
    ],
)
def test_an_age_that_nobody_reaches_is_told(rules: MadeUpRules, limits: str, is_told: bool) -> None:
    found = told(rules, f"age: {limits}")
    assert [problem.endswith("(an age lies between 0 and 130 a; is the unit right?)") for problem in found] == [
        True
    ] * is_told


def test_a_concept_without_a_range_takes_any_limit(rules: MadeUpRules) -> None:
    assert told(rules, "measurement: lab.sugar, value: {above: 1000000, unit: mg/dL}") == []


def test_readings_of_an_atom_are_looked_at(plausible_rules: MadeUpRules) -> None:
    one = "{measurement: lab.sugar, value: {above: 100, unit: mg/dL}}"
    other = "{measurement: lab.sugar, value: {above: 10, unit: mg/dL}}"
    (problem,) = told(plausible_rules, f"readings: {{one: {one}, other: {other}}}")
    assert problem.startswith("5:129: 10 mg/dL is no plausible limit")


def test_criteria_are_looked_at(plausible_rules: MadeUpRules) -> None:

    place = plausible_rules.change(
        "trials/T1.yaml", "value: {above: 100, unit: mg/dL}", "value: {▶above: 5.5, unit: mg/dL}"
    )
    assert any(str(problem).startswith(f"{place}: 5.5 mg/dL is no plausible limit") for problem in lint())


def test_a_condition_is_weighed_by_plausible_values(plausible_rules: MadeUpRules) -> None:
    """What lies between 20 and 1000 is at least 20: nothing is left below."""
    atoms = (
        "- {id: low, measurement: lab.sugar, value: {at_least: 20, unit: mg/dL}}\n"
        "- {id: high, measurement: lab.sugar, value: {at_most: 1000, unit: mg/dL}}\n"
        "- {id: middle, measurement: lab.sugar, value: {above: 20, below: 1000, unit: mg/dL}}\n"
    )
    logic = "{all: [low, high, {not: middle}]}"
    assert told_of_finding(plausible_rules, f"true_when: {logic}", atoms) == []
