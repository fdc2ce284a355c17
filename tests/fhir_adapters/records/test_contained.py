"""Results that a report contains: they have no date but its own, where they give none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trialsieve.fhir_adapters.inputs.reader import read_records

Json = dict[str, Any]
ALT = {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]}
UNITS = {"value": 400, "unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"}
REPORT_DAY, OTHER_DAY = "2026-11-18", "2026-10-02"


def report(result: Json, **more: Any) -> Json:
    alt = {"resourceType": "Observation", "id": "alt", "status": "final", "code": ALT, "valueQuantity": UNITS}
    subject = {"subject": {"reference": "Patient/p1"}}
    holder = {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", **subject}
    return {**holder, "contained": [{**alt, **result}], **more}


DATED = [
    ({}, {"effectiveDateTime": REPORT_DAY}, (date(2026, 11, 18), date(2026, 11, 18))),
    (
        {},
        {"effectivePeriod": {"start": "2026-11-17", "end": REPORT_DAY}},
        (date(2026, 11, 17), date(2026, 11, 18)),
    ),
    ({"effectiveDateTime": None}, {"effectiveDateTime": REPORT_DAY}, (date(2026, 11, 18), date(2026, 11, 18))),
    ({}, {"issued": "2026-11-18T09:00:00Z"}, (None, date(2026, 11, 18))),
    ({"effectiveDateTime": OTHER_DAY}, {"effectiveDateTime": REPORT_DAY}, (date(2026, 10, 2), date(2026, 10, 2))),
    ({"issued": "2026-10-02T09:00:00Z"}, {"effectiveDateTime": REPORT_DAY}, (None, date(2026, 10, 2))),
    ({}, {}, None),
    ({}, {"effectiveDateTime": REPORT_DAY, "resourceType": "Encounter"}, None),
    ({}, {"effectiveDateTime": "18/11/2026"}, "unreadable"),
]


def dated(chart: Any) -> Any:
    if chart.unreadable:
        return "unreadable"
    (fact,) = chart.facts
    return None if fact.when is None else (fact.when.first, fact.when.last)


@pytest.mark.parametrize(("result", "of_report", "expected"), DATED)
def test_a_result_without_a_date_has_that_of_its_report(
    chart_of: Any, tmp_path: Path, result: Json, of_report: Json, expected: Any
) -> None:
    holder = report(result, **of_report)
    patient = {"resourceType": "Patient", "id": "p1"}
    entries = [{"resource": each} for each in (patient, holder)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    (tmp_path / "export.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in (patient, holder)))
    for name in ("bundle.json", "export.ndjson"):
        (record,) = read_records([str(tmp_path / name)], [])
        resources = [resource for _, resource in record.resources]
        assert dated(chart_of(*resources, wanted=frozenset({"lab.alt"}))) == expected
