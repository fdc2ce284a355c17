"""What is said to be there is on disk before, so that a power cut leaves nothing that is half there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from batches import batch

from trialsieve.service.batch.workspace import finished_at_once, write_json


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was brought to the disk, by name, and what was renamed to what, in this order."""
    told: list[tuple[str, str]] = []
    sync, rename, link = os.fsync, Path.rename, Path.replace

    def syncing(handle: int) -> None:
        told.append(("on disk", Path(os.readlink(f"/proc/self/fd/{handle}")).name.partition(".unfinished")[0]))
        sync(handle)

    def renaming(path: Path, target: Path) -> Path:
        told.append(("named", target.name))
        return rename(path, target)

    def replacing(path: Path, target: Path) -> Path:
        told.append(("named", target.name))
        return link(path, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "rename", renaming)
    monkeypatch.setattr(Path, "replace", replacing)
    return told


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names of open files are read from /proc")


@needs_proc
def test_a_part_is_on_disk_before_it_has_its_name(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    with finished_at_once(tmp_path / "parts" / "one") as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "table").write_bytes(b"rows")
        (folder / "done").write_bytes(b"yes")
    assert told == [
        *(("on disk", name) for name in ("table", "inner", "done", "one")),
        ("named", "one"),
        ("on disk", "parts"),
    ]


@needs_proc
def test_a_manifest_is_on_disk_before_it_has_its_name(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    write_json(tmp_path / "manifest.json", {})
    assert told == [("on disk", "manifest.json"), ("named", "manifest.json"), ("on disk", tmp_path.name)]


@needs_proc
def test_a_run_is_said_to_be_finished_after_its_tables_are_on_disk(
    source: Path, tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    batch([source / "files"], tmp_path / "out")
    tables = [told.index(("named", name)) for name in ("verdicts", "criteria", "explanations")]
    assert max(tables) < told.index(("on disk", "out"), max(tables)) < told.index(("named", "manifest.json"))
