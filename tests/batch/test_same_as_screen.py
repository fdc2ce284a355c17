"""A batch run gives what screening in one go gives: every result, and every problem, once."""

from __future__ import annotations

import json
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

from trialsieve.fhir_adapters.records.record import InputProblem, Record
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


@pytest.mark.parametrize("sizes", [SMALL, TINY])
def test_a_problem_of_several_patients_is_told_once(tmp_path: Path, sizes: Sizes) -> None:
    """Their resources have one id, and one fault; wherever they are screened, the source is the export."""
    embolism = {"coding": [{"system": "urn:local", "code": "1", "display": "Pulmonary embolism"}]}
    same = {"resourceType": "Condition", "id": "same", "code": embolism}
    names = [f"p{number}" for number in range(8)]
    write_lines(tmp_path / "in" / "Patient.ndjson", [{"resourceType": "Patient", "id": name} for name in names])
    conditions = [{**same, "subject": {"reference": f"Patient/{name}"}} for name in names]
    write_lines(tmp_path / "in" / "Condition.ndjson", [*conditions, {**conditions[0], "id": "another"}])
    same_as_screen(tmp_path / "in", tmp_path / "out", sizes)
    told = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert [each["reference"] for each in told["first_problems"]] == ["Condition/same", "Condition/another"]
    assert (told["problems"], told["notices"]) == (2, 0)


@pytest.mark.parametrize("seed", range(12))
def test_a_mixture_of_everything(tmp_path: Path, seed: int) -> None:
    same_as_screen(mixed_input(tmp_path / "in", seed), tmp_path / "out")


def test_a_record_is_read_as_of_the_day_of_screening() -> None:
    born = Record("Patient/p1", "p1.json", {"resourceType": "Patient", "id": "p1", "birthDate": "1900-01-01"})
    problems: list[InputProblem] = []
    Bench(job()).chart(born, problems)
    assert ["more than 120 years before 2026-11-20" in problem.reason for problem in problems] == [True]
