"""What is in a patient's record and about somebody else: a donor's test, a child's, a procedure done to a donor."""

from __future__ import annotations

from typing import Any

import pytest

HIV = "lab.hiv"
PATIENT = {"resourceType": "Patient", "id": "p1"}
DONOR = {"resourceType": "Patient", "id": "donor"}
BROTHER = {"resourceType": "RelatedPerson", "id": "brother"}
INDEX = {"Patient/p1": PATIENT, "urn:uuid:1": PATIENT, "urn:uuid:2": DONOR, "RelatedPerson/brother": BROTHER}


def hiv(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "56888-1"}]},
        "effectiveDateTime": "2026-11-01",
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]},
        **elements,
    }


OTHERS = {
    "another patient": ({"reference": "Patient/donor"}, "Patient/donor"),
    "by a full URL": ({"reference": "https://example.org/fhir/Patient/donor"}, "Patient/donor"),
    "found in the record": ({"reference": "urn:uuid:2"}, "Patient/donor"),
    "a related person": ({"reference": "RelatedPerson/brother"}, "RelatedPerson/brother"),
    "by its type": ({"reference": "urn:uuid:9", "type": "Patient"}, "urn:uuid:9"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_about_somebody_else_is_left_out_and_told(chart_of: Any, case: str) -> None:
    focus, name = OTHERS[case]
    chart = chart_of(hiv(focus=[focus]), patient=PATIENT, index=INDEX, wanted=frozenset({HIV}))
    assert (chart.facts, chart.unreadable) == ((), ())
    assert [problem.reason for problem in chart_of.problems] == [
        f"it is about {name}, its focus, and not about this patient; it was left out"
    ]


@pytest.mark.parametrize(
    "focus",
    [
        {"reference": "Patient/p1"},
        {"reference": "urn:uuid:1"},
        {"reference": "https://example.org/fhir/Patient/p1"},
        {"reference": "Condition/leukemia"},
        {"reference": "Device/pump"},
        {"display": "the left arm"},
    ],
)
def test_a_focus_that_is_the_patient_or_no_person_changes_nothing(chart_of: Any, focus: Any) -> None:
    chart = chart_of(hiv(focus=[focus]), patient=PATIENT, index=INDEX, wanted=frozenset({HIV}))
    assert [fact.concept for fact in chart.facts] == [HIV]
    assert chart_of.problems == []


def test_the_subject_itself_is_no_other_though_the_record_holds_no_patient(chart_of: Any) -> None:
    same = {"reference": "urn:uuid:7", "type": "Patient"}
    chart = chart_of(hiv(subject={"reference": "urn:uuid:7"}, focus=[same]), wanted=frozenset({HIV}))
    assert [fact.concept for fact in chart.facts] == [HIV]


@pytest.mark.parametrize("focus", [{"reference": "urn:uuid:9"}, {"type": "Patient", "display": "a donor"}])
def test_whom_nobody_can_name_leaves_it_unknown(chart_of: Any, focus: Any) -> None:
    chart = chart_of(hiv(focus=[focus]), patient=PATIENT, index=INDEX, wanted=frozenset({HIV}))
    assert chart.facts == ()
    assert [(item.concepts, item.reference) for item in chart.unreadable] == [({HIV}, "Observation/o1")]


def test_a_procedure_done_to_a_donor_is_not_the_patients(chart_of: Any) -> None:
    """R5 has Procedure.focus for it."""
    procedure = {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]},
        "occurrenceDateTime": "2026-11-15",
        "focus": {"reference": "Patient/donor"},
    }
    wanted = frozenset({"tx.surgery"})
    assert chart_of(procedure, patient=PATIENT, wanted=wanted).facts == ()
    del procedure["focus"]
    assert [fact.concept for fact in chart_of(procedure, patient=PATIENT, wanted=wanted).facts] == ["tx.surgery"]
