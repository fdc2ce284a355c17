"""NDJSON with one resource a line: the files of one directory are one export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bundle_parts import references

from trialsieve.fhir_adapters import bulk_export
from trialsieve.fhir_adapters.reader import read_records
from trialsieve.fhir_adapters.record import InputProblem, Record
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]

UUID = "0c3f6a52-7a0e-4d6b-9a55-0d1f0c7a9f10"


def patient(identity: str, **elements: Any) -> Json:
    return {"resourceType": "Patient", "id": identity, **elements}


def about(identity: str, resource_type: str, name: str, **elements: Any) -> Json:
    return {"resourceType": resource_type, "id": name, "subject": {"reference": f"Patient/{identity}"}, **elements}


def write(directory: Path, **files: list[Json]) -> None:
    directory.mkdir(exist_ok=True, parents=True)
    for name, lines in files.items():
        (directory / f"{name.replace('__', '.')}.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))


def read(*paths: Path, covers: frozenset[Kind] = frozenset()) -> tuple[dict[str, Record], list[str]]:
    problems: list[InputProblem] = []
    records = list(read_records([str(path) for path in paths], problems, covers=covers))
    assert len({record.patient for record in records}) == len(records)
    return {record.patient: record for record in records}, [str(problem) for problem in problems]


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


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Condition", Kind.CONDITION),
        ("Condition.000", Kind.CONDITION),
        ("1__condition", Kind.CONDITION),
        ("Procedure_0001", Kind.PROCEDURE),
        ("MedicationRequest", Kind.MEDICATION),
        ("MedicationStatement-2", Kind.MEDICATION),
        ("Immunization", Kind.IMMUNIZATION),
        ("AllergyIntolerance", Kind.ALLERGY),
    ],
)
def test_a_file_of_a_kind_vouches_for_it_for_every_patient(tmp_path: Path, name: str, kind: Kind) -> None:
    write(tmp_path, Patient=[patient("p1")], **{name: []})
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == {kind}
    assert problems == []


@pytest.mark.parametrize("name", ["Medication", "Encounter", "Conditions", "PreCondition"])
def test_other_names_vouch_for_nothing(tmp_path: Path, name: str) -> None:
    write(tmp_path, Patient=[patient("p1")], **{name: [{"resourceType": "Medication", "id": "m1"}]})
    assert read(tmp_path)[0]["Patient/p1"].vouched == frozenset()


def test_content_vouches_where_it_is_of_one_kind_and_denies_a_wrong_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        Patient=[patient("p1")],
        part1=[about("p1", "Condition", "c1")],
        Immunization=[about("p1", "Procedure", "x1")],
        mixed=[about("p1", "AllergyIntolerance", "a1"), {"resourceType": "Medication", "id": "m1"}],
    )
    assert read(tmp_path)[0]["Patient/p1"].vouched == {Kind.CONDITION, Kind.PROCEDURE}


@pytest.mark.parametrize(
    ("cut", "vouched"),
    [
        pytest.param(1, {Kind.CONDITION}, id="whole, without a line end"),
        pytest.param(2, set(), id="within the last line"),
        pytest.param(60, set(), id="early in the last line"),
    ],
)
def test_a_file_that_ends_within_a_line_vouches_for_nothing(tmp_path: Path, cut: int, vouched: set[Kind]) -> None:
    write(tmp_path, Patient=[patient("p1")], Condition=[about("p2", "Condition", f"c{number}") for number in (1, 2)])
    path = tmp_path / "Condition.ndjson"
    path.write_bytes(path.read_bytes()[:-cut])
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == vouched
    assert len(problems) == (not vouched)


@pytest.mark.parametrize("rest", [b"-- 1 row exported\n", b"\x1a", b"\0\0\0", b'{"cut": \n'])
def test_a_line_that_is_no_resource_leaves_what_its_file_vouches_for(tmp_path: Path, rest: bytes) -> None:
    write(tmp_path, Patient=[patient("p1")], Condition=[about("p2", "Condition", "c1")])
    path = tmp_path / "Condition.ndjson"
    path.write_bytes(path.read_bytes() + rest)
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == {Kind.CONDITION}
    assert [problem.rpartition("Condition.ndjson")[2][:3] for problem in problems] == [":2:"]


MRN, INSURER = "urn:mrn", "urn:insurer"
NAMES_NOBODY: list[Json | None] = [
    {"reference": "patient/p1"},
    {"reference": "Patient/p1/"},
    {"display": "P. One"},
    None,
]
MAY_BE_ANYBODYS: list[Json] = [
    {"identifier": {"value": "9"}},
    {"identifier": {"system": MRN, "value": "9"}},
    {"reference": f"Patient?identifier={MRN}|9"},
    {"reference": f"urn:uuid:{UUID}"},
]


@pytest.mark.parametrize("subject", [*NAMES_NOBODY, *MAY_BE_ANYBODYS, {"reference": "Group/g1"}])
@pytest.mark.parametrize("name", ["Condition", "part"])
def test_a_file_that_gives_no_line_to_a_patient_vouches_for_nothing(
    tmp_path: Path, name: str, subject: Json | None
) -> None:
    """What it holds is missing from the records: that they have nothing of the kind means nothing."""
    nobodys = [about("p1", "Condition", f"c{number}") | {"subject": subject} for number in (1, 2)]
    write(tmp_path, Patient=[patient("p1")], **{name: nobodys})
    assert read(tmp_path)[0]["Patient/p1"].vouched == frozenset()


@pytest.mark.parametrize("subject", MAY_BE_ANYBODYS)
def test_a_line_that_may_be_anybodys_leaves_its_kind_open(tmp_path: Path, subject: Json) -> None:
    """The file gives its other lines to others, which says nothing of this one. `covers` is the caller's word."""
    nobodys = about("p1", "Condition", "c1") | {"subject": subject}
    others = [about("p2", "Condition", "c2"), about("p3", "Condition", "c3")]
    write(tmp_path, Patient=[patient("p1"), patient("p2")], Condition=[nobodys, *others], Procedure=[])
    records, problems = read(tmp_path)
    for name in ("p1", "p2", "p3"):  # p3 has no Patient
        assert records[f"Patient/{name}"].vouched == {Kind.PROCEDURE}
        assert records[f"Patient/{name}"].set_aside == []
    assert len(problems) == 1
    assert Kind.CONDITION in read(tmp_path, covers=frozenset({Kind.CONDITION}))[0]["Patient/p1"].vouched


