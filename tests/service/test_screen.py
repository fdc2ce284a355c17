"""`trialsieve screen` from files to results: what is screened and read, and how it ends."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

TRIAL = "NCT04762485"
ONE = ("--trial", TRIAL, "--as-of", "2026-11-20")
NDJSON = (*ONE, "--format", "ndjson")

Run = Callable[..., Any]
Write = Callable[..., Path]
Bundle = Callable[..., dict[str, Any]]
Check = Callable[[Any], None]


def criterion(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in result["criteria"] if one["id"] == name)


# --- what is screened -----------------------------------------------------------------------------------------------


def test_a_bundle_is_screened_for_every_trial_without_a_complaint(run: Run, record: Path, check_result: Check) -> None:
    ended = run("screen", record, "--as-of", "2026-11-20", "--format", "ndjson")
    listed = [line.split()[0] for line in run("trials").out.splitlines()]
    assert ended.status == 0
    assert sorted(result["trial"] for result in ended.results) == sorted(listed)
    for result in ended.results:
        check_result(result)
        assert (result["patient"], result["source"], result["as_of"]) == ("Patient/p1", str(record), "2026-11-20")


def test_a_value_decides_with_its_evidence(run: Run, record: Path) -> None:
    (result,) = run("screen", record, *NDJSON).results
    lvef = criterion(result, "I05")
    assert (lvef["holds"], lvef["effect"], lvef["reasons"]) == (True, "pass", [])
    assert [item["reference"] for item in lvef["evidence"]] == ["Observation/p1-lvef"]
    assert "55 %" in lvef["explanation"]


def test_the_as_of_date_decides_what_is_too_old_and_what_is_not_known_yet(run: Run, record: Path) -> None:
    def reasons(as_of: str) -> list[str]:
        (result,) = run("screen", record, "--trial", TRIAL, "--format", "ndjson", "--as-of", as_of).results
        found: list[str] = criterion(result, "I05")["atoms"][0]["reasons"]
        return found

    assert reasons("2026-11-09") == ["no-data"]
    assert reasons("2026-11-10") == []
    assert reasons("2027-02-08") == []  # 90 days
    assert reasons("2027-02-09") == ["stale"]


def test_without_an_as_of_date_it_is_today_in_utc(run: Run, record: Path) -> None:
    before = datetime.now(UTC).date()
    (result,) = run("screen", record, "--trial", TRIAL, "--format", "ndjson").results
    assert result["as_of"] in {before.isoformat(), (before + timedelta(days=1)).isoformat()}


def test_today_is_the_day_in_the_time_zone_of_the_site(run: Run, record: Path, write: Write) -> None:
    def as_of(zone: str) -> str:
        site = write("site.yaml", f"time_zone: {zone}\n")
        (result,) = run("screen", record, "--trial", TRIAL, "--format", "ndjson", "--site", site).results
        found: str = result["as_of"]
        return found

    assert as_of("Pacific/Pago_Pago") < as_of("Pacific/Kiritimati")  # 25 hours apart


def test_trials_come_in_the_order_asked_for_each_once(run: Run, record: Path) -> None:
    ended = run("screen", record, "--format", "ndjson", "--trial", TRIAL.lower(), TRIAL)
    assert [result["trial"] for result in ended.results] == [TRIAL]


def test_a_trial_comes_out_the_same_alone_and_among_all(run: Run, record: Path) -> None:
    everything = run("screen", record, "--as-of", "2026-11-20", "--format", "ndjson").results
    (alone,) = run("screen", record, *NDJSON).results
    assert alone in everything


def test_nothing_is_presumed_absent_unless_the_record_covers_it(run: Run, record: Path) -> None:
    def immunodeficiency(*options: str) -> tuple[Any, list[str]]:
        (result,) = run("screen", record, *NDJSON, *options).results
        found = criterion(result, "X02")
        return found["holds"], found["reasons"]

    assert immunodeficiency() == (None, ["not-retrieved"])
    assert immunodeficiency("--covers", "Condition") == (False, [])
    assert immunodeficiency("--covers", "all") == (False, [])
    assert immunodeficiency("--covers", "Procedure") == (None, ["not-retrieved"])
    assert immunodeficiency("--covers", "all", "--absence", "unknown") == (None, ["no-data"])


# --- inputs ---------------------------------------------------------------------------------------------------------


def test_a_directory_is_read_and_other_files_are_counted(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/a.json", bundle("a")).parent
    (folder / "b.json.gz").write_bytes(gzip.compress(json.dumps(bundle("b")).encode()))
    write("data/deeper/c.ndjson", json.dumps(bundle("c")) + "\n")
    write("data/notes.txt", "not FHIR")
    write("data/picture.png", "not FHIR")
    ended = run("screen", folder, *NDJSON)
    assert ended.status == 0
    assert [result["patient"] for result in ended.results] == ["Patient/a", "Patient/b", "Patient/c"]
    assert "2 files skipped" in ended.err
    assert "3 patients screened for 1 trial" in ended.err


@pytest.mark.parametrize("pack", [lambda raw: raw, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_read(bundle: Bundle, pack: Callable[[bytes], bytes], check_result: Check) -> None:
    command = [sys.executable, "-m", "trialsieve.service.cli", "screen", "-", *NDJSON]
    raw = pack(json.dumps(bundle()).encode())
    ended = subprocess.run(command, input=raw, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    (line,) = ended.stdout.splitlines()
    check_result(json.loads(line))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "garbage",
        "[]",
        "{}",
        "null",
        '{"resourceType": "Bundle"}',
        '{"a": {"b": [1, 2]}}',
        "\x00\x01",
        "<xml/>",
        "[" * 100_000,
    ],
    ids=["empty", "text", "array", "object", "null", "empty-bundle", "json", "binary", "xml", "deep"],
)
def test_input_without_fhir_is_2_and_writes_nothing(run: Run, write: Write, tmp_path: Path, content: str) -> None:
    out = tmp_path / "results.json"
    path = write("in.json", content)
    for arguments in ((path,), (path, "--out", out)):
        ended = run("screen", *arguments, *ONE)
        assert (ended.status, ended.out) == (2, "")
        assert "no usable FHIR" in ended.err
        assert "Traceback" not in ended.err
        assert "internal error" not in ended.err
    assert not out.exists()


def test_a_path_that_is_not_there_is_2_and_nothing_is_screened(run: Run, record: Path, tmp_path: Path) -> None:
    ended = run("screen", record, tmp_path / "nowhere.json", *NDJSON)
    assert (ended.status, ended.out) == (2, "")
    assert "nowhere.json" in ended.err


def test_an_unknown_trial_is_told_with_the_closest_before_anything_is_read(run: Run, record: Path) -> None:
    ended = run("screen", record, "--trial", "NCT04762458")
    assert (ended.status, ended.out) == (2, "")
    assert f"did you mean {TRIAL}" in ended.err


def test_a_trial_of_ones_own_without_its_rules_is_told_how_to_give_them(run: Run, record: Path, tmp_path: Path) -> None:
    finding = "finding: cold\ntitle: Cold\ntrue_when: c\natoms:\n  - {id: c, finding: hiv-infection}\n"
    (tmp_path / "cold.yaml").write_text(finding, encoding="utf-8")
    for command in (("screen", record, "--trial"), ("show",)):
        ended = run(*command, "NCT00000001")
        assert ended.err.endswith("(a trial of your own needs --rules DIR)\n")
        ended = run(*command, "NCT00000001", "--rules", tmp_path)
        assert ended.err.endswith("(`trialsieve lint DIR` says what is read of your rules)\n")


# --- start-up -------------------------------------------------------------------------------------------------------

HEAVY = {"pydantic", "yaml", "fhir", "pint", "ucumvert", "rich", "fastapi", "jsonschema", "lark"}


def test_once_the_rules_are_cached_nothing_heavy_is_imported(run: Run, record: Path) -> None:
    assert run("screen", record, *NDJSON).status == 0  # fills the cache
    command = [sys.executable, "-X", "importtime", "-m", "trialsieve.service.cli", "screen", str(record), *NDJSON]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    imported = {
        line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")
    }
    assert ended.returncode == 0
    assert "trialsieve.engine.screening" in imported
    assert {name.partition(".")[0] for name in imported} & HEAVY == set()
