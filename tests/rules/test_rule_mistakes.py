"""Every kind of mistake in a rule file is told once, at its line and column. ▶ marks the place expected."""

from __future__ import annotations

import hashlib

import pytest

from tests.rules.made_up_rules import CONCEPTS, ILL, MARK, SOURCE, TRIAL, VERY_ILL, MadeUpRules
from trialsieve.rules.atom import Measurement
from trialsieve.rules.loader import load_rules

MISTAKES = [
    # --- how a file is written
    (TRIAL, "trial: T1\n", "trial: T1\n▶trial: T2\n", "the key 'trial' is given twice"),
    (TRIAL, "cohorts:\n", "cohorts: ▶]\n", "not valid YAML"),
    (TRIAL, "title: A trial", "▶titel: A trial\ntitle: A trial", "unknown key 'titel'"),
    (TRIAL, "title: A trial\n", "", "the key 'title' is missing"),
    (TRIAL, "version: 2026.1.1", "▶version: 2026.1", "'version' must be text, not 2026.1"),
    (TRIAL, "effective: 2026-01-01", "▶effective: 2026-13-01", "'effective' must be a date (YYYY-MM-DD)"),
    (TRIAL, "logic: {any: [a1, a2]}", "▶kid: 1\n    logic: {any: [a1, a2]}", "unknown key 'kid'"),
    (TRIAL, "kind: exclusion", "▶kind: exclusive", "'kind' cannot be 'exclusive'"),
    (TRIAL, "measurement: lab.sugar", "▶measurment: lab.sugar", "unknown key 'measurment'"),
    (TRIAL, "finding: ill", "finding: ill\n        ▶judgement: true", "can only have one of 'finding' and 'judgement'"),
    (TRIAL, "        finding: ill\n", "", "an atom needs one of the keys age, sex, measurement"),
    (TRIAL, "value: {at_least: 1,", "value: {at_least: 1, ▶abov: 2,", "unknown key 'abov'"),
    (TRIAL, "value: {above: 100,", "value: {▶above: '100',", "must be a number, not '100'"),
    (TRIAL, "value: {above: 100,", "▶value: {above: 100, at_least: 3,", "cannot both be the lower bound"),
    (TRIAL, "value: {above: 100,", "▶value: {above: 100, below: 100,", "no number lies between 100 and 100"),
    (TRIAL, "times_upper_limit: {at_least: 3}", "▶times_upper_limit: {}", "needs a bound"),
    (TRIAL, "within: 6 months", "▶within: half a year", "such as '6 months'"),
    (TRIAL, "        within: 6 months\n", "", "needs either a window (within, less_than) or 'timing'"),
    (TRIAL, "within: 6 months", "within: 6 months\n        less_than: 6 months", "cannot both be the window"),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {▶al: [a1, a2]}", "unknown key 'al'"),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {all: [a1, a2], ▶any: [a1]}", "can only have one of 'all' and 'any'"),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {at_least: {▶count: 0, of: [a1, a2]}}", "'count'"),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {▶at_least: {count: 3, of: [a1, a2]}}", "at least 3 of 2 can never hold"),
    (TRIAL, "    logic: {all: [a1, a2]}\n", "", "I01 needs either 'logic' or 'readings'"),
    (TRIAL, "value: 101, on: 3 d}", "value: 101, ▶on: 3 days}", "must be days before the as-of date"),
    (TRIAL, "value: 101, on: 3 d}", "value: 101, ▶onn: 3 d}", "unknown key 'onn'"),
    (TRIAL, "{concept: lab.sugar, value: 101, on: 3 d}", "▶{value: 101}", "says nothing"),
    (TRIAL, "expect: unknown", "▶expect: perhaps", "'expect' cannot be 'perhaps'"),
    (ILL, "date_from: [cough]", "▶date_form: [cough]", "unknown key 'date_form'"),
    (CONCEPTS, "label: sugar", "▶lable: sugar\n    label: sugar", "unknown key 'lable'"),
    (TRIAL, "title: A trial", "▶title: ''", "'title' must not be empty"),
    (TRIAL, "stages: [screening, infusion]", "▶stages: []", "'stages' must not be empty"),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {▶all: []}", "'all' must not be empty"),
    (TRIAL, "trial: T1", "▶trial: T 1", "'trial' cannot be 'T 1'"),
    # --- names that nothing has
    (TRIAL, "measurement: lab.sugar", "▶measurement: lab.suger", "there is no concept 'lab.suger'"),
    (TRIAL, "recorded: [dx.cough]", "recorded: [dx.fever, ▶dx.coug]", "there is no concept 'dx.coug'"),
    (TRIAL, "finding: ill", "▶finding: il", "there is no finding 'il'"),
    (TRIAL, "presume_unless: very-ill", "▶presume_unless: very-il", "there is no finding 'very-il'"),
    (TRIAL, "skip: {specimen: urine}", "skip: {▶speciman: urine}", "lab.salt has no facet 'speciman'"),
    (TRIAL, "skip: {specimen: urine}", "skip: {▶specimen: blood}", "has no value 'blood'"),
    (
        TRIAL,
        "given: [{concept: lab.sugar, value: 101",
        "given: [{▶concept: lab.suga, value: 101",
        "no concept 'lab.suga'",
    ),
    (TRIAL, "stage: infusion\n", "▶stage: infusions\n", "there is no stage 'infusions' in this trial"),
    (TRIAL, "cohort: grown-ups\n", "▶cohort: grownups\n", "there is no cohort 'grownups' in this trial"),
    (
        TRIAL,
        "within: 6 months",
        "within: 6 months\n        ▶anchor: enrolment",
        "anchor 'enrolment', which is not declared",
    ),
    (TRIAL, "within: 6 months", "timing: current\n        ▶currency: acut", "there is no currency class 'acut'"),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {all: [a1, a2, ▶a3]}", "there is no atom 'a3'"),
    (TRIAL, "{all: [fever, {not_true: a2}]}", "{all: [fever, {▶not_true: a9}]}", "there is no atom 'a9'"),
    (ILL, "date_from: [cough]", "date_from: [▶coughs]", "there is no atom 'coughs'"),
    *(
        (TRIAL, "given: []", f"given: [{{▶attests: '{attested}', answer: true}}]", told)
        for attested, told in (
            ("T1#I07", "this trial has no criterion 'T1#I07'"),
            ("T2#I01", "this trial has no criterion 'T2#I01'"),
            ("T1#I01.a7", "I01 has no atom 'a7'"),
        )
    ),
    (CONCEPTS, "currency: laboratory", "▶currency: labs", "there is no currency class 'labs'"),
    (
        CONCEPTS,
        "label: fever",
        "label: fever\n    onset_may_be_of: [dx.cough, ▶dx.coug]",
        "there is no concept 'dx.coug'",
    ),
    (
        CONCEPTS,
        "label: fever",
        "label: fever\n    never_of: [dx.cough, ▶dx.coug]",
        "there is no concept 'dx.coug'",
    ),
    # --- concepts that the resources looked at cannot have
    (TRIAL, "measurement: lab.sugar", "▶measurement: dx.cough", "no Observation carries dx.cough"),
    (
        TRIAL,
        "measurement: [lab.salt]\n        value",
        "result: [▶dx.cough]\n        is: positive\n#",
        "no Observation carries dx.cough",
    ),
    (TRIAL, "recorded: [dx.cough]", "recorded: [dx.fever, ▶lab.salt]", "nothing but Observations carries lab.salt"),
    (TRIAL, "recorded: [dx.cough]", "negated: [▶lab.salt]", "nothing but Observations carries lab.salt"),
    # --- units
    (TRIAL, "value: {above: 100, unit: mg/dL}", "▶value: {above: 100}", "the key 'unit' is missing"),
    (TRIAL, "value: {above: 100, unit: mg/dL}", "value: {above: 100, ▶unit: mg/deci}", "'mg/deci' is not a UCUM unit"),
    (TRIAL, "value: {above: 100, unit: mg/dL}", "value: {above: 100, ▶unit: kg}", "'kg' cannot be converted"),
    (TRIAL, "age: {at_least: 18, unit: a}", "▶age: {at_least: 18, unit: mo}", "age is counted in completed years"),
    # --- logic
    (TRIAL, "logic: {all: [a1, a2]}", "logic: a1", "the logic does not use the atom 'a2'"),
    (
        TRIAL,
        "logic: {any: [a1, a2]}",
        "logic: {any: [a1, a2, ▶fever]}",
        "'fever' is a helper or hint and cannot decide",
    ),
    (
        TRIAL,
        "logic: {all: [a1, a2]}",
        "logic: {all: [a1, {▶not_true: a2}]}",
        "'not_true' can only be used in conditions",
    ),
    (TRIAL, "logic: {all: [a1, a2]}", "logic: {all: [a1, {▶unless_shown: a2}]}", "'unless_shown' can only be used in"),
    (VERY_ILL, "true_when: ill", "true_when: {▶unless_shown: ill}", "'unless_shown' can only be used in"),
    (ILL, "true_when: {any: [cough, fever]}", "true_when: cough", "nothing uses the atom 'fever'"),
    (ILL, "    timing: current", "    timing: current\n    ▶quote: cough", "an atom of a finding has no 'quote'"),
    (TRIAL, "within: 6 months", "within: 6 months\n        when: a1", "read each other in a circle: a1 -> a2 -> a1"),
    (ILL, "recorded: [dx.fever]", "recorded: [dx.fever]\n    after: very-ill", "ill -> very-ill -> ill"),
    # --- ids
    (TRIAL, "  - id: I02", "  - ▶id: I01", "there are two of criterion 'I01'"),
    (TRIAL, "stages: [s", "  - ▶id: all\nstages: [s", "there are two of cohort 'all'"),
    (
        TRIAL,
        "      - id: fever",
        "      - {id: fever, helper: fever, finding: ill}\n      - ▶id: fever",
        "there are two atoms 'fever'",
    ),
    (
        CONCEPTS,
        "  - id: dx.fever",
        "  - {id: dx.fever, label: fever, kinds: [Condition]}\n  - ▶id: dx.fever",
        "dx.fever is given twice",
    ),
    # --- the registry's text
    (
        TRIAL,
        "text: Salt 3 times the upper limit or more.",
        "▶text: Salt 3 times.",
        "this is not in the registry's text",
    ),
    (TRIAL, "quote: Sugar above 100 mg/dL", "▶quote: Sugar over 100 mg/dL", "this quote is not in the text of I01"),
    (TRIAL, "      quote: Sugar above 100\n", "      ▶quote: Salt above 100\n", "this is not in the registry's text"),
    (TRIAL, "        quote: Ill\n", "", "'a1' needs a 'quote' of the sentence, or a 'helper' label"),
    (TRIAL, "helper: fever", "quote: Ill\n        ▶helper: fever", "either a 'quote' or a 'helper' label"),
    (TRIAL, "file: T1.txt", "▶file: T2.txt", "there is no registry text 'T2.txt'"),
    (TRIAL, "url: https", "url: x\n  ▶urls: https", "unknown key 'urls'"),
    # --- examples, readings, files
    (ILL, "  false: Nothing", "  true: Coughs never happen.\n  false: Nothing", "which 'never' says cannot be"),
    (
        TRIAL,
        "      above: a2\n",
        "      above: a2\n    amendment: {▶reading: abov, by: A, on: 2026-01-02, why: B}\n",
        "no reading 'abov'",
    ),
    (
        TRIAL,
        "stages: [screening, infusion]",
        "▶replaces: true\nstages: [screening, infusion]",
        "no earlier file has a trial",
    ),
]

