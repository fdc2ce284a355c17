"""`entry` twice in a Bundle, or `resource` in an entry: JSON readers keep the last alone, and so lose resources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bundle_parts import PATIENT, Json, bundle, condition, references

from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.inputs.input_files import NotReadableError
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.errors import InputError

TWICE = "`entry` stands twice in one Bundle, or `resource` in one entry"
OTHER = {**PATIENT, "id": "p2"}
MUCH = "x" * 40_000
"""With it, a Bundle is one that is read without what means nothing to the rules."""


def entries(*resources: Json) -> str:
    return json.dumps([{"resource": resource} for resource in resources])


def written(*members: str) -> str:
    return '{"resourceType": "Bundle", "type": "collection", ' + ", ".join(members) + "}"


OWN, THEIRS = entries(PATIENT, condition("c1")), entries(condition("c2"))
LOSING = {
    "entry twice": written(f'"entry": {OWN}', f'"entry": {THEIRS}'),
    "the Patient's last": written(f'"entry": {THEIRS}', f'"entry": {OWN}'),
    "the last empty": written(f'"entry": {OWN}', '"entry": []'),
    "the last null": written(f'"entry": {OWN}', '"entry": null'),
    "spaces": written(f'"entry"\n:\t{OWN}', f'"entry" : {THEIRS}'),
    "resource twice": written(
        f'"entry": [{{"resource": {json.dumps(PATIENT)}}}, '
        f'{{"resource": {json.dumps(condition("c1"))}, "resource": {json.dumps(condition("c2"))}}}]'
    ),
    "in a Bundle inside": written(
        f'"entry": [{{"resource": {json.dumps(PATIENT)}}}, '
        f'{{"resource": {written(f""""entry": {OWN}""", f""""entry": {THEIRS}""")}}}]'
    ),
}
LARGE = {f"{name}, large": text.replace('"type"', f'"id": "{MUCH}", "type"', 1) for name, text in LOSING.items()}
# Everything of these is read: the names stand in several objects, or in texts.
WHOLE = {
    "one entry each": bundle(PATIENT, condition("c1")),
    "a list": bundle(PATIENT, condition("c1"), {"resourceType": "List", "id": "l", "entry": [{}, {}]}),
    "parameters": bundle(
        PATIENT,
        condition("c1"),
        {"resourceType": "Parameters", "parameter": [{"name": name, "resource": OTHER} for name in "ab"]},
    ),
    "a Bundle inside": bundle(PATIENT, condition("c1"), bundle(condition("c2"))),
    "texts": bundle(PATIENT, condition("c1", note=[{"text": '"entry": [], "resource": {}, "resource"'}])),
    "entries without resource": bundle(PATIENT, condition("c1"), request={"method": "GET", "url": "resource"}),
}


def records_of(path: Path, problems: list[InputProblem]) -> list[Record]:
    return list(
        read_records([str(path)], problems, quiet=ChartBuilder(cached_rules(), frozenset({"cardiac.mi"})).quiet_codes())
    )


@pytest.mark.parametrize("text", [*LOSING.values(), *LARGE.values()], ids=[*LOSING, *LARGE])
def test_a_file_that_would_be_read_in_part_is_not_read_and_says_why(tmp_path: Path, text: str) -> None:
    (path := tmp_path / "b.json").write_text(text)
    problems: list[InputProblem] = []
    with pytest.raises(InputError):
        records_of(path, problems)
    assert [problem.source for problem in problems] == [str(path)]
    assert problems[0].reason.startswith(TWICE)


@pytest.mark.parametrize("text", LOSING.values(), ids=LOSING)
def test_so_is_a_line_of_its_own_and_the_others_are_read(tmp_path: Path, text: str) -> None:
    lines = [json.dumps(bundle(OTHER)), text.replace("\n", " "), json.dumps(bundle({**PATIENT, "id": "p3"}))]
    (path := tmp_path / "b.ndjson").write_text("".join(f"{line}\n" for line in lines))
    problems: list[InputProblem] = []
    assert [record.patient for record in records_of(path, problems)] == ["Patient/p2", "Patient/p3"]
    assert [(problem.source, problem.reason[: len(TWICE)]) for problem in problems] == [(f"{path}:2", TWICE)]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("value", WHOLE.values(), ids=WHOLE)
def test_whatever_loses_nothing_is_read(tmp_path: Path, value: Json, large: bool) -> None:
    (path := tmp_path / "b.json").write_text(json.dumps({**value, "id": MUCH if large else "b"}))
    (record,) = records_of(path, [])
    shown = [*references(record), *(name.relative for name in record.left_out.fact_names())]
    assert "Condition/c1" in shown


@pytest.mark.parametrize("indent", [None, 1])
def test_names_that_stand_in_several_objects_are_no_fault(indent: int | None) -> None:
    for value in WHOLE.values():
        assert parse_json(json.dumps(value, indent=indent).encode()) == value


def test_of_other_names_the_last_counts_as_with_other_readers() -> None:
    assert parse_json(b'{"resourceType": "Condition", "code": 1, "code": 2}') == {
        "resourceType": "Condition",
        "code": 2,
    }
    with pytest.raises(NotReadableError, match="stands twice"):
        parse_json(b'{"entry": [{"resource": 1, "resource": 2}]}')
