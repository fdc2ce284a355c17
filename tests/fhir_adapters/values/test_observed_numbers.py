"""Numbers, scores and classes of Observations in every shape that they are recorded in, and why one cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from observed_values import ANSWER_1, ANSWER_2, AST, ECOG, INTERPRETATION, LVEF, NYHA, SNOMED, code, quantity

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.vocabulary import Reason

RESTRICTED = "Restricted in physically strenuous activity but ambulatory"
FULLY_ACTIVE = "Fully active, able to carry on all pre-disease performance without restriction"

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
        ({"valueString": "EF 45-50%"}, NumberInterval(45, 50)),
        ({"valueString": "LVEF: 45 to 50 %"}, NumberInterval(45, 50)),
        ({"valueString": "Left ventricular ejection fraction = 55 %"}, NumberInterval(55, 55)),
        ({"valueString": "EF <50 %"}, NumberInterval(5, 50, high_open=True)),
        ({"valueCodeableConcept": {"text": "EF 45-50%"}}, NumberInterval(45, 50)),
        ({"valueCodeableConcept": {"text": "55 %"}}, NumberInterval(55, 55)),
        ({"valueCodeableConcept": code("7", "http://example.org", "55 %")}, NumberInterval(55, 55)),
        (
            {"valueCodeableConcept": {**code("7", "http://example.org", "55 %"), "text": "EF 55%"}},
            NumberInterval(55, 55),
        ),
        ({"valueString": "左室射血分数62%"}, NumberInterval(62, 62)),
        ({"valueString": "EF：62%"}, NumberInterval(62, 62)),
    ],
)
def test_a_number_in_every_shape(fact_of: Any, make: Any, value: Any, expected: NumberInterval) -> None:
    assert fact_of("cardiac.lvef", make.observation(LVEF, **value)).value == expected


@pytest.mark.parametrize("text", ["Blasts 45 %", "blasts: 45%", "Blasten 45 %", "原始细胞45%"])
@pytest.mark.parametrize(("concept", "loinc"), [("lab.bm_blast_pct", "11150-0"), ("lab.pb_blast_pct", "26446-5")])
def test_blasts_with_their_name_before_the_number(fact_of: Any, make: Any, concept: str, loinc: str, text: str) -> None:
    assert fact_of(concept, make.observation(loinc, valueString=text)).value == NumberInterval(45, 45)


@pytest.mark.parametrize("text", ["Normoblasts 45 %", "No blasts, 45 % lymphocytes", "Blasts 45"])
def test_other_cells_and_numbers_without_a_unit_are_no_blasts(fact_of: Any, make: Any, text: str) -> None:
    assert fact_of("lab.bm_blast_pct", make.observation("11150-0", valueString=text)).value is None


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
        ({"valueString": "TNP"}, Reason.NO_DATA),
        ({"valueString": "Specimen hemolyzed"}, Reason.NO_DATA),
        ({"valueString": "标本溶血"}, Reason.NO_DATA),
        ({"valueString": "Hemolyzed, 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueQuantity": quantity(45, "%"), "interpretation": [{"text": "Hemolyzed"}]}, Reason.UNUSABLE_DATA),
        ({"valueString": "see comment"}, Reason.UNUSABLE_DATA),
        ({"valueString": "TNP 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueQuantity": quantity(55)}, Reason.UNIT),
        ({"valueInteger": 55}, Reason.UNIT),
        ({"valueString": "55"}, Reason.UNIT),
        ({"valueString": "EF 45-50"}, Reason.UNIT),
        ({"valueString": "EF -45 %"}, Reason.UNIT),
        ({"valueString": "RVEF 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "RV EF 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF RV 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF 2019: 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF 45 %, was 60 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF ~45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF 50-45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF reduced"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF EF 45 %"}, Reason.UNUSABLE_DATA),
        ({"valueString": "EF62%"}, Reason.UNUSABLE_DATA),
        ({"valueString": "右室射血分数62%"}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": {**code("7", "http://example.org", "55 %"), "text": "45 %"}}, Reason.UNUSABLE_DATA),
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
        ([{"text": "up to 40 U/L"}], Reason.NO_REFERENCE_RANGE),
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
        ({"valueCodeableConcept": {**code(ANSWER_1), "text": "ECOG 1"}}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": {**code(ANSWER_1), "text": "see note of 3 March"}}, NumberInterval(1, 1)),
        (
            {
                "valueCodeableConcept": code(
                    "7", "http://example.org", "1 - Restricted in physically strenuous activity"
                )
            },
            NumberInterval(1, 1),
        ),
        ({"valueString": "ECOG 1", "interpretation": [code(ANSWER_1)]}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": code(ANSWER_1, display=RESTRICTED)}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": code(ANSWER_1, display=f"ECOG 1: {RESTRICTED}")}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": {**code(ANSWER_1), "text": RESTRICTED}}, NumberInterval(1, 1)),
        ({"valueInteger": 1, "interpretation": [code(ANSWER_1, display=RESTRICTED)]}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": code(ANSWER_1, display="ECOG performance status")}, NumberInterval(1, 1)),
        ({"valueCodeableConcept": code(ANSWER_1, display="4 days after the fall")}, NumberInterval(1, 1)),
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
        ({"valueCodeableConcept": {**code(ANSWER_1), "text": "ECOG 3"}}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code(ANSWER_1, display="Grade 3")}, Reason.UNUSABLE_DATA),
        ({"valueString": "ECOG 3", "interpretation": [code(ANSWER_1)]}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code(ANSWER_1, display="Completely disabled")}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": {**code(ANSWER_1), "text": "Completely disabled"}}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code("LA9625-0", display=FULLY_ACTIVE)}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code(ANSWER_1, display="3 - Fully active")}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": code(ANSWER_1, display="1 - Completely disabled")}, Reason.UNUSABLE_DATA),
        ({"valueString": "Completely disabled", "interpretation": [code(ANSWER_1)]}, Reason.UNUSABLE_DATA),
        ({"valueInteger": 3, "interpretation": [{"text": FULLY_ACTIVE}]}, Reason.UNUSABLE_DATA),
        (
            {"valueInteger": 1, "interpretation": [code(ANSWER_1, display="Completely disabled")]},
            Reason.UNUSABLE_DATA,
        ),
        ({"valueInteger": 1, "interpretation": [code(ANSWER_1, display="Grade 3")]}, Reason.UNUSABLE_DATA),
        ({"valueCodeableConcept": {"text": FULLY_ACTIVE}}, Reason.UNUSABLE_DATA),  # a score never by its words alone
        ({"valueString": "0-1", "interpretation": [code(ANSWER_1)]}, Reason.UNUSABLE_DATA),
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


def test_an_interpretation_that_is_normal_is_no_score_of_karnofsky(fact_of: Any, make: Any) -> None:
    normal = [{**code("N", INTERPRETATION, "Normal")}]
    fact = fact_of("perf.karnofsky", make.observation("89243-0", valueInteger=80, interpretation=normal))
    assert fact.value == NumberInterval(80, 80)


def test_the_objective_assessment_is_not_the_functional_class(chart_of: Any, make: Any) -> None:
    assert chart_of(make.observation("88021-1", valueString="B")).facts == ()


@pytest.mark.parametrize(
    ("concept", "loinc", "text", "expected"),
    [
        ("lab.alc", "731-0", "1500 /uL", NumberInterval(1.5, 1.5)),
        ("lab.alc", "731-0", "1.500 /uL", None),  # 1500 in German
        ("lab.alc", "731-0", "1.500-2.000 /uL", None),
        ("lab.alc", "731-0", "900-1.500 /uL", None),
        ("lab.alc", "731-0", "<1.500 /uL", None),
        ("lab.alc", "731-0", "400.000 /uL", None),
        ("lab.alc", "731-0", "1.50 /uL", NumberInterval(0.0015, 0.0015)),
        ("lab.alc", "731-0", "1.5000 /uL", NumberInterval(0.0015, 0.0015)),
        ("lab.alc", "731-0", "0.500 /uL", NumberInterval(0.0005, 0.0005)),
        ("lab.alc", "731-0", "1000.500 /uL", NumberInterval(1.0005, 1.0005)),
        ("lab.alc", "731-0", "1.500 x 10^9/L", NumberInterval(1.5, 1.5)),  # nobody has 1500
        ("lab.alc", "731-0", "501.000 /uL", NumberInterval(0.501, 0.501)),  # nobody has 501 * 10^9/L
        ("lab.creatinine", "2160-0", "1.234 mg/dL", NumberInterval(1.234, 1.234)),
        ("cardiac.lvef", LVEF, "EF 55.000 %", NumberInterval(55, 55)),
    ],
)
def test_a_point_before_three_digits_may_part_thousands(
    fact_of: Any, make: Any, concept: str, loinc: str, text: str, expected: NumberInterval | None
) -> None:
    fact = fact_of(concept, make.observation(loinc, valueString=text))
    assert (fact.value, fact.value_problem) == (expected, None if expected else Reason.UNUSABLE_DATA)
