"""What was entered in error is as if it were not there; what is there twice counts once."""

from __future__ import annotations

from fhir_strategies import Resource
from hypothesis import given
from hypothesis import strategies as st
from test_doubt_and_time_laws import answers, few, records

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_VERIFIED = {"Condition": "condition-ver-status", "AllergyIntolerance": "allergyintolerance-verification"}


def in_error(item: Resource) -> Resource:
    if system := _VERIFIED.get(item["resourceType"]):
        coding = {"system": f"{_TERMINOLOGY}{system}", "code": "entered-in-error"}
        return item | {"verificationStatus": {"coding": [coding]}}
    return item | {"status": "entered-in-error"}


@few
@given(records(), st.data())
def test_what_was_entered_in_error_is_as_if_it_were_not_there(record: list[Resource], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(record[1:]))
    others = [each for each in record if each is not item]
    assert answers([*others, in_error(item)]) == answers(others)


@few
@given(records(), st.data())
def test_what_is_there_under_two_ids_counts_once(record: list[Resource], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(record[1:]))
    assert answers([*record, item | {"id": "again"}]) == answers(record)
