"""Words that deny, doubt or move to the past the diagnosis beside them, or say another state of the disease."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.recorded_words import doubts, says_past, takes_back
from trialsieve.rules.vocabulary import Certainty, State

SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
PE, RELAPSE, REMISSION = ("vasc.pe", "I26.99"), ("status.relapsed", "C91.02"), ("status.remission", "C91.01")
CALLED = {
    "C91.02": "Acute lymphoblastic leukemia, in relapse",
    "C91.01": "Acute lymphoblastic leukemia, in remission",
    "I26.99": "Other pulmonary embolism without acute cor pulmonale",
}


def certainty(fact_of: Any, make: Any, concept: str, value: str, text: str, **more: Any) -> Certainty:
    said = {"coding": [{"system": ICD, "code": value, "display": CALLED.get(value, text)}], "text": text}
    fact: Certainty = fact_of(concept, {**make.condition(value, ICD), "code": said, **more}).certainty
    return fact


@pytest.mark.parametrize(
    "text",
    [
        # doubted
        "Pulmonary embolism suspected", "PE, suspected", "PE unlikely", "PE - not confirmed", "PE, unconfirmed",
        "Low suspicion of PE", "PE: low clinical suspicion", "Evaluate for PE", "CT to evaluate for PE", "rule-out PE",
        "PE rule-out", "Ruling out PE", "RO PE", "PE, RO", "PE vs pneumonia", "PE versus pneumonia", "pneumonia vs. PE",
        # denied
        "PE not present", "PE absent", "PE: absent", "PE, absent", "Negative for PE", "CT negative for acute PE",
        "neg PE", "neg for PE", "PE neg", "PE negative", "PE: negative", "CTPA: negative", "PE refuted",
        "PE denied", "Denied PE", "PE screening",
        "PE risk", "PE workup", "Work up for PE", "PE possible", "PE, probable", "PE - likely", "Doubtful PE",
        "PE susp.",
        "Differential: PE", "c/f PE", "PE, entered in error", "Wrong patient: PE", "Sospecha de TEP", "TEP descartado",
        "CT chest: no PE", "Chest pain, no evidence of PE",
        "Dyspnea without pulmonary embolism", "PE not seen", "PE not found on CT",
        # of a relative
        "PE of brother", "PE in father", "Pulmonary embolism in her mother", "Dad PE", "Mom: PE", "PE - mother",
        "PE (mother)", "PE, brother", "父亲肺栓塞", "Mother in hospital for PE", "Vater mit Lungenembolie",
        "Lungenembolie bei der Mutter", "Madre con TEP",
        "排除肺栓塞", "已排除肺栓塞", "不能排除肺栓塞", "肺栓塞不能除外", "肺栓塞待查", "考虑肺栓塞", "无肺栓塞",
        # of the past
        "Old pulmonary embolism", "Old PE", "PE, old", "PE (old)", "Remote PE", "PE, remote", "Resolved PE",
        "PE - resolved", "PE resolved", "PE (resolved 2019)", "PE, history", "Pulmonary embolism history",
        "PE (history)", "PE-history", "Pulmonary embolism (left) history",
        "Former PE", "PE, former", "Chronic/old PE", "PE remote", "PE in the past", "PE in childhood",
        "Alte Lungenembolie",
        "antecedente de embolia pulmonar", "Antecedentes de TEP", "陈旧性肺栓塞",
    ],
)  # fmt: skip
def test_words_that_leave_a_diagnosis_unconfirmed(fact_of: Any, make: Any, text: str) -> None:
    assert certainty(fact_of, make, *PE, text) is Certainty.WEAK


@pytest.mark.parametrize(
    "text",
    [
        "Pulmonary embolism", "Acute PE", "PE, no fever", "PE with negative troponin", "PE, troponin negative",
        "PE not yet resolved", "Unresolved PE", "Non-resolved PE", "PE in a 60 year old", "PE, 60-year-old",
        "PE, VS stable",
        "PE without DVT", "PE, no acute distress", "PE, no longer on oxygen",
        "Pulmonary embolism, not elsewhere classified",
        "Pulmonary embolism, unspecified", "PE, smoking history unknown", "PE; CT: no PE on the left, PE on the right",
        "Mother reports PE",
        "PE, mother informed", "PE, patient's mother called", "PE, D-dimer negative", "PE in pregnancy",
        "PE, old woman",
        "PE on anticoagulation, no bleeding", "Anti-Ro antibody and PE",
    ],
)  # fmt: skip
def test_words_that_do_not(fact_of: Any, make: Any, text: str) -> None:
    assert certainty(fact_of, make, *PE, text) is Certainty.FIRM


@pytest.mark.parametrize(
    ("concept", "system", "value", "text"),
    [
        ("cardiac.mi", ICD, "I25.2", "Old myocardial infarction"),
        ("cardiac.mi", ICD, "I25.2", "Old MI"),
        ("vasc.pe", ICD, "Z86.711", "PE, resolved"),
        ("neuro.epilepsy", ICD, "G40.A11", "Absence epileptic syndrome, intractable, with status epilepticus"),
        ("imm.gvhd", SNOMED, "402355000", "Acute graft vs host disease"),
        ("imm.gvhd", SNOMED, "402355000", "Acute graft-vs.-host disease"),
        ("imm.gvhd", SNOMED, "402355000", "Acute graft versus host disease"),
        ("dx.t_all", SNOMED, "277575008", "T-ALL, CD4-negative, CD1a negative, MRD not detected"),
        ("dx.t_all", SNOMED, "277575008", "Ph-negative T-ALL"),
        ("dx.t_all", SNOMED, "277575008", "T-ALL, not otherwise specified"),
    ],
)
def test_the_name_of_the_codes_own_disease_takes_nothing_back(
    fact_of: Any, make: Any, concept: str, system: str, value: str, text: str
) -> None:
    said = {"coding": [{"system": system, "code": value}], "text": text}
    assert fact_of(concept, {**make.condition(value, system), "code": said}).certainty is Certainty.FIRM


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (RELAPSE, "T-ALL, in complete remission", Certainty.WEAK),
        (RELAPSE, "T-ALL, no relapse", Certainty.WEAK),
        (RELAPSE, "T-ALL without relapse", Certainty.WEAK),
        (RELAPSE, "T-ALL, suspected relapse", Certainty.WEAK),
        (RELAPSE, "T-ALL, relapse suspected", Certainty.WEAK),
        (RELAPSE, "T-ALL, possible relapse", Certainty.WEAK),
        (RELAPSE, "T-ALL relapsed 2025, now in CR2", Certainty.WEAK),
        (RELAPSE, "T-ALL in CR", Certainty.WEAK),
        (RELAPSE, "T-ALL, CRi", Certainty.WEAK),
        (RELAPSE, "T-ALL, remission", Certainty.WEAK),
        (RELAPSE, "T-ALL in relapse", Certainty.FIRM),
        (RELAPSE, "T-ALL", Certainty.FIRM),
        (RELAPSE, "T-ALL, relapse after CR1", Certainty.FIRM),
        (RELAPSE, "T-ALL, first relapse following a second complete remission", Certainty.FIRM),
        (RELAPSE, "T-ALL, relapse, no CNS relapse", Certainty.FIRM),
        (RELAPSE, "T-ALL, relapsed, not in remission", Certainty.FIRM),
        (RELAPSE, "T-ALL in relapse, CR not achieved", Certainty.FIRM),
        (RELAPSE, "T-ALL in relapse, CR1 lasted 12 months", Certainty.FIRM),
        (REMISSION, "T-ALL in relapse", Certainty.WEAK),
        (REMISSION, "T-ALL, relapsed", Certainty.WEAK),
        (REMISSION, "T-ALL, recurrent", Certainty.WEAK),
        (REMISSION, "T-ALL, remission not confirmed", Certainty.WEAK),
        (REMISSION, "T-ALL, not in remission", Certainty.WEAK),
        (REMISSION, "T-ALL in complete remission", Certainty.FIRM),
        (REMISSION, "T-ALL in CR1", Certainty.FIRM),
        (REMISSION, "T-ALL in CR2 after relapse", Certainty.FIRM),
        (REMISSION, "T-ALL in remission, no relapse", Certainty.FIRM),
        (REMISSION, "T-ALL in remission, high relapse risk", Certainty.FIRM),
        (REMISSION, "T-ALL in remission, relapse-free", Certainty.FIRM),
    ],
)
@pytest.mark.parametrize("wanted", [None, "only"])
def test_a_code_that_says_a_state_beside_words_that_say_another(
    chart_of: Any, make: Any, code: tuple[str, str], text: str, expected: Certainty, wanted: str | None
) -> None:
    """It does not depend on which concepts the rules that are asked look at."""
    concept, value = code
    said = {"coding": [{"system": ICD, "code": value, "display": CALLED[value]}], "text": text}
    asked = None if wanted is None else frozenset({"dx.acute_leukemia"})
    facts = chart_of({**make.condition(value, ICD), "code": said}, wanted=asked).facts
    assert {fact.certainty for fact in facts if asked or fact.concept == concept} == {expected}


def test_a_relapse_by_a_code_of_snomed(fact_of: Any, make: Any) -> None:
    for text, expected in (("ALL in remission", Certainty.WEAK), ("ALL, relapsed", Certainty.FIRM)):
        said = {"coding": [{"system": SNOMED, "code": "12301000132103"}], "text": text}
        fact = fact_of("status.relapsed", {**make.condition("12301000132103"), "code": said})
        assert fact.certainty is expected, text


@pytest.mark.parametrize(
    ("text", "expected", "of_the_leukemia"),
    [
        ("Prostate cancer in remission", Certainty.WEAK, False),
        ("Prostate cancer, CR", Certainty.WEAK, False),
        ("Prostate cancer, not in remission", Certainty.FIRM, False),
        ("Prostate cancer, relapsed", Certainty.FIRM, False),
        ("Prostate cancer; T-ALL in remission", Certainty.WEAK, True),
    ],
)
def test_a_remission_of_a_tumour(
    fact_of: Any, chart_of: Any, make: Any, text: str, expected: Certainty, of_the_leukemia: bool
) -> None:
    """It leaves open whether that is still there, and is no state of the leukemia."""
    said = {"coding": [{"system": ICD, "code": "C61", "display": "Malignant neoplasm of prostate"}], "text": text}
    condition = {**make.condition("C61", ICD), "code": said}
    assert fact_of("onc.solid_tumour", condition).certainty is expected
    states = chart_of(condition, wanted=frozenset({"status.remission", "status.relapsed"})).facts
    assert bool(states) is of_the_leukemia


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("C91.02", "C91.01"), Certainty.WEAK),
        (("C91.01", "C91.02"), Certainty.WEAK),
        (("C91.02", "C91.00"), Certainty.FIRM),  # not having achieved remission: of that a relapse says nothing else
        (("C91.02",), Certainty.FIRM),
    ],
)
def test_codes_of_relapse_and_remission_at_once(
    fact_of: Any, make: Any, values: tuple[str, ...], expected: Certainty
) -> None:
    said = {"coding": [{"system": ICD, "code": value} for value in values]}
    assert fact_of("status.relapsed", {**make.condition("C91.02", ICD), "code": said}).certainty is expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ([{"coding": [{"system": SNOMED, "code": "416471007"}]}], Certainty.WEAK),
        (
            [{"coding": [{"system": SNOMED, "code": "416471007", "display": "Family history of disease"}]}],
            Certainty.WEAK,
        ),
        ([{"text": "Family history"}], Certainty.WEAK),
        ([{"text": "Family medical history"}], Certainty.WEAK),
        ([{"coding": [{"code": "problem-list-item"}]}, {"text": "Rule-out"}], Certainty.WEAK),
        ([{"coding": [{"system": "urn:local", "code": "rule-out"}]}], Certainty.WEAK),
        ({"text": "Family history"}, Certainty.WEAK),  # DSTU2
        ([{"coding": [{"code": "encounter-diagnosis", "display": "Encounter Diagnosis"}]}], Certainty.FIRM),
        *(([{"text": text}], Certainty.WEAK) for text in ("Differential diagnosis", "Provisional", "Tentative")),
        *(([{"text": text}], Certainty.WEAK) for text in ("Preliminary diagnosis", "Suspected diagnoses")),
        ([{"coding": [{"system": "urn:local", "code": "differential"}]}], Certainty.WEAK),
        ([{"coding": [{"system": "urn:local", "code": "DD", "display": "Discharge diagnosis"}]}], Certainty.FIRM),
        ([{"text": "Differential blood count"}], Certainty.FIRM),
        ([{"text": "Medical history"}], Certainty.FIRM),
        ([], Certainty.FIRM),
    ],
)
def test_a_category_of_the_family_or_of_what_is_to_be_ruled_out(
    fact_of: Any, make: Any, category: Any, expected: Certainty
) -> None:
    fact = fact_of("vasc.pe", make.condition("I26.99", ICD, category=category))
    assert fact.certainty is expected


@pytest.mark.parametrize(
    ("status", "state", "expected"),
    [
        ({"coding": [{"system": CLINICAL, "code": "active"}], "text": "Resolved"}, State.UNSTATED, Certainty.WEAK),
        (
            {"coding": [{"system": CLINICAL, "code": "active", "display": "Resolved"}]},
            State.UNSTATED,
            Certainty.WEAK,
        ),
        ({"coding": [{"system": CLINICAL, "code": "active"}], "text": " Inactive "}, State.UNSTATED, Certainty.WEAK),
        ({"coding": [{"system": CLINICAL, "code": "resolved"}], "text": "Active"}, State.UNSTATED, Certainty.WEAK),
        ({"coding": [{"system": CLINICAL, "code": "active"}], "text": "Active"}, State.ACTIVE, Certainty.FIRM),
        ({"coding": [{"system": CLINICAL, "code": "active"}], "text": "unknown"}, State.ACTIVE, Certainty.FIRM),
        ({"coding": [{"system": CLINICAL, "code": "active"}], "text": "since May"}, State.ACTIVE, Certainty.FIRM),
        ({"coding": [{"system": CLINICAL, "code": "inactive"}], "text": "Resolved"}, State.RESOLVED, Certainty.FIRM),
    ],
)
def test_a_clinical_status_whose_words_contradict_its_code(
    fact_of: Any, make: Any, status: Any, state: State, expected: Certainty
) -> None:
    fact = fact_of("vasc.pe", make.condition("I26.99", ICD, clinicalStatus=status))
    assert (fact.state, fact.certainty) == (state, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refuted", Certainty.WEAK),
        ("Provisional", Certainty.WEAK),
        ("Confirmed", Certainty.FIRM),
        ("by CT", Certainty.FIRM),
    ],
)
def test_a_verification_whose_words_contradict_its_code(
    fact_of: Any, make: Any, text: str, expected: Certainty
) -> None:
    """What two words say of one diagnosis does not make it go away."""
    verified = {"coding": [{"system": VERIFIED, "code": "confirmed"}], "text": text}
    assert fact_of("vasc.pe", make.condition("I26.99", ICD, verificationStatus=verified)).certainty is expected


MI, HSCT = ("cardiac.mi", "I21.9"), ("tx.hsct", "Z94.84")


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (PE, "Hypertension", Certainty.WEAK),
        (PE, "Essential hypertension, well controlled", Certainty.WEAK),
        (PE, "HIV", Certainty.WEAK),
        (MI, "Epilepsy", Certainty.WEAK),
        # a word of what the code is called, or one of its concept's own names
        (PE, "Hypertension after embolism", Certainty.FIRM),
        (PE, "PE with hypertension", Certainty.FIRM),
        (MI, "Heart attack, hypertension", Certainty.FIRM),
        (MI, "STEMI", Certainty.FIRM),
        # what is no other diagnosis that is known, or one that is next to it
        (PE, "Lungenembolie", Certainty.FIRM),
        (PE, "Clots in both lungs", Certainty.FIRM),
        (PE, "Venous thrombosis", Certainty.FIRM),
        # what is done is told by what it was done for
        (HSCT, "Leukemia, s/p allo", Certainty.FIRM),
    ],
)
@pytest.mark.parametrize("place", ["text", "display"])
@pytest.mark.parametrize("wanted", [None, "only"])
def test_words_that_name_another_diagnosis_than_the_icd_code(
    chart_of: Any, make: Any, code: tuple[str, str], text: str, expected: Certainty, place: str, wanted: str | None
) -> None:
    """Which of the two was meant nobody knows."""
    concept, value = code
    coding = {"system": ICD, "code": value} | ({"display": text} if place == "display" else {})
    said: dict[str, Any] = {"coding": [coding]} | ({"text": text} if place == "text" else {})
    asked = None if wanted is None else frozenset({concept})
    facts = chart_of({**make.condition(value, ICD), "code": said}, wanted=asked).facts
    assert {fact.certainty for fact in facts if fact.concept == concept} == {expected}


def test_words_beside_a_code_of_snomed_may_be_its_name(fact_of: Any, make: Any) -> None:
    """Of its descendants, which have names of their own, few are listed."""
    said = {"coding": [{"system": SNOMED, "code": "59282003", "display": "Hypertension"}]}
    assert fact_of("vasc.pe", {**make.condition("59282003"), "code": said}).certainty is Certainty.FIRM


def test_words_are_judged_alike_wherever_they_are_met() -> None:
    assert [takes_back("No PE"), doubts("No PE"), says_past("No PE")] == [True, False, False]
    assert [takes_back("PE unlikely"), doubts("PE unlikely"), says_past("PE unlikely")] == [False, True, False]
    assert [takes_back("Old PE"), doubts("Old PE"), says_past("Old PE")] == [False, False, True]
