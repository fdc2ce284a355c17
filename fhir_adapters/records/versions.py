"""Telling DSTU2 (FHIR 1.0), which is not supported, from the later releases by the shape of resources.

Real resources seldom say their FHIR release, so only what DSTU2 has and no later release counts, and only in a resource
that has nothing of a later one and does not say in `meta.profile` that it is of one.

A Bundle that holds a resource of DSTU2 and nothing of a later release is DSTU2 as a whole. In one that holds both, each
resource goes by itself: those of DSTU2 are set aside and named, the others are read.
"""

from __future__ import annotations

import re
from typing import Any, Final

from trialsieve.fhir_adapters.elements.resource_types import DSTU2_ONLY
from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.duplicates import meta_of
from trialsieve.fhir_adapters.records.record import Resource

DSTU2_REASON: Final = "FHIR DSTU2 is not supported; convert it to R4 first"

# What decides whether a Patient's record stands at all; the same elements in every release.
_STANDING: Final = ("resourceType", "id", "active", "deceasedBoolean", "deceasedDateTime", "link")
# Elements at the top of a resource that DSTU2 defines, and none of STU3, R4, R4B and R5.
DSTU2_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "AllergyIntolerance": ("substance", "lastOccurence", "onset", "reporter"),
    "Condition": ("patient", "dateRecorded", "notes", "onsetQuantity", "abatementQuantity"),
    "DiagnosticReport": ("request",),
    "Encounter": ("patient", "indication"),
    "Immunization": ("wasNotGiven", "reported", "requester"),
    "MedicationAdministration": (
        *("patient", "wasNotGiven", "reasonGiven", "practitioner"),
        *("effectiveTimeDateTime", "effectiveTimePeriod"),
    ),
    "MedicationDispense": ("patient", "dispenser"),
    "MedicationStatement": (
        *("patient", "wasNotTaken", "supportingInformation"),
        *("reasonForUseCodeableConcept", "reasonForUseReference"),
    ),
    "Observation": ("comments",),
    "Patient": ("careProvider",),
    "Practitioner": ("practitionerRole",),
    "Procedure": ("notes", "notPerformed", "reasonCodeableConcept", "reasonNotPerformed", "request"),
}
# Elements at the top of a resource that a later release defines, and DSTU2 does not.
LATER_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "AllergyIntolerance": ("code", "clinicalStatus", "verificationStatus", "onsetDateTime", "assertedDate"),
    "Condition": ("subject", "recordedDate", "assertedDate", "onsetAge", "note"),
    "DiagnosticReport": ("basedOn", "conclusionCode", "media", "resultsInterpreter"),
    "Encounter": ("subject",),
    "Immunization": ("primarySource", "occurrenceDateTime", "occurrenceString", "notGiven", "protocolApplied"),
    "MedicationAdministration": ("subject",),
    "MedicationDispense": ("subject",),
    "MedicationStatement": ("subject",),
    "Observation": ("basedOn", "derivedFrom", "hasMember", "note", "valueBoolean", "valueInteger"),
    "Patient": ("generalPractitioner",),
    "Procedure": ("reasonCode", "note", "basedOn", "partOf", "recorder", "asserter", "notDone"),
}
# Of one object in DSTU2 and of a list since.
LATER_LISTS: Final[dict[str, str]] = {
    "AllergyIntolerance": "category",
    "Condition": "category",
    "Observation": "category",
    "Practitioner": "name",
}
LATER_TYPES: Final = frozenset(
    {"CareTeam", "Consent", "DeviceRequest", "MedicationRequest", "PractitionerRole", "ServiceRequest", "Task"}
)
"""Types of a patient's record that DSTU2 does not have."""

# STU3 renamed these extensions (`observation-genetics...`).
_DSTU2_EXTENSION: Final = "http://hl7.org/fhir/StructureDefinition/genetics"
# A profile of a release says so: by its version, by the release in its address, or by being of an editor that began
# with STU3.
_LATER_PROFILE: Final = re.compile(
    r"http://hl7\.org/fhir/(?:[3-6]\.\d+/StructureDefinition/|StructureDefinition/[^|]+\|[3-6]\.|us/core/)"
)

VERSION_TELLING: Final = DSTU2_ELEMENTS.keys() | LATER_ELEMENTS.keys() | LATER_TYPES | DSTU2_ONLY
"""The types whose shape can tell the release."""


def dstu2_mark(resource_type: str, resource: Resource) -> str:
    """What shows that this resource is of DSTU2 (`Procedure.notes`); empty if nothing does."""
    mark = ""
    elements = DSTU2_ELEMENTS.get(resource_type, ())
    if not resource.keys().isdisjoint(elements):
        mark = f"{resource_type}.{next(element for element in elements if element in resource)}"
    elif resource_type == "Observation":
        mark = _extension_mark(resource) if "extension" in resource else ""
    elif resource_type == "Patient":
        mark = "a list as Patient.name.family" if _family_is(list, resource) else ""
    elif resource_type in DSTU2_ONLY:
        return resource_type
    return mark if mark and not is_later(resource_type, resource) and not says_later(resource) else ""


def dstu2_reason(mark: str) -> str:
    """Why a resource is set aside."""
    return f"{DSTU2_REASON} (told by {mark})"


def standing_alone(patient: Resource) -> Resource:
    """Of a Patient that is set aside only what can make a verdict worse: that the patient died, or was replaced."""
    return {element: patient[element] for element in _STANDING if element in patient}


def _extension_mark(resource: Resource) -> str:
    for extension in objects_in(resource["extension"]):
        if str(extension.get("url")).startswith(_DSTU2_EXTENSION):
            return "a genetics extension of DSTU2"
    return ""


def is_later(resource_type: str, resource: Resource) -> bool:
    """Has this resource a shape that DSTU2 does not have?"""
    if resource_type in LATER_TYPES:
        return True
    if isinstance(resource.get(LATER_LISTS.get(resource_type, "")), list):
        return True
    if resource_type == "Patient" and _family_is(str, resource):
        return True
    return any(element in resource for element in LATER_ELEMENTS.get(resource_type, ()))


def says_later(resource: Resource) -> bool:
    """Does `meta.profile` name a profile of a release after DSTU2?"""
    profiles: Any = meta_of(resource).get("profile")
    return isinstance(profiles, list) and any(isinstance(one, str) and _LATER_PROFILE.match(one) for one in profiles)


def _family_is(shape: type, patient: Resource) -> bool:
    return any(isinstance(name.get("family"), shape) for name in objects_in(patient.get("name")))