PLACES_ELSEWHERE = {
    # the mistake shows somewhere other than where the change is made: what stands right after the place expected
    "the key 'title' is missing": "trial: T1",
    "an atom needs one of the keys": "id: a1\n        quote: Ill\n",
    "needs either a window (within": "id: a2\n        quote: a cough",
    "cannot both be the window": "id: a2\n        quote: a cough",
    "I01 needs either 'logic'": "id: I01",
    "does not use the atom 'a2'": "id: a2\n        quote: in a serum",
    "nothing uses the atom 'fever'": "id: fever",
    "circle: a1 -> a2 -> a1": "id: a1\n        quote: Ill",
    "ill -> very-ill -> ill": "finding: ill",
    "'a1' needs a 'quote'": "id: a1\n        finding: ill",
    "which 'never' says cannot": "expect: true",
}


def name_of(mistake: tuple[str, str, str, str]) -> str:
    return mistake[3]


@pytest.mark.parametrize("mistake", MISTAKES, ids=name_of)
def test_one_mistake_is_told_once_and_where_it_is(rules: MadeUpRules, mistake: tuple[str, str, str, str]) -> None:
    name, old, new, message = mistake
    place = rules.change(name, old, new)
    if MARK not in new:
        landmark = next(after for part, after in PLACES_ELSEWHERE.items() if part in message)
        text = rules.text(name)
        assert text.count(landmark) == 1
        place = rules.write_marked(name, text.replace(landmark, MARK + landmark))
    assert message in rules.only_problem(place).message


