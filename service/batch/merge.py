"""The parts' tables into those that a run leaves: in the order of the input, in files of so many patients each.

How many parts there were, and who made them, shows nowhere: the same input and question give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trialsieve.service.batch.tables import PLACE, SCHEMAS
from trialsieve.service.batch.workspace import EXPLAINED, Workspace, read_table

_ROW_GROUP: Final = 250_000
_BEYOND: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places from `start` to before `end`, and the parts that have any there."""

    number: int
    start: int
    end: int
    parts: tuple[str, ...]


class Merge:
    """The finished parts of a run, to be written out as a whole."""

    def __init__(self, workspace: Workspace, parts: Sequence[str], records_a_file: int) -> None:
        self._workspace = workspace
        self._records_a_file = records_a_file
        self._bounds: dict[str, tuple[int, int]] = {}
        places: list[pa.Array] = []
        for part in parts:
            column = self._table(part, "verdicts")[PLACE]
            if len(column):
                places.append(pc.unique(column))
                self._bounds[part] = (column[0].as_py(), column[-1].as_py())
            problems = self._table(part, "problems")[PLACE]
            if len(problems):
                low, high = problems[0].as_py(), problems[-1].as_py()
                known = self._bounds.get(part, (low, high))
                self._bounds[part] = (min(low, known[0]), max(high, known[1]))
        every = pc.unique(pa.concat_arrays([pa.array([], pa.int64()), *places]))
        self._places = every.take(pc.sort_indices(every))

    def stretches(self) -> Iterator[Stretch]:
        """All places, cut into stretches of so many records each."""
        step = self._records_a_file
        cuts = [self._places[number].as_py() for number in range(step, len(self._places), step)]
        limits = [-1, *cuts, _BEYOND]
        for number, (start, end) in enumerate(pairwise(limits)):
            parts = [part for part, (low, high) in self._bounds.items() if low < end and high >= start]
            yield Stretch(number, start, end, tuple(parts))

    def rows(self, stretch: Stretch, table: str) -> pa.Table:
        """The rows of one table for a stretch, in the order of the input, without their places."""
        found = [self._within(self._table(part, table), stretch) for part in stretch.parts]
        whole = pa.concat_tables([one for one in found if one.num_rows] or [self._empty(table)])
        whole = whole.take(pc.sort_indices(whole[PLACE])) if len(found) > 1 else whole
        return whole.drop_columns([PLACE]).combine_chunks()

    def explained(self, stretch: Stretch) -> Iterator[bytes]:
        """The whole results for a stretch, each packed for itself, in the order of the input."""
        wanted: list[tuple[int, int, str, int, int]] = []
        for number, part in enumerate(stretch.parts):
            offset = 0
            for place, length in self._workspace.done(part).explained:
                if stretch.start <= place < stretch.end:
                    wanted.append((place, number, part, offset, length))
                offset += length
        wanted.sort()
        for _, _, part, offset, length in wanted:
            with (self._workspace.part(part) / EXPLAINED).open("rb") as stream:
                stream.seek(offset)
                yield stream.read(length)

    def _table(self, part: str, table: str) -> pa.Table:
        return read_table(self._workspace.part(part) / f"{table}.arrow")

    @staticmethod
    def _empty(table: str) -> pa.Table:
        return SCHEMAS[table].insert(0, pa.field(PLACE, pa.int64(), nullable=False)).empty_table()

    @staticmethod
    def _within(table: pa.Table, stretch: Stretch) -> pa.Table:
        here = pc.and_(pc.greater_equal(table[PLACE], stretch.start), pc.less(table[PLACE], stretch.end))
        return table.filter(here)


def write_parquet(path: Path, table: pa.Table) -> None:
    """One file of a table."""
    pq.write_table(table, path, compression="zstd", row_group_size=_ROW_GROUP, write_page_index=True)
