"""JSON, NDJSON and CSV: complete, in order, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from trialsieve.engine.result import ScreeningResult
from trialsieve.rules.vocabulary import Effect, Reason
from trialsieve.service.output.writers import CSV_COLUMNS, CsvWriter, JsonWriter, NdjsonWriter, safe_cell

Result = Callable[..., ScreeningResult]
Criterion = Callable[..., Any]


def written(writer: type[CsvWriter | JsonWriter | NdjsonWriter], *patients: list[ScreeningResult]) -> str:
    stream = io.BytesIO()
    opened = writer(stream)
    for results in patients:
        opened.write(results)
    opened.close()
    return stream.getvalue().decode()


def test_json_is_one_array(result: Result, check_result: Callable[[Any], None]) -> None:
    array = json.loads(written(JsonWriter, [result(patient="Patient/p1")], [result(patient="Patient/p2")]))
    assert [one["patient"] for one in array] == ["Patient/p1", "Patient/p2"]
    for one in array:
        check_result(one)


def test_json_without_results_is_an_empty_array() -> None:
    assert json.loads(written(JsonWriter)) == []
    assert json.loads(written(JsonWriter, [])) == []


def test_ndjson_is_one_object_a_line(result: Result, check_result: Callable[[Any], None]) -> None:
    lines = written(NdjsonWriter, [result()], [result(patient="Patient/p2")]).splitlines()
    assert len(lines) == 2
    for line in lines:
        check_result(json.loads(line))


def test_a_file_name_that_is_not_utf8_does_not_break_json(result: Result) -> None:
    named = replace(result(), source="caf\udce9.json")
    assert json.loads(written(NdjsonWriter, [named]))["source"] == "caf\\udce9.json"


def test_csv_has_one_row_per_criterion_under_documented_columns(result: Result, criterion: Criterion) -> None:
    given = result(
        criterion("I02", evidence={"Patient/p1": "born 1980-05-04"}),
        criterion("I03", Effect.REVIEW, reasons=(Reason.NO_DATA, Reason.STALE)),
    )
    rows = list(csv.DictReader(io.StringIO(written(CsvWriter, [given]), newline="")))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [(row["criterion"], row["holds"], row["effect"]) for row in rows] == [
        ("I02", "true", "pass"),
        ("I03", "unknown", "review"),
    ]
    assert rows[0]["evidence"] == "Patient/p1"
    assert rows[1]["reasons"] == "no-data | stale"
    assert {row["verdict"] for row in rows} == {"needs-review"}


def test_csv_says_on_which_day_time_alone_changes_a_criterion(result: Result, criterion: Criterion) -> None:
    given = result(replace(criterion("X04", Effect.FAIL), changes_on="2027-02-02"), criterion("X05", Effect.FAIL))
    rows = list(csv.DictReader(io.StringIO(written(CsvWriter, [given]), newline="")))
    assert [(row["criterion"], row["changes_on"]) for row in rows] == [("X04", "2027-02-02"), ("X05", "")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\u00a0+"])
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(start: str) -> None:
    assert safe_cell(f'{start}cmd|"/c calc"!A1') == f'\'{start}cmd|"/c calc"!A1'


@pytest.mark.parametrize("cell", ["", "LVEF 55 %", "2026-11-20", "a=b", "Patient/p1", "<0.01"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_formulas_in_a_record_do_not_reach_the_spreadsheet(result: Result, criterion: Criterion) -> None:
    harmful = criterion("I02", explanation='=HYPERLINK("http://example.org","x")', evidence={"Patient/p1": "+1+1"})
    rows = list(csv.reader(io.StringIO(written(CsvWriter, [result(harmful, patient="@SUM(A1)")]), newline="")))
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in set("=+-@")]


def test_line_breaks_and_quotes_survive_csv(result: Result, criterion: Criterion) -> None:
    text = 'first\nsecond, "quoted"'
    rows = list(csv.DictReader(io.StringIO(written(CsvWriter, [result(criterion("I02", text=text))]), newline="")))
    assert rows[0]["text"] == text
