"""The parts of the sentences, one by one: which result counts, which day, and what is over by now."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    HYPERTENSION,
    ICD_10_CM,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    POSITIVE,
    RXNORM,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    allergy,
    answered,
    coded,
    condition,
    lvef,
    medication,
    observation,
    procedure,
    quantity,
)

from trialsieve.rules.vocabulary import COVERABLE

Outcome = tuple[bool | None, tuple[str, ...]]
Part = tuple[str, str, tuple[Resource, ...], Outcome]

TRUE: Outcome = (True, ())
FALSE: Outcome = (False, ())
EDGE, BEFORE = "2026-05-20", "2026-05-19"


def unknown(*reasons: str) -> Outcome:
    return None, reasons


T_ALL, AML = condition("277575008", SNOMED), condition("C92.00", recorded="2023-01-10")


def remission(days: int) -> Resource:
    return observation("88040-1", on=ago(days), valueCodeableConcept=coded(SNOMED, "103338009"))


def measured(code: str, value: float, unit: str, days: int, **limits: float) -> Resource:
    ranges: Resource = (
        {"referenceRange": [{side: quantity(limit, unit) for side, limit in limits.items()}]} if limits else {}
    )
    return observation(code, on=ago(days), valueQuantity=quantity(value, unit), **ranges)


def marrow(value: float, days: int) -> Resource:
    return measured("11150-0", value, "%", days)


def blood(value: float, days: int) -> Resource:
    return measured("26446-5", value, "%", days)


def over(code: str, system: str | None = None, **more: Any) -> Resource:
    """A diagnosis of long ago, resolved."""
    systems = {} if system is None else {"system": system}
    return condition(code, **systems, **({"onset": "2015-01-01", "status": "resolved"} | more))


COURSE: list[Part] = [
    ("I03.a2", "the latest count", (T_ALL, remission(300), blood(80, 90), blood(1, 10)), FALSE),
    ("I03.a2", "a rising count", (T_ALL, remission(300), blood(1, 90), blood(80, 10)), TRUE),
    ("I03.a2", "a count of 60 days ago", (T_ALL, remission(300), blood(80, 60)), TRUE),
    ("I03.a2", "a newer remission", (T_ALL, remission(600), blood(80, 90), remission(10)), unknown("judgement")),
    ("I03.a3", "a rising count", (T_ALL, remission(300), marrow(1, 90), marrow(80, 10)), TRUE),
    ("I03.a3", "a count of 60 days ago", (T_ALL, remission(300), marrow(80, 60)), TRUE),
    ("I03.a4", "a newer remission", (T_ALL, remission(600), condition("C92.30", onset=ago(90)), remission(10)),
        unknown("judgement")),
    ("I03.a2", "before the remission", (T_ALL, blood(80, 600), remission(300)), unknown("no-data")),
    ("I03.a11", "of T-ALL nobody asks", (T_ALL,), FALSE),
    ("I03.a5", "of AML nobody asks", (AML,), FALSE),
    ("I03.a7", "a rising count", (AML, remission(300), marrow(1, 90), marrow(80, 10)), TRUE),
    ("I03.a7", "a falling count", (AML, remission(300), marrow(80, 90), marrow(1, 10)), FALSE),
    ("I03.a7", "a count of 60 days ago", (AML, remission(300), marrow(80, 60)), TRUE),
    ("I03.a7", "before the remission", (AML, marrow(80, 600), remission(300)), unknown("no-data")),
    ("I03.a7", "a newer remission", (AML, remission(600), marrow(80, 90), remission(10)), unknown("judgement")),
    ("I03.a9", "a lesion", (AML, remission(600), condition("C92.30", onset=ago(90))), TRUE),
    ("I03.a9", "a newer remission", (AML, remission(600), condition("C92.30", onset=ago(90)), remission(10)),
        unknown("judgement")),
    ("I03.a15", "resolved", (AML, condition("C92.30", status="resolved")), unknown("judgement", "unspecific")),
]  # fmt: skip

LABORATORY = {
    "I07.a1": ("1742-6", 40, 120, "U/L"),
    "I07.a2": ("1920-8", 35, 105, "U/L"),
    "I07.a3": ("1975-2", 1.2, 3.6, "mg/dL"),
    "I07.a4": ("2160-0", 1.0, 1.5, "mg/dL"),
}
ORGANS: list[Part] = [
    part
    for atom, (code, high, limit, unit) in LABORATORY.items()
    for part in (
        (atom, "it has risen", (measured(code, limit, unit, 20, high=high), measured(code, 9 * high, unit, 5,
        high=high)),
            FALSE),
        (atom, "it has fallen", (measured(code, 9 * high, unit, 20, high=high), measured(code, limit, unit, 5,
        high=high)),
            TRUE),
        (atom, "30 days ago", (measured(code, limit, unit, 30, high=high),), TRUE),
        (atom, "31 days ago", (measured(code, limit, unit, 31, high=high),), unknown("stale")),
    )
]  # fmt: skip


def imaged(value: float, method: str, days: int) -> Resource:
    return lvef(value, code="10230-1", method={"text": method}, on=ago(days))


def breath(value: float, days: int) -> Resource:
    return measured("59410-1", value, "%", days, low=94)


def ecog(value: int, days: int) -> Resource:
    return observation("89247-1", on=ago(days), valueInteger=value)


def nyha(answer: str, days: int) -> Resource:
    return observation("88020-3", on=ago(days), valueCodeableConcept=coded(LOINC, answer))


FUNCTION: list[Part] = [
    ("I06.a1", "it was 3 and is 1", (ecog(3, 20), ecog(1, 5)), TRUE),
    ("I07.a5", "it has fallen", (lvef(60, on=ago(60)), lvef(40, on=ago(5))), FALSE),
    ("I07.a5", "it has risen", (lvef(40, on=ago(60)), lvef(60, on=ago(5))), TRUE),
    *(
        ("I07.a5", f"a newer one by {method} does not count", (lvef(60, on=ago(30)), imaged(35, method, 5)), TRUE)
        for method in ("Cardiac MRI", "MUGA scan", "Angiography")
    ),
    ("I07.a6", "it has fallen", (breath(98, 10), breath(90, 2)), FALSE),
    ("I07.a6", "it has risen", (breath(90, 10), breath(98, 2)), TRUE),
    ("I07.a6", "15 days ago", (breath(98, 15),), unknown("stale")),
    ("I08.a4", "now positive", (answered("2118-8", NEGATIVE, on=ago(6)), answered("2118-8", POSITIVE,
        on=ago(1))), FALSE),
    ("I08.a4", "now negative", (answered("2118-8", POSITIVE, on=ago(6)), answered("2118-8", NEGATIVE,
        on=ago(1))), TRUE),
    ("X02.a2", "it was III and is II", (nyha("LA28406-9", 20), nyha("LA28405-1", 5)), FALSE),
    ("X02.a2", "it was II and is III", (nyha("LA28405-1", 20), nyha("LA28406-9", 5)), TRUE),
    ("X09.a1", "no longer detected", (answered("29615-2", DETECTED, on=ago(60)), answered("29615-2",
        NOT_DETECTED)), FALSE),
    ("X09.a1", "now detected", (answered("29615-2", NOT_DETECTED, on=ago(60)), answered("29615-2", DETECTED)), TRUE),
    ("X09.a2", "no longer detected", (answered("11259-9", DETECTED, on=ago(60)), answered("11259-9",
        NOT_DETECTED)), FALSE),
    ("X09.a2", "now detected", (answered("11259-9", NOT_DETECTED, on=ago(60)), answered("11259-9", DETECTED)), TRUE),
]  # fmt: skip

OVER: list[Part] = [
    ("I09.a1", "a genetic disorder, called resolved", (over("41040004", SNOMED),), unknown("unspecific")),
    ("X01.a1", "intractable epilepsy", (over("G40.919"),), TRUE),
    ("X01.a3", "brain injury", (over("S06.0X0A"),), unknown("unspecific")),
    ("X01.a3", "history of brain injury", (condition("Z87.820"),), unknown("unspecific")),
    ("X01.a3", "hemiplegia is another part", (condition("G81.90"),), FALSE),
    ("X01.a4", "hemiplegia", (over("G81.90"),), unknown("unspecific")),
    ("X01.a4", "brain injury is another part", (condition("S06.0X0A"),), FALSE),
    ("X01.a5", "dementia", (over("F01.50"),), TRUE),
    ("X01.a6", "Parkinson's disease", (over("G20"),), TRUE),
    ("X01.a7", "schizophrenia", (over("F20.9"),), unknown("unspecific")),
    ("X02.a1", "heart failure", (over("I50.9"),), unknown("judgement")),
    ("X05.a1", "lupus", (over("M32.10"),), unknown("judgement", "unspecific")),
    ("X05.a2", "immunodeficiency", (over("D81.1"),), unknown("judgement")),
    ("X11.a1", "a trial", (over("428024001", SNOMED),), unknown("unspecific")),
    ("X14.a1", "an allergy", (allergy("91936005", clinicalStatus={"text": "resolved"}),), unknown("unspecific")),
    *(
        ("X08." + atom, name, (over(code),), unknown(*reasons))
        for atom, name, code, reasons in (
            ("a1", "hypertension", "I16.9", ("judgement",)),
            ("a2", "diabetes", "E11.65", ("judgement", "unspecific")),
            ("a3", "renal disease", "N18.6", ("judgement",)),
            ("a4", "respiratory failure", "J96.01", ("judgement",)),
        )
    ),
]

HINTS: list[Part] = [
    ("X08.a1", "hypertensive crisis", (condition("I16.9"),), TRUE),
    ("X08.a2", "diabetes", (condition("E11.65"),), unknown("unspecific")),
    ("X08.a2", "diabetes, by a code that settles it", (condition("44054006", SNOMED),), TRUE),
    ("X08.a3", "renal disease", (condition("N18.6"),), TRUE),
    ("X08.a4", "respiratory failure", (condition("J96.01"),), TRUE),
    *((f"X08.a{number}", "nothing on record", (HYPERTENSION,) if number > 1 else (), unknown("no-data"))
        for number in (1, 2, 3, 4)),
    *((f"X08.a{number}", "allergies assessed, nothing else", (allergy("716186003"),), unknown("no-data"))
        for number in (1, 2, 3, 4)),
    *((f"X08.a{number}", "an allergy, nothing else", (allergy("91936005"),), unknown("no-data"))
        for number in (1, 2, 3, 4)),
]  # fmt: skip


def event(code: str, onset: str, status: str = "resolved", system: str = ICD_10_CM, **more: Any) -> Resource:
    return condition(code, system, onset=onset, status=status, **more)


DATED = {
    "X03.a1": "I20.0",
    "X03.a2": "G45.9",
    "X03.a3": "I21.4",
    "X03.a6": "I44.2",
    "X03.a7": "I47.20",
    "X03.a8": "I49.01",
    "X03.a9": "I47.21",
    "X03.a11": "G45.9",
    "X03.a12": "I82.401",
    "X03.a13": "I26.99",
    "X03.a16": "I74.3",
}
RHYTHMS = {"X03.a5": ("314208002", SNOMED), "X03.a6": ("27885002", SNOMED), "X03.a7": ("25569003", SNOMED),
    "X03.a8": ("71908006", SNOMED), "X03.a9": ("31722008", SNOMED)}  # fmt: skip
MAY_GO_ON = {"X03.a1", *RHYTHMS}
BOTH = {
    "resourceType": "Condition",
    "onsetDateTime": ago(60),
    "code": {"coding": [*coded(ICD_10_CM, "I82.401")["coding"],
        *coded(ICD_10_CM, "T82.868A")["coding"]]},
}  # fmt: skip
LACUNAR = BOTH | {"code": {"coding": [*coded(ICD_10_CM, "I63.30")["coding"], *coded(SNOMED, "230698000")["coding"]]}}
PICC = procedure("425196008", on=ago(300))

VESSELS: list[Part] = [
    *((atom, "on the day six months ago", (event(code, EDGE),), TRUE) for atom, code in DATED.items()),
    *(
        (atom, "the day before", (event(code, BEFORE, abatementDateTime=BEFORE),), FALSE)
        for atom, code in DATED.items()
    ),
    *(
        (atom, "the day before, resolved on an unknown day", (event(code, BEFORE),), unknown("judgement"))
        for atom, code in DATED.items()
        if atom in MAY_GO_ON
    ),
    *(
        (atom, "the day before, and ended in the window", (event(code, BEFORE, abatementDateTime=EDGE),), FALSE)
        for atom, code in DATED.items()
        if atom not in MAY_GO_ON
    ),
    *(
        (atom, "for years, still active", (event(code, "2019", "active", system),), unknown("judgement"))
        for atom, (code, system) in RHYTHMS.items()
    ),
    ("X03.a4", "for years, still active", (event("I44.2", "2019", "active"),), unknown("judgement", "unspecific")),
    ("X03.a4", "on the day six months ago", (event("I44.2", EDGE),), unknown("unspecific")),
    ("X03.a4", "the day before", (event("I44.2", BEFORE, abatementDateTime=BEFORE),), FALSE),
    ("X03.a4", "the day before, resolved since", (event("I44.2", BEFORE),), unknown("judgement", "unspecific")),
    ("X03.a12", "an axillary vein's", (event("I82.A11", ago(60)),), unknown("judgement", "unspecific")),
    ("X03.a12", "the day before, with a line", (event("I82.401", BEFORE), PICC), FALSE),
    ("X03.a12", "with a line of long ago", (event("I82.401", EDGE), over("Z45.2")), unknown("judgement")),
    ("X03.a10", "on the day six months ago", (procedure("36969009", on=EDGE),), TRUE),
    ("X03.a10", "the day before", (procedure("36969009", on=BEFORE),), FALSE),
    ("X03.a12", "coded as a device's too", (BOTH,), unknown("judgement")),
    ("X03.a12", "an arm vein's", (event("I82.621", ago(60)),), unknown("judgement", "unspecific")),
    ("X03.a12", "on the day six months ago, with a line", (event("I82.401", EDGE), PICC), unknown("judgement")),
    ("X03.a12", "a device's on the day six months ago", (event("T82.868A", EDGE),), unknown("unspecific")),
    ("X03.a12", "a device's the day before", (event("T82.868A", BEFORE),), FALSE),
    ("X03.a16", "coded as a device's too", (BOTH,), unknown("judgement")),
    ("X03.a16", "a device's alone, which the part before names", (event("T82.868A", EDGE),), FALSE),
    ("X03.a16", "a cerebral artery's, coded as lacunar too", (LACUNAR,), unknown("judgement", "unspecific")),
    ("X03.a16", "an arm vein's", (event("I82.621", ago(60)),), unknown("judgement")),
    ("X03.a16", "an axillary vein's", (event("I82.A11", ago(60)),), unknown("judgement")),
    ("X03.a16", "a leg vein's, with a line", (event("I82.401", EDGE), PICC), unknown("judgement")),
    ("X12.a1", "tacrolimus on the skin", (medication("42316", RXNORM, began=ago(60), ended=ago(3),
        route="topical"),), FALSE),
    ("X12.a1", "a steroid on the skin", (medication("5492", RXNORM, began=ago(60), ended=ago(3),
        route="topical"),), FALSE),
]  # fmt: skip

PARTS = COURSE + ORGANS + FUNCTION + OVER + HINTS + VESSELS


@pytest.mark.parametrize(
    ("atom", "chart", "expected"), [pytest.param(atom, *rest, id=f"{atom} {name}") for atom, name, *rest in PARTS]
)
def test_parts(screen: Screen, atom: str, chart: tuple[Resource, ...], expected: Outcome) -> None:
    answer = screen(Given(chart, covers=COVERABLE))
    assert answer.atom(*atom.split(".")) == expected
