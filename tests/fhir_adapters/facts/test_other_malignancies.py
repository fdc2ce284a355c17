"""A relapse or remission that does not say of what disease it is, in a record that holds another malignancy, too."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.engine.facts import Fact
from trialsieve.rules.vocabulary import Certainty, Result, Role

CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
STATES = {"status.remission": "103338009", "status.relapsed": "263855007"}
BESIDE = "(not said of what disease, beside"


def coded(system: str | None, code: str | None, words: str | None = None) -> dict[str, Any]:
    coding = {name: each for name, each in (("system", system), ("code", code), ("display", words)) if each}
    return ({"coding": [coding]} if code else {}) | ({"text": words} if words else {})


def disease(code: dict[str, Any], verified: str = "confirmed", clinical: str = "active", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "c1",
        "code": code,
        "verificationStatus": coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", verified),
        "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", clinical),
        **more,
    }


LEUKEMIA = disease(coded(SNOMED, "277575008"), id="t-all")
OSTEOSARCOMA = disease(coded(CM, "C40.22"), id="osteosarcoma")
HODGKIN = disease(coded(SNOMED, "118599009"), id="hodgkin")


def state(concept: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": coded(LOINC, "97509-4"),
        "effectiveDateTime": "2026-11-01",
        "valueCodeableConcept": coded(SNOMED, STATES[concept]),
        **more,
    }


def read(chart_of: Any, *beside: dict[str, Any], concept: str = "status.relapsed", **more: Any) -> Fact:
    """What the Observation says of the concept, whatever else is wanted, wherever it stands."""
    result, as_of = state(concept, **more), date(2026, 11, 20)
    index = {f"Condition/{one['id']}": one for one in beside}
    found: list[Fact] = [
        fact
        for resources in ((result, *beside), (*beside, result))
        for wanted in (frozenset({concept}), None)
        for fact in chart_of(*resources, wanted=wanted, as_of=as_of, index=index).facts
        if fact.concept == concept and fact.reference == "Observation/o1"
    ]
    assert len(found) == 4
    (fact,) = set(found)
    return fact


def decides(fact: Fact) -> bool:
    assert (fact.result, fact.certainty) == (Result.POSITIVE, Certainty.FIRM)
    assert fact.role is (Role.SUPPORTING if BESIDE in fact.says else Role.DEFINITIVE)
    return fact.role is Role.DEFINITIVE


@pytest.mark.parametrize("concept", STATES)
def test_beside_another_malignancy_it_is_not_specific(chart_of: Any, concept: str) -> None:
    assert decides(read(chart_of, LEUKEMIA, concept=concept))
    fact = read(chart_of, LEUKEMIA, OSTEOSARCOMA, concept=concept)
    assert not decides(fact)
    assert f"{BESIDE} C40.22, Condition/osteosarcoma)" in fact.says


OTHERS = {
    "a solid tumour": coded(CM, "C40.22"),
    "one in words, beside an unlisted code": coded(SNOMED, "307576001", "Osteosarcoma of bone"),
    "one in words alone": coded(None, None, "Breast cancer"),
    "one of years ago, in words": coded(None, None, "H/o osteosarcoma"),
    "a history of one": coded(CM, "Z85.3"),
    "Hodgkin's disease": coded(SNOMED, "118599009"),
    "Hodgkin lymphoma, in words": coded(SNOMED, "1", "Hodgkin lymphoma, nodular sclerosis"),
    "a lymphoma of B cells": coded(CM, "C83.30"),
    "a chronic leukemia": coded(CM, "C91.10"),
    "a myeloma": coded(CM, "C90.00"),
    "a myelodysplastic syndrome": coded(CM, "D46.9"),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("clinical", ["active", "resolved", "remission"])
def test_whatever_its_clinical_status(chart_of: Any, name: str, clinical: str) -> None:
    assert not decides(read(chart_of, LEUKEMIA, disease(OTHERS[name], clinical=clinical)))


def test_a_provisional_one_is_perhaps_that_of_which_it_is(chart_of: Any) -> None:
    assert not decides(read(chart_of, LEUKEMIA, disease(coded(CM, "C40.22"), "provisional")))


# One disease is often coded more than once, and by broader codes and words than its own.
THE_DISEASE = {
    "T-ALL by another code": coded(CM, "C91.00"),
    "an acute leukemia of no named kind": coded(CM, "C95.00"),
    "a leukemia of no named kind": coded(CM, "C95.90"),
    "a lymphoblastic lymphoma": coded(CM, "C83.50"),
    "a lymphoma of no named kind": coded(CM, "C85.90"),
    "a T-cell lymphoma": coded(CM, "C84.40"),
    "a history of leukemia": coded(CM, "Z85.6"),
    "a relapse": coded(CM, "C91.02"),
    "a myeloid sarcoma": coded(CM, "C92.30"),
    "in the nervous system": coded(CM, "C79.31"),
    "a testis that leukemia grows in": coded(CM, "C62.90", "Testicular leukemia"),
    "cancer": coded(SNOMED, "363346000", "Malignant neoplastic disease"),
    "cancer in words": coded(None, None, "Cancer"),
    "a malignant tumor in words": coded(SNOMED, "1", "Malignant tumor"),
    "leukemia in words": coded(None, None, "Leukemia"),
    "lymphoma in words": coded(None, None, "Lymphoma"),
    "non-Hodgkin lymphoma in short": coded(None, None, "NHL"),
    "T-ALL in words": coded(None, None, "T-ALL"),
    "T-lymphoblastic lymphoma in words": coded(SNOMED, "1", "Lymphoblastic lymphoma"),
}


@pytest.mark.parametrize("name", THE_DISEASE)
def test_the_disease_under_another_code_is_no_other(chart_of: Any, name: str) -> None:
    assert decides(read(chart_of, LEUKEMIA, disease(THE_DISEASE[name])))


NONE = {
    "refuted": disease(coded(CM, "C40.22"), "refuted"),
    "entered in error": disease(coded(CM, "C40.22"), "entered-in-error"),
    "denied in words": disease(coded(CM, "C40.22", "Osteosarcoma, ruled out")),
    "of a relative": disease(coded(None, None, "Mother: breast cancer")),
    "of the family": disease(coded(SNOMED, "1", "Family history of breast cancer")),
    "of the family by its category": disease(coded(CM, "C50.911"), category=[coded(SNOMED, "416471007")]),
    "looked for": disease(coded(SNOMED, "1", "Screening for malignant neoplasm of colon")),
    "of a later day": disease(coded(CM, "C40.22"), onsetDateTime="2026-11-21"),
    "benign": disease(coded(CM, "D16.22", "Osteochondroma")),
    "no tumour": disease(coded(CM, "A41.9", "Sepsis")),
    "malformed": disease(coded(CM, "C40.22")) | {"code": "C40.22"},
}


@pytest.mark.parametrize("name", NONE)
def test_nor_is_what_the_patient_has_not_or_not_yet(chart_of: Any, name: str) -> None:
    assert decides(read(chart_of, LEUKEMIA, NONE[name]))


TIES: dict[str, dict[str, Any]] = {
    "its focus": {"focus": [{"reference": "Condition/t-all"}]},
    "a code of the answer": {"valueCodeableConcept": coded(CM, "C91.02")},
    "words of the answer": {"valueCodeableConcept": coded(SNOMED, STATES["status.relapsed"], "Relapse of T-ALL")},
    "words of its code": {"code": coded(LOINC, "97509-4", "T-ALL disease status")},
    "words of its site": {"bodySite": coded(None, None, "T-ALL, bone marrow")},
}


@pytest.mark.parametrize("name", TIES)
@pytest.mark.parametrize("other", [OSTEOSARCOMA, HODGKIN], ids=["osteosarcoma", "hodgkin"])
def test_what_says_that_it_is_of_the_disease_decides(chart_of: Any, name: str, other: dict[str, Any]) -> None:
    assert decides(read(chart_of, LEUKEMIA, other, **TIES[name]))


def test_leukemia_and_no_more_may_be_another_one(chart_of: Any) -> None:
    words = coded(LOINC, "97509-4", "Leukemia status")
    assert decides(read(chart_of, LEUKEMIA, OSTEOSARCOMA, code=words))
    chronic = disease(coded(CM, "C91.10", "Chronic lymphocytic leukemia"))
    assert not decides(read(chart_of, LEUKEMIA, chronic, code=words))


@pytest.mark.parametrize(
    "more",
    [
        {"focus": [{"reference": "Specimen/lost"}]},
        {"focus": [{"reference": "Patient/p1"}], "subject": {"reference": "Patient/p1"}},
        {"code": coded(LOINC, "97509-4", "Cancer disease status")},
        {"code": coded(LOINC, "88040-1", "Response to cancer treatment")},
        {"valueCodeableConcept": coded(SNOMED, "263855007", "Relapse phase")},
    ],
)
def test_what_names_no_disease_does_not(chart_of: Any, more: dict[str, Any]) -> None:
    assert not decides(read(chart_of, LEUKEMIA, OSTEOSARCOMA, **more))


def test_the_dates_of_the_others_leave_no_complaint_on_it(chart_of: Any) -> None:
    read(chart_of, LEUKEMIA, OSTEOSARCOMA | {"onsetDateTime": "yesterday"})
    assert [problem for problem in chart_of.problems if problem.reference == "Observation/o1"] == []


@pytest.mark.parametrize(
    ("words", "certainty"),
    [
        ("Osteosarcoma disease status", Certainty.WEAK),
        ("Status of the MDS", Certainty.WEAK),
        ("Glioblastoma", Certainty.WEAK),
        ("Cancer disease status", Certainty.FIRM),
        ("Response to cancer treatment", Certainty.FIRM),
        ("Tumor response", Certainty.FIRM),
        ("Leukemia status", Certainty.FIRM),
        ("AML after MDS: status", Certainty.FIRM),
    ],
)
def test_words_of_its_code_or_site_that_name_another_leave_it_unconfirmed(
    chart_of: Any, words: str, certainty: Certainty
) -> None:
    """Also where no such diagnosis is on record."""
    sites: dict[str, Any] = {"bodySite": {"text": words}}
    for more in ({"code": coded(LOINC, "97509-4", words)}, sites):
        fact = read(chart_of, LEUKEMIA, **more)
        assert fact.certainty is certainty
        assert (f"(of another disease, by the words '{words}')" in fact.says) is (certainty is Certainty.WEAK)
