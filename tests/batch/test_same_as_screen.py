"""A batch run gives what screening in one go gives: every result, and every problem, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from batches import (
    EXAMPLES,
    SMALL,
    TINY,
    batch,
    example_bundles,
    explained,
    job,
    mentioning,
    mixed_input,
    renamed,
    same_as_screen,
    screened,
    write_export,
    write_lines,
)

from trialsieve.fhir_adapters.record import InputProblem, Record
from trialsieve.service.batch.job import Bench
from trialsieve.service.batch.plan import Sizes


def test_a_directory_of_bundles(tmp_path: Path) -> None:
    results, _ = screened([EXAMPLES])
    batch([EXAMPLES], tmp_path / "out")
    assert explained(tmp_path / "out") == results


def test_bundles_by_line(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "bundles.ndjson", [renamed(b, n) for n, b in enumerate(example_bundles())])
    results, _ = screened([source])
    batch([source], tmp_path / "out")
    assert explained(tmp_path / "out") == results


@pytest.mark.parametrize("files_a_type", [1, 3])
def test_a_bulk_export(tmp_path: Path, files_a_type: int) -> None:
    bundles = [renamed(bundle, number) for number, bundle in enumerate(example_bundles())]
    source = write_export(tmp_path / "export", bundles, files_a_type)
    same_as_screen(source, tmp_path / "out")


@pytest.mark.parametrize("sizes", [SMALL, TINY])
def test_diagnoses_that_are_mentioned_elsewhere(tmp_path: Path, sizes: Sizes) -> None:
    """Encounters and reports lie in files of their own, before those that say whose they are."""
    bundles = [mentioning(renamed(bundle, number), number) for number, bundle in enumerate(example_bundles()[:8])]
    source = write_export(tmp_path / "export", bundles)
    results, _ = screened([source])
    assert sum(b"mentioned as the reason of Encounter/" in result for result in results) > 2
    assert sum(b"mentioned as a conclusion of DiagnosticReport/" in result for result in results) > 2
    same_as_screen(source, tmp_path / "out", sizes)


@pytest.mark.parametrize("seed", range(12))
def test_a_mixture_of_everything(tmp_path: Path, seed: int) -> None:
    same_as_screen(mixed_input(tmp_path / "in", seed), tmp_path / "out")


def test_a_record_is_read_as_of_the_day_of_screening() -> None:
    born = Record("Patient/p1", "p1.json", {"resourceType": "Patient", "id": "p1", "birthDate": "1900-01-01"})
    problems: list[InputProblem] = []
    Bench(job()).chart(born, problems)
    assert ["more than 120 years before 2026-11-20" in problem.reason for problem in problems] == [True]
