"""Single values as people write them: what is accepted, and what a wrong one is told."""

from __future__ import annotations

from datetime import date

import pytest

from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import COVERABLE, Kind
from trialsieve.service.request.written_values import covered_kinds, day, one_of, trial_named


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
    with pytest.raises(UsageError, match=r"no anchor 'enrolment' in X; did you mean enrollment\?"):
        one_of("enrolment", ["enrollment", "infusion"], "anchor", " in X")


def test_where_none_is_close_the_known_ones_are_listed() -> None:
    with pytest.raises(UsageError, match="there are: enrollment, infusion"):
        one_of("xyz", ["enrollment", "infusion"], "anchor")


TRIALS = ("NCT04762485", "NCT07070323", "SENL-T7")
LISTED = "there are: NCT04762485, NCT07070323, SENL-T7"


@pytest.mark.parametrize("asked", ["NCT04762485", "nct04762485"])
def test_a_trial_is_found_whatever_the_case_of_its_id(asked: str) -> None:
    assert trial_named(asked, TRIALS) == "NCT04762485"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("NCT0476248", "did you mean NCT04762485?"),
        ("nct04762458", "did you mean NCT04762485?"),
        ("SENLT7", "did you mean SENL-T7?"),
        ("NCT04762xyz", LISTED),
        ("NCT00000001", LISTED),
        ("NCT1", LISTED),
        ("", LISTED),
    ],
)
def test_another_trial_is_suggested_only_where_a_slip_or_two_lie_between(asked: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        trial_named(asked, TRIALS)
    assert str(caught.value) == f"no trial {asked!r}; {says}"


def test_why_a_trial_may_be_missing_is_told_where_none_is_suggested() -> None:
    with pytest.raises(UsageError, match=rf"{LISTED} \(it needs --rules\)$"):
        trial_named("NCT00000001", TRIALS, "it needs --rules")
    with pytest.raises(UsageError, match=r"did you mean SENL-T7\?$"):
        trial_named("SENLT7", TRIALS, "it needs --rules")
