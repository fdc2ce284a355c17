"""What makes a resource less sure may open a criterion, and never settles or turns one; a day told is that day.

Only how long ago something was counts, not the year.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir_strategies import AS_OF, Resource, bundle, bundles, concepts_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from record_strategies import resources
from test_evaluators_agree import FUZZ_EXAMPLES, PHASES

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import AbsencePolicy, Effect, Reason

BOOK = load_rules()
TRIALS = sorted(BOOK.trials)
SCREENER = Screener(BOOK, TRIALS)
BUILDER = ChartBuilder(BOOK)
TWO_LEUKEMIAS = (
    "a lymphoid and a myeloid leukemia are on record"  # a person is asked of which a relapse was, if both are sure
)

_tried = settings(
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
laws: Callable[[Any], Any] = settings(_tried, max_examples=int(FUZZ_EXAMPLES or 80))
few: Callable[[Any], Any] = settings(_tried, max_examples=int(FUZZ_EXAMPLES or 25))


def chart_of(resources: list[Resource], as_of: date = AS_OF) -> Chart:
    """The chart of a record, as JSON text brings it."""
    (found,) = records_of_bundle(json.loads(json.dumps(bundle(resources))), "law.json", lambda problem: None)
    return BUILDER.build(found.record, [], as_of=as_of)


def criteria(
    resources: list[Resource], as_of: date = AS_OF, absence: AbsencePolicy = AbsencePolicy.PRESUME
) -> dict[tuple[str, str], CriterionResult]:
    """Every criterion of every trial."""
    results = SCREENER.screen(chart_of(resources, as_of), Circumstances(as_of, absence))
    return {(result.trial, criterion.id): criterion for result in results for criterion in result.criteria}


def _examples() -> Iterator[list[Resource]]:
    """What the example patients have on record, of the patient `p`."""
    for path in sorted((Path(__file__).parents[2] / "examples").glob("[NS]*/*.json")):
        resources = [entry["resource"] for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]]
        (patient,) = (each for each in resources if each["resourceType"] == "Patient")
        text = json.dumps(resources).replace(f'"Patient/{patient["id"]}"', '"Patient/p"')
        yield [each | {"id": "p"} if each["resourceType"] == "Patient" else each for each in json.loads(text)]


EXAMPLES = list(_examples())


@st.composite
def records(draw: st.DrawFn) -> list[Resource]:
    """An example patient, with resources of others and some made of the codes that a trial looks for."""
    own = draw(st.sampled_from(EXAMPLES))
    others = draw(st.lists(st.sampled_from([each for example in EXAMPLES for each in example[1:]]), max_size=4))
    names = concepts_of(BOOK, draw(st.sampled_from(TRIALS)))
    plain = [entry["resource"] for entry in draw(bundles(BOOK, names))["entry"][1:]]
    made = plain + draw(st.lists(resources(BOOK, names), max_size=4))
    return [each | {"id": f"r{place}"} if place else each for place, each in enumerate([*own, *others, *made])]


# --- doubt ------------------------------------------------------------------------------------------------------------

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_DATES = ("effectiveDateTime", "onsetDateTime", "abatementDateTime", "recordedDate", "performedDateTime", "authoredOn")


def _status(status: str) -> Callable[[Resource], Any]:
    return lambda item: item.update(status=status) if item["resourceType"] == "Observation" else None


def _quantity(**changes: str) -> Callable[[Resource], Any]:
    def change(item: Resource) -> None:
        if "comparator" not in item.get("valueQuantity", {"comparator": None}):
            item["valueQuantity"].update(changes)

    return change


def _without_unit(item: Resource) -> None:
    for name in ("unit", "code", "system"):
        item.get("valueQuantity", {}).pop(name, None)


def _dated_to(length: int) -> Callable[[Resource], Any]:
    return lambda item: item.update({name: item[name][:length] for name in _DATES if name in item})


def _provisional(item: Resource) -> None:
    verified = item.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
    if item["resourceType"] == "Condition" and verified != "refuted":
        coding = {"system": f"{_TERMINOLOGY}condition-ver-status", "code": "provisional"}
        item["verificationStatus"] = {"coding": [coding]}


WEAKER: dict[str, Callable[[Resource], Any]] = {
    "preliminary": _status("preliminary"),
    "of unknown status": _status("unknown"),
    "provisional": _provisional,
    "at most": _quantity(comparator="<="),
    "at least": _quantity(comparator=">="),
    "in an unheard-of unit": _quantity(unit="furlong", code="furlong"),
    "without a unit": _without_unit,
    "without a reference range": lambda item: item.pop("referenceRange", None),
    "dated to a month": _dated_to(7),
    "dated to a year": _dated_to(4),
    "without a day of recording": lambda item: _is_a_day(item.get("recordedDate")) and item.pop("recordedDate"),
}


def _is_a_day(recorded: str | None) -> bool:
    """A month or year may lie before the onset, so that one of the two is wrong; without it the onset is believed."""
    return recorded is not None and len(recorded) >= len("2026-11-21")


# Of two results that agree, a preliminary one of an imprecise date is heeded less than a final one.
SAME_DAY = [how for how in WEAKER if not how.startswith("dated")]


def less_sure(item: Resource, how: str) -> Resource:
    weaker = copy.deepcopy(item)
    WEAKER[how](weaker)
    return weaker


@st.composite
def less_sure_ones(draw: st.DrawFn, item: Resource, ways: Iterable[str] = WEAKER) -> Resource:
    changed = [weaker for how in ways if (weaker := less_sure(item, how)) != item]
    assume(changed)
    return draw(st.sampled_from(changed))


@laws
@given(records(), st.data(), st.booleans())
def test_what_makes_a_resource_less_sure_settles_no_criterion_and_turns_none(
    record: list[Resource], data: st.DataObject, again: bool
) -> None:
    item = data.draw(st.sampled_from(record[1:]))
    others = [each for each in record if each is not item]
    if again and item["resourceType"] == "Observation":  # it is there a second time, already in doubt
        others, item = record, data.draw(less_sure_ones(item, SAME_DAY)) | {"id": "again"}
    weaker = data.draw(less_sure_ones(item))
    after = criteria([*others, weaker])
    for name, before in criteria([*others, item]).items():
        # What contradicted it may decide, once it is no longer sure; so may a relapse, once a second leukemia is not.
        excused = Reason.CONFLICTING_DATA in before.reasons or TWO_LEUKEMIAS in before.explanation
        if after[name].holds is not None and not excused:
            assert after[name].holds is before.holds, f"{name}: {item} became {weaker}"


# --- time -------------------------------------------------------------------------------------------------------------


@laws
@given(records())
def test_a_criterion_passes_from_the_day_that_is_told_and_not_before(record: list[Resource]) -> None:
    for name, criterion in criteria(record).items():
        if criterion.changes_on is not None:
            day = date.fromisoformat(criterion.changes_on)
            assert criteria(record, day - timedelta(days=1))[name].effect is not Effect.PASS, name
            assert criteria(record, day)[name].effect is Effect.PASS, name


def test_examples_tell_such_days() -> None:
    told = [name for example in EXAMPLES for name, criterion in criteria(example).items() if criterion.changes_on]
    assert told


_DATE = re.compile(r"(Date|DateTime|authoredOn|issued|start|end)$")


def four_years_later(value: Any, name: str = "") -> Any:
    """The same with other dates. Four years are 1461 days, and every month in them stays as long as it was."""
    if isinstance(value, dict):
        return {key: four_years_later(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [four_years_later(member, name) for member in value]
    return f"{int(value[:4]) + 4}{value[4:]}" if isinstance(value, str) and _DATE.search(name) else value


def answer(criterion: CriterionResult) -> tuple[object, ...]:
    return criterion.applies, criterion.holds, criterion.reasons, criterion.changes_on


def answers(record: list[Resource]) -> dict[tuple[str, str], tuple[object, ...]]:
    return {name: answer(criterion) for name, criterion in criteria(record).items()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[1]["id"])
def test_the_same_record_four_years_later_is_answered_alike(example: list[Resource]) -> None:
    then = criteria(four_years_later(example), AS_OF.replace(year=AS_OF.year + 4))
    for name, now in criteria(example).items():
        day = now.changes_on and four_years_later(now.changes_on, "Date")
        assert answer(then[name]) == (*answer(now)[:-1], day), name
