"""The tool behind `make mutate`: which changes it makes, and what it takes for noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation.equivalent import load_equivalent
from mutation.files import of_finding, of_trial
from mutation.judging import Judge
from mutation.places import label
from mutation.recording import Recording
from mutation.rules import Mutant, Rules

from trialsieve.engine.screening import Screener
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Kind
from trialsieve.rules.yaml_source import read_yaml

CONCEPTS = {name: Concept(name, name, frozenset({Kind.CONDITION}), ()) for name in ("lab", "dx")}

LOGIC = [
    ("true_when: a", "atoms: [{id: a, finding: b}]", ["true_when: not added"]),
    (
        "true_when: {all: [a, b]}",
        "atoms: [{id: a, finding: c}, {id: b, finding: d}]",
        [
            "true_when: not added",
            "true_when.all: -> any",
            "true_when.all.0: operand dropped",
            "true_when.all.0: not added",
            "true_when.all.1: operand dropped",
            "true_when.all.1: not added",
        ],
    ),
    ("true_when: {not: a}", "atoms: [{id: a, finding: b}]", ["true_when: not removed", "true_when.not: not added"]),
]
ATOMS = [
    (
        "measurement: lab, value: {above: 0, unit: mg}, within: 1 day",
        [
            "a.value.above: -> at_least",
            "a.value.above: 0 -> -1",
            "a.value.above: 0 -> 1",
            "a.value.above: -> below",
            "a.within: 1 -> 2 day",
            "a.within: -> less_than",
            "a.within: window dropped",
            "a.measurement: take latest -> any",
            "a.measurement: take latest -> all",
        ],
    ),
    (
        "measurement: lab, value: {above: 30, unit: mg}, within: 6 months",
        [
            "a.value.above: -> at_least",
            "a.value.above: 30 -> 29",
            "a.value.above: 30 -> 31",
            "a.value.above: 30 -> 27",
            "a.value.above: 30 -> 33",
            "a.value.above: -> below",
            "a.within: 6 -> 5 months",
            "a.within: 6 -> 7 months",
            "a.within: -> less_than",
            "a.within: window dropped",
            "a.measurement: take latest -> any",
            "a.measurement: take latest -> all",
        ],
    ),
    (
        'measurement: lab, take: any, value: {at_least: 0.5, at_most: 2, unit: "{score}"}, currency: none',
        [
            "a.value.at_least: -> above",
            "a.value.at_least: 0.5 -> 0.4",
            "a.value.at_least: 0.5 -> 0.6",
            "a.value.at_least: dropped",
            "a.value.at_most: -> below",
            "a.value.at_most: 2 -> 1",
            "a.value.at_most: 2 -> 3",
            "a.value.at_most: dropped",
            "a.take: take any -> latest",
            "a.take: take any -> all",
            "a.currency: dropped",
        ],
    ),
    (
        "result: lab, is: positive, after: b",
        [
            "a.after: dropped",
            "a.result: take latest -> any",
            "a.result: take latest -> all",
            "a.is: positive -> negative",
            "a.result: currency none added",
        ],
    ),
    (
        "result: lab, is: negative, heed_numbers: true",
        [
            "a.heed_numbers: dropped",
            "a.result: take latest -> any",
            "a.result: take latest -> all",
            "a.is: negative -> positive",
            "a.result: currency none added",
        ],
    ),
    (
        "recorded: dx, timing: current, absence: presume, skip: {site: [arm, leg]}",
        [
            "a.skip: dropped",
            "a.skip.site.0: arm dropped",
            "a.skip.site.1: leg dropped",
            "a.recorded: -> negated",
            "a.timing: current -> ever",
            "a.timing: current -> unstated",
            "a.timing: current -> index-disease",
            "a.timing: currency none",
            "a.absence: absence presume -> unknown",
            "a.absence: absence presume -> assessed-only",
        ],
    ),
    (
        "finding: b, review_when: [{says: why, reason: judgement, condition: {not_true: b}}]",
        [
            "a.review_when.0: case dropped",
            "a.review_when.0.reason: judgement -> unspecific",
            "a.review_when.0.condition: not added",
            "a.review_when.0.condition.not_true: -> not",
            "a.review_when.0.condition: not_true removed",
            "a.review_when.0.condition.not_true: not added",
        ],
    ),
]


def changes(text: str) -> list[str]:
    """What is changed of a finding, as it is named; the finding itself stays as it is."""
    data = read_yaml("made-up.yaml", text).data
    made = list(of_finding(data, CONCEPTS))
    assert data == read_yaml("made-up.yaml", text).data
    assert all(change.data != data for change in made)
    return [f"{label(data, change.where)}: {change.what}" for change in made]


@pytest.mark.parametrize(("logic", "atoms", "expected"), LOGIC)
def test_changes_of_logic(logic: str, atoms: str, expected: list[str]) -> None:
    made = changes(f"finding: f\n{logic}\n{atoms}\n")
    assert [name for name in made if name.startswith("true_when")] == expected


@pytest.mark.parametrize(("atom", "expected"), ATOMS)
def test_changes_of_an_atom(atom: str, expected: list[str]) -> None:
    made = changes(f"finding: f\ntrue_when: a\natoms: [{{id: a, {atom}}}]\n")
    assert [name for name in made if name not in {"true_when: not added", "a.id: absent added"}] == expected


def test_what_is_for_the_latest_result_goes_with_it() -> None:
    text = "finding: f\ntrue_when: a\natoms: [{id: a, result: lab, is: positive, heed_numbers: true}]\n"
    made = {change.what: change.data["atoms"][0] for change in of_finding(read_yaml("f.yaml", text).data, CONCEPTS)}
    assert made["take latest -> any"] == {"id": "a", "result": "lab", "is": "positive", "take": "any"}
    assert made["positive -> negative"]["heed_numbers"] is True


@pytest.mark.parametrize(
    ("atom", "told"),
    [
        ("finding: b", "a.id: absent added"),
        ("finding: b, absent: true", "a.absent: dropped"),
        ("judgement: true", None),  # an unknown stays unknown
    ],
)
def test_absent_is_turned(atom: str, told: str | None) -> None:
    made = changes(f"finding: f\ntrue_when: a\natoms: [{{id: a, {atom}}}]\n")
    assert [name for name in made if "absent" in name] == ([] if told is None else [told])


def test_a_stage_a_cohort_and_an_anchor_are_changed() -> None:
    data = read_yaml(
        "made-up.yaml",
        "{cohorts: [{id: A}], stages: [screening, infusion], anchors: [screening, infusion, start], criteria: [{id: "
        "I01, kind: inclusion, cohort: A, logic: a1, atoms: [{id: a1, recorded: dx, within: 2 weeks, back_from: start}]"
        "}]}",
    ).data
    made = {f"{label(data, change.where)}: {change.what}" for change in of_trial(data, CONCEPTS)}
    assert made >= {
        "I01.kind: inclusion -> exclusion",
        "I01.id: stage screening -> infusion",
        "I01.cohort: cohort A -> all",
        "I01.a1.within: anchor screening -> infusion",
        "I01.a1.within: window dropped",
        "I01.a1.back_from: dropped",
        "I01.a1.back_from: -> infusion",
    }


# --- on the shipped rules ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules()


def mutant(rules: Rules, file: str, key: str) -> Mutant:
    return next(each for each in rules.mutants(file) if each.key == key)


def test_what_is_listed_as_equivalent_is_a_change_that_is_made(rules: Rules, root: Path) -> None:
    listed = load_equivalent(root / "tools" / "mutation" / "equivalent.yaml")
    made = {(file, each.key) for file in {name for name, _ in listed} for each in rules.mutants(file)}
    assert sorted(listed.keys() - made) == []


@pytest.mark.parametrize(
    ("file", "key", "by"),
    [
        ("trials/NCT04762485.yaml", "I02.a1.age.at_most: 65 -> 66", "example 'the 66th birthday'"),
        ("findings/pregnant.yaml", "test-negative.is: negative -> positive", "example 'negative test this week'"),
        ("trials/NCT04762485.yaml", "I02.kind: inclusion -> exclusion", "inventory"),
        ("trials/NCT04762485.yaml", "I03.a1.value.at_least: dropped", None),
        ("trials/NCT04762485.yaml", "I02.a1.id: absent added", "example '11 years'"),
    ],
)
def test_what_notices_a_change(
    rules: Rules, monkeypatch: pytest.MonkeyPatch, file: str, key: str, by: str | None
) -> None:
    monkeypatch.setattr(Screener, "screen", Screener.screen)  # so that it is put back
    assert Judge(rules, Recording()).judge(mutant(rules, file, key)).by == by


def test_a_change_that_changes_nothing_is_none(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    """The concept's own currency class is what the atom states."""
    monkeypatch.setattr(Screener, "screen", Screener.screen)
    assert (
        Judge(rules, Recording()).judge(mutant(rules, "findings/pregnant.yaml", "on-record.currency: dropped")).by == ""
    )
