"""What is wrong with a rule file is told with how to put it right."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import CONCEPTS, TRIAL, MadeUpRules


@pytest.mark.parametrize(
    ("name", "old", "new", "hint"),
    [
        (TRIAL, "title: A trial", "titel: A trial\ntitle: A trial", "did you mean 'title'?"),
        (TRIAL, "measurement: lab.sugar", "measurment: lab.sugar", "did you mean 'measurement'?"),
        (TRIAL, "measurement: lab.sugar", "measurement: lab.suger", "did you mean 'lab.sugar'?"),
        (
            TRIAL,
            "measurement: lab.sugar",
            "measurement: lab.sugar\n        heed_numbers: true",
            "'heed_numbers' belongs to 'result'",
        ),
        (
            TRIAL,
            "measurement: lab.sugar",
            "measurement: lab.sugar\n        in: serum",
            "'in' belongs to 'same_resource_as'",
        ),
        (TRIAL, "finding: ill", "finding: ill\n        timing: ever", "'timing' belongs to 'recorded' or 'negated'"),
        (TRIAL, "recorded: [dx.cough]", "recorded: [urine-salt]", "that is a code of lab.salt"),
        (
            TRIAL,
            "recorded: [dx.cough]",
            "recorded: [lab.salt]",
            "use 'measurement' for a number, 'result' for positive or negative",
        ),
        (TRIAL, "measurement: lab.sugar", "measurement: dx.cough", "use 'recorded'"),
        (TRIAL, "recorded: [dx.cough]", "recorded: Coughs", "that is dx.cough"),
        (TRIAL, "recorded: [dx.cough]", "recorded: chest.coughs", "that is dx.cough"),
        (TRIAL, "measurement: lab.sugar", "measurement: blood.suger", "did you mean 'lab.sugar'?"),
        (TRIAL, "absence: presume\n", "absent_means: presume\n", "did you mean 'absence'?"),
        (
            TRIAL,
            "measurement: lab.sugar",
            "measurement: lab.sugar\n        absence: presume",
            "'absence' belongs to 'recorded' or 'negated'",
        ),
        (TRIAL, "logic: {any: [a1, a2]}", "logic: a1 or a2", "write {any: [a1, a2]}"),
        (TRIAL, "logic: {any: [a1, a2]}", "logic: a1 and a2", "write {all: [a1, a2]}"),
        (TRIAL, "logic: {any: [a1, a2]}", "logic: [a1, a2]", "write {all: [...]} or {any: [...]}"),
        (
            TRIAL,
            "quote: Ill\n",
            "quote: ill\n",
            "nowhere does it say 'ill'; a quote is a part of it, word by word",
        ),
        (
            TRIAL,
            "quote: Sugar above 100 mg/dL\n",
            "quote: Sugar above 100mg/dL\n",
            "after 'Sugar above' that goes on '100', and this '100mg/dL'; a quote is a part of it, word by word",
        ),
        (
            TRIAL,
            "examples:\n",
            "asides: [{id: b1, quote: A note: this, role: allowance, of: a1, note: none}]\n    examples:\n",
            "put a text that holds ': ' in quotes; or is a bracket not closed in the line before?",
        ),
        (
            TRIAL,
            "value: {above: 100, unit: mg/dL}",
            "value: above 100 mg/dL",
            "its keys: above, at_least, at_most, below, unit",
        ),
        (TRIAL, "finding: ill\n", "judgement: yes\n", "one of: true"),
        (TRIAL, "given: []", "given: [{attests: 'T1#I01.a7', answer: true}]", "its atoms: a1, a2"),
        (TRIAL, "given: []", "given: [{attests: 'T1#Z', answer: true}]", "write T1#I01, or one atom as T1#I01.a1"),
        (
            CONCEPTS,
            "currency: laboratory",
            "currency: labs",
            "one of: acute, laboratory; or leave it out: never too old",
        ),
        (TRIAL, "finding: ill", "finding: il", "did you mean 'ill'?"),
        (TRIAL, "specimen: urine", "speciman: urine", "did you mean 'specimen'?"),
        (TRIAL, "kind: exclusion", "kind: exclusive", "did you mean 'exclusion'?"),
        (TRIAL, "kind: exclusion", "kind: exclusion\n    applies_to: women", "one of: male, female"),
        (TRIAL, "version: 2026.1.1", "version: 2026.1", "put it in quotes"),
        (TRIAL, "unit: mg/dL", "unit: kg", "that is 'mg/dL'"),
        (TRIAL, "logic: a1", "logic: a", "the atoms here: a1, a2"),
        (
            TRIAL,
            "        value: {above",
            "      value: {above",
            "does the line begin in the column of those that it belongs to?",
        ),
        (TRIAL, "kind: exclusion", "kind exclusion", "a ': ' is missing here, or in the line before"),
        (TRIAL, "quote: Ill\n", "quote: >100 ill\n", "put a text that begins with '>' or '|' in quotes"),
        (
            TRIAL,
            "logic: {any: [a1, a2]}",
            "logic: {any: [a1, a2]",
            "a bracket is not closed in the line before, or a text that holds ',' is not in quotes",
        ),
        (TRIAL, "value: {above: 100, unit: mg/dL}", "value: {above: 100, unit: μg/dL}", "write 'ug/dL'"),
        (
            TRIAL,
            "measurement: lab.sugar",
            "measurement: lab.height",
            "docs/reference/concepts lists them; one of your own goes into a file of 'concepts/'",
        ),
        (TRIAL, "finding: ill\n", "finding: at-death-s-door\n", "docs/reference/findings lists them"),
    ],
)
def test_a_problem_says_how_to_put_it_right(rules: MadeUpRules, name: str, old: str, new: str, hint: str) -> None:
    if old == "logic: a1":
        rules.change(name, "logic: {all: [a1, a2]}", "logic: {all: [a1, a2, nothing-like-it]}")
    else:
        rules.change(name, old, new)
    [problem] = rules.problems()
    assert problem.hint == hint
    assert str(problem).endswith(f" ({hint})")
