"""Edges that the tables of single criteria leave out: limits, days and months of each part, units, code systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from boundaries import FALSE, TRUE, Edge, Outcome, answer_to, begun, newer_percentages, open_for
from bundles import (
    DETECTED,
    GERMAN_ICD_10,
    ICD_10,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    POSITIVE,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    cd7,
    condition,
    observation,
    quantity,
    woman,
)

SIX_MONTHS_AGO = "2026-05-20"


def enzyme(code: str, content: Resource, unit: str = "U/L", high: float = 40, **more: Any) -> Resource:
    return observation(code, **content, referenceRange=[{"high": quantity(high, unit)}], **more)


def above_three_times(code: str) -> Callable[[str], Resource]:
    return lambda on: enzyme(code, {"valueQuantity": quantity(121, "U/L")}, on=on)


LIVER = [
    *Edge("I06.a2").limit(lambda content: enzyme("1742-6", content), 120, "U/L", (FALSE, FALSE, TRUE)),
    *Edge("I06.a2").comes(
        TRUE,
        {
            "in ukat/L": enzyme("1742-6", {"valueQuantity": quantity(2.05, "ukat/L")}, "ukat/L", 0.68),
            "in ukat/L, its limit in U/L": enzyme("1742-6", {"valueQuantity": quantity(2.06, "ukat/L")}, "U/L", 41),
        },
    ),
    *Edge("I06.a1").day(above_three_times("1920-8"), ago(30), TRUE),
    *Edge("I06.a2").day(above_three_times("1742-6"), ago(30), TRUE),
    *Edge("I06.a3").day(lambda on: observation("1975-2", on=on, valueQuantity=quantity(2.1, "mg/dL")), ago(30), TRUE),
]


def over(code: str) -> Callable[[str], Resource]:
    """Of one day, which is over."""
    return lambda on: condition(code, onset=on, status="resolved", abatementDateTime=on)


HEART = [
    *Edge("I05.a2").day(answer_to("88020-3", (LOINC, "LA28406-9")), ago(30), FALSE),
    *Edge("X08.a2", "tachycardia").day(over("I47.20"), SIX_MONTHS_AGO, TRUE, outside=FALSE),
    *Edge("X08.a2", "tachycardia, resolved since").day(
        begun("I47.20", status="resolved"), SIX_MONTHS_AGO, TRUE, outside=open_for("judgement")
    ),
    *Edge("X08.a2", "fibrillation of the atria", also=("unspecific",)).day(
        over("I48.0"), SIX_MONTHS_AGO, open_for("unspecific"), outside=FALSE
    ),
]

DNA, RNA = "29615-2", "11259-9"
INFECTIONS = [
    *Edge("X05.a1", "DNA", also=("no-data",)).day(answer_to(DNA, DETECTED), ago(90), TRUE),
    *Edge("X05.a1", "no DNA", also=("no-data",)).day(answer_to(DNA, NOT_DETECTED), ago(90), FALSE),
    *Edge("X05.a1", "surface antigen", also=("no-data",)).day(
        answer_to("5195-3", POSITIVE), ago(90), open_for("no-data", "unspecific")
    ),
    *Edge("X05.a2", "RNA", also=("no-data",)).day(answer_to(RNA, DETECTED), ago(90), TRUE),
    *Edge("X05.a2", "no RNA", also=("no-data",)).day(answer_to(RNA, NOT_DETECTED), ago(90), FALSE),
    *Edge("X05.a2", "antibody", also=("no-data",)).day(
        answer_to("16128-1", POSITIVE), ago(90), open_for("no-data", "unspecific")
    ),
    *Edge("X06.a1", "no antibody", also=("no-data",)).day(answer_to("56888-1", NEGATIVE), ago(90), FALSE),
]

FLUID = [
    *Edge("X03.a1", "blasts", also=("no-data",)).day(
        answer_to("26447-3", POSITIVE), ago(30), open_for("no-data", "unspecific")
    ),
    *Edge("X03.a1", "no blasts", also=("no-data",)).day(answer_to("26447-3", NEGATIVE), ago(30), FALSE),
]

REFRACTORY = condition("C95.8!", GERMAN_ICD_10, onset=ago(60))
COURSE = [
    *Edge("I01.a3", "refractory by its German code").comes(TRUE, {"": REFRACTORY}),
    *Edge("I01.a1", "refractory by its German code").comes(open_for("unspecific"), {"of no kind": REFRACTORY}),
]

SHE = {"patient": woman()}
PREGNANCY = [
    *Edge("X01.a1", "pregnant", (), SHE, ("no-data",)).day(begun("Z33.1"), ago(300), TRUE),
    *Edge("X01.a1", "pregnant, WHO", (), SHE, ("no-data",)).day(begun("Z33", ICD_10), ago(300), TRUE),
    *Edge("X01.a1", "status", (), SHE, ("no-data",)).day(answer_to("82810-3", (SNOMED, "77386006")), ago(7), TRUE),
    *Edge("X01.a1", "status: not", (), SHE, ("no-data",)).day(
        answer_to("82810-3", (SNOMED, "60001007")), ago(7), FALSE
    ),
    *Edge("X01.a2", "status", (), SHE, ("no-data",)).day(answer_to("63895-7", (LOINC, "LA29252-6")), ago(30), TRUE),
    *Edge("X01.a2", "status: not", (), SHE, ("no-data",)).day(
        answer_to("63895-7", (LOINC, "LA29253-4")), ago(30), FALSE
    ),
    *Edge("X01.a2", "breastfeeding", (), SHE, ("no-data",)).day(begun("413712001", SNOMED), ago(300), TRUE),
]

ROWS = [*newer_percentages("I01.a2", cd7), *LIVER, *HEART, *INFECTIONS, *FLUID, *COURSE, *PREGNANCY]


@pytest.mark.parametrize(("atom", "given", "outcome"), ROWS)
def test_an_edge(screen: Screen, atom: str, given: Given, outcome: Outcome) -> None:
    criterion, name = atom.split(".")
    assert screen(given).atom(criterion, name) == outcome
