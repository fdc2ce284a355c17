"""The coverage gate: whatever a trial file loses of the registry's text is told with its place."""

from __future__ import annotations

import pytest

from tests.rules.made_up_inventory import ELEMENTS, EXCEPTIONS, INVENTORY, SECTIONS, changed, sha256
from tests.rules.made_up_rules import GATE, MARK, SERUM, SUGAR, TRIAL, MadeUpRules
from trialsieve.rules.check_coverage import check, main


@pytest.fixture
def covered(rules: MadeUpRules) -> MadeUpRules:
    """The made-up rules, with an inventory that they fulfil."""
    before, text = rules.text("sources/T1.txt"), rules.text("sources/T1.txt") + "\nThe end\n"
    rules.write("sources/T1.txt", text)
    changed(rules, TRIAL, (sha256(before), sha256(text)))
    rules.write("inventory/T1.yaml", INVENTORY.replace("SHA256", sha256(text)))
    for name, content in (("elements", ELEMENTS), ("sections", SECTIONS), ("exceptions", EXCEPTIONS)):
        rules.write(f"inventory/{name}.yaml", content)
    return rules


def told() -> list[str]:
    return [str(problem) for problem in check()]


def test_a_trial_that_holds_everything_passes(covered: MadeUpRules) -> None:
    assert check() == []


A2_OF_I01 = f"      - id: a2\n        quote: in a serum sample\n{SERUM}"
READINGS = "readings:\n      or-more: a1\n      above: a2\n"
ONLY_A1 = ("logic: {any: [a1, a2]}", "logic: a1")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            [("logic: {all: [a1, a2]}", "logic: a1"), (A2_OF_I01, ""), ("id: I01", f"{MARK}id: I01")],
            "the atom a2 of I01 is missing: 'in a serum sample'",
            id="a missing atom",
        ),
        pytest.param(
            [("quote: Ill\n", f"{MARK}quote: Ill, with a cough\n")],
            "the quote is 'Ill' in the inventory",
            id="another quote",
        ),
        pytest.param(
            [("text: Ill, with a cough in the last 6 months.", f"{MARK}text: Ill, with a cough in the last 6 months")],
            "the text of X01 is 'Ill, with a cough in the last 6 months.' in the inventory",
            id="another text",
        ),
        pytest.param(
            [("kind: exclusion", f"{MARK}kind: inclusion")],
            "the kind of X01 is inclusion, but exclusion in the inventory",
            id="another kind",
        ),
        pytest.param(
            [("stage: infusion", f"{MARK}stage: screening")],
            "the stage of I02 is screening, but infusion in the inventory",
            id="another stage",
        ),
        pytest.param(
            [("cohort: grown-ups", f"{MARK}cohort: all")],
            "the cohort of I02 is all, but grown-ups in the inventory",
            id="another cohort",
        ),
        pytest.param(
            [
                (SUGAR, "        judgement: true\n"),
                ("- id: a1\n        quote: Sugar", f"- {MARK}id: a1\n        quote: Sugar"),
            ],
            "a1 can be computed, but is left to a person",
            id="what can be computed left to a person",
        ),
        pytest.param(
            [
                ONLY_A1,
                ("- id: a2\n        quote: a cough", f"- {MARK}id: a2\n        role: hint\n        quote: a cough"),
            ],
            "a2 must take part in the decision, but is only shown",
            id="a condition that is only a hint",
        ),
        pytest.param(
            [
                (
                    "- id: fever\n        helper: fever\n",
                    f"- {MARK}id: fever\n        role: hint\n        quote: cough\n",
                )
            ],
            "the inventory has no atom fever of X01",
            id="an atom too many",
        ),
        pytest.param(
            [(READINGS, "logic: {any: [a1, a2]}\n"), ("id: I02", f"{MARK}id: I02")],
            "I02 can be read in two ways and has no 'readings'",
            id="a reading chosen without an amendment",
        ),
        pytest.param(
            [("      above: a2\n", "      above: {all: [a1, a2]}\n"), ("readings:", f"{MARK}readings:")],
            "the logic of I02 is 'a2' in the inventory",
            id="another reading",
        ),
        pytest.param(
            [("logic: {any: [a1, a2]}", f"{MARK}logic: {{all: [a1, a2]}}")],
            "the logic of X01 is 'a1 or a2' in the inventory",
            id="another logic",
        ),
        pytest.param(
            [("stages: [screening, infusion]", f"{MARK}stages: [infusion, screening, follow-up]")],
            "the list of stages is follow-up, infusion, screening, but infusion, screening in the inventory",
            id="another stage in the list",
        ),
        pytest.param(
            [(GATE, ""), ("- id: grown-ups", f"- {MARK}id: grown-ups")],
            "the cohort grown-ups lacks its gate",
            id="a cohort without its gate",
        ),
    ],
)
def test_what_is_lost_is_told(covered: MadeUpRules, changes: list[tuple[str, str]], message: str) -> None:
    place = changed(covered, TRIAL, *changes)
    assert any(line.startswith(f"{place}: {message}") for line in told()), told()


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ("hint", "a2 is a hint and must not decide"),
        ("unresolved", "a2 stands for words that are cut off or lost"),
        ("carve-out", ""),
        ("gate", ""),
    ],
)
def test_an_atom_is_to_its_criterion_what_the_inventory_says(covered: MadeUpRules, role: str, message: str) -> None:
    changed(covered, "inventory/T1.yaml", ("element: cough,", f"element: cough, role: {role},"))
    place = changed(covered, TRIAL, ("- id: a2\n        quote: a cough", f"- {MARK}id: a2\n        quote: a cough"))
    assert [line.partition(" (")[0] for line in told()] == ([f"{place}: {message}"] if message else [])


