"""What came after the as-of date is as if it were not there (docs/semantics.md, 1, *Visible* and *End to come*).

A record that is screened as of a past day is answered as what of it was there on that day. What is compared is whether
a criterion holds and why not: the day from which it passes is told of the whole record, and words tell an end to come.
Not cut is what no date of a resource tells (a result is there from its effective time on, whenever it was issued).
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from fhir_strategies import Resource
from hypothesis import assume, given
from hypothesis import strategies as st
from test_doubt_and_time_laws import answer, criteria, laws, records

_RECORDED = "recordedDate"
_TIMES = {
    "Condition": "onsetDateTime",
    "AllergyIntolerance": "onsetDateTime",
    "Procedure": "performedDateTime",
    "MedicationRequest": "authoredOn",
    "MedicationStatement": "effectivePeriod",
    "Encounter": "period",
    "Observation": "effectiveDateTime",
    "DiagnosticReport": "effectiveDateTime",
}
_OVER = ("resolved", "remission", "inactive")


def first_day(time: Any) -> date:
    text = time["start"] if isinstance(time, dict) else time
    return date.fromisoformat((text[:10] + "-01-01")[:10])


def as_it_was(resource: Resource, day: date) -> Resource | None:
    """None where it was not there."""
    recorded, when = resource.get(_RECORDED), resource.get(_TIMES.get(resource["resourceType"], ""))
    if recorded is not None and first_day(recorded) > day:
        return None
    # What was recorded by then is there, though a wrong day was written for what it is of.
    is_slip = recorded is not None and when is not None and recorded < when[: len(recorded)]
    if when is not None and first_day(when) > day and not is_slip:
        return None
    then = dict(resource)
    if "abatementDateTime" in resource and first_day(resource["abatementDateTime"]) > day:
        del then["abatementDateTime"]
        if then.get("clinicalStatus", {}).get("coding", [{}])[0].get("code") in _OVER:
            del then["clinicalStatus"]
    return then


def as_of(record: list[Resource], day: date) -> list[Resource]:
    return [then for resource in record if (then := as_it_was(resource, day)) is not None]


def days_told(record: list[Resource]) -> list[date]:
    """The days that a record names, and those before them: on which something begins to be there, or is not yet."""
    named = {date.fromisoformat(day) for day in re.findall(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", json.dumps(record))}
    return sorted({each for day in named for each in (day, day - timedelta(days=1))})


def answers(record: list[Resource], day: date) -> dict[tuple[str, str], tuple[object, ...]]:
    return {name: answer(criterion)[:-1] for name, criterion in criteria(record, day).items()}


@laws
@given(records(), st.data())
def test_what_came_later_is_as_if_it_were_not_there(record: list[Resource], data: st.DataObject) -> None:
    day = data.draw(st.sampled_from(days_told(record)))
    then = as_of(record, day)
    assume(then != record)
    assert answers(record, day) == answers(then, day)


CONDITION = {"resourceType": "Condition", "id": "c"}
RESOLVED = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}


@pytest.mark.parametrize(
    ("resource", "then"),
    [
        (CONDITION, CONDITION),
        (CONDITION | {"onsetDateTime": "2026-11-20"}, CONDITION | {"onsetDateTime": "2026-11-20"}),
        (CONDITION | {"onsetDateTime": "2026-11-21"}, None),
        (CONDITION | {"onsetDateTime": "2026-12"}, None),
        (CONDITION | {"onsetDateTime": "2026"}, CONDITION | {"onsetDateTime": "2026"}),
        (CONDITION | {"recordedDate": "2026-11-21"}, None),
        (CONDITION | RESOLVED | {"abatementDateTime": "2026-11-21"}, CONDITION),
        (CONDITION | RESOLVED, CONDITION | RESOLVED),
        ({"resourceType": "Encounter", "period": {"start": "2026-11-21"}}, None),
    ],
)
def test_what_was_there_on_a_day(resource: Resource, then: Resource | None) -> None:
    assert as_it_was(resource, date(2026, 11, 20)) == then
