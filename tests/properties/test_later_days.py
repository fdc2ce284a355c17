"""What came after the as-of date is as if it were not there (docs/semantics.md, 1, *Visible* and *End to come*).

A record that is screened as of a past day is answered as what of it was there on that day. What is compared is whether
a criterion holds and why not: the day from which it passes is told of the whole record, and words tell an end to come.
Not cut is what no date of a resource tells (a result is there from its effective time on, whenever it was issued).
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fhir_strategies import Resource
from hypothesis import assume, given
from hypothesis import strategies as st
from test_doubt_and_time_laws import answer, criteria, laws, records

_RECORDED = "recordedDate"
_ISSUED = "issued"
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


def begin(time: Any) -> Any:
    """None where only the end of a period is told."""
    return time.get("start") if isinstance(time, dict) else time


def first_day(time: str) -> date:
    """Of a time, the day that it is at the site, whose zone is UTC here."""
    if len(time) > len("2026-11-20"):
        moment = datetime.fromisoformat(time)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    return date.fromisoformat((time + "-01-01")[:10])


def is_slip(noted: str | None, when: str, day: date) -> bool:
    """What was noted by then is there, though a later day was written for what it is of."""
    if noted is None or first_day(noted) > day:
        return False
    return noted < when[: len(noted)] if len(noted) < len("2026-11-20") else str(first_day(noted)) < when


def as_it_was(resource: Resource, day: date) -> Resource | None:
    """None where it was not there."""
    recorded, when = resource.get(_RECORDED), begin(resource.get(_TIMES.get(resource["resourceType"], "")))
    if recorded is not None and first_day(recorded) > day:
        return None
    if when is not None and first_day(when) > day and not is_slip(recorded or resource.get(_ISSUED), when, day):
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
RESULT = {"resourceType": "Observation", "effectiveDateTime": "2026-11-21"}
STATEMENT = {"resourceType": "MedicationStatement", "effectivePeriod": {"end": "2026-11-21"}}
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
        (CONDITION | {"abatementDateTime": "2026-11-21T00:30:00+02:00"},) * 2,
        (CONDITION | {"abatementDateTime": "2026-11-20T23:30:00-02:00"}, CONDITION),
        (CONDITION | RESOLVED, CONDITION | RESOLVED),
        ({"resourceType": "Encounter", "period": {"start": "2026-11-21"}}, None),
        (STATEMENT, STATEMENT),
        (RESULT, None),
        (RESULT | {"issued": "2026-11-20T10:00:00Z"}, RESULT | {"issued": "2026-11-20T10:00:00Z"}),
    ],
)
def test_what_was_there_on_a_day(resource: Resource, then: Resource | None) -> None:
    assert as_it_was(resource, date(2026, 11, 20)) == then
