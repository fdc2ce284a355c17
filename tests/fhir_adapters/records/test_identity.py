"""Whose record it is: every spelling of a reference to a patient, and when two records are joined."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.inputs.signatures import patients_within
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.fhir_adapters.records.targets import parse_reference

Json = dict[str, Any]
UUID = "5e92c2c0-ab22-47b7-9202-d93663e14649"
MRN = {"system": "http://hospital.example/mrn", "value": "m 1"}
ENTRY: Json = {
    "fullUrl": f"urn:uuid:{UUID}",
    "resource": {"resourceType": "Patient", "id": UUID, "identifier": [{"system": "urn:x", "value": "m1"}, MRN]},
}
SERVED: Json = {
    "fullUrl": "https://ehr.example/fhir/Patient/p1",
    "resource": {"resourceType": "Patient", "id": "p1", "identifier": [MRN]},
}
OTHER: Json = {
    "fullUrl": "urn:uuid:00000000-0000-0000-0000-000000000002",
    "resource": {"resourceType": "Patient", "id": "p2", "identifier": [{**MRN, "value": "m2"}]},
}


def owner(subject: Any, *entries: Json, element: str = "subject", **elements: Any) -> tuple[list[str], list[str], int]:
    """The patients that a Condition with this subject goes to, the problems, and for how many it is set aside."""
    problems: list[InputProblem] = []
    resource = {"resourceType": "Condition", "id": "c1", element: subject, **elements}
    entry: Json = {"resource": resource}
    found = records_of_bundle(
        {"resourceType": "Bundle", "type": "collection", "entry": [*entries, entry]}, "b.json", problems.append
    )
    return (
        [one.record.patient for one in found if one.record.resources],
        [problem.reason for problem in problems],
        sum(len(one.record.set_aside) for one in found),
    )


NAMES_FIRST = {
    "relative": ({"reference": "Patient/p1"}, SERVED),
    "versioned": ({"reference": "Patient/p1/_history/1"}, SERVED),
    "absolute": ({"reference": "https://ehr.example/fhir/Patient/p1"}, SERVED),
    "absolute by http": ({"reference": "http://ehr.example/fhir/Patient/p1"}, SERVED),
    "absolute and versioned": ({"reference": "https://ehr.example/fhir/Patient/p1/_history/7"}, SERVED),
    "bare id": ({"reference": "p1"}, SERVED),
    "urn:uuid": ({"reference": f"urn:uuid:{UUID}"}, ENTRY),
    "urn:uuid in capitals": ({"reference": f"urn:uuid:{UUID.upper()}"}, ENTRY),
    "relative though the fullUrl is a urn": ({"reference": f"Patient/{UUID}"}, ENTRY),
    "absolute though the server is not stated": ({"reference": f"http://any.example/Patient/{UUID}"}, ENTRY),
    "urn:oid": ({"reference": "urn:oid:1.2.3"}, {**ENTRY, "fullUrl": "urn:oid:1.2.3"}),
    "urn:uuid of the id, without fullUrl": ({"reference": f"urn:uuid:{UUID}"}, {"resource": ENTRY["resource"]}),
    "conditional": ({"reference": "Patient?identifier=http://hospital.example/mrn|m%201"}, SERVED),
    "conditional among others": ({"reference": "Patient?active=true&identifier=m%201"}, SERVED),
    "identifier": ({"identifier": MRN, "display": "x"}, SERVED),
    "identifier, for a reference that leads nowhere": ({"reference": "Patient/x", "identifier": MRN}, SERVED),
    "a list of one": ([{"reference": "Patient/p1"}], SERVED),
}


@pytest.mark.parametrize("element", ["subject", "patient"])
@pytest.mark.parametrize("case", list(NAMES_FIRST))
def test_every_spelling_of_a_reference_finds_its_patient(case: str, element: str) -> None:
    subject, patient = NAMES_FIRST[case]
    # A later resource keeps `patient` from looking like DSTU2.
    later = {"resource": {"resourceType": "Encounter", "id": "e1", "subject": {"reference": "Group/g"}}}
    extra = {"resourceType": "Immunization"} if element == "patient" else {}
    owners, problems, _ = owner(subject, patient, OTHER, later, element=element, **extra)
    assert owners == [f"Patient/{patient['resource']['id']}"]
    assert problems == []


ANOTHERS = {
    "relative": {"reference": "Patient/p9"},
    "urn": {"reference": "urn:uuid:00000000-0000-0000-0000-000000000009"},
    "bare id": {"reference": "p9"},
    "another value of a system that every Patient has": {"identifier": {**MRN, "value": "m9"}},
}


@pytest.mark.parametrize("case", ANOTHERS)
def test_a_reference_to_somebody_else(case: str) -> None:
    assert owner(ANOTHERS[case], SERVED, OTHER) == ([], ["is about a patient that this input does not hold"], 0)


UNTOLD = {
    "the same id on another server": {"reference": "https://other.example/fhir/Patient/p1"},
    "an identifier of a system that no Patient has": {"identifier": {"system": "urn:y", "value": "m 1"}},
    "an identifier without system": {"identifier": {"value": "m 1"}},
    "a contained resource that is not there": {"reference": "#p"},
    "a text": "Patient/p1",
    "a number": {"reference": 1},
    "no type of resource": {"reference": "Pacient/p1"},
    "not a reference": {"reference": "see chart"},
    "several": [{"reference": "Patient/p1"}, {"reference": "Patient/p2"}],
}


@pytest.mark.parametrize("case", UNTOLD)
def test_a_reference_that_may_mean_any_patient_counts_unread_for_all(case: str) -> None:
    owners, problems, set_aside = owner(UNTOLD[case], SERVED, OTHER)
    assert owners == []
    assert problems == ["names its patient in a way that cannot be followed"]
    assert set_aside == 2


WITHHELD = {
    "display only": {"display": "Joyce Johnson"},
    "suppressed": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]},
}


@pytest.mark.parametrize("case", WITHHELD)
def test_a_subject_that_names_nobody_counts_unread_for_all(case: str) -> None:
    reason = "has a subject without a reference or an identifier, which tells nobody whose it is"
    assert owner(WITHHELD[case], SERVED, OTHER) == ([], [reason], 2)


def test_a_urn_that_names_a_device_is_no_patient() -> None:
    device = {"fullUrl": "urn:uuid:dd", "resource": {"resourceType": "Device", "id": "d"}}
    assert owner({"reference": "urn:uuid:dd"}, SERVED, device) == ([], [], 0)
    assert owner({"reference": "urn:uuid:dd"}, device) == ([], [], 0)


def test_a_contained_patient_is_known_by_its_identifier() -> None:
    contained = {"resourceType": "Patient", "id": "p", "identifier": [MRN]}
    assert owner({"reference": "#p"}, SERVED, OTHER, contained=[contained])[0] == ["Patient/p1"]


def test_one_id_on_two_servers_is_told_apart_by_the_references_server() -> None:
    second = {**SERVED, "fullUrl": "https://b.example/Patient/p1"}
    problems: list[InputProblem] = []
    conditions = [
        {"fullUrl": url, "resource": {"resourceType": "Condition", "id": name, "subject": {"reference": reference}}}
        for name, url, reference in (
            ("c1", "https://b.example/Condition/c1", "Patient/p1"),
            ("c2", "https://ehr.example/fhir/Condition/c2", "Patient/p1"),
            ("c3", "urn:uuid:3", "https://b.example/Patient/p1"),
            ("c4", "urn:uuid:4", "Patient/p1"),
        )
    ]
    value = {"resourceType": "Bundle", "entry": [SERVED, second, *conditions]}
    found = records_of_bundle(value, "b.json", problems.append)
    assert [[name for name, _ in one.record.resources] for one in found] == [
        ["Condition/c2"],
        ["Condition/c1", "Condition/c3"],
    ]
    assert [problem.reference for problem in problems] == ["Condition/c4"]


WITHOUT_PATIENT = {
    "Patient/p1": {"reference": "Patient/p1"},
    "urn:uuid:aa": {"reference": "urn:uuid:AA"},
    "Patient?identifier=urn:x|1": {"identifier": {"system": "urn:x", "value": "1"}},
    "Patient?identifier=urn:x|2": {"reference": "Patient?identifier=urn:x|2"},
    "Patient/p3": {"reference": "p3"},
}


@pytest.mark.parametrize("name", WITHOUT_PATIENT)
def test_without_a_patient_the_subjects_reference_stands_for_it(name: str) -> None:
    assert owner(WITHOUT_PATIENT[name]) == ([name], [], 0)


def test_without_a_patient_and_a_subject_that_can_be_followed_there_is_no_record() -> None:
    assert owner({"reference": "see chart"})[:2] == ([], ["names its patient in a way that cannot be followed"])


def test_a_lone_resource_with_its_patient_contained() -> None:
    patient = {"resourceType": "Patient", "id": "p", "gender": "male"}
    problems: list[InputProblem] = []
    resource = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "#p"}, "contained": [patient]}
    found = records_of_bundle({"resourceType": "Bundle", "entry": [{"resource": resource}]}, "b", problems.append)
    assert [(one.record.patient, one.record.patient_resource) for one in found] == [("Condition/c1#p", patient)]
    assert problems == []


def test_a_patient_without_id_is_named_by_its_full_url() -> None:
    for url, name in (
        ("http://x.example/Patient/7", "Patient/7"),
        ("urn:uuid:7", "urn:uuid:7"),
        ("", "Patient (entry 1)"),
    ):
        found = records_of_bundle(
            {"resourceType": "Bundle", "entry": [{"fullUrl": url, "resource": {"resourceType": "Patient"}}]}, "b", print
        )
        assert [one.record.patient for one in found] == [name]


@pytest.mark.parametrize("text", ["", "#", "Patient/", "Patient?name=x", "http://x.example/", "Foo/1", "a b"])
def test_what_is_no_reference(text: str) -> None:
    assert parse_reference(text) is None


# Joining.


def write(path: Path, patient: Json, *, url: str = "", names: str = "c1") -> None:
    condition = {"resourceType": "Condition", "id": names, "subject": {"reference": f"Patient/{patient['id']}"}}
    entry: Json = {"resource": {"resourceType": "Patient", **patient}}
    if url:
        entry["fullUrl"] = f"{url}Patient/{patient['id']}"
    path.write_text(
        json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [entry, {"resource": condition}]})
    )


def read(path: Path) -> tuple[list[Record], list[InputProblem]]:
    problems: list[InputProblem] = []
    return list(read_records([str(path)], problems)), problems


BORN = {"id": "p1", "birthDate": "1980-02-03", "gender": "female"}
SAME: dict[str, tuple[Json, str, Json, str]] = {
    "a common identifier": ({"id": "p1", "identifier": [MRN]}, "", {"id": "p1", "identifier": [MRN]}, ""),
    "birth date, gender and server": (BORN, "http://a.example/", BORN, "https://a.example/"),
}
APART: dict[str, tuple[Json, str, Json, str]] = {
    "the id alone": ({"id": "p1"}, "", {"id": "p1"}, ""),
    "no server stated": (BORN, "", BORN, ""),
    "another server": (BORN, "http://a.example/", BORN, "http://b.example/"),
    "another birth date": (BORN, "http://a.example/", {**BORN, "birthDate": "1980-02-04"}, "http://a.example/"),
    "no gender": ({**BORN, "gender": None}, "http://a.example/", {**BORN, "gender": None}, "http://a.example/"),
    "the value in another system": (
        {"id": "p1", "identifier": [MRN]},
        "",
        {"id": "p1", "identifier": [{**MRN, "system": "urn:y"}]},
        "",
    ),
    "a value without system": (
        {"id": "p1", "identifier": [{"value": "1"}]},
        "",
        {"id": "p1", "identifier": [{"value": "1"}]},
        "",
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_two_records_of_one_patient_are_one(tmp_path: Path, case: str) -> None:
    one, one_url, two, two_url = SAME[case]
    write(tmp_path / "a.json", one, url=one_url)
    write(tmp_path / "b.json", {"id": "p7"}, names="c7")
    write(tmp_path / "c.json", two, url=two_url, names="c2")
    records, problems = read(tmp_path)
    joined = next(record for record in records if record.patient == "Patient/p1")
    assert [reference for reference, _ in joined.resources] == ["Condition/c1", "Condition/c2"]
    assert joined.source == f"{tmp_path / 'a.json'}, {tmp_path / 'c.json'}"
    assert "Condition/c2" in joined.index
    assert len(records) == 2
    assert problems == []


def test_the_files_of_one_patient_are_named_in_full_whatever_their_names(tmp_path: Path) -> None:
    names = ["Doe, Ann.json", "Roe, Ann.json", "Ann.json"]
    one, url, *_ = SAME["a common identifier"]
    for name in names:
        write(tmp_path / name, one, url=url)
    (record,), _ = read(tmp_path)
    assert record.source == ", ".join(str(tmp_path / name) for name in sorted(names))


@pytest.mark.parametrize("case", APART)
def test_two_patients_with_one_id_are_screened_apart_and_named(tmp_path: Path, case: str) -> None:
    one, one_url, two, two_url = APART[case]
    write(tmp_path / "a.json", one, url=one_url)
    write(tmp_path / "c.json", two, url=two_url, names="c2")
    records, problems = read(tmp_path)
    assert [[reference for reference, _ in record.resources] for record in records] == [
        ["Condition/c1"],
        ["Condition/c2"],
    ]
    assert [(problem.source, problem.reference, problem.notice) for problem in problems] == [
        (str(tmp_path / "c.json"), "Patient/p1", True)
    ]
    assert all(record.cautions for record in records)


def test_a_third_record_can_show_that_two_are_one(tmp_path: Path) -> None:
    second = {**MRN, "value": "second"}
    write(tmp_path / "a.json", {"id": "p1", "identifier": [MRN]}, names="c1")
    write(tmp_path / "b.json", {"id": "p1", "identifier": [second]}, names="c2")
    write(tmp_path / "c.json", {"id": "p1", "identifier": [MRN, second]}, names="c3")
    records, problems = read(tmp_path)
    assert [len(record.resources) for record in records] == [3]
    assert problems == []


def test_records_in_one_file_are_joined_too(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"id": "p1", "identifier": [MRN]}, names="c1")
    write(tmp_path / "b.json", {"id": "p1", "identifier": [MRN]}, names="c2")
    lines = (tmp_path / "a.json").read_text() + "\n" + (tmp_path / "b.json").read_text()
    (tmp_path / "lines.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    records, problems = read(tmp_path / "lines.ndjson.gz")
    assert [len(record.resources) for record in records] == [2]
    inner = [{"resource": json.loads(line)} for line in lines.splitlines()]
    (tmp_path / "nested.json").write_text(json.dumps({"resourceType": "Bundle", "entry": inner}))
    records, problems = read(tmp_path / "nested.json")
    assert [len(record.resources) for record in records] == [2]
    assert problems == []


def loose(path: Path, resource_type: str, identity: str) -> None:
    resource: Json = {"resourceType": resource_type, "id": identity}
    if resource_type != "Patient":
        resource["subject"] = {"reference": "Patient/p1"}
    path.write_text(json.dumps(resource))


@pytest.mark.parametrize(("first", "second"), [("Condition", "Condition"), ("Condition", "Patient")])
def test_records_without_a_patient_are_never_joined_and_namesakes_are_named(
    tmp_path: Path, first: str, second: str
) -> None:
    for pair in ((first, second), (second, first)):
        for name, resource_type in zip("ab", pair, strict=True):
            loose(tmp_path / f"{name}.json", resource_type, "p1" if resource_type == "Patient" else name)
        records, problems = read(tmp_path)
        assert [record.patient for record in records] == ["Patient/p1", "Patient/p1"]
        assert [(problem.source, problem.reference, problem.notice) for problem in problems] == [
            (str(tmp_path / "b.json"), "Patient/p1", True)
        ]
        assert str(tmp_path / "a.json") in problems[0].reason
        assert "screened apart (if they are one patient's, put them into one Bundle)" in problems[0].reason
        assert len(records[1].cautions) == 1


def test_of_several_namesakes_each_after_the_first_is_named(tmp_path: Path) -> None:
    for name in "abcd":
        loose(tmp_path / f"{name}.json", "Condition", name)
    records, problems = read(tmp_path)
    assert len(records) == 4
    assert [problem.source for problem in problems] == [str(tmp_path / f"{name}.json") for name in "bcd"]


@pytest.mark.parametrize(("url", "named"), [("http://a.example/Patient/7", 1), ("urn:uuid:7", 1), ("", 0)])
def test_patients_without_an_id_are_named_where_their_url_is_the_same(tmp_path: Path, url: str, named: int) -> None:
    entry: Json = {"resource": {"resourceType": "Patient"}} | ({"fullUrl": url} if url else {})
    for name in "ab":
        (tmp_path / f"{name}.json").write_text(json.dumps({"resourceType": "Bundle", "entry": [entry]}))
    records, problems = read(tmp_path)
    assert len(records) == 2
    assert len(problems) == named


def test_a_note_is_printed_as_one() -> None:
    assert str(InputProblem("a.json", "Patient/p1", "two of them", notice=True)) == (
        "a.json: Patient/p1: note: two of them"
    )
    assert str(InputProblem("a.json", "", "not JSON")) == "a.json: not JSON"


def test_records_pass_one_at_a_time_where_no_id_occurs_twice(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.json", {"id": f"p{number}"})
    records = read_records([str(tmp_path)], [])
    first = next(records)
    (tmp_path / "2.json").write_text("[]")  # not opened yet
    assert first.patient == "Patient/p0"
    assert [record.patient for record in records] == ["Patient/p1"]


PIECES = {
    "first element": ('{"resourceType": "Patient", "text": {"div": "%s"}, "id": "p1"}' % ("x" * 50_000), ["p1"]),
    "spaced": ('{ "resourceType"  :\n "Patient",\n "id" : "p1" }', ["p1"]),
    "not the first element": ('{"entry": [{"resource": {"id": "p1", "resourceType": "Patient"}}]}', ["p1"]),
    "several": ('[{"resourceType":"Patient","id":"a"},{"resourceType":"Patient","id":"b"}]', ["a", "b"]),
    "only a reference's type": ('{"resourceType":"Group","id":"g","type":"Patient"}', []),
    "within a text": (json.dumps({"note": '{"resourceType":"Patient","id":"x"}'}), []),
    "broken off": ('{"resourceType":"Patient","id":"x"', []),
    "no id": ('{"resourceType":"Patient"}', []),
    "a letter beyond ASCII": ('{"resourceType":"Patient","name":"Ünal 🙂","id":"ü"}', ["ü"]),
}


@pytest.mark.parametrize("case", PIECES)
def test_patient_ids_are_found_without_parsing_the_rest(case: str) -> None:
    text, ids = PIECES[case]
    assert [patient.identity for patient in patients_within(text.encode())] == ids
