"""Exclusion 4. Patients with uncontrolled active infection.

No code says "uncontrolled", so no code ever excludes: an active infection goes to a person, a past one does not count.
An acute condition still called active speaks for 30 days.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    CHINESE_ICD_10,
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    condition,
    described,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind


def sepsis(**more: Any) -> Resource:
    return condition("A41.9", **({"onset": ago(5)} | more))


CASES = [
    *rows(
        review("unspecific"),
        {
            "sepsis": sepsis(),
            "sepsis, SNOMED": condition("91302008", SNOMED, onset=ago(5)),
            "sepsis, WHO": condition("A41.9", ICD_10, onset=ago(5)),
            "sepsis, without the dot": condition("A419", onset=ago(5)),
            "pneumonia": condition("J18.9", onset=ago(5)),
            "influenza (J09-J17)": condition("J10.1", onset=ago(5)),
            "aspergillosis (A00-B99)": condition("B44.1", onset=ago(5)),
            "COVID-19": condition("U07.1", onset=ago(5)),
            "pneumonia, of a SNOMED code that no list holds": condition(
                "233604007", SNOMED, text="Pneumonia", onset=ago(5)
            ),
            "bacteremia": condition("R78.81", onset=ago(5)),
            "infectious disease as such": condition("40733004", SNOMED, onset=ago(5)),
            "asserted 30 days ago": sepsis(onset=ago(30)),
            "began long ago, asserted again since": sepsis(onset=ago(100), recorded=ago(5)),
            "R4: recurrence": sepsis(status="recurrence"),
        },
    ),
    *rows(
        review("unspecific"),
        {
            f"an infection that ICD files under the organ, by its code alone: {name}": condition(code, onset=ago(5))
            for name, code in (
                ("meningitis", "G00.9"),
                ("endocarditis", "I33.0"),
                ("bronchitis", "J20.9"),
                ("bronchiolitis", "J21.0"),
                ("croup", "J05.0"),
                ("mediastinitis", "J98.51"),
                ("malignant otitis externa", "H60.20"),
                ("pyonephrosis", "N13.6"),
                ("orchitis", "N45.2"),
                ("lung abscess", "J85.2"),
                ("appendicitis", "K35.80"),
                ("perianal abscess", "K61.0"),
                ("peritonitis", "K65.0"),
                ("cholangitis", "K83.09"),
                ("cellulitis", "L03.115"),
                ("osteomyelitis", "M86.9"),
                ("urinary tract infection", "N39.0"),
                ("of a central line", "T80.211A"),
                ("fever in neutropenia", "R50.81"),
            )
        },
    ),
    *rows(
        review("unspecific"),
        {
            f"an infection whose SNOMED code no list holds: {words}": condition(code, SNOMED, text=words, onset=ago(5))
            for code, words in (
                ("409089005", "Febrile neutropenia"),
                ("74400008", "Appendicitis"),
                ("65275009", "Acute cholecystitis"),
                ("4120002", "Bronchiolitis"),
                ("235919008", "Gallstones with cholecystitis, without obstruction"),
            )
        },
    ),
    row("urinary tract infection, WHO", condition("N39.0", ICD_10, onset=ago(5)), comes=review("unspecific")),
    row("COVID-19, WHO", condition("U07.1", ICD_10, onset=ago(5)), comes=review("unspecific")),
    row("COVID-19, German", condition("U07.1", GERMAN_ICD_10, onset=ago(5)), comes=review("unspecific")),
    row("urinary tract infection long over", condition("N39.0", onset=ago(400), status="resolved"), comes=PASSES),
    row("asserted 31 days ago", sepsis(onset=ago(31)), comes=review("stale", "unspecific")),
    row("asserted in the month of the edge", sepsis(onset="2026-10"), comes=review("imprecise", "unspecific")),
    row("undated", sepsis(onset=None), comes=review("undated", "unspecific")),
    row("no clinical status", sepsis(status=None), comes=review("stale", "unspecific")),
    row("provisional", sepsis(verified="provisional"), comes=review("unconfirmed", "unspecific")),
    *rows(
        PASSES,
        {
            "resolved": sepsis(status="resolved"),
            "inactive": sepsis(status="inactive"),
            "in remission": sepsis(status="remission"),
            "ended": sepsis(status=None, abatementDateTime=ago(2)),
            "ended, as a boolean (STU3)": sepsis(status=None, abatementBoolean=True),
            "resolved, as a word (STU3)": sepsis(clinicalStatus="resolved"),
            "refuted": sepsis(verified="refuted"),
            "entered in error": (sepsis(verified="entered-in-error"), HYPERTENSION),
            "begins in the future": sepsis(onset=ago(-2)),
            "C91.0 is no infection": condition("C91.00", onset=ago(5)),
            "J19 to J99 are not in the list": condition("J45.909", onset=ago(5)),
            "a history of COVID-19": condition("Z86.16", text="Personal history of COVID-19", recorded=ago(5)),
            "a history of pneumonia": condition("Z87.01", text="History of pneumonia (recurrent)", recorded=ago(400)),
            "diverticulosis without abscess": condition(
                "K57.30", text="Diverticulosis of large intestine without perforation or abscess without bleeding"
            ),
            "gallstones without cholecystitis": condition(
                "K80.20", text="Calculus of gallbladder without cholecystitis without obstruction", onset=ago(5)
            ),
            "bronchiolitis obliterans": condition("J44.81", text="Bronchiolitis obliterans syndrome", onset=ago(5)),
            "radiation pneumonitis": condition("J70.0", text="Acute radiation pneumonitis", onset=ago(5)),
            "another diagnosis": HYPERTENSION,
            "only words that name something else": described("Hypertension"),
        },
    ),
    row(
        "one resolved, one active",
        sepsis(status="resolved"),
        condition("J18.9", onset=ago(5)),
        comes=review("unspecific"),
    ),
    row("ends in the future", sepsis(abatementDateTime=ago(-5)), comes=review("unspecific")),
    row("only words", described("Pneumonia"), comes=review("unusable-data")),
    row("only words, in Chinese", described("肺炎"), comes=review("unusable-data")),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=PASSES),
    row("nothing is presumed absent", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
    row("attested: uncontrolled", sepsis(), attestation("X04", True), comes=FAILS),
    row("attested: under control", sepsis(), attestation("X04", False), comes=PASSES),
    row(
        "attested before it began",
        sepsis(onset=ago(1)),
        attestation("X04", False, on=ago(9)),
        comes=review("unspecific"),
    ),
    row("attested for the atom: under control", sepsis(), attestation("X04.a1", False), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_active_infection(check: Check, given: Given, expected: Expected) -> None:
    check("X04", given, expected)


def test_chinese_codes_are_read_as_their_category(check: Check) -> None:
    """A41.900x001 shares its first characters with WHO's A41.9."""
    check("X04", Given((condition("A41.900x001", CHINESE_ICD_10, onset=ago(5)),)), review("unspecific"))
