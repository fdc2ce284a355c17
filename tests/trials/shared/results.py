"""Results that the tables of several trials need: performance scores, NYHA classes, values against their own limit."""

from __future__ import annotations

from typing import Any

from bundles import LOINC, SNOMED, Resource, ago, coded, observation, quantity

NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"

ANALYTES = {
    "creatinine": ("2160-0", "mg/dL", 0.6),
    "bilirubin": ("1975-2", "mg/dL", 1.2),
    "alt": ("1742-6", "U/L", 40),
    "ast": ("1920-8", "U/L", 40),
}
"""Code, unit and upper limit of normal."""


def ecog(value: int, on: str | None = ago(5)) -> Resource:
    return observation("89247-1", on=on, valueInteger=value)


def karnofsky(value: int, on: str | None = ago(5)) -> Resource:
    return observation("89243-0", on=on, valueInteger=value)


def lansky(value: int, on: str | None = ago(5)) -> Resource:
    return observation("C38144", system=NCIT, on=on, valueInteger=value)


def nyha(answer: str, on: str | None = ago(5)) -> Resource:
    return observation("88020-3", on=on, valueCodeableConcept=coded(LOINC, answer))


def remission(on: str | None = ago(300), code: str = "103338009", **more: Any) -> Resource:
    """A response assessment: in full remission, unless told otherwise."""
    return observation("88040-1", on=on, valueCodeableConcept=coded(SNOMED, code), **more)


def relapse_phase(on: str | None = ago(60), **more: Any) -> Resource:
    """mCODE's status of a cancer: a relapse."""
    return observation("97509-4", on=on, valueCodeableConcept=coded(SNOMED, "263855007"), **more)


def limited(
    analyte: str, value: float, *, limit: float | None = None, unit: str | None = None, **more: Any
) -> Resource:
    """A value and its upper limit of normal, in the analyte's own unit unless told otherwise."""
    code, own_unit, own_limit = ANALYTES[analyte]
    stated = {
        "valueQuantity": quantity(value, unit or own_unit),
        "referenceRange": [{"high": quantity(limit or own_limit, unit or own_unit)}],
    }
    return observation(code, **(stated | more))
