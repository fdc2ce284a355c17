"""Observations as facts: codes, components, status, dates and what is said of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from observed_values import AST, LOINC, LVEF, NYHA, SNOMED, code, quantity

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Role

# --- what a fact says -------------------------------------------------------------------------------------------------


def test_a_measurement(fact_of: Any, make: Any) -> None:
    fact = fact_of("cardiac.lvef", make.observation(LVEF, valueQuantity=quantity(55, "%")))
    assert fact.kind is Kind.OBSERVATION
    assert fact.reference == "Observation/o1"
    assert fact.role is Role.DEFINITIVE
    assert fact.value == NumberInterval.exactly(55)
    assert fact.value_problem is None
    assert fact.when is not None
    assert fact.when.first == date(2026, 10, 2)
    assert fact.certainty is Certainty.FIRM
    assert fact.says == "LVEF 55 % on 2026-10-02"


def test_a_measurement_with_its_upper_limit(fact_of: Any, make: Any) -> None:
    limit = [{"high": quantity(40, "U/L")}]
    fact = fact_of("lab.ast", make.observation(AST, valueQuantity=quantity(120, "U/L"), referenceRange=limit))
    assert fact.times_upper_limit == NumberInterval.exactly(3)
    assert fact.limit_problem is None
    assert fact.says == "AST 120 U/L (upper limit 40 U/L) on 2026-10-02"


def test_a_measurement_with_both_limits(fact_of: Any, make: Any) -> None:
    limits = [{"low": quantity(10, "U/L"), "high": quantity(40, "U/L")}]
    fact = fact_of("lab.ast", make.observation(AST, valueQuantity=quantity(120, "U/L"), referenceRange=limits))
    assert fact.says == "AST 120 U/L (lower limit 10 U/L, upper limit 40 U/L) on 2026-10-02"


@pytest.mark.parametrize(
    "limits",
    [
        [{"low": quantity(40, "U/L"), "high": quantity(10, "U/L")}],
        [{"low": quantity(40, "U/L")}, {"high": quantity(10, "U/L")}],
    ],
)
def test_swapped_limits_are_no_usable_range(fact_of: Any, make: Any, limits: Any) -> None:
    fact = fact_of("lab.ast", make.observation(AST, valueQuantity=quantity(30, "U/L"), referenceRange=limits))
    assert fact.value == NumberInterval.exactly(30)
    assert (fact.times_upper_limit, fact.limit_problem) == (None, Reason.NO_REFERENCE_RANGE)
    assert (fact.times_lower_limit, fact.lower_limit_problem) == (None, Reason.NO_REFERENCE_RANGE)
    assert fact.says == "AST 30 U/L on 2026-10-02"


def test_a_display_that_disagrees_with_its_code_is_shown(fact_of: Any, make: Any) -> None:
    resource = make.observation(LVEF, valueQuantity=quantity(55, "%"))
    resource["code"] = code(LVEF, display="Body weight")
    assert fact_of("cardiac.lvef", resource).says == "LVEF (recorded as 'Body weight') 55 % on 2026-10-02"


def test_an_answer_that_is_told_by_its_number_alone_is_said(fact_of: Any, make: Any) -> None:
    resource = make.observation("13950-1", valueCodeableConcept=code("10828004", SNOMED))
    assert "positive (code 10828004)" in fact_of("lab.hepatitis_a_igm", resource).says


@pytest.mark.parametrize(
    ("answer", "says"),
    [("Class II", "NYHA Class II on 2026-10-02"), ("II", "NYHA class II on 2026-10-02")],
)
def test_a_word_that_label_and_answer_share_is_said_once(fact_of: Any, make: Any, answer: str, says: str) -> None:
    resource = make.observation(NYHA, valueCodeableConcept={"text": answer})
    assert fact_of("cardiac.nyha", resource).says == says


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["http://example.org", "http://hl7.org/fhir/sid/icd-10", None])
def test_a_code_of_another_system_is_not_ours(chart_of: Any, make: Any, system: str | None) -> None:
    resource = make.observation(LVEF, valueQuantity=quantity(55, "%"))
    resource["code"] = {"coding": [{"system": system, "code": LVEF}]}
    assert chart_of(resource).facts == ()


def test_the_oid_of_a_system_is_the_system(fact_of: Any, make: Any) -> None:
    resource = make.observation(LVEF, valueQuantity=quantity(55, "%"))
    resource["code"] = code(LVEF, "urn:oid:2.16.840.1.113883.6.1")
    assert fact_of("cardiac.lvef", resource).value == NumberInterval.exactly(55)


def test_two_codings_of_one_concept_make_one_fact(fact_of: Any, make: Any) -> None:
    resource = make.observation("59408-5", valueQuantity=quantity(97, "%"))
    resource["code"]["coding"].append({"system": LOINC, "code": "2708-6"})
    assert fact_of("lab.spo2", resource).value == NumberInterval.exactly(97)


def test_an_excluded_code_makes_no_fact_and_does_not_suppress_another(chart_of: Any, make: Any) -> None:
    direct = make.observation("1968-7", valueQuantity=quantity(5, "mg/dL"))
    assert [fact.concept for fact in chart_of(direct).facts] == []
    direct["code"]["coding"].append({"system": LOINC, "code": "1975-2"})
    assert [fact.concept for fact in chart_of(direct).facts] == ["lab.bilirubin_total"]


def test_a_definitive_code_goes_before_a_supporting_one(fact_of: Any, make: Any) -> None:
    resource = make.observation("13846-1", valueQuantity=quantity(80, "%"))
    resource["code"]["coding"].insert(0, {"system": LOINC, "code": "35641-0"})
    assert fact_of("marker.cd7", resource).role is Role.DEFINITIVE


# --- status and date --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "certainty"),
    [
        ("final", Certainty.FIRM), ("amended", Certainty.FIRM), ("corrected", Certainty.FIRM),
        ("preliminary", Certainty.WEAK), ("registered", Certainty.WEAK), ("unknown", Certainty.WEAK),
        ("completed", Certainty.WEAK), (None, Certainty.WEAK), ("cancelled", None), ("entered-in-error", None),
        ("Entered-in-error", None),
    ],
)  # fmt: skip
def test_status(chart_of: Any, make: Any, status: str | None, certainty: Certainty | None) -> None:
    facts = chart_of(make.observation(LVEF, valueQuantity=quantity(55, "%"), status=status)).facts
    assert [fact.certainty for fact in facts] == ([] if certainty is None else [certainty])


def test_a_weak_status_is_said(fact_of: Any, make: Any) -> None:
    fact = fact_of("cardiac.lvef", make.observation(LVEF, valueQuantity=quantity(55, "%"), status="preliminary"))
    assert fact.says == "LVEF 55 % (preliminary) on 2026-10-02"


@pytest.mark.parametrize(
    ("dated", "first", "last", "problems"),
    [
        ({"effectiveDateTime": "2026-10"}, date(2026, 10, 1), date(2026, 10, 31), 0),
        ({"effectivePeriod": {"start": "2026-10-01", "end": "2026-10-02"}}, date(2026, 10, 1), date(2026, 10, 2), 0),
        ({"effectiveInstant": "2026-10-02T10:00:00Z"}, date(2026, 10, 2), date(2026, 10, 2), 0),
        ({"issued": "2026-10-02T10:00:00Z"}, None, date(2026, 10, 2), 0),
        (
            {"effectiveDateTime": "2026-10-01", "issued": "2026-10-02T10:00:00Z"},
            date(2026, 10, 1),
            date(2026, 10, 1),
            0,
        ),
        ({"effectiveTiming": {"event": ["2026-10-02"]}}, date(2026, 10, 2), date(2026, 10, 2), 0),
        ({"effectiveTiming": {"event": ["2026-10-03", "2026-10-01"]}}, date(2026, 10, 1), date(2026, 10, 3), 0),
        ({"effectivePeriod": {}}, None, None, 0),
        ({"effectiveDateTime": None, "_effectiveDateTime": {"extension": []}}, None, None, 0),
        ({"effectiveDateTime": "1900-01-01"}, None, None, 1),  # before the birth
        ({"effectivePeriod": {"start": "1900-01-01", "end": "2026-10-02"}}, None, None, 1),
        ({}, None, None, 0),
    ],
)
def test_when(fact_of: Any, chart_of: Any, make: Any, dated: Any, first: Any, last: Any, problems: int) -> None:
    resource = make.observation(LVEF, valueQuantity=quantity(55, "%"))
    del resource["effectiveDateTime"]
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1980-02-29"}
    fact = fact_of("cardiac.lvef", resource | dated, patient=patient)
    assert (fact.when and fact.when.first, fact.when and fact.when.last) == (first, last)
    assert len(chart_of.problems) == problems
    assert fact.value == NumberInterval.exactly(55)


@pytest.mark.parametrize(
    ("dated", "reason"),
    [
        ({"effectiveDateTime": "18/11/2026"}, "effectiveDateTime '18/11/2026' is no FHIR date"),
        ({"effectiveDateTime": "2026-13-45"}, "effectiveDateTime '2026-13-45' is no FHIR date"),
        ({"effectiveDateTime": "2026-02-30"}, "effectiveDateTime '2026-02-30' is no FHIR date"),
        ({"effectiveDateTime": 20261118}, "effectiveDateTime '20261118' is no FHIR date"),
        ({"effectiveDateTime": "last week", "issued": "2026-10-02T10:00:00Z"}, "effectiveDateTime 'last week' is no"),
        ({"effectiveInstant": "now"}, "effectiveInstant 'now' is no FHIR date"),
        ({"effectivePeriod": {"start": "2026-11-18", "end": "soon"}}, "end 'soon' is no FHIR date"),
        ({"effectivePeriod": {"start": "2026-11-18", "end": "2026-11-01"}}, "effectivePeriod ends before it starts"),
        ({"effectivePeriod": "2026-11-18"}, "effectivePeriod is not a Period"),
        ({"effectiveTiming": {"event": ["2026-11-18", "?"]}}, "event '?' is no FHIR date"),
        ({"effectiveTiming": {"repeat": {"frequency": 1}}}, "effectiveTiming names no day"),
        ({"effectiveTiming": "daily"}, "effectiveTiming names no day"),
        ({"issued": "18/11/2026"}, "issued '18/11/2026' is no FHIR date"),
        (
            {"effectiveDateTime": "2026-11-18", "effectivePeriod": {"start": "2019-02-01", "end": "2019-02-03"}},
            "effectiveDateTime and effectivePeriod stand side by side",
        ),
        (
            {"effectiveDateTime": "2026-11-18", "effectiveInstant": "2019-02-01T08:00:00Z"},
            "effectiveDateTime and effectiveInstant stand side by side",
        ),
        (
            {"effectiveInstant": "2026-11-18T08:00:00Z", "effectiveTiming": {"event": ["2019-02-01"]}},
            "effectiveInstant and effectiveTiming stand side by side",
        ),
    ],
)
def test_a_date_that_cannot_be_read_is_not_a_missing_one(chart_of: Any, make: Any, dated: Any, reason: str) -> None:
    """An undated result changes nothing beside dated ones; this one may be the newest."""
    resource = make.observation(LVEF, valueQuantity=quantity(15, "%"))
    del resource["effectiveDateTime"]
    chart = chart_of(resource | dated, make.observation(LVEF, id="o2", valueQuantity=quantity(60, "%")))
    assert [fact.reference for fact in chart.facts] == ["Observation/o2"]
    (unreadable,) = chart.unreadable
    assert (unreadable.reference, unreadable.concepts) == ("Observation/o1", {"cardiac.lvef"})
    assert unreadable.problem.startswith(reason)
    assert "undated" not in unreadable.problem
    assert [problem.reason for problem in chart_of.problems] == [unreadable.problem]


# --- components -------------------------------------------------------------------------------------------------------


def test_a_component_is_read_by_its_own_code(chart_of: Any, make: Any) -> None:
    panel = make.observation(
        "93124-6",
        component=[
            {"code": code(NYHA), "valueCodeableConcept": code("LA28406-9")},
            {"valueString": "without a code"},
        ],
    )
    (fact,) = chart_of(panel).facts
    assert (fact.concept, fact.role, fact.reference) == ("cardiac.nyha", Role.DEFINITIVE, "Observation/o1")
    assert fact.value == NumberInterval.exactly(3)


def test_a_component_has_its_own_reference_range(fact_of: Any, make: Any) -> None:
    panel = make.observation(
        "24325-3",
        component=[
            {"code": code(AST), "valueQuantity": quantity(90, "U/L"), "referenceRange": [{"high": quantity(45, "U/L")}]}
        ],
    )
    assert fact_of("lab.ast", panel).times_upper_limit == NumberInterval.exactly(2)


@pytest.mark.parametrize(
    ("component", "doubted"),
    [
        ({"code": {"text": "CD7"}, "valueString": "Negative"}, [{"marker.cd7"}]),
        ({"code": {"text": "CD7"}, "valueBoolean": False}, [{"marker.cd7"}]),
        ({"code": {"text": "CD7"}}, []),
        ({"code": {"text": "Karyotype"}, "valueString": "Negative"}, []),
    ],
)
def test_a_component_in_words_alone_is_a_doubt_although_the_panel_has_a_code_of_the_same_concept(
    chart_of: Any, make: Any, component: Any, doubted: list[set[str]]
) -> None:
    chart = chart_of(make.observation("33719-6", component=[component]))
    assert {fact.concept for fact in chart.facts} >= {"marker.cd7"}
    assert [item.concepts for item in chart.unreadable] == doubted
