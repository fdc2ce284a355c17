"""Exclusions 13 (CAR-T), 14 (allergy to a component), 15 (vaccination or surgery within four weeks)."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10_PCS,
    PASSES,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    allergy,
    attestation,
    condition,
    medication,
    procedure,
    review,
    row,
    rows,
    vaccination,
)

from trialsieve.rules.vocabulary import Kind

EVERYTHING = frozenset(Kind)

CELLS = [
    row("an infusion", procedure("XW033C7", ICD_10_PCS, on="2022-01-01"), comes=FAILS),
    row("an infusion, undated", procedure("XW033C7", ICD_10_PCS), comes=FAILS),
    row("tisagenlecleucel", medication("L01XL04", began="2022-01-01"), comes=FAILS),
    row("history of CAR-T therapy", condition("Z92.850"), comes=FAILS),
    row("history of another cell therapy", condition("Z92.858"), comes=review("no-data")),
    row("a cell therapy of an unstated kind", condition("Z92.859"), comes=review("unspecific")),
    row("cytokine release syndrome", condition("D89.831"), comes=review("unspecific")),
    row("tumour-infiltrating lymphocytes", procedure("XW033L7", ICD_10_PCS), comes=review("no-data")),
    row("not done", procedure("XW033C7", ICD_10_PCS, status="not-done"), comes=review("no-data")),
    row("none on record", HYPERTENSION, covers=EVERYTHING, comes=review("no-data")),
    row("attested that there was none", attestation("NCT07120607#X13", False), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), CELLS)
def test_cell_therapy(check: Check, given: Given, expected: Expected) -> None:
    check("X13", given, expected)


ALLERGIES = [
    row("no known allergy", allergy("716186003", recordedDate=ago(10)), comes=PASSES),
    row("no known drug allergy", allergy("409137002", recordedDate=ago(10)), comes=review("no-data")),
    row("no known allergy, nobody knows as of when", allergy("716186003"), comes=review("undated")),
    *rows(
        review("unspecific"),
        {
            "penicillin, severe, of 2019, and no known allergy since": (
                allergy("91936005", criticality="high", recordedDate="2019-05-01"),
                allergy("716186003", recordedDate=ago(10)),
            ),
            "no known allergy in 2019, and penicillin, severe, since": (
                allergy("716186003", recordedDate="2019-05-01"),
                allergy("91936005", criticality="high", recordedDate=ago(10)),
            ),
            "penicillin, severe, and no known allergy without a date": (
                allergy("91936005", criticality="high", recordedDate="2019-05-01"),
                allergy("716186003"),
            ),
        },
    ),
    row("penicillin", allergy("91936005"), comes=review("unspecific")),
    row("penicillin beside no known allergy", allergy("91936005"), allergy("716186003"), comes=review("unspecific")),
    row("something that no list holds", allergy("300913006"), comes=review("unspecific")),
    row("nobody asked", covers=EVERYTHING, comes=review("no-data")),
    row("not retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("attested", allergy("300913006"), attestation("NCT07120607#X14", True), comes=FAILS),
    row("attested that there is none", allergy("300913006"), attestation("NCT07120607#X14", False), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), ALLERGIES)
def test_allergy_to_a_component(check: Check, given: Given, expected: Expected) -> None:
    check("X14", given, expected)


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_an_allergy_that_does_not_count_is_told(check: Check, status: str) -> None:
    penicillin = allergy("91936005", verificationStatus={"coding": [{"code": status}]}, recordedDate=ago(10))
    answer = check("X14", Given((penicillin,), covers=EVERYTHING), review("no-data"))
    told = answer.criterion("X14").explanation
    assert told.endswith(
        f"Recorded, but it does not count: 91936005 ({status.replace('-', ' ')}), recorded {ago(10)} "
        "(AllergyIntolerance/r1)."
    )


EDGE, BEFORE = "2026-10-23", "2026-10-22"


def given(words: str) -> Resource:
    """An Immunization known in words only."""
    return vaccination(EDGE) | {"vaccineCode": {"text": words}}


RECENT = [
    *rows(
        FAILS,
        {
            "vaccinated four weeks ago": vaccination(EDGE),
            "vaccinated today": vaccination(ago(0)),
            "a vaccine of any code": vaccination(EDGE, "115"),
            "as a procedure": procedure("33879002", on=EDGE),
            "as a drug": medication("J07BB02", began=EDGE, ended=EDGE),
            "in words": given("Influenza vaccine"),
            "in words, by its disease": given("MMR"),
        },
    ),
    *rows(
        PASSES,
        {
            "vaccinated the day before": vaccination(BEFORE),
            "not given": vaccination(EDGE, status="not-done"),
            **{
                name: vaccination(EDGE, code)
                for name, code in {
                    "immune globulin": "36",
                    "immune globulin, intravenous": "87",
                    "hepatitis B immune globulin": "30",
                    "antitoxin": "12",
                    "palivizumab": "93",
                    "nirsevimab": "306",
                    "tuberculin skin test": "96",
                    "no vaccine administered": "998",
                }.items()
            },
            **{
                f"in words, {words}": given(words)
                for words in ("PPD", "TST", "IVIG", "RhoGAM", "HBIG", "Synagis", "Tuberculin skin test")
            },
            "operated the day before": procedure("80146002", on=BEFORE),
            "not operated": procedure("80146002", on=EDGE, status="not-done"),
        },
        covers=EVERYTHING,
    ),
    *rows(
        review("unspecific"),
        {
            "surgical procedure": procedure("387713003", on=EDGE),
            "an operation that no list holds": procedure("80146002", on=EDGE),
            "a marrow aspirate": procedure("14766002", on=EDGE),
            "a vaccine or an immune globulin": vaccination(EDGE, "999"),
            "words that no list of vaccines holds": given("Injection"),
            "no words": vaccination(EDGE) | {"vaccineCode": {}},
            "an operation, ICD-10-PCS": procedure("0DTJ4ZZ", ICD_10_PCS, on=EDGE),
        },
        covers=EVERYTHING,
    ),
    row("a code of no known system", procedure("X-17", "urn:local", on=EDGE), covers=EVERYTHING,
        comes=review("unspecific", "unusable-data")),
    row("vaccinated in October", vaccination("2026-10"), covers=EVERYTHING, comes=review("imprecise")),
    row("vaccination undated", vaccination(None), covers=EVERYTHING, comes=review("undated")),
    row("vaccinated next year, as the record had it by last week",
        vaccination("2027-11-10", meta={"lastUpdated": "2026-11-13T08:00:00Z"}),
        covers=EVERYTHING, comes=review("imprecise")),
    row("vaccinated next year, as the record had it afterwards",
        vaccination("2027-11-10", meta={"lastUpdated": "2027-11-13T08:00:00Z"}), covers=EVERYTHING, comes=PASSES),
    row("operated in October", procedure("80146002", on="2026-10"), covers=EVERYTHING,
        comes=review("imprecise", "unspecific")),
    row("operation undated", procedure("80146002"), covers=EVERYTHING, comes=review("undated", "unspecific")),
    row("attested as an operation", procedure("80146002", on=EDGE), attestation("NCT07120607#X15.a2", True),
        covers=EVERYTHING, comes=FAILS),
    row("attested as no operation", procedure("14766002", on=EDGE), attestation("NCT07120607#X15.a2", False),
        covers=EVERYTHING, comes=PASSES),
    row("immunizations were not retrieved", procedure("80146002", on=BEFORE), covers=UNVOUCHED,
        comes=review("not-retrieved")),
    row("procedures were not retrieved", vaccination(BEFORE), covers=UNVOUCHED, comes=review("not-retrieved")),
    row("both were, and are old", vaccination(BEFORE), procedure("80146002", on=BEFORE), comes=PASSES),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), RECENT)
def test_vaccination_or_surgery(check: Check, given: Given, expected: Expected) -> None:
    check("X15", given, expected)
