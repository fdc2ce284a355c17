"""Bulk exports as small as they can be, and the records that are read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]

UUID = "0c3f6a52-7a0e-4d6b-9a55-0d1f0c7a9f10"


def patient(identity: str, **elements: Any) -> Json:
    return {"resourceType": "Patient", "id": identity, **elements}


def about(identity: str, resource_type: str, name: str, **elements: Any) -> Json:
    return {"resourceType": resource_type, "id": name, "subject": {"reference": f"Patient/{identity}"}, **elements}


def write(directory: Path, **files: list[Json]) -> None:
    directory.mkdir(exist_ok=True, parents=True)
    for name, lines in files.items():
        (directory / f"{name.replace('__', '.')}.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))


def read(*paths: Path, covers: frozenset[Kind] = frozenset()) -> tuple[dict[str, Record], list[str]]:
    problems: list[InputProblem] = []
    records = list(read_records([str(path) for path in paths], problems, covers=covers))
    assert len({record.patient for record in records}) == len(records)
    return {record.patient: record for record in records}, [str(problem) for problem in problems]
