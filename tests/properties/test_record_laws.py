"""What holds of any record of any kind of resource, for every trial: what is not used changes nothing, what cannot be
used settles nothing, and how a record is handed over does not matter.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fhir_strategies import AS_OF, Resource, bundle, concepts_of
from hypothesis import given
from hypothesis import strategies as st
from record_strategies import ANY_DAYS, LATER, Days, answers_of_people, dirty_records, resources
from test_doubt_and_time_laws import BOOK, BUILDER, EXAMPLES, SCREENER, TRIALS, answers, chart_of, criteria, few

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.rules.vocabulary import AbsencePolicy, Kind

Criteria = Mapping[tuple[str, str], CriterionResult]
CONCEPTS: Final = {trial: concepts_of(BOOK, trial) for trial in TRIALS}
ATTESTED: Final = "urn:trialsieve:criterion"


@st.composite
def records(draw: st.DrawFn) -> list[Resource]:
    """A random record, and as often as not beside what an example patient has."""
    trial = draw(st.sampled_from(TRIALS))
    patient, *made = draw(dirty_records(BOOK, trial, CONCEPTS[trial]))
    return [*draw(st.sampled_from(EXAMPLES)), *made] if draw(st.booleans()) else [patient, *made]


def more(days: Days = ANY_DAYS) -> st.SearchStrategy[Resource]:
    """One resource more."""

    def of(trial: str) -> st.SearchStrategy[Resource]:
        return resources(BOOK, CONCEPTS[trial], days) | answers_of_people(BOOK, trial, days)

    return st.sampled_from(TRIALS).flatmap(of).map(lambda resource: resource | {"id": "more"})


def beside(record: list[Resource], item: Resource, place: int) -> list[Resource]:
    place = 1 + place % len(record)
    return [*record[:place], item, *record[place:]]


def unattested(record: list[Resource]) -> list[Resource]:
    return [each for each in record if ATTESTED not in json.dumps(each)]


def settles_no_more(after: Criteria, before: Criteria, why: object = "") -> None:
    for name, criterion in after.items():
        assert criterion.holds in (None, before[name].holds), f"{name}: {criterion.explanation} {why}"


# --- what is not used -------------------------------------------------------------------------------------------------


@few
@given(records(), more(LATER), st.integers(0, 20))
def test_what_is_of_a_later_day_changes_nothing(record: list[Resource], later: Resource, place: int) -> None:
    """docs/semantics.md, 1, *Visible*, and 3.2, *Of a later day*."""
    assert answers(beside(record, later, place)) == answers(record)


_CODES = ("code", "medicationCodeableConcept", "vaccineCode")
UNUSABLE: dict[str, Callable[[Resource], Any]] = {
    "no code": lambda item: [item.pop(name, None) for name in _CODES],
    "a code that is none": lambda item: item.update(dict.fromkeys(_CODES, "not an object")),
    "a modifier": lambda item: item.update(modifierExtension=[{"url": "urn:unheard-of", "valueBoolean": True}]),
    "a type that is none": lambda item: item.update(resourceType=item["resourceType"] + "s"),
    "a subject that is none": lambda item: item.update(subject=7, patient=7),
}


@few
@given(records(), more(), st.sampled_from(sorted(UNUSABLE)), st.integers(0, 20), st.sampled_from(list(AbsencePolicy)))
def test_what_cannot_be_used_settles_nothing(
    record: list[Resource], unusable: Resource, how: str, place: int, absence: AbsencePolicy
) -> None:
    UNUSABLE[how](unusable)
    unusable.pop("verificationStatus", None)  # what is refuted does not count, whatever it says
    settles_no_more(criteria(beside(record, unusable, place), absence=absence), criteria(record, absence=absence), how)


# --- what is presumed -------------------------------------------------------------------------------------------------


@few
@given(records())
def test_who_presumes_nothing_settles_no_more_than_who_does(record: list[Resource]) -> None:
    """But for what people answered: what was not retrieved, an answer does not lift (3.4, *Atom that is unknown*)."""
    record = unattested(record)
    settles_no_more(criteria(record, absence=AbsencePolicy.UNKNOWN), criteria(record))


@few
@given(records())
def test_what_the_source_vouches_for_turns_nothing(record: list[Resource]) -> None:
    chart = chart_of(record)
    vouched = replace(chart, covered=frozenset(Kind))
    before, after = (
        {(result.trial, criterion.id): criterion for result in results for criterion in result.criteria}
        for results in (SCREENER.screen(each, Circumstances(AS_OF)) for each in (chart, vouched))
    )
    settles_no_more(before, after)


# --- how it is handed over --------------------------------------------------------------------------------------------


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


def _read(path: Path) -> Mapping[tuple[str, str], object]:
    """Every answer, where the caller vouches for all kinds."""
    quiet = BUILDER.quiet_codes()
    (record,) = read_records([str(path)], lambda problem: None, covers=frozenset(Kind), quiet=quiet)
    results = SCREENER.screen(BUILDER.build(record, [], as_of=AS_OF), Circumstances(AS_OF))
    return {(one.trial, each.id): (each.holds, each.reasons) for one in results for each in one.criteria}


@few
@given(records(), st.randoms(use_true_random=False))
def test_a_bundle_its_lines_and_an_export_in_any_order_say_the_same(
    record: list[Resource], shuffler: random.Random
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = folder / "bundle.json"
        whole.write_text(json.dumps(bundle(record)), encoding="utf-8")
        lines = _write_lines(folder / "lines.ndjson", shuffler.sample(record, len(record)))
        assert _read(lines) == _read(_write_export(folder / "export", record, shuffler)) == _read(whole)


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
