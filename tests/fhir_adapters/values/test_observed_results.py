"""Positive or negative: results of Observations in every shape that they are recorded in, and why there is none."""

from __future__ import annotations

from typing import Any

import pytest
from observed_values import HBSAG, HBV_DNA, LOINC, SNOMED, UCUM, code, interpreted, quantity

from trialsieve.rules.vocabulary import Reason, Result, Role


@pytest.mark.parametrize(
    ("text", "result"),
    [("9.99", Result.NEGATIVE), ("9.999", None), ("0.999", Result.NEGATIVE), ("1500", Result.POSITIVE)],
)
def test_a_number_without_a_unit_may_have_its_thousands_parted_too(
    fact_of: Any, make: Any, text: str, result: Result | None
) -> None:
    limit = [{"high": {"value": 10}}]
    fact = fact_of("lab.hbsag", make.observation(HBSAG, valueString=text, referenceRange=limit))
    assert fact.result is result


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
        ({"valueString": "阴性 (-)"}, Result.NEGATIVE),
        ({"valueString": "强阳性"}, Result.POSITIVE),
        ({"valueString": "Strongly positive"}, Result.POSITIVE),
        ({"valueString": "弱阳性"}, Result.INDETERMINATE),
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


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("HBsAg negative", Result.NEGATIVE),
        ("HBsAg: Non-Reactive", Result.NEGATIVE),
        ("hepatitis B surface antigen = not detected.", Result.NEGATIVE),
        ("乙肝表面抗原阴性", Result.NEGATIVE),
        ("HBsAg：阳性", Result.POSITIVE),
        ("HBsAg Reactive", Result.POSITIVE),
        ("HBsAg weakly positive", Result.INDETERMINATE),
        ("HBsAb negative", None),
        ("anti-HBs negative", None),
        ("HBsAg antibody negative", None),
        ("HBsAg HBsAg negative", None),
        ("HBsAgnegative", None),
    ],
)
@pytest.mark.parametrize("shape", ["valueString", "valueCodeableConcept"])
def test_an_answer_may_have_the_name_of_its_test_before_it(
    fact_of: Any, make: Any, shape: str, text: str, result: Result | None
) -> None:
    value: Any = text if shape == "valueString" else {"text": text}
    assert fact_of("lab.hbsag", make.observation(HBSAG, **{shape: value})).result is result


def test_an_answer_after_the_name_of_its_test_is_held_against_the_interpretation(fact_of: Any, make: Any) -> None:
    observation = make.observation(HBSAG, valueString="HBsAg negative", interpretation=interpreted("POS"))
    assert fact_of("lab.hbsag", observation).result is Result.INDETERMINATE


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("HIV-1/2 Ag/Ab: Nonreactive", Result.NEGATIVE),
        ("HIV negative (0.12 S/CO)", Result.NEGATIVE),
        ("0.12 negative", Result.NEGATIVE),
        ("HIV 2 negative", None),
        ("HIV-2 negative", None),
        ("HIV 1 negative", None),
        ("HIV 1", None),
        ("HIV: 1", None),
        ("HIV 1 positive", None),
    ],
)
def test_a_number_within_an_answer_belongs_to_its_words(
    fact_of: Any, make: Any, text: str, result: Result | None
) -> None:
    """One of the two viruses is not both."""
    assert fact_of("lab.hiv", make.observation("56888-1", valueString=text)).result is result


REACTIVE, NON_REACTIVE = "11214006", "131194007"
SEROLOGY = {
    "lab.hbsag": HBSAG, "lab.anti_hbc": "16933-4", "lab.anti_hcv": "16128-1", "lab.hiv": "56888-1",
    "lab.syphilis": "20507-0", "lab.hepatitis_a_igm": "22314-9",
}  # fmt: skip


@pytest.mark.parametrize(("answer", "result"), [(REACTIVE, Result.POSITIVE), (NON_REACTIVE, Result.NEGATIVE)])
@pytest.mark.parametrize("concept", SEROLOGY)
def test_a_reactive_serology_is_positive(fact_of: Any, make: Any, concept: str, answer: str, result: Result) -> None:
    fact = fact_of(concept, make.observation(SEROLOGY[concept], valueCodeableConcept=code(answer, SNOMED)))
    assert (fact.result, fact.result_problem) == (result, None)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (code(NON_REACTIVE, SNOMED, "Non-reactive (qualifier value)"), Result.NEGATIVE),
        ({**code(NON_REACTIVE, SNOMED), "text": "HBsAg reactive"}, Result.INDETERMINATE),
        ({**code(REACTIVE, SNOMED), "text": "not reactive"}, Result.INDETERMINATE),
        ({"coding": [*code(REACTIVE, SNOMED)["coding"], *code("260385009", SNOMED)["coding"]]}, Result.INDETERMINATE),
        (code(REACTIVE, LOINC), None),
        (code(REACTIVE, "http://example.org"), None),
    ],
)
def test_a_reactive_serology_beside_what_says_otherwise(
    fact_of: Any, make: Any, value: Any, result: Result | None
) -> None:
    assert fact_of("lab.hbsag", make.observation(HBSAG, valueCodeableConcept=value)).result is result


