"""A run that is finished: given again it does nothing, and it is not called finished where a file is harmed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from batches import SMALL, batch, job, tree

from trialsieve.rules.errors import UsageError
from trialsieve.service.batch import manifest
from trialsieve.service.batch.pool import LocalPool
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.run import BatchRun


def test_it_leaves_no_workspace(undisturbed: dict[str, bytes]) -> None:
    assert {name.split("/")[0] for name in undisturbed} == {
        *("verdicts", "arms", "criteria", "open_items", "problems", "explanations", "manifest.json")
    }


def test_the_same_run_again_does_nothing(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = batch([source], out)
    before = (out / "manifest.json").stat().st_mtime_ns
    assert batch([source], out) == first
    assert (out / "manifest.json").stat().st_mtime_ns == before


def test_the_manifest_holds_the_first_problems_and_the_table_every_one(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(undisturbed["manifest.json"])["first_problems"]
    monkeypatch.setattr(manifest, "MOST_PROBLEMS", len(whole) - 1)
    told = batch([source], tmp_path / "out")
    assert told["first_problems"] == whole[:-1]
    assert pq.read_table(tmp_path / "out" / "problems").to_pylist() == whole
    assert told["problems"] + told["notices"] == len(whole) > 2


def _gone(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [_gone, _cut])
@pytest.mark.parametrize("name", ["verdicts/00000.parquet", "explanations/00000.ndjson.gz", "csv/arms/00000.csv"])
def test_a_finished_run_of_which_a_file_is_harmed_is_not_called_finished(
    source: Path, tmp_path: Path, harm: Callable[[Path], None], name: str
) -> None:
    out = tmp_path / "out"
    screening = BatchRun(job(), [str(source)], out, LocalPool(1), Progress(), None)
    screening.run()
    replace(screening, further=("csv",)).run()  # written later
    whole = (out / name).read_bytes()
    told = f"{name} is gone" if harm is _gone else f"{name} has not the {len(whole):,} bytes that it was written with"
    harm(out / name)
    with pytest.raises(UsageError) as refused:
        replace(screening).run()
    assert str(refused.value) == (
        f"--out {out}: the run there was finished, but {told}; "
        "put it back, or give --restart to throw away what is there and screen anew"
    )
    (out / name).write_bytes(whole)
    assert replace(screening, was_finished=True).run() == json.loads((out / "manifest.json").read_bytes())


def test_how_many_files_are_harmed_is_told_and_restart_puts_it_right(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    batch([source], out)
    files = sorted((out / "arms").iterdir())
    shutil.rmtree(out / "arms")
    with pytest.raises(UsageError, match=rf"but arms/00000\.parquet is gone \(as {len(files) - 1} more\); put"):
        batch([source], out)
    BatchRun(job(), [str(source)], out, LocalPool(1), Progress(), None, restart=True, sizes=SMALL).run()
    assert tree(out) == undisturbed
