"""Results as JSON, NDJSON and CSV, written as the patients are done."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO, Protocol

from trialsieve.engine.outcome import Evidence
from trialsieve.engine.result import CriterionResult, ScreeningResult, result_bytes
from trialsieve.service.text.words import holds_words

CSV_COLUMNS = (
    "patient",
    "source",
    "trial",
    "as_of",
    "verdict",
    "criterion",
    "kind",
    "stage",
    "cohort",
    "text",
    "applies",
    "holds",
    "effect",
    "reasons",
    "explanation",
    "evidence",
    "evidence_says",
    "assumptions",
    "cautions",
    "rules_version",
    "rules_sha256",
    "changes_on",
)
"""Documented in docs/cli.md; columns are only ever added, at the end."""

SEPARATOR = " | "


class ResultWriter(Protocol):
    """Takes results one patient at a time."""

    def write(self, results: Iterable[ScreeningResult]) -> None: ...

    def close(self) -> None: ...


class NdjsonWriter:
    """One result object a line."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, results: Iterable[ScreeningResult]) -> None:
        for result in results:
            self._stream.write(result_bytes(result) + b"\n")

    def close(self) -> None:
        self._stream.flush()


class JsonWriter:
    """One array of result objects, one a line."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lead = b"[\n"

    def write(self, results: Iterable[ScreeningResult]) -> None:
        for result in results:
            self._stream.write(self._lead + result_bytes(result))
            self._lead = b",\n"

    def close(self) -> None:
        self._stream.write(b"[]\n" if self._lead == b"[\n" else b"\n]\n")
        self._stream.flush()


class CsvWriter:
    """One row per patient, trial and criterion (RFC 4180, UTF-8)."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._row([*CSV_COLUMNS])

    def write(self, results: Iterable[ScreeningResult]) -> None:
        for result in results:
            for criterion in result.criteria:
                self._row([safe_cell(cell) for cell in csv_row(result, criterion)])

    def close(self) -> None:
        self._stream.flush()

    def _row(self, cells: list[str]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(cells)
        self._stream.write(text.getvalue().encode("utf-8", "backslashreplace"))


def csv_row(result: ScreeningResult, criterion: CriterionResult) -> tuple[str, ...]:
    """The cells of one criterion, in the order of CSV_COLUMNS."""
    return (
        result.patient,
        result.source,
        result.trial,
        result.as_of,
        result.verdict.value,
        criterion.id,
        criterion.kind.value,
        criterion.stage,
        criterion.cohort,
        criterion.text,
        "true" if criterion.applies else "false",
        holds_words(criterion.holds),
        criterion.effect.value,
        SEPARATOR.join(reason.value for reason in criterion.reasons),
        criterion.explanation,
        SEPARATOR.join(references(criterion.evidence)),
        SEPARATOR.join(item.says for item in criterion.evidence),
        SEPARATOR.join(criterion.assumptions),
        SEPARATOR.join((*result.cautions, *criterion.cautions)),
        result.rules_version,
        result.rules_sha256,
        criterion.changes_on or "",
    )


def references(evidence: Iterable[Evidence]) -> list[str]:
    """Each referenced resource once, in order."""
    return list(dict.fromkeys(item.reference for item in evidence))


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that could begin one gets an apostrophe in front."""
    begins = cell.lstrip(" \u00a0\ufeff")[:1]
    return f"'{cell}" if begins in FORMULA_STARTS and begins else cell


# Full-width forms too: some spreadsheets fold them to ASCII.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
