"""Inclusion 2 and the exclusions: what is known by words or unlisted codes alone, and was long ago, or is over."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    ATC,
    HYPERTENSION,
    PASSES,
    RXNORM,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    coded,
    condition,
    observation,
    procedure,
    quantity,
    review,
)
from bundles import Screen as Screens

T_ALL = condition("277575008", SNOMED, onset=ago(400))
BLASTS = observation("26446-5", on=ago(3), valueQuantity=quantity(5, "%"))
BIOPSY = procedure("86273004", on=ago(60))
LOCAL, WORDS = "urn:local:drugs", "某药"  # a script that the rules have no words in


def drug(kind: str, status: str = "completed", text: str | None = WORDS, **more: Any) -> Resource:
    intent = {"intent": "order"} if kind == "MedicationRequest" else {}
    medicine = {"medicationCodeableConcept": coded(LOCAL, "X1", text)}
    return {"resourceType": kind, "status": status, **medicine, **intent, **more}


def dose(on: str | None, text: str | None = WORDS) -> Resource:
    return drug("MedicationAdministration", text=text, **({"effectiveDateTime": on} if on else {}))


VINCRISTINE = dose(ago(15)) | {"medicationCodeableConcept": coded(ATC, "L01CA02")}

OPEN = review("unusable-data")
UNKNOWN_DRUGS: dict[str, tuple[Resource, Expected]] = {
    "a dose ten years ago": (dose("2016-03-01"), PASSES),
    "a dose of a year": (dose("2016"), PASSES),
    "a dose 15 days ago": (dose(ago(15)), PASSES),
    "a dose 14 days ago": (dose(ago(14)), OPEN),
    "a dose in November": (dose("2026-11"), OPEN),
    "a dose in October": (dose("2026-10"), PASSES),
    "a dose, undated": (dose(None), OPEN),
    "a dose of no date": (dose("long ago"), OPEN),
    "a dose still to come": (dose(ago(-3)), PASSES),
    "without words, ten years ago": (dose("2016-03-01", None), PASSES),
    "without words, undated": (dose(None, None), OPEN),
    "taken until ten years ago": (
        drug("MedicationStatement", effectivePeriod={"start": "2015-01", "end": "2016-03"}),
        PASSES,
    ),
    "taken until 15 days ago": (
        drug("MedicationStatement", effectivePeriod={"start": "2015-01", "end": ago(15)}),
        PASSES,
    ),
    "taken until 14 days ago": (
        drug("MedicationStatement", effectivePeriod={"start": "2015-01", "end": ago(14)}),
        OPEN,
    ),
    "taken since ten years ago": (
        drug("MedicationStatement", "active", effectivePeriod={"start": "2016-03"}),
        OPEN,
    ),
    "taken once, ten years ago, who knows how long": (
        drug("MedicationStatement", "active", effectiveDateTime="2016-03-01"),
        OPEN,
    ),
    "ordered ten years ago, and completed who knows when": (
        drug("MedicationRequest", authoredOn="2016-03-01"),
        OPEN,
    ),
    "handed over ten years ago for a month": (
        drug("MedicationDispense", whenHandedOver="2016-03-01", daysSupply={"value": 30, "unit": "d"}),
        PASSES,
    ),
    "handed over ten years ago, who knows for how long": (
        drug("MedicationDispense", whenHandedOver="2016-03-01"),
        OPEN,
    ),
    "a modifier that nobody reads": (dose("2016-03-01") | {"modifierExtension": [{"url": "urn:x"}]}, OPEN),
}


@pytest.mark.parametrize(("name", "resource", "expected"), [(name, *row) for name, row in UNKNOWN_DRUGS.items()])
def test_a_washout_beside_a_drug_that_nobody_knows(
    check: Check, name: str, resource: Resource, expected: Expected
) -> None:
    answer = check("I02", Given((T_ALL, BLASTS, BIOPSY, VINCRISTINE, resource)), expected)
    assert ("could not be read" in answer.criterion("I02").explanation) is (expected is OPEN)


def test_a_drug_that_is_known_decides_whatever_else_there_is(check: Check) -> None:
    lately = dose(ago(14)) | {"medicationCodeableConcept": coded(ATC, "L01CA02")}
    check("I02", Given((T_ALL, BLASTS, BIOPSY, lately, dose("2016-03-01"))), review("registry-error"))


def test_what_was_given_at_any_time_stays_open(screen: Screens) -> None:
    """Whether it was an antineoplastic at all, its date does not say."""
    answer = screen(Given((T_ALL, BLASTS, BIOPSY, dose("2016-03-01"))))
    assert answer.atom("I02", "treated") == (None, ("no-data", "unusable-data"))


def procedure_done(on: str | None) -> Resource:
    return procedure("X1", LOCAL, on=on) | {"code": coded(LOCAL, "X1", WORDS)}


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("ten years ago", procedure_done("2016-03-01"), PASSES),
        ("15 days ago", procedure_done(ago(15)), PASSES),
        ("14 days ago", procedure_done(ago(14)), OPEN),
        ("undated", procedure_done(None), OPEN),
    ],
)
def test_a_washout_beside_a_procedure_that_nobody_knows(
    check: Check, name: str, resource: Resource, expected: Expected
) -> None:
    """It may have been radiotherapy."""
    check("I02", Given((T_ALL, BLASTS, VINCRISTINE, resource)), expected)


def disease(status: str, **more: Any) -> Resource:
    return condition("X1", LOCAL, text=WORDS, status=status, **more)


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("resolved", disease("resolved", onset="2016-03"), PASSES),
        ("in remission", disease("remission", onset="2016-03"), PASSES),
        ("ended", disease("active", onset="2016-03", abatementDateTime="2016-04"), PASSES),
        ("active", disease("active", onset="2016-03"), OPEN),
        ("of no state", disease("", onset="2016-03"), OPEN),
        ("ended, it is not said when, and active", disease("active", abatementBoolean=True), OPEN),
    ],
)
def test_coagulation_beside_a_disease_that_nobody_knows(
    check: Check, name: str, resource: Resource, expected: Expected
) -> None:
    """Exclusion 5 asks for what is there now."""
    check("X05", Given((HYPERTENSION, resource)), expected)


def test_a_treatment_that_only_words_name_is_not_said_to_be_none(check: Check) -> None:
    named = dose(ago(60)) | {"id": "v", "medicationCodeableConcept": coded(RXNORM, "1863343", "vincristine 1 MG/ML")}
    told = check("I02", Given((T_ALL, BLASTS, BIOPSY, named)), review("no-data")).criterion("I02").explanation
    assert "no treatment is on record by a code that settles it" in told
    assert "not read: MedicationAdministration/v" in told


def test_a_leukemia_of_no_said_lineage_is_not_said_to_be_none(check: Check) -> None:
    leukemia = condition("C91.00", onset=ago(400))
    told = (
        check("I02", Given((leukemia, BLASTS, BIOPSY, VINCRISTINE)), review("judgement")).criterion("I02").explanation
    )
    assert "nothing on record is surely T-ALL or T-LBL" in told
