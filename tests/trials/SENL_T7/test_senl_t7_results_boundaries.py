"""Edges that the tables of single criteria leave out: limits, days and months of each part, units, code systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from boundaries import FALSE, TRUE, Edge, Outcome, answer_to, begun, newer_percentages, open_for, ranged
from bundles import (
    DETECTED,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    ICD_10_PCS,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    PARACETAMOL,
    POSITIVE,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    answered,
    cd7,
    coded,
    condition,
    lvef,
    observation,
    procedure,
    quantity,
    woman,
)
from local_codes import LOCAL, MRD
from results import NCIT

KARNOFSKY, LANSKY = ("89243-0", LOINC), ("C38144", NCIT)
COVERED = (HYPERTENSION, procedure("80146002", on="2019-03-01"))
"""What no rule asks for: with it, the record covers diagnoses and procedures."""


T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
REMISSION = observation("88040-1", on=ago(300), valueCodeableConcept=coded(SNOMED, "103338009"))


def blasts(code: str) -> Callable[[Resource], Resource]:
    return lambda content: observation(code, on=ago(20), **content)


COURSE = [
    row
    for atom, code in {"I01.a4": "26446-5", "I01.a5": "11150-0"}.items()
    for unit, bound, step in (("%", 5, 0.1), ("1", 0.05, 0.001))
    for row in Edge(atom, "", (T_ALL, REMISSION)).limit(
        blasts(code),
        bound,
        unit,
        (FALSE, open_for("registry-error"), TRUE),
        step=step,
        across=open_for("imprecise"),
    )
]


COURSE += Edge("I01.a2", "refractory by its German code", (T_ALL,)).comes(
    open_for("judgement"), {"": condition("C95.8!", GERMAN_ICD_10, onset=ago(60))}
)
COURSE += Edge("I01.a6", "residual disease, and in remission by ICD-10-CM since", (T_ALL, REMISSION)).comes(
    open_for("judgement"),
    {
        "T-ALL": (answered(MRD, POSITIVE, system=LOCAL, on=ago(60)), condition("C91.01", onset=ago(20))),
        "T-LBL": (answered(MRD, POSITIVE, system=LOCAL, on=ago(60)), condition("C83.5A", onset=ago(20))),
    },
) + Edge("I01.a6", "residual disease, and in remission by ICD-10-CM before", (T_ALL, REMISSION)).comes(
    TRUE, {"T-ALL": (answered(MRD, POSITIVE, system=LOCAL, on=ago(20)), condition("C91.01", onset=ago(60)))}
)


def score(code: str, system: str) -> Callable[[Resource], Resource]:
    return lambda content: observation(code, system=system, on=ago(3), **content)


def scored(code: str, system: str) -> Callable[[str], Resource]:
    return lambda on: observation(code, system=system, on=on, valueInteger=60)


SCORES = [
    row
    for atom, of in {"I04.a1": KARNOFSKY, "I04.a2": LANSKY}.items()
    for row in (
        *Edge(atom).limit(score(*of), 60, "{score}", (FALSE, TRUE, TRUE), step=1),
        *Edge(atom).day(scored(*of), ago(30), TRUE),
    )
] + Edge("I04.a1").comes(
    open_for("unspecific"), {"by a SNOMED code": observation("273546003", system=SNOMED, on=ago(3), valueInteger=90)}
)


def hemoglobin(content: Resource) -> Resource:
    return observation("718-7", **content)


def saturation(on: str) -> Resource:
    return observation("59408-5", on=on, valueQuantity=quantity(95, "%"))


BLOOD = [
    row
    for atom in ("I05.a1", "I08.a1")
    for row in (
        *Edge(atom).limit(hemoglobin, 70, "g/L", (FALSE, TRUE, TRUE), step=1),
        *Edge(atom).limit(hemoglobin, 7, "g/dL", (FALSE, TRUE, TRUE)),
        *Edge(atom).day(lambda on: observation("718-7", on=on, valueQuantity=quantity(70, "g/L")), ago(30), TRUE),
    )
] + Edge("I07.a1", "", (*COVERED, PARACETAMOL)).day(saturation, ago(14), TRUE)


def within(code: str, high: float, unit: str) -> Callable[[Resource], Resource]:
    return lambda content: ranged(code, content, high, unit)


def organ(atom: str, code: str, times: float, *ranges: tuple[float, str]) -> list[Any]:
    rows = []
    for high, unit in ranges:
        rows += Edge(atom).limit(
            within(code, high, unit),
            round(high * times, 4),
            unit,
            (TRUE, TRUE, FALSE),
            step=0.01,
        )
    high, unit = ranges[0]
    rows += Edge(atom).day(
        lambda on: ranged(code, {"valueQuantity": quantity(high, unit)}, high, unit, on=on), ago(30), TRUE
    )
    return rows


LIVER = [
    *organ("I09.a1", "1975-2", 3, (1.2, "mg/dL"), (20, "umol/L")),
    *organ("I09.a2", "1920-8", 5, (35, "U/L"), (0.6, "ukat/L")),
    *organ("I09.a3", "1742-6", 5, (40, "U/L"), (0.7, "ukat/L")),
]

A_YEAR_AGO, A_YEAR_BEFORE_TREATMENT = "2025-11-20", "2025-12-08"
TREATED = {"anchors": {"treatment": date(2026, 12, 8)}}


def shortening(content: Resource, on: str = ago(30)) -> Resource:
    return observation("18051-3", on=on, **content)


def shortened(on: str) -> Resource:
    return shortening({"valueQuantity": quantity(29, "%")}, on)


def qtc(content: Resource) -> Resource:
    return ranged("8636-3", content, 450, "ms")


HEART = [
    *Edge("X01.a2", "infarction").day(begun("I21.4", status="resolved"), A_YEAR_AGO, TRUE, outside=FALSE),
    *Edge("X01.a3", "long QT", COVERED).comes(
        TRUE, {"SNOMED": condition("9651007", SNOMED), "ICD-10-CM": condition("I45.81")}
    ),
    *Edge("X01.a3", "QTc", COVERED).limit(
        qtc, 450, "ms", (FALSE, FALSE, open_for("judgement")), step=1, across=open_for("imprecise")
    ),
    *Edge("X01.a3", "QTc", COVERED).comes(
        open_for("judgement"), {"in seconds": ranged("8636-3", {"valueQuantity": quantity(0.46, "s")}, 0.45, "s")}
    ),
    *Edge("X01.a5", "shortening").limit(shortening, 30, "%", (TRUE, FALSE, FALSE)),
    *Edge("X01.a5", "shortening").limit(shortening, 0.3, "1", (TRUE, FALSE, FALSE), step=0.01),
    *Edge("X01.a5", "shortening").day(shortened, A_YEAR_AGO, TRUE),
    *Edge("X01.a5", "shortening, of what is planned", (), TREATED).day(
        shortened, A_YEAR_BEFORE_TREATMENT, TRUE, across=open_for("stale")
    ),
    *Edge("X01.a5", "shortening").comes(
        TRUE, {f"{value} %": shortening({"valueQuantity": quantity(value, "%")}) for value in (5, 5.1)}
    ),
    *Edge("X01.a6", "LVEF").limit(lvef, 50, "%", (TRUE, FALSE, FALSE)),
    *Edge("X01.a6", "LVEF", (), TREATED).day(lambda on: lvef(49, on=on), A_YEAR_BEFORE_TREATMENT, TRUE),
    *Edge("X01.a8").day(answer_to("88020-3", (LOINC, "LA28406-9")), ago(30), TRUE),
    *Edge("X01.a8").comes(
        TRUE, {"an answer by its SNOMED code": observation("88020-3", valueCodeableConcept=coded(SNOMED, "420913000"))}
    ),
    *Edge("X01.a9", "shortening, of what is planned", (), TREATED).day(shortened, A_YEAR_BEFORE_TREATMENT, TRUE),
]

VIRUSES = {
    "X10.a2": "5002-1",
    "X10.a3": "30246-3",
    "X10.a4": "21055-9",
    "X10.a5": "32362-6",
    "X10.a6": "43244-3",
}
ALLOGENEIC = procedure("30243Y3", ICD_10_PCS, on=ago(400))
TESTS = [
    *Edge("X05.a1", "sepsis", also=("unspecific",)).day(begun("A41.9"), ago(30), open_for("unspecific")),
    *Edge("X07.a1").day(answer_to("29615-2", DETECTED), ago(90), TRUE),
    *Edge("X07.a2").day(answer_to("11259-9", DETECTED), ago(90), TRUE),
    *Edge("X08.a1", "no HIV", also=("no-data",)).day(answer_to("56888-1", NEGATIVE), ago(90), FALSE),
    *(
        row
        for code, other in (("22587-0", "20507-0"), ("20507-0", "22587-0"))
        for row in Edge("X08.a2", f"both positive, {code}", (answered(other, POSITIVE, on=ago(5)),)).day(
            answer_to(code, POSITIVE),
            ago(90),
            TRUE,
            outside=open_for("no-data", "stale", "unspecific"),
            across=open_for("imprecise", "no-data", "unspecific"),
        )
    ),
    *(
        row
        for atom, code in VIRUSES.items()
        for row in (
            *Edge(atom, "detected", (HYPERTENSION,)).day(answer_to(code, DETECTED), ago(90), open_for("judgement")),
            *Edge(atom, "not detected, after a transplant", (HYPERTENSION, ALLOGENEIC), also=("no-data",)).day(
                answer_to(code, NOT_DETECTED), ago(90), FALSE
            ),
        )
    ),
]

DISORDERS = [
    *Edge("X11.a4", "cerebellum").comes(
        TRUE, {"hereditary ataxia": condition("G11.1"), "hemorrhage": condition("I61.4")}
    ),
    *Edge("X11.a4", "cerebellum").comes(open_for("unspecific"), {"hemorrhage, SNOMED": condition("75038005", SNOMED)}),
]

ENROLLED = {"anchors": {"enrollment": date(2026, 11, 20)}}
SIX_MONTHS_AND_A_DAY = "2026-05-21"
TRANSPLANTS = [
    *Edge("X12.a1", "kidney, SNOMED", COVERED, ENROLLED).day(
        lambda on: procedure("70536003", on=on), SIX_MONTHS_AND_A_DAY, TRUE, outside=FALSE
    ),
    *Edge("X12.a1", "kidney, ICD-10-PCS", COVERED, ENROLLED).day(
        lambda on: procedure("0TY00Z0", ICD_10_PCS, on=on), SIX_MONTHS_AND_A_DAY, TRUE, outside=FALSE
    ),
    *Edge("X12.a1", "kidney transplant status", COVERED, ENROLLED).comes(
        open_for("undated"), {"ICD-10-CM": condition("Z94.0"), "WHO": condition("Z94.0", ICD_10)}
    ),
]

SHE = {"patient": woman()}
PREGNANCY = [
    *Edge("X13.a1", "pregnant, WHO", (), SHE, ("no-data",)).day(begun("Z33", ICD_10), ago(300), TRUE),
    *Edge("X13.a1", "pregnant, ICD-10-CM", (), SHE, ("no-data",)).day(begun("Z33.1"), ago(300), TRUE),
    *Edge("X13.a3", "hysterectomy", COVERED, SHE, ("judgement",)).day(
        lambda on: procedure("236886002", on=on), "2025-11-20", open_for("judgement"), outside=FALSE
    ),
]

ROWS = [
    *COURSE,
    *newer_percentages("I02.a1", cd7),
    *SCORES,
    *BLOOD,
    *LIVER,
    *HEART,
    *TESTS,
    *DISORDERS,
    *TRANSPLANTS,
    *PREGNANCY,
]


@pytest.mark.parametrize(("atom", "given", "outcome"), ROWS)
def test_an_edge(screen: Screen, atom: str, given: Given, outcome: Outcome) -> None:
    criterion, name = atom.split(".")
    assert screen(given).atom(criterion, name) == outcome
