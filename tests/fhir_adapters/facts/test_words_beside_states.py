"""Words and codes beside an Observation's answer of a relapse or remission that leave in doubt what its code says."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.engine.facts import Fact
from trialsieve.rules.vocabulary import Certainty, Reason, Result

SNOMED = "http://snomed.info/sct"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
COMPLETE, COMPLETE_OF_CANCER, PARTIAL, RELAPSE = "103338009", "550991000124107", "103337004", "263855007"
REMISSION, RELAPSED = "status.remission", "status.relapsed"

AGAINST_REMISSION = [
    *("Not in remission", "no CR", "kein CR", "keine Remission", "nicht in Remission", "Remission excluded", "No"),
    *("lost remission", "out of remission", "remission lost", "Remission ausgeschlossen", "remission not achieved"),
    *("No", "nein"),
    *("Partial remission", "PR", "Teilremission", "partielle Remission", "CR or PR"),
    *("Relapse", "Rezidiv", "in remission, now relapse"),
    *("?CR", "Remission?", "possible CR", "CR unlikely", "V.a. Remission", "Remission fraglich"),
    *("CR of breast cancer", "CR of osteosarcoma", "Mother: in remission", "Mutter: in Remission"),
]
REMISSION_ALL_THE_SAME = [
    *(
        "In full remission",
        "Full remission (qualifier value)",
        "Complete remission",
        "CR",
        "CR1",
        "CRi",
        "Vollremission",
    ),
    *("komplette Remission", "In kompletter Remission", "Complete remission, MRD negative", "CR (MRD: negative)"),
    *("No evidence of disease", "no evidence of leukemia"),
    *("CR, no relapse", "Remission, no evidence of disease", "no MRD, in complete remission", "T-ALL in CR"),
    *("CR after relapse", "Complete remission after HSCT", "Malignant neoplasm in full remission", "see report"),
]
AGAINST_RELAPSE = [
    *("No relapse", "Not in relapse", "Kein Rezidiv", "no evidence of relapse", "kein Anhalt für Rezidiv"),
    *("Relapse excluded", "Rezidiv ausgeschlossen", "Remission", "in remission", "before relapse"),
    *("?relapse", "relapse?", "possible relapse", "V.a. Rezidiv", "Rezidiv fraglich", "Sister: relapse"),
    *("Relapse of osteosarcoma", "Relapse of breast cancer"),
]
RELAPSE_ALL_THE_SAME = [
    *("Relapse phase", "Relapse phase (qualifier value)", "Relapse", "First relapse", "Rezidiv", "Erstrezidiv"),
    *("Relapse in bone marrow", "CNS relapse", "relapsed T-ALL", "Relapse after CR", "Relapse, no CNS involvement"),
]
CASES = [
    *((REMISSION, COMPLETE, words, Result.INDETERMINATE) for words in AGAINST_REMISSION),
    *((REMISSION, COMPLETE, words, Result.POSITIVE) for words in REMISSION_ALL_THE_SAME),
    *((RELAPSED, RELAPSE, words, Result.INDETERMINATE) for words in AGAINST_RELAPSE),
    *((RELAPSED, RELAPSE, words, Result.POSITIVE) for words in RELAPSE_ALL_THE_SAME),
]


def answer(*codes: str, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": SNOMED, "code": code} for code in codes], **more}


def status(make: Any, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    observation: dict[str, Any] = make.observation("97509-4", valueCodeableConcept=value, **more)
    return observation


@pytest.mark.parametrize(("concept", "code", "words", "result"), CASES)
def test_words_beside_a_state(fact_of: Any, make: Any, concept: str, code: str, words: str, result: Result) -> None:
    in_text = answer(code, text=words)
    in_display = {"coding": [{"system": SNOMED, "code": code, "display": words}]}
    for value in (in_text, in_display):
        fact: Fact = fact_of(concept, status(make, value))
        assert fact.result is result
        assert words in fact.says


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        ((COMPLETE, PARTIAL), Result.INDETERMINATE),
        ((PARTIAL, COMPLETE), Result.INDETERMINATE),
        ((COMPLETE, RELAPSE), Result.INDETERMINATE),
        ((RELAPSE, COMPLETE), Result.INDETERMINATE),
        ((COMPLETE, COMPLETE_OF_CANCER), Result.POSITIVE),
        ((COMPLETE, "999999999"), Result.POSITIVE),
    ],
)
def test_codes_beside_a_state(fact_of: Any, make: Any, codes: tuple[str, ...], result: Result) -> None:
    fact = fact_of(REMISSION, status(make, answer(*codes)))
    assert fact.result is result


def test_a_code_beside_a_relapse_that_says_that_there_is_none(fact_of: Any, make: Any) -> None:
    stable = "359746009"
    assert fact_of(RELAPSED, status(make, answer(RELAPSE, stable))).result is Result.INDETERMINATE


def test_a_code_is_told_by_its_name(fact_of: Any, make: Any) -> None:
    value = answer(COMPLETE, PARTIAL, text="CR")
    assert "beside the words 'In partial remission'" in fact_of(REMISSION, status(make, value)).says


@pytest.mark.parametrize(("called", "result"), [("NEG", Result.INDETERMINATE), ("POS", Result.POSITIVE)])
def test_an_interpretation_of_a_state(fact_of: Any, make: Any, called: str, result: Result) -> None:
    interpretation = [{"coding": [{"system": INTERPRETATION, "code": called}]}]
    assert fact_of(REMISSION, status(make, answer(COMPLETE), interpretation=interpretation)).result is result


def test_a_state_and_a_reason_why_there_is_none(fact_of: Any, make: Any) -> None:
    fact = fact_of(REMISSION, status(make, answer(COMPLETE), dataAbsentReason={"text": "not asked"}))
    assert (fact.result, fact.result_problem) == (None, Reason.UNUSABLE_DATA)


@pytest.mark.parametrize(
    ("name", "certainty"),
    [
        ("Not in remission", Certainty.WEAK),
        ("keine Remission", Certainty.WEAK),
        ("Sister: remission", Certainty.WEAK),
        ("Remission status", Certainty.FIRM),
        ("In remission?", Certainty.FIRM),  # its answer says that
        ("Cancer disease progression", Certainty.FIRM),
    ],
)
def test_a_name_that_denies_what_the_answer_says(fact_of: Any, make: Any, name: str, certainty: Certainty) -> None:
    observation = status(make, answer(COMPLETE))
    observation["code"] = {**observation["code"], "text": name}
    assert fact_of(REMISSION, observation).certainty is certainty