@pytest.mark.parametrize(
    ("concept", "loinc"), [("lab.csf_blasts", "26447-3"), ("lab.pb_blast_pct", "709-6"), ("lab.hbv_dna", HBV_DNA)]
)
def test_reactive_is_no_answer_of_other_tests(fact_of: Any, make: Any, concept: str, loinc: str) -> None:
    """Of cells it says that they are benign."""
    fact = fact_of(concept, make.observation(loinc, valueCodeableConcept=code(REACTIVE, SNOMED)))
    assert (fact.result, fact.result_problem) == (None, Reason.UNUSABLE_DATA)


@pytest.mark.parametrize("words", ["HBsAg", "Hepatitis C antibody", "HIV antibody test", "syphilis serology"])
def test_a_test_in_words_is_a_doubt_although_its_answers_are_known_by_the_same_system(
    chart_of: Any, make: Any, words: str
) -> None:
    test = {**code("999480451000087102", SNOMED), "text": words}
    (unreadable,) = chart_of({**make.observation(HBSAG, valueString="positive"), "code": test}).unreadable
    assert unreadable.problem.startswith("its words name what the rules look for")


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
        (Result.NEGATIVE, "indeterminate", Result.INDETERMINATE),
        (Result.NEGATIVE, "grenzwertig", Result.INDETERMINATE),
        (Result.POSITIVE, "Weakly reactive", Result.INDETERMINATE),
        (Result.POSITIVE, "presumptive positive", Result.INDETERMINATE),
        (Result.POSITIVE, "Weakly reactive before, now positive", Result.POSITIVE),
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
        ({"valueCodeableConcept": {**code("385660001", SNOMED), "text": "invalid"}}, Reason.NO_DATA),
        ({"valueCodeableConcept": {"text": "Test not performed"}}, Reason.NO_DATA),
        ({"valueCodeableConcept": code("T7", "urn:laboratory", "TNP")}, Reason.NO_DATA),
        ({"valueString": "Not Done"}, Reason.NO_DATA),
        ({"valueString": "QNS."}, Reason.NO_DATA),
        ({"valueString": "not performed, see HIV RNA"}, Reason.UNUSABLE_DATA),
        ({"valueString": "Pending"}, Reason.UNUSABLE_DATA),
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
    ("limit", "result"),
    [
        ({"unit": "IU/mL"}, Result.NEGATIVE),
        ({"unit": "IU/mL", "code": "[IU]/mL", "system": UCUM}, Result.NEGATIVE),
        ({"code": "[IU]/mL", "system": UCUM}, Result.NEGATIVE),
        ({"unit": "COI"}, None),
        ({"unit": "IU/mL", "code": "[IU]/L", "system": UCUM}, None),
        ({}, None),
    ],
)
def test_a_limit_in_the_unit_of_its_number(fact_of: Any, make: Any, limit: Any, result: Result | None) -> None:
    value = {"value": 0.02, "unit": "IU/mL", "code": "[IU]/mL", "system": UCUM}
    resource = make.observation(HBSAG, valueQuantity=value, referenceRange=[{"high": {"value": 0.05, **limit}}])
    fact = fact_of("lab.hbsag", resource)
    assert (fact.result, fact.result_problem) == (result, None if result else Reason.UNIT)


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


def test_a_relapse_is_an_answer_to_the_response_to_treatment(fact_of: Any, chart_of: Any, make: Any) -> None:
    resource = make.observation("88040-1", valueCodeableConcept=code("263855007", SNOMED))
    assert fact_of("status.relapsed", resource).result is Result.POSITIVE
    progress = make.observation("88040-1", valueCodeableConcept=code("LA28370-7"))
    assert fact_of("status.relapsed", progress).result_problem is Reason.UNSPECIFIC
    for response in ("LA28366-5", "LA28369-9", "LA28371-5"):
        answered = make.observation("88040-1", valueCodeableConcept=code(response))
        assert {fact.concept for fact in chart_of(answered).facts} == {"status.remission"}


def test_worsening_is_not_yet_a_relapse(fact_of: Any, make: Any) -> None:
    resource = make.observation("97509-4", valueCodeableConcept=code("271299001", SNOMED))
    assert fact_of("status.relapsed", resource).result is Result.INDETERMINATE
