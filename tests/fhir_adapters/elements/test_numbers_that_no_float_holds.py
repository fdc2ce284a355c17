"""A number that no float holds is a fault of the resource that it is read of, wherever that stands, and of no other."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.elements.json_value import json_value
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.cache import cached_rules

LARGEST = sys.float_info.max
WANTED = frozenset({"lab.alt"})
BUILDER = ChartBuilder(cached_rules(), WANTED)
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "2015-01-01", "gender": "female"}
PATIENT_ENTRY = {"fullUrl": "https://example.org/fhir/Patient/p", "resource": PATIENT}
DELETES: dict[str, Any] = {"request": {"method": "DELETE", "url": "Observation/gone"}}
TOO_LARGE, TOO_SMALL = "1e999", "1e-999"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"1e308", 1e308),
        (b"1.7976931348623157e308", LARGEST),
        (b"1e309", LARGEST),
        (b"-1E+999", -LARGEST),
        (b"1e-999", LARGEST),
        (b"9" * 309, LARGEST),
        (b"-" + b"9" * 309, -LARGEST),
        (b"[1e999, 18446744073709551615, 18446744073709551616]", [LARGEST, 2**64 - 1, 2.0**64]),
        (b"[5e-324, 1e-99, 1e-324]", [5e-324, 1e-99, LARGEST]),
        (b"[0e-999, -0.00E-999]", [0.0, -0.0]),
        (b'{"a":-0.01E-0322}', {"a": -LARGEST}),
        (b'["a1e-999,", 1E-999\n]', ["a1e-999,", LARGEST]),
        (b'["a1e-999,", 9007199254740993, 0.1, "\\u00e4"]', ["a1e-999,", 9007199254740993, 0.1, "ä"]),
        (b'{"a": [1e999, 0.1, true, null, "\\u00e4"]}', {"a": [LARGEST, 0.1, True, None, "ä"]}),
    ],
)
def test_what_no_float_holds_is_the_largest_there_is(text: bytes, value: Any) -> None:
    read = json_value(text)
    assert read == value
    assert repr(read) == repr(value)  # and whole numbers stay whole


@pytest.mark.parametrize(
    "text",
    [
        *(b"[1e999, NaN]", b"[1e999, Infinity]", b"[1e999, 01]", b"[1e999", b"[1e999] []", b"\xef\xbb\xbf[1e999]"),
        *(rb'[1e999, "\ud800"]', b'[1e999, "\xff"]', b'[1e999, "\xed\xa0\x80"]', b'[1e999, "\t"]'),
        *("[1e999]".encode("utf-16"), b"[1e999, " + b"[" * 1100 + b"]" * 1101),
        *(b"[1e999, " + b"[" * 200_000 + b"]" * 200_001, b"1e", b"NaN"),
    ],
)
def test_nothing_else_is_taken_for_json(text: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        json_value(text)


def observation(identity: str, code: str, value: Any = 30) -> dict[str, Any]:
    resource = {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "meta": {"versionId": "1"},
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": value, "unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"},
    }
    return {"fullUrl": f"https://example.org/fhir/Observation/{identity}", "resource": resource}


def alt(value: Any = 30) -> dict[str, Any]:
    return observation("alt", "1742-6", value)


def height(value: Any) -> dict[str, Any]:
    return observation("height", "8302-2", value)


def claim(value: Any) -> dict[str, Any]:
    return {"resource": {"resourceType": "Claim", "id": "bill", "total": {"value": value}}}


def read(folder: Path, entries: list[dict[str, Any]], *, large: bool, lines: bool = False) -> tuple[Chart, list[str]]:
    """The chart by the Bundle, small or large enough to be read by what rules need, in a file or as one line of it."""
    padding = [observation(f"quiet-{number}", "8302-2") for number in range(150 if large else 0)]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [PATIENT_ENTRY, *entries, *padding]}
    text = json.dumps(bundle, separators=(",", ":"))
    text = text.replace(f'"{TOO_LARGE}"', TOO_LARGE).replace(f'"{TOO_SMALL}"', TOO_SMALL)
    assert (len(text) > 32_768) is large
    path = folder / ("bundles.ndjson" if lines else "bundle.json")
    path.write_text(text + "\n")
    problems: list[InputProblem] = []
    (record,) = read_records([str(path)], problems, quiet=BUILDER.quiet_codes())
    chart = BUILDER.build(record, problems)
    return chart, [f"{problem.reference}: {problem.reason}" for problem in problems]


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("deletes", [[], [DELETES]])
@pytest.mark.parametrize("number", [TOO_LARGE, TOO_SMALL])
def test_the_resource_that_it_is_read_of_is_unusable(
    tmp_path: Path, large: bool, lines: bool, deletes: list[dict[str, Any]], number: str
) -> None:
    chart, problems = read(tmp_path, [alt(number), *deletes], large=large, lines=lines)
    assert chart.facts == ()
    assert [(one.reference, one.concepts) for one in chart.unreadable] == [("Observation/alt", WANTED)]
    assert problems == [
        "Observation/alt: valueQuantity.value is a number, not a number that can be measured "
        "(at most 25 digits, within 30 powers of ten)"
    ]


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("deletes", [[], [DELETES]])
@pytest.mark.parametrize("beside", [claim(TOO_LARGE), claim(TOO_SMALL), height(TOO_LARGE), {"x": TOO_LARGE} | DELETES])
def test_where_no_rule_reads_it_it_changes_nothing(
    tmp_path: Path, large: bool, lines: bool, deletes: list[dict[str, Any]], beside: dict[str, Any]
) -> None:
    chart, problems = read(tmp_path, [alt(), *deletes, beside], large=large, lines=lines)
    assert ([fact.concept for fact in chart.facts], chart.unreadable, problems) == (["lab.alt"], (), [])


def test_what_is_nested_deeper_than_both_parsers_read_is_no_fault() -> None:
    deep = b"[" * 1000 + b"0" + b"]" * 1000
    assert json_value(b'["1e-999,", ' + deep + b"]")[0] == "1e-999,"


def test_in_an_export_too(tmp_path: Path) -> None:
    lines = [json.dumps(PATIENT), json.dumps(alt(TOO_SMALL)["resource"]).replace(f'"{TOO_SMALL}"', TOO_SMALL)]
    (tmp_path / "lines.ndjson").write_text("\n".join(lines) + "\n")
    (record,) = read_records([str(tmp_path)], [], quiet=BUILDER.quiet_codes())
    chart = BUILDER.build(record, [])
    assert (chart.facts, [one.reference for one in chart.unreadable]) == ((), ["Observation/alt"])


def test_nor_where_two_files_hold_a_resource_that_was_left_out(tmp_path: Path) -> None:
    one = height(30)
    one["resource"]["meta"]["x"] = TOO_LARGE
    (tmp_path / "other").mkdir()
    read(tmp_path / "other", [alt(), one], large=True)
    (tmp_path / "other" / "bundle.json").rename(tmp_path / "other.json")
    read(tmp_path, [alt(), one], large=True)
    problems: list[InputProblem] = []
    (record,) = read_records([str(tmp_path)], problems, quiet=BUILDER.quiet_codes())
    assert [fact.concept for fact in BUILDER.build(record, problems).facts] == ["lab.alt"]
    assert problems == []


def test_a_file_with_another_fault_is_refused_and_both_are_said(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text('{"resourceType": "Bundle", "total": 1,\n"x": 1e999, "entry": [NaN]}')
    (tmp_path / "patient.json").write_text(json.dumps(PATIENT))
    problems: list[InputProblem] = []
    list(read_records([str(tmp_path)], problems))
    assert [(problem.source, problem.reason) for problem in problems] == [
        (
            str(path),
            "not valid JSON at line 2, column 6: a number that is too large to be read, and something else that is "
            "no JSON; correct the number first",
        )
    ]
