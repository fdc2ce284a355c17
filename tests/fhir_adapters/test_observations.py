"""Observations as facts: codes, values in every shape, status, dates and what is said of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Result, Role

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
LVEF, ECOG, NYHA, AST, HBSAG, HBV_DNA = "10230-1", "89247-1", "88020-3", "1920-8", "5196-1", "29615-2"
ANSWER_1, ANSWER_2 = "LA9623-5", "LA9624-3"


def code(value: str, system: str = LOINC, display: str | None = None) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value} | ({"display": display} if display else {})]}


def quantity(value: Any, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"value": value, **({"unit": unit, "system": UCUM, "code": unit} if unit else {}), **more}


def interpreted(value: str) -> list[dict[str, Any]]:
    return [code(value, INTERPRETATION)]


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


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueQuantity": quantity(55, "%")}, NumberInterval(55, 55)),
        ({"valueQuantity": quantity("55", "%")}, NumberInterval(55, 55)),
        ({"valueQuantity": quantity(0.55, "1")}, NumberInterval(55, 55)),
        ({"valueQuantity": quantity(20, "%", comparator="<")}, NumberInterval(5, 20, high_open=True)),
        ({"valueRange": {"low": quantity(55, "%"), "high": quantity(60, "%")}}, NumberInterval(55, 60)),
        ({"valueString": "55-60 %"}, NumberInterval(55, 60)),
        ({"valueString": ">30 %"}, NumberInterval(30, 90, low_open=True)),
        ({"valueCodeableConcept": {"text": "55 %"}}, NumberInterval(55, 55)),
    ],
)
def test_a_number_in_every_shape(fact_of: Any, make: Any, value: Any, expected: NumberInterval) -> None:
    assert fact_of("cardiac.lvef", make.observation(LVEF, **value)).value == expected


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, Reason.NO_DATA),
        ({"valueQuantity": {"unit": "%"}}, Reason.NO_DATA),
        ({"valueQuantity": None}, Reason.NO_DATA),
        (
            {"dataAbsentReason": code("masked", "http://terminology.hl7.org/CodeSystem/data-absent-reason")},
            Reason.NO_DATA,
        ),
        ({"valueCodeableConcept": code("385660001", SNOMED)}, Reason.NO_DATA),
        ({"valueQuantity": quantity(55)}, Reason.UNIT),
        ({"valueInteger": 55}, Reason.UNIT),
        ({"valueString": "55"}, Reason.UNIT),
        ({"valueQuantity": quantity(55, "mg")}, Reason.UNIT),
        ({"valueQuantity": quantity(0.55, "%")}, Reason.UNIT),
        ({"valueQuantity": quantity(55, "1")}, Reason.UNIT),
        ({"valueQuantity": quantity(150, "%")}, Reason.UNIT),
        ({"valueString": "about 55 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "55,5 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "normal"}, Reason.UNUSABLE_DATA),
        ({"valueBoolean": True}, Reason.UNSPECIFIC),
        ({"valueRatio": {"numerator": quantity(1), "denominator": quantity(8)}}, Reason.UNUSABLE_DATA),
        ({"valueSampledData": {"origin": quantity(1)}}, Reason.UNUSABLE_DATA),
        ({"valueTime": "10:00:00"}, Reason.UNUSABLE_DATA),
        ({"valueDateTime": "2026-10-02"}, Reason.UNUSABLE_DATA),
        ({"valueAttachment": {"url": "x"}}, Reason.UNUSABLE_DATA),
        ({"valueReference": {"reference": "MolecularSequence/1"}}, Reason.UNUSABLE_DATA),
        ({"valueQuantity": quantity(55, "%"), "dataAbsentReason": {"text": "error"}}, Reason.UNUSABLE_DATA),
    ],
)
def test_no_number_and_why(fact_of: Any, make: Any, value: Any, problem: Reason) -> None:
    fact = fact_of("cardiac.lvef", make.observation(LVEF, **value))
    assert (fact.value, fact.value_problem) == (None, problem)
    assert fact.times_upper_limit is None
    assert fact.limit_problem is problem


@pytest.mark.parametrize(
    ("limit", "problem"),
    [
        ([], Reason.NO_REFERENCE_RANGE),
        ([{"text": "< 40 U/L"}], Reason.NO_REFERENCE_RANGE),
        ([{"low": quantity(5, "U/L")}], Reason.NO_REFERENCE_RANGE),
        ([{"high": quantity(0, "U/L")}], Reason.UNIT),
        ([{"high": quantity(9999, "U/L")}], Reason.NO_REFERENCE_RANGE),
        ([{"high": quantity(1_000_000, "U/L")}], Reason.UNIT),  # no plausible limit
        ([{"high": quantity(40)}], Reason.UNIT),
        ([{"high": quantity(40, "mg/dL")}], Reason.UNIT),
        ([{"high": quantity(40, "U/L")}, {"high": quantity(50, "U/L")}], Reason.NO_REFERENCE_RANGE),
    ],
)
def test_no_multiple_of_the_upper_limit_and_why(fact_of: Any, make: Any, limit: Any, problem: Reason) -> None:
    resource = make.observation(AST, valueQuantity=quantity(120, "U/L"), referenceRange=limit)
    fact = fact_of("lab.ast", resource)
    assert (fact.times_upper_limit, fact.limit_problem) == (None, problem)
    assert fact.value == NumberInterval.exactly(120)


@pytest.mark.parametrize(
    ("value", "high", "expected"),
    [
        (quantity(0.3, "mg/dL"), quantity(0.1, "mg/dL"), 3.0),
        (quantity(2.1, "mg/dL"), quantity(1.4, "mg/dL"), 1.5),
        (quantity(3, "mg/dL"), quantity(10, "mg/L"), 3.0),
        (quantity(3.6, "mg/dL"), quantity(1.2, "mg/dL"), 3.0),
    ],
)
def test_the_multiple_of_the_upper_limit_is_exact(
    fact_of: Any, make: Any, value: Any, high: Any, expected: float
) -> None:
    resource = make.observation("1975-2", valueQuantity=value, referenceRange=[{"high": high}])
    assert fact_of("lab.bilirubin_total", resource).times_upper_limit == NumberInterval.exactly(expected)


# --- scores and classes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueInteger": 0}, NumberInterval(0, 0)),
        ({"valueInteger": 1, "interpretation": [code(ANSWER_1)]}, NumberInterval(1, 1)),
        ({"interpretation": [code(ANSWER_1)]}, NumberInterval(1, 1)),
        ({"interpretation": code(ANSWER_1)}, NumberInterval(1, 1)),
        ({"valueQuantity": quantity(1, "{score}")}, NumberInterval(1, 1)),
        ({"valueQuantity": quantity(1)}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": code(ANSWER_2)}, NumberInterval(2, 2)),
        ({"valueCodeableConcept": code("422512005", SNOMED)}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": {"text": "ECOG 1"}}, NumberInterval(1, 1)),
        ({"valueString": "ECOG 1"}, NumberInterval(1, 1)),
        ({"valueString": "1-2"}, NumberInterval(1, 2)),
        ({"valueRange": {"low": quantity(1), "high": quantity(2)}}, NumberInterval(1, 2)),
    ],
)
def test_ecog_in_every_shape(fact_of: Any, make: Any, value: Any, expected: NumberInterval) -> None:
    assert fact_of("perf.ecog", make.observation(ECOG, **value)).value == expected


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"valueInteger": 1, "interpretation": [code(ANSWER_2)]}, Reason.UNUSABLE_DATA),
        (
            {"valueCodeableConcept": {"coding": code(ANSWER_1)["coding"] + code(ANSWER_2)["coding"]}},
            Reason.UNUSABLE_DATA,
        ),
        ({"valueInteger": 9}, Reason.UNIT),
        ({"valueQuantity": quantity(1, "%")}, Reason.UNIT),
        ({"valueString": "Karnofsky 90"}, Reason.UNUSABLE_DATA),
        ({"valueString": "not assessed"}, Reason.UNUSABLE_DATA),
    ],
)
def test_no_ecog_and_why(fact_of: Any, make: Any, value: Any, problem: Reason) -> None:
    fact = fact_of("perf.ecog", make.observation(ECOG, **value))
    assert (fact.value, fact.value_problem) == (None, problem)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCodeableConcept": code("LA28405-1")}, NumberInterval(2, 2)),
        ({"valueCodeableConcept": code("421704003", SNOMED)}, NumberInterval(2, 2)),
        ({"valueString": "NYHA II"}, NumberInterval(2, 2)),
        ({"valueString": "class1"}, NumberInterval(1, 1)),
        ({"valueString": "II-III"}, NumberInterval(2, 3)),
        ({"valueInteger": 4}, NumberInterval(4, 4)),
    ],
)
def test_nyha_in_every_shape(fact_of: Any, make: Any, value: Any, expected: NumberInterval) -> None:
    assert fact_of("cardiac.nyha", make.observation(NYHA, **value)).value == expected


def test_the_objective_assessment_is_not_the_functional_class(chart_of: Any, make: Any) -> None:
    assert chart_of(make.observation("88021-1", valueString="B")).facts == ()


# --- results ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"valueCodeableConcept": code("10828004", SNOMED)}, Result.POSITIVE),
        ({"valueCodeableConcept": code("LA6577-6")}, Result.NEGATIVE),
        ({"valueCodeableConcept": code("260415000", SNOMED)}, Result.NEGATIVE),
        ({"valueCodeableConcept": code("419984006", SNOMED)}, Result.INDETERMINATE),
        ({"valueCodeableConcept": code("P", "http://example.org", "Positive")}, Result.POSITIVE),
        ({"valueCodeableConcept": {"text": "Negative"}}, Result.NEGATIVE),
        ({"valueString": "positive"}, Result.POSITIVE),
        ({"valueString": "NEGATIVE."}, Result.NEGATIVE),
        ({"valueString": "阴性"}, Result.NEGATIVE),
        ({"valueString": "阳性"}, Result.POSITIVE),
        ({"valueString": "阳性(+)"}, Result.POSITIVE),
        ({"valueString": "non-reactive"}, Result.NEGATIVE),
        ({"valueBoolean": True}, Result.POSITIVE),
        ({"valueBoolean": False}, Result.NEGATIVE),
        ({"interpretation": interpreted("POS")}, Result.POSITIVE),
        ({"interpretation": interpreted("ND")}, Result.NEGATIVE),
        ({"interpretation": interpreted("E")}, Result.INDETERMINATE),
        ({"interpretation": code("NEG", "http://hl7.org/fhir/v2/0078")}, Result.NEGATIVE),
        ({"interpretation": [{"text": "Reactive"}]}, Result.POSITIVE),
        ({"valueQuantity": quantity(0.4), "interpretation": interpreted("NEG")}, Result.NEGATIVE),
        ({"valueCodeableConcept": code("LA6577-6"), "interpretation": interpreted("N")}, Result.NEGATIVE),
        ({"valueCodeableConcept": code("LA6577-6"), "interpretation": interpreted("POS")}, Result.INDETERMINATE),
        ({"valueCodeableConcept": code("LA6577-6", display="Positive")}, Result.INDETERMINATE),
        ({"valueString": "negative", "interpretation": interpreted("POS")}, Result.INDETERMINATE),
    ],
)
def test_a_qualitative_result_in_every_shape(fact_of: Any, make: Any, value: Any, result: Result) -> None:
    fact = fact_of("lab.hbsag", make.observation(HBSAG, **value))
    assert (fact.result, fact.result_problem) == (result, None)


ANSWERS = {Result.POSITIVE: "10828004", Result.NEGATIVE: "260385009"}


@pytest.mark.parametrize(
    ("coded", "text", "result"),
    [
        (Result.NEGATIVE, "HIV-1 antibody positive", Result.INDETERMINATE),
        (Result.NEGATIVE, "HBsAg reactive (S/CO 12)", Result.INDETERMINATE),
        (Result.NEGATIVE, "Antikörper nachgewiesen", Result.INDETERMINATE),
        (Result.NEGATIVE, "抗体阳性", Result.INDETERMINATE),
        (Result.POSITIVE, "HBsAg negative", Result.INDETERMINATE),
        (Result.POSITIVE, "HBsAg not detected", Result.INDETERMINATE),
        (Result.POSITIVE, "HBsAg undetectable", Result.INDETERMINATE),
        (Result.NEGATIVE, "HBsAg negative", Result.NEGATIVE),
        (Result.NEGATIVE, "HBsAg not detected", Result.NEGATIVE),
        (Result.NEGATIVE, "HBsAg non-reactive", Result.NEGATIVE),
        (Result.NEGATIVE, "No antibodies were detected", Result.NEGATIVE),
        (Result.NEGATIVE, "Positive before, negative now", Result.NEGATIVE),
        (Result.NEGATIVE, "False positive", Result.NEGATIVE),
        (Result.NEGATIVE, "Gram-positive bacteria", Result.NEGATIVE),
        (Result.NEGATIVE, "see report", Result.NEGATIVE),
        (Result.POSITIVE, "HBsAg positive", Result.POSITIVE),
        (Result.POSITIVE, "Gram-negative rods", Result.POSITIVE),
        (Result.POSITIVE, "not negative", Result.POSITIVE),
    ],
)
def test_words_beside_the_code_of_an_answer(fact_of: Any, make: Any, coded: Result, text: str, result: Result) -> None:
    """They count where they say the opposite outright."""
    value = {**code(ANSWERS[coded], SNOMED), "text": text}
    assert fact_of("lab.hbsag", make.observation(HBSAG, valueCodeableConcept=value)).result is result


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, Reason.NO_DATA),
        ({"valueCodeableConcept": code("385660001", SNOMED)}, Reason.NO_DATA),
        ({"interpretation": interpreted("N")}, Reason.UNSPECIFIC),
        ({"interpretation": interpreted("A")}, Reason.UNSPECIFIC),
        ({"interpretation": interpreted("H")}, Reason.UNSPECIFIC),
        ({"valueQuantity": quantity(0.4)}, Reason.NO_REFERENCE_RANGE),
        ({"valueString": "see report"}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code("17621005", SNOMED, "Normal")}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code("POS")}, Reason.UNUSABLE_DATA),
    ],
)
def test_no_result_and_why(fact_of: Any, make: Any, value: Any, problem: Reason) -> None:
    fact = fact_of("lab.hbsag", make.observation(HBSAG, **value))
    assert (fact.result, fact.result_problem) == (None, problem)


@pytest.mark.parametrize(
    ("value", "high", "result", "problem"),
    [
        (0.9, 1.0, Result.NEGATIVE, None),
        (1.0, 1.0, Result.NEGATIVE, None),
        (1.1, 1.0, Result.POSITIVE, None),
    ],
)
def test_a_number_against_its_reference_range(
    fact_of: Any, make: Any, value: float, high: float, result: Any, problem: Any
) -> None:
    resource = make.observation(
        HBSAG, valueQuantity={"value": value, "unit": "COI"}, referenceRange=[{"high": {"value": high, "unit": "COI"}}]
    )
    fact = fact_of("lab.hbsag", resource)
    assert (fact.result, fact.result_problem) == (result, problem)


@pytest.mark.parametrize(
    ("value", "result", "problem"),
    [
        ({"valueQuantity": quantity(0, "[IU]/mL")}, Result.NEGATIVE, None),
        ({"valueQuantity": quantity(1, "[IU]/mL")}, Result.POSITIVE, None),
        ({"valueQuantity": quantity(20, "[IU]/mL", comparator=">")}, Result.POSITIVE, None),
        ({"valueQuantity": quantity(20, "[IU]/mL", comparator="<")}, None, Reason.IMPRECISE),
        (
            {"valueQuantity": quantity(20, "[IU]/mL", comparator="<"), "interpretation": interpreted("ND")},
            Result.NEGATIVE,
            None,
        ),
        (
            {"valueQuantity": quantity(20, "[IU]/mL", comparator="<"), "interpretation": interpreted("DET")},
            Result.POSITIVE,
            None,
        ),
        ({"valueQuantity": quantity(5, "[IU]/mL"), "interpretation": interpreted("ND")}, Result.INDETERMINATE, None),
        ({"valueString": "<20 IU/mL, not detected"}, Result.NEGATIVE, None),
        ({"valueString": "<20 IU/mL (detected)"}, Result.POSITIVE, None),
        ({"valueString": "<20 IU/mL"}, None, Reason.IMPRECISE),
        ({"valueQuantity": quantity(5)}, None, Reason.UNIT),
    ],
)
def test_an_amount_of_a_virus(fact_of: Any, make: Any, value: Any, result: Any, problem: Any) -> None:
    fact = fact_of("lab.hbv_dna", make.observation(HBV_DNA, **value))
    assert (fact.result, fact.result_problem) == (result, problem)


def test_a_percentage_alone_is_no_result(fact_of: Any, make: Any) -> None:
    fact = fact_of("marker.cd7", make.observation("13846-1", valueQuantity=quantity(85, "%")))
    assert (fact.result, fact.result_problem) == (None, Reason.UNSPECIFIC)


# --- findings as Observations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "value", "result"),
    [
        ("77386006", {"valueBoolean": True}, Result.POSITIVE),
        ("77386006", {"valueCodeableConcept": code("373066001", SNOMED)}, Result.POSITIVE),
        ("77386006", {"valueCodeableConcept": code("52101004", SNOMED)}, Result.POSITIVE),
        ("77386006", {"valueBoolean": False}, Result.NEGATIVE),
        ("60001007", {"valueBoolean": True}, Result.NEGATIVE),
        ("60001007", {"valueBoolean": False}, Result.POSITIVE),
        ("77386006", {}, None),
    ],
)
def test_a_finding_is_as_its_value_says(fact_of: Any, make: Any, finding: str, value: Any, result: Any) -> None:
    resource = make.observation("x", **value)
    resource["code"] = code(finding, SNOMED)
    fact = fact_of("repro.pregnancy_status", resource)
    assert fact.role is Role.DEFINITIVE
    assert fact.result is result
    assert fact.result_problem is (Reason.NO_DATA if result is None else None)


@pytest.mark.parametrize(
    ("value", "result"),
    [("77386006", Result.POSITIVE), ("60001007", Result.NEGATIVE), ("102874004", Result.INDETERMINATE)],
)
def test_a_value_that_is_a_code_of_the_same_concept(fact_of: Any, make: Any, value: str, result: Result) -> None:
    resource = make.observation("82810-3", valueCodeableConcept=code(value, SNOMED))
    assert fact_of("repro.pregnancy_status", resource).result is result


@pytest.mark.parametrize(("value", "result"), [("LA29252-6", Result.POSITIVE), ("LA29253-4", Result.NEGATIVE)])
def test_an_answer_that_means_yes_or_no(fact_of: Any, make: Any, value: str, result: Result) -> None:
    resource = make.observation("63895-7", valueCodeableConcept=code(value))
    assert fact_of("repro.lactation", resource).result is result


# --- the status of a disease ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "result", "problem", "extent"),
    [
        (code("103338009", SNOMED), Result.POSITIVE, None, ("complete",)),
        (code("103337004", SNOMED), Result.POSITIVE, None, ("partial",)),
        (code("268910001", SNOMED), None, Reason.UNSPECIFIC, ()),
        (None, None, Reason.NO_DATA, ()),
    ],
)
def test_a_response_to_treatment(
    fact_of: Any, make: Any, value: Any, result: Any, problem: Any, extent: tuple[str, ...]
) -> None:
    resource = make.observation("88040-1", **({"valueCodeableConcept": value} if value else {}))
    fact = fact_of("status.remission", resource)
    assert fact.role is Role.DEFINITIVE
    assert (fact.result, fact.result_problem) == (result, problem)
    assert fact.facet("extent") == extent


def test_worsening_is_not_yet_a_relapse(fact_of: Any, make: Any) -> None:
    resource = make.observation("97509-4", valueCodeableConcept=code("271299001", SNOMED))
    assert fact_of("status.relapsed", resource).result is Result.INDETERMINATE


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


# --- facets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loinc", "more", "method", "assumed"),
    [
        ("18043-0", {}, ("echocardiography",), False),
        (LVEF, {}, ("echocardiography",), True),
        (LVEF, {"method": {"text": "Transthoracic echocardiography"}}, ("echocardiography",), False),
        (LVEF, {"method": {"text": "Cardiac MRI"}}, ("magnetic resonance",), False),
        (LVEF, {"method": {"text": "eyeballed"}}, (), False),
        (LVEF, {"words": "LVEF by cardiac MRI"}, ("magnetic resonance",), False),
        (LVEF, {"words": "LVEF (echocardiography)"}, ("echocardiography",), False),
        (LVEF, {"words": "LVEF, MUGA or cardiac MRI"}, (), False),
        (LVEF, {"words": "LVEF by cardiac MRI", "method": {"text": "eyeballed"}}, (), False),
        ("18043-0", {"method": {"text": "Cardiac MRI"}}, (), False),
        ("18043-0", {"method": {"text": "standard"}}, ("echocardiography",), False),
    ],
)
def test_the_method(fact_of: Any, make: Any, loinc: str, more: Any, method: tuple[str, ...], assumed: bool) -> None:
    observation = make.observation(loinc, valueQuantity=quantity(55, "%"), **more)
    observation["code"]["text"] = observation.pop("words", "LVEF")
    fact = fact_of("cardiac.lvef", observation)
    assert fact.facet("method") == method
    assert bool(fact.assumptions) is assumed


@pytest.mark.parametrize(
    ("specimen", "index"),
    [
        ({"display": "Bone marrow aspirate"}, {}),
        ({"reference": "Specimen/s1"}, {"Specimen/s1": {"type": {"text": "Bone marrow"}}}),
        ({"reference": "#s1"}, {}),
    ],
)
def test_the_specimen_is_followed(fact_of: Any, make: Any, specimen: Any, index: Any) -> None:
    resource = make.observation(
        "20612-8",
        valueQuantity=quantity(80, "%"),
        specimen=specimen,
        contained=[{"resourceType": "Specimen", "id": "s1", "type": {"text": "Marrow"}}],
    )
    assert fact_of("marker.cd7", resource, index=index).facet("specimen") == ("bone marrow",)


def test_flow_cytometry_as_method(fact_of: Any, make: Any) -> None:
    resource = make.observation("13846-1", valueQuantity=quantity(80, "%"), method={"text": "Flow cytometry"})
    fact = fact_of("marker.cd7", resource)
    assert fact.facet("method") == ("flow cytometry",)
    assert fact.facet("denominator") == ("blasts",)


@pytest.mark.parametrize(
    ("value", "low", "expected", "problem"),
    [
        (94, {"value": 95, "unit": "%", "code": "%"}, 94 / 95, None),
        (95, {"value": 95, "unit": "%", "code": "%"}, 1, None),
        (96, {"value": 96, "unit": "mmol/L", "code": "mmol/L"}, None, Reason.UNIT),
        (96, None, None, Reason.NO_REFERENCE_RANGE),
    ],
)
def test_a_multiple_of_its_own_lower_limit_tells_what_is_normal(
    fact_of: Any, make: Any, value: float, low: Any, expected: float | None, problem: Reason | None
) -> None:
    ranges = [] if low is None else [{"low": low}]
    resource = make.observation("59408-5", valueQuantity=quantity(value, "%"), referenceRange=ranges)
    fact = fact_of("lab.spo2", resource)
    assert fact.lower_limit_problem is problem
    assert fact.times_lower_limit == (None if expected is None else NumberInterval.exactly(expected))
