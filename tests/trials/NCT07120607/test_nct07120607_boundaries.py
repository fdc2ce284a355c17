"""Edges that the tables of single criteria leave out: limits, days and months of each part, units, code systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from boundaries import FALSE, TRUE, Edge, Outcome, answer_to, begun, newer_percentages, open_for, ranged
from bundles import (
    ATC,
    DETECTED,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    ICD_O_3,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    PARACETAMOL,
    POSITIVE,
    RXNORM,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    allergy,
    answered,
    cd7,
    coded,
    condition,
    dose,
    lvef,
    medication,
    observation,
    procedure,
    quantity,
    woman,
)
from results import remission

SIX_MONTHS_AGO = "2026-05-20"
T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
AML = condition("C92.00", onset="2023-01-10", recorded="2023-01-10")
REMISSION = observation("88040-1", on=ago(300), valueCodeableConcept=coded(SNOMED, "103338009"))


COVERED = (HYPERTENSION, procedure("80146002", on="2019-03-01"))
BREATHING = (*COVERED, PARACETAMOL)  # what oxygen could be recorded as
"""What no rule asks for: with it, the record covers diagnoses and procedures."""


def counted(code: str) -> Callable[[Resource], Resource]:
    return lambda content: observation(code, on=ago(20), **content)


BLOOD, MARROW = "26446-5", "11150-0"
COURSE = [
    *Edge("I03.a2", "blood", (T_ALL, REMISSION)).limit(counted(BLOOD), 5, "%", (FALSE, FALSE, TRUE)),
    *Edge("I03.a2", "blood", (T_ALL, REMISSION)).limit(counted(BLOOD), 0.05, "1", (FALSE, FALSE, TRUE), step=0.001),
    *Edge("I03.a3", "marrow", (T_ALL, REMISSION)).limit(counted(MARROW), 5, "%", (FALSE, FALSE, TRUE)),
    *Edge("I03.a7", "marrow", (AML, REMISSION)).limit(counted(MARROW), 5, "%", (FALSE, TRUE, TRUE)),
    *Edge("I03.a6", "blood", (AML, REMISSION)).limit(
        counted(BLOOD), 5, "%", (open_for("unspecific"), TRUE, TRUE), across=open_for("unspecific")
    ),
    *Edge("I03.a6", "blood", (AML, REMISSION)).comes(
        open_for("unspecific"),
        {
            "more than 3 %": observation(BLOOD, on=ago(20), valueQuantity=quantity(3, "%", ">")),
            "'3-8 %'": observation(BLOOD, on=ago(20), valueString="3-8 %"),
        },
    ),
    *Edge("I03.a6", "blood", (AML, REMISSION)).comes(
        open_for("imprecise"),
        {"less than 1 %": observation(BLOOD, on=ago(20), valueQuantity=quantity(1, "%", "<"))},
    ),
    *Edge("I03.a6", "blood", (AML, REMISSION)).comes(
        TRUE, {"more than 5 %": observation(BLOOD, on=ago(20), valueQuantity=quantity(5, "%", ">"))}
    ),
    *Edge("I03.a16", "B-lineage", ()).comes(
        FALSE,
        {
            "SNOMED": condition("277571004", SNOMED),
            "ICD-10-CM": condition("C91.A0"),
            "ICD-O-3": condition("9811/3", ICD_O_3),
        },
    ),
]

MYELOID_RELAPSE, LYMPHOID_RELAPSE = "122901000119109", "122951000119108"


def relapse(on: str, code: str = MYELOID_RELAPSE, system: str = SNOMED) -> Resource:
    return condition(code, system, onset=on)


BY_CODE = [
    *Edge("I03.a1", "a relapse follows a remission", (T_ALL,)).comes(
        TRUE, {"SNOMED": relapse(ago(60), LYMPHOID_RELAPSE), "ICD-10-CM": relapse(ago(60), "C91.02", ICD_10_CM)}
    ),
    *Edge("I03.a10", "a relapse follows a remission", (AML,)).comes(
        TRUE, {"SNOMED": relapse(ago(60)), "ICD-10-CM": relapse(ago(60), "C92.02", ICD_10_CM)}
    ),
    *Edge("I03.a14", "again", (AML, relapse(ago(600)), remission(ago(400)))).comes(
        TRUE, {"SNOMED": relapse(ago(50)), "ICD-10-CM": relapse(ago(50), "C92.02", ICD_10_CM)}
    ),
    *Edge("I03.a12", "relapse, a year after", (AML, remission("2025-01-10"))).comes(
        open_for("judgement"), {"the last day": relapse("2026-01-10")}
    ),
    *Edge("I03.a12", "relapse, a year after", (AML, remission("2025-01-10"))).comes(
        open_for("judgement", "no-data"), {"a day later": relapse("2026-01-11")}
    ),
    *Edge("I03.a12", "relapse, a year after", (AML, remission("2025-01-10"))).comes(
        open_for("imprecise", "judgement", "no-data"), {"in that month": relapse("2026-01")}
    ),
    *Edge("I03.a4", "meninges after a remission", (T_ALL, REMISSION)).comes(
        TRUE, {"SNOMED": condition("722795004", SNOMED, onset=ago(30))}
    ),
    *Edge("I03.a4", "meninges after a remission", (T_ALL, REMISSION)).comes(
        open_for("unspecific"),
        {
            "secondary tumor, ICD-10-CM": condition("C79.32", onset=ago(30)),
            "secondary tumor, WHO": condition("C79.3", ICD_10, onset=ago(30)),
        },
    ),
]

LIMITS = {"1742-6": (40, "U/L"), "1920-8": (35, "U/L"), "1975-2": (1.2, "mg/dL"), "2160-0": (1.0, "mg/dL")}
ATOMS = {"1742-6": "I07.a1", "1920-8": "I07.a2", "1975-2": "I07.a3", "2160-0": "I07.a4"}


def own(code: str) -> Callable[[Resource], Resource]:
    high, unit = LIMITS[code]
    return lambda content: ranged(code, content, high, unit)


def at_its_limit(code: str) -> Callable[[str], Resource]:
    high, unit = LIMITS[code]
    return lambda on: ranged(code, {"valueQuantity": quantity(high, unit)}, high, unit, on=on)


def saturation(content: Resource, **more: Any) -> Resource:
    return observation("59408-5", **({"on": ago(3)} | more), **content, referenceRange=[{"low": quantity(94, "%")}])


def with_oxygen(code: str, content: Resource) -> tuple[Resource, ...]:
    return (saturation({"valueQuantity": quantity(97, "%")}), observation(code, on=ago(3), **content))


ORGANS = [
    row
    for code, (high, unit) in LIMITS.items()
    for row in (
        *Edge(ATOMS[code]).limit(
            own(code), round(high * (1.5 if code == "2160-0" else 3), 2), unit, (TRUE, TRUE, FALSE), step=0.01
        ),
        *Edge(ATOMS[code]).day(at_its_limit(code), ago(30), TRUE),
    )
] + [
    *Edge("I07.a1", "in ukat/L").comes(
        TRUE, {"at 3 x": ranged("1742-6", {"valueQuantity": quantity(2.1, "ukat/L")}, 0.7, "ukat/L")}
    ),
    *Edge("I07.a2", "in ukat/L").comes(
        FALSE, {"above": ranged("1920-8", {"valueQuantity": quantity(2.11, "ukat/L")}, 0.7, "ukat/L")}
    ),
    *Edge("I07.a5", "LVEF").limit(lvef, 50, "%", (FALSE, TRUE, TRUE)),
    *Edge("I07.a5", "LVEF").limit(lvef, 0.5, "1", (FALSE, TRUE, TRUE), step=0.01),
    *Edge("I07.a5", "LVEF").day(lambda on: lvef(60, on=on), ago(90), TRUE),
    *Edge("I07.a6", "saturation").limit(saturation, 94, "%", (FALSE, TRUE, TRUE), step=1),
    *Edge("I07.a6", "saturation").limit(saturation, 0.94, "1", (FALSE, TRUE, TRUE), step=0.01),
    *Edge("I07.a6", "saturation").day(
        lambda on: saturation({"valueQuantity": quantity(97, "%")}, on=on), ago(14), TRUE
    ),
]

FLOW: Resource = {"valueQuantity": quantity(2, "L/min")}


def percent_range(low: float, high: float) -> Resource:
    return {"valueRange": {"low": quantity(low, "%"), "high": quantity(high, "%")}}


OXYGEN = [
    *Edge("I07.a7", "concentration", BREATHING).comes(
        TRUE,
        {
            "20.9 %": with_oxygen("3150-0", {"valueQuantity": quantity(20.9, "%")}),
            "21 %": with_oxygen("3150-0", {"valueQuantity": quantity(21, "%")}),
            "0.21 as a fraction": with_oxygen("3150-0", {"valueQuantity": quantity(0.21, "1")}),
            "a flow of 0 L/min": with_oxygen("3151-8", {"valueQuantity": quantity(0, "L/min")}),
            "20 to 21 %": with_oxygen("3150-0", percent_range(20, 21)),
        },
    ),
    *Edge("I07.a7", "concentration", BREATHING).comes(
        open_for("imprecise", "no-data"),
        {
            "20 to 22 %": with_oxygen("3150-0", percent_range(20, 22)),
            "less than 1 L/min": with_oxygen("3151-8", {"valueQuantity": quantity(1, "L/min", "<")}),
        },
    ),
    *Edge("I07.a7", "a flow of 2 L/min", BREATHING).comes(
        FALSE,
        {
            f"saturation {value}": (saturation(content), observation("3151-8", on=ago(3), **FLOW))
            for value, content in {
                "40 %": {"valueQuantity": quantity(40, "%")},
                "41 %": {"valueQuantity": quantity(41, "%")},
                "of 40 to 97 %": percent_range(40, 97),
            }.items()
        },
    ),
    *Edge("I07.a7", "concentration", BREATHING).comes(
        FALSE,
        {
            "21.1 %": with_oxygen("3150-0", {"valueQuantity": quantity(21.1, "%")}),
            "0.22 as a fraction": with_oxygen("3150-0", {"valueQuantity": quantity(0.22, "1")}),
            "a flow of 0.1 L/min": with_oxygen("3151-8", {"valueQuantity": quantity(0.1, "L/min")}),
            "a flow of 100 mL/min": with_oxygen("3151-8", {"valueQuantity": quantity(100, "mL/min")}),
        },
    ),
]


SHE: dict[str, Any] = {"patient": woman(), "anchors": {"enrollment": date(2026, 11, 20)}}
NO_HCG = answered("2118-8", NEGATIVE, on=ago(1))


def pregnant_status(on: str) -> Resource:
    return answered("82810-3", (SNOMED, "77386006"), on=on)


PREGNANCY = [
    *(
        row
        for name, code, system in (
            ("SNOMED", "77386006", SNOMED),
            ("ICD-10-CM", "Z33.1", ICD_10_CM),
            ("WHO", "Z33", ICD_10),
        )
        for row in Edge("I08.a4", f"no HCG, pregnant, {name}", (*COVERED, NO_HCG), SHE).day(
            begun(code, system),
            ago(300),
            open_for("conflicting-data"),
            outside=TRUE,
        )
    ),
    *Edge("I08.a4", "no HCG, her status", (*COVERED, NO_HCG), SHE).day(
        pregnant_status, ago(7), open_for("conflicting-data"), outside=TRUE, across=TRUE
    ),
]


def nyha(on: str, grade: str = "LA28406-9") -> Resource:
    return observation("88020-3", on=on, valueCodeableConcept=coded(LOINC, grade))


SCORES = [
    *Edge("I06.a1").comes(TRUE, {"ECOG '0-2'": observation("89247-1", valueString="0-2")}),
    *Edge("I06.a1").day(lambda on: observation("89247-1", on=on, valueInteger=2), ago(30), TRUE),
    *Edge("X02.a2").day(nyha, ago(30), TRUE),
    *Edge("X02.a2").comes(
        TRUE, {"an answer by its SNOMED code": observation("88020-3", valueCodeableConcept=coded(SNOMED, "420913000"))}
    ),
    *Edge("X02.a2").comes(
        open_for("unspecific"),
        {
            "asked by a SNOMED code": observation(
                "420816009", system=SNOMED, valueCodeableConcept=coded(LOINC, "LA28406-9")
            )
        },
    ),
    *Edge("X02.a2").comes(TRUE, {"'III-IV'": observation("88020-3", valueString="III-IV")}),
    *Edge("X02.a2").comes(open_for("imprecise"), {"'II-III'": observation("88020-3", valueString="II-III")}),
]


def over(code: str, system: str = ICD_10_CM) -> Callable[[str], Resource]:
    """Of one day, which is over: what was over before the window did not go on into it."""
    return lambda on: condition(code, system, onset=on, status="resolved", abatementDateTime=on)


EVENTS = {
    "X03.a1": over("I20.0"),
    "X03.a2": over("G45.9"),
    "X03.a3": over("I21.4"),
    "X03.a5": over("314208002", SNOMED),
    "X03.a6": over("I44.2", ICD_10),
    "X03.a7": over("25569003", SNOMED),
    "X03.a8": over("71908006", SNOMED),
    "X03.a9": over("31722008", SNOMED),
    "X03.a10": lambda on: procedure("36969009", on=on),
    "X03.a11": over("I63.9", ICD_10),
    "X03.a12": over("I82.401"),
    "X03.a13": over("I26.99"),
    "X03.a16": over("I74.3"),
}
BEGAN: dict[str, Any] = {"anchors": {"screening-start": date(2026, 11, 5)}}
COUNTED_FROM: list[tuple[str, dict[str, Any], str]] = [
    ("", {}, SIX_MONTHS_AGO),
    ("counted from the start of screening", BEGAN, "2026-05-05"),
]
HEART_AND_VESSELS = [
    row
    for atom, make in EVENTS.items()
    for counted, asked, first in COUNTED_FROM
    for row in Edge(atom, counted, COVERED, asked).day(make, first, TRUE, outside=FALSE)
] + [
    *(
        row
        for what, atom, make in (
            ("any rhythm", "X03.a4", over("I48.0")),
            ("thrombosis of a device", "X03.a12", over("T82.868A")),
        )
        for counted, asked, first in COUNTED_FROM
        for row in Edge(atom, f"{what} {counted}", circumstances=asked, also=("unspecific",)).day(
            make, first, open_for("unspecific"), outside=FALSE
        )
    ),
    *Edge("X03.a15", "a course of amiodarone", also=("no-data",)).day(
        lambda on: medication("C01BD01", ATC, began=on, ended=on, status="completed"),
        SIX_MONTHS_AGO,
        TRUE,
        outside=open_for("no-data"),
    ),
]

STATIN = medication("C10AA01", began="2020-01-01")
GVHD = condition("D89.811", onset=ago(60))
DISEASES = [
    *Edge("X04.a1").day(lambda on: condition("D65", onset=on), ago(30), TRUE),
    *Edge("X06.a2").comes(
        TRUE,
        {
            "tacrolimus by mouth, RxNorm": medication("42316", RXNORM, began=ago(30), route="oral"),
            "ciclosporin by mouth, ATC": medication("L04AD01", began=ago(30), route="oral"),
        },
    ),
    *Edge("X06.a2").comes(
        open_for("unspecific"), {"long-term use, ICD-10-CM": (STATIN, condition("Z79.620", onset=ago(30)))}
    ),
    *Edge("X07.a1", "a dose").day(lambda on: dose("L04AD01", on), ago(30), TRUE, across=open_for("imprecise")),
    *Edge("X10.a1", "a dose of an antibacterial", (HYPERTENSION,)).day(
        lambda on: dose("J01DH02", on),
        ago(30),
        open_for("unspecific"),
        outside=open_for("stale", "unspecific"),
        across=open_for("imprecise", "unspecific"),
    ),
    *Edge("X10.a1", "sepsis").day(lambda on: condition("A41.9", onset=on), ago(30), TRUE),
    *Edge("X11.a1", "in a study").comes(
        open_for("unspecific"), {"SNOMED": condition("428024001", SNOMED), "ICD-10-CM": condition("Z00.6")}
    ),
    *Edge("X14.a1", "an allergy").comes(
        open_for("unspecific"), {"SNOMED": allergy("91936005"), "ICD-10-CM": (allergy("716186003"), condition("Z88.0"))}
    ),
]

SYPHILIS = {"treponemal": "24110-9", "reagin": "20507-0"}
TESTS = [
    *Edge("X09.a1").day(answer_to("29615-2", DETECTED), ago(90), TRUE),
    *Edge("X09.a1").day(answer_to("29615-2", NOT_DETECTED), ago(90), FALSE),
    *Edge("X09.a2").day(answer_to("11259-9", DETECTED), ago(90), TRUE),
    *Edge("X09.a2").day(answer_to("11259-9", NOT_DETECTED), ago(90), FALSE),
    *Edge("X09.a3", also=("no-data",)).day(answer_to("56888-1", NEGATIVE), ago(90), FALSE),
    *(
        row
        for name, code in SYPHILIS.items()
        for answer, outcome in ((POSITIVE, TRUE), (NEGATIVE, FALSE))
        for row in Edge(
            "X09.a4",
            f"{name} {answer[1]}",
            tuple(answered(other, answer, on=ago(5)) for other in SYPHILIS.values() if other != code),
            also=("judgement",),
        ).day(answer_to(code, answer), ago(90), outcome)
    ),
]

ROWS = [
    *newer_percentages("I04.a1", cd7),
    *COURSE,
    *BY_CODE,
    *ORGANS,
    *OXYGEN,
    *PREGNANCY,
    *SCORES,
    *HEART_AND_VESSELS,
    *DISEASES,
    *TESTS,
]


@pytest.mark.parametrize(("atom", "given", "outcome"), ROWS)
def test_an_edge(screen: Screen, atom: str, given: Given, outcome: Outcome) -> None:
    criterion, name = atom.split(".")
    assert screen(given).atom(criterion, name) == outcome
