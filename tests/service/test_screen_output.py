"""What `trialsieve screen` writes, in which format, and where to."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from trialsieve.service.output.writers import JsonWriter

TRIAL = "NCT04762485"
ONE = ("--trial", TRIAL, "--as-of", "2026-11-20")
NDJSON = (*ONE, "--format", "ndjson")

Run = Callable[..., Any]
Write = Callable[..., Path]
Bundle = Callable[..., dict[str, Any]]
Check = Callable[[Any], None]


def test_the_table_is_the_default_and_never_shows_a_name(run: Run, record: Path) -> None:
    ended = run("screen", record, *ONE)
    assert ended.status == 0
    assert "Patient/p1" in ended.out
    assert "needs-review" in ended.out
    assert ended.out.splitlines()[-1].startswith("Advice, not a decision")
    for options in ((), ("--verbose",), ("--format", "json"), ("--format", "csv")):
        shown = run("screen", record, *ONE, *options)
        assert "Winterbottom" not in shown.out + shown.err
        assert "Ignatius" not in shown.out + shown.err


def test_the_nearest_to_eligible_comes_first(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/1.json", bundle("too-old", born="1930-01-01")).parent
    write("data/2.json", bundle("less-known", lvef=None))
    write("data/3.json", bundle("more-known"))
    text = run("screen", folder, *ONE).out
    assert re.findall(r"^(Patient/\S+)", text, re.MULTILINE) == [
        "Patient/more-known",
        "Patient/less-known",
        "Patient/too-old",
    ]


def test_every_format_holds_the_same_verdicts(run: Run, write: Write, bundle: Bundle, check_result: Check) -> None:
    folder = write("data/1.json", bundle("a", born="1930-01-01")).parent
    write("data/2.json", bundle("b"))
    lines = run("screen", folder, *NDJSON).results
    array = json.loads(run("screen", folder, *ONE, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(run("screen", folder, *ONE, "--format", "csv").out, newline="")))
    assert array == lines
    for result in array:
        check_result(result)
    assert {(row["patient"], row["verdict"]) for row in rows} == {
        ("Patient/a", "ineligible"),
        ("Patient/b", "needs-review"),
    }
    assert len(rows) == sum(len(result["criteria"]) for result in lines)


def test_only_the_verdicts_asked_for_are_written(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/1.json", bundle("a", born="1930-01-01")).parent
    write("data/2.json", bundle("b"))
    assert [one["patient"] for one in run("screen", folder, *NDJSON, "--verdict", "ineligible").results] == [
        "Patient/a"
    ]
    assert len(run("screen", folder, *NDJSON, "--verdict", "ineligible", "needs-review").results) == 2
    none = run("screen", folder, *ONE, "--format", "json", "--verdict", "eligible")
    assert (none.status, json.loads(none.out)) == (0, [])
    assert "0 eligible, 1 ineligible, 1 needs-review" in none.err


def test_the_same_input_gives_the_same_bytes(run: Run, record: Path) -> None:
    assert run("screen", record, *NDJSON).out == run("screen", record, *NDJSON).out


@pytest.mark.parametrize(
    ("name", "begins"), [("r.json", "["), ("r.ndjson", "{"), ("r.csv", "patient,"), ("r.txt", "---")]
)
def test_out_writes_the_file_in_the_format_of_its_name(
    run: Run, record: Path, tmp_path: Path, name: str, begins: str
) -> None:
    out = tmp_path / name
    ended = run("screen", record, *ONE, "--out", out)
    assert (ended.status, ended.out) == (0, "")
    assert out.read_text(encoding="utf-8").startswith(begins)


def test_the_format_asked_for_wins_over_the_name(run: Run, record: Path, tmp_path: Path) -> None:
    run("screen", record, *NDJSON, "--out", tmp_path / "results.csv")
    assert json.loads((tmp_path / "results.csv").read_text(encoding="utf-8"))["trial"] == TRIAL


def test_out_replaces_an_earlier_file_only_when_everything_is_in_it(
    run: Run, record: Path, write: Write, tmp_path: Path
) -> None:
    out = write("out/results.ndjson", "earlier\n")
    out.chmod(0o640)
    failed = run("screen", write("garbage.json", "garbage"), *NDJSON, "--out", out)
    assert failed.status == 2
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert run("screen", record, *NDJSON, "--out", out).status == 0
    assert json.loads(out.read_text(encoding="utf-8"))["trial"] == TRIAL
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert [path.name for path in out.parent.iterdir()] == ["results.ndjson"]


def test_out_follows_a_link_and_leaves_it(run: Run, record: Path, tmp_path: Path) -> None:
    link, file = tmp_path / "link.ndjson", tmp_path / "file.ndjson"
    file.touch()
    link.symlink_to(file)
    run("screen", record, *NDJSON, "--out", link)
    assert link.is_symlink()
    assert json.loads(file.read_text(encoding="utf-8"))["trial"] == TRIAL


@pytest.mark.parametrize(
    ("where", "remedy"),
    [
        (".", "name a file"),
        ("nowhere/results.json", "make it first"),
        ("results.xlsx", "name it .csv for a spreadsheet"),
        ("results.PDF", ".txt for people"),
    ],
)
def test_out_that_cannot_be_written_is_2(run: Run, record: Path, tmp_path: Path, where: str, remedy: str) -> None:
    ended = run("screen", record, *ONE, "--out", tmp_path / where)
    assert (ended.status, ended.out) == (2, "")
    assert f"--out {tmp_path / where}" in ended.err
    assert remedy in ended.err
    assert list(tmp_path.glob("results.*")) == []


@pytest.mark.parametrize("name", ["p1.json", "other/../p1.json", "link.json"])
def test_out_is_none_of_the_inputs(run: Run, record: Path, write: Write, name: str) -> None:
    write("other/notes.txt", "")
    (record.parent / "link.json").symlink_to(record)
    before, out = record.read_bytes(), record.parent / name
    ended = run("screen", record, *ONE, "--out", out)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"trialsieve: --out {out}: is an INPUT, which the results would replace; name another file\n"
    assert record.read_bytes() == before
    assert run("screen", record, *ONE, "--out", record.parent / "other" / "notes.txt").status == 0


@pytest.mark.parametrize("name", ["a.json", "deeper/b.NDJSON", "../data/a.json"])
def test_out_replaces_no_file_that_is_read_from_a_directory(run: Run, write: Write, bundle: Bundle, name: str) -> None:
    """Somebody's chart was replaced by the table that it should have been a line of."""
    folder = write("data/a.json", bundle("a")).parent
    write("data/deeper/b.NDJSON", json.dumps(bundle("b")) + "\n")
    before, out = (folder / name).read_bytes(), folder / name
    ended = run("screen", folder, *ONE, "--out", out)
    assert (ended.status, ended.out) == (2, "")
    told = "name another file, in another directory, also where an earlier run left this one"
    read = f"is read as part of the INPUT {folder}, and the results would replace it"
    assert ended.err == f"trialsieve: --out {out}: {read}; {told}\n"
    assert (folder / name).read_bytes() == before


