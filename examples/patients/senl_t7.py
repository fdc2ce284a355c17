"""SENL-T7: windows before enrollment and before treatment, and limits whose comparator the registry has lost."""

from __future__ import annotations

from patients.builders import SNOMED, Examples, Patient
from patients.records import (
    DETECTED,
    NEGATIVE,
    POSITIVE,
    attest,
    blood_blasts,
    cd7_positive,
    ejection_fraction,
    hemoglobin,
    hiv_negative,
    lansky,
    liver,
    lumbar_puncture,
    marrow_blasts,
    no_known_allergy,
    no_viral_nucleic_acid,
    nyha,
    relapse_of_all,
    remission,
    saturation_on_room_air,
    serum_pregnancy_test_negative,
    syphilis_negative,
    t_all,
)

TRIAL = "SENL-T7"
ENROLLMENT_AND_TREATMENT = {"enrollment": "2026-12-01", "treatment": "2026-12-08"}


def relapsed_t_all(patient: Patient, blasts: float = 38) -> Patient:
    """T-ALL, in remission since March 2025, in relapse since October 2026."""
    t_all(patient, onset="2024-11-04")
    remission(patient, on="2025-03-11")
    relapse_of_all(patient, on="2026-10-05")
    marrow_blasts(patient, blasts, on="2026-10-12")
    return cd7_positive(patient, on="2026-10-12")


def karnofsky(patient: Patient, score: int, *, on: str | None) -> Patient:
    return patient.score("89243-0", "Karnofsky performance status", on, score)


def fit(patient: Patient) -> Patient:
    """Blood, liver, lungs, heart and virus tests that speak for the patient."""
    hemoglobin(patient, 8.9, on="2026-11-16")
    saturation_on_room_air(patient, 98, on="2026-11-16")
    liver(patient, on="2026-11-16")
    ejection_fraction(patient, 61, on="2026-11-03")
    nyha(patient, "LA28404-4", "Class I", on="2026-11-03")
    no_viral_nucleic_acid(patient, on="2026-11-10")
    hiv_negative(patient, on="2026-11-10")
    syphilis_negative(patient, on="2026-11-10")
    no_known_allergy(patient, on="2026-11-10")
    return lumbar_puncture(patient, on="2026-10-12")


JUDGED = {
    "I03": True,  # expected to live for more than 12 weeks
    "I10": True,  # consent
    "X10.a1": False,  # no clinically significant viral infection
    "X11": False,  # no symptomatic disorder of the central nervous system, cerebellar disease included
    "X14": False,  # nothing else that adds risk
}


def eligible_boy() -> Patient:
    patient = Patient(
        "eligible-boy",
        "A boy of eleven with relapsed T-ALL, an echocardiogram within 12 months of the treatment that is planned, and "
        "a transplant eight months before enrollment; the investigator has attested to the rest, active "
        "graft-versus-host disease and viral reactivation included: after an allogeneic transplant an empty record "
        "does not rule them out.",
        gender="male",
        born="2015-06-13",
        anchors=ENROLLMENT_AND_TREATMENT,
    )
    fit(relapsed_t_all(patient))
    lansky(patient, 80, on="2026-11-16")
    patient.procedure("58390007", "Allogeneic bone marrow transplantation", on="2026-03-30")
    after_transplant = {"X02": False, "X10": False}
    return attest(patient, TRIAL, JUDGED | after_transplant, on="2026-11-18")


def transplant_too_recent() -> Patient:
    patient = Patient(
        "transplant-too-recent",
        "A transplant five months ago, and nobody has said when enrollment is: open until the six months have passed.",
        gender="male",
        born="1987-09-27",
    )
    fit(relapsed_t_all(patient))
    karnofsky(patient, 80, on="2026-11-16")
    patient.procedure("425983008", "Autologous peripheral blood stem cell transplant", on="2026-06-20")
    return attest(patient, TRIAL, JUDGED, on="2026-11-18")


def ineligible_transplant() -> Patient:
    patient = Patient(
        "ineligible-transplant",
        "Enrolled today, within six months of a transplant (exclusion 12), with atrial fibrillation (exclusion 1) "
        "and a serious allergy to an antibiotic (exclusion 9).",
        gender="male",
        born="1987-09-27",
        anchors={"enrollment": "2026-11-20"},
    )
    fit(relapsed_t_all(patient))
    karnofsky(patient, 80, on="2026-11-16")
    patient.procedure("425983008", "Autologous peripheral blood stem cell transplant", on="2026-05-21")
    patient.condition(SNOMED, "49436004", "Atrial fibrillation", onset="2026-10-01")
    patient.allergy("91936005", "Allergy to penicillin", recorded="2026-11-12", criticality="high")
    return attest(patient, TRIAL, JUDGED, on="2026-11-18")


