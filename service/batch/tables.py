"""The tables that a batch run writes: their schemas, and the rows of one patient's results.

Each schema's field descriptions are the documentation (docs/batch.md shows them). Rows stand in the order of the input;
nothing in them depends on when or by how many processes they were made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from trialsieve.engine.result import ArmResult, CriterionResult, ScreeningResult
from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.rules.model import SCREENING
from trialsieve.rules.vocabulary import Effect, Reason, Verdict

PLACE: Final = "place"
"""The column that rows are ordered by while a run goes on; it is not in what the run leaves."""


def _field(name: str, kind: pa.DataType, says: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": says})


_PATIENT = _field("patient", pa.string(), "the patient, as results name it: `Patient/p1`")
RECORD: Final = "record"
_RECORD = _field(RECORD, pa.int64(), "the record, counted from 1 in the order of the input; tells namesakes apart")
_TRIAL = _field("trial", pa.string(), "the trial's id")
_CRITERION = _field("criterion", pa.string(), "the criterion's id within its trial")
_REASONS = _field("reasons", pa.list_(pa.string()), "why it is unknown; empty where it is known")
_CHANGES = _field("changes_on", pa.date32(), "the day on which a window passes, if one is known", nullable=True)

SCHEMAS: Final[dict[str, pa.Schema]] = {
    "verdicts": pa.schema(
        [
            _RECORD,
            _PATIENT,
            _field("source", pa.string(), "the file, and line, that the record was read from"),
            _TRIAL,
            _field("verdict", pa.string(), "eligible, ineligible or needs-review, over the arms at screening"),
            _field(
                "limiting",
                pa.list_(pa.string()),
                "what decides the nearest arm: criteria, `cohort`, `deceased`",
            ),
            _field("failing", pa.int16(), "how many criteria fail"),
            _field("open_data", pa.int16(), "how many criteria of the nearest arm are open and wait for data"),
            _field("open_judgement", pa.int16(), "how many of these wait for nothing but a person's judgement"),
            _field("open_registry", pa.int16(), "how many of these wait for a correction of the registry's text"),
            _field("passing", pa.int16(), "how many criteria pass"),
            _field("cautions", pa.list_(pa.string()), "what a person must see although it changes nothing"),
        ]
    ),
    "arms": pa.schema(
        [
            _RECORD,
            _PATIENT,
            _TRIAL,
            _field("cohort", pa.string(), "the cohort, `all` where the trial has none"),
            _field("stage", pa.string(), "the stage up to which criteria were looked at"),
            _field("verdict", pa.string(), "the arm's verdict"),
            _field("limiting", pa.list_(pa.string()), "what decides it"),
        ]
    ),
    "criteria": pa.schema(
        [
            _RECORD,
            _PATIENT,
            _TRIAL,
            _CRITERION,
            _field("effect", pa.string(), "pass, fail or review"),
            _field("holds", pa.bool_(), "is the sentence true of this patient? null: unknown", nullable=True),
            _field("applies", pa.bool_(), "whether the criterion can apply to this patient"),
            _REASONS,
            _CHANGES,
        ]
    ),
    "open_items": pa.schema(
        [
            _RECORD,
            _PATIENT,
            _TRIAL,
            _CRITERION,
            _field("atom", pa.string(), "the part of the criterion that is unknown; `*` where the whole is"),
            _field("waits_for", pa.string(), "what the whole criterion waits for: data, judgement or registry"),
            _REASONS,
            _field("explanation", pa.string(), "what is missing, in words; names values of the record"),
            _CHANGES,
        ]
    ),
    "problems": pa.schema(
        [
            _field("source", pa.string(), "the file, and line, as given on the command line"),
            _field("reference", pa.string(), "the resource, or empty for a whole line or file"),
            _field("reason", pa.string(), "why it could not be used"),
            _field("notice", pa.bool_(), "true: all was read, and a person should know this"),
        ]
    ),
}
WHOLE: Final = "*"


class Rows:
    """Rows of all tables in the making, with the place of each."""

    def __init__(self) -> None:
        self._columns: dict[str, list[list[Any]]] = {
            name: [[] for _ in range(len(schema) + 1)] for name, schema in SCHEMAS.items()
        }
        self._record = 0

    def add(self, place: int, results: Sequence[ScreeningResult]) -> None:
        """What a patient's results say. Records count within the part until the parts are brought together."""
        for result in results:
            self._verdict(place, result)
            self._criteria(place, result)
        self._record += 1

    def problem(self, place: int, problem: InputProblem) -> None:
        """Something that could not be used."""
        self._row("problems", place, utf8(problem.source), problem.reference, problem.reason, problem.notice)

    def tables(self) -> dict[str, pa.Table]:
        """The tables, each with the column `place` before its own."""
        made: dict[str, pa.Table] = {}
        for name, schema in SCHEMAS.items():
            with_place = schema.insert(0, pa.field(PLACE, pa.int64(), nullable=False))
            columns = [
                _array(values, field.type) for values, field in zip(self._columns[name], with_place, strict=True)
            ]
            made[name] = pa.Table.from_arrays(columns, schema=with_place)
        return made

    def _row(self, table: str, *values: object) -> None:
        for column, value in zip(self._columns[table], values, strict=True):
            column.append(value)

    def _verdict(self, place: int, result: ScreeningResult) -> None:
        effects = [criterion.effect for criterion in result.criteria]
        nearest = _nearest(result.arms)
        self._row(
            "verdicts",
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
        )
        for arm in result.arms:
            named = (place, self._record, result.patient, result.trial)
            self._row("arms", *named, arm.cohort, arm.stage, arm.verdict.value, arm.limiting)

    def _criteria(self, place: int, result: ScreeningResult) -> None:
        patient, trial = result.patient, result.trial
        places, records, patients, trials, names, effects, holds, applies, reasons, changes = self._columns["criteria"]
        for criterion in result.criteria:
            places.append(place)
            records.append(self._record)
            patients.append(patient)
            trials.append(trial)
            names.append(criterion.id)
            effects.append(criterion.effect.value)
            holds.append(criterion.holds)
            applies.append(criterion.applies)
            reasons.append([reason.value for reason in criterion.reasons] if criterion.reasons else ())
            changes.append(criterion.changes_on)
            if criterion.effect is Effect.REVIEW:
                self._open(place, result, criterion, _waits_for(criterion))

    def _open(self, place: int, result: ScreeningResult, criterion: CriterionResult, waits_for: str) -> None:
        wanting = [
            atom
            for atom in criterion.atoms
            if atom.operand and atom.holds is None and set(atom.reasons) & set(criterion.reasons)
        ]
        whole = (WHOLE, criterion.reasons, criterion.explanation)
        for atom, why, says in [(atom.id, atom.reasons, atom.explanation) for atom in wanting] or [whole]:
            reasons = [reason.value for reason in why]
            self._row(
                "open_items",
                *(place, self._record, result.patient, result.trial, criterion.id, atom),
                *(waits_for, reasons, says, criterion.changes_on),
            )


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.string()).cast(kind) if pa.types.is_date(kind) else pa.array(values, kind)


def _waits_for(criterion: CriterionResult) -> str:
    """What an open criterion waits for, as the arms' `open` sorts them (a dead patient's arms have none)."""
    reasons = set(criterion.reasons)
    if reasons & {Reason.REGISTRY_ERROR, Reason.TRUNCATED}:
        return "registry"
    return "judgement" if reasons == {Reason.JUDGEMENT} else "data"


def _nearest(arms: Sequence[ArmResult]) -> ArmResult:
    """Of the arms at the screening stage the nearest to eligible, as the table of `screen` orders them."""
    order = ("eligible", "needs-review", "ineligible")

    def nearness(arm: ArmResult) -> tuple[int, int, int]:
        waiting = len(arm.open.data), len(arm.open.judgement) + len(arm.open.registry)
        if arm.verdict is Verdict.INELIGIBLE:
            waiting = len(arm.limiting), sum(waiting)
        return (order.index(arm.verdict.value), *waiting)

    return min((arm for arm in arms if arm.stage == SCREENING), key=nearness)


def utf8(text: str) -> str:
    """A file's name as tables can hold it: bytes that are no UTF-8 are shown as `\\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode()
