"""6. Patients with AST or GPT > 3x upper limit of normal or bilirubin > 2.0 mg/dL.

Listed under inclusion, so as written it *requires* liver dysfunction: evidently inverted. Neither polarity is executed:
both readings are evaluated and shown, and the criterion is `registry-error` whatever the data, until the sponsor's
correction is recorded. The tables say what the reading *as written* makes of the chart; the presumed one reverses it.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import Check, Given, Resource, ago, attestation, coded, observation, person, quantity, review, woman

AST, ALT = "1920-8", "1742-6"
MASS, MOLES = "1975-2", "14631-6"

HIGH, NORMAL = True, False


def enzyme(
    code: str, value: Any, unit: str | None = "U/L", *, limit: Any = 40, limit_unit: str | None = None, **more: Any
) -> Resource:
    """AST or ALT with its upper limit, which is in the same unit unless told otherwise."""
    range_ = {} if limit is None else {"referenceRange": [{"high": quantity(limit, limit_unit or unit)}]}
    return observation(code, valueQuantity=_quantity(value, unit), **(range_ | more))


def ast(value: Any, unit: str | None = "U/L", **more: Any) -> Resource:
    return enzyme(AST, value, unit, **more)


def alt(value: Any, unit: str | None = "U/L", **more: Any) -> Resource:
    return enzyme(ALT, value, unit, **more)


def bilirubin(value: Any, unit: str | None = "mg/dL", *, code: str = MASS, **more: Any) -> Resource:
    return observation(code, valueQuantity=_quantity(value, unit), **more)


def _quantity(value: Any, unit: str | None) -> Resource:
    return value if isinstance(value, dict) else quantity(value, unit)


def limits(*ranges: dict[str, Any]) -> dict[str, Any]:
    return {"referenceRange": list(ranges)}


def high(value: Any, **more: Any) -> dict[str, Any]:
    """One reference range, in U/L."""
    return {"high": quantity(value, "U/L"), **more}


def for_sex(code: str) -> dict[str, Any]:
    return {"appliesTo": [coded("http://hl7.org/fhir/administrative-gender", code)]}


def aged(low: int | None, top: int | None) -> dict[str, Any]:
    said = {"low": low, "high": top}
    return {"age": {side: quantity(years, "a") for side, years in said.items() if years is not None}}


AST_ = ast(31)
ALT_ = alt(35)
BILIRUBIN = bilirubin(0.8)

# What is given -> what the atom says: True, False, or the reasons of its unknown.
Atom = bool | tuple[str, ...]

ENZYMES: dict[str, tuple[Resource, Atom]] = {
    "2.9 times": (ast(116), NORMAL),
    "3 times exactly": (ast(120), NORMAL),
    "a little more": (ast(120.1), HIGH),
    "ten times": (ast(400), HIGH),
    "3 times exactly, in fractions that no binary number holds": (ast(0.9, "ukat/L", limit=0.3), NORMAL),
    "ukat/L": (ast(2.5, "ukat/L", limit=0.67), HIGH),
    "ukat/L with a limit in U/L: 3 times exactly": (ast(2, "ukat/L", limit=40, limit_unit="U/L"), NORMAL),
    "ukat/L with a limit in U/L: more": (ast(2.1, "ukat/L", limit=40, limit_unit="U/L"), HIGH),
    "IU/L": (ast(121, "IU/L"), HIGH),
    "[IU]/L with a limit in U/L": (ast(120, "[IU]/L", limit_unit="U/L"), NORMAL),
    "U/l": (ast(121, "U/l"), HIGH),
    "a numeric string": (ast("121"), HIGH),
    "no unit at all": (ast(121, None), ("unit",)),
    "a unit of mass": (ast(121, "mg/dL"), ("unit",)),
    "a limit without a unit": (ast(121, limit=None, **limits({"high": {"value": 40}})), ("unit",)),
    "no range": (ast(121, limit=None), ("no-reference-range",)),
    "a range in words": (ast(121, limit=None, **limits({"text": "< 40 U/L"})), HIGH),
    "a range in other words": (ast(121, limit=None, **limits({"text": "up to 40 U/L"})), ("no-reference-range",)),
    "only a lower limit": (ast(121, limit=None, **limits({"low": quantity(5, "U/L")})), ("no-reference-range",)),
    "a limit of zero": (ast(121, limit=0), ("unit",)),
    "far more than the assay measures": (
        ast(quantity(1000, "U/L", ">"), limit=None, **limits(high(40))),
        HIGH,
    ),
    "less than 10": (ast(quantity(10, "U/L", "<"), limit=None, **limits(high(40))), NORMAL),
    "less than 150": (ast(quantity(150, "U/L", "<"), limit=None, **limits(high(40))), ("imprecise",)),
    "not a number": (ast("high"), ("no-data", "unusable-data")),
    "30 days ago": (ast(121, on=ago(30)), HIGH),
    "31 days ago": (ast(121, on=ago(31)), ("stale",)),
    "undated": (ast(121, on=None), ("undated",)),
    "preliminary": (ast(121, status="preliminary"), ("unconfirmed",)),
    "entered in error": (ast(121, status="entered-in-error"), ("no-data",)),
    "mitochondrial AST is another analyte": (enzyme("27344-1", 121), ("no-data",)),
    "with P-5'-P": (enzyme("30239-8", 121), HIGH),
}


@pytest.mark.parametrize(("given", "expected"), ENZYMES.values(), ids=ENZYMES)
def test_times_the_upper_limit(check: Check, given: Resource, expected: Atom) -> None:
    _holds_to(check, (given, ALT_, BILIRUBIN), "a1", expected)


BILIRUBINS: dict[str, tuple[Resource, Atom]] = {
    "1.9 mg/dL": (bilirubin(1.9), NORMAL),
    "2.0 mg/dL exactly": (bilirubin(2.0), NORMAL),
    "2.1 mg/dL": (bilirubin(2.1), HIGH),
    "34.2 umol/L": (bilirubin(34.2, "umol/L", code=MOLES), NORMAL),
    "34.3 umol/L": (bilirubin(34.3, "umol/L", code=MOLES), HIGH),
    "µmol/L, micro sign": (bilirubin(35, "\u00b5mol/L", code=MOLES), HIGH),
    "μmol/L, Greek mu": (bilirubin(12, "\u03bcmol/L", code=MOLES), NORMAL),
    "20 mg/L exactly": (bilirubin(20, "mg/L"), NORMAL),
    "20.1 mg/L": (bilirubin(20.1, "mg/L"), HIGH),
    "20 without a unit: normal in umol/L, liver failure in mg/dL": (bilirubin(20, None), ("unit",)),
    "1.0 without a unit": (bilirubin(1.0, None), ("unit",)),
    "in a unit of activity": (bilirubin(1.0, "U/L"), ("unit",)),
    "code in UCUM and words that contradict": (
        bilirubin({**quantity(20, "mg/dL"), "unit": "umol/L"}),
        ("unit",),
    ),
    "direct bilirubin is another analyte": (bilirubin(5, code="1968-7"), ("no-data",)),
    "in urine": (bilirubin(5, code="5770-3"), ("no-data",)),
    "not measured": (observation("2160-0", valueQuantity=quantity(1, "mg/dL")), ("no-data",)),
    "at most 2 mg/dL": (bilirubin(quantity(2, "mg/dL", "<=")), NORMAL),
    "at least 2 mg/dL": (bilirubin(quantity(2, "mg/dL", ">=")), ("imprecise",)),
    "31 days ago": (bilirubin(1.0, on=ago(31)), ("stale",)),
}


@pytest.mark.parametrize(("given", "expected"), BILIRUBINS.values(), ids=BILIRUBINS)
def test_bilirubin(check: Check, given: Resource, expected: Atom) -> None:
    _holds_to(check, (AST_, ALT_, given), "a3", expected)


# --- which reference range --------------------------------------------------------------------------------------------

WOMEN_AND_MEN = limits(high(30, **for_sex("female")), high(50, **for_sex("male")))
BY_AGE = limits(high(60, **aged(0, 17)), high(40, **aged(18, None)))
TREATMENT = {"type": coded("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "treatment")}

RANGES: dict[str, tuple[Resource, Resource, Atom]] = {
    "a man's own": (person(), ast(100, limit=None, **WOMEN_AND_MEN), NORMAL),
    "a woman's own": (woman(), ast(100, limit=None, **WOMEN_AND_MEN), HIGH),
    "of unknown sex": (person(None), ast(100, limit=None, **WOMEN_AND_MEN), ("no-reference-range",)),
    "an adult's own": (person(), ast(150, limit=None, **BY_AGE), HIGH),
    "an adolescent's own": (person(born="2011-01-01"), ast(150, limit=None, **BY_AGE), NORMAL),
    "of unknown age": (person(born=None), ast(150, limit=None, **BY_AGE), ("no-reference-range",)),
    "only a child's": (person(), ast(150, limit=None, **limits(high(60, **aged(0, 17)))), ("no-reference-range",)),
    "two that differ": (person(), ast(150, limit=None, **limits(high(40), high(50))), ("no-reference-range",)),
    "two that say the same": (person(), ast(150, limit=None, **limits(high(40), high(40))), HIGH),
    "of a therapeutic kind": (person(), ast(150, limit=None, **limits(high(40, **TREATMENT))), ("no-reference-range",)),
    "a normal one beside it": (person(), ast(150, limit=None, **limits(high(90, **TREATMENT), high(40))), HIGH),
    "of a population that nobody knows the patient to be of": (
        person(),
        ast(150, limit=None, **limits(high(40, appliesTo=[{"text": "athletes"}]))),
        ("no-reference-range",),
    ),
}


@pytest.mark.parametrize(("patient", "given", "expected"), RANGES.values(), ids=RANGES)
def test_reference_range(check: Check, patient: Resource, given: Resource, expected: Atom) -> None:
    _holds_to(check, (given, ALT_, BILIRUBIN), "a1", expected, patient)


def test_a_range_without_an_age_is_taken_for_a_child_and_said_so(check: Check) -> None:
    given = Given((ast(121), ALT_, BILIRUBIN), person(born="2012-05-05"))
    answer = check("I06", given, review("registry-error"))
    atom = next(one for one in answer.criterion("I06").atoms if one.id == "a1")
    assert atom.holds is True
    assert any("names no age" in sentence for sentence in atom.assumptions)


# --- the readings -----------------------------------------------------------------------------------------------------

READINGS: dict[str, tuple[tuple[Resource, ...], bool | None, tuple[str, ...]]] = {
    "all normal": ((AST_, ALT_, BILIRUBIN), False, ()),
    "AST high": ((ast(500), ALT_, BILIRUBIN), True, ()),
    "ALT high": ((AST_, alt(500), BILIRUBIN), True, ()),
    "bilirubin high": ((AST_, ALT_, bilirubin(5)), True, ()),
    "AST high, the rest unknown": ((ast(500),), True, ()),
    "AST normal, the rest unknown": ((AST_,), None, ("no-data",)),
    "ALT without its range": ((AST_, alt(44, limit=None), BILIRUBIN), None, ("no-reference-range",)),
    "nothing": ((), None, ("no-data",)),
    "all stale": (
        (ast(31, on=ago(90)), alt(35, on=ago(90)), bilirubin(0.8, on=ago(90))),
        None,
        ("stale",),
    ),
}


@pytest.mark.parametrize(("given", "as_written", "reasons"), READINGS.values(), ids=READINGS)
def test_both_readings_are_shown_and_neither_is_executed(
    check: Check, given: tuple[Resource, ...], as_written: bool | None, reasons: tuple[str, ...]
) -> None:
    answer = check("I06", Given(given), review("registry-error", *reasons))
    shown = {reading.name: reading.holds for reading in answer.criterion("I06").readings}
    assert shown == {"as-written": as_written, "presumed": None if as_written is None else not as_written}
    assert answer.result.arms[0].open.registry == ("I06",)


@pytest.mark.parametrize("said", [True, False])
def test_no_attestation_lifts_the_registry_error(check: Check, said: bool) -> None:
    given = Given((AST_, ALT_, BILIRUBIN, attestation("I06", said)))
    check("I06", given, review("registry-error"))


def _holds_to(
    check: Check, resources: tuple[Resource, ...], atom: str, expected: Atom, patient: Resource | None = None
) -> None:
    reasons = () if isinstance(expected, bool) else expected
    given = Given(resources, patient or person())
    answer = check("I06", given, review("registry-error", *reasons))
    assert answer.atom("I06", atom) == (expected if isinstance(expected, bool) else None, reasons)
    as_written = next(one for one in answer.criterion("I06").readings if one.name == "as-written")
    assert as_written.holds is (expected if isinstance(expected, bool) else None)
