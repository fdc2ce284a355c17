"""One patient's FHIR R4 bundle in the making: a method for each kind of statement, every value an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Resource = dict[str, Any]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
NCI_THESAURUS = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
ATC = "http://www.whocc.no/atc"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
LABORATORY = "urn:example:laboratory"  # codes of the invented site's own; examples/site.yaml says what they mean
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


class Patient:
    """One patient, what the example shows, and how to screen for it. Ids are counted per resource type."""

    def __init__(
        self, name: str, shows: str, *, gender: str, born: str, anchors: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.shows = shows
        self.anchors = dict(anchors or {})
        self.patient: Resource = {
            "resourceType": "Patient",
            "id": name,
            "identifier": [{"system": "urn:trialsieve:example", "value": name}],
            "gender": gender,
            "birthDate": born,
        }
        self.resources: list[Resource] = []

    def add(self, resource_type: str, content: Resource, *, patient_is: str = "subject") -> Patient:
        number = sum(resource["resourceType"] == resource_type for resource in self.resources) + 1
        whose = {patient_is: {"reference": f"Patient/{self.name}"}}
        self.resources.append({"resourceType": resource_type, "id": f"{self.name}-{number}", **whose, **content})
        return self

    # --- diagnoses, allergies, what was done and given --------------------------------------------------------------

    def condition(
        self,
        system: str,
        code: str,
        text: str,
        *,
        onset: str | None,
        status: str = "active",
        verified: str = "confirmed",
        recorded: str | None = None,
        ended: str | None = None,
    ) -> Patient:
        dates = {"onsetDateTime": onset, "abatementDateTime": ended, "recordedDate": recorded}
        return self.add(
            "Condition",
            {
                "clinicalStatus": concept(f"{TERMINOLOGY}condition-clinical", status),
                "verificationStatus": concept(f"{TERMINOLOGY}condition-ver-status", verified),
                "code": concept(system, code, text),
                **{name: date for name, date in dates.items() if date is not None},
            },
        )

    def written(self, text: str, *, recorded: str) -> Patient:
        """A diagnosis in words, without a code."""
        return self.add(
            "Condition",
            {
                "clinicalStatus": concept(f"{TERMINOLOGY}condition-clinical", "active"),
                "verificationStatus": concept(f"{TERMINOLOGY}condition-ver-status", "confirmed"),
                "code": {"text": text},
                "recordedDate": recorded,
            },
        )

    def allergy(self, code: str, text: str, *, recorded: str, criticality: str | None = None) -> Patient:
        content: Resource = {
            "clinicalStatus": concept(f"{TERMINOLOGY}allergyintolerance-clinical", "active"),
            "verificationStatus": concept(f"{TERMINOLOGY}allergyintolerance-verification", "confirmed"),
            "code": concept(SNOMED, code, text),
            "recordedDate": recorded,
        }
        if criticality is not None:
            content["criticality"] = criticality
        return self.add("AllergyIntolerance", content, patient_is="patient")

    def procedure(self, code: str, text: str, *, on: str | None) -> Patient:
        done: Resource = {} if on is None else {"performedDateTime": on}
        return self.add("Procedure", {"status": "completed", "code": concept(SNOMED, code, text), **done})

    def medication(
        self, code: str, text: str, *, began: str, ended: str | None = None, route: str | None = None
    ) -> Patient:
        """What was taken from then until then; without an end, still."""
        period = {"start": began} if ended is None else {"start": began, "end": ended}
        content: Resource = {
            "status": "active" if ended is None else "completed",
            "medicationCodeableConcept": concept(ATC, code, text),
            "effectivePeriod": period,
        }
        if route is not None:
            content["dosage"] = [{"route": {"text": route}}]
        return self.add("MedicationStatement", content)

    def vaccination(self, code: str, text: str, *, on: str) -> Patient:
        content = {"status": "completed", "vaccineCode": concept(CVX, code, text), "occurrenceDateTime": on}
        return self.add("Immunization", content, patient_is="patient")

    # --- results ------------------------------------------------------------------------------------------------------

    def observation(
        self,
        code: str,
        text: str,
        on: str | None,
        *,
        status: str = "final",
        system: str = LOINC,
        method: str | None = None,
        specimen: str | None = None,
        interpretation: str | None = None,
        **value: Any,
    ) -> Patient:
        content: Resource = {"status": status, "code": concept(system, code, text)}
        if on is not None:
            content["effectiveDateTime"] = on
        content |= value
        if method is not None:
            content["method"] = {"text": method}
        if specimen is not None:
            content["specimen"] = {"display": specimen}
        if interpretation is not None:
            content["interpretation"] = [concept(f"{TERMINOLOGY}v3-ObservationInterpretation", interpretation)]
        return self.add("Observation", content)

    def quantity(
        self,
        code: str,
        text: str,
        on: str | None,
        value: float,
        unit: str | None,
        *,
        comparator: str | None = None,
        lower_limit: float | None = None,
        upper_limit: float | None = None,
        **more: Any,
    ) -> Patient:
        limits = {
            name: _quantity(limit, unit)
            for name, limit in (("low", lower_limit), ("high", upper_limit))
            if limit is not None
        }
        ranges: Resource = {"referenceRange": [limits]} if limits else {}
        measured = _quantity(value, unit, comparator)
        return self.observation(code, text, on, valueQuantity=measured, **ranges, **more)

    def score(self, code: str, text: str, on: str | None, value: int, **more: Any) -> Patient:
        return self.observation(code, text, on, valueInteger=value, **more)

    def result(self, code: str, text: str, on: str | None, answer: tuple[str, str], **more: Any) -> Patient:
        return self.observation(code, text, on, valueCodeableConcept=concept(SNOMED, *answer), **more)

    # --- what a person says -------------------------------------------------------------------------------------------

    def attested(self, target: str, answer: bool, on: str) -> Patient:
        return self.add(
            "Observation",
            {
                "status": "final",
                "code": concept("urn:trialsieve:criterion", target),
                "performer": [{"reference": "Practitioner/investigator"}],
                "effectiveDateTime": on,
                "valueBoolean": answer,
            },
        )

    def bundle(self) -> Resource:
        return {
            "resourceType": "Bundle",
            "id": self.name,
            "type": "collection",
            "entry": [
                {
                    "fullUrl": f"https://example.org/fhir/{resource['resourceType']}/{resource['id']}",
                    "resource": resource,
                }
                for resource in [self.patient, *self.resources]
            ],
        }


@dataclass(frozen=True)
class Examples:
    """The patients of one trial."""

    trial: str
    patients: tuple[Patient, ...] = field(default=())
    site: bool = False
    """Screened with the settings of examples/site.yaml."""


def concept(system: str, code: str, text: str | None = None) -> Resource:
    """A CodeableConcept with one coding."""
    coding = {"system": system, "code": code}
    return {"coding": [coding]} if text is None else {"coding": [{**coding, "display": text}], "text": text}


def _quantity(value: float, unit: str | None, comparator: str | None = None) -> Resource:
    quantity: Resource = {"value": value}
    if comparator is not None:
        quantity["comparator"] = comparator
    return quantity if unit is None else {**quantity, "unit": unit, "system": UCUM, "code": unit}
