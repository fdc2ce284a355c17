"""`trialsieve batch` on the command line: what it says, and what it refuses."""

from __future__ import annotations

import errno
import json
import multiprocessing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import EXAMPLES

from trialsieve.service.batch import partition
from trialsieve.service.batch.formats import csv_writer, safe_cells
from trialsieve.service.cli import main
from trialsieve.service.output import FORMULA_STARTS, safe_cell

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
        patched.setattr(partition, "write_table", full)
        assert main(["batch", FOLDER, "--out", str(out), *TRIAL]) == 2
    said = capsys.readouterr().err
    assert f"--out {out}: there is no room left on its disk; make some. What is finished stays" in said
    assert main(["batch", FOLDER, "--out", str(out), *TRIAL]) in (0, 1)


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


def test_a_wrong_question_leaves_no_worker(tmp_path: Path) -> None:
    assert main(["batch", FOLDER, "--out", str(tmp_path), "--workers", "2", "--trial", "NCT1"]) == 2
    assert multiprocessing.active_children() == []
