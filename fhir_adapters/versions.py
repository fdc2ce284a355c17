"""Telling DSTU2 (FHIR 1.0), which is not supported, from the later releases by the shape of resources.

Real resources seldom say their FHIR version, so only elements count that DSTU2 has and no later release, and none of
the elements that took their place.
"""

from __future__ import annotations

from typing import Final

from trialsieve.fhir_adapters.record import Resource
from trialsieve.fhir_adapters.resource_types import DSTU2_ONLY

DSTU2_REASON: Final = "FHIR DSTU2 is not supported; convert it to R4 first"

# Types whose `patient` of DSTU2 became `subject` in STU3.
_PATIENT_BECAME_SUBJECT: Final = frozenset(
    {"Condition", "Encounter", "MedicationStatement", "MedicationAdministration", "MedicationDispense"}
)
# Elements at the top of a resource that only DSTU2 has.
_DSTU2_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "AllergyIntolerance": ("substance",),
    "Condition": ("dateRecorded",),
    "Immunization": ("wasNotGiven",),
    "MedicationAdministration": ("wasNotGiven",),
    "MedicationStatement": ("wasNotTaken",),
    "Patient": ("careProvider",),
    "Procedure": ("notPerformed",),
}
# Elements that tell a later release.
_LATER_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "AllergyIntolerance": ("code", "clinicalStatus"),
    "Immunization": ("primarySource", "occurrenceDateTime", "notGiven"),
    "Patient": ("generalPractitioner",),
}

VERSION_TELLING: Final = _PATIENT_BECAME_SUBJECT | _DSTU2_ELEMENTS.keys() | _LATER_ELEMENTS.keys() | DSTU2_ONLY
"""The types whose shape can tell the release."""


def is_dstu2(resource_type: str, resource: Resource) -> bool:
    """Has this resource a shape that only DSTU2 has?"""
    if resource_type in _PATIENT_BECAME_SUBJECT and "patient" in resource and "subject" not in resource:
        return True
    elements = _DSTU2_ELEMENTS.get(resource_type)
    if elements is not None:
        for element in elements:
            if element in resource:
                return not is_later(resource_type, resource)
        return False
    return resource_type in DSTU2_ONLY


def is_later(resource_type: str, resource: Resource) -> bool:
    """Has this resource a shape that DSTU2 does not have?"""
    if resource_type in _PATIENT_BECAME_SUBJECT and "subject" in resource:
        return True
    return any(element in resource for element in _LATER_ELEMENTS.get(resource_type, ()))
