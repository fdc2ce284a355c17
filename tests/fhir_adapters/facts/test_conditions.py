"""Conditions as facts: statuses of every FHIR version, onset, assertion, abatement."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Any

import pytest

from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Kind, Match, Reason, Role, State

SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
PE = "59282003"
PATIENT = {"resourceType": "Patient", "birthDate": "1960-02-29"}


def code(value: str, system: str = SNOMED, **more: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value, **more}]}


def test_a_condition(fact_of: Any, make: Any) -> None:
    fact = fact_of("vasc.pe", make.condition(PE, onsetDateTime="2026-05", recordedDate="2026-06-01"))
    assert (fact.kind, fact.role, fact.state) == (Kind.CONDITION, Role.DEFINITIVE, State.ACTIVE)
    assert fact.reference == "Condition/c1"
    assert (fact.when.first, fact.when.last) == (date(2026, 5, 1), date(2026, 5, 31))
    assert fact.recorded.first == date(2026, 6, 1)
    assert not fact.ended
    assert fact.says == "Pulmonary embolism (active), onset 2026-05"


@pytest.mark.parametrize(
    ("status", "state", "certainty"),
    [
        (code("active", CLINICAL), State.ACTIVE, Certainty.FIRM),
        (code("recurrence", CLINICAL), State.RELAPSE, Certainty.FIRM),
        (code("relapse", CLINICAL), State.RELAPSE, Certainty.FIRM),
        (code("remission", CLINICAL), State.REMISSION, Certainty.FIRM),
        (code("inactive", CLINICAL), State.RESOLVED, Certainty.FIRM),
        (code("resolved", CLINICAL), State.RESOLVED, Certainty.FIRM),
        (code("unknown", CLINICAL), State.UNSTATED, Certainty.FIRM),
        (code("55561003"), State.ACTIVE, Certainty.FIRM),
        ("active", State.ACTIVE, Certainty.FIRM),
        ("recurrence", State.RELAPSE, Certainty.FIRM),
        ({"text": "Active"}, State.ACTIVE, Certainty.FIRM),
        ({"text": "quiescent"}, State.UNSTATED, Certainty.WEAK),
        (code("quiescent", CLINICAL), State.UNSTATED, Certainty.WEAK),
        ({"coding": code("active", CLINICAL)["coding"] + code("55561003")["coding"]}, State.ACTIVE, Certainty.FIRM),
        (
            {"coding": code("active", CLINICAL)["coding"] + code("relapse", CLINICAL)["coding"]},
            State.RELAPSE,
            Certainty.FIRM,
        ),
        (
            {"coding": code("active", CLINICAL)["coding"] + code("resolved", CLINICAL)["coding"]},
            State.UNSTATED,
            Certainty.WEAK,
        ),
        (None, State.UNSTATED, Certainty.FIRM),
    ],
)
def test_the_clinical_status(fact_of: Any, make: Any, status: Any, state: State, certainty: Certainty) -> None:
    fact = fact_of("vasc.pe", make.condition(PE, clinicalStatus=status))
    assert (fact.state, fact.certainty) == (state, certainty)


@pytest.mark.parametrize(
    ("status", "certainty"),
    [
        (code("confirmed", VERIFIED), Certainty.FIRM),
        (None, Certainty.FIRM),
        ({}, Certainty.FIRM),
        (code("unconfirmed", VERIFIED), Certainty.WEAK),
        (code("provisional", VERIFIED), Certainty.WEAK),
        (code("differential", VERIFIED), Certainty.WEAK),
        ("provisional", Certainty.WEAK),
        ({"text": "likely"}, Certainty.WEAK),
        (code("refuted", VERIFIED), None),
        (code("entered-in-error", VERIFIED), None),
        ("refuted", None),
        ({"text": "Refuted"}, None),
        (code("410516002"), None),
        ({"coding": code("refuted", VERIFIED)["coding"] + code("410516002")["coding"]}, None),
        ({"coding": code("refuted", VERIFIED)["coding"], "text": "Refuted"}, None),
        # one that contradicts itself decides nothing: neither that it is so, nor that it is not
        ({"coding": code("confirmed", VERIFIED)["coding"] + code("410516002")["coding"]}, Certainty.WEAK),
        ({"coding": code("refuted", VERIFIED)["coding"] + code("confirmed", VERIFIED)["coding"]}, Certainty.WEAK),
        ({"coding": code("refuted", VERIFIED)["coding"] + code("provisional", VERIFIED)["coding"]}, Certainty.WEAK),
        ({"coding": code("entered-in-error", VERIFIED)["coding"], "text": "Confirmed"}, Certainty.WEAK),
    ],
)
def test_the_verification_status(chart_of: Any, make: Any, status: Any, certainty: Certainty | None) -> None:
    facts = chart_of(make.condition(PE, verificationStatus=status), wanted=frozenset({"vasc.pe"})).facts
    assert [fact.certainty for fact in facts] == ([] if certainty is None else [certainty])


@pytest.mark.parametrize(
    ("onset", "first", "last"),
    [
        ({"onsetDateTime": "2026-05-03"}, date(2026, 5, 3), date(2026, 5, 3)),
        ({"onsetPeriod": {"start": "2026-05", "end": "2026-06"}}, date(2026, 5, 1), date(2026, 6, 30)),
        ({"onsetAge": {"value": 52, "unit": "years", "code": "a"}}, date(2012, 2, 29), date(2013, 2, 27)),
        ({"onsetString": "in spring"}, None, None),
        ({}, None, None),
    ],
)
def test_onset(fact_of: Any, make: Any, onset: Any, first: Any, last: Any) -> None:
    fact = fact_of("vasc.pe", make.condition(PE, **onset), patient=PATIENT)
    assert (fact.when and fact.when.first, fact.when and fact.when.last) == (first, last)


@pytest.mark.parametrize(
    "recorded",
    [
        {"recordedDate": "2026-06-01"},
        {"assertedDate": "2026-06-01"},
        {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2026-06-01"}
            ]
        },
    ],
)
def test_when_it_was_asserted(fact_of: Any, make: Any, recorded: Any) -> None:
    assert fact_of("vasc.pe", make.condition(PE, **recorded)).recorded.first == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("recorded", "changed", "first", "last"),
    [
        ("2027-10-02", "2026-11-01T08:00:00Z", None, date(2026, 11, 1)),
        ("2026-11-21", "2026-11-20T08:00:00Z", None, date(2026, 11, 20)),
        ("2026-11-21", "2026-11-21T08:00:00Z", date(2026, 11, 21), date(2026, 11, 21)),
        ("2026-11-21", None, date(2026, 11, 21), date(2026, 11, 21)),
        ("2026-11-20", "2026-11-01T08:00:00Z", date(2026, 11, 20), date(2026, 11, 20)),
        ("2026-11", "2026-11-01T08:00:00Z", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_what_the_record_held_before_was_recorded_by_then(
    fact_of: Any, make: Any, recorded: str, changed: str | None, first: Any, last: Any
) -> None:
    """A disease whose day of recording is a slip was left out as one of a later day."""
    meta = {} if changed is None else {"meta": {"lastUpdated": changed}}
    resource = make.condition(PE, onsetDateTime="2026-10-01", recordedDate=recorded, **meta)
    fact = fact_of("vasc.pe", resource, as_of=date(2026, 11, 20))
    assert (fact.recorded.first, fact.recorded.last) == (first, last)


@pytest.mark.parametrize("words", [" " * 100_000 + "x", "-" * 100_000 + "x", "?" * 100_000 + "last year"])
def test_words_in_place_of_an_abatement_are_read_in_no_time(fact_of: Any, make: Any, words: str) -> None:
    began = perf_counter()
    assert fact_of("vasc.pe", make.condition(PE, clinicalStatus=None, abatementString=words)).ended
    assert perf_counter() - began < 2


@pytest.mark.parametrize(
    ("abatement", "ended", "on"),
    [
        ({"abatementDateTime": "2026-07-01"}, True, date(2026, 7, 1)),
        ({"abatementPeriod": {"start": "2026-06-30", "end": "2026-07-01"}}, True, date(2026, 7, 1)),
        ({"abatementAge": {"value": 54, "code": "a"}}, True, date(2015, 2, 27)),
        ({"abatementString": "last year"}, True, None),
        ({"abatementString": "ongoing"}, False, None),
        ({"abatementString": "Not yet resolved"}, False, None),
        ({"abatementString": "unknown"}, False, None),
        ({"abatementBoolean": True}, True, None),
        ({"abatementBoolean": False}, False, None),
        ({}, False, None),
    ],
)
def test_abatement(fact_of: Any, make: Any, abatement: Any, ended: bool, on: Any) -> None:
    fact = fact_of("vasc.pe", make.condition(PE, clinicalStatus=None, **abatement), patient=PATIENT)
    assert (fact.ended, fact.ended_when and fact.ended_when.last) == (ended, on)
    assert fact.certainty is Certainty.FIRM


@pytest.mark.parametrize(
    ("status", "abatement", "ended", "certainty"),
    [
        ("active", {"abatementString": "last year"}, False, Certainty.WEAK),
        ("recurrence", {"abatementBoolean": True}, False, Certainty.WEAK),
        ("active", {"abatementDateTime": "07/2026"}, False, Certainty.WEAK),
        ("active", {"abatementString": "ongoing"}, False, Certainty.FIRM),
        ("active", {"abatementBoolean": False}, False, Certainty.FIRM),
        ("active", {"abatementDateTime": "2026-07-01"}, True, Certainty.FIRM),
        ("resolved", {"abatementString": "last year"}, True, Certainty.FIRM),
        ("remission", {"abatementBoolean": True}, True, Certainty.FIRM),
    ],
)
def test_an_undated_end_does_not_outweigh_an_active_status(
    fact_of: Any, make: Any, status: str, abatement: Any, ended: bool, certainty: Certainty
) -> None:
    """Which of the two is newer is not known; a dated end can be compared with the day of screening."""
    fact = fact_of("vasc.pe", make.condition(PE, clinicalStatus=code(status, CLINICAL), **abatement))
    assert (fact.ended, fact.certainty) == (ended, certainty)
    if certainty is Certainty.WEAK:  # the explanation shows why
        assert ", ended)" in fact.says


@pytest.mark.parametrize(
    ("abatement", "ended"),
    [
        ({"abatementDateTime": "2026-11-19"}, True),
        ({"abatementDateTime": "2026-11-20"}, True),
        ({"abatementDateTime": "2026-10"}, True),
        ({"abatementPeriod": {"start": "2026-10-30", "end": "2026-11-20"}}, True),
        ({"abatementAge": {"value": 65, "code": "a"}}, True),
        ({"abatementDateTime": "2026-11"}, False),
        ({"abatementDateTime": "2026"}, False),
        ({"abatementPeriod": {"start": "2026-11-16"}}, False),
        ({"abatementPeriod": {"start": "2026-11-16", "end": "2026-11-21"}}, False),
        ({"abatementPeriod": {"end": "2026-11-21"}}, False),
        ({"abatementAge": {"value": 66, "code": "a"}}, False),
        ({"abatementRange": {"low": {"value": 65, "unit": "a"}}}, False),
    ],
)
@pytest.mark.parametrize("status", ["active", "relapse", None])
def test_an_end_that_may_be_still_to_come_ends_nothing(
    fact_of: Any, make: Any, abatement: Any, ended: bool, status: str | None
) -> None:
    """Were its day known, it might be one of after the day of screening."""
    stated = None if status is None else code(status, CLINICAL)
    resource = make.condition(PE, clinicalStatus=stated, **abatement)
    fact = fact_of("vasc.pe", resource, patient=PATIENT, as_of=date(2026, 11, 20))
    assert (fact.ended, fact.certainty) == (ended, Certainty.FIRM if ended else Certainty.WEAK)
    assert "abatement" in fact.says


@pytest.mark.parametrize("status", ["resolved", "inactive", "remission"])
def test_a_status_says_that_an_end_of_this_month_has_come(fact_of: Any, make: Any, status: str) -> None:
    resource = make.condition(PE, clinicalStatus=code(status, CLINICAL), abatementDateTime="2026-11")
    fact = fact_of("vasc.pe", resource, as_of=date(2026, 11, 20))
    assert (fact.ended, fact.certainty) == (True, Certainty.FIRM)


@pytest.mark.parametrize("status", ["active", "relapse"])
def test_an_end_of_a_later_day_is_dated(fact_of: Any, make: Any, status: str) -> None:
    resource = make.condition(PE, clinicalStatus=code(status, CLINICAL), abatementDateTime="2026-11-21")
    fact = fact_of("vasc.pe", resource, as_of=date(2026, 11, 20))
    assert (fact.ended_when.first, fact.certainty) == (date(2026, 11, 21), Certainty.FIRM)


@pytest.mark.parametrize(
    ("status", "onset", "ended"),
    [
        ("active", "2026-11-01", False),
        (None, "2026-11-01", False),
        ("active", "2026-10-31", True),
        ("active", "2026-10", True),
        ("active", "2026", True),
        ("resolved", "2026-11-01", True),
    ],
)
def test_an_end_from_before_its_beginning_ends_nothing(
    fact_of: Any, make: Any, status: str | None, onset: str, ended: bool
) -> None:
    """It is that of an earlier episode, or one of the two days is wrong."""
    stated = None if status is None else code(status, CLINICAL)
    resource = make.condition(PE, clinicalStatus=stated, onsetDateTime=onset, abatementDateTime="2026-10-31")
    fact = fact_of("vasc.pe", resource, as_of=date(2026, 11, 20))
    assert (fact.ended, fact.certainty) == (ended, Certainty.FIRM if ended else Certainty.WEAK)


def test_a_date_that_cannot_be_read_leaves_the_fact_undated(fact_of: Any, chart_of: Any, make: Any) -> None:
    fact = fact_of("vasc.pe", make.condition(PE, onsetDateTime="05/2026"))
    assert fact.when is None
    assert fact.certainty is Certainty.FIRM
    assert [problem.reference for problem in chart_of.problems] == ["Condition/c1"]


def test_the_lineage_in_mcodes_histology_counts(fact_of: Any, make: Any) -> None:
    morphology = {
        "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
        "valueCodeableConcept": code("277575008"),
    }
    assert fact_of("dx.t_all", make.condition("363346000", extension=[morphology])).role is Role.DEFINITIVE


def test_roles_are_weighed_within_the_resource(chart_of: Any, make: Any) -> None:
    """C91.00 alone may be T-lineage; beside a B-lineage code it is not the T-ALL that it supports."""
    roles = {fact.concept: fact.role for fact in chart_of(make.condition("277571004")).facts}
    assert roles["dx.b_all_conflict"] is Role.NEGATES


def test_an_icd_code_without_its_dot(chart_of: Any, make: Any) -> None:
    found = {fact.concept for fact in chart_of(make.condition("I2699", "http://hl7.org/fhir/sid/icd-10-cm")).facts}
    assert "vasc.pe" in found


def test_a_functional_class_as_a_condition_is_a_measurement(fact_of: Any, make: Any) -> None:
    resource = make.condition("421704003", recordedDate="2026-10-02")
    fact = fact_of("cardiac.nyha", resource)
    assert (fact.kind, fact.role, fact.value) == (Kind.OBSERVATION, Role.DEFINITIVE, NumberInterval.exactly(2))
    assert fact.when.first == date(2026, 10, 2)
    assert fact.reference == "Condition/c1"


@pytest.mark.parametrize(
    ("words", "value", "problem"),
    [
        ("NYHA class II", 2, None),
        ("Heart failure", 2, None),
        ("NYHA III", None, Reason.UNUSABLE_DATA),
        ("NYHA II-III", None, Reason.UNUSABLE_DATA),
        ("2 - Class III", None, Reason.UNUSABLE_DATA),
    ],
)
@pytest.mark.parametrize("place", ["text", "display"])
def test_a_functional_class_against_its_words(
    chart_of: Any, make: Any, place: str, words: str, value: int | None, problem: Reason | None
) -> None:
    resource = make.condition("421704003", recordedDate="2026-10-02")
    (resource["code"] if place == "text" else resource["code"]["coding"][0])[place] = words
    said = {(fact.value, fact.value_problem) for fact in chart_of(resource).facts if fact.concept == "cardiac.nyha"}
    assert said == {(None if value is None else NumberInterval.exactly(value), problem)}


@pytest.mark.parametrize("dated", [{"recordedDate": "18/11/2026"}, {"onsetDateTime": "2026-13-45"}])
@pytest.mark.parametrize("more", [{}, {"onsetDateTime": "2020-05-01"}])
def test_a_functional_class_whose_date_cannot_be_read_may_be_of_any_day(
    fact_of: Any, make: Any, dated: Any, more: Any
) -> None:
    """Undated it would change nothing beside an older one."""
    fact = fact_of("cardiac.nyha", make.condition("421704003", **{**more, **dated}))
    assert fact.when == DateInterval(None, None, None, None)


@pytest.mark.parametrize(
    ("status", "abated", "certainty", "says"),
    [
        ("active", None, Certainty.FIRM, ""),
        (None, None, Certainty.FIRM, ""),
        ("active", "2026-11-21", Certainty.FIRM, ""),
        ("resolved", "2026-11-21", Certainty.FIRM, ""),
        ("resolved", None, Certainty.WEAK, " (resolved)"),
        ("inactive", None, Certainty.WEAK, " (inactive)"),
        ("resolved", "2026-11-20", Certainty.WEAK, " (resolved, abatement 2026-11-20)"),
        (None, "2026-11-20", Certainty.WEAK, " (abatement 2026-11-20)"),
        ("active", "2026-11", Certainty.WEAK, ""),
    ],
)
def test_a_functional_class_that_is_over_says_not_what_it_is(
    fact_of: Any, make: Any, status: str | None, abated: str | None, certainty: Certainty, says: str
) -> None:
    """Class III that was resolved excluded, and class I that was resolved cleared."""
    stated = None if status is None else code(status, CLINICAL)
    more = {} if abated is None else {"abatementDateTime": abated}
    resource = make.condition("420913000", clinicalStatus=stated, recordedDate="2026-11-10", **more)
    fact = fact_of("cardiac.nyha", resource, as_of=date(2026, 11, 20))
    assert (fact.value, fact.certainty) == (NumberInterval.exactly(3), certainty)
    assert f" 3{says}, recorded" in fact.says


def test_a_code_that_says_what_is_measured_asserts_nothing_in_a_condition(chart_of: Any, make: Any) -> None:
    assert chart_of(make.condition("10230-1", "http://loinc.org")).facts == ()


@pytest.mark.parametrize(
    "text",
    [
        "No pulmonary embolism", "Not a pulmonary embolism", "Suspected pulmonary embolism", "Suspect PE", "Susp. PE",
        "Possibly PE", "Presumptive PE", "Family history of pulmonary embolism", "Family Hx of PE", "FH: PE",
        "Pulmonary embolism, family history", "Pulmonary embolism, ruled out", "PE excluded", "r/o PE", "?PE", "PE (?)",
        "Pulmonary embolism?", "Mother: PE", "Mother's PE: at 40", "Grandfather had PE", "brother (PE)",
        "V.a. Lungenembolie", "Verdacht auf Lungenembolie", "Ausschluss Lungenembolie", "Lungenembolie ausgeschlossen",
        "疑似肺栓塞", "肺栓塞待排", "肺栓塞？",
        "H/o pulmonary embolism (2015)", "Hx PE", "History of PE", "Past medical history: PE", "Prior PE",
        "Previous PE", "s/p PE", "Status post PE", "Z.n. Lungenembolie", "Z. n. Lungenembolie",
        "Zustand nach Lungenembolie", "Pulmonary embolism, history of", "Pulmonary embolism (h/o)",
        "既往肺栓塞", "肺栓塞病史",
        "Historical PE", "PE, cured 2012", "PE no longer present", "False positive PE", "Provisional diagnosis: PE",
        "Low probability of PE",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["text", "display"])
def test_words_that_take_the_code_back_leave_it_unconfirmed(fact_of: Any, make: Any, text: str, place: str) -> None:
    said = {**code(PE), "text": text} if place == "text" else code(PE, display=text)
    fact = fact_of("vasc.pe", {**make.condition(PE), "code": said})
    assert fact.certainty is Certainty.WEAK
    assert text in fact.says


@pytest.mark.parametrize(
    "text",
    [
        "Pulmonary embolism", "Acute pulmonary embolism", "No longer acute pulmonary embolism", "Nosocomial PE",
        "Pulmonary embolism without acute cor pulmonale", "Pulmonary embolism, s/p thrombolysis",
        "PE with prior DVT", "PE and a history of DVT", "Post-operative PE", "Posthrombotic PE", "Motherwell PE",
        "Sonographically proven PE", "Pulmonary embolism after a fall, mother informed", "VA PE",
    ],
)  # fmt: skip
def test_other_words_beside_the_code_do_not(fact_of: Any, make: Any, text: str) -> None:
    assert fact_of("vasc.pe", {**make.condition(PE), "code": {**code(PE), "text": text}}).certainty is Certainty.FIRM


@pytest.mark.parametrize(
    ("concept", "system", "value", "text", "certainty"),
    [
        ("vasc.pe", ICD, "Z86.711", "Personal history of pulmonary embolism", Certainty.FIRM),
        ("vasc.pe", ICD, "Z86.711", "Family history of pulmonary embolism", Certainty.WEAK),
        ("tx.car_t", ICD, "Z92.850", "Personal history of CAR T-cell therapy", Certainty.FIRM),
        ("tx.car_t", ICD, "Z92.850", "No CAR T-cell therapy", Certainty.WEAK),
        ("repro.pregnancy_status", SNOMED, "60001007", "Not pregnant", Certainty.FIRM),
    ],
)
def test_words_that_say_what_the_code_says(
    fact_of: Any, make: Any, concept: str, system: str, value: str, text: str, certainty: Certainty
) -> None:
    said = {**code(value, system), "text": text}
    assert fact_of(concept, {**make.condition(value, system), "code": said}).certainty is certainty


@pytest.mark.parametrize(
    ("value", "display", "text", "doubted"),
    [
        ("I10", "Essential (primary) hypertension", "Acute pulmonary embolism", True),
        ("I10", None, "Acute pulmonary embolism", True),
        ("M54.5", "Low back pain", "Pulmonary embolism", True),
        ("I10", "Essential (primary) hypertension", "History of pulmonary embolism", True),
        ("M54.5", None, "Pulmonary embolism", True),  # what the code is called nobody knows
        ("M54.5", None, "Family history of pulmonary embolism", False),
        # words of how and when say nothing of what: each is common to both
        ("J20.9", "Acute bronchitis, unspecified", "Acute pulmonary embolism", True),
        (
            "Z86.79",
            "Personal history of other diseases of the circulatory system",
            "History of pulmonary embolism",
            True,
        ),
        ("I27.20", "Pulmonary hypertension, unspecified", "Hypertension after pulmonary embolism", False),
        ("I10", "Essential (primary) hypertension", "No pulmonary embolism", False),
        # what is denied is another thing
        ("I10", "Essential (primary) hypertension", "DVT ruled out; pulmonary embolism confirmed", True),
        ("I10", "Essential (primary) hypertension", "No acute pulmonary embolism, chronic pulmonary embolism", True),
        ("I10", "Essential (primary) hypertension", "DVT ruled out; pulmonary embolism ruled out", False),
        ("I10", "Essential (primary) hypertension", "Family history of stroke, pulmonary embolism", False),
        ("I10", "Essential (primary) hypertension", "Mother: pulmonary embolism", False),
        ("I10", "Essential (primary) hypertension", "Pulmonary embolism in father", False),
        ("I10", "Essential (primary) hypertension", "CTPA neg - pulmonary embolism excluded", False),
        ("I10", "Essential (primary) hypertension", "Neg. pulmonary embolism", False),
        ("I10", "Essential (primary) hypertension", "Wrong patient: pulmonary embolism", False),
        ("I10", "Essential (primary) hypertension", "Suspected pulmonary embolism", True),
        ("I10", "Essential (primary) hypertension", "R/o pulmonary embolism", True),
        ("I10", "Essential (primary) hypertension", "Pulmonary embolism unlikely", True),
        ("I10", "Essential (primary) hypertension", "P.E.", True),
        ("I10", "Essential (primary) hypertension", "Lungenembolie", True),
        ("I10", "Essential (primary) hypertension", "Keine Lungenembolie", False),
        ("I10", "Pulmonary embolism", None, False),
    ],
)
def test_words_that_have_nothing_in_common_with_their_icd_code_raise_a_doubt(
    chart_of: Any, make: Any, value: str, display: str | None, text: str | None, doubted: bool
) -> None:
    shown = {"display": display} if display else {}
    said = code(value, ICD, **shown) | ({"text": text} if text else {})
    facts = chart_of({**make.condition(value, ICD), "code": said}, wanted=frozenset({"vasc.pe"})).facts
    assert [fact.role for fact in facts] == ([Role.SUPPORTING] if doubted else [])


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("Prolonged QT interval", True),
        ("QTc prolongation", True),
        ("No QT prolongation", False),
        ("Abnormal ECG", False),
        ("Abnormal ECG: long QT", True),  # that it was seen on an ECG does not say what
        (None, False),
    ],
)
def test_a_code_that_is_set_aside_does_not_hide_what_its_words_name(
    chart_of: Any, make: Any, text: str | None, doubted: bool
) -> None:
    """R94.31 is an abnormal ECG of any kind, by which charts in America record a prolonged QT interval."""
    said = code("R94.31", ICD, display="Abnormal electrocardiogram [ECG] [EKG]") | ({"text": text} if text else {})
    facts = chart_of({**make.condition("R94.31", ICD), "code": said}, wanted=frozenset({"cardiac.long_qt"})).facts
    assert [fact.role for fact in facts] == ([Role.SUPPORTING] if doubted else [])


def test_no_name_of_a_listed_code_takes_it_back(book: RuleBook, chart_of: Any, make: Any) -> None:
    """Official names hold such words too ("without acute cor pulmonale")."""
    names = {
        (item.system, item.code, item.label)
        for concept in book.concepts.values()
        if Kind.CONDITION in concept.kinds
        for item in concept.codes
        if item.match is not Match.RANGE and item.role in (Role.DEFINITIVE, Role.HISTORY) and not item.observation
    }
    conditions = [
        {**make.condition(value, system), "id": f"c{number}", "code": code(value, system, display=name)}
        for number, (system, value, name) in enumerate(sorted(names))
    ]
    weak = [fact.says for fact in chart_of(*conditions).facts if fact.certainty is Certainty.WEAK]
    assert len(names) > 300
    assert weak == []


@pytest.mark.parametrize(
    ("status", "abatement", "says"),
    [
        ("active", {"abatementDateTime": "2027-03"}, "(active, abatement 2027-03)"),
        ("resolved", {"abatementDateTime": "2027-03-01"}, "(resolved, abatement 2027-03-01)"),
        ("active", {"abatementPeriod": {"end": "2027-03-01"}}, "(active, abatement ? to 2027-03-01)"),
        ("active", {"abatementAge": {"value": 12, "unit": "a"}}, "(active, abatement at 12 a)"),
        ("inactive", {"abatementString": "in childhood"}, "(inactive)"),
        ("active", {"abatementString": "in childhood"}, "(active, ended)"),
        ("active", {"abatementBoolean": True}, "(active, ended)"),
        ("active", {"abatementBoolean": False}, "(active)"),
        ("active", {}, "(active)"),
    ],
)
def test_an_end_is_told_by_its_day(fact_of: Any, make: Any, status: str, abatement: Any, says: str) -> None:
    """The day may be still to come, so it is not called ended."""
    fact = fact_of("vasc.pe", make.condition(PE, clinicalStatus=code(status, CLINICAL), **abatement), patient=PATIENT)
    assert f"{says}," in fact.says
