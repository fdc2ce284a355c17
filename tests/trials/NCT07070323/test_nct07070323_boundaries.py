"""Edges that the tables of single criteria leave out: limits, days and months of each part, units, code systems."""

from __future__ import annotations

from typing import Any

import pytest
from boundaries import FALSE, TRUE, Edge, Outcome, answer_to, open_for
from bundles import (
    DETECTED,
    HYPERTENSION,
    ICD_10,
    ICD_10_PCS,
    ICD_O_3,
    LOINC,
    NEGATIVE,
    POSITIVE,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    answered,
    attestation,
    condition,
    medication,
    observation,
    person,
    procedure,
    quantity,
    woman,
)

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
T_ALL = condition("277575008", SNOMED, onset=ago(400))
LAST_DOSE = (medication("L01CA02", began=ago(60), ended=ago(40)), procedure("86273004"))


def blasts(content: Resource) -> Resource:
    return observation("26446-5", on=ago(3), **content)


BURDEN = [
    *Edge("I02.a1", "blasts", (T_ALL,)).limit(blasts, 20, "%", (TRUE, FALSE, FALSE)),
    *Edge("I02.a1", "blasts", (T_ALL,)).limit(blasts, 0.2, "1", (TRUE, FALSE, FALSE), step=0.01),
    *Edge("I02.a1", "blasts", (T_ALL,)).day(
        lambda on: observation("26446-5", on=on, valueQuantity=quantity(5, "%")), ago(30), TRUE
    ),
    *Edge("I02.a1", "5 % of blasts", (blasts({"valueQuantity": quantity(5, "%")}),)).comes(
        TRUE,
        {
            "T-ALL, ICD-O-3": condition("9837/3", ICD_O_3),
            "T-LBL, ICD-O-3": condition("9729/3", ICD_O_3),
            "T-LBL, SNOMED": condition("421246008", SNOMED),
        },
    ),
    *Edge("I02.a1", "5 % of blasts", (blasts({"valueQuantity": quantity(5, "%")}),)).comes(
        open_for("judgement"),
        {
            "ALL, ICD-10-CM, names no lineage": condition("C91.00"),
            "ALL, WHO, names no lineage": condition("C91.0", ICD_10),
            "lymphoblastic lymphoma, ICD-10-CM, names no lineage": condition("C83.50"),
        },
    ),
]

TWO_WEEKS_AGO = ago(14)
WASHOUT = [
    *Edge("I02.a2", "last dose", (procedure("86273004"),)).day(
        lambda on: medication("L01CA02", began=ago(90), ended=on),
        TWO_WEEKS_AGO,
        open_for("registry-error"),
        outside=TRUE,
        across=open_for("registry-error"),
    ),
    *Edge("I02.a2", "CAR-T cells", LAST_DOSE).day(
        lambda on: procedure("XW033C7", ICD_10_PCS, on=on),
        TWO_WEEKS_AGO,
        open_for("registry-error"),
        outside=TRUE,
        across=open_for("registry-error"),
    ),
    *Edge("I02.a2", "CAR-T cells", LAST_DOSE).comes(
        open_for("registry-error"),
        {
            "by their HCPCS code": procedure("Q2042", HCPCS, on=ago(14)),
            "by their ATC code": medication("L01XL04", began=ago(14), ended=ago(14)),
        },
    ),
    *Edge("I02.a2", "encounter for chemotherapy, ICD-10-CM", LAST_DOSE).day(
        lambda on: condition("Z51.11", onset=on),
        TWO_WEEKS_AGO,
        open_for("registry-error", "unspecific"),
        outside=TRUE,
        across=open_for("registry-error", "unspecific"),
    ),
]


def ecog(on: str, code: str = "89247-1", system: str = LOINC, value: int = 1) -> Resource:
    return observation(code, system=system, on=on, valueInteger=value)


PERFORMANCE = [
    *Edge("I05.a1", "ECOG 1").day(ecog, ago(30), TRUE),
    *Edge("I05.a1", "by its SNOMED code").comes(
        TRUE, {f"ECOG {value}": ecog(ago(3), "423740007", SNOMED, value) for value in (0, 2)}
    ),
    *Edge("I05.a1", "by its SNOMED code").comes(FALSE, {"ECOG 3": ecog(ago(3), "423740007", SNOMED, 3)}),
]


