"""Three versions of one resource, one of which does not say when it was changed: what counts, whatever their order."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from bundle_parts import PATIENT, Json, bundle, condition, read

from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import Record

Way = Callable[[Path, Sequence[Json]], Record]
KNOWN = {**PATIENT, "identifier": [{"system": "urn:x", "value": "1"}]}
OLD, NEW = {"lastUpdated": "2024-01-01T10:00:00Z"}, {"lastUpdated": "2024-02-01T10:00:00Z"}
FIRST, SECOND = {"versionId": "1"}, {"versionId": "2"}
BOTH = {"lastUpdated": "2024-02-01T10:00:00Z", "versionId": "2"}


def read_from(folder: Path) -> Record:
    (record,) = read_records([str(folder)], [])
    return record


def in_a_bundle(_folder: Path, versions: Sequence[Json]) -> Record:
    records, _ = read(bundle(KNOWN, *versions))
    return records[0]


def in_an_export(folder: Path, versions: Sequence[Json]) -> Record:
    (folder / "lines.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in [KNOWN, *versions]))
    return read_from(folder)


def in_three_bundles(folder: Path, versions: Sequence[Json]) -> Record:
    for number, version in enumerate(versions):
        (folder / f"{number}.json").write_text(json.dumps(bundle(KNOWN, version)))
    return read_from(folder)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("way", [in_a_bundle, in_an_export, in_three_bundles], ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    ("versions", "counting"),
    [
        (((OLD, "a"), (NEW, "b"), ({}, "a")), {"a", "b"}),  # it may have been set back
        (((OLD, "a"), (NEW, "b"), ({}, "b")), {"b"}),
        (((OLD, "a"), (NEW, "b"), ({}, "c")), {"b", "c"}),
        (((OLD, "a"), (NEW, "b"), (BOTH, "b")), {"b"}),
        (((FIRST, "a"), (OLD, "b"), (BOTH, "c")), {"c"}),
        (((FIRST, "a"), (SECOND, "b"), ({"versionId": "3"}, "c")), {"c"}),
        ((({}, "a"), ({}, "b"), ({}, "c")), {"a", "b", "c"}),
        ((({}, "a"), ({}, "a"), ({}, "a")), {"a"}),
    ],
)
def test_what_counts_is_what_nothing_is_known_to_be_newer_than(
    tmp_path: Path, way: Way, versions: Sequence[tuple[Json, str]], counting: set[str], order: Sequence[int]
) -> None:
    meta_and_note = [versions[place] for place in order]
    record = way(tmp_path, [condition("c1", meta=meta, note=note) for meta, note in meta_and_note])
    noted = [resource["note"] for _, resource in record.resources]
    # Bundles are joined one by one: of two that say the same, how old the other is may be forgotten.
    assert set(noted) >= counting if way is in_three_bundles else sorted(noted) == sorted(counting)
    said = record.index["Condition/c1"].get("note")
    assert said is None or {said} == counting  # what a reference leads to


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("way", [in_a_bundle, in_an_export, in_three_bundles], ids=lambda way: way.__name__)
def test_a_patient_of_unknown_version_is_not_outdated_by_one_that_another_is_older_than(
    tmp_path: Path, way: Way, order: Sequence[int]
) -> None:
    versions = [
        {**KNOWN, "meta": OLD, "birthDate": "1980-02-03"},
        {**KNOWN, "meta": NEW, "birthDate": "1990-02-03"},
        {**KNOWN, "birthDate": "2000-02-03"},
    ]
    patient = way(tmp_path, [versions[place] for place in order]).patient_resource or {}
    assert "2000-02-03" in patient["birthDate"]
    assert "1990-02-03" in patient["birthDate"]


@pytest.mark.parametrize("older", [False, True])
def test_what_is_named_by_its_place_alone_is_no_version_of_what_stands_there_in_another_bundle(
    tmp_path: Path, older: bool
) -> None:
    for number, meta in enumerate([NEW, OLD] if older else [OLD, NEW]):
        nameless = condition("", meta=meta, note=str(number))
        (folder := tmp_path / "bundles").mkdir(exist_ok=True)
        (folder / f"{number}.json").write_text(json.dumps(bundle(KNOWN, nameless)))
    assert [resource["note"] for _, resource in read_from(tmp_path / "bundles").resources] == ["0", "1"]
