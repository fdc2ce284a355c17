"""What holds of any record of any kind of resource, for every trial: what is not used changes nothing, what cannot be
used settles nothing, and who presumes less settles no more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from fhir_strategies import AS_OF, Resource, concepts_of
from hypothesis import given
from hypothesis import strategies as st
from record_strategies import ANY_DAYS, LATER, Days, answers_of_people, dirty_records, resources
from test_doubt_and_time_laws import BOOK, EXAMPLES, SCREENER, TRIALS, answers, chart_of, criteria, few

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
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
