"""Of what recurs from patient to patient the tables still have every row, and each says what the whole result says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from batches import SMALL, batch, example_bundles, explained, renamed, write_lines

from trialsieve.service.batch import rows

PATIENTS = 12


def told(result: dict[str, Any], criterion: dict[str, Any]) -> tuple[Any, ...]:
    changes = criterion.get("changes_on")
    said = [criterion[name] for name in ("id", "effect", "holds", "applies", "reasons")]
    return (result["patient"], result["trial"], *said, changes and date.fromisoformat(changes))


def open_atoms(criterion: dict[str, Any]) -> list[tuple[str, list[str], str]]:
    if criterion["effect"] != "review":
        return []
    wanting = [
        (atom["id"], atom["reasons"], atom["explanation"])
        for atom in criterion["atoms"]
        if atom["operand"] and atom["holds"] is None and not set(atom["reasons"]).isdisjoint(criterion["reasons"])
    ]
    return wanting or [("*", criterion["reasons"], criterion["explanation"])]


def open_in(arm: dict[str, Any]) -> list[str]:
    return [name for waits_for in ("data", "judgement", "registry") for name in arm["open"][waits_for]]


def read(out: Path, table: str, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in pq.read_table(out / table).to_pylist()]


@pytest.mark.parametrize("held", [0, 1_000])
def test_every_row_says_what_the_result_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    monkeypatch.setattr(rows, "MOST_HELD", held)
    bundles = [renamed(bundle, number) for number, bundle in enumerate(example_bundles()[:PATIENTS])]
    source = write_lines(tmp_path / "bundles.ndjson", bundles)
    out = tmp_path / "out"
    batch([source], out, sizes=SMALL)
    results = [json.loads(line) for line in explained(out)]
    assert len({result["patient"] for result in results}) == PATIENTS
    assert read(
        out, "criteria", *("patient", "trial", "criterion", "effect", "holds", "applies", "reasons", "changes_on")
    ) == [told(result, criterion) for result in results for criterion in result["criteria"]]
    assert read(out, "open_items", *("patient", "trial", "criterion", "atom", "reasons", "explanation")) == [
        (result["patient"], result["trial"], criterion["id"], *atom)
        for result in results
        for criterion in result["criteria"]
        for atom in open_atoms(criterion)
    ]
    assert read(out, "arms", "patient", "trial", "cohort", "stage", "verdict", "limiting", "open") == [
        (result["patient"], result["trial"], arm["cohort"], arm["stage"], arm["verdict"], arm["limiting"], open_in(arm))
        for result in results
        for arm in result["arms"]
    ]
