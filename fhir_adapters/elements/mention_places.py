"""Where diagnoses are told outside Conditions: the elements of other resources that say why, or what was found.

What was asked for is no diagnosis: the reason of a ServiceRequest is often what is to be ruled out, and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trialsieve.fhir_adapters.elements.codings import Coded, read_coded
from trialsieve.fhir_adapters.elements.diagnostic_certainty import DiagnosticCertainty, diagnostic_certainty
from trialsieve.fhir_adapters.elements.shapes import Json, Malformed, an_object, objects
from trialsieve.rules.codes import LOINC, SNOMED

# reasonCode until R4; reason in R5, and of an Encounter in STU3.
_REASONS: Final = ("reasonCode", "reason")
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "MedicationRequest": _REASONS,
    "MedicationStatement": _REASONS,
    "MedicationAdministration": _REASONS,
    "Procedure": (*_REASONS, "complication"),
    "Encounter": (*_REASONS, "diagnosis"),  # of which R5 has codes in place of references
    "DiagnosticReport": ("conclusionCode", "codedDiagnosis"),  # the second one in STU3
    "Observation": ("valueCodeableConcept",),
    "Device": ("type",),
}
"""By resource type, the elements that may mention a diagnosis; of a Device, what it is, and so what was put in."""

_NOT_HAD: Final = frozenset({DiagnosticCertainty.EXCLUDED, DiagnosticCertainty.SUSPECTED})

DEVICE: Final = "Device"
MENTIONING: Final = frozenset({"DiagnosticReport", "Encounter", DEVICE})
"""The types that are read for what they mention alone."""

# Observations that say a diagnosis as such. LOINC: "Diagnosis", "Diagnosis ICD code [Identifier]"; SNOMED CT:
# "Diagnosis (observable entity)".
_DIAGNOSIS: Final = frozenset({(LOINC, "29308-4"), (LOINC, "52797-8"), (SNOMED, "439401001")})


def may_mention(resource: Json, resource_type: str) -> bool:
    """Whether a resource of this type has an element that may mention a diagnosis."""
    for place in PLACES.get(resource_type, ()):
        if place in resource:
            return resource_type != "Observation" or is_of_diagnosis(resource.get("code"))
    return False


def is_of_diagnosis(code: Any) -> bool:
    """Whether an Observation's code says that its value is a diagnosis."""
    codings = code.get("coding") if isinstance(code, dict) else None
    return isinstance(codings, list) and any(
        isinstance(one, dict)
        and isinstance(system := one.get("system"), str)
        and (system.rstrip("/"), str(one.get("code")).strip()) in _DIAGNOSIS
        for one in codings
    )


def mentioned_codes(resource: Json) -> Iterator[Coded]:
    """The codes in those elements. Raises Malformed."""
    for place in PLACES[resource["resourceType"]]:
        for item in objects(resource, place, single=True):
            yield from _codes(item, place)


def _codes(item: Json, place: str) -> Iterator[Coded]:
    """A CodeableConcept; in R5 one in a CodeableReference, of which an Encounter's reason holds several."""
    concept = an_object(item, "concept", f"{place}.concept")
    for code in (item, concept) if concept is not None else (item,):
        stated = diagnostic_certainty({"code": code})
        if ("coding" in code or "text" in code) and (stated is None or stated[0] not in _NOT_HAD):
            yield read_coded(code, place)
    for diagnosed in objects(item, "condition", f"{place}.condition", single=True) if place == "diagnosis" else ():
        yield from _codes(diagnosed, f"{place}.condition")
    for value in objects(item, "value", f"{place}.value"):
        if "value" in value:  # FHIR has none, and this must end
            raise Malformed(f"{place}.value.value", value["value"], "absent")
        yield from _codes(value, f"{place}.value")
