"""`trialsieve lint` tells what is easily written and means something else: a sign, several analytes, a code system."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import CONCEPTS, TRIAL, MadeUpRules
from trialsieve.rules.lint import lint


def messages(part: str) -> list[str]:
    return [str(problem) for problem in lint() if part in problem.message]


# --- the sign before a number -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign", "key"),
    [
        *((sign, "above") for sign in (">", "> ", "\\\\>", "＞")),
        *((sign, "at_least") for sign in ("≥", ">=", "≥ ", "≧", "=>")),
        *((sign, "below") for sign in ("<", "\\\\<", "＜")),
        *((sign, "at_most") for sign in ("≤", "<=", "≦", "=<")),
    ],
)
def test_a_limit_that_is_compared_by_another_sign_is_told(rules: MadeUpRules, sign: str, key: str) -> None:
    rules.reword("Sugar above 100", f"Sugar {sign}100")
    text = rules.text(TRIAL)
    told = {}
    for written in ("above", "at_least", "below", "at_most"):
        rules.write(TRIAL, text.replace("value: {above: 100", f"value: {{{written}: 100"))
        told[written] = [problem for problem in messages("the quote says") if "mg/dL', and the limit is" in problem]
    assert [written for written, problems in told.items() if not problems] == [key]
    (problem,) = told["above" if key != "above" else "at_least"]
    assert f"(that is '{key}'; or say in a note why it is " in problem


@pytest.mark.parametrize("said", ["above 100", "of more than 100", "100"])
def test_words_and_no_sign_are_not_compared(rules: MadeUpRules, said: str) -> None:
    if said != "above 100":
        rules.reword("Sugar above 100", f"Sugar {said}")
    rules.change(TRIAL, "value: {above: 100", "value: {at_least: 100")
    assert messages("the quote says") == []


def test_each_bound_of_two_is_held_to_its_own_sign(rules: MadeUpRules) -> None:
    rules.reword("Sugar above 100", "Sugar ≥100 and <200")
    text = rules.text(TRIAL)
    rules.write(TRIAL, text.replace("{above: 100,", "{at_least: 100, below: 200,"))
    assert messages("the quote says") == []
    rules.write(TRIAL, text.replace("{above: 100,", "{at_least: 100, at_most: 200,"))
    (problem,) = messages("the quote says")
    assert "the quote says '< 200 mg/dL', and the limit is at_most: 200 mg/dL (that is 'below'; " in problem


@pytest.mark.parametrize("more", ["note: 100 itself counts as the protocol says", "absent: true"])
def test_a_note_that_names_the_number_explains_it_and_so_does_what_is_turned_round(
    rules: MadeUpRules, more: str
) -> None:
    rules.reword("Sugar above 100", "Sugar >100")
    rules.change(TRIAL, "value: {above: 100, unit: mg/dL}", f"value: {{at_least: 100, unit: mg/dL}}\n        {more}")
    assert messages("the quote says") == []


# --- several analytes -------------------------------------------------------------------------------------------------


def test_of_several_analytes_the_newest_alone_would_decide(rules: MadeUpRules) -> None:
    place = rules.change(TRIAL, "measurement: lab.sugar", "▶measurement: [lab.sugar, lab.sugar2]")
    one = rules.text(CONCEPTS)
    sugar = one[one.index("  - id: lab.sugar") : one.index("  - id: lab.salt")]
    rules.write(CONCEPTS, one + sugar.replace("lab.sugar", "lab.sugar2").replace("sugar,", "sugar2,"))
    assert messages("the newest of") == [
        f"{place}: the newest of lab.sugar and lab.sugar2 decides alone, whatever the others say "
        "(write an atom for each; or say in its note why that is right)"
    ]
    text = rules.text(TRIAL)
    for more in ("take: any", "take: latest", "note: one names the other"):
        rules.write(TRIAL, text.replace("lab.sugar2]\n", f"lab.sugar2]\n        {more}\n"))
        assert messages("the newest of") == []


# --- a code system ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["http://loinc.com", "https://loinc.org", "http://loinc.org/", "http://LOINC.org"])
def test_a_code_system_that_is_a_slip_of_another_is_told(rules: MadeUpRules, system: str) -> None:
    known = "      http://loinc.org:\n        - {code: 1742-6, label: Sugar, role: definitive, source: made up}\n"
    text = rules.text(CONCEPTS)
    with_loinc = text.replace(
        "    codes:\n      urn:test:\n        - {code: sugar",
        f"    codes:\n{known}      urn:test:\n        - {{code: sugar",
    )
    rules.write(CONCEPTS, with_loinc)
    assert messages("code system") == []
    rules.write(
        CONCEPTS,
        with_loinc.replace("      urn:test:\n        - {code: cough", f"      {system}:\n        - {{code: cough"),
    )
    (problem,) = messages("no record names the code system")
    assert f"'{system}' (did you mean 'http://loinc.org'?)" in problem


@pytest.mark.parametrize("system", ["urn:example:laboratory", "http://hl7.org/fhir/sid/icd-9-cm"])
def test_a_system_of_its_own_is_no_slip(rules: MadeUpRules, system: str) -> None:
    code = "        - {code: R05, label: Cough, role: definitive, source: made up}\n"
    icd = f"      http://hl7.org/fhir/sid/icd-10-cm:\n{code}"
    text = rules.text(CONCEPTS)
    place = "      urn:test:\n        - {code: cough"
    rules.write(CONCEPTS, text.replace(place, f"{icd}      {system}:\n        - {{code: cough"))
    assert messages("code system") == []
