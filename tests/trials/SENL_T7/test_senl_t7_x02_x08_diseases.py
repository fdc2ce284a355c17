"""GVHD, lungs, other tumors, infections, immune diseases, hepatitis, HIV and syphilis."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    ICD_10_PCS,
    INDETERMINATE,
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    POSITIVE,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    attestation,
    condition,
    observation,
    procedure,
    quantity,
    review,
    row,
    rows,
)
from tables import IMMUNE_DISEASES, INFECTIONS, NO_OTHER_TUMORS

from trialsieve.rules.vocabulary import AbsencePolicy

ALLOGENEIC = procedure("30243Y3", ICD_10_PCS, on=ago(400))
AUTOLOGOUS = procedure("709115004", on=ago(400))

GVHD = [
    row("active", condition("D89.813"), comes=FAILS),
    row("chronic, SNOMED", condition("402356004", SNOMED), comes=FAILS),
    row("resolved", condition("D89.813", status="resolved"), comes=PASSES),
    row("its status is not stated", condition("D89.813", status=None), comes=review("stale")),
    row("bone marrow transplant rejection, WHO", condition("T86.0", ICD_10), comes=review("unspecific")),
    row("nothing, no transplant", HYPERTENSION, comes=PASSES),
    row("nothing, diagnoses were not retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("nothing after an allogeneic transplant", HYPERTENSION, ALLOGENEIC, comes=review("no-data")),
    row("nothing after a transplant without its donor", HYPERTENSION, condition("Z94.84"), comes=review("no-data")),
    row(
        "nothing, in the aftercare of a transplant",
        HYPERTENSION,
        condition("Z48.290"),
        comes=review("unspecific"),
    ),
    row(
        "nothing, and a microangiopathy of a transplant",
        HYPERTENSION,
        condition("M31.11"),
        comes=review("unspecific"),
    ),
    row("nothing after an autologous transplant", HYPERTENSION, AUTOLOGOUS, comes=PASSES),
    row("resolved after a transplant", condition("D89.813", status="resolved"), ALLOGENEIC, comes=review("no-data")),
    row("nothing, and nothing presumed", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), GVHD)
def test_graft_versus_host_disease(check: Check, given: Given, expected: Expected) -> None:
    check("X02", given, expected)


LUNGS = [
    *rows(
        review("unspecific"),
        {
            "ARDS": condition("J80"),
            "ARDS, one of its German kinds": condition("J80.02", GERMAN_ICD_10),
            "ARDS years ago": condition("J80", status="resolved", onset="2019-01-01"),
            "COPD": condition("J44.9"),
            "COPD, WHO": condition("J44.9", ICD_10),
            "pulmonary fibrosis, WHO": condition("J84.1", ICD_10),
            "bronchiolitis obliterans": condition("J44.81"),
            "emphysema": condition("J43.9"),
            "injury by a transfusion": condition("J95.84"),
            "dysplasia of a preterm child": condition("P27.1"),
            "dysplasia of a preterm child, WHO": condition("P27.1", ICD_10),
            "fibrosis after radiation": condition("J70.1"),
            "pneumonitis by radiation": condition("J70.0"),
            "pneumonitis by radiation, German": condition("J70.0", GERMAN_ICD_10),
            "pneumonitis by what was breathed in": condition("J67.9"),
            "coal worker's lung, WHO": condition("J60", ICD_10),
            "asbestosis": condition("J61"),
            "silicosis": condition("J62.8"),
            "another dust": condition("J63.2"),
            "dust of an unknown kind": condition("J64"),
            "dust and tuberculosis": condition("J65"),
            "bronchiectasis": condition("J47.9"),
            "bronchiectasis, WHO": condition("J47", ICD_10),
            "transplanted lungs": condition("Z94.2"),
            "transplanted heart and lungs, WHO": condition("Z94.3", ICD_10),
            "scars, in SNOMED": condition("51615001", SNOMED, text="Fibrosis of lung"),
            "organizing pneumonia, in words beside a broad code": condition("J98.4", text="Organizing pneumonia"),
            "interstitial disease due to a drug, WHO": condition("J70.4", ICD_10),
        },
    ),
    row("attested", condition("J80"), attestation("SENL-T7#X03", True), comes=FAILS),
    row("attested that it was not severe", condition("J44.9"), attestation("SENL-T7#X03", False), comes=PASSES),
    *rows(
        PASSES,
        {
            "pneumonia": condition("J18.9", text="Pneumonia"),
            "asthma": condition("J45.909", text="Asthma"),
            "what was swallowed the wrong way": condition(
                "J69.0", text="Pneumonitis due to inhalation of food and vomit"
            ),
            "a gene of cystic fibrosis": condition("Z14.1", text="Cystic fibrosis carrier"),
            "COPD in the family": condition("Z82.5", text="Family history of COPD"),
            "transplanted kidney": condition("Z94.0", text="Kidney transplant status"),
        },
    ),
    row("nothing", HYPERTENSION, comes=PASSES),
    row("diagnoses were not retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), LUNGS)
def test_lungs(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


TUMORS = [
    *NO_OTHER_TUMORS,
    row("the leukemia, WHO", condition("C91.0", ICD_10), comes=PASSES),
    row("breast cancer", condition("C50.911"), comes=review("unspecific")),
    row("breast cancer, resolved", condition("C50.911", status="resolved"), comes=review("judgement", "unspecific")),
    row("liver metastases alone", condition("C78.7"), comes=review("unspecific")),
    row("liver metastases of breast cancer", condition("C50.911"), condition("C78.7"), comes=review("unspecific")),
    row("cancer in the past", condition("Z85.3"), comes=review("unspecific")),
    row("attested as advanced and metastatic", condition("C50.911"), attestation("SENL-T7#X04", True), comes=FAILS),
    row("attested as localised", condition("C50.911"), attestation("SENL-T7#X04.a2", False), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), TUMORS)
def test_other_tumors(check: Check, given: Given, expected: Expected) -> None:
    check("X04", given, expected)


UNCONTROLLED = [row("attested", condition("A41.9", onset=ago(3)), attestation("SENL-T7#X05", True), comes=FAILS)]


@pytest.mark.parametrize(("given", "expected"), [*INFECTIONS, *UNCONTROLLED])
def test_infections(check: Check, given: Given, expected: Expected) -> None:
    check("X05", given, expected)


HIV_DISEASE = [
    row("HIV disease", condition("B20"), comes=FAILS),
    row("HIV disease, resolved", condition("B20", status="resolved"), comes=review("judgement")),
]


@pytest.mark.parametrize(("given", "expected"), [*IMMUNE_DISEASES, *HIV_DISEASE])
def test_immune_diseases(check: Check, given: Given, expected: Expected) -> None:
    check("X06", given, expected)


# --- X07 --------------------------------------------------------------------------------------------------------------

DNA, RNA = "29610-3", "11259-9"


def nucleic_acids(dna: Resource | None = None, rna: Resource | None = None) -> tuple[Resource, ...]:
    return (dna or answered(DNA, NOT_DETECTED), rna or answered(RNA, NOT_DETECTED))


def load(code: str, value: float, comparator: str | None = None) -> Resource:
    return observation(code, valueQuantity=quantity(value, "[IU]/mL", comparator))


HEPATITIS = [
    row("neither detected", *nucleic_acids(), comes=PASSES),
    row("HBV DNA detected", *nucleic_acids(dna=answered(DNA, DETECTED)), comes=FAILS),
    row("HCV RNA detected", *nucleic_acids(rna=answered(RNA, DETECTED)), comes=FAILS),
    row("an HBV load", *nucleic_acids(dna=load("42595-9", 300)), comes=FAILS),
    row("an HCV load of nothing", *nucleic_acids(rna=load("11011-4", 0)), comes=PASSES),
    row("90 days ago", *nucleic_acids(dna=answered(DNA, NOT_DETECTED, on=ago(90))), comes=PASSES),
    row("91 days ago", *nucleic_acids(dna=answered(DNA, NOT_DETECTED, on=ago(91))), comes=review("stale")),
    row("no HCV RNA", answered(DNA, NOT_DETECTED), comes=review("no-data")),
    row(
        "surface antigen instead of DNA",
        answered("5195-3", NEGATIVE),
        answered(RNA, NOT_DETECTED),
        comes=review("no-data"),
    ),
    row("nothing", HYPERTENSION, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), HEPATITIS)
def test_hepatitis(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)


# --- X08 --------------------------------------------------------------------------------------------------------------

HIV_NEGATIVE = answered("56888-1", NEGATIVE)


def reagin(answer: tuple[str, str] = NEGATIVE, **more: Any) -> Resource:
    return answered("20507-0", answer, **more)


def treponemal(answer: tuple[str, str] = NEGATIVE, **more: Any) -> Resource:
    return answered("24110-9", answer, **more)


SYPHILIS = [
    row("reagin negative", reagin(), comes=PASSES),
    row("treponemal negative", treponemal(), comes=PASSES),
    row("both negative", reagin(), treponemal(), comes=PASSES),
    row("both positive", reagin(POSITIVE), treponemal(POSITIVE), comes=FAILS),
    row("treponemal alone", treponemal(POSITIVE), comes=review("no-data", "unspecific")),
    row("reagin alone", reagin(POSITIVE), comes=review("no-data", "unspecific")),
    row(
        "treponemal positive, reagin negative: treated",
        treponemal(POSITIVE),
        reagin(),
        comes=review("no-data", "unspecific"),
    ),
    row("reagin positive, treponemal negative", reagin(POSITIVE), treponemal(), comes=review("no-data", "unspecific")),
    row("syphilis", condition("A53.9"), comes=FAILS),
    row("reagin has become negative", reagin(POSITIVE, on=ago(60)), reagin(), comes=PASSES),
    row("treponemal has become negative", treponemal(POSITIVE, on=ago(60)), treponemal(), comes=PASSES),
    row("reagin has become positive", reagin(on=ago(60)), reagin(POSITIVE), comes=review("no-data", "unspecific")),
    row(
        "both have become positive",
        *(reagin(on=ago(60)), treponemal(on=ago(60)), reagin(POSITIVE), treponemal(POSITIVE)),
        comes=FAILS,
    ),
    row(
        "both were positive long ago",
        reagin(POSITIVE, on=ago(91)),
        treponemal(POSITIVE, on=ago(91)),
        comes=review("no-data", "stale"),
    ),
    row("syphilis and a negative test", condition("A53.9"), reagin(), comes=review("conflicting-data")),
    row("syphilis in the past", condition("A53.9", status="resolved"), reagin(), comes=review("judgement")),
    row(
        "syphilis that ended",
        condition("A53.9", status=None, abatementDateTime="2020-01-01"),
        comes=review("judgement", "no-data"),
    ),
    row("syphilis, no clinical status", condition("A53.9", status=None), comes=review("no-data", "stale")),
    row("an old test", reagin(on=ago(91)), comes=review("no-data", "stale")),
    row("nothing", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), SYPHILIS)
def test_syphilis(check: Check, given: Given, expected: Expected) -> None:
    check("X08", Given((*given.resources, HIV_NEGATIVE)), expected)


HIV = [
    row("negative", HIV_NEGATIVE, comes=PASSES),
    row(
        "negative, and indeterminate since",
        answered("56888-1", NEGATIVE, on=ago(60)),
        answered("56888-1", INDETERMINATE),
        comes=review("no-data", "unspecific"),
    ),
    row(
        "negative within 90 days, and in a month that is partly within them",
        answered("56888-1", NEGATIVE, on="2026-08-25"),
        answered("56888-1", NEGATIVE, on="2026-08"),
        comes=review("imprecise", "no-data"),
    ),
    row("HIV disease", condition("B20"), comes=FAILS),
    row("reactive screening test", answered("56888-1", POSITIVE), comes=review("judgement", "no-data")),
    row("RNA detected", answered("25835-0", DETECTED, on=ago(900)), comes=FAILS),
    row("not tested", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), HIV)
def test_hiv(check: Check, given: Given, expected: Expected) -> None:
    check("X08", Given((*given.resources, reagin())), expected)