@pytest.mark.parametrize("subject", NAMES_NOBODY)
def test_a_line_that_names_nobody_among_others_is_a_problem_alone(tmp_path: Path, subject: Json | None) -> None:
    nobodys = about("p1", "Condition", "c1") | {"subject": subject}
    write(tmp_path, Patient=[patient("p1")], Condition=[nobodys, about("p2", "Condition", "c2")])
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == {Kind.CONDITION}
    assert len(problems) == 1


@pytest.mark.parametrize("subject", [{"reference": "Patient/p9"}, {"reference": "p9"}, {"reference": "Device/d1"}])
def test_a_line_about_another_leaves_what_its_file_vouches_for(tmp_path: Path, subject: Json) -> None:
    lines = [about("p1", "Condition", "c1") | {"subject": subject}, about("p2", "Condition", "c2")]
    write(tmp_path, Patient=[patient("p1")], Condition=lines)
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == {Kind.CONDITION}
    assert problems == []


def _numbered(identity: str, *numbers: tuple[str, str]) -> Json:
    return patient(identity, identifier=[{"system": system, "value": value} for system, value in numbers])


@pytest.mark.parametrize(
    ("numbers", "may_be"),
    [
        pytest.param([(MRN, "1")], False, id="another number of that system"),
        pytest.param([(INSURER, "1")], True, id="a number of another system"),
        pytest.param([(INSURER, "9")], True, id="that number of another system"),
        pytest.param([("", "1")], True, id="a number of no system"),
        pytest.param([], True, id="no number"),
    ],
)
def test_a_number_that_no_patient_has_may_be_that_of_who_has_none_of_its_system(
    tmp_path: Path, numbers: list[tuple[str, str]], may_be: bool
) -> None:
    line = about("", "Condition", "c1") | {"subject": {"identifier": {"system": MRN, "value": "9"}}}
    write(tmp_path, Patient=[_numbered("p1", *numbers), patient("p2")], Condition=[line], Procedure=[])
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == ({Kind.PROCEDURE} if may_be else {Kind.PROCEDURE, Kind.CONDITION})
    assert records["Patient/p2"].vouched == {Kind.PROCEDURE}
    assert len(problems) == 1