def lost_comparators() -> Patient:
    patient = Patient(
        "lost-comparators",
        "Exactly 5 % blasts and exactly 90 % oxygen saturation: whether that is enough depends on comparators that "
        "the registry has lost.",
        gender="male",
        born="2009-02-05",
        anchors=ENROLLMENT_AND_TREATMENT,
    )
    fit(relapsed_t_all(patient, blasts=5))
    blood_blasts(patient, 0, on="2026-10-12")
    karnofsky(patient, 60, on="2026-11-16")
    patient.quantity(
        "59410-1",
        "Oxygen saturation by pulse oximetry on room air",
        "2026-11-18",
        90,
        "%",
        lower_limit=95,
        upper_limit=100,
    )
    return attest(patient, TRIAL, JUDGED, on="2026-11-18")


def breastfeeding() -> Patient:
    patient = Patient(
        "breastfeeding",
        "A woman who breast-feeds and is not pregnant: the literal 'and' would let her pass, the evident 'or' would "
        "not. CMV is detected, and no copy number says whether that matters.",
        gender="female",
        born="1993-03-03",
        anchors=ENROLLMENT_AND_TREATMENT,
    )
    fit(relapsed_t_all(patient))
    karnofsky(patient, 90, on="2026-11-16")
    serum_pregnancy_test_negative(patient, on="2026-11-17")
    patient.observation(
        "63895-7",
        "Breastfeeding status",
        "2026-11-17",
        valueCodeableConcept={
            "coding": [{"system": "http://loinc.org", "code": "LA29252-6", "display": "Currently breastfeeding"}]
        },
    )
    patient.result("30246-3", "Cytomegalovirus DNA in serum or plasma", "2026-11-15", DETECTED)
    no_pregnancy_lately = {"X13.a3": False}
    return attest(patient, TRIAL, JUDGED | no_pregnancy_lately, on="2026-11-18")


def undated_data() -> Patient:
    patient = Patient(
        "undated-data",
        "Hemoglobin without a unit, an undated Karnofsky score, an oxygen saturation of three weeks ago, ALT without a "
        "reference range, LVEF by magnetic resonance, a treponemal test alone, a preliminary HIV test, a transplant "
        "without a date, nothing of allergies, and CD7 from before the relapse.",
        gender="male",
        born="1980-07-30",
        anchors=ENROLLMENT_AND_TREATMENT,
    )
    t_all(patient, onset="2024-11-04")
    remission(patient, on="2025-03-11")
    relapse_of_all(patient, on="2026-10-05")
    marrow_blasts(patient, 38, on="2026-10-12")
    cd7_positive(patient, on="2024-11-06")
    patient.quantity("718-7", "Hemoglobin", "2026-11-16", 8.9, None)
    karnofsky(patient, 80, on=None)
    saturation_on_room_air(patient, 98, on="2026-10-30")
    liver(patient, on="2026-11-16", alt=None)
    patient.quantity("1742-6", "Alanine aminotransferase", "2026-11-16", 44, "U/L")
    patient.quantity("8811-2", "Left ventricular ejection fraction by magnetic resonance", "2026-11-03", 61, "%")
    nyha(patient, "LA28404-4", "Class I", on="2026-11-03")
    no_viral_nucleic_acid(patient, on="2026-11-10")
    patient.result("24110-9", "Treponema pallidum antibody", "2026-11-10", POSITIVE)
    patient.result("56888-1", "HIV 1+2 antibody and p24 antigen", "2026-11-10", NEGATIVE, status="preliminary")
    patient.procedure("425983008", "Autologous peripheral blood stem cell transplant", on=None)
    return attest(patient, TRIAL, JUDGED, on="2026-11-18")


def ineligible_b_lineage() -> Patient:
    patient = Patient(
        "ineligible-b-lineage",
        "B-cell leukemia (inclusion 1), CD7 negative (inclusion 2), aged 71 since yesterday (inclusion 6), hemoglobin "
        "69 g/L (inclusions 5 and 8).",
        gender="male",
        born="1955-11-19",
        anchors=ENROLLMENT_AND_TREATMENT,
    )
    patient.condition(SNOMED, "277571004", "B-cell acute lymphoblastic leukemia", onset="2024-11-04", status="relapse")
    patient.quantity(
        "13846-1",
        "CD7 cells per 100 blasts in blood",
        "2026-10-12",
        1,
        "%",
        method="Flow cytometry",
        interpretation="NEG",
    )
    fit(patient)
    hemoglobin(patient, 6.9, on="2026-11-18")
    karnofsky(patient, 70, on="2026-11-16")
    return attest(patient, TRIAL, JUDGED, on="2026-11-18")


EXAMPLES = Examples(
    TRIAL,
    (
        eligible_boy(),
        transplant_too_recent(),
        ineligible_transplant(),
        lost_comparators(),
        breastfeeding(),
        undated_data(),
        ineligible_b_lineage(),
    ),
    site=True,
)
