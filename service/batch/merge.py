"""The parts' tables into those that a run leaves: in the order of the input, in files of so many records each.

How many parts there were, and who made them, shows nowhere: the same input and question give the same bytes. The rows
of a file are brought together a few records at a time, so that memory does not grow with the file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trialsieve.service.batch.tables import PLACE, PLACED, PROBLEMS, RECORD
from trialsieve.service.batch.workspace import EXPLAINED, Workspace, read_table

_AT_A_TIME: Final = 500
"""Records that are brought together at one time."""
_BEYOND: Final = 1 << 62

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one file of each table holds: places from the first of `cuts` to before the last, and the parts that have
    any there. Between two cuts lies what is brought together at one time.
    """

    number: int
    cuts: tuple[int, ...]
    parts: tuple[str, ...]


class Merge:
    """The finished parts of a run, to be written out as a whole."""

    def __init__(self, workspace: Workspace, parts: Sequence[str], records_a_file: int) -> None:
        self._workspace = workspace
        self._records_a_file = records_a_file
        self._bounds: dict[str, tuple[int, int]] = {}
        self._numbers: dict[str, Numbers] = {}
        places = {part: self._places_of(part) for part in parts}
        every = np.concatenate([np.empty(0, np.int64), *places.values()])
        order = np.argsort(every, kind="stable")
        numbers = np.empty_like(order)
        numbers[order] = np.arange(1, len(order) + 1)
        self._places: Numbers = every[order]
        start = 0
        for part, found in places.items():
            self._numbers[part] = numbers[start : start + len(found)]
            start += len(found)
        self._told_first = self._first_of_each_problem(parts)

    def stretches(self) -> Iterator[Stretch]:
        """All places, cut into stretches of so many records each."""
        step = self._records_a_file
        limits = [-1, *self._cuts(step, len(self._places), step), _BEYOND]
        for number, (start, end) in enumerate(pairwise(limits)):
            low, high = (int(np.searchsorted(self._places, each)) for each in (start, end))
            cuts = (start, *(cut for cut in self._cuts(low + _AT_A_TIME, high, _AT_A_TIME) if cut > start), end)
            parts = [part for part, (first, last) in self._bounds.items() if first < end and last >= start]
            yield Stretch(number, cuts, tuple(parts))

    def _cuts(self, first: int, end: int, step: int) -> list[int]:
        """Places of every so many records; records of one place stay together."""
        return list(dict.fromkeys(int(self._places[number]) for number in range(first, end, step)))

    def rows(self, stretch: Stretch, table: str) -> Iterator[pa.Table]:
        """The rows of one table for a stretch, some at a time, in the order of the input, without their places."""
        cuts = {
            part: np.searchsorted(self._table(part, table)[PLACE].to_numpy(), stretch.cuts) for part in stretch.parts
        }
        for first in range(len(stretch.cuts) - 1):
            ends = {part: (each[first], each[first + 1]) for part, each in cuts.items()}
            some = {part: (start, end) for part, (start, end) in ends.items() if start < end}
            if some:
                yield _in_order(self._copied(some, table))

    def _copied(self, ends: Mapping[str, tuple[int, int]], table: str) -> pa.Table:
        """So many rows of each part, one part after the other. They are copied: what is mapped counts as memory."""
        copies = pa.BufferOutputStream()
        with contextlib.ExitStack() as opened:
            writer: Any = None
            for part, (start, end) in ends.items():
                rows = self._numbered(part, self._table(part, table).slice(start, end - start))
                if table == PROBLEMS:
                    rows = rows.filter(pa.array(self._told_first[part][start:end]))
                if writer is None:
                    writer = opened.enter_context(pa.ipc.new_stream(copies, rows.schema))
                writer.write_batch(rows)
        return pa.ipc.open_stream(copies.getvalue()).read_all()

    def explained(self, stretch: Stretch) -> Iterator[bytes]:
        """The whole results for a stretch, each packed for itself, in the order of the input."""
        wanted: list[tuple[int, int, str, int, int]] = []
        for number, part in enumerate(stretch.parts):
            offset = 0
            for place, length in self._workspace.done(part).explained:
                if stretch.cuts[0] <= place < stretch.cuts[-1]:
                    wanted.append((place, number, part, offset, length))
                offset += length
        wanted.sort()
        for _, _, part, offset, length in wanted:
            with (self._workspace.part(part) / EXPLAINED).open("rb") as stream:
                stream.seek(offset)
                yield stream.read(length)

    def _places_of(self, part: str) -> Numbers:
        """The place of each of the part's records, by the number that the part gave it."""
        verdicts = self._table(part, "verdicts")
        records, rows = verdicts[RECORD].to_numpy(), verdicts[PLACE].to_numpy()
        places = np.empty(int(records.max()) + 1 if len(records) else 0, np.int64)
        places[records] = rows
        told = self._table(part, "problems")[PLACE].to_numpy()
        if len(places) or len(told):
            ends = [int(each) for column in (rows, told) if len(column) for each in (column[0], column[-1])]
            self._bounds[part] = (min(ends), max(ends))
        return places

    def _first_of_each_problem(self, parts: Sequence[str]) -> dict[str, npt.NDArray[np.bool_]]:
        """Of each part's problems which are told for the first time: a resource may be in the records of several
        patients, or several have its id, wherever these are screened. Only hashes are held of all of them.
        """
        tables = [self._table(part, PROBLEMS) for part in parts]
        lengths = [len(table) for table in tables]
        hashes = np.fromiter(chain.from_iterable(map(_hashes, tables)), np.int64, sum(lengths))
        places = np.concatenate([np.empty(0, np.int64), *(table[PLACE].to_numpy() for table in tables)])
        order = np.argsort(places, kind="stable")
        told_first = np.zeros(len(order), dtype=bool)
        told_first[order[np.unique(hashes[order], return_index=True)[1]]] = True
        return dict(zip(parts, np.split(told_first, np.cumsum(lengths)[:-1]), strict=True))

    def _numbered(self, part: str, rows: pa.RecordBatch) -> pa.RecordBatch:
        """With the records' numbers in the whole run."""
        column = rows.schema.get_field_index(RECORD)
        if column < 0:
            return rows
        numbers = self._numbers[part][rows[RECORD].to_numpy()]
        return rows.set_column(column, rows.schema.field(column), pa.array(numbers, pa.int64()))

    def _table(self, part: str, table: str) -> pa.RecordBatch:
        return read_table(self._workspace.part(part) / f"{table}.arrow", PLACED[table])


def _hashes(problems: pa.RecordBatch) -> Iterator[int]:
    """Of each problem; whether it is a notice tells none apart (`InputProblem`)."""
    return map(hash, zip(*(problems[name].to_pylist() for name in ("source", "reference", "reason")), strict=True))


def _in_order(rows: pa.Table) -> pa.Table:
    """The rows sorted by place, without their places."""
    return rows.drop_columns([PLACE]).take(pc.sort_indices(rows[PLACE])).combine_chunks()