def signed(born: str, atom: str, outcome: Outcome) -> list[Any]:
    """Whether the consent that this atom asks for is asked of somebody born then."""
    said = attestation(f"NCT07070323#I08.{atom}", True)
    return Edge(f"I08.{atom}", f"born {born}", (), {"patient": person(born=born)}).comes(outcome, {"signed": said})


CONSENT = [
    row
    for born, atoms in {
        "2007": ("a3", "a4"),  # 18 or 19 years
        "2018": ("a4", "a5"),  # 7 or 8 years
    }.items()
    for atom in atoms
    for row in signed(born, atom, open_for("imprecise"))
] + [*signed("1955", "a3", open_for("imprecise")), *signed("2025", "a5", open_for("imprecise"))]


def coma_score(content: Resource) -> Resource:
    return observation("9269-2", **content)


def nyha(on: str, value: int = 2) -> Resource:
    return observation("88020-3", on=on, valueInteger=value)


FAILURE = condition("I50.9", onset=ago(400))
HEAD_AND_HEART = [
    *Edge("X01.a1", "coma score", (HYPERTENSION,)).limit(
        coma_score, 15, "{score}", (open_for("unspecific"), FALSE, FALSE), step=1
    )[:2],
    *Edge("X02.a1", "NYHA II", (FAILURE,)).day(
        nyha, ago(30), TRUE, outside=open_for("unspecific"), across=open_for("unspecific")
    ),
    *Edge("X02.a1", "NYHA", (FAILURE,)).comes(
        TRUE,
        {
            "'III-IV'": observation("88020-3", valueString="III-IV"),
            "II, an answer by its SNOMED code": answered("88020-3", (SNOMED, "421704003")),
        },
    ),
    *Edge("X02.a1", "NYHA I, an answer by its SNOMED code").comes(
        FALSE, {"without heart failure": (HYPERTENSION, answered("88020-3", (SNOMED, "420300004")))}
    ),
    *Edge("X02.a1", "NYHA IV, an answer by its SNOMED code").comes(
        open_for("judgement"), {"without heart failure": (HYPERTENSION, answered("88020-3", (SNOMED, "422293003")))}
    ),
    *Edge("X02.a1", "NYHA II, asked by a SNOMED code", (FAILURE,)).comes(
        open_for("unspecific"), {"": answered("420816009", (SNOMED, "421704003"), system=SNOMED)}
    ),
    *Edge("X02.a1", "NYHA I or II", (FAILURE,)).comes(
        open_for("unspecific"), {"": observation("88020-3", valueString="I-II")}
    ),
    *Edge("X02.a2", "high-degree block").comes(
        open_for("unspecific"),
        {
            "ICD-10-CM": condition("I44.2"),
            "WHO": condition("I44.2", ICD_10),
            "Mobitz II, SNOMED": condition("28189009", SNOMED),
        },
    ),
    *Edge("X02.a2", "block").comes(FALSE, {"Mobitz I, SNOMED": condition("54016002", SNOMED)}),
]


def kidney(code: str, content: Resource, high: float, unit: str = "mg/dL", **more: Any) -> Resource:
    return observation(code, **content, referenceRange=[{"high": quantity(high, unit)}], **more)


def creatinine(content: Resource, **more: Any) -> Resource:
    return kidney("2160-0", content, 1.2, **more)


def urea_nitrogen(content: Resource, **more: Any) -> Resource:
    return kidney("3094-0", content, 20, **more)


KIDNEY = [
    *Edge("X06.a1", "creatinine").limit(creatinine, 1.8, "mg/dL", (FALSE, TRUE, TRUE), step=0.01),
    *Edge("X06.a2", "urea nitrogen").limit(urea_nitrogen, 30, "mg/dL", (FALSE, TRUE, TRUE)),
    *Edge("X06.a2", "urea nitrogen").limit(
        lambda content: kidney("14937-7", content, 7.2, "mmol/L"), 10.8, "mmol/L", (FALSE, TRUE, TRUE)
    ),
    *Edge("X06.a1", "creatinine").day(
        lambda on: creatinine({"valueQuantity": quantity(1.8, "mg/dL")}, on=on), ago(30), TRUE
    ),
    *Edge("X06.a2", "urea nitrogen").day(
        lambda on: urea_nitrogen({"valueQuantity": quantity(30, "mg/dL")}, on=on), ago(30), TRUE
    ),
]