def test_a_missing_criterion_is_told_with_its_sentence(covered: MadeUpRules) -> None:
    x01 = covered.text(TRIAL).partition("  - id: X01\n")[2]
    place = changed(covered, TRIAL, (f"  - id: X01\n{x01}", ""), ("criteria:", f"{MARK}criteria:"))
    assert told() == [
        "trialsieve/rules/sources/T1.txt:9:6: no criterion accounts for 'Ill, with a cough in the last 6 months.' "
        "(write a criterion, or say in sections.yaml why it is none)",
        f"{place}: the criterion X01 is missing: 'Ill, with a cough in the last 6 months.'",
    ]


def test_a_criterion_too_many_is_told(covered: MadeUpRules) -> None:
    changed(covered, "inventory/T1.yaml", ("  X01:", "  X02:"))
    place = changed(covered, TRIAL, ("id: X01", f"{MARK}id: X01"))
    assert f"{place}: the inventory has no criterion X01" in told()


def test_another_logic_may_be_explained(covered: MadeUpRules) -> None:
    changed(covered, TRIAL, ("logic: {any: [a1, a2]}", "logic: {all: [a1, a2]}"))
    covered.write("inventory/exceptions.yaml", f"{EXCEPTIONS}other_logic: [{{criterion: T1#X01, why: a reason}}]\n")
    assert told() == []


def test_an_anchor_too_many_is_told_unless_explained(covered: MadeUpRules) -> None:
    place = changed(covered, TRIAL, ("anchors: [screening, infusion]", f"anchors: {MARK}[screening, infusion, start]"))
    (line,) = told()
    assert line.startswith(place.rpartition(":")[0])
    assert "the list of anchors is infusion, screening, start, but infusion, screening in the inventory" in line
    explained = "anchors_too: [{trial: T1, anchors: [start], why: a reason}]"
    covered.write("inventory/exceptions.yaml", f"{EXCEPTIONS}{explained}\n")
    assert told() == []


# --- sentences --------------------------------------------------------------------------------------------------------


def test_the_rest_of_a_sentence_that_is_cut_short_is_told(covered: MadeUpRules) -> None:
    for name in (TRIAL, "inventory/T1.yaml"):
        changed(
            covered, name, ("text: Ill, with a cough in the last 6 months.", "text: Ill, with a cough in the last 6")
        )
        changed(covered, name, ("quote: a cough in the last 6 months", "quote: a cough in the last 6"))
    assert [line.partition(" (")[0] for line in told()] == [
        "trialsieve/rules/sources/T1.txt:9:38: no criterion accounts for 'months.'"
    ]


