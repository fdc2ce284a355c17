"""Whose a line of an export is: by reference, by identifier, by a urn that flattening a Bundle lost, or nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundle_parts import references
from export_parts import UUID, Json, about, patient, read, write

from trialsieve.rules.vocabulary import Kind


def test_a_line_that_names_nobody_is_a_problem_and_changes_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        Patient=[patient("p1")],
        Condition=[{"resourceType": "Condition", "id": "c1"}, {"id": "x"}, about("p1", "Condition", "c2")],
    )
    records, problems = read(tmp_path)
    assert references(records["Patient/p1"]) == ["Condition/c2"]
    assert records["Patient/p1"].set_aside == []
    place = tmp_path / "Condition.ndjson"
    assert problems[0] == f"{place}:1: Condition/c1: names no patient"
    assert problems[1].startswith(f"{place}:2: ")


def test_a_line_that_cannot_be_read_counts_for_the_patient_that_it_names(tmp_path: Path) -> None:
    broken = {"resourceType": "Conditon", "subject": {"reference": "Patient/p1"}}
    dstu2 = {"resourceType": "Condition", "id": "c1", "patient": {"reference": "Patient/p2"}}
    untyped = {"id": "c3", "subject": {"reference": "Patient/p3"}}
    write(tmp_path, Patient=[patient("p1"), patient("p2"), patient("p3")], Condition=[broken, dstu2, untyped])
    records, problems = read(tmp_path)
    assert [s.kind for s in records["Patient/p3"].set_aside] == [None]
    assert [s.kind for s in records["Patient/p1"].set_aside] == [None]
    assert [s.kind for s in records["Patient/p2"].set_aside] == [Kind.CONDITION]
    assert len(problems) == 3
    assert f"{tmp_path / 'Condition.ndjson'}:1: `Conditon` is no FHIR resource type" in problems


def test_what_a_line_contains_of_nobody_is_told(tmp_path: Path) -> None:
    inner = {"resourceType": "Condition", "id": "in", "subject": {"display": "P. One"}}
    outer = about("p1", "MedicationRequest", "m1", contained=[inner])
    write(tmp_path, Patient=[patient("p1")], MedicationRequest=[outer], Condition=[])
    _, (problem,) = read(tmp_path)
    assert problem.startswith(f"{tmp_path / 'MedicationRequest.ndjson'}:1: MedicationRequest/m1#in: has a subject with")


def test_a_patient_named_by_identifier(tmp_path: Path) -> None:
    identifier = {"system": "urn:x", "value": "1"}
    line = {"resourceType": "Condition", "id": "c1", "subject": {"identifier": identifier}}
    write(tmp_path, Condition=[line], Patient=[patient("p1", identifier=[identifier]), patient("p2")])
    records, problems = read(tmp_path)
    assert references(records["Patient/p1"]) == ["Condition/c1"]
    assert list(records) == ["Patient/p1", "Patient/p2"]
    assert problems == []


def _named(subject: str, name: str) -> Json:
    return {"resourceType": "Condition", "id": name, "subject": {"reference": subject}}


@pytest.mark.parametrize("subject", [UUID, UUID.upper()])
@pytest.mark.parametrize("identity", [UUID, UUID.upper()])
def test_subjects_named_by_a_full_url_that_flattening_lost_are_told_and_not_joined(
    tmp_path: Path, subject: str, identity: str
) -> None:
    write(tmp_path, Condition=[_named(f"urn:uuid:{subject}", "c1")], Patient=[patient(identity), patient("p2")])
    records, (problem,) = read(tmp_path)
    assert references(records[f"urn:uuid:{UUID}"]) == ["Condition/c1"]
    assert references(records[f"Patient/{identity}"]) == []
    assert problem == (
        f"{tmp_path}: urn:uuid:{UUID}: looks like the Patient whose id this is, but no line says so; they are read as "
        "two people, each with a part of the record (name the subject as 'Patient/' and the id, or give the Bundle "
        "itself)"
    )


def test_of_those_who_look_alike_nothing_is_presumed(tmp_path: Path) -> None:
    """Either may be without what the other has."""
    write(tmp_path, Condition=[_named(f"urn:uuid:{UUID}", "c1")], Patient=[patient(UUID), patient("p2")])
    records, _ = read(tmp_path)
    gaps = {name: [(item.kind, item.concepts, item.is_gap) for item in one.set_aside] for name, one in records.items()}
    assert gaps == {
        f"urn:uuid:{UUID}": [(None, None, True)],
        f"Patient/{UUID}": [(None, None, True)],
        "Patient/p2": [],
    }
    (gap,) = records[f"Patient/{UUID}"].set_aside
    assert gap.reason == f"urn:uuid:{UUID} may be the same person, and its part of the record was not read along"


@pytest.mark.parametrize("identity", ["p2", f"1{UUID[1:]}"])
def test_a_urn_that_is_no_patients_id_may_be_anybodys(tmp_path: Path, identity: str) -> None:
    write(tmp_path, Condition=[_named(f"urn:uuid:{UUID}", "c1")], Patient=[patient(identity)])
    records, (problem,) = read(tmp_path)
    assert problem.startswith(f"{tmp_path}: urn:uuid:{UUID}: leads to no Patient here")
    assert not any(record.set_aside or record.vouched for record in records.values())
