"""The person of a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.rules.vocabulary import Sex


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p1", **more}


@pytest.mark.parametrize(
    ("birth", "first", "last"),
    [
        ("1980-05-20", date(1980, 5, 20), date(1980, 5, 20)),
        ("1980-05", date(1980, 5, 1), date(1980, 5, 31)),
        ("1980", date(1980, 1, 1), date(1980, 12, 31)),
    ],
)
def test_a_birth_date_may_be_partial(chart_of: Any, birth: str, first: date, last: date) -> None:
    person = chart_of(patient=patient(birthDate=birth)).person
    assert (person.birth.first, person.birth.last) == (first, last)
    assert person.unusable == frozenset()
    assert chart_of.problems == []


@pytest.mark.parametrize("birth", ["20/05/1980", "1980-13-01", 1980, ["1980"], "1980-05-20T00:00:00Z", ""])
def test_a_birth_date_that_cannot_be_read_is_unusable(chart_of: Any, birth: Any) -> None:
    person = chart_of(patient=patient(birthDate=birth)).person
    assert person.birth is None
    assert person.unusable == {"birthDate"}
    assert [problem.reference for problem in chart_of.problems] == ["Patient/p1"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "_birthDate": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
                ]
            }
        },
    ],
)
def test_no_birth_date_is_nothing_wrong(chart_of: Any, more: Any) -> None:
    person = chart_of(patient=patient(**more)).person
    assert (person.birth, person.unusable, chart_of.problems) == (None, frozenset(), [])


@pytest.mark.parametrize(
    ("gender", "sex", "unusable"),
    [
        ("male", Sex.MALE, False), ("female", Sex.FEMALE, False), ("other", Sex.UNKNOWN, False),
        ("unknown", Sex.UNKNOWN, False), (None, Sex.UNKNOWN, False), ("M", Sex.UNKNOWN, True),
        ("Male", Sex.UNKNOWN, True), (1, Sex.UNKNOWN, True), (["male"], Sex.UNKNOWN, True),
    ],
)  # fmt: skip
def test_gender(chart_of: Any, gender: Any, sex: Sex, unusable: bool) -> None:
    person = chart_of(patient=patient(gender=gender)).person
    assert person.sex is sex
    assert person.unusable == ({"gender"} if unusable else frozenset())


@pytest.mark.parametrize(
    ("more", "deceased", "on"),
    [
        ({}, False, None),
        ({"deceasedBoolean": False}, False, None),
        ({"deceasedBoolean": "false"}, False, None),
        ({"deceasedBoolean": True}, True, None),
        ({"deceasedBoolean": "true"}, True, None),
        ({"deceasedDateTime": "2026-10-02"}, True, date(2026, 10, 2)),
        ({"deceasedDateTime": "autumn"}, True, None),
        ({"deceasedDateTime": ""}, False, None),
        ({"deceasedDateTime": None, "deceasedBoolean": True}, True, None),
        ({"deceasedDateTime": "2026-10-02", "deceasedBoolean": True}, True, date(2026, 10, 2)),
    ],
)
def test_deceased(chart_of: Any, more: Any, deceased: bool, on: date | None) -> None:
    person = chart_of(patient=patient(**more)).person
    assert person.deceased is deceased
    assert (person.deceased_when and person.deceased_when.first) == on
    assert person.set_aside is None


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"active": False}, "inactive"),
        ({"active": "false"}, "inactive"),
        ({"link": [{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]}, "Patient/p2"),
        ({"link": [{"type": "refer", "other": {"display": "Ann"}}]}, "Ann"),
        ({"link": {"type": "replaced-by"}}, "cannot be read"),
        ({"deceasedBoolean": "perhaps"}, "died"),
        ({"deceasedBoolean": 0}, "died"),
        ({"deceasedDateTime": False}, "died"),
        ({"deceasedDateTime": ["2026-10-02"]}, "died"),
        ({"deceasedDateTime": "2026-10-02", "deceasedBoolean": False}, "not clear"),
        ({"animal": {"species": {"text": "dog"}}}, "animal"),
        ({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-animal"}]}, "animal"),
        ({"modifierExtension": [{"url": "urn:animal"}]}, "modifier extension"),
    ],
)
def test_a_patient_nobody_should_be_enrolled_by(chart_of: Any, more: Any, word: str) -> None:
    person = chart_of(patient=patient(**more)).person
    assert word in person.set_aside
    assert not person.deceased


@pytest.mark.parametrize(
    "more", [{"active": True}, {"link": [{"type": "replaces", "other": {"reference": "Patient/p0"}}]}]
)
def test_a_patient_in_use(chart_of: Any, more: Any) -> None:
    assert chart_of(patient=patient(**more)).person.set_aside is None


def test_without_a_patient_nothing_is_known(chart_of: Any) -> None:
    person = chart_of().person
    assert (person.reference, person.birth, person.sex) == (None, None, Sex.UNKNOWN)