def test_a_line_that_is_no_criterion_needs_a_reason(covered: MadeUpRules) -> None:
    changed(covered, "inventory/sections.yaml", ("    - {text: Exclusion, why: heading}\n", ""))
    assert [line.partition(" (")[0] for line in told()] == [
        "trialsieve/rules/sources/T1.txt:7:1: no criterion accounts for 'Exclusion'"
    ]


def test_two_criteria_cannot_stand_for_one_sentence(covered: MadeUpRules) -> None:
    salt = ("text: Sugar above 100 mg/dL in a serum sample.", "text: Salt 3 times the upper limit or more.")
    quotes = (("quote: Sugar above 100 mg/dL", "quote: Salt 3 times"), ("quote: in a serum sample", "quote: or more"))
    for name in (TRIAL, "inventory/T1.yaml"):
        changed(covered, name, salt, *quotes)
    assert any("the text of I02 is not in the eligibility section, or stands for another" in line for line in told())
    assert any("T1.txt:3:6: no criterion accounts for 'Sugar above 100 mg/dL'" in line for line in told())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("begins: Inclusion", "begins: Inclusions", "the line 'Inclusions' stands 0 times in the registry's text"),
        ("ends: The end", "ends: Finis", "the line 'Finis' stands 0 times in the registry's text"),
        (
            "text: Inclusion,",
            "text: Heading,",
            "sections.yaml lists 'Heading', which is not in the eligibility section",
        ),
        ("why: heading}\n", "why: heading, by: I09}\n", "sections.yaml relies on I09 for 'Inclusion'"),
    ],
)
def test_a_section_that_does_not_fit_the_text_is_told(covered: MadeUpRules, old: str, new: str, message: str) -> None:
    covered.write("inventory/sections.yaml", SECTIONS.replace(old, new, 1))
    assert any(message in line for line in told()), told()


def test_a_text_that_changed_is_told_even_if_its_new_hash_is_written_down(covered: MadeUpRules) -> None:
    text = covered.text("sources/T1.txt")
    covered.write("sources/T1.txt", text + "\n")
    assert any("this is not the SHA-256 of T1.txt" in line for line in told())
    place = changed(covered, TRIAL, (f"sha256: {sha256(text)}", f"{MARK}sha256: {sha256(text + chr(10))}"))
    assert [line.partition(",")[0] for line in told()] == [f"{place}: the inventory was made from another text"]


# --- concepts ---------------------------------------------------------------------------------------------------------


def test_a_concept_of_the_element_that_nothing_uses_is_told(covered: MadeUpRules) -> None:
    changed(covered, "inventory/elements.yaml", ("[lab.sugar]", "[lab.sugar, lab.salt]"))
    place = changed(covered, TRIAL, ("- id: a1\n        quote: Sugar", f"- {MARK}id: a1\n        quote: Sugar"))
    assert told() == [
        f"{place}: this is 'sugar', but nothing here uses its concept 'lab.salt' "
        "(use it, or say why not in exceptions.yaml under not_used)"
    ]
    not_used = "not_used: [{elements: [sugar], concepts: [lab.salt], why: a reason}]\n"
    covered.write("inventory/exceptions.yaml", EXCEPTIONS + not_used)
    assert told() == []


def test_a_concept_that_the_element_does_not_stand_for_is_told(covered: MadeUpRules) -> None:
    further = ("recorded: [dx.cough]", "recorded: [dx.cough, dx.fever]")
    place = changed(
        covered, TRIAL, further, ("- id: a2\n        quote: a cough", f"- {MARK}id: a2\n        quote: a cough")
    )
    assert [line.partition(" (")[0] for line in told()] == [
        f"{place}: this is 'cough', which does not stand for the concept 'dx.fever'"
    ]
    used_too = "  - {elements: [cough], concepts: [dx.fever], why: a reason}\n"
    covered.write("inventory/exceptions.yaml", used_too.join(["used_too:\n", ""]))
    assert told() == []


