"""Shapes that real servers send and the other tables of this folder do not hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Result, Role

Json = dict[str, Any]
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LVEF, HBSAG, CD7 = "10230-1", "5196-1", "13846-1"
BORN = {"resourceType": "Patient", "birthDate": "1960-02-29"}


def code(value: str, system: str = SNOMED, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": value, **more}]}


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "value"),
    [
        ("http://hl7.org/fhir/sid/icd-10-cm", "I26.99"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "I2699"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "i26.99"),
        ("urn:oid:2.16.840.1.113883.6.90", "I26.99"),
        ("2.16.840.1.113883.6.90", "I26.99"),
        ("http://hl7.org/fhir/sid/icd-10", "I26.9"),
        ("http://hl7.org/fhir/sid/icd-10", "I269"),
        ("urn:oid:2.16.840.1.113883.6.3", "I26.9"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "I26.9"),
        ("http://fhir.de/CodeSystem/dimdi/icd-10-gm", "I26.9"),
        ("http://snomed.info/sct/900000000000207008", "59282003"),
        ("urn:oid:2.16.840.1.113883.6.96", "59282003"),
    ],
)
def test_a_diagnosis_under_every_address_of_its_system(fact_of: Any, make: Any, system: str, value: str) -> None:
    fact = fact_of("vasc.pe", make.condition(value, system))
    assert fact.certainty is Certainty.FIRM


@pytest.mark.parametrize("chosen", [0, 1, None])
def test_the_coding_that_the_user_chose_counts_like_the_others(fact_of: Any, make: Any, chosen: int | None) -> None:
    resource = make.observation(LVEF, valueQuantity={"value": 55, "unit": "%"})
    resource["code"]["coding"].insert(0, {"system": "urn:local", "code": "EF", "display": "Ejection fraction"})
    if chosen is not None:
        resource["code"]["coding"][chosen]["userSelected"] = True
    assert fact_of("cardiac.lvef", resource).value == NumberInterval.exactly(55)


def test_markers_listed_in_words_are_not_read_as_a_result(fact_of: Any, make: Any) -> None:
    """That CD7 is not among them is no negative."""
    words = "positive for CD10, CD79a, TdT, CD19, and CD20"
    fact = fact_of("marker.cd7", make.observation(CD7, valueString=words))
    assert (fact.value, fact.result, fact.result_problem) == (None, None, Reason.UNUSABLE_DATA)


# --- results ----------------------------------------------------------------------------------------------------------

OTHER_VALUES: list[Json] = [
    {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 8}}},
    {"valueSampledData": {"origin": {"value": 1}}},
    {"valueTime": "10:00:00"},
    {"valueDateTime": "2026-10-02"},
    {"valuePeriod": {"start": "2026-10-02"}},
    {"valueAttachment": {"url": "report.pdf"}},
    {"valueReference": {"reference": "MolecularSequence/1"}},
]


@pytest.mark.parametrize("value", OTHER_VALUES, ids=lambda item: next(iter(item)))
def test_a_result_of_a_sort_that_no_rule_reads_may_say_anything(fact_of: Any, make: Any, value: Json) -> None:
    """It must not yield to an older one, as a result without any value does."""
    fact = fact_of("lab.hbsag", make.observation(HBSAG, **value))
    assert (fact.result, fact.result_problem) == (None, Reason.UNUSABLE_DATA)


def test_such_a_result_with_an_interpretation_says_that(fact_of: Any, make: Any) -> None:
    interpretation = [code("NEG", "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")]
    fact = fact_of("lab.hbsag", make.observation(HBSAG, **OTHER_VALUES[0], interpretation=interpretation))
    assert (fact.result, fact.result_problem) == (Result.NEGATIVE, None)


def test_a_panel_of_members_has_no_result_of_its_own(fact_of: Any, make: Any) -> None:
    fact = fact_of("lab.hbsag", make.observation(HBSAG, hasMember=[{"reference": "Observation/o2"}]))
    assert (fact.value_problem, fact.result_problem) == (Reason.NO_DATA, Reason.NO_DATA)


DIAGNOSED = {"Condition": ("vasc.pe", "59282003"), "AllergyIntolerance": ("allergy.biologic", "91936005")}

# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("onset", "first", "last", "words"),
    [
        (
            {"onsetRange": {"low": {"value": 20, "code": "a"}, "high": {"value": 29, "code": "a"}}},
            date(1980, 2, 29),
            date(1990, 2, 27),
            "onset at an age given as a range",
        ),
        ({"onsetAge": {"value": "52", "unit": "yr"}}, date(2012, 2, 29), date(2013, 2, 27), "onset at 52 yr"),
        ({"onsetPeriod": {"end": "2013"}}, None, date(2013, 12, 31), "onset ? to 2013"),
        ({"onsetString": "childhood", "recordedDate": "2013"}, None, None, "onset 'childhood'"),
        ({"recordedDate": "2013"}, None, None, "recorded 2013"),
        ({"assertedDate": "2013"}, None, None, "recorded 2013"),
    ],
)
@pytest.mark.parametrize("name", DIAGNOSED)
def test_onset_in_every_shape(fact_of: Any, name: str, onset: Json, first: Any, last: Any, words: str) -> None:
    concept, value = DIAGNOSED[name]
    fact = fact_of(concept, {"resourceType": name, "id": "x1", "code": code(value), **onset}, patient=BORN)
    assert (fact.when and fact.when.first, fact.when and fact.when.last) == (first, last)
    assert fact.says.endswith(f", {words}")


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ({}, ""),
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, " (active)"),
        ({"verificationStatus": "unconfirmed"}, " (unconfirmed)"),
        ({"clinicalStatus": "odd", "verificationStatus": "confirmed"}, " (status 'odd')"),
        ({"clinicalStatus": {"text": "Active"}, "verificationStatus": {"text": "likely"}}, " (Active, likely)"),
    ],
)
@pytest.mark.parametrize("name", DIAGNOSED)
def test_what_is_said_of_the_statuses(fact_of: Any, name: str, statuses: Json, said: str) -> None:
    concept, value = DIAGNOSED[name]
    fact = fact_of(concept, {"resourceType": name, "id": "x1", "code": code(value), **statuses})
    label = fact.says.removesuffix(", recorded without a date")
    assert label != fact.says
    assert label.endswith(said) if said else "(" not in label


# --- medications ------------------------------------------------------------------------------------------------------

PREDNISONE = code("8640", RXNORM)
STEROIDS = frozenset({"med.systemic_steroids"})


def taken(**medication: Any) -> Json:
    return {"resourceType": "MedicationStatement", "id": "x1", "status": "active", **medication}


@pytest.mark.parametrize(
    "reference",
    ["Medication/m", "Medication/m/_history/2", "https://a.example/fhir/Medication/m", "urn:uuid:M", "#m", "#n"],
)
def test_a_medication_is_found_by_every_reference(fact_of: Any, reference: str) -> None:
    contained = [
        {"resourceType": "Medication", "id": "m", "code": PREDNISONE},
        {"resourceType": "Medication", "id": "#n", "code": PREDNISONE},  # some servers keep the sign in the id
    ]
    medication = {"resourceType": "Medication", "id": "m", "code": PREDNISONE}
    index = dict.fromkeys(("Medication/m", "https://a.example/fhir/Medication/m", "urn:uuid:M"), medication)
    resource = taken(medicationReference={"reference": reference}, contained=contained)
    assert fact_of("med.systemic_steroids", resource, index=index).role is Role.DEFINITIVE


@pytest.mark.parametrize(
    ("reference", "concepts"),
    [
        ({"identifier": {"value": "1"}}, None),
        ({"reference": "Medication?code=8640"}, None),
        ({"reference": "#elsewhere"}, None),
        ({"identifier": {"value": "1"}, "display": "prednisone 20 MG"}, STEROIDS),
        ({"display": "Prednisone 20 mg tablet"}, STEROIDS),
        ({}, None),
    ],
)
def test_a_medication_that_cannot_be_found_leaves_unknown_what_its_words_allow(
    chart_of: Any, reference: Json, concepts: frozenset[str] | None
) -> None:
    (unreadable,) = chart_of(taken(medicationReference=reference), wanted=STEROIDS).unreadable
    assert (unreadable.kind, unreadable.concepts) == (Kind.MEDICATION, concepts)


@pytest.mark.parametrize(
    ("adherence", "certainty", "ended"),
    [
        (None, Certainty.FIRM, False),
        ("taking", Certainty.FIRM, False),
        ("taking-not-as-directed", Certainty.FIRM, False),
        ("stopped", Certainty.FIRM, True),
        ("stopped-as-directed", Certainty.FIRM, True),
        ("on-hold", Certainty.WEAK, False),
        ("not-taking", Certainty.WEAK, False),
        ("unknown", Certainty.WEAK, False),
    ],
)
def test_how_r5_says_that_it_is_taken(fact_of: Any, adherence: str | None, certainty: Certainty, ended: bool) -> None:
    system = "http://hl7.org/fhir/CodeSystem/medication-statement-adherence"
    more = {"adherence": {"code": code(adherence, system)}} if adherence else {}
    resource = taken(medication={"concept": PREDNISONE}, **more) | {"status": "recorded"}
    fact = fact_of("med.systemic_steroids", resource)
    assert (fact.certainty, fact.ended) == (certainty, ended)
