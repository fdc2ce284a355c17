"""Files: names, compression, text encodings, lines or one value, and what cannot be read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
from pathlib import Path

import pytest

from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.errors import InputError

PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-02-03"}
CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": PATIENT}, {"resource": CONDITION}],
}
COMPACT = json.dumps(BUNDLE).encode()
PRETTY = json.dumps(BUNDLE, indent=2).encode()
LINES = json.dumps(PATIENT).encode() + b"\n" + json.dumps(CONDITION).encode() + b"\n"


def read(*inputs: object, stdin: bytes | None = None) -> tuple[list[Record], list[str]]:
    problems: list[InputProblem] = []
    stream = io.BytesIO(stdin) if stdin is not None else None
    records = list(read_records([str(one) for one in inputs], problems, stdin=stream))
    return records, [str(problem) for problem in problems]


def failure(*inputs: object, stdin: bytes | None = None) -> tuple[str, list[str]]:
    problems: list[InputProblem] = []
    stream = io.BytesIO(stdin) if stdin is not None else None
    with pytest.raises(InputError) as caught:
        list(read_records([str(one) for one in inputs], problems, stdin=stream))
    return str(caught.value), [problem.reason for problem in problems]


def shown(records: list[Record]) -> list[tuple[str, list[str]]]:
    return [(record.patient, [reference for reference, _ in record.resources]) for record in records]


ENCODED = {
    "compact": COMPACT,
    "pretty": PRETTY,
    "crlf": PRETTY.replace(b"\n", b"\r\n"),
    "byte order mark": b"\xef\xbb\xbf" + PRETTY,
    "blank lines before": b"\n\n  \n" + PRETTY,
    "gzip": gzip.compress(PRETTY),
    "gzip of a byte order mark": gzip.compress(b"\xef\xbb\xbf" + COMPACT),
    "utf-16 with mark": PRETTY.decode().encode("utf-16"),
    "utf-16-le without mark": PRETTY.decode().encode("utf-16-le"),
    "utf-16-be without mark": COMPACT.decode().encode("utf-16-be"),
    "utf-32": COMPACT.decode().encode("utf-32"),
    "lines": LINES,
    "lines with blank ones": b"\n" + LINES.replace(b"\n", b"\r\n\r\n"),
    "lines without a last newline": LINES.rstrip(),
    "lines in gzip": gzip.compress(LINES),
    "lines in utf-16": LINES.decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
@pytest.mark.parametrize("encoding", ENCODED)
def test_content_and_not_the_name_tells_how_a_file_is_read(tmp_path: Path, encoding: str, name: str) -> None:
    (tmp_path / name).write_bytes(ENCODED[encoding])
    records, problems = read(tmp_path / name)
    assert shown(records) == [("Patient/p1", ["Condition/c1"])]
    assert problems == []


@pytest.mark.parametrize("encoding", ENCODED)
def test_standard_input(encoding: str) -> None:
    records, problems = read("-", stdin=ENCODED[encoding])
    assert shown(records) == [("Patient/p1", ["Condition/c1"])]
    assert records[0].source.startswith("-")
    assert problems == []


def test_standard_input_that_is_not_there_is_a_fault_of_the_command_line() -> None:
    assert "standard input" in failure("-")[0]


def test_a_bad_line_costs_that_line_only_and_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"{bad}\n\n" + LINES + b'{"resourceType": "Observation", "id"\n[1]\n')
    records, problems = read(file)
    assert shown(records) == [("Patient/p1", ["Condition/c1"])]
    assert [problem.split(": ")[0] for problem in problems] == [f"{file}:{n}" for n in (1, 5, 6)]


def test_a_bundle_a_line_is_a_record_each(tmp_path: Path) -> None:
    file = tmp_path / "bundles.ndjson"
    other = json.loads(COMPACT.replace(b"p1", b"p2"))
    file.write_text(f"{json.dumps(BUNDLE)}\n{json.dumps(other)}\n")
    records, problems = read(file)
    assert [(record.patient, record.source) for record in records] == [
        ("Patient/p1", f"{file}:1"),
        ("Patient/p2", f"{file}:2"),
    ]
    assert problems == []


UNUSABLE = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "garbage": (b"\x00\x01\x02\xff\xfe\x80" * 50, "not JSON"),
    "text": (b"patient,age\np1,40\n", "not JSON, and not NDJSON; export FHIR as JSON instead"),
    "xml": (
        b'<Patient xmlns="http://hl7.org/fhir"/>',
        "not JSON, and not NDJSON, but XML; export FHIR as JSON instead",
    ),
    "html": (b"<html><body>502 Bad Gateway</body></html>", "but an HTML page, perhaps the error page of a server"),
    "html by its declaration": (b"\n<!DOCTYPE html>", "but an HTML page"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "not JSON, and not NDJSON, but a PDF; export FHIR as JSON instead"),
    "zip": (b"PK\x03\x04\x14\x00", "not JSON, and not NDJSON, but a ZIP file; export FHIR as JSON instead"),
    "a message": (b"MSH|^~\\&|LAB|H|EHR|H|20261120||ORU^R01|1|P|2.5\rPID|1||123\r", "not NDJSON, but HL7 version 2"),
    "truncated": (PRETTY[:-20], "not valid JSON at line"),
    "truncated on one line": (COMPACT[:-20], "not valid JSON at line 1"),
    "truncated gzip": (gzip.compress(PRETTY)[:-12], "ends before its end"),
    "broken gzip": (b"\x1f\x8b" + b"\x00" * 40, "gzip"),
    "gzip with something behind it": (gzip.compress(PRETTY) + b"rest", "not readable as gzip: "),
    "gzip that was changed": (gzip.compress(PRETTY)[:20] + bytes(80), "; copy or download it again"),
    "xz": (lzma.compress(PRETTY), "packed by xz, which is not read; unpack it, or pack it by gzip"),
    "bzip2": (bz2.compress(PRETTY), "packed by bzip2, which is not read"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", "packed by zstd, which is not read"),
    "latin-1": (
        PRETTY.replace(b"collection", "collectión".encode("latin-1")),
        "not valid JSON at line 3, column 20: text that is not UTF-8; save the file as UTF-8",
    ),
    "half a character": (
        PRETTY.replace(b"collection", rb"\ud83d"),
        r"not valid JSON at line 3, column 12: half of a character that takes two \u escapes; write the whole one",
    ),
    "array": (b"[" + COMPACT + b"]", "array"),
    "number": (b"42", "no object"),
    "no resource": (b'{"prefetch": {}}', "without resourceType"),
    "parameters": (b'{"resourceType": "Parameters", "parameter": [{"resource": {}}]}', "Parameters"),
    "nested too deep": (b'{"a":' * 100_000, "nested too deep"),
    "nested too deep, complete": (b"[" * 5_000 + b"]" * 5_000, "nested too deep"),
    "not a type": (b'{"resourceType": "Patint"}', "`Patint` is no FHIR resource type"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_named_with_its_reason(tmp_path: Path, case: str) -> None:
    content, reason = UNUSABLE[case]
    file = tmp_path / "a.json"
    file.write_bytes(content)
    message, reasons = failure(file)
    assert "no usable FHIR" in message
    assert len(reasons) == 1
    assert reason in reasons[0]
    # Beside something usable it is a problem of the run, not its end.
    (tmp_path / "b.json").write_bytes(COMPACT)
    records, problems = read(tmp_path)
    assert shown(records) == [("Patient/p1", ["Condition/c1"])]
    assert [problem for problem in problems if problem.startswith(f"{file}: ")] == problems != []


def test_fifty_megabytes_of_nesting_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"[" * 50_000_000)
    assert "nested too deep" in failure(tmp_path / "a.json")[1][0]


def test_a_gzip_that_breaks_off_gives_its_whole_lines_and_is_named(tmp_path: Path) -> None:
    noise = b"".join(
        json.dumps({**CONDITION, "id": f"c{n}", "note": os.urandom(30).hex()}).encode() + b"\n" for n in range(2000)
    )
    file = tmp_path / "Condition.ndjson.gz"
    file.write_bytes(gzip.compress(LINES + noise)[:-2000])
    records, problems = read(file)
    assert [record.patient for record in records] == ["Patient/p1"]
    assert "ends before its end" in problems[-1]
    assert records[0].vouched == frozenset()  # what is missing may be of that kind


def test_a_directory_is_read_in_order_and_to_its_depth(tmp_path: Path) -> None:
    for name in ("b/c/x.json", "a.JSON", "z.jsonl.gz", "b/a.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        content = COMPACT.replace(b"p1", name[0:1].encode() + str(len(name)).encode())
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    records, problems = read(tmp_path)
    assert [record.source for record in records] == [
        str(tmp_path / name) for name in ("a.JSON", "b/a.json", "b/c/x.json", "z.jsonl.gz")
    ]
    assert problems == []


def test_other_names_are_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(COMPACT)
    for name in ("notes.txt", "b.json.bak", ".hidden.json", "c.xml"):
        (tmp_path / name).write_bytes(COMPACT)
    os.mkfifo(tmp_path / "pipe.json")
    skipped = SkippedFiles()
    problems: list[InputProblem] = []
    assert len(list(read_records([str(tmp_path)], problems, skipped=skipped))) == 1
    assert skipped.count == 5
    assert str(tmp_path / "notes.txt") in skipped.examples
    assert problems == []


def test_a_file_named_on_the_command_line_is_read_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "bundle").write_bytes(COMPACT)
    assert len(read(tmp_path / "bundle")[0]) == 1


def test_a_directory_without_fhir_says_how_many_files_it_skipped(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    message, reasons = failure(tmp_path)
    assert "(1 file skipped because of its name)" in message
    assert reasons == []


def test_a_missing_path_stops_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(COMPACT)
    problems: list[InputProblem] = []
    with pytest.raises(InputError, match=r"nowhere\.json: cannot be read: No such file"):
        read_records([str(tmp_path / "a.json"), str(tmp_path / "nowhere.json")], problems)


def test_links_that_lead_back_or_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(COMPACT)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b.json").symlink_to(tmp_path / "gone.json")
    (tmp_path / "c.json").symlink_to(tmp_path / "c.json")
    (tmp_path / "same.json").symlink_to(tmp_path / "a.json")
    records, problems = read(tmp_path, tmp_path / "a.json")
    assert len(records) == 1  # every file once
    assert [problem.split(": ")[0] for problem in problems] == [str(tmp_path / "b.json"), str(tmp_path / "c.json")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(COMPACT)
    (tmp_path / "b.json").write_bytes(COMPACT)
    (tmp_path / "b.json").chmod(0)
    assert "Permission denied" in read(tmp_path)[1][0]
    assert "Permission denied" in failure(tmp_path / "b.json")[0]


def test_a_file_that_cannot_be_opened_when_its_turn_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(COMPACT)
    (tmp_path / "b.json").write_bytes(COMPACT)
    problems: list[InputProblem] = []
    records = read_records([str(tmp_path)], problems)
    (tmp_path / "b.json").unlink()
    assert len(list(records)) == 1
    assert "No such file" in problems[0].reason
