"""What authors of a first trial write wrongly is told where it stands, with what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trialsieve.rules.errors import RuleFilesError
from trialsieve.rules.lint import lint
from trialsieve.rules.loader import load_rules

if TYPE_CHECKING:
    from tests.rules.conftest import MadeUpRules

TRIAL = "trials/T1.yaml"
CONCEPTS = "concepts/made-up.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (TRIAL, "absence: presume\n", "absent_means: presume\n", "did you mean 'absence'?"),
        (
            TRIAL,
            "measurement: lab.sugar",
            "measurement: lab.sugar\n        absence: presume",
            "'recorded' or 'negated'",
        ),
        (TRIAL, "logic: {any: [a1, a2]}", "logic: a1 or a2", "write {any: [a1, a2]}"),
        (TRIAL, "logic: {any: [a1, a2]}", "logic: a1 and a2", "write {all: [a1, a2]}"),
        (TRIAL, "finding: ill\n", "judgement: yes\n", "one of: true"),
        (TRIAL, "recorded: [dx.cough]", "recorded: Coughs", "that is dx.cough"),
        (TRIAL, "given: []", "given: [{attests: 'T1#I07', answer: true}]", "this trial has no criterion 'T1#I07'"),
        (TRIAL, "given: []", "given: [{attests: 'T1#I01.a7', answer: true}]", "I01 has no atom 'a7'"),
        (TRIAL, "given: []", "given: [{attests: 'T2#I01', answer: true}]", "this trial has no criterion 'T2#I01'"),
        (CONCEPTS, "currency: laboratory", "currency: labs", "there is no currency class 'labs'"),
        (CONCEPTS, "unit: mmol/L", 'unit: "{ratio}"', "'{ratio}' is not a unit known here (write '1')"),
    ],
)
def test_it_is_told_what_to_write(rules: MadeUpRules, name: str, old: str, new: str, said: str) -> None:
    rules.change(name, old, new)
    with pytest.raises(RuleFilesError) as caught:
        load_rules()
    assert said in str(caught.value)


@pytest.mark.parametrize("attested", ["T1#I01", "T1#I01.a2"])
def test_an_answer_to_what_there_is_is_taken(rules: MadeUpRules, attested: str) -> None:
    rules.change(TRIAL, "given: []", f"given: [{{attests: '{attested}', answer: true}}]")
    assert load_rules()


@pytest.mark.parametrize(
    ("system", "code", "faults"),
    [
        ("http://loinc.org", "718-7", 0),
        ("http://loinc.org", "718-8", 1),
        ("http://snomed.info/sct", "22298006", 0),
        ("http://snomed.info/sct", "22298007", 1),
        ("urn:our:laboratory", "718-8", 0),
    ],
)
def test_a_wrong_check_digit_is_told(rules: MadeUpRules, system: str, code: str, faults: int) -> None:
    text = rules.text(CONCEPTS).replace("urn:test:", f"'{system}':", 1).replace("code: sugar", f"code: '{code}'", 1)
    rules.write(CONCEPTS, text)
    assert len([each for each in lint() if "check digit" in each.message]) == faults
