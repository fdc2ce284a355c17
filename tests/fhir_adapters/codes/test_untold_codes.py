"""Codes of SNOMED CT that no value set lists, without words: a caution of the record names what nobody could tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

SNOMED = "http://snomed.info/sct"
BREAST_CANCER = "254837009"  # SNOMED CT: malignant neoplasm of breast
SAYS = (
    "recorded without words, by SNOMED CT codes that are in no value set, and so taken for nothing that is asked for: "
)


def diagnosis(make: Any, **more: Any) -> Any:
    return make.condition(BREAST_CANCER) | more


def codings(*codes: tuple[str, str], **more: str) -> Any:
    return {"coding": [{"system": system, "code": code, **more} for system, code in codes]}


def test_a_diagnosis_is_named_with_its_code(chart_of: Any, make: Any) -> None:
    assert chart_of(diagnosis(make)).cautions == (f"{SAYS}Condition/c1 (254837009); look up what they are",)


def test_so_is_a_procedure(chart_of: Any, make: Any) -> None:
    done = {"resourceType": "Procedure", "id": "p1", "status": "completed", "code": codings((SNOMED, "392021009"))}
    assert chart_of(done).cautions == (f"{SAYS}Procedure/p1 (392021009); look up what they are",)


def test_several_are_told_in_one_sentence_whatever_their_order(chart_of: Any, make: Any) -> None:
    several = [diagnosis(make, id=f"c{number}") for number in range(8)]
    told = chart_of(*several).cautions
    assert told == chart_of(*reversed(several)).cautions
    assert told == (
        SAYS
        + ", ".join(f"Condition/c{number} (254837009)" for number in range(5))
        + ", and 3 more; look up what they are",
    )


@pytest.mark.parametrize(
    "code",
    [
        pytest.param({**codings((SNOMED, BREAST_CANCER)), "text": "Breast cancer"}, id="words"),
        pytest.param(codings((SNOMED, BREAST_CANCER), display="Malignant neoplasm of breast"), id="display"),
        pytest.param(codings((SNOMED, "59282003")), id="in a value set that is asked for"),
        pytest.param(codings((SNOMED, BREAST_CANCER), ("http://hl7.org/fhir/sid/icd-10-cm", "C50.9")), id="ICD beside"),
        pytest.param(codings(("http://hl7.org/fhir/sid/icd-10-cm", "J45.909")), id="ICD, which is listed by families"),
    ],
)
def test_not_of_what_can_be_told(chart_of: Any, make: Any, code: Any) -> None:
    assert chart_of(diagnosis(make, code=code)).cautions == ()


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_nor_of_what_does_not_count(chart_of: Any, make: Any, status: str) -> None:
    assert chart_of(diagnosis(make, verificationStatus={"coding": [{"code": status}]})).cautions == ()


@pytest.mark.parametrize(("as_of", "told"), [("2026-10-01", False), ("2026-10-02", True), ("2026-10-03", True)])
def test_nor_before_its_day(chart_of: Any, make: Any, as_of: str, told: bool) -> None:
    found = chart_of(
        diagnosis(make, onsetDateTime="2026-10-02", recordedDate="2026-10-02"), as_of=date.fromisoformat(as_of)
    )
    assert bool(found.cautions) is told


def test_of_what_has_a_status_that_nobody_can_read(chart_of: Any, make: Any) -> None:
    assert len(chart_of(diagnosis(make, verificationStatus=[7])).cautions) == 1


def test_a_result_is_never_presumed_absent(chart_of: Any, make: Any) -> None:
    result = make.observation("1", valueQuantity=make.quantity(55, "%"))
    assert chart_of({**result, "code": codings((SNOMED, "104177005"))}).cautions == ()


def test_it_decides_nothing(chart_of: Any, make: Any) -> None:
    chart = chart_of(diagnosis(make))
    assert chart.facts == ()
    assert chart.unreadable == ()
