"""Whatever a resource looks like, a chart comes of it, and nothing that is wrong becomes a fact unseen."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Resource
from trialsieve.rules.loader import load_rules

SNOMED, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
BUILDER = ChartBuilder(load_rules())


def code(value: str, system: str = SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value, "display": "words"}], "text": "words"}


def amount(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, "comparator": "<"}


RESOURCES: list[dict[str, Any]] = [
    {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": code("1920-8", LOINC),
        "effectivePeriod": {"start": "2026-10-01", "end": "2026-10-02"},
        "valueQuantity": amount(120, "U/L"),
        "interpretation": [code("H", "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")],
        "referenceRange": [
            {
                "high": {"value": 40, "unit": "U/L", "system": UCUM, "code": "U/L"},
                "type": code("normal", "http://terminology.hl7.org/CodeSystem/referencerange-meaning"),
                "appliesTo": [code("female", "http://hl7.org/fhir/administrative-gender")],
                "age": {"low": {"value": 18, "code": "a"}, "high": {"value": 90, "code": "a"}},
            }
        ],
        "method": code("708058007"),
        "specimen": {"reference": "#s"},
        "contained": [{"resourceType": "Specimen", "id": "s", "type": code("119297000")}],
        "component": [{"code": code("88020-3", LOINC), "valueCodeableConcept": code("LA28405-1", LOINC)}],
    },
    {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": code("active", "http://terminology.hl7.org/CodeSystem/condition-clinical"),
        "verificationStatus": code("confirmed", "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
        "code": code("59282003"),
        "onsetAge": {"value": 40, "code": "a"},
        "abatementDateTime": "2026-10-02",
        "recordedDate": "2026-10-01",
        "extension": [{"url": "urn:mcode-histology-morphology-behavior", "valueCodeableConcept": code("277575008")}],
    },
    {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "code": code("234336002"),
        "performedPeriod": {"start": "2026-10-01", "end": "2026-10-02"},
        "bodySite": [code("1")],
    },
    {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": "#m", "display": "Prednisone"},
        "contained": [
            {
                "resourceType": "Medication",
                "id": "m",
                "code": code("8640", "http://www.nlm.nih.gov/research/umls/rxnorm"),
                "form": {"text": "tablet"},
                "ingredient": [{"itemCodeableConcept": code("8640", "http://www.nlm.nih.gov/research/umls/rxnorm")}],
            }
        ],
        "authoredOn": "2026-10-01",
        "dosageInstruction": [
            {"route": code("26643006"), "timing": {"repeat": {"boundsPeriod": {"end": "2026-10-05"}}}}
        ],
        "dispenseRequest": {"validityPeriod": {"end": "2026-12-01"}},
    },
    {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "vaccineCode": code("140", "http://hl7.org/fhir/sid/cvx"),
        "occurrenceDateTime": "2026-10-01",
    },
    {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": code("active"),
        "code": code("716186003"),
        "criticality": "high",
        "reaction": [{"substance": code("91936005"), "severity": "severe"}],
        "onsetDateTime": "2026",
    },
    {
        "resourceType": "Observation",
        "id": "t1",
        "status": "final",
        "code": code("NCT04762485#X09", "urn:trialsieve:criterion"),
        "valueBoolean": True,
        "effectiveDateTime": "2026-10-02",
        "performer": [{"reference": "Practitioner/p"}],
    },
]
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1980-05-20",
    "gender": "female",
    "deceasedBoolean": False,
    "active": True,
    "link": [{"type": "seealso", "other": {"reference": "Patient/p2"}}],
}

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 1e300, 10**40, "", " ", "x", "9", "2026-13-45", "1e999", [], {}, [None], [[]], [{}], [1],
     {"coding": None},
     {"coding": "x"}, {"coding": [1]}, {"value": []}, {"reference": 1}, {"reference": "#m"}, "\x00", "阳性"]
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value at which something else could stand."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += places(item, (*path, number))
    return found


def put(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    value = copy.deepcopy(value)
    at = value
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = junk
    return value


def charted(resource: dict[str, Any] | None, patient: Any) -> tuple[Any, list[InputProblem]]:
    problems: list[InputProblem] = []
    resources: list[tuple[str, Resource]] = []
    if resource is not None:
        resources.append((f"{resource.get('resourceType')}/{resource.get('id')}", resource))
    return BUILDER.build(Record("Patient/p1", "p1.json", patient, resources), problems), problems


def test_each_resource_makes_facts_as_it_stands() -> None:
    for resource in RESOURCES:
        chart, problems = charted(resource, PATIENT)
        assert problems == []
        assert chart.facts or chart.attestations


@given(st.data(), st.sampled_from(RESOURCES), JUNK)
def test_anything_may_stand_anywhere(data: st.DataObject, resource: dict[str, Any], junk: Any) -> None:
    path = data.draw(st.sampled_from(places(resource)))
    chart, problems = charted(put(resource, path, junk), PATIENT)
    assert len(problems) <= 1
    assert len(chart.unreadable) <= 1
    if chart.unreadable:
        assert [problem.reference for problem in problems] == [chart.unreadable[0].reference]


@given(st.data(), JUNK)
def test_anything_may_stand_in_a_patient(data: st.DataObject, junk: Any) -> None:
    path = data.draw(st.sampled_from(places(PATIENT)))
    chart, problems = charted(RESOURCES[0], put(PATIENT, path, junk))
    assert len(problems) <= 1
    assert chart.person.reference == "Patient/p1"


@given(st.data(), st.sampled_from(RESOURCES), JUNK)
def test_a_chart_depends_on_the_record_alone(data: st.DataObject, resource: dict[str, Any], junk: Any) -> None:
    """What a builder remembers of codes changes nothing."""
    changed = put(resource, data.draw(st.sampled_from(places(resource))), junk)
    first, _ = charted(changed, PATIENT)
    for other in RESOURCES:
        charted(other, PATIENT)
    again, _ = charted(changed, PATIENT)
    assert first == again
