"""`trialsieve lint` tells shared parts of the shipped rules that no trial uses."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import CONCEPTS, MadeUpRules
from trialsieve.rules.lint import lint

FINDING = "findings/well.yaml"
PEPPER = """\
  - {▶id: lab.pepper, label: pepper, kinds: [Observation], unit: mmol/L, gap: no code, codes: {}}
"""
WELL = """\
finding: well
title: Well
true_when: a1
atoms: [{id: a1, judgement: true}]
never: {true: made up, false: made up, unknown: made up}
"""


def told() -> list[str]:
    return [str(problem) for problem in lint() if " uses " in problem.message or "nothing has" in problem.message]


def test_what_is_used_is_not_told(rules: MadeUpRules) -> None:
    assert told() == []


def test_a_concept_that_no_rule_uses_is_told(rules: MadeUpRules) -> None:
    place = rules.write_marked(CONCEPTS, rules.text(CONCEPTS) + PEPPER)
    hint = "(use it in a rule, drop it, or say under 'unused' why it is kept)"
    assert told() == [f"{place}: no rule uses the concept 'lab.pepper' {hint}"]


def test_a_concept_may_say_why_it_is_kept(rules: MadeUpRules) -> None:
    kept = PEPPER.replace("▶id: lab.pepper", "id: lab.pepper, unused: A person judges it")
    rules.write(CONCEPTS, rules.text(CONCEPTS) + kept)
    assert told() == []


def test_a_reason_for_what_is_used_is_told(rules: MadeUpRules) -> None:
    place = rules.change(CONCEPTS, "    label: fever\n", "    label: fever\n    ▶unused: A person judges it\n")
    assert told() == [f"{place}: a rule uses the concept 'dx.fever' (drop this line)"]


def test_a_finding_that_no_trial_uses_is_told(rules: MadeUpRules) -> None:
    rules.write(FINDING, WELL)
    hint = "(name it in a criterion, or drop it)"
    assert told() == [f"trialsieve/rules/{FINDING}:1:1: no trial uses the finding 'well' {hint}"]


def test_a_finding_that_only_an_unused_finding_uses_is_told(rules: MadeUpRules) -> None:
    rules.write(FINDING, WELL)
    rules.write(
        "findings/better.yaml",
        WELL.replace("finding: well", "finding: better").replace("judgement: true", "finding: well"),
    )
    assert len(told()) == 2


def test_a_finding_that_a_gate_uses_is_used(rules: MadeUpRules) -> None:
    rules.write(FINDING, WELL)
    rules.change("trials/T1.yaml", "age: {at_least: 18, unit: a}", "finding: well")
    assert told() == []


def test_a_class_of_currency_that_nothing_has_is_told(rules: MadeUpRules) -> None:
    rules.write("currency.yaml", rules.text("currency.yaml") + "never: 3\n")
    hint = "(name it in a concept, or drop it)"
    assert told() == [f"trialsieve/rules/currency.yaml:3:1: nothing has the currency 'never' {hint}"]
    rules.change("findings/ill.yaml", "timing: current", "timing: current\n    currency: never")
    assert told() == []


@pytest.mark.parametrize("name", ["findings/well.yaml", "concepts/more.yaml"])
def test_files_of_ones_own_may_hold_more_than_is_used(rules: MadeUpRules, name: str) -> None:
    path = rules.write(name, WELL if name == FINDING else f"concepts:\n{PEPPER}".replace("▶", ""))
    assert lint([path]) == []
