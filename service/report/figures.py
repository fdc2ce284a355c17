"""The report's numbers as tables, for programs and for checking the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from trialsieve.service.batch.formats import safe_cells
from trialsieve.service.report.attrition import Funnel
from trialsieve.service.report.disclosure import Disclosure
from trialsieve.service.report.worklist import Candidate, Missing

_COUNTS = ("lost", "open", "kept", "fails", "unknown", "alone", "gained", "last_open")
_SHARES = frozenset({"lost", "alone", "gained", "last_open"})  # of a patient, at one criterion at most


def attrition_rows(trial: str, made: list[Funnel], disclosure: Disclosure) -> list[dict[str, Any]]:
    """A row for each step of each funnel; a hidden count is null."""
    return [
        {"trial": trial, "cohort": funnel.cohort, "step": number, "criterion": step.name}
        | {"patients": disclosure.figure(funnel.patients)}
        | {name: _figure(disclosure, name, getattr(step, name)) for name in _COUNTS}
        for funnel in made
        for number, step in enumerate(funnel.steps)
    ]


def _figure(disclosure: Disclosure, name: str, count: int) -> int | None:
    return disclosure.share(count) if name in _SHARES else disclosure.figure(count)


def missing_rows(trial: str, missing: list[Missing], disclosure: Disclosure) -> list[dict[str, Any]]:
    """A row for each thing that is missing."""
    return [
        {
            "trial": trial,
            "criterion": each.criterion,
            "atom": each.atom,
            "reasons": " ".join(each.reasons),
            "patients": disclosure.figure(each.patients),
            "nearly": disclosure.figure(each.nearly),
        }
        for each in missing
    ]


def worklist_rows(trial: str, worklist: list[Candidate]) -> list[dict[str, Any]]:
    """A row for each patient of the worklist; never part of a de-identified report."""
    return [
        {
            "trial": trial,
            "rank": rank,
            "patient": each.patient,
            "source": each.source,
            "verdict": each.verdict,
            "open_data": each.open_data,
            "open_judgement": each.open_judgement,
            "open_registry": each.open_registry,
            "open": " ".join(dict.fromkeys(item.criterion for item in each.items)),
            "cautions": "\n".join(each.cautions),
            "held_data": " ".join(each.held_data),
            "would_fail": " ".join(each.would_fail),
        }
        for rank, each in enumerate(worklist, start=1)
    ]


def write_figures(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """The rows as `NAME.csv` and `NAME.parquet`. Without any, none of an earlier report stays: it may name patients."""
    if not rows:
        for suffix in ("csv", "parquet"):
            (folder / f"{name}.{suffix}").unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows)
    safe = pa.table({column: safe_cells(table[column]) for column in table.column_names})
    pa.csv.write_csv(safe, folder / f"{name}.csv")
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
