"""Single values of the command line: what is accepted, and what a wrong one is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import COVERABLE, Kind
from trialsieve.service.arguments import covered_kinds, day, one_of, reclaim_inputs
from trialsieve.service.cli import build_parser


@pytest.mark.parametrize("text", ["1900-01-01", "2024-02-29", "2026-11-20", "2199-12-31"])
def test_a_day_is_written_year_month_day(text: str) -> None:
    assert day("--as-of", text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "20261120",
        "2026-W47-5",
        "2026-11",
        "20.11.2026",
        "",
        "today",
        "1899-12-31",
        "2200-01-01",
    ],
)
def test_any_other_day_is_refused_with_the_option_and_the_value(text: str) -> None:
    with pytest.raises(UsageError, match=r"--as-of") as caught:
        day("--as-of", text)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (None, frozenset()),
        ("all", COVERABLE),
        ("Condition", {Kind.CONDITION}),
        ("condition, MedicationRequest", {Kind.CONDITION, Kind.MEDICATION}),
        ("medication,Procedure", {Kind.MEDICATION, Kind.PROCEDURE}),
    ],
)
def test_covered_kinds(text: str | None, kinds: frozenset[Kind]) -> None:
    assert covered_kinds(text) == kinds


@pytest.mark.parametrize("text", ["Observation", "Conditions", "", "Condition,,Procedure"])
def test_a_kind_that_needs_no_covering_or_is_unknown_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="AllergyIntolerance, Condition, Immunization, Procedure, medication"):
        covered_kinds(text)


def test_a_name_is_found_whatever_its_case() -> None:
    assert one_of("nct04762485", ["NCT04762485", "SENL-T7"], "trial") == "NCT04762485"


def test_a_name_that_differs_only_in_case_from_another_is_taken_exactly() -> None:
    assert one_of("a", ["A", "a"], "patient") == "a"


def test_an_unknown_name_is_told_with_the_closest_ones() -> None:
    with pytest.raises(UsageError, match=r"no trial 'NCT04762458'; did you mean NCT04762485\?"):
        one_of("NCT04762458", ["NCT04762485", "SENL-T7"], "trial")


def test_where_none_is_close_the_known_ones_are_listed() -> None:
    with pytest.raises(UsageError, match="there are: NCT04762485, SENL-T7"):
        one_of("xyz", ["NCT04762485", "SENL-T7"], "trial")


def inputs_of(*words: str) -> tuple[list[str], list[str]]:
    arguments, further = build_parser().parse_known_args(["screen", *words])
    arguments.inputs = [*arguments.inputs, *further]
    reclaim_inputs(arguments)
    return arguments.inputs, arguments.trial


def test_inputs_may_follow_an_option_of_several_values(tmp_path: Path) -> None:
    one, two = (tmp_path / "1.json", tmp_path / "2.json")
    one.touch()
    two.touch()
    assert inputs_of("--trial", "A", str(one), str(two)) == ([str(one), str(two)], ["A"])
    assert inputs_of("--trial", "A", "B", "-") == (["-"], ["A", "B"])
    assert inputs_of("--trial", "A", str(one), "--format", "csv") == ([str(one)], ["A"])


def test_with_an_input_before_it_the_option_keeps_all_its_values(tmp_path: Path) -> None:
    one = tmp_path / "1.json"
    one.touch()
    assert inputs_of("in.json", "--trial", "A", str(one)) == (["in.json"], ["A", str(one)])


def test_inputs_may_stand_before_and_after_options() -> None:
    assert inputs_of("a.json", "--format", "csv", "b.json", "--trial", "A") == (["a.json", "b.json"], ["A"])


def test_of_several_rule_folders_only_the_last_can_be_the_input(tmp_path: Path) -> None:
    for name in ("rules", "more", "data"):
        (tmp_path / name).mkdir()
    arguments, _ = build_parser().parse_known_args(
        ["screen", "--rules", *(str(tmp_path / name) for name in ("rules", "more", "data"))]
    )
    reclaim_inputs(arguments)
    assert [Path(name).name for name in arguments.inputs] == ["data"]
    assert [Path(name).name for name in arguments.rules] == ["rules", "more"]
