"""Large Bundles of one patient, parsed without what no rule can use, and their charts."""

from __future__ import annotations

import copy
import json
from typing import Any

from fhir_strategies import Resource, concepts_of

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.slim import parse_slim
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.loader import load_rules

BOOK = load_rules()
CONCEPTS = concepts_of(BOOK, "NCT04762485")
BUILDER = ChartBuilder(BOOK, frozenset(CONCEPTS))
SUBJECT = {"reference": "Patient/p"}


def observation(number: int, **more: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"quiet-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"}]},
        "subject": SUBJECT,
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": 178, "unit": "cm"},
        **more,
    }


PRESSURE = {
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Blood pressure"}]},
    "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic"}]}}],
}
CLAIM = {"resourceType": "Claim", "id": "bill", "status": "active", "patient": SUBJECT}
BENEFIT = {
    "resourceType": "ExplanationOfBenefit",
    "id": "benefit",
    "patient": SUBJECT,
    "contained": [{"resourceType": "Coverage", "id": "coverage"}],
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "report",
    "subject": SUBJECT,
    "contained": [
        {
            "resourceType": "Observation",
            "id": "ecog",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]},
            "effectiveDateTime": "2026-11-10",
            "valueInteger": 1,
        }
    ],
}
EMBOLISM = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I26.99"}]}
COUGH = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R05.9"}]}


def mentioning(identity: str, code: Any, **more: Any) -> Resource:
    conclusion = {"conclusionCode": [code]} if code is not None else {}
    return (
        {"resourceType": "DiagnosticReport", "id": identity, "status": "final", "subject": SUBJECT} | conclusion | more
    )


def visit(identity: str, code: Any, **more: Any) -> Resource:
    reason = {"reasonCode": [code], "period": {"start": "2026-11-01"}}
    return {"resourceType": "Encounter", "id": identity, "status": "finished", "subject": SUBJECT} | reason | more


DIAGNOSIS = {"coding": [{"system": "http://loinc.org", "code": "29308-4"}]}
MENTIONING: list[Any] = [
    mentioning("embolism", EMBOLISM),
    mentioning("embolism", EMBOLISM, status="entered-in-error", meta={"versionId": "2"}),
    mentioning("embolism", COUGH, meta={"versionId": "3"}),
    mentioning("embolism", None, meta={"versionId": "4"}),
    mentioning("odd", "an embolism"),
    mentioning("cough", COUGH),
    mentioning("nobodys", EMBOLISM, subject=None),
    mentioning("anothers", EMBOLISM, subject={"reference": "Patient/another"}),
    mentioning("untold", EMBOLISM, subject={"display": "the patient"}),
    mentioning("null", None, conclusionCode=None),
    visit("embolism", EMBOLISM),
    visit("embolism", {"text": "pulmonary embolism"}),
    visit("cough", COUGH),
    visit("r5", None, reasonCode=None, reason=[{"value": [{"concept": EMBOLISM}]}]),
    observation(911, code=DIAGNOSIS, valueCodeableConcept=EMBOLISM),
    observation(912, code=DIAGNOSIS, valueCodeableConcept=COUGH),
]
ODD: list[Any] = [
    *MENTIONING,
    observation(901, subject="Patient/p"),
    observation(902, subject={"reference": "Patient/another"}),
    observation(903, subject=None),
    observation(904, code={"text": "ECOG performance status"}),
    observation(905, code=[]),
    observation(906, id=7),
    observation(907, component="none"),
    observation(908, meta={"versionId": "2", "lastUpdated": "2026-11-02T00:00:00Z"}),
    observation(909, comments="of DSTU2"),
    observation(910, extension=[{"url": "http://hl7.org/fhir/StructureDefinition/geneticsGene"}]),
    {"resourceType": "DiagnosticReport", "id": "dr", "subject": SUBJECT, "request": []},
    {"resourceType": "Claim", "id": 7},
    {"resourceType": "Encounter", "id": "e", "patient": SUBJECT},
    {"resourceType": "Encounter", "id": "e2", "subject": SUBJECT},
    {"resourceType": "MedicationRequest", "id": "m", "subject": SUBJECT, "status": "active", "intent": "order"},
    {"resourceType": "Imunization", "id": "misspelt"},
    {"id": "nothing"},
    REPORT,
    observation(3, valueQuantity={"value": 180, "unit": "cm"}),
    observation(4, code={"coding": [{"system": "http://loinc.org", "code": "89247-1"}]}, valueInteger=1),
    {"resourceType": "Procedure", "id": "old", "subject": SUBJECT, "notes": [], "code": {"text": "of DSTU2"}},
    {"resourceType": "Patient", "id": "another", "birthDate": "1990-01-01"},
    {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation(5)}]},
    {"resourceType": "Condition", "id": "c", "subject": {"reference": "urn:uuid:left-out"}, "code": {"text": "asthma"}},
]


def padded(record: Resource, odd: list[Any]) -> Resource:
    """The record with so much beside it that it is worth a closer look."""
    large = copy.deepcopy(record)
    padding = [*(observation(number) for number in range(150)), observation(900, **PRESSURE), CLAIM, BENEFIT, *odd]
    large["entry"] += [
        {"fullUrl": f"https://example.org/fhir/x/{number}", "resource": item, "request": {"method": "POST", "url": "x"}}
        for number, item in enumerate(padding)
    ]
    return large


def charts(value: Any) -> tuple[list[Chart], list[InputProblem]]:
    problems: list[InputProblem] = []
    found = [one.record for one in records_of_bundle(value, "large.json", problems.append)]
    return [BUILDER.build(record, problems) for record in found], problems


def slim(record: Resource) -> Any:
    return parse_slim(json.dumps(record, separators=(",", ":")).encode(), BUILDER.quiet_codes())


PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"system": "urn:hospital", "value": "1"}],
    "birthDate": "1980-05-01",
    "gender": "male",
}


def bundle_of(*resources: Any, **elements: Any) -> Resource:
    """A large Bundle of the patient."""
    entries = [{"fullUrl": "urn:uuid:p", "resource": PATIENT}, *({"resource": item} for item in resources)]
    return padded({"resourceType": "Bundle", "type": "collection", "entry": entries, **elements}, [])


def left_out(value: Any) -> list[str]:
    return [name.relative for name in value.left_out.names]
