"""What tells DSTU2: each mark with the page of the published DSTU2 specification that defines it."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.elements.resource_types import DSTU2_ONLY
from trialsieve.fhir_adapters.records.bundle import records_of_bundle, records_of_resource
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.fhir_adapters.records.versions import (
    DSTU2_ELEMENTS,
    LATER_ELEMENTS,
    LATER_LISTS,
    LATER_TYPES,
    dstu2_mark,
)
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]

# Every element below is in the resource's definition of DSTU2 (1.0.2) under https://hl7.org/fhir/DSTU2/, at the page
# named, and in none of the same resource's definitions of STU3 (3.0.2), R4 (4.0.1), R4B (4.3.0) and R5 (5.0.0).
MARKS = {
    "AllergyIntolerance.substance": "allergyintolerance-definitions.html",
    "AllergyIntolerance.lastOccurence": "allergyintolerance-definitions.html",
    "AllergyIntolerance.onset": "allergyintolerance-definitions.html",
    "AllergyIntolerance.reporter": "allergyintolerance-definitions.html",
    "Condition.patient": "condition-definitions.html",
    "Condition.dateRecorded": "condition-definitions.html",
    "Condition.notes": "condition-definitions.html",
    "Condition.onsetQuantity": "condition-definitions.html",
    "Condition.abatementQuantity": "condition-definitions.html",
    "DiagnosticReport.request": "diagnosticreport-definitions.html",
    "Encounter.patient": "encounter-definitions.html",
    "Encounter.indication": "encounter-definitions.html",
    "Immunization.wasNotGiven": "immunization-definitions.html",
    "Immunization.reported": "immunization-definitions.html",
    "Immunization.requester": "immunization-definitions.html",
    "MedicationAdministration.patient": "medicationadministration-definitions.html",
    "MedicationAdministration.wasNotGiven": "medicationadministration-definitions.html",
    "MedicationAdministration.reasonGiven": "medicationadministration-definitions.html",
    "MedicationAdministration.practitioner": "medicationadministration-definitions.html",
    "MedicationAdministration.effectiveTimeDateTime": "medicationadministration-definitions.html",
    "MedicationAdministration.effectiveTimePeriod": "medicationadministration-definitions.html",
    "MedicationDispense.patient": "medicationdispense-definitions.html",
    "MedicationDispense.dispenser": "medicationdispense-definitions.html",
    "MedicationStatement.patient": "medicationstatement-definitions.html",
    "MedicationStatement.wasNotTaken": "medicationstatement-definitions.html",
    "MedicationStatement.supportingInformation": "medicationstatement-definitions.html",
    "MedicationStatement.reasonForUseCodeableConcept": "medicationstatement-definitions.html",
    "MedicationStatement.reasonForUseReference": "medicationstatement-definitions.html",
    "Observation.comments": "observation-definitions.html",
    "Patient.careProvider": "patient-definitions.html",
    "Practitioner.practitionerRole": "practitioner-definitions.html",
    "Procedure.notes": "procedure-definitions.html",
    "Procedure.notPerformed": "procedure-definitions.html",
    "Procedure.reasonCodeableConcept": "procedure-definitions.html",
    "Procedure.reasonNotPerformed": "procedure-definitions.html",
    "Procedure.request": "procedure-definitions.html",
}
# https://hl7.org/fhir/DSTU2/resourcelist.html
TYPES = {
    *("Conformance", "DeviceUseRequest", "DiagnosticOrder", "ImagingObjectSelection"),
    *("MedicationOrder", "Order", "OrderResponse"),
}
GENETICS: Json = {
    "resourceType": "Observation",
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/geneticsGenomeBuild", "valueString": "GRCh 37"}],
}
# https://hl7.org/fhir/DSTU2/datatypes.html#HumanName: family is 0..*; 0..1 since STU3.
NAMED_IN_A_LIST: Json = {"resourceType": "Patient", "id": "p1", "name": [{"family": ["Doe"], "given": ["John"]}]}


def test_the_marks_are_those_of_the_published_definitions() -> None:
    assert {f"{name}.{element}" for name, elements in DSTU2_ELEMENTS.items() for element in elements} == MARKS.keys()
    assert DSTU2_ONLY == TYPES


@pytest.mark.parametrize("mark", MARKS)
def test_an_element_that_only_dstu2_has_tells_it(mark: str) -> None:
    name, _, element = mark.partition(".")
    assert dstu2_mark(name, {"resourceType": name, element: {}}) == mark
    assert not dstu2_mark(name, {"resourceType": name})
    assert not dstu2_mark("CarePlan", {"resourceType": "CarePlan", element: {}})


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_that_only_dstu2_has_tells_it(name: str) -> None:
    assert dstu2_mark(name, {"resourceType": name})


def test_a_body_site_is_of_stu3_too() -> None:
    assert not dstu2_mark("BodySite", {"resourceType": "BodySite"})


def test_a_family_name_in_a_list_and_the_genetics_extensions_tell_it() -> None:
    assert dstu2_mark("Patient", NAMED_IN_A_LIST)
    assert dstu2_mark("Observation", GENETICS)
    renamed = "http://hl7.org/fhir/StructureDefinition/observation-geneticsGene"
    assert not dstu2_mark("Observation", {"extension": [{"url": renamed}]})
    others: list[Any] = [[{"family": "Doe"}], {"family": ["Doe"]}, ["Doe"], [{}]]
    for patient in ({"name": name} for name in others):
        assert not dstu2_mark("Patient", patient)


LATER = [(name, element) for name, elements in LATER_ELEMENTS.items() for element in elements]


@pytest.mark.parametrize(("name", "element"), LATER)
def test_what_a_later_release_has_outweighs_a_mark(name: str, element: str) -> None:
    marked = dict.fromkeys(DSTU2_ELEMENTS[name], 1)
    assert dstu2_mark(name, marked)
    assert not dstu2_mark(name, {**marked, element: {}})


@pytest.mark.parametrize("name", LATER_LISTS)
def test_a_list_where_dstu2_has_one_object_outweighs_a_mark(name: str) -> None:
    marked = dict.fromkeys(DSTU2_ELEMENTS[name], 1)
    assert dstu2_mark(name, {**marked, LATER_LISTS[name]: {}})
    assert not dstu2_mark(name, {**marked, LATER_LISTS[name]: []})


PROFILES = {
    "http://hl7.org/fhir/StructureDefinition/Procedure|4.0.1": False,
    "http://hl7.org/fhir/StructureDefinition/Procedure|3.0.2": False,
    "http://hl7.org/fhir/4.0/StructureDefinition/Procedure": False,
    "http://hl7.org/fhir/us/core/StructureDefinition/us-core-procedure": False,
    "http://hl7.org/fhir/StructureDefinition/Procedure|1.0.2": True,
    "http://hl7.org/fhir/1.0/StructureDefinition/Procedure": True,
    "http://hl7.org/fhir/StructureDefinition/Procedure": True,
    "http://hl7.org/fhir/StructureDefinition/daf-procedure": True,
}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_resource_that_says_its_release_is_believed(profile: str) -> None:
    procedure = {"resourceType": "Procedure", "notes": [], "meta": {"profile": [profile]}}
    assert bool(dstu2_mark("Procedure", procedure)) is PROFILES[profile]


# Bundles.

PROCEDURE: Json = {
    "resourceType": "Procedure",
    "id": "x1",
    "subject": {"reference": "Patient/p1"},
    "notes": [{"text": "x"}],
}
OBSERVATION: Json = {"resourceType": "Observation", "id": "o1", "subject": {"reference": "Patient/p1"}}
R4: Json = {**OBSERVATION, "id": "o2", "category": []}
PATIENT: Json = {"resourceType": "Patient", "id": "p1", "gender": "male"}


def read(*resources: Json, **elements: Any) -> tuple[list[Record], list[str]]:
    problems: list[InputProblem] = []
    value = {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources], **elements}
    found = records_of_bundle(value, "b.json", problems.append)
    return [one.record for one in found], [str(problem) for problem in problems]


@pytest.mark.parametrize("marked", [PROCEDURE, NAMED_IN_A_LIST, GENETICS], ids=["element", "family", "extension"])
def test_a_bundle_with_a_mark_and_nothing_later_is_dstu2_as_a_whole(marked: Json) -> None:
    records, problems = read(OBSERVATION, marked)
    assert records == []
    assert len(problems) == 1
    assert problems[0].startswith("b.json: FHIR DSTU2 is not supported; convert it to R4 first")
    assert dstu2_mark(marked["resourceType"], marked) in problems[0]


@pytest.mark.parametrize("later", [R4, {"resourceType": "ServiceRequest", "subject": {"reference": "Patient/p1"}}])
def test_in_a_bundle_that_mixes_each_resource_goes_by_itself(later: Json) -> None:
    records, problems = read(PATIENT, OBSERVATION, PROCEDURE, later)
    assert problems == [
        "b.json: Procedure/x1: FHIR DSTU2 is not supported; convert it to R4 first (told by Procedure.notes)"
    ]
    assert "Observation/o1" in [name for name, _ in records[0].resources]
    assert "Procedure/x1" not in [name for name, _ in records[0].resources]
    assert [(one.reference, one.kind) for one in records[0].set_aside] == [("Procedure/x1", Kind.PROCEDURE)]


def test_a_bundle_that_says_a_later_release_mixes() -> None:
    meta = {"profile": ["http://hl7.org/fhir/StructureDefinition/Bundle|4.0.1"]}
    records, problems = read(PATIENT, OBSERVATION, PROCEDURE, meta=meta)
    assert [name for name, _ in records[0].resources] == ["Observation/o1"]
    assert len(problems) == 1


def test_of_a_patient_set_aside_age_and_sex_are_unknown_and_death_is_not() -> None:
    dead = {**NAMED_IN_A_LIST, "gender": "male", "birthDate": "1980", "deceasedBoolean": True}
    records, problems = read(dead, R4)
    assert [(record.patient, record.patient_resource, len(record.resources)) for record in records] == [
        ("Patient/p1", {"resourceType": "Patient", "id": "p1", "deceasedBoolean": True}, 1)
    ]
    assert [problem.split(": ")[1] for problem in problems] == ["Patient/p1"]


def test_what_is_never_read_is_not_named_in_a_bundle_that_mixes() -> None:
    practitioner = {"resourceType": "Practitioner", "id": "d1", "practitionerRole": []}
    assert read(PATIENT, R4, practitioner)[1] == []


def test_results_contained_in_a_report_of_dstu2_are_of_it() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "d1",
        "subject": {"reference": "Patient/p1"},
        "request": [],
        "contained": [{"resourceType": "Observation", "id": "c"}],
    }
    records, problems = read(PATIENT, R4, report)
    assert [name for name, _ in records[0].resources] == ["Observation/o2"]
    assert [one.reference for one in records[0].set_aside] == ["DiagnosticReport/d1#c"]
    assert [problem.split(": ")[1] for problem in problems] == ["DiagnosticReport/d1#c"]
    held = {**report, "contained": [{"resourceType": "Observation", "id": "c", "comments": "x"}]}
    del held["request"]
    records, problems = read(PATIENT, R4, held)
    assert [name for name, _ in records[0].resources] == ["Observation/o2"]
    assert [problem.split(": ")[1] for problem in problems] == ["DiagnosticReport/d1#c"]


def test_a_loose_resource_of_dstu2_is_no_record() -> None:
    problems: list[InputProblem] = []
    assert records_of_resource(PROCEDURE, "p.json", problems.append) == []
    assert len(problems) == 1


def test_the_later_types_are_not_of_dstu2() -> None:
    assert not LATER_TYPES & TYPES
