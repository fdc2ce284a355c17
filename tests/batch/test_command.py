"""`trialsieve batch` on the command line: what it says, and what it refuses."""

from __future__ import annotations

import errno
import functools
import json
import multiprocessing
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import EXAMPLES

from trialsieve.service.batch import parts
from trialsieve.service.batch.formats import csv_writer, safe_cells
from trialsieve.service.cli import main
from trialsieve.service.output.writers import FORMULA_STARTS, safe_cell

FOLDER = str(EXAMPLES / "NCT04762485")
TRIAL = ("--trial", "NCT04762485", "--as-of", "2026-11-20", "--workers", "1")


def test_it_leaves_tables_and_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["batch", FOLDER, "--out", str(out), *TRIAL, "--also", "csv", "ndjson"]) in (0, 1)
    patients = len(list((EXAMPLES / "NCT04762485").glob("*.json")))
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{patients} patients screened for 1 trial into {out}" in said.err
    rows = pq.read_table(out / "verdicts").to_pylist()
    lines = (out / "ndjson" / "verdicts" / "00000.ndjson").read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert len(rows) == patients
    header, *_ = (out / "csv" / "verdicts" / "00000.csv").read_text().splitlines()
    assert header.split(",")[:4] == ['"record"', '"patient"', '"source"', '"trial"']


def test_files_that_could_not_be_read_are_told_at_the_end_and_by_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is in them was never looked at, and is missing in every figure."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy(EXAMPLES / "NCT04762485" / "attested.json", folder)
    broken = [folder / f"{name}.json" for name in "abcd"]
    for path in broken:
        path.write_text("<html>502 Bad Gateway</html>", encoding="utf-8")
    (folder / "e.json.txt").write_text("saved as text", encoding="utf-8")
    (folder / "lines.ndjson").write_text('{"resourceType": "Patient", "id": "p2"}\nbroken\n', encoding="utf-8")
    assert main(["batch", str(folder), "--out", str(out), *TRIAL]) == 1
    unread = f"4 files unread, nobody in them was screened: {broken[0]}, {broken[1]}, {broken[2]}, "
    told = capsys.readouterr().err.splitlines()
    assert told[-1] == f"{unread}and 1 more, named in {out}/manifest.json"
    skipped = f"1 file skipped, not named .json, .ndjson or .jsonl: {folder}/e.json.txt"
    assert skipped in told
    assert json.loads((out / "manifest.json").read_bytes())["unread_files"] == [str(path) for path in broken]
    main(["report", str(out)])
    top, _ = (out / "report.html").read_text(encoding="utf-8").split("<table>", 1)
    assert f'<p class="caution">{unread}{broken[3]}</p>' in top
    assert f'<p class="hint">{skipped}</p>' in top
    main(["report", str(out), "--deidentify"])
    shared = (out / "report.html").read_text(encoding="utf-8")
    assert '<p class="caution">&lt;11 files unread, nobody in them was screened</p>' in shared
    assert '<p class="hint">&lt;11 files skipped for their names</p>' in shared
    assert str(folder) not in shared


def test_nothing_is_told_of_unread_files_where_all_were_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    main(["batch", FOLDER, "--out", str(out), *TRIAL])
    main(["report", str(out)])
    assert "nobody in" not in capsys.readouterr().err + (out / "report.html").read_text(encoding="utf-8")


