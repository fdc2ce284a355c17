"""Whose a resource of a Bundle is, with and without Patients."""

from __future__ import annotations

import pytest
from bundle_parts import PATIENT, Json, bundle, condition, read, references

from trialsieve.fhir_adapters.records.bundle import records_of_resource
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.vocabulary import Kind


def test_of_several_patients_each_gets_what_names_them() -> None:
    records, problems = read(
        bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}, condition("c2", "Patient/p2"), condition("c1"))
    )
    assert [(r.patient, references(r)) for r in records] == [
        ("Patient/p1", ["Condition/c1"]),
        ("Patient/p2", ["Condition/c2"]),
    ]
    assert problems == []


def replacing(*references: str) -> Json:
    return {**PATIENT, "link": [{"type": "replaces", "other": {"reference": reference}} for reference in references]}


@pytest.mark.parametrize(
    ("link", "subject"),
    [
        ("Patient/old", "Patient/old"),
        ("https://example.org/fhir/Patient/old", "Patient/old"),
        ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"),
    ],
)
def test_what_names_a_patient_that_was_replaced_is_the_new_ones(link: str, subject: str) -> None:
    records, problems = read(bundle(replacing(link), condition("c1"), condition("c2", subject)))
    assert [(r.patient, references(r)) for r in records] == [("Patient/p1", ["Condition/c1", "Condition/c2"])]
    assert problems == []


@pytest.mark.parametrize("kind", ["replaced-by", "refer", "seealso", None])
def test_other_links_give_nobody_anything(kind: str | None) -> None:
    patient = {**PATIENT, "link": [{"type": kind, "other": {"reference": "Patient/old"}}, "no link"]}
    records, problems = read(bundle(patient, condition("c2", "Patient/old")))
    assert [references(record) for record in records] == [[]]
    assert problems == ["Condition/c2: is about a patient that this input does not hold"]


def test_what_a_replaced_patient_has_here_bears_on_the_new_one() -> None:
    """It is read as that one's own, and may be this one's."""
    old = {"resourceType": "Patient", "id": "old"}
    records, problems = read(bundle(replacing("Patient/old"), old, condition("c1"), condition("c2", "Patient/old")))
    assert [(r.patient, references(r)) for r in records] == [
        ("Patient/p1", ["Condition/c1"]),
        ("Patient/old", ["Condition/c2"]),
    ]
    (set_aside,) = records[0].set_aside
    assert (set_aside.reference, set_aside.kind) == ("Condition/c2", Kind.CONDITION)
    assert "Patient/old, whom this patient's record replaces" in set_aside.reason
    assert (records[1].set_aside, problems) == ([], [])


@pytest.mark.parametrize("link", ["Patient/p1", "#none", "nonsense of words", "Organization/o1"])
def test_a_link_that_leads_nowhere_changes_nothing(link: str) -> None:
    records, problems = read(bundle(replacing(link), condition("c1")))
    assert [(references(r), r.set_aside) for r in records] == [(["Condition/c1"], [])]
    assert problems == []


def test_without_a_subject_a_resource_is_the_only_patients() -> None:
    records, problems = read(bundle(PATIENT, {"resourceType": "Condition", "id": "c1"}))
    assert references(records[0]) == ["Condition/c1"]
    assert problems == []


def test_without_a_subject_and_with_two_patients_it_may_be_anybodys_and_is_read_for_nobody() -> None:
    records, problems = read(
        bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}, {"resourceType": "Condition", "id": "c1"})
    )
    assert [references(record) for record in records] == [[], []]
    assert [[(s.reference, s.kind) for s in record.set_aside] for record in records] == [
        [("Condition/c1", Kind.CONDITION)]
    ] * 2
    assert problems == ["Condition/c1: names no patient, and the Bundle holds several"]


def test_a_resource_of_somebody_else_is_a_problem_and_changes_nothing() -> None:
    records, problems = read(bundle(PATIENT, condition("c1", "Patient/p9")))
    assert references(records[0]) == []
    assert records[0].set_aside == []
    assert problems == ["Condition/c1: is about a patient that this input does not hold"]


@pytest.mark.parametrize("subject", ["Group/g1", "Device/d1", "Location/l1"])
def test_what_is_not_about_a_patient_is_left_out_without_a_word(subject: str) -> None:
    records, problems = read(bundle(PATIENT, condition("c1", subject)))
    assert references(records[0]) == []
    assert records[0].set_aside == []
    assert problems == []


def test_without_a_patient_the_subject_names_the_record() -> None:
    records, problems = read(bundle(condition("c1"), condition("c2", "http://ehr.example/fhir/Patient/p1/_history/2")))
    assert [(r.patient, r.patient_resource, references(r)) for r in records] == [
        ("Patient/p1", None, ["Condition/c1", "Condition/c2"])
    ]
    assert problems == []


