"""`trialsieve lint` tells what loading refuses, and what a careful author would also want to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.made_up_rules import CONCEPTS, TRIAL, MadeUpRules
from trialsieve.rules.errors import UsageError
from trialsieve.rules.lint import lint


def told(*paths: Path) -> list[str]:
    return [str(problem) for problem in lint(paths)]


def test_the_shipped_rules_are_clean() -> None:
    assert told() == []


def test_an_outcome_without_an_example_or_a_reason_is_told(rules: MadeUpRules) -> None:
    hint = "(add one, or say under 'never' why there can be none)"
    missing = f"has no example that expects true or false or unknown {hint}"
    assert told() == [
        f"trialsieve/rules/findings/very-ill.yaml:1:1: very-ill {missing}",
        f"trialsieve/rules/trials/T1.yaml:37:5: I02 {missing}",
        f"trialsieve/rules/trials/T1.yaml:54:5: X01 {missing}",
    ]


@pytest.mark.parametrize(("name", "letter"), [("I03", "X"), ("E01", "X"), ("X", "X"), ("X1a", "X")])
def test_an_id_that_does_not_say_its_kind_is_told(rules: MadeUpRules, name: str, letter: str) -> None:
    place = rules.change(TRIAL, "  - id: X01", f"  - ▶id: {name}")
    hint = f"(its id is {letter} and a number, such as {letter}01; or is the kind wrong?)"
    assert f"{place}: {name} is of kind exclusion {hint}" in told()


def test_a_sentence_that_only_a_person_judges_needs_no_example(rules: MadeUpRules) -> None:
    text = rules.text(TRIAL)
    start = text.index("    logic: {any: [a1, a2]}")
    judged = "    logic: a1\n    atoms:\n      - {id: a1, quote: Ill, judgement: true}\n"
    rules.write(TRIAL, text[:start] + judged)
    assert [line for line in told() if "X01 has no example" in line] == []
    with_cough = "      - {id: a2, quote: a cough in the last 6 months, recorded: dx.cough, within: 6 months}\n"
    rules.write(TRIAL, text[:start] + judged.replace("logic: a1", "logic: {any: [a1, a2]}") + with_cough)
    assert len([line for line in told() if "X01 has no example" in line]) == 1


def test_a_reason_under_never_takes_the_place_of_an_example(rules: MadeUpRules) -> None:
    assert not any("finding" in line and " ill " in line for line in told())
    rules.change("findings/ill.yaml", "never:\n  false: Nothing on record proves nothing.\n", "")
    assert any("ill.yaml:1:1: ill has no example that expects false (" in line for line in told())


def test_a_helper_that_nothing_uses_is_told(rules: MadeUpRules) -> None:
    rules.change(TRIAL, "{all: [fever, {not_true: a2}]}", "{not_true: a2}")
    assert any(
        line.startswith("trialsieve/rules/trials/T1.yaml:72:9: nothing uses the helper 'fever'") for line in told()
    )


def test_a_unit_of_a_concept_that_is_not_ucum_is_told(rules: MadeUpRules) -> None:
    factors = 'factors: {mmol/L: "18"'
    place = rules.change(CONCEPTS, factors, factors + ', ▶mmol/Litre: "18"')
    assert f"{place}: 'mmol/Litre' is not a UCUM unit" in told()


def test_what_loading_refuses_is_told_too(rules: MadeUpRules) -> None:
    rules.change(TRIAL, "finding: ill", "finding: il")
    assert any("there is no finding 'il' (did you mean 'ill'?)" in line for line in told())


def test_of_files_not_asked_for_only_what_loading_refuses_is_told(rules: MadeUpRules) -> None:
    path = rules.folder / "findings" / "ill.yaml"
    assert told(path) == []
    other = rules.folder / "findings" / "very-ill.yaml"
    assert [line.partition(": ")[0] for line in told(path, other)] == [f"{other}:1:1"]


def test_a_folder_means_all_its_files(rules: MadeUpRules) -> None:
    assert [line.partition(": ")[0] for line in told(rules.folder / "trials")] == [
        f"{rules.folder}/trials/T1.yaml:37:5",
        f"{rules.folder}/trials/T1.yaml:54:5",
    ]
    assert len(told(rules.folder)) == 3


def test_a_site_file_can_be_linted(rules: MadeUpRules, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("time_zone: Nowhere\n", encoding="utf-8")
    fine = tmp_path / "fine.yaml"
    fine.write_text("time_zone: UTC\n", encoding="utf-8")
    assert told(fine, site) == [f"{site}:1:1: 'Nowhere' is not an IANA time zone (such as Europe/Berlin or UTC)"]


def test_a_path_that_is_not_there_is_a_usage_error(rules: MadeUpRules, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        lint([tmp_path / "nowhere"])


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
