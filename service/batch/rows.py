"""The rows of patients' results, for the tables that a part of a batch run leaves.

Most results of criteria are the same object from patient to patient. What one says is written down once, and repeated
wherever it stands in a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trialsieve.engine.result import ArmResult, CriterionResult, ScreeningResult
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.vocabulary import Effect, Reason, Verdict
from trialsieve.service.batch.tables import PLACE, PLACED, SCHEMAS, utf8
from trialsieve.service.text.nearness import nearest_arm
from trialsieve.service.text.waiting import HELD, waiting_of

WHOLE: Final = "*"
_OF_RESULT: Final = 4
"""Columns that a table of results begins with: place, record, patient, trial."""
MOST_HELD: Final = 4_000

_Numbers = npt.NDArray[np.int64]


class Rows:
    """Rows of all tables in the making, with the place of each."""

    def __init__(self) -> None:
        self._verdicts = _Columns("verdicts")
        self._arms = _Columns("arms")
        self._problems = _Columns("problems")
        self._results = _Columns("criteria", slice(0, _OF_RESULT))
        self._criteria = _Columns("criteria", slice(_OF_RESULT, None))  # what differs, each once
        self._open = _Columns("open_items", slice(_OF_RESULT, None))
        self._open_counts: list[int] = []  # of each in `_criteria`
        self._rows: list[list[int]] = []  # of each result: where its criteria stand in `_criteria`
        self._known: dict[int, int] = {}  # by the identity of what is held
        self._held: list[CriterionResult] = []
        self._record = 0

    def add(self, place: int, results: Sequence[ScreeningResult], *, in_use: bool) -> None:
        """What a patient's results say. Records count within the part until the parts are brought together.

        Results tell that a Patient is not `in_use` only where nothing else limits an arm; the arms' rows always do.
        """
        unused = () if in_use else ("patient",)
        if len(self._held) > MOST_HELD:
            self._known.clear()
            self._held.clear()
        known = self._known
        for result in results:
            named = (place, self._record, result.patient, result.trial)
            self._results.add(*named)
            criteria = result.criteria
            self._rows.append([known[id(one)] if id(one) in known else self._told(one) for one in criteria])
            self._verdict(place, result)
            for arm in result.arms:
                unknown = (*arm.open.data, *arm.open.judgement, *arm.open.registry, *unused)
                self._arms.add(*named, arm.cohort, arm.stage, arm.verdict.value, arm.limiting, unknown)
        self._record += 1

    def problem(self, place: int, problem: InputProblem) -> None:
        """Something that could not be used."""
        self._problems.add(place, utf8(problem.source), problem.reference, problem.reason, problem.notice)

    def tables(self) -> dict[str, pa.RecordBatch]:
        """The tables, each with the column `place` before its own, and in its order."""
        criteria = np.fromiter(chain.from_iterable(self._rows), np.int64)
        results = np.repeat(np.arange(len(self._rows)), [len(row) for row in self._rows])
        counts = np.array(self._open_counts, np.int64)
        starts = np.cumsum(counts) - counts
        many = counts[criteria] if len(criteria) else criteria
        before = np.repeat(np.cumsum(many) - many, many)
        open_items = np.repeat(starts[criteria] if len(criteria) else criteria, many) + np.arange(many.sum()) - before
        made = {
            "verdicts": self._verdicts.arrays(),
            "arms": self._arms.arrays(),
            "criteria": [*self._results.arrays(results), *self._criteria.arrays(criteria)],
            "open_items": [*self._results.arrays(np.repeat(results, many)), *self._open.arrays(open_items)],
            "problems": self._problems.arrays(),
        }
        return {name: _in_order(pa.RecordBatch.from_arrays(made[name], schema=PLACED[name])) for name in SCHEMAS}

    def _verdict(self, place: int, result: ScreeningResult) -> None:
        effects = [criterion.effect for criterion in result.criteria]
        nearest = nearest_arm(result)
        held_data, would_fail = _on_hold(nearest, result)
        self._verdicts.add(
            place,
            self._record,
            result.patient,
            utf8(result.source),
            result.trial,
            result.verdict.value,
            nearest.limiting,
            effects.count(Effect.FAIL),
            len(nearest.open.data),
            len(nearest.open.judgement),
            len(nearest.open.registry),
            effects.count(Effect.PASS),
            result.cautions,
            held_data,
            would_fail,
        )

    def _told(self, criterion: CriterionResult) -> int:
        """Writes down what a criterion's result says; where. It is held, or another could have its identity."""
        number = self._known[id(criterion)] = len(self._open_counts)
        self._held.append(criterion)
        reasons = [reason.value for reason in criterion.reasons]
        said = (criterion.effect.value, criterion.holds, criterion.applies, reasons, criterion.changes_on)
        self._criteria.add(criterion.id, *said)
        self._open_counts.append(self._tell_open(criterion) if criterion.effect is Effect.REVIEW else 0)
        return number

    def _tell_open(self, criterion: CriterionResult) -> int:
        waits_for = _waits_for(criterion)
        wanting = [
            (atom.id, atom.reasons, atom.explanation)
            for atom in criterion.atoms
            if atom.operand and atom.holds is None and set(atom.reasons) & set(criterion.reasons)
        ]
        told = wanting or [(WHOLE, criterion.reasons, criterion.explanation)]
        for atom, why, says in told:
            reasons = [reason.value for reason in why]
            self._open.add(criterion.id, atom, waits_for, reasons, says, criterion.changes_on)
        return len(told)


class _Columns:
    """Some columns of a table, the place first among all of them."""

    def __init__(self, table: str, which: slice = slice(None)) -> None:
        self._types = [field.type for field in PLACED[table]][which]
        self._values: list[list[Any]] = [[] for _ in self._types]

    def add(self, *row: object) -> None:
        for column, value in zip(self._values, row, strict=True):
            column.append(value)

    def arrays(self, rows: _Numbers | None = None) -> list[pa.Array]:
        """All rows, or those with these numbers, in their order."""
        made = [_array(values, kind) for values, kind in zip(self._values, self._types, strict=True)]
        return made if rows is None else [array.take(pa.array(rows)) for array in made]


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.string()).cast(kind) if pa.types.is_date(kind) else pa.array(values, kind)


def _in_order(table: pa.RecordBatch) -> pa.RecordBatch:
    places = table[PLACE].to_numpy()
    return table if (places[1:] >= places[:-1]).all() else table.sort_by(PLACE)


def _waits_for(criterion: CriterionResult) -> str:
    """What an open criterion waits for, as the arms' `open` sorts them (a dead patient's arms have none)."""
    reasons = set(criterion.reasons)
    if reasons & HELD:
        return "registry"
    return "judgement" if reasons == {Reason.JUDGEMENT} else "data"


def _on_hold(arm: ArmResult, result: ScreeningResult) -> tuple[list[str], Sequence[str]]:
    """Of the criteria on hold in an arm, which lack data too, and which would fail as presumed to be meant."""
    if arm.verdict is not Verdict.NEEDS_REVIEW:
        return [], ()
    waiting = waiting_of(arm, result.criteria)
    return [name for name in waiting.data if name in arm.open.registry], waiting.would_fail
