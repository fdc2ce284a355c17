"""Edges of results that the tables of single criteria leave out: limits, days and months of each part, units, codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from boundaries import FALSE, TRUE, Edge, Outcome, answer_to, begun, open_for, ranged
from bundles import (
    HYPERTENSION,
    ICD_O_3,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    POSITIVE,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    coded,
    condition,
    dose,
    lvef,
    observation,
    quantity,
)
from local_codes import LOCAL, MRD
from results import NCIT

LANSKY = {"code": "C38144", "system": NCIT}
KARNOFSKY = {"code": "89243-0", "system": LOINC}


T_ALL = condition("277575008", SNOMED, onset=ago(200))
REMISSION = observation("88040-1", on=ago(100), valueCodeableConcept=coded(SNOMED, "103338009"))


PARTIAL = observation("88040-1", on=ago(100), valueCodeableConcept=coded(SNOMED, "103337004"))
FIRST_REMISSION = [
    *Edge("I02.a2", "partial, and the disease is in remission", (PARTIAL,)).comes(
        open_for("no-data"),
        {
            "T-LBL, ICD-O-3": condition("9729/3", ICD_O_3, onset=ago(200), status="remission"),
            "T-ALL/LBL, ICD-O-3": condition("9837/3", ICD_O_3, onset=ago(200), status="remission"),
        },
    ),
    *Edge("I02.a2", "partial, and the disease is not", (PARTIAL,)).comes(
        open_for("no-data"), {"T-LBL, ICD-O-3": condition("9729/3", ICD_O_3, onset=ago(200))}
    ),
]


def residual(content: Resource) -> Resource:
    return observation(MRD, system=LOCAL, on=ago(90), specimen={"display": "Bone marrow"}, **content)


RESIDUAL_DISEASE = [
    *Edge("I02.a3", "", (T_ALL, REMISSION)).limit(residual, 0.01, "%", (TRUE, FALSE, FALSE), step=0.001),
    *Edge("I02.a3", "", (T_ALL, REMISSION)).limit(residual, 0.0001, "1", (TRUE, FALSE, FALSE), step=0.00001),
    *Edge("I02.a3", "", (T_ALL, REMISSION)).limit(residual, 1, "10*-4", (TRUE, FALSE, FALSE)),
]


DIAGNOSED = {
    "T-LBL, SNOMED": ("421246008", SNOMED),
    "T-LBL, ICD-O-3": ("9729/3", ICD_O_3),
    "T-ALL/LBL, ICD-O-3": ("9837/3", ICD_O_3),
}
DIAGNOSES = [
    row
    for name, (code, system) in DIAGNOSED.items()
    for row in Edge("I01.a3", name).day(
        begun(code, system), "2025-11-20", TRUE, outside=open_for("judgement", "no-data")
    )
]


def score(of: Resource, value: int) -> Callable[[str], Resource]:
    return lambda on: observation(of["code"], system=of["system"], on=on, valueInteger=value)


def scored(of: Resource) -> Callable[[Resource], Resource]:
    return lambda content: observation(of["code"], system=of["system"], on=ago(3), **content)


def ecog(on: str) -> Resource:
    return observation("89247-1", on=on, valueInteger=1)


def lymphocytes(content: Resource) -> Resource:
    return observation("731-0", **content)


CONDITION = [
    *Edge("I05.a1").limit(lymphocytes, 0.5, "10*9/L", (FALSE, TRUE, TRUE), step=0.01),
    *Edge("I05.a1").limit(lymphocytes, 500, "/uL", (FALSE, TRUE, TRUE), step=1),
    *Edge("I05.a1").day(lambda on: observation("731-0", on=on, valueQuantity=quantity(1, "10*9/L")), ago(30), TRUE),
    *Edge("I05.a2").day(ecog, ago(30), TRUE),
    *Edge("I05.a2").comes(open_for("imprecise"), {"ECOG '1-2'": observation("89247-1", valueString="1-2")}),
    *Edge("I05.a2", "by its SNOMED code").comes(
        TRUE, {"ECOG 1": observation("423740007", system=SNOMED, on=ago(3), valueInteger=1)}
    ),
    *Edge("I05.a2", "by its SNOMED code").comes(
        FALSE, {"ECOG 2": observation("423740007", system=SNOMED, on=ago(3), valueInteger=2)}
    ),
    *(
        row
        for of in (LANSKY, KARNOFSKY)
        for row in (
            *Edge("I05.a3", of["code"], also=("no-data",)).day(score(of, 80), ago(30), TRUE),
            *Edge("I05.a3", of["code"], also=("no-data",)).limit(
                scored(of), 80, "{score}", (FALSE, TRUE, TRUE), step=1
            ),
        )
    ),
    *Edge("I05.a3", "Karnofsky by a SNOMED code").comes(
        open_for("no-data", "unspecific"), {"90": observation("273546003", system=SNOMED, on=ago(3), valueInteger=90)}
    ),
]


LIVER_AND_KIDNEYS = {
    "F03.a1": ("2160-0", 0.6, 1.5, "mg/dL"),
    "F04.a1": ("1975-2", 1.2, 3, "mg/dL"),
    "F04.a2": ("1742-6", 40, 3, "U/L"),
    "F04.a3": ("1920-8", 35, 3, "U/L"),
}
IN_OTHER_UNITS = {
    "F03.a1": ("umol/L", 60),
    "F04.a1": ("umol/L", 20),
    "F04.a2": ("ukat/L", 0.7),
    "F04.a3": ("ukat/L", 0.6),
}


def organ(atom: str, code: str, high: float, times: float, unit: str) -> list[Any]:
    other, limit = IN_OTHER_UNITS[atom]
    return [
        *Edge(atom).limit(
            lambda content: ranged(code, content, high, unit),
            round(high * times, 4),
            unit,
            (TRUE, TRUE, FALSE),
            step=0.01,
        ),
        *Edge(atom).limit(
            lambda content: ranged(code, content, limit, other),
            round(limit * times, 4),
            other,
            (TRUE, TRUE, FALSE),
            step=0.01,
        ),
        *Edge(atom).day(
            lambda on: ranged(code, {"valueQuantity": quantity(high, unit)}, high, unit, on=on), ago(30), TRUE
        ),
    ]


ORGANS = [
    *Edge("F02.a1").limit(lvef, 45, "%", (FALSE, TRUE, TRUE)),
    *Edge("F02.a1").limit(lvef, 0.45, "1", (FALSE, TRUE, TRUE), step=0.01),
    *Edge("F02.a1").day(lambda on: lvef(60, on=on), ago(90), TRUE),
    *(row for atom, of in LIVER_AND_KIDNEYS.items() for row in organ(atom, *of)),
]

DISEASES = [
    *Edge("F05.a1", "sepsis", also=("unspecific",)).day(
        lambda on: condition("A41.9", onset=on), ago(30), open_for("unspecific")
    ),
    *Edge("F05.a1", "a dose of an antibacterial", (HYPERTENSION,)).day(
        lambda on: dose("J01DH02", on),
        ago(30),
        open_for("unspecific"),
        outside=open_for("stale", "unspecific"),
        across=open_for("imprecise", "unspecific"),
    ),
    *Edge("X03.a1", "sepsis", also=("unspecific",)).day(
        lambda on: condition("A41.9", onset=on), ago(30), open_for("unspecific")
    ),
    *Edge("X01.a1", "NYHA III", (HYPERTENSION,)).day(
        lambda on: observation("88020-3", on=on, valueInteger=3), ago(30), open_for("unspecific")
    ),
    *Edge("X01.a1", "NYHA", (HYPERTENSION,)).comes(
        open_for("imprecise"), {"'II-III'": observation("88020-3", valueString="II-III")}
    ),
    *Edge("X01.a1", "NYHA, an answer by its SNOMED code", (HYPERTENSION,)).comes(
        open_for("unspecific"), {"III": observation("88020-3", valueCodeableConcept=coded(SNOMED, "420913000"))}
    ),
]


def hbv_dna(content: Resource, **more: Any) -> Resource:
    return ranged("42595-9", content, 20, "[IU]/mL", **more)


TESTS = [
    *Edge("X05.a1").day(answer_to("5195-3", POSITIVE), ago(90), TRUE),
    *Edge("X05.a1").day(answer_to("5195-3", NEGATIVE), ago(90), FALSE),
    *Edge("X05.a2").day(answer_to("13952-7", POSITIVE), ago(90), TRUE),
    *Edge("X05.a3").limit(hbv_dna, 20, "[IU]/mL", (FALSE, FALSE, TRUE), step=1),
    *Edge("X05.a3").comes(
        open_for("unit"),
        {
            f"copies, which have no factor, and a limit in {unit}": ranged(
                "42595-9", {"valueQuantity": quantity(200, "{copies}/mL")}, 20, unit
            )
            for unit in ("[IU]/mL", "{copies}/mL")
        },
    ),
    *Edge("X05.a3").day(lambda on: hbv_dna({"valueQuantity": quantity(21, "[IU]/mL")}, on=on), ago(90), TRUE),
    *Edge("X05.a3", "not detected", also=("unspecific",)).day(answer_to("29610-3", NOT_DETECTED), ago(90), FALSE),
    *Edge("X05.a4").day(answer_to("16128-1", POSITIVE), ago(90), TRUE),
    *Edge("X05.a5").day(answer_to("11259-9", NOT_DETECTED), ago(90), FALSE),
]

ROWS = [*FIRST_REMISSION, *RESIDUAL_DISEASE, *DIAGNOSES, *CONDITION, *ORGANS, *DISEASES, *TESTS]


@pytest.mark.parametrize(("atom", "given", "outcome"), ROWS)
def test_an_edge(screen: Screen, atom: str, given: Given, outcome: Outcome) -> None:
    criterion, name = atom.split(".")
    assert screen(given).atom(criterion, name) == outcome
