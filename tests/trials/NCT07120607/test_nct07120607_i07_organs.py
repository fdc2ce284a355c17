"""7. ALT, AST and total bilirubin ≤ 3 x ULN, creatinine ≤ 1.5 x ULN, LVEF ≥ 50 % by echocardiography, normal oxygen
saturation without oxygen.

Limits of normal come from the result's own range. Oxygen counts at the time of the saturation only.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    ATC,
    FAILS,
    HYPERTENSION,
    INTERPRETATION,
    LOINC,
    PARACETAMOL,
    PASSES,
    RXNORM,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    coded,
    condition,
    lvef,
    medication,
    observation,
    procedure,
    quantity,
    review,
    row,
)

LIMITS = {"alt": 40, "ast": 35, "bilirubin": 1.2, "creatinine": 1.0}
CODES = {"alt": "1742-6", "ast": "1920-8", "bilirubin": "1975-2", "creatinine": "2160-0"}
UNITS = {"alt": "U/L", "ast": "U/L", "bilirubin": "mg/dL", "creatinine": "mg/dL"}


def lab(analyte: str, value: float, *, unit: str | None = None, limit: float | None = None, **more: Any) -> Resource:
    unit = unit or UNITS[analyte]
    ranges = [{"high": quantity(limit or LIMITS[analyte], unit)}]
    stated: Resource = {"valueQuantity": quantity(value, unit), "referenceRange": ranges}
    return observation(CODES[analyte], **(stated | more))


def saturation(
    value: Any = 97, *, code: str = "59410-1", low: float | None = 94, unit: str = "%", **more: Any
) -> Resource:
    """On room air, unless told otherwise."""
    ranges: Resource = {} if low is None else {"referenceRange": [{"low": quantity(low, "%")}]}
    return observation(code, valueQuantity=quantity(value, unit), **ranges, **({"on": ago(3)} | more))


GOOD: dict[str, Resource] = {
    **{analyte: lab(analyte, LIMITS[analyte]) for analyte in LIMITS},
    "lvef": lvef(60),
    "saturation": saturation(),
}


def flagged(value: float, flag: str) -> Resource:
    return lab("alt", value, interpretation=[coded(INTERPRETATION, flag)])


def chart(*others: Resource, **changed: Resource | None) -> tuple[Resource, ...]:
    """Good organs, some of them changed or left out."""
    return (*(resource for resource in (GOOD | changed).values() if resource is not None), *others)


OXYGEN = procedure("57485005", on=ago(3))
LONG_AGO = procedure("57485005", on=ago(300))
COVERED = (HYPERTENSION, LONG_AGO, PARACETAMOL)


def oxygen(code: str, system: str = ATC, ended: str | None = None) -> Resource:
    """Oxygen as an inhaled drug, from five days ago on."""
    return medication(code, system, began=ago(40) if ended else ago(5), ended=ended)


def described_result(name: str, answer: str) -> Resource:
    """An Observation that is only words."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name},
        "effectiveDateTime": ago(3),
        "valueString": answer,
    }


ORGANS = [
    row("all good", *chart(), comes=PASSES),
    row("ALT at 3 x", *chart(alt=lab("alt", 120)), comes=PASSES),
    row("ALT above", *chart(alt=lab("alt", 120.1)), comes=FAILS),
    row("AST at 3 x", *chart(ast=lab("ast", 105)), comes=PASSES),
    row("AST above", *chart(ast=lab("ast", 105.1)), comes=FAILS),
    row("bilirubin at 3 x", *chart(bilirubin=lab("bilirubin", 3.6)), comes=PASSES),
    row("bilirubin above", *chart(bilirubin=lab("bilirubin", 3.7)), comes=FAILS),
    row("bilirubin in umol/L", *chart(bilirubin=lab("bilirubin", 63, unit="umol/L", limit=21)), comes=PASSES),
    row("bilirubin above, in umol/L", *chart(bilirubin=lab("bilirubin", 64, unit="umol/L", limit=21)), comes=FAILS),
    row("creatinine at 1.5 x", *chart(creatinine=lab("creatinine", 1.5)), comes=PASSES),
    row("creatinine above", *chart(creatinine=lab("creatinine", 1.51)), comes=FAILS),
    row("creatinine above, in umol/L", *chart(creatinine=lab("creatinine", 136, unit="umol/L", limit=90)), comes=FAILS),
    row("ALT at most 121", *chart(alt=lab("alt", 0, valueQuantity=quantity(121, "U/L", "<="))),
        comes=review("imprecise")),
    row("ALT without a range", *chart(alt=lab("alt", 20, referenceRange=[])), comes=review("no-reference-range")),
    row("ALT without a unit", *chart(alt=observation("1742-6", valueQuantity={"value": 20}, referenceRange=[
        {"high": quantity(40, "U/L")}])), comes=review("unit")),
    row("ALT of 20 called critically high", *chart(alt=flagged(20, "HH")), comes=review("conflicting-data")),
    row("ALT of 200 called normal", *chart(alt=flagged(200, "N")), comes=review("conflicting-data")),
    row("ALT of 200 called high", *chart(alt=flagged(200, "H")), comes=FAILS),
    row("ALT 30 days ago", *chart(alt=lab("alt", 20, on=ago(30))), comes=PASSES),
    row("ALT 31 days ago", *chart(alt=lab("alt", 20, on=ago(31))), comes=review("stale")),
    row("no ALT", *chart(alt=None), comes=review("no-data")),
    row("LVEF 50 %", *chart(lvef=lvef(50)), comes=PASSES),
    row("LVEF 49.9 %", *chart(lvef=lvef(49.9)), comes=FAILS),
    row("LVEF 0.5", *chart(lvef=lvef(0.5, "1")), comes=PASSES),
    row("LVEF by magnetic resonance", *chart(lvef=lvef(60, code="8811-2")), comes=review("unspecific")),
    row("LVEF by a method in words we do not know", *chart(lvef=lvef(60, code="10230-1", method={"text": "in-house"})),
        comes=review("unspecific")),
    row("LVEF 91 days ago", *chart(lvef=lvef(60, on=ago(91))), comes=review("stale")),
    row("saturation at its lower limit", *chart(saturation=saturation(94)), comes=PASSES),
    row("saturation below", *chart(saturation=saturation(93)), comes=FAILS),
    row("saturation as a fraction", *chart(saturation=saturation(0.96, unit="1")), comes=PASSES),
    row("saturation without a range", *chart(saturation=saturation(low=None)), comes=review("no-reference-range")),
    row("saturation under exercise", *chart(HYPERTENSION, LONG_AGO, saturation=saturation(code="89276-0")),
        comes=review("no-data")),
    row("saturation 14 days ago", *chart(saturation=saturation(on=ago(14))), comes=PASSES),
    row("saturation 15 days ago", *chart(HYPERTENSION, LONG_AGO, saturation=saturation(on=ago(15))),
        comes=review("stale")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), ORGANS)
