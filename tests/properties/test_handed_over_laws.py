"""How a record is handed over changes no answer: in which form, order and release, and beside whose."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fhir_strategies import AS_OF, Resource, bundle
from hypothesis import given
from hypothesis import strategies as st
from test_doubt_and_time_laws import BUILDER, SCREENER, answers, few
from test_record_laws import ATTESTED, records

from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.rules.vocabulary import Kind


def _write_lines(path: Path, lines: list[Resource]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def _write_export(folder: Path, record: list[Resource], shuffler: random.Random) -> Path:
    """An export with its types, files and lines in any order."""
    folder.mkdir()
    record = shuffler.sample(record, len(record))
    for number, name in enumerate(dict.fromkeys(each["resourceType"] for each in record)):
        lines = [each for each in record if each["resourceType"] == name]
        part = shuffler.randint(0, len(lines))
        _write_lines(folder / f"{number}.{name}.ndjson", lines[:part])
        _write_lines(folder / f"{99 - number}.{name}.ndjson", lines[part:])
    return folder


def _write_bundle(path: Path, record: list[Resource]) -> Path:
    path.write_text(json.dumps(bundle(record)), encoding="utf-8")
    return path


def _read(path: Path) -> Mapping[tuple[str, str, str], object]:
    """Every answer of every patient, where the caller vouches for all kinds."""
    quiet = BUILDER.quiet_codes()
    found = read_records([str(path)], lambda problem: None, covers=frozenset(Kind), quiet=quiet)
    charts = [BUILDER.build(record, [], as_of=AS_OF) for record in found]
    return {
        (chart.patient, result.trial, each.id): (each.holds, each.reasons)
        for chart in charts
        for result in SCREENER.screen(chart, Circumstances(AS_OF))
        for each in result.criteria
    }


@few
@given(records(), st.randoms(use_true_random=False))
def test_a_bundle_its_lines_and_an_export_in_any_order_say_the_same(
    record: list[Resource], shuffler: random.Random
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = _read(_write_bundle(folder / "bundle.json", record))
        assert _read(_write_lines(folder / "lines.ndjson", shuffler.sample(record, len(record)))) == whole
        assert _read(_write_export(folder / "export", record, shuffler)) == whole


def _of_patient(record: list[Resource], name: str) -> list[Resource]:
    """The record as of a Patient of that id alone, who has no identifier."""
    patient, *others = json.loads(json.dumps(record).replace('"Patient/p"', f'"Patient/{name}"'))
    named = {key: value for key, value in patient.items() if key != "identifier"} | {"id": name}
    return [named, *(each | {"id": f"{name}-{each['id']}"} for each in others)]


@few
@given(records(), records(), st.randoms(use_true_random=False))
def test_two_patients_together_are_answered_as_each_alone(
    one: list[Resource], other: list[Resource], shuffler: random.Random
) -> None:
    one, other = _of_patient(one, "one"), _of_patient(other, "other")
    both = shuffler.sample([*one, *other], len(one) + len(other))
    with TemporaryDirectory() as name:
        folder = Path(name)
        alone = [_read(_write_bundle(folder / f"{each[0]['id']}.json", each)) for each in (one, other)]
        apart = {**alone[0], **alone[1]}
        assert _read(_write_bundle(folder / "both.json", both)) == apart
        assert _read(_write_export(folder / "export", both, shuffler)) == apart


_DAY = re.compile(r'"(\d{4}-\d\d-\d\d)"')
_NO_DAY = re.compile(r'"\d{4}(-\d\d)?"|\dT\d\d')


@few
@given(records())
def test_noon_of_each_day_is_that_day(record: list[Resource]) -> None:
    patient, *others = record
    dated = [each for each in others if not _NO_DAY.search(json.dumps(each))]
    noon = json.loads(_DAY.sub(r'"\1T12:00:00Z"', json.dumps(dated)))
    assert answers([patient, *noon]) == answers([patient, *dated])


def _as_period(item: Resource) -> Resource:
    """The same with a period of one day. Of what is done or taken it says that it ended, too, and an answer lapses."""
    periods = {
        f"{name}Period": {"start": day, "end": day}
        for name in ("effective", "onset")
        if item["resourceType"] in ("Condition", "Observation")
        and ATTESTED not in json.dumps(item)
        and len(day := item.get(f"{name}DateTime", "")) == len("2026-11-21")
    }
    dates = {name.replace("Period", "DateTime") for name in periods}
    return {name: value for name, value in item.items() if name not in dates} | periods


@few
@given(records())
def test_a_period_of_one_day_is_that_day(record: list[Resource]) -> None:
    assert answers([_as_period(each) for each in record]) == answers(record)


# release -> resource type -> what the elements of R4 are called there
_NAMES: Final[dict[str, dict[str, dict[str, str]]]] = {
    "STU3": {
        "Condition": {"recordedDate": "assertedDate"},
        "AllergyIntolerance": {"recordedDate": "assertedDate"},
        "Immunization": {"occurrenceDateTime": "date"},
    },
    "R5": {
        "Procedure": {"performedDateTime": "occurrenceDateTime", "performedPeriod": "occurrencePeriod"},
        "MedicationAdministration": {"effectiveDateTime": "occurenceDateTime", "effectivePeriod": "occurencePeriod"},
    },
}


def _of_release(item: Resource, release: str) -> Resource:
    names = _NAMES[release].get(item["resourceType"], {})
    item = {names.get(name, name): value for name, value in item.items()}
    if release == "R5" and "medicationCodeableConcept" in item:
        item["medication"] = {"concept": item.pop("medicationCodeableConcept")}
    statuses = {"clinicalStatus", "verificationStatus"} & item.keys() if release == "STU3" else set()
    return item | {name: item[name]["coding"][0]["code"] for name in statuses}


@few
@given(records(), st.sampled_from(sorted(_NAMES)))
def test_the_shape_of_another_release_says_the_same(record: list[Resource], release: str) -> None:
    assert answers([_of_release(each, release) for each in record]) == answers(record)
