"""The formats that tables are written in, some rows at a time: Parquet, and those for programs that cannot read it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from trialsieve.service.batch.manifest import MANIFEST, sizes_of
from trialsieve.service.batch.tables import SCHEMAS
from trialsieve.service.batch.workspace import write_json
from trialsieve.service.output.writers import FORMULA_STARTS

Write = Callable[[pa.Table], None]
PARQUET: Final = "parquet"
_BETWEEN: Final = " "
_BATCH: Final = 10_000
_FORMULA: Final = rf"^([ \x{{a0}}\x{{feff}}]*[{''.join(map(re.escape, sorted(FORMULA_STARTS)))}])"
"""A text that `output.safe_cell` would put an apostrophe in front of."""


@contextlib.contextmanager
def parquet_writer(path: Path, schema: pa.Schema) -> Iterator[Write]:
    """A Parquet file; what is written at one time becomes a row group."""
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_index=True) as writer:
        yield lambda table: writer.write_table(table) if len(table) else None


@contextlib.contextmanager
def ndjson_writer(path: Path, schema: pa.Schema) -> Iterator[Write]:
    """One row a line, its fields by name."""
    with path.open("wb") as stream:

        def write(table: pa.Table) -> None:
            for batch in table.to_batches(max_chunksize=_BATCH):
                for row in batch.to_pylist():
                    stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

        yield write


@contextlib.contextmanager
def csv_writer(path: Path, schema: pa.Schema) -> Iterator[Write]:
    """Comma-separated, a header first; the items of a list are joined (names by a blank, sentences by a line break)."""
    plain = pa.schema([pa.field(each.name, pa.string()) if pa.types.is_list(each.type) else each for each in schema])
    with pa.csv.CSVWriter(path, plain) as writer:

        def write(table: pa.Table) -> None:
            columns = [_plain(schema.field(name), table[name]) for name in table.column_names]
            writer.write_table(pa.table(columns, schema=plain))

        yield write


def _plain(field: Any, column: Any) -> Any:
    if pa.types.is_list(field.type):
        between = "\n" if field.name == "cautions" else _BETWEEN
        column = pa.array([between.join(items) for items in column.to_pylist()], pa.string())
    return safe_cells(column)


def safe_cells(column: Any) -> Any:
    """A column for CSV: in it no spreadsheet takes a text for a formula."""
    if not pa.types.is_string(column.type):
        return column
    return pc.replace_substring_regex(column, _FORMULA, r"'\1")


Writer = Callable[[Path, pa.Schema], contextlib.AbstractContextManager[Write]]
WRITERS: Final[dict[str, Writer]] = {PARQUET: parquet_writer, "ndjson": ndjson_writer, "csv": csv_writer}


def table_file(table: str, number: int, suffix: str) -> str:
    """Where a run has a file of a table, by its format."""
    path = f"{table}/{number:05}.{suffix}"
    return path if suffix == PARQUET else f"{suffix}/{path}"


def add_formats(out: Path, manifest: dict[str, Any], wanted: Sequence[str]) -> None:
    """Writes the tables of a finished run in formats that it was not asked for then, and tells it in its manifest."""
    outputs: dict[str, list[str]] = manifest["outputs"]
    missing = [suffix for suffix in wanted if not any(path.endswith(f".{suffix}") for path in outputs["verdicts"])]
    for suffix in missing:
        for name in SCHEMAS:
            parquet = [path for path in outputs[name] if path.endswith(f".{PARQUET}")]
            for number, path in enumerate(parquet):
                further = out / table_file(name, number, suffix)
                further.parent.mkdir(parents=True, exist_ok=True)
                file = pq.ParquetFile(out / path)
                with WRITERS[suffix](further, SCHEMAS[name]) as write:
                    for batch in file.iter_batches():
                        write(pa.Table.from_batches([batch]).cast(SCHEMAS[name]))
                outputs[name].append(table_file(name, number, suffix))
    if missing:
        manifest["output_bytes"] = sizes_of(out, outputs)
        write_json(out / MANIFEST, manifest)
