"""Input as hospitals have it: a batch run still gives what screening in one go gives."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batches import (
    SMALL,
    TINY,
    batch,
    example_bundles,
    explained,
    renamed,
    same_as_screen,
    screened,
    write_export,
    write_lines,
)

MRN = "urn:example:mrn"


def patient(identity: str, *numbers: str, **more: Any) -> dict[str, Any]:
    identifiers = [{"system": MRN, "value": number} for number in numbers]
    return {"resourceType": "Patient", "id": identity, "identifier": identifiers, **more}


def condition(identity: str, subject: dict[str, Any] | str | None, **more: Any) -> dict[str, Any]:
    named = {"reference": subject} if isinstance(subject, str) else subject
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "59282003", "display": "Pulmonary embolism"}]}
    made = {"resourceType": "Condition", "id": identity, "code": code, "subject": named, **more}
    return {name: value for name, value in made.items() if value is not None}


def by_number(number: str) -> dict[str, Any]:
    return {"identifier": {"system": MRN, "value": number}}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


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


def bundles_that_break_off(folder: Path) -> None:
    whole = json.dumps(bundle(patient("p1"), condition("c1", "Patient/p1"))).encode()
    inside = whole.replace(b'"id": "c1"', b'"id": c1')
    write_lines(folder / "bundles.ndjson", [whole, whole[:-20].replace(b"p1", b"p2"), inside.replace(b"p1", b"p3")])


def nothing_but_broken_bundles(folder: Path) -> None:
    write_lines(folder / "good.ndjson", [bundle(patient("p1")), bundle(patient("p2"))])
    broken = json.dumps(bundle(patient("p3"))).encode()[:-6]
    write_lines(folder / "other" / "bad.ndjson", [b"{}", broken, broken])


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


def other_encodings_and_line_ends(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(bundle(patient(f"p{number}", name="Zoë"), condition("c", f"Patient/p{number}")))
        for number in range(6)
    ]
    (folder / "crlf.ndjson").write_bytes("\r\n".join([*lines[:2], "", "{broken", ""]).encode())
    (folder / "mark.ndjson").write_bytes(b"\xef\xbb\xbf" + "\n".join(lines[1:3]).encode())
    (folder / "wide.ndjson").write_bytes("\n".join(lines[2:4]).encode("utf-16"))
    (folder / "narrow.ndjson").write_bytes(b"\n\n" + "\n\n\n".join(lines[3:]).encode("latin-1"))


def packed_files_that_break_off(folder: Path) -> None:
    lines = [json.dumps(bundle(patient(f"p{number}"))).encode() for number in range(60)]
    packed = gzip.compress(b"\n".join(lines), 0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bundles.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    (folder / "whole.json.gz").write_bytes(gzip.compress(lines[0])[:-9])
    (folder / "not-packed.ndjson.gz").write_bytes(lines[59])
    (folder / "empty.ndjson.gz").write_bytes(b"")
    lines = [json.dumps(patient(f"q{number}")).encode() for number in range(90)]
    (folder / "Patient.ndjson.gz").write_bytes(gzip.compress(b"\n".join(lines))[:-60])


def empty_files(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("nothing.json", "nothing.ndjson", "Condition.ndjson", "Condition.000.ndjson.gz"):
        (folder / name).write_bytes(b"")
    (folder / "blank.ndjson").write_bytes(b"\n \n\r\n")
    (folder / "p.json").write_text(json.dumps(bundle(patient("p1"))))


def names_of_every_kind(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate((b"a b.json", b"new\nline.json", b"not-utf8-\xff.json", "ä,ö.json".encode())):
        path = os.path.join(os.fsencode(folder), name)
        with open(path, "wb") as stream:
            stream.write(json.dumps(bundle(patient(f"p{number}"))).encode())
    with open(os.path.join(os.fsencode(folder), b"bad-\xff.json"), "wb") as stream:
        stream.write(b"{")
    (folder / "dead.json").symlink_to(folder / "nowhere.json")
    (folder / "again.json").symlink_to(folder / "a b.json")


def what_cannot_be_read(folder: Path) -> None:
    write_lines(folder / "bundles.ndjson", [bundle(patient("p1")), bundle(patient("p2"))])
    (folder / "broken-disk.json").symlink_to("/proc/self/mem")
    (folder / "broken-disk-too.ndjson").symlink_to("/proc/self/mem")


def observation(identity: str, code: str, subject: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    named = {"reference": subject} if isinstance(subject, str) else subject
    said = {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "subject": named, "status": "final"}
    return {"resourceType": "Observation", "id": identity, **said, **more}


def ecog(identity: str, subject: dict[str, Any] | str, value: int = 1, **more: Any) -> dict[str, Any]:
    """A performance status, which both trials ask for."""
    return observation(identity, "89247-1", subject, valueInteger=value, effectiveDateTime="2026-11-10", **more)


def height(identity: str, subject: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    """What no trial asks for."""
    return observation(identity, "8302-2", subject, **more)


def version(number: int) -> dict[str, Any]:
    return {"meta": {"versionId": str(number)}}


def versions_of_what_means_nothing(folder: Path) -> None:
    """Which version counts shows only when all are read: one that means nothing may take the place of one that does."""
    lines: list[object] = [patient(f"p{number}", f"n{number}") for number in range(12)]
    again: list[object] = []
    for number in range(12):
        subject: dict[str, Any] | str = f"Patient/p{number}"
        if number in (1, 3, 6, 11):
            subject = by_number(f"n{number}")
        named = f"o{number}"
        lines += [height(f"h{number}-{each}", subject) for each in range(3)]
        pair = [
            [height(named, subject, **version(9)), ecog(named, subject, **version(8))],
            [height(named, subject, **version(8)), ecog(named, subject, **version(9))],
            [height(named, subject), ecog(named, subject)],
            [height(named, subject), height(named, subject, **version(3)), ecog(f"{named}-too", subject)],
        ][number // 3]
        lines.append(pair[0])
        again += pair[1:]
    write_lines(folder / "a.ndjson", [*lines, b"", b""])
    write_lines(folder / "b.ndjson", again[::2])
    write_lines(folder / "c.ndjson.gz", again[1::2])


def what_means_nothing_beside_what_is_known_by_its_name(folder: Path) -> None:
    inner = ecog("in", "Patient/p1", **version(1))
    write_lines(
        folder / "a.ndjson", [patient("p1"), height("o#in", "Patient/p1", **version(2)), height("x", "Patient/p1")]
    )
    write_lines(
        folder / "b.ndjson", [condition("o", "Patient/p1"), observation("o", "1-1", "Patient/p1", contained=[inner])]
    )


def what_means_nothing_and_bundles(folder: Path) -> None:
    """Of one resource the export or the Bundle may hold the newer version."""
    folder.mkdir(parents=True)
    export: list[object] = []
    for number in range(6):
        named, subject = patient(f"p{number}", f"n{number}", gender="male"), f"Patient/p{number}"
        export += [named, height("o", subject, **version(5)), height("h", subject)]
        loud = ecog("o", subject, **version(4 + number % 3))
        (folder / f"{number}.json").write_text(json.dumps(bundle(named, loud)))
    write_lines(folder / "export.ndjson", export)


def versions_of_which_one_was_entered_in_error(folder: Path) -> None:
    """In one file, in two, and one of them in a Bundle: nobody knows which of the two holds."""
    folder.mkdir(parents=True)
    lines: list[object] = []
    again: list[object] = []
    for number in range(6):
        named, subject = patient(f"p{number}", f"n{number}", gender="male"), f"Patient/p{number}"
        stand = [ecog(f"o{number}", subject), condition(f"c{number}", subject), height(f"h{number}", subject)]
        withdrawn = [one | {"status": "entered-in-error", "verificationStatus": "entered-in-error"} for one in stand]
        lines += [named, *stand]
        if number < 4:
            (lines if number < 2 else again).extend(withdrawn)
        else:
            (folder / f"{number}.json").write_text(json.dumps(bundle(named, *withdrawn)))
    write_lines(folder / "a.ndjson", lines)
    write_lines(folder / "b.ndjson", again)


def reports_that_were_withdrawn(folder: Path) -> None:
    """They take back results of other lines, before them and after them, and what they contain."""
    lines: list[object] = []
    reports: list[object] = []
    for number in range(8):
        subject: dict[str, Any] | str = by_number(f"n{number}") if number > 5 else f"Patient/p{number}"
        lines += [patient(f"p{number}", f"n{number}"), ecog(f"o{number}", f"Patient/p{number}")]
        report = observation(f"r{number}", "1-1", subject, result=[{"reference": f"Observation/o{number}"}])
        report |= {"resourceType": "DiagnosticReport"}
        statuses = ["cancelled", "final"] if number % 2 else ["entered-in-error"]
        reports += [report | {"id": f"r{number}-{word}", "status": word} for word in statuses]
        inner = ecog("in", subject, 3)
        reports.append(report | {"id": f"h{number}", "status": "cancelled", "contained": [inner], "result": None})
    write_lines(folder / "a.ndjson", [*reports[::2], *lines])
    write_lines(folder / "b.ndjson", reports[1::2])


def lines_far_apart(folder: Path) -> None:
    lines: list[object] = []
    for number in range(12):
        lines += [condition(f"c{number}", None), *([b""] * 60 * number)]
    write_lines(folder / "export.ndjson", [patient("p1"), *lines, condition("c", None)])


def patients_of_whom_nothing_counts(folder: Path) -> None:
    lines = [height(f"h{number}", f"Patient/p{number % 4}") for number in range(20)]
    write_lines(folder / "export.ndjson", [*lines, patient("p9"), ecog("e", "Patient/p3")])


def very_many_small_files(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(110):
        (folder / f"{number}.json").write_text(json.dumps(patient(f"p{number % 100}", f"n{number % 100}")))


def lines_behind_a_heading(folder: Path) -> None:
    write_lines(folder / "Patient.ndjson", [patient("p1")])
    line = json.dumps(condition("c1", "Patient/p1"))
    (folder / "Condition.ndjson").write_text(f"# exported\n# 1 line\n{line}\n")


def byte_order_marks_between_lines(folder: Path) -> None:
    write_lines(folder / "Patient.ndjson", [patient("p1")])
    lines = [json.dumps(value).encode() for value in (condition("c1", "Patient/p1"), bundle(patient("p2")))]
    (folder / "Condition.ndjson").write_bytes(b"".join(b"\xef\xbb\xbf" + line + b"\n" for line in lines * 2))


def a_line_within_which_a_file_ends(folder: Path) -> None:
    write_lines(folder / "Patient.ndjson", [patient("p1"), patient("p2")])
    lines = "".join(json.dumps(condition(f"c{number}", f"Patient/p{number}")) + "\n" for number in (1, 2))
    (folder / "Condition.ndjson").write_text(lines[:-20])


def what_stands_beside_an_export(folder: Path) -> None:
    write_lines(folder / "Patient.ndjson", [patient("p1")])
    write_lines(folder / "Condition.ndjson", [])
    issue = {"severity": "error", "code": "exception"}
    write_lines(folder / "error.ndjson", [{"resourceType": "OperationOutcome", "issue": [issue]}])
    gone = {"request": {"method": "DELETE", "url": "Condition/c1"}}
    write_lines(folder / "deleted.ndjson", [{"resourceType": "Bundle", "type": "transaction", "entry": [gone]}] * 2)
    status = {"transactionTime": "2026-11-20T02:00:00Z", "requiresAccessToken": True, "output": [], "error": []}
    (folder / "status.json").write_text(json.dumps(status))


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
    bundles_that_break_off,
    nothing_but_broken_bundles,
    one_of_several_patients_recurs,
    one_patient_in_exports_and_bundles,
    a_patient_twice_in_one_bundle,
    a_specimen_that_contains_a_fact,
    patients_without_ids_in_an_export,
    other_encodings_and_line_ends,
    packed_files_that_break_off,
    empty_files,
    names_of_every_kind,
    what_cannot_be_read,
    versions_of_what_means_nothing,
    what_means_nothing_beside_what_is_known_by_its_name,
    what_means_nothing_and_bundles,
    versions_of_which_one_was_entered_in_error,
    reports_that_were_withdrawn,
    patients_of_whom_nothing_counts,
    lines_far_apart,
    lines_behind_a_heading,
    byte_order_marks_between_lines,
    a_line_within_which_a_file_ends,
    what_stands_beside_an_export,
    lines_that_are_given_to_nobody,
    names_that_lead_to_no_patient,
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


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_lines_that_end_where_a_slice_ends(tmp_path: Path, step: int) -> None:
    line = json.dumps(bundle(patient("p0"))).encode()
    lines = [line.replace(b"p0", b"p%d" % number) for number in range(8)]
    source = write_lines(tmp_path / "bundles.ndjson", lines)
    results, _ = screened([source])
    batch([source], tmp_path / "out", sizes=replace(TINY, slice_bytes=len(line) + 1 + step))
    assert explained(tmp_path / "out") == results


def test_very_many_small_files(tmp_path: Path) -> None:
    very_many_small_files(tmp_path / "in")
    same_as_screen(tmp_path / "in", tmp_path / "out", replace(SMALL, slice_bytes=5_000, records_a_file=60))


def test_an_export_of_one_patient(tmp_path: Path) -> None:
    same_as_screen(write_export(tmp_path / "in", [renamed(example_bundles()[0], 1)]), tmp_path / "out", TINY)