# What names a patient and holds no facts.
NAMING: dict[str, Json] = {
    "a report": {"resourceType": "DiagnosticReport", "id": "d1", "subject": {"reference": "Patient/p1"}},
    "an order": {"resourceType": "ServiceRequest", "id": "s1", "subject": {"reference": "http://x.example/Patient/p1"}},
    "an encounter": {"resourceType": "Encounter", "id": "e1", "subject": {"reference": "urn:uuid:mrn-1"}},
    "a claim": {"resourceType": "Claim", "id": "k1", "patient": {"reference": "Patient/p1"}},
    "by identifier": {"resourceType": "Encounter", "subject": {"identifier": {"system": "urn:x", "value": "1"}}},
    "unreadable": {"resourceType": "Visit", "subject": {"reference": "Patient/p1"}},
}
NAMED = {"an encounter": "urn:uuid:mrn-1", "by identifier": "Patient?identifier=urn:x|1"}


@pytest.mark.parametrize("case", NAMING)
def test_without_a_patient_any_resource_names_a_record(case: str) -> None:
    records, _ = read(bundle(NAMING[case]))
    assert [(r.patient, r.patient_resource, references(r)) for r in records] == [
        (NAMED.get(case, "Patient/p1"), None, [])
    ]


def test_beside_a_patient_others_make_no_record() -> None:
    records, problems = read(bundle(PATIENT, {**NAMING["a report"], "subject": {"reference": "Patient/p2"}}))
    assert [record.patient for record in records] == ["Patient/p1"]
    assert problems == []


def test_without_a_patient_each_subject_is_a_record_of_its_own() -> None:
    other = {**NAMING["a report"], "subject": {"reference": "Patient/p3"}}
    records, problems = read(
        bundle(condition("c2", "Patient/p2"), condition("c1"), other, condition("c3", "Patient/p2"))
    )
    assert [(record.patient, references(record)) for record in records] == [
        ("Patient/p2", ["Condition/c2", "Condition/c3"]),
        ("Patient/p1", ["Condition/c1"]),
        ("Patient/p3", []),
    ]
    assert problems == []


def test_without_a_patient_and_a_subject_a_resource_is_the_only_subjects() -> None:
    bare = {"resourceType": "Observation", "id": "o1"}
    records, problems = read(bundle(bare, NAMING["a report"], condition("c1")))
    assert [(record.patient, references(record)) for record in records] == [
        ("Patient/p1", ["Observation/o1", "Condition/c1"])
    ]
    assert problems == []


def test_without_a_patient_one_that_a_later_resource_contains_is_the_records() -> None:
    mrn = {"system": "urn:x", "value": "1"}
    held = {"resourceType": "Patient", "id": "p", "gender": "male", "identifier": [mrn]}
    by_identifier = {"resourceType": "Condition", "id": "c1", "subject": {"identifier": mrn}}
    records, _ = read(bundle(by_identifier, condition("c2", "#p", contained=[held])))
    assert [(record.patient_resource, references(record)) for record in records] == [
        (held, ["Condition/c1", "Condition/c2"])
    ]


def test_without_a_patient_and_with_two_subjects_it_is_nobodys() -> None:
    bare = {"resourceType": "Observation", "id": "o1"}
    records, problems = read(bundle(bare, NAMING["a report"], condition("c2", "Patient/p2")))
    assert [references(record) for record in records] == [["Condition/c2"], []]
    assert [[one.reference for one in record.set_aside] for record in records] == [["Observation/o1"]] * 2
    assert problems == ["Observation/o1: names no patient, and the Bundle holds several"]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Group/g"},
        {"reference": "Device/d"},
        {"reference": "urn:uuid:1", "type": "Device"},
        {"display": "a pump", "type": "Device"},
        None,
    ],
)
def test_what_is_about_no_patient_names_no_record(subject: Json | None) -> None:
    assert read(bundle({"resourceType": "DiagnosticReport", "subject": subject})) == ([], [])


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ({"display": "Joyce"}, "has a subject without a reference or an identifier, which tells nobody whose it is"),
        ({"reference": "see chart"}, "names its patient in a way that cannot be followed"),
    ],
)
def test_a_subject_that_leads_nowhere_is_said_where_nothing_else_names_a_patient(subject: Json, reason: str) -> None:
    report = {"resourceType": "DiagnosticReport", "id": "d1", "subject": subject}
    assert read(bundle(report)) == ([], [f"DiagnosticReport/d1: {reason}"])


def test_a_single_resource_is_a_record_too() -> None:
    problems: list[InputProblem] = []
    found = records_of_resource(condition("c1"), "c.json", problems.append)
    assert [(one.record.patient, references(one.record)) for one in found] == [("Patient/p1", ["Condition/c1"])]
    assert records_of_resource({"resourceType": "Condition", "id": "c"}, "c.json", problems.append) == []
    assert [str(problem) for problem in problems] == ["c.json: Condition/c: names no patient"]


def test_kinds_that_never_speak_for_a_patient_are_found_by_reference_only() -> None:
    medication = {"resourceType": "Medication", "id": "m1"}
    entry = {"fullUrl": "urn:uuid:AB", "resource": medication}
    records, _ = read(bundle(PATIENT, entry, {"resourceType": "Organization", "id": "o1"}))
    assert references(records[0]) == []
    for reference in ("Medication/m1", "urn:uuid:ab", "Medication/m1/_history/3", "https://x.example/Medication/m1"):
        assert records[0].index[reference] is medication
    assert "Medication/m2" not in records[0].index
    assert "no reference at all" not in records[0].index
