"""Method, specimen and denominator of an Observation."""

from __future__ import annotations

from typing import Any

import pytest
from observed_values import LVEF, quantity

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.vocabulary import Reason


@pytest.mark.parametrize(
    ("loinc", "more", "method", "assumed"),
    [
        ("18043-0", {}, ("echocardiography",), False),
        (LVEF, {}, ("echocardiography",), True),
        (LVEF, {"method": {"text": "Transthoracic echocardiography"}}, ("echocardiography",), False),
        (LVEF, {"method": {"text": "Cardiac MRI"}}, ("magnetic resonance",), False),
        (LVEF, {"method": {"text": "eyeballed"}}, (), False),
        (LVEF, {"words": "LVEF by cardiac MRI"}, ("magnetic resonance",), False),
        (LVEF, {"words": "LVEF (echocardiography)"}, ("echocardiography",), False),
        (LVEF, {"words": "LVEF, MUGA or cardiac MRI"}, (), False),
        (LVEF, {"words": "LVEF by cardiac MRI", "method": {"text": "eyeballed"}}, (), False),
        (LVEF, {"words": "LVEF (TTE)"}, ("echocardiography",), True),
        (LVEF, {"words": "LVEF by SPECT"}, (), False),
        (LVEF, {"words": "LVEF, CMR"}, (), False),
        (LVEF, {"words": "LVEF by SPECT", "method": {"text": "Transthoracic echocardiography"}}, (), False),
        ("18043-0", {"words": "LVEF by US"}, ("echocardiography",), False),
        ("18043-0", {"words": "Left ventricular Ejection fraction by MUGA"}, (), False),
        ("18043-0", {"words": "LVEF (Szintigraphie)"}, (), False),
        ("8811-2", {"words": "Left ventricular Ejection fraction by MR"}, ("magnetic resonance",), False),
        ("8811-2", {"words": "LVEF by MRI and by echocardiography"}, (), False),
        ("8812-0", {"words": "LVEF by SPECT"}, ("radionuclide",), False),  # which methods are one is not known there
        ("18043-0", {"method": {"text": "Cardiac MRI"}}, (), False),
        ("18043-0", {"method": {"text": "standard"}}, ("echocardiography",), False),
    ],
)
def test_the_method(fact_of: Any, make: Any, loinc: str, more: Any, method: tuple[str, ...], assumed: bool) -> None:
    observation = make.observation(loinc, valueQuantity=quantity(55, "%"), **more)
    observation["code"]["text"] = observation.pop("words", "LVEF")
    fact = fact_of("cardiac.lvef", observation)
    assert fact.facet("method") == method
    assert bool(fact.assumptions) is assumed


@pytest.mark.parametrize("place", ["text", "display"])
def test_another_method_in_any_words_of_the_code_is_no_assumed_one(fact_of: Any, make: Any, place: str) -> None:
    observation = make.observation(LVEF, valueQuantity=quantity(55, "%"))
    code = observation["code"]
    (code if place == "text" else code["coding"][0])[place] = "LVEF, Herzkatheter"
    fact = fact_of("cardiac.lvef", observation)
    assert (fact.facet("method"), fact.assumptions) == ((), ())


def test_a_stain_in_the_words_of_a_code_is_no_flow_cytometry(fact_of: Any, make: Any) -> None:
    flow = {"valueQuantity": quantity(80, "%"), "method": {"text": "Flow cytometry"}}
    resource = make.observation("13846-1", **flow)
    resource["code"]["text"] = "CD7 blasts (IHC)"
    assert fact_of("marker.cd7", resource).facet("method") == ()


@pytest.mark.parametrize(
    ("specimen", "index"),
    [
        ({"display": "Bone marrow aspirate"}, {}),
        ({"reference": "Specimen/s1"}, {"Specimen/s1": {"type": {"text": "Bone marrow"}}}),
        ({"reference": "#s1"}, {}),
    ],
)
def test_the_specimen_is_followed(fact_of: Any, make: Any, specimen: Any, index: Any) -> None:
    resource = make.observation(
        "20612-8",
        valueQuantity=quantity(80, "%"),
        specimen=specimen,
        contained=[{"resourceType": "Specimen", "id": "s1", "type": {"text": "Marrow"}}],
    )
    assert fact_of("marker.cd7", resource, index=index).facet("specimen") == ("bone marrow",)


def test_flow_cytometry_as_method(fact_of: Any, make: Any) -> None:
    resource = make.observation("13846-1", valueQuantity=quantity(80, "%"), method={"text": "Flow cytometry"})
    fact = fact_of("marker.cd7", resource)
    assert fact.facet("method") == ("flow cytometry",)
    assert fact.facet("denominator") == ("blasts",)


@pytest.mark.parametrize(
    ("value", "low", "expected", "problem"),
    [
        (94, {"value": 95, "unit": "%", "code": "%"}, 94 / 95, None),
        (95, {"value": 95, "unit": "%", "code": "%"}, 1, None),
        (96, {"value": 96, "unit": "mmol/L", "code": "mmol/L"}, None, Reason.UNIT),
        (96, None, None, Reason.NO_REFERENCE_RANGE),
    ],
)
def test_a_multiple_of_its_own_lower_limit_tells_what_is_normal(
    fact_of: Any, make: Any, value: float, low: Any, expected: float | None, problem: Reason | None
) -> None:
    ranges = [] if low is None else [{"low": low}]
    resource = make.observation("59408-5", valueQuantity=quantity(value, "%"), referenceRange=ranges)
    fact = fact_of("lab.spo2", resource)
    assert fact.lower_limit_problem is problem
    assert fact.times_lower_limit == (None if expected is None else NumberInterval.exactly(expected))
