"""What the criteria of rule files become in the model: logic, readings, examples, and where they are written."""

from __future__ import annotations

from tests.rules.made_up_rules import TRIAL, MadeUpRules
from trialsieve.rules.loader import load_rules
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Not, NotTrue, UnlessShown


def test_logic_nests(rules: MadeUpRules) -> None:
    written = "{any: [{not: a1}, {at_least: {count: 1, of: [a1, a2]}}, {unless_shown: {all: [a2]}}]}"
    rules.change(TRIAL, "logic: {any: [a1, a2]}", f"logic: {written}")
    a1, a2 = AtomRef("a1"), AtomRef("a2")
    criterion = load_rules().trials["T1"].criteria[2]
    assert criterion.logic == AnyOf((Not(a1), AtLeast(1, (a1, a2)), UnlessShown(AllOf((a2,)))))
    assert criterion.atoms[0].review_when[0].condition == AllOf((AtomRef("fever"), NotTrue(a2)))


def test_helpers_and_hints_are_no_operands(rules: MadeUpRules) -> None:
    rules.change(TRIAL, "logic: {any: [a1, a2]}", "logic: a1")
    rules.change(TRIAL, "        recorded: [dx.cough]\n", "        role: hint\n        recorded: [dx.cough]\n")
    atoms = load_rules().trials["T1"].criteria[2].atoms
    assert [(atom.id, atom.operand) for atom in atoms] == [("a1", True), ("a2", False), ("fever", False)]


def test_readings_have_no_logic_until_an_amendment_chooses_one(rules: MadeUpRules) -> None:
    criterion = load_rules().trials["T1"].criteria[1]
    assert criterion.logic is None
    assert [name for name, _ in criterion.readings] == ["or-more", "above"]
    amendment = "    amendment: {reading: above, by: Dr A, on: 2026-02-03, why: The sponsor wrote so.}\n"
    rules.change(TRIAL, "      above: a2\n", f"      above: a2\n{amendment}")
    amended = load_rules().trials["T1"].criteria[1]
    assert amended.logic == AtomRef("a2")
    assert amended.readings == criterion.readings
    assert amended.amendment is not None
    assert (amended.amendment.reading, amended.amendment.by) == ("above", "Dr A")


def test_lines_lead_back_to_the_file(rules: MadeUpRules) -> None:
    lines = rules.text(TRIAL).splitlines()
    trial = load_rules().trials["T1"]
    criterion = trial.criteria[0]
    assert lines[criterion.line - 1] == "  - id: I01"
    assert lines[criterion.atoms[1].line - 1] == "      - id: a2"
    assert "name: sour" in lines[criterion.examples[1].line - 1]
    assert "value: 100," in lines[criterion.examples[1].given[0].line - 1]
    gate = trial.cohorts[1].gate
    assert gate is not None
    assert "gate" in lines[gate.line - 1]


def test_examples_keep_their_facts_as_written(rules: MadeUpRules) -> None:
    rules.change(
        TRIAL,
        "{concept: lab.sugar, value: 101, on: 3 d}",
        "{concept: lab.sugar, value: [101, 110], comparator: '>', on: null, certainty: weak}",
    )
    [given] = load_rules().trials["T1"].criteria[0].examples[0].given
    assert given.values == {
        "concept": "lab.sugar",
        "value": [101, 110],
        "comparator": ">",
        "on": None,
        "certainty": "weak",
    }