def test_a_state_is_not_looked_for_together_with_its_disease(rules: MadeUpRules) -> None:
    rules.change(CONCEPTS, "label: fever", "label: fever\n    onset_may_be_of: [dx.cough]")
    place = rules.change(ILL, "recorded: [dx.cough]", "recorded: [dx.cough, ▶dx.fever]")
    problem = rules.only_problem(place)
    assert problem.message == "'dx.fever' is looked for together with 'dx.cough', whose onset its own may be"
    assert problem.hint == "write an atom for each"


@pytest.mark.parametrize("attested", ["T1#I01", "T1#I01.a2"])
def test_an_answer_to_what_there_is_is_taken(rules: MadeUpRules, attested: str) -> None:
    rules.change(TRIAL, "given: []", f"given: [{{attests: '{attested}', answer: true}}]")
    assert load_rules()


def test_a_window_in_hours_is_refused_with_how_days_are_written(rules: MadeUpRules) -> None:
    problem = rules.only_problem(rules.change(TRIAL, "within: 6 months", "▶within: 48 hours"))
    assert problem.message.endswith("such as '6 months', not '48 hours'")
    assert problem.hint == "72 hours are '3 days'"


def test_an_annotation_is_no_unit_and_it_is_told_what_to_write(rules: MadeUpRules) -> None:
    rules.change(CONCEPTS, "unit: mmol/L", 'unit: "{ratio}"')
    problem = rules.problems()[0]
    assert (problem.message, problem.hint) == ("'{ratio}' is not a unit known here", "write '1'")


