"""`trialsieve batch` on the command line: what it says, and what it refuses."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from batches import EXAMPLES

from trialsieve.service.cli import main

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
