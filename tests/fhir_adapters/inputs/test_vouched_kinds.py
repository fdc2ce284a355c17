"""For which kinds of resource an export vouches, and for whom."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from export_parts import UUID, Json, about, patient, read, write

from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.errors import InputError
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import Kind


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


@pytest.mark.parametrize("name", ["Encounter", "Encounter.000", "1__encounter", "OperationOutcome", "Medication"])
def test_an_empty_file_of_another_type_is_no_fault_and_vouches_for_nothing(tmp_path: Path, name: str) -> None:
    write(tmp_path, Patient=[patient("p1")], **{name: []})
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == frozenset()
    assert problems == []


@pytest.mark.parametrize("name", ["Patient.001", "notes", "Encounters", "group-list", "Bundle", "000"])
def test_an_empty_file_that_names_no_type_or_that_of_patients_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, Patient=[patient("p1")], **{name: []})
    assert read(tmp_path)[1] == [f"{tmp_path / name}.ndjson: the file is empty"]


@pytest.mark.parametrize("name", ["Condition", "Encounter"])
def test_an_empty_file_that_is_all_there_is_is_told_whatever_its_name(tmp_path: Path, name: str) -> None:
    write(tmp_path, **{name: []})
    problems: list[InputProblem] = []
    with pytest.raises(InputError, match="no usable FHIR"):
        list(read_records([str(tmp_path / f"{name}.ndjson")], problems))
    assert [problem.reason for problem in problems] == ["the file is empty"]


@pytest.mark.parametrize(
    ("content", "vouched"), [(gzip.compress(b""), {Kind.CONDITION}), (b"", set())], ids=["packed", "no byte"]
)
def test_a_packed_file_without_a_byte_was_not_copied_and_vouches_for_nothing(
    tmp_path: Path, content: bytes, vouched: set[Kind]
) -> None:
    write(tmp_path, Patient=[patient("p1")])
    (tmp_path / "Condition.ndjson.gz").write_bytes(content)
    records, problems = read(tmp_path)
    assert records["Patient/p1"].vouched == vouched
    assert [
        "the file is empty, which no packed file is; copy or download it again" in problem for problem in problems
    ] == [True] * (not vouched)


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


def test_a_number_of_no_system_may_be_anybodys_who_has_such_a_one(tmp_path: Path) -> None:
    line = about("", "Condition", "c1") | {"subject": {"identifier": {"value": "9"}}}
    write(tmp_path, Patient=[_numbered("p1", ("", "1"))], Condition=[line], Procedure=[])
    assert read(tmp_path)[0]["Patient/p1"].vouched == {Kind.PROCEDURE}


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


@pytest.mark.parametrize(("severity", "in_full"), [("information", True), ("warning", False), ("error", False)])
def test_nor_does_what_a_record_of_it_holds_show_that_the_kind_is_all_there(
    tmp_path: Path, severity: str, in_full: bool
) -> None:
    """As of a Bundle with such an outcome: the server may have more than it gave."""
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "exception"}]}
    held = [about("p1", "Condition", "c1") | {"code": {"text": "Headache"}}]
    write(tmp_path / "a", Patient=[patient("p1")], Condition=held, error=[outcome])
    write(tmp_path / "b", Patient=[patient("p2")])
    records, _ = read(tmp_path)
    assert records["Patient/p2"].in_full
    assert records["Patient/p1"].in_full is in_full
    chart = build_chart(records["Patient/p1"], load_rules(), [])
    assert chart.covered == ({Kind.CONDITION} if in_full else set())
    sure = read(tmp_path, covers=frozenset({Kind.CONDITION}))[0]["Patient/p1"]
    assert build_chart(sure, load_rules(), []).covered == {Kind.CONDITION}


def test_what_the_caller_vouches_for_is_added(tmp_path: Path) -> None:
    write(tmp_path, Patient=[patient("p1")], Condition=[])
    records, _ = read(tmp_path, covers=frozenset({Kind.ALLERGY}))
    assert records["Patient/p1"].vouched == {Kind.CONDITION, Kind.ALLERGY}
