"""What `trialsieve screen` tells of inputs that cannot be used."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.service.text.reporting import Reporter, files_of, skipped_words, unread_words

TRIAL = "NCT04762485"
ONE = ("--trial", TRIAL, "--as-of", "2026-11-20")
NDJSON = (*ONE, "--format", "ndjson")

Run = Callable[..., Any]
Write = Callable[..., Path]
Bundle = Callable[..., dict[str, Any]]


def test_an_unreadable_file_beside_a_good_one_is_named_and_the_status_is_1(
    run: Run, write: Write, record: Path
) -> None:
    garbage = write("garbage.json", '{"resourceType": "Bundle", "entry": [')
    ended = run("screen", garbage, record, *NDJSON)
    assert ended.status == 1
    assert [result["patient"] for result in ended.results] == ["Patient/p1"]
    assert re.search(rf"^{re.escape(str(garbage))}: \S", ended.err, re.MULTILINE)
    assert "Traceback" not in ended.err


def test_a_resource_that_cannot_be_used_is_named_once_with_its_reason(run: Run, write: Write, bundle: Bundle) -> None:
    broken = {
        "resourceType": "Observation",
        "id": "bad",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": 7,
    }
    path = write("p1.json", bundle(further=[broken]))
    ended = run("screen", path, *NDJSON)
    assert ended.status == 1
    assert len(ended.results) == 1
    told = [line for line in ended.err.splitlines() if "Observation/bad" in line]
    assert len(told) == 1
    assert re.match(rf"{re.escape(str(path))}[:\d]*: Observation/bad: \S", told[0])
    assert "1 input problem" in ended.err


def test_problems_of_one_cause_are_told_once_for_each_file(run: Run, write: Write, bundle: Bundle) -> None:
    def undated(patient: str, day: str, number: int) -> dict[str, Any]:
        about = {"subject": {"reference": f"Patient/{patient}"}, "recordedDate": day}
        return {"resourceType": "Condition", "id": f"{patient}-{number}", "code": {"text": "Leukemia"}, **about}

    for patient in ("a", "b"):
        further = [undated(patient, f"2026/11/0{number}", number) for number in (1, 2, 3)]
        folder = write(f"data/{patient}.json", bundle(patient, further=further)).parent
    grouped, whole = run("screen", folder, *NDJSON), run("screen", folder, *NDJSON, "--problems", "all")
    assert grouped.status == whole.status == 1
    assert grouped.out == whole.out
    told = [line for line in grouped.err.splitlines() if "Condition/" in line]
    assert [re.findall(r"Condition/[ab]-[0-9]", line) for line in told] == [["Condition/a-1"], ["Condition/b-1"]]
    assert all(line.endswith(" (and 2 more like it)") for line in told)
    assert "6 input problems, grouped above (--problems all names each)" in grouped.err
    assert len([line for line in whole.err.splitlines() if "Condition/" in line]) == 6
    assert "6 input problems, named above" in whole.err


def test_files_that_could_not_be_read_are_told_at_the_end(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/a.json", bundle("a")).parent
    write("data/page.json", "<html><body>502 Bad Gateway</body></html>")
    write("data/export.ndjson", json.dumps(bundle("b")["entry"][0]["resource"]) + "\nbroken\n")
    last = run("screen", folder, *NDJSON).err.splitlines()[-1]
    assert last == f"1 file unread, nobody in it was screened: {folder}/page.json"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (3, "3 files unread, nobody in them was screened: 0, 1, 2"),
        (
            4,
            "4 files unread, nobody in them was screened: 0, 1, 2, and 1 more, named in the lines above",
        ),
        (
            9,
            "9 files unread, nobody in them was screened: 0, 1, 2, and 6 more, named in the lines above",
        ),
    ],
)
def test_of_many_files_the_end_says_how_many_more_there_are(number: int, told: str) -> None:
    assert unread_words([str(each) for each in range(number)], "the lines above") == told


@pytest.mark.parametrize(("number", "told"), [(5, "0, 1, 2, 3, 4"), (7, "0, 1, 2, 3, 4, and 2 more")])
def test_so_it_is_of_files_skipped_for_their_names(number: int, told: str) -> None:
    skipped = SkippedFiles()
    for each in range(number):
        skipped.add(str(each))
    assert skipped_words(skipped) == f"{number} files skipped, not named .json, .ndjson or .jsonl: {told}"


@pytest.mark.parametrize(
    ("problem", "unread"),
    [
        (InputProblem("data/a.json", "", "not JSON"), True),
        (InputProblem("data/a.json", "Observation/o1", "no code"), False),
        (InputProblem("data/a.json", "", "holds no patient", notice=True), False),
        (InputProblem("data/a.ndjson:3", "", "not JSON"), False),
        (InputProblem("data/a.ndjson.gz", "", "ends before its end"), False),  # it may be part of the export `data`
        (InputProblem("elsewhere/a.ndjson.gz", "", "ends before its end"), True),
        (InputProblem("read.ndjson", "", "ends before its end"), False),
    ],
)
def test_a_file_is_unread_only_where_nobody_can_come_from_it(problem: InputProblem, unread: bool) -> None:
    reporter = Reporter(io.StringIO())
    reporter(problem)
    assert bool(reporter.unread({"data", "read.ndjson"})) is unread


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("a.json", {"a.json"}),
        ("a.ndjson:7", {"a.ndjson"}),
        ("one/a.ndjson:7, two/b.json", {"one/a.ndjson:7, two/b.json", "one/a.ndjson", "two/b.json"}),
        ("Doe, J.json", {"Doe, J.json", "Doe", "J.json"}),
    ],
)
def test_a_record_that_was_read_from_several_files_comes_from_each(source: str, files: set[str]) -> None:
    assert files_of(source) == files


def test_another_way_to_tell_problems_is_refused(run: Run, record: Path) -> None:
    ended = run("screen", record, *NDJSON, "--problems", "some")
    assert (ended.status, ended.out) == (2, "")
    assert "grouped, all" in ended.err