def test_a_concept_that_only_a_finding_uses_is_told_with_the_finding(covered: MadeUpRules) -> None:
    covered.write("inventory/exceptions.yaml", "used_too: []\n")
    place = changed(covered, TRIAL, ("- id: a2\n        quote: a cough", f"- {MARK}id: a2\n        quote: a cough"))
    assert [line.partition(" (drop")[0] for line in told()] == [
        f"{place}: this is 'cough', which does not stand for the concept 'dx.fever' (through ill)"
    ]


def test_an_exception_that_nothing_needs_is_told(covered: MadeUpRules) -> None:
    idle = f"  - {{elements: [sugar, {MARK}nothing], concepts: [dx.fever], why: a reason}}\n"
    place = covered.write_marked("inventory/exceptions.yaml", EXCEPTIONS + idle)
    no_element, not_needed = told()
    assert no_element == f"{place}: there is none of elements 'nothing'"
    assert "nothing needs the exception 'dx.fever' of 'sugar' any more (drop it)" in not_needed


def test_an_element_has_concepts_or_a_gap(covered: MadeUpRules) -> None:
    changed(covered, "inventory/elements.yaml", ("{concepts: [lab.sugar]}", "{concepts: []}"))
    assert any("an element without concepts needs a 'gap' that says why" in line for line in told())


# --- asides -----------------------------------------------------------------------------------------------------------

ASIDE = "    asides:\n      - {id: a3, quote: with a cough, role: carve-out, of: a1, note: never counts}\n"
A3 = "      a3: {quote: with a cough, element: sugar, role: carve-out, computability: computable}\n"


@pytest.fixture
def with_aside(covered: MadeUpRules) -> MadeUpRules:
    changed(
        covered,
        "inventory/T1.yaml",
        ("element: cough, computability: computable}\n", "element: cough, computability: computable}\n" + A3),
    )
    changed(covered, TRIAL, ("    logic: {any: [a1, a2]}\n", "    logic: {any: [a1, a2]}\n" + ASIDE))
    return covered


def test_a_carve_out_may_be_an_aside(with_aside: MadeUpRules) -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: a3", "id: a4", "the atom a3 of X01 is missing: 'with a cough'"),
        ("quote: with a cough, role", "quote: a cough, role", "the quote is 'with a cough' in the inventory"),
        ("quote: with a cough, role", "quote: no cough, role", "this quote is not in the text of X01"),
        ("role: carve-out", "role: allowance", "a3 is a carve-out in the inventory"),
        ("of: a1", "of: a9", "there is no atom 'a9'"),
        ("id: a3", "id: a2", "'a2' is already an atom or aside of X01"),
    ],
)
def test_an_aside_is_checked_like_an_atom(with_aside: MadeUpRules, old: str, new: str, message: str) -> None:
    changed(with_aside, TRIAL, (old, new))
    assert any(message in line for line in told()), told()


def test_what_is_carved_out_must_not_count(with_aside: MadeUpRules) -> None:
    changed(with_aside, "inventory/T1.yaml", ("element: sugar, role: carve-out", "element: cough, role: carve-out"))
    changed(with_aside, TRIAL, ("of: a1", "of: a2"))
    assert any("'dx.cough' is carved out of a2, which counts it" in line for line in told()), told()


# --- trials without rules, and the shipped rules ----------------------------------------------------------------------


def test_a_trial_without_rules_is_a_fault(covered: MadeUpRules) -> None:
    covered.write("inventory/T2.yaml", covered.text("inventory/T1.yaml").replace("trial: T1", "trial: T2"))
    covered.write("inventory/sections.yaml", SECTIONS + SECTIONS.replace("T1:", "T2:"))
    assert told() == ["trialsieve/rules/inventory/T2.yaml:1:1: there is no rule file for the trial T2"]


def test_the_shipped_trials_are_covered() -> None:
    assert told() == []


def test_a_directory_of_ones_own_is_not_passed_over_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["our-trials"]) == 2
    assert "For a directory of your own: trialsieve lint DIR --examples" in capsys.readouterr().err
