"""Exclusions 4 (coagulation), 5 (autoimmunity, immunodeficiency), 6 (graft-versus-host disease), 7 and 12
(immunosuppressants, taken now or discontinued for less than two weeks).
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    ICD_10_PCS,
    PASSES,
    RXNORM,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    coded,
    condition,
    dose,
    medication,
    procedure,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import Kind

STATIN = medication("C10AA01", began="2020-01-01")
"""A drug that no rule asks for: with it, the record covers medication."""

COAGULATION = [
    row("active", condition("D65", onset=ago(10)), comes=FAILS),
    row("active, WHO", condition("D65", ICD_10, onset=ago(10)), comes=FAILS),
    row("active, one of the German kinds of it", condition("D65.1", GERMAN_ICD_10, onset=ago(10)),
        comes=review("unspecific")),
    row("30 days ago", condition("D65", onset=ago(30)), comes=FAILS),
    row("31 days ago, never closed", condition("D65", onset=ago(31)), comes=review("stale")),
    row("31 days ago, asserted again", condition("67406007", SNOMED, onset=ago(31), recorded=ago(5)), comes=FAILS),
    row("resolved", condition("D65", onset=ago(10), status="resolved"), comes=PASSES),
    row("no clinical status", condition("D65", onset=ago(10), status=None), comes=review("stale")),
    row("undated", condition("D65"), comes=review("undated")),
    row("another coagulation disorder", condition("D68.9"), comes=PASSES),
    row("nothing on record", HYPERTENSION, comes=PASSES),
    row("nothing retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), COAGULATION)
def test_coagulation(check: Check, given: Given, expected: Expected) -> None:
    check("X04", given, expected)


DISORDERS = [
    *rows(
        FAILS,
        {
            "severe combined immunodeficiency": condition("31323000", SNOMED),
            "combined immunodeficiency": condition("D81.1"),
            "common variable immunodeficiency, WHO": condition("D83.9", ICD_10),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "lupus": condition("M32.10"),
            "multiple sclerosis, one of its German kinds": condition("G35.9", GERMAN_ICD_10),
            "rheumatoid arthritis": condition("69896004", SNOMED),
            "psoriatic arthritis": condition("L40.52"),
            "IgA vasculitis": condition("D69.0"),
            "arteritis, WHO": condition("I77.6", ICD_10),
            "autoimmune disease": condition("85828009", SNOMED),
            "immunodeficiency due to drugs": condition("D84.821"),
            "immunodeficiency due to a disease": condition("D84.81"),
            "immunodeficiency": condition("234532001", SNOMED),
        },
    ),
    row("HIV disease", condition("B20"), comes=review("judgement")),
    row("resolved lupus", condition("M32.10", status="resolved"), comes=review("judgement", "unspecific")),
    row("nothing on record", HYPERTENSION, comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), DISORDERS)
def test_autoimmunity_and_immunodeficiency(check: Check, given: Given, expected: Expected) -> None:
    check("X05", given, expected)


GVHD = condition("D89.811", onset=ago(60))
CICLOSPORIN = medication("L04AD01", began=ago(60))
ALLOGENEIC = procedure("30243Y3", ICD_10_PCS, on=ago(300))

GRAFT = [
    row("active, ciclosporin", GVHD, CICLOSPORIN, comes=FAILS),
    row("active, prednisone by mouth", GVHD, medication("8640", RXNORM, began=ago(60), route="oral"), comes=FAILS),
    row("active, H02", GVHD, medication("H02AB06", began=ago(60)), comes=FAILS),
    row("active, a steroid cream", GVHD, medication("5492", RXNORM, began=ago(60), route="topical"),
        comes=review("no-data")),
    row("active, a steroid by no stated route", GVHD, medication("8640", RXNORM, began=ago(60)),
        comes=review("unspecific")),
    row("active, treatment ended", GVHD, medication("L04AD01", began=ago(60), ended=ago(5)), comes=review("no-data")),
    row("active, no treatment on record", GVHD, STATIN, comes=review("no-data")),
    row("resolved, ciclosporin", condition("D89.811", onset=ago(60), status="resolved"), CICLOSPORIN, comes=PASSES),
    row("no clinical status, ciclosporin", condition("D89.811", onset=ago(60), status=None), CICLOSPORIN,
        comes=review("stale")),
    row("complication of a transplant, ciclosporin", condition("T86.09"), CICLOSPORIN, comes=review("unspecific")),
    row("acute, by a German code, ciclosporin", condition("T86.01", GERMAN_ICD_10), CICLOSPORIN, comes=FAILS),
    row("chronic, by a German code, ciclosporin", condition("T86.07", GERMAN_ICD_10), CICLOSPORIN, comes=FAILS),
    row("of no named kind, by a German code, ciclosporin", condition("T86.09", GERMAN_ICD_10), CICLOSPORIN,
        comes=FAILS),
    row("rejection of a transplant, by a German code", condition("T86.00", GERMAN_ICD_10), CICLOSPORIN,
        comes=review("unspecific")),
    row("no transplant, nothing on record", HYPERTENSION, CICLOSPORIN, comes=PASSES),
    row("an allogeneic transplant", HYPERTENSION, ALLOGENEIC, CICLOSPORIN, comes=review("no-data")),
    row("a transplant status", condition("Z94.84"), CICLOSPORIN, comes=review("no-data")),
    row("an autologous transplant", HYPERTENSION, procedure("30243Y0", ICD_10_PCS, on=ago(300)), CICLOSPORIN,
        comes=PASSES),
    row("an allogeneic transplant, not attested", HYPERTENSION, ALLOGENEIC, CICLOSPORIN,
        attestation("NCT07120607#X06.a1", False), comes=PASSES),
]  # fmt: skip


CICLOSPORIN_ONCE = {days: dose("L04AD01", ago(days)) for days in (30, 31, 900)}

GRAFT += [
    row("active, a dose 30 days ago", GVHD, CICLOSPORIN_ONCE[30], comes=FAILS),
    row("active, a dose 31 days ago", GVHD, CICLOSPORIN_ONCE[31], comes=review("stale")),
    row("active, a dose years ago", GVHD, CICLOSPORIN_ONCE[900], comes=review("stale")),
    row("active, taken for years", GVHD, medication("L04AD01", began=ago(900)), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), GRAFT)
def test_graft_versus_host_disease(check: Check, given: Given, expected: Expected) -> None:
    check("X06", given, expected)


NEEDED = attestation("NCT07120607#X07.a2", True)
NOT_NEEDED = attestation("NCT07120607#X07.a2", False)
BY_MOUTH = medication("8640", RXNORM, began=ago(30), route="oral")


def clinical_drug(code: str, name: str, **more: Any) -> Resource:
    """A product of RxNorm, of which value sets have the ingredients."""
    return medication(code, RXNORM, began=ago(30), **more) | {"medicationCodeableConcept": coded(RXNORM, code, name)}


PREDNISONE, CREAM = ("312615", "prednisone 20 MG Oral Tablet"), ("106258", "hydrocortisone 10 MG/ML Topical Cream")
OTHER_SCD = clinical_drug("617310", "atorvastatin 20 MG Oral Tablet")

NOW = [
    row("by mouth", BY_MOUTH, comes=review("judgement")),
    row("by mouth, needed in the long term", BY_MOUTH, NEEDED, comes=FAILS),
    row("by mouth, not needed in the long term", BY_MOUTH, NOT_NEEDED, comes=PASSES),
    row("H02, needed", medication("H02AB06", began=ago(30)), NEEDED, comes=FAILS),
    row("tacrolimus, needed", medication("L04AD02", began=ago(30)), NEEDED, comes=FAILS),
    row("tacrolimus by mouth, needed", medication("42316", RXNORM, began=ago(30), route="oral"), NEEDED, comes=FAILS),
    row("adalimumab under the skin", medication("327361", RXNORM, began=ago(30), route="subcutaneous"), NEEDED,
        comes=FAILS),
    row("tacrolimus on the skin", medication("42316", RXNORM, began=ago(30), route="topical"), NEEDED, comes=PASSES),
    row("inhaled", medication("8640", RXNORM, began=ago(30), route="inhalation"), NEEDED, comes=PASSES),
    row("inhaled and by mouth", medication("8640", RXNORM, began=ago(30), route="inhalation"), BY_MOUTH, NEEDED,
        comes=FAILS),
    row("by no stated route", medication("8640", RXNORM, began=ago(30)), NEEDED, comes=review("unspecific")),
    row("ended", medication("8640", RXNORM, began=ago(30), ended=ago(1), route="oral"), NEEDED, comes=PASSES),
    row("completed", medication("8640", RXNORM, began=ago(30), status="completed", route="oral"), NEEDED, comes=PASSES),
    row("methotrexate", medication("6851", RXNORM, began=ago(30), route="oral"), NEEDED, comes=review("unspecific")),
    row("methotrexate among the antineoplastics", medication("L01BA01", began=ago(30)), NEEDED,
        comes=review("unspecific")),
    row("a steroid by its RxNorm clinical drug", clinical_drug(*PREDNISONE), NEEDED, comes=review("unspecific")),
    row("by mouth", clinical_drug(*PREDNISONE, route="oral"), NEEDED, comes=review("unspecific")),
    row("not needed", clinical_drug(*PREDNISONE, route="oral"), NOT_NEEDED, comes=PASSES),
    row("ended", clinical_drug(*PREDNISONE, route="oral", ended=ago(1)), NEEDED, comes=PASSES),
    row("a cream by its RxNorm clinical drug", clinical_drug(*CREAM, route="topical"), NEEDED, comes=PASSES),
    row("a cream, as an order system calls its route", clinical_drug(*CREAM, route="Each affected area"), NEEDED,
        comes=PASSES),
    row("pushed into a vein, and needed", medication("3264", RXNORM, began=ago(3), route="IV Push"), NEEDED,
        comes=FAILS),
    row("pushed into a vein, but not needed", medication("3264", RXNORM, began=ago(3), route="IV Push"), NOT_NEEDED,
        comes=PASSES),
    row("a cream by no stated route", clinical_drug(*CREAM), NEEDED, comes=review("unspecific")),
    row("another drug by its RxNorm clinical drug", OTHER_SCD, NEEDED, comes=PASSES),
    row("fludrocortisone", medication("H02AA02", began=ago(30)), NEEDED, comes=PASSES),
    row("none on record", STATIN, NEEDED, comes=PASSES),
    row("medication was not retrieved", NEEDED, covers=UNVOUCHED, comes=review("not-retrieved")),
    row("vouched for", NEEDED, covers=frozenset({Kind.MEDICATION}), comes=PASSES),
]  # fmt: skip


NOW += [
    row("a dose 30 days ago", CICLOSPORIN_ONCE[30], NEEDED, comes=FAILS),
    row("a dose 31 days ago", CICLOSPORIN_ONCE[31], NEEDED, comes=review("stale")),
    row("a dose years ago", CICLOSPORIN_ONCE[900], NEEDED, comes=review("stale")),
    row("taken for years", medication("L04AD01", began=ago(900)), NEEDED, comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), NOW)
def test_immunosuppressants_now(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)


def taken(until: str | None, code: str = "L04AD01") -> dict[str, object]:
    return medication(code, began=ago(60), ended=until)


WASHOUT = [
    row("last dose 14 days ago", taken(ago(14)), comes=PASSES),
    row("last dose 13 days ago", taken(ago(13)), comes=review("registry-error")),
    row("last dose today", taken(ago(0)), comes=review("registry-error")),
    row("still taken", taken(None), comes=review("registry-error")),
    row("last dose in that month", taken("2026-11"), comes=review("registry-error")),
    row("last dose in October", taken("2026-10"), comes=PASSES),
    row("undated", medication("L04AD01"), comes=review("undated")),
    row("completed without an end", medication("L04AD01", status="completed", began=ago(60)),
        comes=review("registry-error")),
    row("a steroid 13 days ago", taken(ago(13), "H02AB06"), comes=review("registry-error")),
    row("a steroid 14 days ago", taken(ago(14), "H02AB06"), comes=PASSES),
    row("methotrexate 13 days ago", taken(ago(13), "L04AX03"), comes=review("registry-error", "unspecific")),
    row("methotrexate 14 days ago", taken(ago(14), "L04AX03"), comes=PASSES),
    *(
        row(f"{name} 13 days ago", taken(ago(13), code), comes=review("registry-error", "unspecific"))
        for name, code in (("L01 methotrexate", "L01BA01"), ("cyclophosphamide", "L01AA01"), ("ibrutinib", "L01EL01"),
                           ("rituximab", "L01FA01"), ("rituximab by its old code", "L01XC02"))
    ),
    row("L01 methotrexate 14 days ago", taken(ago(14), "L01BA01"), comes=PASSES),
    row("long-term use coded in August and active", STATIN, condition("Z79.620", onset=ago(90)),
        comes=review("unspecific")),
    row("long-term use of steroids coded in August and active", STATIN, condition("Z79.52", onset=ago(90)),
        comes=review("unspecific")),
    row("long-term use coded in August and resolved", STATIN, condition("Z79.620", onset=ago(90), status="resolved"),
        comes=PASSES),
    row("of inhaled steroids", STATIN, condition("Z79.51", onset=ago(90)), comes=PASSES),
    row("none on record", STATIN, comes=PASSES),
    row("medication was not retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("an attestation does not mend the text", taken(ago(13)), attestation("NCT07120607#X12", False),
        comes=review("registry-error")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), WASHOUT)
def test_immunosuppressants_discontinued(check: Check, given: Given, expected: Expected) -> None:
    check("X12", given, expected)


def test_the_washout_says_when_it_passes(check: Check) -> None:
    answer = check("X12", Given((taken(ago(13)),)), review("registry-error"))
    assert answer.criterion("X12").changes_on == "2026-11-21"
