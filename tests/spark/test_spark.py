"""A run on a local Spark cluster of two executors leaves what a run in this process leaves.

`make spark` runs these: they need Java 17 and the extra `spark`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batches import SMALL, batch, example_bundles, mixed_input, renamed, tree, write_lines
from spark_tasks import DiesOnce, executor_of, tenfold

from trialsieve.service.batch.plan import Sizes
from trialsieve.service.batch.spark import SparkPool

MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def pool() -> Iterator[SparkPool]:
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parent), str(Path(__file__).parents[1] / "batch" / "shared")]
    )
    pool = SparkPool(MASTER)
    yield pool
    pool.close()


def same_as_here(source: Path, folder: Path, pool: SparkPool, sizes: Sizes = SMALL) -> None:
    batch([source], folder / "here", sizes=sizes)
    batch([source], folder / "there", pool, sizes)
    assert tree(folder / "there") == tree(folder / "here")


def test_everything_that_occurs(tmp_path: Path, pool: SparkPool) -> None:
    same_as_here(mixed_input(tmp_path / "in", seed=5), tmp_path, pool)


def test_parts_of_very_different_size(tmp_path: Path, pool: SparkPool) -> None:
    """One slice holds nearly everything: the others do not wait for it, and the order is that of the input."""
    bundles = [renamed(bundle, number) for number, bundle in enumerate(example_bundles())]
    one, *rest = bundles
    long = {**one, "entry": one["entry"] * 400}
    source = write_lines(tmp_path / "in" / "bundles.ndjson", [long, *rest])
    same_as_here(source, tmp_path, pool, Sizes(slice_bytes=20_000, bucket_bytes=20_000, records_a_file=10))


def test_two_executors_take_part(pool: SparkPool) -> None:
    assert len(set(pool.each(executor_of, list(range(16))))) >= 2


def test_a_task_that_dies_is_done_again(tmp_path: Path, pool: SparkPool) -> None:
    assert set(pool.each(DiesOnce(tmp_path / "died", tenfold), [1, 2, 3])) == {10, 20, 30}
    assert (tmp_path / "died").exists()


def test_a_run_whose_worker_dies_leaves_the_same(
    tmp_path: Path, pool: SparkPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = mixed_input(tmp_path / "in", seed=6)
    batch([source], tmp_path / "here")
    monkeypatch.setattr(SparkPool, "each", _dying(pool.each, tmp_path / "died"))
    batch([source], tmp_path / "there", pool)
    assert (tmp_path / "died").exists()
    assert tree(tmp_path / "there") == tree(tmp_path / "here")


def _dying(
    each: Callable[..., Iterator[object]], mark: Path
) -> Callable[[SparkPool, Callable[[object], object], list[object]], Iterator[object]]:
    def patched(_: SparkPool, function: Callable[[object], object], work: list[object]) -> Iterator[object]:
        return each(DiesOnce(mark, function), work)

    return patched
