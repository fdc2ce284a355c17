"""Files as hospitals have them: a batch run still gives what screening in one go gives."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

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
from made_resources import bundle, condition, patient


def bundles_that_break_off(folder: Path) -> None:
    whole = json.dumps(bundle(patient("p1"), condition("c1", "Patient/p1"))).encode()
    inside = whole.replace(b'"id": "c1"', b'"id": c1')
    write_lines(folder / "bundles.ndjson", [whole, whole[:-20].replace(b"p1", b"p2"), inside.replace(b"p1", b"p3")])


def nothing_but_broken_bundles(folder: Path) -> None:
    write_lines(folder / "good.ndjson", [bundle(patient("p1")), bundle(patient("p2"))])
    broken = json.dumps(bundle(patient("p3"))).encode()[:-6]
    write_lines(folder / "other" / "bad.ndjson", [b"{}", broken, broken])


def what_only_one_parser_takes(folder: Path) -> None:
    lines = [json.dumps(bundle(patient(f"p{number}", gender="other"))).encode() for number in range(4)]
    lines[1] = lines[1].replace(b"p1", rb"\ud83d")
    lines[2] = lines[2].replace(b'"other"', b"9" * 5_000)
    write_lines(folder / "bundles.ndjson", lines)
    write_lines(folder / "others.ndjson", lines)


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
    for name in ("nothing.json", "nothing.ndjson", "Condition.ndjson", "Condition.000.ndjson.gz", "Encounter.ndjson"):
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


def lines_far_apart(folder: Path) -> None:
    lines: list[object] = []
    for number in range(12):
        lines += [condition(f"c{number}", None), *([b""] * 60 * number)]
    write_lines(folder / "export.ndjson", [patient("p1"), *lines, condition("c", None)])


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
    write_lines(
        folder / "Procedure.ndjson",
        [
            {
                "resourceType": "Procedure",
                "id": "x1",
                "status": "completed",
                "subject": {"reference": "Patient/p1"},
                "code": {"text": "Appendectomy"},
            }
        ],
    )
    issue = {"severity": "error", "code": "exception"}
    write_lines(folder / "error.ndjson", [{"resourceType": "OperationOutcome", "issue": [issue]}])
    gone = {"request": {"method": "DELETE", "url": "Condition/c1"}}
    write_lines(folder / "deleted.ndjson", [{"resourceType": "Bundle", "type": "transaction", "entry": [gone]}] * 2)
    status = {"transactionTime": "2026-11-20T02:00:00Z", "requiresAccessToken": True, "output": [], "error": []}
    (folder / "status.json").write_text(json.dumps(status))


def answers_to_batches(folder: Path) -> None:
    def answer(number: int) -> dict[str, object]:
        asked = [bundle(patient(f"p{number}")), bundle(condition(f"c{number}", f"Patient/p{number}"))]
        return {**bundle(*asked, bundle(patient(f"q{number}"))), "type": "batch-response"}

    write_lines(folder / "answers.ndjson", [answer(number) for number in (1, 2, 1)])
    (folder / "answer.json").write_text(json.dumps(answer(2)))


CASES: tuple[Callable[[Path], None], ...] = (
    bundles_that_break_off,
    nothing_but_broken_bundles,
    what_only_one_parser_takes,
    other_encodings_and_line_ends,
    packed_files_that_break_off,
    empty_files,
    names_of_every_kind,
    what_cannot_be_read,
    lines_far_apart,
    lines_behind_a_heading,
    byte_order_marks_between_lines,
    a_line_within_which_a_file_ends,
    what_stands_beside_an_export,
    answers_to_batches,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_gives_what_screening_gives(tmp_path: Path, case: Callable[[Path], None]) -> None:
    case(tmp_path / "in")
    same_as_screen(tmp_path / "in", tmp_path / "out", TINY)


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
