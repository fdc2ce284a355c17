"""An Observation of a relapse or remission that says of which disease it is; and one whose answer is another state."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.records.targets import ResourceIndex
from trialsieve.rules.vocabulary import Certainty, Reason, Result

CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RELATED = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition"
STATES = {"status.remission": "103338009", "status.relapsed": "263855007"}


def coded(system: str, code: str, words: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code}
    return {"coding": [{**coding, "display": words} if words else coding]}


def disease(identity: str, code: dict[str, Any] | str, verified: str = "confirmed", **more: Any) -> dict[str, Any]:
    status = coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", verified)
    return {"resourceType": "Condition", "id": identity, "code": code, "verificationStatus": status, **more}


DISEASES = [
    disease("t-all", coded(SNOMED, "277575008")),
    disease("all", coded(CM, "C91.00")),
    disease("lbl", coded(CM, "C83.50")),
    disease("aml-relapse", coded(CM, "C92.02")),
    disease("lymphoid-relapse", coded(SNOMED, "122951000119108")),
    disease("lymphoid-remission", coded(SNOMED, "91856007")),
    disease("breast", coded(CM, "C50.911", "Malignant neoplasm of right breast")),
    disease("breast-snomed", coded(SNOMED, "254837009", "Malignant neoplasm of breast")),
    disease("breast-leukemia", coded(CM, "C50.911", "Leukemia")),
    disease("sezary", coded(CM, "C84.10", "Sezary disease")),
    disease("words", {"text": "Breast cancer"}),
    disease("provisional", coded(SNOMED, "277575008"), "provisional"),
    disease("refuted", coded(SNOMED, "277575008"), "refuted"),
    disease("malformed", "T-ALL"),
    disease("modified", coded(SNOMED, "277575008"), modifierExtension=[{"url": "urn:x", "valueBoolean": True}]),
    {"resourceType": "Procedure", "id": "hsct", "status": "completed"},
]
INDEX = ResourceIndex({f"{one['resourceType']}/{one['id']}": one for one in DISEASES}, [])


def status(code: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": coded(LOINC, "97509-4"),
        "effectiveDateTime": "2026-11-01",
        "valueCodeableConcept": coded(SNOMED, code),
        **more,
    }


def facts_of(chart_of: Any, concept: str, **more: Any) -> tuple[Fact, ...]:
    """What the Observation says of the concept, whatever else is wanted."""
    resource = status(STATES[concept], **more)
    alone, among_all = (
        tuple(fact for fact in chart_of(resource, index=INDEX, wanted=each).facts if fact.concept == concept)
        for each in (frozenset({concept}), None)
    )
    assert alone == among_all
    return alone


@pytest.mark.parametrize("concept", STATES)
@pytest.mark.parametrize("name", ["t-all", "all", "lbl", "aml-relapse"])
def test_of_a_disease_that_it_is_a_state_of_it_decides(chart_of: Any, concept: str, name: str) -> None:
    (fact,) = facts_of(chart_of, concept, focus=[{"reference": f"Condition/{name}"}])
    assert (fact.result, fact.certainty) == (Result.POSITIVE, Certainty.FIRM)


@pytest.mark.parametrize(
    ("concept", "name"), [("status.relapsed", "lymphoid-relapse"), ("status.remission", "lymphoid-remission")]
)
def test_so_it_does_where_the_diagnosis_says_the_state_itself(chart_of: Any, concept: str, name: str) -> None:
    (fact,) = facts_of(chart_of, concept, focus=[{"reference": f"Condition/{name}"}])
    assert fact.certainty is Certainty.FIRM


@pytest.mark.parametrize("concept", STATES)
def test_of_another_disease_it_says_nothing(chart_of: Any, concept: str) -> None:
    assert facts_of(chart_of, concept, focus=[{"reference": "Condition/breast"}]) == ()
    assert facts_of(chart_of, concept, focus={"reference": "https://example.org/fhir/Condition/breast"}) == ()
    related = {"url": RELATED, "valueReference": {"reference": "Condition/breast"}}
    assert facts_of(chart_of, concept, extension=[related]) == ()
    assert facts_of(chart_of, concept, extension=[{"url": RELATED, "valueCodeableConcept": coded(CM, "C50.911")}]) == ()
    assert chart_of.problems == []


UNSURE: dict[str, dict[str, Any]] = {
    "a cancer that no value set lists": {"reference": "Condition/breast-snomed"},
    "a code whose words name the disease": {"reference": "Condition/breast-leukemia"},
    "a lymphoma of mature T cells": {"reference": "Condition/sezary"},
    "words alone": {"reference": "Condition/words"},
    "not confirmed": {"reference": "Condition/provisional"},
    "refuted": {"reference": "Condition/refuted"},
    "malformed": {"reference": "Condition/malformed"},
    "with a modifier": {"reference": "Condition/modified"},
    "not in the record": {"reference": "Condition/lost"},
    "a display": {"display": "T-ALL"},
    "an identifier": {"type": "Condition", "identifier": {"value": "7"}},
}


@pytest.mark.parametrize("concept", STATES)
@pytest.mark.parametrize("case", UNSURE)
def test_where_it_is_not_sure_of_what_disease_it_raises_a_doubt(chart_of: Any, concept: str, case: str) -> None:
    for more in ({"focus": [UNSURE[case]]}, {"extension": [{"url": RELATED, "valueReference": UNSURE[case]}]}):
        (fact,) = facts_of(chart_of, concept, **more)
        assert (fact.result, fact.certainty) == (Result.POSITIVE, Certainty.WEAK)
        assert "(of what disease is not sure)" in fact.says


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"focus": [{"reference": "Procedure/hsct"}]},
        {"focus": [{"reference": "Specimen/lost"}]},
        {"focus": [{"type": "Device", "display": "a pump"}]},
        {"extension": [{"url": "urn:x", "valueReference": {"reference": "Condition/breast"}}]},
        {"focus": [{"reference": "Condition/breast"}, {"reference": "Condition/t-all"}]},
        {"focus": [{"reference": "Condition/lost"}, {"reference": "Condition/t-all"}]},
    ],
)
def test_without_a_disease_or_with_its_own_among_several_it_decides(chart_of: Any, more: dict[str, Any]) -> None:
    (fact,) = facts_of(chart_of, "status.relapsed", **more)
    assert fact.certainty is Certainty.FIRM


def test_another_disease_beside_one_that_is_not_sure_leaves_a_doubt(chart_of: Any) -> None:
    focus = [{"reference": "Condition/breast"}, {"reference": "Condition/lost"}]
    (fact,) = facts_of(chart_of, "status.relapsed", focus=focus)
    assert fact.certainty is Certainty.WEAK


def test_other_results_are_not_asked_of_what_disease_they_are(chart_of: Any) -> None:
    focus = [{"reference": "Condition/breast"}]
    hiv = status("260385009", focus=focus) | {"code": coded(LOINC, "56888-1")}
    (fact,) = chart_of(hiv, index=INDEX, wanted=frozenset({"lab.hiv"})).facts
    assert fact.certainty is Certainty.FIRM


def said(chart_of: Any, concept: str, **value: Any) -> list[tuple[Result | None, Reason | None]]:
    resource = {name: each for name, each in status("").items() if name != "valueCodeableConcept"} | value
    charts = [chart_of(resource, wanted=wanted) for wanted in (frozenset({concept}), None)]
    found = [[(one.result, one.result_problem) for one in chart.facts if one.concept == concept] for chart in charts]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("concept", "value"),
    [
        ("status.relapsed", coded(SNOMED, "103338009")),
        ("status.relapsed", coded(SNOMED, "91856007")),
        ("status.relapsed", coded(SNOMED, "268910001", "Patient's condition improved")),
        ("status.relapsed", coded(SNOMED, "359746009", "Patient's condition stable")),
        ("status.relapsed", coded(SNOMED, "709137006", "Patient condition undetermined")),
        ("status.relapsed", {"text": "Complete remission"}),
        ("status.remission", coded(SNOMED, "263855007")),
        ("status.remission", {"text": "Relapse"}),
    ],
)
def test_what_is_known_to_be_another_state_is_no_word_on_this_one(chart_of: Any, concept: str, value: Any) -> None:
    assert said(chart_of, concept, valueCodeableConcept=value) == []


def test_nor_are_its_words_in_a_string(chart_of: Any) -> None:
    assert said(chart_of, "status.relapsed", valueString="in remission") == []


@pytest.mark.parametrize(
    ("concept", "value"),
    [
        ("status.relapsed", {"text": "Relapse"}),
        ("status.relapsed", {"text": "relapse after remission"}),
        ("status.relapsed", {"text": "Rezidiv"}),
        *(("status.relapsed", {"text": text}) for text in ("loss of remission", "no longer in remission", "not in CR")),
        *(("status.relapsed", {"text": text}) for text in ("out of remission", "remission lost", "no remission")),
        ("status.relapsed", coded("urn:site", "7")),
        ("status.relapsed", coded(SNOMED, "103338009", "relapse")),
        ("status.remission", coded(SNOMED, "268910001")),
        ("status.remission", {"text": "CR"}),
    ],
)
def test_an_answer_that_may_mean_it_is_not_specific(chart_of: Any, concept: str, value: Any) -> None:
    assert said(chart_of, concept, valueCodeableConcept=value) == [(None, Reason.UNSPECIFIC)]
