"""The tables in formats beside Parquet, for programs that cannot read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.csv

_BETWEEN: Final = " "
_BATCH: Final = 10_000


def write_ndjson(path: Path, table: pa.Table) -> None:
    """One row a line, its fields by name."""
    with path.open("wb") as stream:
        for batch in table.to_batches(max_chunksize=_BATCH):
            for row in batch.to_pylist():
                stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def write_csv(path: Path, table: pa.Table) -> None:
    """Comma-separated, a header first; the items of a list are joined (names by a blank, sentences by a line break)."""
    columns = [_plain(table.schema.field(name), table[name]) for name in table.column_names]
    plain = pa.table(columns, names=table.column_names)
    pa.csv.write_csv(plain, path)


def _plain(field: Any, column: Any) -> Any:
    if not pa.types.is_list(field.type):
        return column
    between = "\n" if field.name == "cautions" else _BETWEEN
    return pa.array([between.join(items) for items in column.to_pylist()], pa.string())


WRITERS: Final[dict[str, Callable[[Path, pa.Table], None]]] = {"ndjson": write_ndjson, "csv": write_csv}
