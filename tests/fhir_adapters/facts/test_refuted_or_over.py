"""Of two diagnoses of one code, one refuted or over: the chart says which contradicts which."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.engine.facts import Contradiction

Json = dict[str, Any]
SNOMED, ICD_10_CM = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
EMBOLISM, ALL_EMBOLISM, BROAD = "I26.99", "59282003", "I10"
REFUTED = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
RESOLVED = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}


def coding(code: str, system: str = ICD_10_CM) -> Json:
    return {"system": system, "code": code}


def condition(number: int, *codes: Json, **more: Any) -> Json:
    return {"resourceType": "Condition", "id": f"c{number}", "code": {"coding": list(codes)}, **more}


def named(found: tuple[Contradiction, ...]) -> list[tuple[str, set[str], bool]]:
    return [(each.reference, set(each.of), each.refuted) for each in found]


ICD, SCT = coding(EMBOLISM), coding(ALL_EMBOLISM, SNOMED)
FIRST = condition(1, ICD)


@pytest.mark.parametrize(
    ("name", "second", "expected"),
    [
        ("refuted", condition(2, ICD, **REFUTED), [("Condition/c2", {"Condition/c1"}, True)]),
        ("resolved", condition(2, ICD, **RESOLVED), [("Condition/c2", {"Condition/c1"}, False)]),
        ("ended", condition(2, ICD, abatementDateTime="2026-11-01"), [("Condition/c2", {"Condition/c1"}, False)]),
        ("written otherwise", condition(2, coding("i2699"), **REFUTED), [("Condition/c2", {"Condition/c1"}, True)]),
        ("among other codes", condition(2, SCT, ICD, **REFUTED), [("Condition/c2", {"Condition/c1"}, True)]),
        ("another version, refuted", condition(1, ICD, **REFUTED), [("Condition/c1", {"Condition/c1"}, True)]),
        ("another version, resolved", condition(1, ICD, **RESOLVED), [("Condition/c1", {"Condition/c1"}, False)]),
        ("another version of another code", condition(1, SCT, **REFUTED), []),
        ("going on", condition(2, ICD), []),
        ("of another code", condition(2, SCT, **REFUTED), []),
        ("of another code of the list", condition(2, coding("I26.09"), **REFUTED), []),
        ("entered in error", condition(2, ICD, verificationStatus={"coding": [{"code": "entered-in-error"}]}), []),
        ("resolved, and in doubt", condition(2, ICD, **RESOLVED, verificationStatus={"text": "provisional"}), []),
    ],
)
def test_what_is_said_of_another(chart_of: Any, name: str, second: Json, expected: list[Any]) -> None:
    assert named(chart_of(FIRST, second).contradictions) == expected, name


def test_alone_it_contradicts_nothing(chart_of: Any) -> None:
    chart = chart_of(condition(2, ICD, **REFUTED))
    assert (chart.facts, chart.contradictions, chart.unreadable, chart_of.problems) == ((), (), (), [])
    assert chart_of(condition(2, ICD, **RESOLVED)).contradictions == ()


def test_a_code_that_only_suggests_is_not_the_same_thing(chart_of: Any) -> None:
    broad = coding(BROAD)
    assert chart_of(condition(1, broad), condition(2, broad, **REFUTED)).contradictions == ()
    assert chart_of(condition(1, ICD, broad), condition(2, SCT, broad, **REFUTED)).contradictions == ()


def test_an_allergy_is_no_condition(chart_of: Any) -> None:
    code = {"coding": [coding("91936005", SNOMED)]}
    refuted = {"resourceType": "AllergyIntolerance", "id": "a1", "code": code, **REFUTED}
    standing = {"resourceType": "AllergyIntolerance", "id": "a2", "code": code}
    diagnosed = {"resourceType": "Condition", "id": "c1", "code": code}
    assert named(chart_of(refuted, standing, diagnosed).contradictions) == [
        ("AllergyIntolerance/a1", {"AllergyIntolerance/a2"}, True)
    ]


@pytest.mark.parametrize(
    ("more", "when", "ended"),
    [
        ({"recordedDate": "2026-11-02", **REFUTED}, "2026-11-02", "None"),
        ({"recordedDate": "2026-11-02", "onsetDateTime": "2026-11-05", **REFUTED}, "2026-11-02", "None"),
        ({"onsetDateTime": "2026-11-05", **REFUTED}, "None", "None"),
        ({"onsetDateTime": "2026-11-05", "onsetString": "then", **REFUTED}, "None", "None"),
        ({"recordedDate": "2026-11-02", **RESOLVED}, "2026-11-02", "None"),
        ({"recordedDate": "2026-11-02", "onsetDateTime": "2026-11-05", **RESOLVED}, "2026-11-05", "None"),
        ({"recordedDate": "2026-11-02", "abatementDateTime": "2026-11-06"}, "2026-11-06", "2026-11-06"),
        (RESOLVED, "None", "None"),
    ],
)
def test_when_it_was_said(chart_of: Any, more: Json, when: str, ended: str) -> None:
    (said,) = chart_of(FIRST, condition(2, ICD, **more)).contradictions
    assert (str(said.when and said.when.last), str(said.ended_when and said.ended_when.last)) == (when, ended)
    assert chart_of.problems == []
    assert ("refuted" in said.says) is said.refuted


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ({"recordedDate": "2026-11-20", **REFUTED}, True),
        ({"recordedDate": "2026-11-21", **REFUTED}, False),
        ({"onsetDateTime": "2026-11-20", **REFUTED}, True),
        ({"onsetDateTime": "2026-11-21", **REFUTED}, False),
        ({"onsetDateTime": "2026-11-21", "recordedDate": "2026-11-20", **REFUTED}, True),  # a slip
        ({"onsetDateTime": "2026-11-21", "onsetString": "then", **REFUTED}, True),
        ({"abatementDateTime": "2026-11-20", "recordedDate": "2026"}, True),
        ({"abatementDateTime": "2026-11-21", "recordedDate": "2026"}, False),
        ({"abatementDateTime": "2026-11-21", "recordedDate": "2026-11-19"}, False),
        ({"recordedDate": "2026-11-20", **RESOLVED}, True),
        ({"recordedDate": "2026-11-21", "onsetDateTime": "2026", **RESOLVED}, False),
        (RESOLVED, True),
    ],
)
def test_of_a_later_day_it_says_nothing_yet(chart_of: Any, more: Json, known: bool) -> None:
    chart = chart_of(FIRST, condition(2, ICD, **more), as_of=date(2026, 11, 20))
    assert bool(chart.contradictions) is known


def test_a_third_is_contradicted_too(chart_of: Any) -> None:
    chart = chart_of(FIRST, condition(2, ICD, **REFUTED), condition(3, ICD, SCT))
    assert named(chart.contradictions) == [("Condition/c2", {"Condition/c1", "Condition/c3"}, True)]


WITHDRAWN = {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}


@pytest.mark.parametrize(
    ("resource", "says"),
    [
        (condition(1, ICD, **REFUTED), "I26.99 (refuted), undated"),
        (condition(1, ICD, recordedDate="2026-10-01", **REFUTED), "I26.99 (refuted), recorded 2026-10-01"),
        (condition(1, ICD, **WITHDRAWN), "I26.99 (entered in error), undated"),
        (condition(1, ICD, recordedDate="2026-11-21", **REFUTED), None),  # nobody knew by then
        (condition(1, ICD, onsetDateTime="2026-11-21", **REFUTED), None),
        (condition(1, coding("S52.5"), **REFUTED), None),
        (condition(1, ICD, **RESOLVED), None),
        (FIRST, None),
    ],
)
def test_what_does_not_count_is_kept_to_be_told(chart_of: Any, resource: Json, says: str | None) -> None:
    dismissed = chart_of(resource, as_of=date(2026, 11, 20)).dismissed
    assert [(each.reference, each.says) for each in dismissed] == ([("Condition/c1", says)] if says else [])
    assert all("vasc.pe" in each.concepts for each in dismissed)
