"""Of what no report can be made, and where none can be written: what is told, and that nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trialsieve.rules.errors import UsageError
from trialsieve.service.cli import main
from trialsieve.service.report.disclosure import Disclosure
from trialsieve.service.report.page import Report
from trialsieve.service.report.screened import ScreenedPopulation


def test_a_page_that_cannot_be_written_leaves_the_earlier_one(
    screened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    page = tmp_path / "report.html"
    page.write_text("earlier")
    report = Report(ScreenedPopulation(screened), Disclosure(), 1)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match=r"report\.html: cannot be written: No space left on device"):
        report.write(page, tmp_path / "figures")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert page.read_text() == "earlier"


def test_a_directory_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"holds no finished run \(no manifest.json of one\); make one with `trialsieve batch`"
    ):
        ScreenedPopulation(tmp_path)


@pytest.mark.parametrize("manifest", [b"", b'{"run": "7', b"[]", b'{"transactionTime": "2026-11-20", "output": []}'])
def test_a_manifest_of_something_else_is_no_run(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest)
    with pytest.raises(UsageError, match="holds no finished run"):
        ScreenedPopulation(tmp_path)


@pytest.mark.parametrize("left", [None, b"", b"PAR1"])
@pytest.mark.parametrize("table", ["verdicts", "criteria"])
def test_a_table_that_is_damaged_is_named(
    screened: Path, tmp_path: Path, table: str, left: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    shutil.copytree(screened, out)
    first = sorted((out / table).iterdir())[0]
    first.unlink()
    if left is not None:
        first.write_bytes(left)
    assert main(["report", str(out), "--out", str(tmp_path / "page.html")]) == 2
    told = "is damaged, or not there, or of an earlier version; screen anew with `trialsieve batch --restart`"
    assert capsys.readouterr().err == f"trialsieve: {first}: {told}\n"


def test_figures_that_cannot_be_written_are_told_with_the_page(
    screened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pq, "write_table", full)
    page = tmp_path / "page.html"
    assert main(["report", str(screened), "--out", str(page)]) == 2
    told = f"trialsieve: --out {page}: cannot be written: No space left on device; give another place\n"
    assert capsys.readouterr().err == told
