"""Files of other projects, as they are (sources and licences in data/inputs/SOURCES.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.errors import InputError
from trialsieve.rules.vocabulary import Kind

INPUTS = Path(__file__).parent.parent / "data" / "inputs"


def read(name: str) -> tuple[list[Record], list[InputProblem]]:
    problems: list[InputProblem] = []
    try:
        return list(read_records([str(INPUTS / name)], problems)), problems
    except InputError:
        return [], problems


@pytest.mark.parametrize(
    ("name", "patients"),
    [
        ("Streich_Kathlyn_16.json", [("Patient/001aff03-8219-4626-92fe-11da4f93f7f5", 1)]),
        ("ips_AML.json", [("Patient/eumfh-39-07", 5)]),
        ("csv-medication-request-bundle.json", [("urn:uuid:mrn-1", 1)]),
        (
            "Bundle-TransactionWithMultipleEntriesModifyingSameResource.json",
            [("urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a", 0), ("Patient/123", 0)],
        ),
    ],
)
def test_bundles_that_are_read_in_full(name: str, patients: list[tuple[str, int]]) -> None:
    records, problems = read(name)
    assert [(record.patient, len(record.resources)) for record in records] == patients
    assert problems == []


def test_dstu2_synthea_is_unsupported() -> None:
    records, problems = read("Bruen_Jorge_40.json")
    assert records == []
    assert len(problems) == 1
    assert problems[0].reason.startswith("FHIR DSTU2 is not supported; convert it to R4 first")


def test_a_marrow_report_without_a_patient_is_its_subjects_with_the_results_that_name_nobody() -> None:
    records, problems = read("hl7_bone-marrow-report.json")
    assert [(record.patient, record.patient_resource, len(record.resources)) for record in records] == [
        ("Patient/genetics-example1", None, 13)
    ]
    assert problems == []


def test_the_files_of_an_export_with_lower_case_names() -> None:
    records, problems = read("cumulus")
    assert len(records) == 2
    assert {record.vouched for record in records} == {frozenset({Kind.CONDITION, Kind.PROCEDURE})}
    assert problems == []