def test_a_number_that_two_patients_have_may_be_anybodys(tmp_path: Path) -> None:
    line = about("", "Condition", "c1") | {"subject": {"identifier": {"system": MRN, "value": "1"}}}
    two = [_numbered("p1", (MRN, "1")), _numbered("p2", (MRN, "1"))]
    write(tmp_path, Patient=two, Condition=[line], Procedure=[])
    records, problems = read(tmp_path)
    assert [records[f"Patient/{name}"].vouched for name in ("p1", "p2")] == [{Kind.PROCEDURE}] * 2
    assert len(problems) == 1


def test_of_who_may_be_a_patient_here_nothing_is_presumed_either(tmp_path: Path) -> None:
    line = about("", "Condition", "c1") | {"subject": {"identifier": {"system": MRN, "value": "9"}}}
    write(tmp_path, Patient=[patient("p1")], Condition=[line], Procedure=[about("p1", "Procedure", "x1")])
    assert read(tmp_path)[0][f"Patient?identifier={MRN}|9"].vouched == frozenset()


def test_names_that_lead_to_no_patient_are_one_problem(tmp_path: Path) -> None:
    lines = [
        about("", "Condition", f"c{number}") | {"subject": {"identifier": {"system": MRN, "value": f"{number % 3}"}}}
        for number in range(6)
    ]
    write(tmp_path, Patient=[_numbered("p1", (MRN, "0"))], Condition=lines)
    _, (problem,) = read(tmp_path)
    assert problem == (
        f"{tmp_path}: Patient?identifier={MRN}|1: leads to no Patient here, or to several (as does 1 other name): "
        "nobody can tell whose the lines are that name their patient so; nothing of their kinds is presumed absent of "
        "those who may be meant (name the subject as 'Patient/' and the id)"
    )


def test_names_by_identifier_without_any_patient_are_no_problem(tmp_path: Path) -> None:
    line = about("", "Condition", "c1") | {"subject": {"identifier": {"system": MRN, "value": "9"}}}
    write(tmp_path, Condition=[line])
    assert read(tmp_path)[1] == []


def test_what_a_line_contains_of_nobody_is_told(tmp_path: Path) -> None:
    inner = {"resourceType": "Condition", "id": "in", "subject": {"display": "P. One"}}
    outer = about("p1", "MedicationRequest", "m1", contained=[inner])
    write(tmp_path, Patient=[patient("p1")], MedicationRequest=[outer], Condition=[])
    _, (problem,) = read(tmp_path)
    assert problem.startswith(f"{tmp_path / 'MedicationRequest.ndjson'}:1: MedicationRequest/m1#in: has a subject with")


@pytest.mark.parametrize(
    ("severity", "vouched"), [("information", {Kind.CONDITION}), ("warning", set()), ("error", set()), ("fatal", set())]
)
def test_an_export_of_which_the_server_reports_a_fault_vouches_for_nothing(
    tmp_path: Path, severity: str, vouched: set[Kind]
) -> None:
    outcome = {"resourceType": "OperationOutcome", "id": "o", "issue": [{"severity": severity, "code": "exception"}]}
    write(tmp_path / "a", Patient=[patient("p1")], Condition=[], error=[outcome])
    write(tmp_path / "b", Patient=[patient("p2")], Condition=[])
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == vouched
    assert records["Patient/p2"].vouched == {Kind.CONDITION}
    told = f"OperationOutcome/o: the server reported an OperationOutcome: {severity} (exception)"
    assert problems == ([] if vouched else [f"{tmp_path / 'a' / 'error.ndjson'}:1: {told}"])
    sure = read(tmp_path, covers=frozenset({Kind.ALLERGY}))[0]["Patient/p1"]
    assert sure.vouched == {Kind.ALLERGY, *vouched}


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


def test_byte_order_marks_between_lines_are_left_out(tmp_path: Path) -> None:
    lines = [json.dumps(about("p1", "Condition", f"c{number}")).encode() + b"\n" for number in range(3)]
    (tmp_path / "Condition.ndjson").write_bytes(b"".join(b"\xef\xbb\xbf" + line for line in lines))
    records, problems = read(tmp_path)
    assert references(records["Patient/p1"]) == ["Condition/c0", "Condition/c1", "Condition/c2"]
    assert problems == []


def test_what_the_caller_vouches_for_is_added(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")], Condition=[])
    records, _ = read(tmp_path, covers=frozenset({Kind.ALLERGY}))
    assert records["Patient/p1"].vouched == {Kind.CONDITION, Kind.ALLERGY}


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
