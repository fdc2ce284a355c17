"""NDJSON with one resource a line: the files of one directory are one export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bundle_parts import references
from export_parts import about, patient, read, write

from trialsieve.fhir_adapters.inputs import bulk_export
from trialsieve.rules.vocabulary import Kind


def test_the_files_of_a_directory_are_one_export(tmp_path: Path) -> None:
    write(
        tmp_path,
        Condition=[about("p2", "Condition", "c2"), about("p1", "Condition", "c1")],
        Medication=[{"resourceType": "Medication", "id": "m1"}],
        Patient=[patient("p1"), patient("p2")],
    )
    records, problems = read(tmp_path)
    assert {name: references(record) for name, record in records.items()} == {
        "Patient/p1": ["Condition/c1"],
        "Patient/p2": ["Condition/c2"],
    }
    for record in records.values():
        assert record.patient_resource is not None
        assert record.source == str(tmp_path)
        assert record.index["Medication/m1"]["id"] == "m1"
    assert "Condition/c2" not in records["Patient/p1"].index
    assert problems == []


def test_sub_directories_are_exports_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")])
    write(tmp_path / "sub", Condition=[about("p2", "Condition", "c1")])
    records, _ = read(tmp_path)
    assert records["Patient/p1"].vouched == frozenset()
    assert records["Patient/p2"].vouched == {Kind.CONDITION}
    assert records["Patient/p2"].patient_resource is None


def test_files_named_one_by_one_are_one_export_too(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")], Condition=[about("p1", "Condition", "c1")], Other=[patient("p3")])
    records, _ = read(tmp_path / "Patient.ndjson", tmp_path / "Condition.ndjson")
    assert list(records) == ["Patient/p1"]
    assert references(records["Patient/p1"]) == ["Condition/c1"]


def test_what_a_server_says_was_deleted_is_told_and_still_counts(tmp_path: Path) -> None:
    gone = [{"request": {"method": "DELETE", "url": f"Condition/c{number}"}} for number in (1, 2)]
    deleted = {"resourceType": "Bundle", "type": "transaction", "entry": gone}
    write(tmp_path, Patient=[patient("p1")], Condition=[about("p1", "Condition", "c1")], deleted=[deleted])
    records, problems = read(tmp_path)
    assert references(records["Patient/p1"]) == ["Condition/c1"]
    assert problems == [
        f"{tmp_path / 'deleted.ndjson'}: Condition/c1: deleted, this Bundle says (as 1 more); "
        "what other files hold of it still counts: take it out of them"
    ]


def test_the_status_of_an_export_beside_it_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")])
    status = {"transactionTime": "2026-11-20T02:00:00Z", "request": "https://x.example/$export", "output": []}
    (tmp_path / "status.json").write_text(json.dumps(status))
    _, problems = read(tmp_path)
    told = "note: the status of a bulk export, which holds nothing about a patient"
    assert problems == [f"{tmp_path / 'status.json'}: {told}"]


def test_a_file_that_begins_with_what_is_no_json_is_of_the_export_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")], Procedure=[about("p1", "Procedure", "x1")])
    path = tmp_path / "Procedure.ndjson"
    path.write_bytes(b"-- exported\n-- at night\n" + path.read_bytes())
    records, problems = read(tmp_path)
    assert references(records["Patient/p1"]) == ["Procedure/x1"]
    assert len(problems) == 2


def test_byte_order_marks_between_lines_are_left_out(tmp_path: Path) -> None:
    lines = [json.dumps(about("p1", "Condition", f"c{number}")).encode() + b"\n" for number in range(3)]
    (tmp_path / "Condition.ndjson").write_bytes(b"".join(b"\xef\xbb\xbf" + line for line in lines))
    records, problems = read(tmp_path)
    assert references(records["Patient/p1"]) == ["Condition/c0", "Condition/c1", "Condition/c2"]
    assert problems == []


def test_of_a_patient_of_dstu2_death_is_kept_and_age_and_sex_are_not(tmp_path: Path) -> None:
    dead = patient("p1", name=[{"family": ["Doe"]}], deceasedBoolean=True, birthDate="1980-01-01")
    write(tmp_path, Patient=[dead])
    records, problems = read(tmp_path)
    assert records["Patient/p1"].patient_resource == {
        "resourceType": "Patient",
        "id": "p1",
        "deceasedBoolean": True,
    }
    assert len(problems) == 1
    assert "(told by a list as Patient.name.family); age and sex are unknown" in problems[0]


def test_of_two_versions_the_newer_counts(tmp_path: Path) -> None:
    versions = [about("p1", "Condition", "c1", note=n, meta={"versionId": str(n)}) for n in (2, 3, 1)]
    write(tmp_path, Patient=[patient("p1")], Condition=versions)
    assert [resource["note"] for _, resource in read(tmp_path)[0]["Patient/p1"].resources] == [3]


def test_a_large_export_is_held_as_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [about("p1", "Condition", f"c{n}", contained=[]) for n in range(5)]  # none is told without being parsed
    write(tmp_path, Patient=[patient("p1")], Condition=lines)
    expected = read(tmp_path)[0]["Patient/p1"].resources
    monkeypatch.setattr(bulk_export, "PARSED_LIMIT_BYTES", 200)
    assert read(tmp_path)[0]["Patient/p1"].resources == expected
    assert len(expected) == 5


def test_a_file_without_any_resource_is_one_problem(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")], log=[{"eventId": "kickoff"}, {"eventId": "done"}])
    (tmp_path / "empty.ndjson").write_text("")
    _, problems = read(tmp_path)
    assert problems == [
        f"{tmp_path / 'empty.ndjson'}: the file is empty",
        f"{tmp_path / 'log.ndjson'}: none of its 2 lines is a FHIR resource "
        "(no FHIR: a JSON object without resourceType)",
    ]


def test_an_export_beside_bundles(tmp_path: Path) -> None:
    write(tmp_path, Condition=[about("p1", "Condition", "c1")], Patient=[patient("p1")])
    bundle = {"resourceType": "Bundle", "entry": [{"resource": patient("p2")}]}
    (tmp_path / "D.json").write_text(json.dumps(bundle))
    records, problems = read(tmp_path)
    assert sorted(records) == ["Patient/p1", "Patient/p2"]
    assert records["Patient/p2"].vouched == frozenset()
    assert problems == []


def test_a_bundle_between_two_files_of_an_export_is_joined_to_it(tmp_path: Path) -> None:
    identifier = [{"system": "urn:x", "value": "1"}]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": patient("p1", identifier=identifier)}]}
    write(tmp_path, Condition=[about("p1", "Condition", "c1")], Patient=[patient("p1", identifier=identifier)])
    (tmp_path / "D.json").write_text(json.dumps(bundle))
    records, problems = read(tmp_path)
    assert list(records) == ["Patient/p1"]
    assert records["Patient/p1"].vouched == {Kind.CONDITION}
    assert problems == []
