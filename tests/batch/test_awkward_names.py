"""Of whom a line is, where it hardly says so: a batch run still gives what screening in one go gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from batches import TINY, batch, explained, same_as_screen, screened, write_lines
from made_resources import bundle, by_number, condition, patient


def two_patients_with_one_number(folder: Path) -> None:
    lines = [condition(f"c{number}", by_number(f"n{number}")) for number in range(12)]
    lines += [patient(f"{twin}{number}", f"n{number}") for number in range(12) for twin in "ab"]
    write_lines(folder / "export.ndjson", lines)


def named_by_a_full_url_that_is_in_no_line(folder: Path) -> None:
    names = [f"0c3f6a52-7a0e-4d6b-9a55-0d1f0c7a9f{number:02}" for number in range(12)]
    lines = [condition(f"c-{name}", f"urn:uuid:{name}") for name in names]
    write_lines(folder / "export.ndjson", [*lines, *(patient(name.upper()) for name in names), patient("other")])


def lines_about_several(folder: Path) -> None:
    lines: list[object] = [patient(f"p{number}", f"n{number}") for number in range(12)]
    for number in range(12):
        inner = [
            condition("one", f"Patient/p{(number + 5) % 12}"),
            condition("two", by_number(f"n{(number + 7) % 12}")),
        ]
        lines.append(condition(f"c{number}", by_number(f"n{number}"), contained=inner))
        inner = [condition("one", by_number("unknown")), condition("two", "Patient/elsewhere")]
        lines.append(condition(f"d{number}", f"Patient/p{number}", contained=inner))
    write_lines(folder / "export.ndjson", lines)


def problems_of_lines_about_several(folder: Path) -> None:
    lines: list[object] = [patient(f"p{number}", f"n{number}") for number in range(12)]
    for number in range(12):
        old = {"dateAsserted": "2020-01-01", "dateRecorded": "2020-01-01"}
        inner = [condition("in", by_number(f"n{(number + 7) % 12}"))]
        lines.append(condition(f"c{number}", by_number(f"n{number}"), contained=inner, **old))
        lines.append({"id": f"typeless-{number}", "subject": by_number(f"n{number}"), "contained": inner})
    write_lines(folder / "export.ndjson", lines)


def patients_contained_in_bundles_without_one(folder: Path) -> None:
    inner = patient("inner", "n1")
    first = bundle(condition("c1", "Patient/p1", contained=[inner]))
    write_lines(folder / "bundles.ndjson", [first, bundle(patient("p1", "n9")), bundle(patient("p2"))])


def a_patient_without_an_id_beside_one_with(folder: Path) -> None:
    nameless = {"fullUrl": "http://example.org/fhir/Patient/p1", "resource": {"resourceType": "Patient"}}
    two = bundle(patient("p2"))
    two["entry"].append(nameless)
    write_lines(folder / "bundles.ndjson", [two, bundle(condition("c", "Patient/p1"))])


def a_record_without_a_patient_before_two_with(folder: Path) -> None:
    lines = [bundle(condition("c1", "Patient/p1")), bundle(patient("p1", "n1"), condition("c2", "Patient/p1"))]
    write_lines(folder / "bundles.ndjson", [*lines, bundle(patient("p1", "n1"), condition("c3", "Patient/p1"))])


def one_of_several_patients_recurs(folder: Path) -> None:
    several = bundle(*(patient(f"p{n}", f"n{n}") for n in range(4)), condition("c", "Patient/p2"))
    again = bundle(patient("p2", "n2"), condition("d", "Patient/p2"))
    write_lines(folder / "a" / "bundles.ndjson", [several, again, several])
    (folder / "b.json").write_text(json.dumps(several))


def one_patient_in_exports_and_bundles(folder: Path) -> None:
    for number, name in enumerate(("first", "second")):
        lines = [patient("p1", "n1"), patient("p2", f"other-{number}"), condition(f"c{number}", "Patient/p1")]
        write_lines(folder / name / "all.ndjson", lines)
    (folder / "third.json").write_text(json.dumps(bundle(patient("p1", "n1"), condition("c", "Patient/p1"))))
    write_lines(folder / "fourth.ndjson", [bundle(patient("p2", "other-1")), bundle(condition("c", "Patient/p2"))])


def a_patient_twice_in_one_bundle(folder: Path) -> None:
    write_lines(folder / "bundles.ndjson", [bundle(patient("p1", "n1"), patient("p1", "n2")), bundle(patient("p3"))])


def a_specimen_that_contains_a_fact(folder: Path) -> None:
    inner = condition("in", None)
    specimen = {"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/p1"}, "contained": [inner]}
    write_lines(folder / "export.ndjson", [patient("p1"), patient("p2"), specimen])


def patients_without_ids_in_an_export(folder: Path) -> None:
    nameless = {"resourceType": "Patient", "gender": "female"}
    write_lines(folder / "export.ndjson", [patient("p1"), nameless, patient("p2"), nameless, patient("p3")])


def names_that_lead_to_no_patient(folder: Path) -> None:
    """Of Patients with and without a number of that system; of two that share one; of one who is replaced."""
    names = [by_number("gone"), {"identifier": {"value": "gone"}}, by_number("twice"), {"reference": "urn:oid:1.2.3"}]
    names += [{"reference": "urn:uuid:old"}, {"reference": "Patient/elsewhere"}, {"display": "Somebody"}]
    for place, name in enumerate(names):
        lines = [patient("p1", "n1"), patient("p2", "twice"), patient("p3", "twice"), patient("p4")]
        lines += [patient("p5", link=[{"type": "replaces", "other": {"reference": "Patient/old"}}])]
        renamed = [line | {"id": f"{line['id']}-{place}"} for line in lines]
        write_lines(folder / f"{place}" / "Patient.ndjson", renamed)
        inside = condition("c3", f"Patient/p1-{place}", contained=[condition("in", name)])
        write_lines(folder / f"{place}" / "Condition.ndjson", [condition("c1", name), condition("c2", name), inside])
        write_lines(folder / f"{place}" / "Procedure.ndjson", [])


def lines_that_are_given_to_nobody(folder: Path) -> None:
    for name, more in (("all", []), ("some", [condition("c3", "Patient/p2")])):
        write_lines(folder / name / "Patient.ndjson", [patient(f"{name}-p1")])
        nobodys = [condition(f"c{number}", f"patient/{name}-p1") for number in (1, 2)]
        write_lines(folder / name / "Condition.ndjson", [*nobodys, *more])


CASES: tuple[Callable[[Path], None], ...] = (
    two_patients_with_one_number,
    named_by_a_full_url_that_is_in_no_line,
    lines_about_several,
    problems_of_lines_about_several,
    patients_contained_in_bundles_without_one,
    a_patient_without_an_id_beside_one_with,
    a_record_without_a_patient_before_two_with,
    one_of_several_patients_recurs,
    one_patient_in_exports_and_bundles,
    a_patient_twice_in_one_bundle,
    a_specimen_that_contains_a_fact,
    patients_without_ids_in_an_export,
    names_that_lead_to_no_patient,
    lines_that_are_given_to_nobody,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_gives_what_screening_gives(tmp_path: Path, case: Callable[[Path], None]) -> None:
    case(tmp_path / "in")
    same_as_screen(tmp_path / "in", tmp_path / "out", TINY)


def test_patients_without_ids_stay_in_their_place(tmp_path: Path) -> None:
    patients_without_ids_in_an_export(tmp_path / "in")
    results, _ = screened([tmp_path / "in"])
    batch([tmp_path / "in"], tmp_path / "out", sizes=TINY)
    assert explained(tmp_path / "out") == results