def test_kinds_of_which_patients_have_nothing_are_counted_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of all parts of the run together; not where the input was said to hold them."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("p1", "p2"):
        patient = {"resourceType": "Patient", "id": name, "gender": "male", "birthDate": "1980-05-04"}
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}]}
        (folder / f"{name}.json").write_text(json.dumps(bundle), encoding="utf-8")
    main(["batch", str(folder), "--out", str(tmp_path / "out"), *TRIAL])
    note = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("note: "))
    assert note.startswith("note: 2 patients have no Condition on record: ")
    assert note.endswith("say so: --covers Condition")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["not_covered"] == {"Condition": 2}
    main(["batch", str(folder), "--out", str(tmp_path / "all"), *TRIAL, "--covers", "Condition"])
    assert "--covers" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), OSError("Error writing bytes. Detail: No space left on device")],
    ids=["numbered", "of Arrow"],
)
def test_a_full_disk_is_told_with_what_to_do(
    tmp_path: Path, error: OSError, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise error

    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(parts, "write_table", full)
        assert main(["batch", FOLDER, "--out", str(out), *TRIAL]) == 2
    said = capsys.readouterr().err
    assert f"--out {out}: there is no room left on its disk; make some. What is finished stays" in said
    assert main(["batch", FOLDER, "--out", str(out), *TRIAL]) in (0, 1)


class FullDatabase(sqlite3.Connection):
    """One that says that its disk is full as soon as something is written."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.execute("PRAGMA max_page_count = 1")


def test_a_disk_that_sqlite_finds_full_is_told_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=FullDatabase))
        assert main(["batch", FOLDER, "--out", str(out), *TRIAL]) == 2
    assert f"--out {out}: there is no room left on its disk; make some." in capsys.readouterr().err


def formula_cells() -> list[str]:
    """Texts that a spreadsheet would take for a formula, and some that it would not."""
    begun = [f"{space}{sign}1" for space in ("", " ", "\u00a0", "\ufeff ") for sign in sorted(FORMULA_STARTS)]
    return [*begun, "", " ", "a=1", "1", "'=1", "Patient/-1"]


@pytest.mark.parametrize("cell", formula_cells())
def test_no_cell_is_taken_for_a_formula(cell: str, tmp_path: Path) -> None:
    assert safe_cells(pa.array([cell])).to_pylist() == [safe_cell(cell)]


def test_a_csv_table_has_no_formula(tmp_path: Path) -> None:
    schema = pa.schema([("source", pa.string()), ("limiting", pa.list_(pa.string())), ("failing", pa.int16())])
    with csv_writer(tmp_path / "table.csv", schema) as write:
        write(pa.table({"source": ["-:1"], "limiting": [["=1", "2"]], "failing": [-1]}, schema=schema))
    assert (tmp_path / "table.csv").read_text().splitlines()[1] == '"\'-:1","\'=1 2",-1'


def test_the_manifest_tells_question_input_and_counts(tmp_path: Path) -> None:
    out = tmp_path / "out"
    main(["batch", FOLDER, "--out", str(out), *TRIAL])
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["asked"]["trials"][0]["trial"] == "NCT04762485"
    assert manifest["asked"]["as_of"] == "2026-11-20"
    assert {len(each["sha256"]) for each in manifest["inputs"]} == {64}
    assert sum(manifest["verdicts"]["NCT04762485"].values()) == manifest["patients"]
    assert manifest["disagreements"] == 0
    assert set(json.loads((out / "run.json").read_bytes())) == {"began", "seconds", "engine", "workers"}


def test_the_number_of_workers_changes_no_byte(tmp_path: Path) -> None:
    for workers in ("1", "2"):
        main(["batch", FOLDER, "--out", str(tmp_path / workers), *TRIAL[:-1], workers])
    for path in (tmp_path / "1").rglob("*"):
        if path.is_file() and path.name != "run.json":
            assert path.read_bytes() == (tmp_path / "2" / path.relative_to(tmp_path / "1")).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["batch", "--out", "OUT"], "no INPUT: name a file or a directory"),
        (["batch", FOLDER], "batch: name a directory for the tables with --out"),
        (["batch", FOLDER, "--out", "OUT", "--workers", "many"], "--workers 'many': give a number from 1 to 1024"),
        (["batch", FOLDER, "--out", "OUT", "--workers", "0"], "--workers '0': give a number from 1 to 1024"),
        (["batch", FOLDER, "--out", "OUT", "--also", "xml"], "--also 'xml': choose from ndjson, csv"),
        (
            ["batch", FOLDER, "--out", "OUT", "--explanations", "some"],
            "--explanations 'some': choose from none, not-in",
        ),
        (["batch", FOLDER, "--out", "OUT", "--engine", "slow"], "--engine 'slow': choose from local, spark"),
        (["batch", FOLDER, "--out", "OUT", "--master", "yarn"], "--master: goes with --engine spark alone"),
        (["batch", "nowhere", "--out", "OUT"], "nowhere: cannot be read: No such file or directory"),
        (["batch", "EMPTY", "--out", "OUT"], "no usable FHIR about a patient"),
        (["batch", FOLDER, "--out", "OUT", "--trial", "NCT1"], "no trial 'NCT1'"),
        (["report", "EMPTY"], "holds no finished run"),
        (["report", "EMPTY", "--worklist", "-1"], "--worklist"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    (tmp_path / "EMPTY").mkdir()
    places = {"OUT": str(tmp_path / "OUT"), "EMPTY": str(tmp_path / "EMPTY")}
    assert main([places.get(word, word) for word in arguments]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "OUT" / "manifest.json").exists()


def test_where_nobody_can_be_screened_the_first_problems_say_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that ends so leaves no table of them."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "notes.txt").touch()
    fault = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]}
    (folder / "a.json").write_text(json.dumps(fault), encoding="utf-8")  # of a part; the others, of files as a whole
    for name in "bcdef":
        (folder / f"{name}.json").write_text("<html>502 Bad Gateway</html>", encoding="utf-8")
    assert main(["batch", str(folder), "--out", str(out), *TRIAL]) == 2
    page = "not JSON, and not NDJSON, but an HTML page, perhaps the error page of a server; export FHIR as JSON instead"
    assert capsys.readouterr().err.partition("trialsieve: ")[2].splitlines() == [
        f"{folder}: no usable FHIR about a patient (1 file skipped because of its name); give a Bundle, NDJSON, or a "
        "directory of these named .json, .ndjson or .jsonl",
        f"  {folder / 'a.json'}: the server reported an OperationOutcome: error (login)",
        *(f"  {folder / name}.json: {page}" for name in "bcde"),
        "  and 1 more",
    ]


def test_a_wrong_question_leaves_no_worker(tmp_path: Path) -> None:
    assert main(["batch", FOLDER, "--out", str(tmp_path), "--workers", "2", "--trial", "NCT1"]) == 2
    assert multiprocessing.active_children() == []