@pytest.mark.parametrize("name", ["data/p.json", "store/p.txt"])
def test_out_replaces_no_file_that_is_read_through_a_link(run: Run, write: Write, bundle: Bundle, name: str) -> None:
    chart = write("store/p.txt", bundle("a"))
    folder = write("data/b.json", bundle("b")).parent
    (folder / "p.json").symlink_to(chart)
    before, out = chart.read_bytes(), folder.parent / name
    ended = run("screen", folder, *ONE, "--out", out)
    assert ended.status == 2
    assert f"--out {out}: is read as part of the INPUT {folder}" in ended.err
    assert chart.read_bytes() == before


@pytest.mark.parametrize("name", [".r.json", ".hidden/r.json"])
def test_out_may_replace_what_is_not_read(run: Run, write: Write, bundle: Bundle, name: str) -> None:
    folder = write("data/a.json", bundle("a")).parent
    out = write(f"data/{name}", "{}")
    assert run("screen", folder, *ONE, "--out", out).status == 0
    assert "Patient/a" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["results.csv", "results.json"])
def test_out_may_be_another_file_of_such_a_directory_and_is_not_counted_among_its_files(
    run: Run, write: Write, bundle: Bundle, name: str
) -> None:
    folder = write("data/a.json", bundle("a")).parent
    write("data/results.csv", "of yesterday")
    ended = run("screen", folder, *ONE, "--out", folder / name)
    assert ended.status == 0
    assert "1 file skipped" in ended.err
    assert "Patient/a" in (folder / name).read_text(encoding="utf-8")


NO_SUCH_DEVICE = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")


@pytest.mark.parametrize("out", [pytest.param("/dev/full", marks=NO_SUCH_DEVICE), "file"])
def test_a_full_disk_is_told_with_what_could_not_be_written(
    run: Run, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    if out == "file":
        out = str(tmp_path / "results.json")
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        monkeypatch.setattr(JsonWriter, "close", Mock(side_effect=full))
    ended = run("screen", record, *ONE, "--format", "json", "--out", out)
    told = f"trialsieve: --out {out}: cannot be written: No space left on device; give another place\n"
    assert (ended.status, ended.err) == (2, told)
    assert list(tmp_path.glob("*results*")) == []


def test_a_device_is_written_to_not_replaced(run: Run, record: Path) -> None:
    assert run("screen", record, *NDJSON, "--out", "/dev/null").status == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_out_that_is_a_dash_is_standard_output(run: Run, record: Path) -> None:
    assert len(run("screen", record, *NDJSON, "--out", "-").results) == 1
