"""The tables that a batch run writes: their schemas.

Each schema's field descriptions are the documentation (docs/batch.md shows them). Rows stand in the order of the input;
nothing in them depends on when or by how many processes they were made.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

PLACE: Final = "place"
"""The column that rows are ordered by while a run goes on; it is not in what the run leaves."""
PROBLEMS: Final = "problems"


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
            _field(
                "held_data",
                pa.list_(pa.string()),
                "the criteria of the nearest arm that are on hold and lack data too; `open_data` does not count them",
            ),
            _field(
                "would_fail",
                pa.list_(pa.string()),
                "the criteria of the nearest arm on hold that would fail as their text is presumed to be meant",
            ),
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
            _field(
                "open", pa.list_(pa.string()), "what is unknown, also where it is ineligible; `patient`: one not in use"
            ),
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
    PROBLEMS: pa.schema(
        [
            _field("source", pa.string(), "the file, and line, as given on the command line"),
            _field("reference", pa.string(), "the resource, or empty for a whole line or file"),
            _field("reason", pa.string(), "why it could not be used"),
            _field("notice", pa.bool_(), "true: all was read, and a person should know this"),
        ]
    ),
}


PLACED: Final[dict[str, pa.Schema]] = {
    name: schema.insert(0, pa.field(PLACE, pa.int64(), nullable=False)) for name, schema in SCHEMAS.items()
}
"""The schemas while a run goes on: the place of each row comes first."""


def utf8(text: str) -> str:
    """A file's name as tables can hold it: bytes that are no UTF-8 are shown as `\\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode()