DISEASES = [
    *Edge("X07.a1", "sepsis").day(lambda on: condition("A41.9", onset=on), ago(30), TRUE),
    *Edge("X07.a2", "pneumonia", also=("unspecific",)).day(
        lambda on: condition("J18.9", onset=on), ago(30), open_for("unspecific")
    ),
    *Edge("X08.a1", "HbA1c", (HYPERTENSION,)).limit(
        lambda content: observation("4548-4", **content),
        6.5,
        "%",
        (FALSE, open_for("judgement"), open_for("judgement")),
    ),
    *Edge("X08.a1", "HbA1c", (HYPERTENSION,)).comes(
        open_for("unit"),
        {"48 mmol/mol, which has no factor": observation("4548-4", valueQuantity=quantity(48, "mmol/mol"))},
    ),
]

ALONE = ("no-data",)
NO_HCV = (answered("16128-1", NEGATIVE, on=ago(5)),)
NO_HBV = (answered("5195-3", NEGATIVE, on=ago(5)),)
TREPONEMAL, REAGIN = "22587-0", "20507-0"
TESTS = [
    *Edge("X13.a1", "surface antigen", also=ALONE).day(answer_to("5195-3", POSITIVE), ago(90), TRUE),
    *Edge("X13.a1", "no surface antigen", NO_HCV, also=ALONE).day(answer_to("5195-3", NEGATIVE), ago(90), FALSE),
    *Edge("X13.a1", "HBV DNA", also=ALONE).day(answer_to("29610-3", DETECTED), ago(90), TRUE),
    *Edge("X13.a1", "HCV RNA", also=ALONE).day(answer_to("11259-9", DETECTED), ago(90), TRUE),
    *Edge("X13.a1", "no HCV RNA", NO_HBV, also=ALONE).day(answer_to("11259-9", NEGATIVE), ago(90), FALSE),
    *Edge("X13.a1", "no HCV antibody", NO_HBV, also=ALONE).day(answer_to("16128-1", NEGATIVE), ago(90), FALSE),
    *Edge("X13.a1", "hepatitis A", (*NO_HBV, *NO_HCV), also=ALONE).day(
        answer_to("13950-1", POSITIVE), ago(90), open_for("no-data", "unspecific")
    ),
    *Edge("X13.a2", "no HIV", also=ALONE).day(answer_to("56888-1", NEGATIVE), ago(90), FALSE),
    *Edge("X13.a3", "both positive", (answered(REAGIN, POSITIVE, on=ago(5)),), also=("judgement",)).day(
        answer_to(TREPONEMAL, POSITIVE), ago(90), TRUE
    ),
    *Edge("X13.a3", "both negative", (answered(REAGIN, NEGATIVE, on=ago(5)),)).day(
        answer_to(TREPONEMAL, NEGATIVE), ago(90), FALSE
    ),
    *Edge(
        "X13.a3", "both positive, the reagin test", (answered(TREPONEMAL, POSITIVE, on=ago(5)),), also=("judgement",)
    ).day(answer_to(REAGIN, POSITIVE), ago(90), TRUE),
    *Edge("X12.a1", "pregnant, SNOMED", (), {"patient": woman()}, ALONE).day(
        lambda on: condition("77386006", SNOMED, onset=on), ago(300), TRUE
    ),
]

ROWS = [*BURDEN, *WASHOUT, *PERFORMANCE, *CONSENT, *HEAD_AND_HEART, *KIDNEY, *DISEASES, *TESTS]


@pytest.mark.parametrize(("atom", "given", "outcome"), ROWS)
def test_an_edge(screen: Screen, atom: str, given: Given, outcome: Outcome) -> None:
    criterion, name = atom.split(".")
    assert screen(given).atom(criterion, name) == outcome
