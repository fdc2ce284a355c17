"""Diseases by names and codes that no list decides by: a person has to look. And the codes of HIV by nucleic acid."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    ICD_10,
    ICD_10_CM,
    PASSES,
    RXNORM,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    coded,
    condition,
    described,
    dose,
    observation,
    procedure,
    quantity,
    review,
)

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)
NOTHING_ELSE = attestation("NCT07120607#X03.a14", False)


def named(code: str, name: str) -> Resource:
    """By a SNOMED CT code that no value set lists, and its name."""
    return condition(code, SNOMED, text=name, onset=RECENT)


def classified(code: str, system: str = ICD_10_CM) -> Resource:
    return condition(code, system, onset=RECENT)


DOUBTED = [
    ("X03", named("438773007", "Saddle embolus of pulmonary artery")),
    ("X03", named("95453001", "Subdural hematoma")),
    ("X03", named("95457000", "Brain stem infarction")),
    ("X03", classified("I67.82")),
    ("X03", classified("I67.81")),
    ("X03", classified("I66.01")),
    ("X03", classified("I65.29")),
    ("X03", classified("G46.3")),
    ("X03", classified("I67.8", ICD_10)),
    ("X05", named("23238000", "Common variable agammaglobulinemia")),
    ("X05", classified("D59.11")),
    ("X05", classified("D59.1", ICD_10)),
    ("X05", classified("D68.61")),
    ("X05", classified("E05.00")),
    ("X05", classified("M35.2", ICD_10)),
]


@pytest.mark.parametrize(("criterion", "disease"), DOUBTED)
def test_it_goes_to_a_person(check: Check, criterion: str, disease: Resource) -> None:
    check(criterion, Given((disease, NOTHING_ELSE), covers=frozenset(Kind)), review("unspecific"))


def test_a_lacunar_syndrome_is_carved_out_by_a_person(check: Check) -> None:
    check("X03", Given((classified("G46.5"), NOTHING_ELSE), covers=frozenset(Kind)), review("judgement", "unspecific"))


def test_words_alone(check: Check) -> None:
    disease = described("Graft vs host disease", recorded=RECENT)
    check("X06", Given((disease,), covers=frozenset(Kind)), review("no-data", "unusable-data"))


@pytest.mark.parametrize("code", ["25836-8", "70241-5", "62469-2", "21333-0"])
def test_hiv_rna_outweighs_a_negative_antibody(check: Check, code: str) -> None:
    negative = observation("56888-1", on=ago(10), valueString="Negative")
    positive = observation(code, on=ago(8), valueQuantity=quantity(85000, "{copies}/mL"))
    check("X09", Given((negative, positive)), FAILS)


STROKE = [
    (classified("I65.29"), PASSES),  # carotid stenosis: of an artery before the brain, and without an infarction
    (classified("I65.2", ICD_10), PASSES),
    (classified("I66.01"), review("unspecific")),  # what it did to the brain short of an infarction is not said
    (classified("I67.9"), review("unspecific")),  # it may be a stroke
    (classified("I63.9"), FAILS),
]


@pytest.mark.parametrize(("disease", "expected"), STROKE)
def test_what_may_be_a_stroke(check: Check, disease: Resource, expected: Expected) -> None:
    nothing_else = attestation("NCT07120607#X01.a8", False)
    check("X01", Given((disease, nothing_else), covers=frozenset(Kind)), expected)


CLASS_L04 = [
    ("L04AH01", review("registry-error")),  # sirolimus since 2024
    ("L04AA10", review("registry-error")),  # and before
    ("L04AA03", review("registry-error")),
    ("L04AA24", review("registry-error")),
    ("L04AB02", review("registry-error")),
    ("L04AK01", review("registry-error")),
    ("L04", review("registry-error", "unspecific")),
    ("L04AF02", review("registry-error", "unspecific")),  # in the class, and not looked into one by one
    ("L04AX04", review("registry-error", "unspecific")),  # lenalidomide
    ("L04AX05", review("registry-error", "unspecific")),  # pirfenidone
    ("L03AB11", PASSES),
    ("D11AH01", PASSES),  # tacrolimus on the skin
]


@pytest.mark.parametrize(("code", "expected"), CLASS_L04)
def test_an_immunosuppressant_by_its_class(check: Check, code: str, expected: Expected) -> None:
    check("X12", Given((dose(code, ago(5)),), covers=frozenset(Kind)), expected)


@pytest.mark.parametrize("code", ["L04AH01", "L04AF02"])
def test_one_that_was_stopped_in_time(check: Check, code: str) -> None:
    check("X12", Given((dose(code, ago(14)),), covers=frozenset(Kind)), PASSES)


IMMUNOSUPPRESSANTS = [
    "Prograf 1 MG capsule",
    "CellCept 500 mg tablet",
    "Neoral",
    "MMF",
    "FK506",
    "FK-506 1 mg",
    "Thymoglobulin",
    "Anti-thymocyte globulin (rabbit)",
    "rATG",
    "CsA",
    "Jakavi",
    "Jakafi 10 mg",
    "Rapamycin",
    "Etanercept",
    "Baricitinib 4 mg",
    "Actemra",
    "MTX weekly",
]


def given_lately(medicine: Resource) -> Resource:
    said = {"status": "completed", "medicationCodeableConcept": medicine, "effectiveDateTime": ago(5)}
    return {"resourceType": "MedicationAdministration", **said}


@pytest.mark.parametrize("words", IMMUNOSUPPRESSANTS)
def test_an_immunosuppressant_in_words(check: Check, words: str) -> None:
    check("X12", Given((given_lately({"text": words}),), covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize(
    ("system", "code", "words", "expected"),
    [
        ("http://hl7.org/fhir/sid/ndc", "00469061773", "Prograf 1 MG capsule", review("unusable-data")),
        (RXNORM, "9990001", "Prograf 1 MG Oral Capsule", review("registry-error", "unspecific")),
        (RXNORM, "9990002", "acetaminophen 500 MG Oral Tablet", PASSES),
    ],
)
def test_beside_a_code_of_no_list(check: Check, system: str, code: str, words: str, expected: Expected) -> None:
    check("X12", Given((given_lately(coded(system, code, words)),), covers=frozenset(Kind)), expected)


@pytest.mark.parametrize("words", ["CTX", "TAC", "Flu vaccine", "Folic acid", "Immune globulin"])
def test_what_may_be_something_else(check: Check, words: str) -> None:
    check("X12", Given((given_lately({"text": words}),), covers=frozenset(Kind)), PASSES)


REVASCULARISED = [
    "Coronary artery bypass, arterial",
    "Placement of intracoronary stent(s)",
    "Percutaneous transluminal coronary atherectomy",
    "Percutaneous transluminal revascularization",
    "Coronary stenting",
    "Coronary revascularization",
]


@pytest.mark.parametrize("words", REVASCULARISED)
@pytest.mark.parametrize("system", [None, "http://www.ama-assn.org/go/cpt"])
def test_a_coronary_intervention_in_words(check: Check, words: str, system: str | None) -> None:
    told = procedure("00000", system, on=RECENT) if system else {**procedure("0", on=RECENT), "code": {}}
    told["code"]["text"] = words
    check("X03", Given((told, NOTHING_ELSE), covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize("words", ["Coronary angiography", "Iliac stent", "Gastric bypass"])
def test_what_is_no_coronary_intervention(check: Check, words: str) -> None:
    told = {**procedure("0", on=RECENT), "code": {"text": words}}
    check("X03", Given((told, NOTHING_ELSE), covers=frozenset(Kind)), PASSES)
