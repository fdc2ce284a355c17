"""Whatever a Bundle's parts are replaced by, reading ends in records and problems, never in an exception."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.errors import InputError

BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "searchset",
    "total": 6,
    "link": [{"relation": "self", "url": "http://x.example"}],
    "entry": [
        {
            "fullUrl": "http://x.example/Patient/p1",
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "meta": {"versionId": "1", "lastUpdated": "2024-01-01T00:00:00Z"},
                "identifier": [{"system": "urn:x", "value": "1"}],
                "birthDate": "1980-01-01",
                "gender": "male",
            },
            "search": {"mode": "match"},
        },
        {"resource": {"resourceType": "Patient", "id": "p1", "meta": {"versionId": "2"}, "deceasedBoolean": True}},
        {
            "fullUrl": "urn:uuid:1",
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "subject": {"reference": "Patient/p1", "identifier": {"system": "urn:x", "value": "1"}},
                "contained": [{"resourceType": "Observation", "id": "o", "subject": {"reference": "#p"}}],
            },
            "request": {"method": "PUT", "url": "Condition/c1"},
            "response": {"status": "200", "etag": 'W/"1"', "lastModified": "2024-01-01T00:00:00Z"},
        },
        {"resource": {"resourceType": "Condition", "id": "c1", "subject": {"reference": "urn:uuid:1"}}},
        {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}},
        {
            "resource": {
                "resourceType": "Bundle",
                "type": "history",
                "entry": [{"fullUrl": "Patient/p1", "request": {}}],
            }
        },
    ],
}
KINDS = st.sampled_from(["searchset", "history", "transaction", "batch-response", None])
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, 1.5, -(2**60), "", "#", "x", "Patient/p1", "urn:", "\udc80", [], [None], ["x"], [[]], {}, {"a": {}}]
) | st.sampled_from(["resourceType", "Bundle", "Patient", "Observation", "DELETE", "404", "next"])


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(item, (*here, key))


PATHS = st.sampled_from(list(paths(BUNDLE)))


def mutated(changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    value = copy.deepcopy(BUNDLE)
    for path, replacement in changes:
        parent: Any = value
        for key in path[:-1]:
            try:
                parent = parent[key]
            except (KeyError, IndexError, TypeError):
                break
        else:
            last = path[-1]
            in_list = isinstance(parent, list) and isinstance(last, int) and last < len(parent)
            if in_list or (isinstance(parent, dict) and isinstance(last, str)):
                parent[last] = copy.deepcopy(replacement)
    return value


@given(kind=KINDS, changes=st.lists(st.tuples(PATHS, ODD), min_size=1, max_size=6))
@settings(max_examples=300)
def test_a_bundle_of_any_shape(kind: str | None, changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    problems: list[InputProblem] = []
    found = records_of_bundle(mutated([(("type",), kind), *changes]), "b.json", problems.append)
    for one in found:
        assert one.record.patient
        assert all(isinstance(resource, dict) for _, resource in one.record.resources)
        assert one.patient_id is not None
    assert all(isinstance(problem.reason, str) and problem.reason for problem in problems)


@given(lines=st.lists(st.lists(st.tuples(PATHS, ODD), max_size=3), min_size=1, max_size=3), split=st.booleans())
@settings(max_examples=100)
def test_files_of_any_shape(tmp_path_factory: pytest.TempPathFactory, lines: Any, split: bool) -> None:
    values = [mutated(changes) for changes in lines]
    texts = [json.dumps(value) for value in values]
    if split:
        texts = [
            json.dumps(entry["resource"])
            for value in values
            for entry in (value["entry"] if isinstance(value.get("entry"), list) else ())
            if isinstance(entry, dict) and "resource" in entry
        ]
    file: Path = tmp_path_factory.mktemp("any") / "a.ndjson"
    file.write_text("\n".join(texts))
    problems: list[InputProblem] = []
    try:
        records = list(read_records([str(file)], problems))
    except InputError:
        return
    assert all(record.patient and record.source for record in records)


@given(content=st.binary(max_size=200))
@settings(max_examples=200)
def test_a_file_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file: Path = tmp_path_factory.mktemp("bytes") / "a.json"
    for before in (b"", b"\x1f\x8b", b"\xff\xfe", b"\xef\xbb\xbf", b"{\x00"):
        file.write_bytes(before + content)
        problems: list[InputProblem] = []
        with pytest.raises(InputError, match="no usable FHIR"):
            list(read_records([str(file)], problems))
        assert len(problems) == 1