def test_organs(check: Check, given: Given, expected: Expected) -> None:
    check("I07", given, expected)


def component(code: str, value: float, unit: str) -> Resource:
    return {"code": coded(LOINC, code), "valueQuantity": quantity(value, unit)}


PLAIN = saturation(code="59408-5")
WITHOUT_OXYGEN = [
    row("room air by its code", *chart(), comes=PASSES),
    row("no oxygen on record", *chart(*COVERED, saturation=PLAIN), comes=review("unspecific")),
    row("a device in words", *chart(*COVERED, described_result("O2 Device", "Nasal cannula"), saturation=PLAIN),
        comes=review("unspecific")),
    row("its method in words", *chart(*COVERED, saturation=PLAIN | {"method": {"text": "with supplemental oxygen"}}),
        comes=review("unspecific")),
    row("oxygen as a drug, RxNorm", *chart(*COVERED, oxygen("7806", RXNORM), saturation=PLAIN),
        comes=review("imprecise", "no-data")),
    row("oxygen as a drug, ATC", *chart(*COVERED, oxygen("V03AN01"), saturation=PLAIN),
        comes=review("imprecise", "no-data")),
    row("oxygen as a drug until the month before", *chart(*COVERED, oxygen("V03AN01", ended=ago(30)),
        saturation=PLAIN), comes=review("unspecific")),
    row("oxygen by nasal cannula that day", *chart(procedure("371907003", on=ago(3)), saturation=PLAIN),
        comes=review("imprecise", "no-data")),
    row("procedures were not retrieved", *chart(HYPERTENSION, saturation=PLAIN),
        covers=UNVOUCHED, comes=review("no-data", "not-retrieved", "unspecific")),
    row("oxygen that day", *chart(OXYGEN, saturation=PLAIN), comes=review("imprecise", "no-data")),
    row("oxygen over these days", *chart(procedure("57485005") | {"performedPeriod": {"start": ago(6), "end": ago(1)}},
        saturation=PLAIN), comes=review("imprecise", "no-data")),
    row("oxygen over other days", *chart(*COVERED, procedure("57485005") | {"performedPeriod": {
        "start": ago(60), "end": ago(50)}}, saturation=PLAIN), comes=review("unspecific")),
    row("a flow beside it", *chart(saturation=PLAIN | {"component": [component("3151-8", 2, "L/min")]}), comes=FAILS),
    row("a flow of nothing", *chart(*COVERED, saturation=PLAIN | {"component": [
        component("3151-8", 0, "L/min")]}), comes=PASSES),
    row("28 % oxygen beside it", *chart(saturation=PLAIN | {"component": [component("3150-0", 28, "%")]}), comes=FAILS),
    row("21 % is room air", *chart(*COVERED, saturation=PLAIN | {"component": [
        component("3150-0", 21, "%")]}), comes=PASSES),
    row("depends on oxygen", *chart(LONG_AGO, condition("Z99.81", onset=ago(60)), saturation=PLAIN),
        comes=review("imprecise", "no-data")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), WITHOUT_OXYGEN)
def test_without_oxygen(check: Check, given: Given, expected: Expected) -> None:
    check("I07", given, expected)


def test_room_air_clears_it_without_any_other_record(screen: Screen) -> None:
    assert screen(Given((saturation(),))).atom("I07", "a7") == (True, ())
    assert screen(Given((saturation(code="2708-6"),))).atom("I07", "a7")[0] is None
    assert screen(Given((saturation(),))).atom("I07", "a6") == (True, ())