def test_a_changed_registry_text_is_refused_with_its_right_hash(rules: MadeUpRules) -> None:
    place = rules.change(TRIAL, "  sha256: ", "  ▶sha256: ")
    text = rules.text(SOURCE) + "\nAmended.\n"
    rules.write(SOURCE, text)
    assert hashlib.sha256(text.encode()).hexdigest() in rules.only_problem(place).hint


def test_all_problems_of_all_files_are_told_together(rules: MadeUpRules) -> None:
    rules.change(TRIAL, "kind: exclusion", "kind: exclusive")
    rules.change(TRIAL, "title: A trial", "titel: A trial")
    rules.change(ILL, "title: Ill", "title: [Ill]")
    rules.change(CONCEPTS, "label: sugar", "label: 3")
    paths = [problem.path.rsplit("/", 1)[1] for problem in rules.problems()]
    assert paths[:2] == ["made-up.yaml", "ill.yaml"]
    assert paths.count("T1.yaml") >= 3


def test_a_file_that_is_not_utf8_is_told_at_its_first_bad_byte(rules: MadeUpRules) -> None:
    (rules.folder / ILL).write_bytes(b"finding: ill\ntitle: caf\xe9\n")
    problem = rules.problems()[0]
    assert str(problem) == "trialsieve/rules/findings/ill.yaml:2:11: not UTF-8 text (save the file as UTF-8)"


def test_an_empty_file_is_a_problem_not_a_crash(rules: MadeUpRules) -> None:
    rules.write("findings/empty.yaml", "")
    [problem] = rules.problems()
    assert (
        str(problem) == "trialsieve/rules/findings/empty.yaml:1:1: the file must be a mapping (key: value), not empty"
    )


def test_concepts_of_different_currency_need_it_stated(rules: MadeUpRules) -> None:
    rules.change(CONCEPTS, "unit: mmol/L\n", "unit: mg/dL\n    currency: acute\n")
    rules.change(TRIAL, "value: {at_least: 1, unit: mmol/L}", "value: {at_least: 1, unit: mg/dL}")
    rules.change(TRIAL, "measurement: lab.sugar", "measurement: [lab.sugar, lab.salt]")
    text = rules.text(TRIAL)
    landmark = "id: a1\n        quote: Sugar above 100 mg/dL"
    place = rules.write_marked(TRIAL, text.replace(landmark, MARK + landmark))
    told = rules.only_problem(place).message
    assert "different currencies (lab.sugar: laboratory, lab.salt: acute)" in told
    rules.change(TRIAL, "value: {above: 100,", "currency: laboratory\n        value: {above: 100,")
    test = load_rules().trials["T1"].criteria[0].atoms[0].test
    assert isinstance(test, Measurement)
    assert test.currency == "laboratory"


def test_concepts_of_different_units_cannot_share_a_limit(rules: MadeUpRules) -> None:
    rules.change(TRIAL, "measurement: lab.sugar", "measurement: [lab.sugar, lab.salt]\n        currency: none")
    place = rules.change(TRIAL, "value: {above: 100, unit", "value: {above: 100, ▶unit")
    assert "different units (lab.sugar: mg/dL, lab.salt: mmol/L)" in rules.only_problem(place).message
