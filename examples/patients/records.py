"""What several patients have in common, each block with its clinical values. All dates are before 2026-11-20."""

from __future__ import annotations

from patients.builders import ICD_10_CM, LOINC, NCI_THESAURUS, SNOMED, Patient, concept

NEGATIVE = ("260385009", "Negative")
POSITIVE = ("10828004", "Positive")
DETECTED = ("260373001", "Detected")
NOT_DETECTED = ("260415000", "Not detected")
FULL_REMISSION = ("103338009", "In full remission")
NO = ("373067005", "No")


# --- the disease ----------------------------------------------------------------------------------------------------


def t_all(patient: Patient, *, onset: str, status: str = "active") -> Patient:
    return patient.condition(SNOMED, "277575008", "T-cell acute lymphoblastic leukemia", onset=onset, status=status)


def relapse_of_all(patient: Patient, *, on: str) -> Patient:
    return patient.condition(
        ICD_10_CM, "C91.02", "Acute lymphoblastic leukemia, in relapse", onset=on, status="relapse"
    )


def remission(patient: Patient, *, on: str) -> Patient:
    return patient.result("88040-1", "Response to cancer treatment", on, FULL_REMISSION)


def marrow_blasts(patient: Patient, percent: float, *, on: str) -> Patient:
    return patient.quantity("11150-0", "Blasts per 100 cells in bone marrow", on, percent, "%")


def blood_blasts(patient: Patient, percent: float, *, on: str) -> Patient:
    return patient.quantity("26446-5", "Blasts per 100 leukocytes in blood", on, percent, "%")


def cd7_positive(patient: Patient, *, on: str) -> Patient:
    """CD7 on 85 % of the blasts by flow cytometry, reported as positive."""
    return patient.quantity(
        "13846-1", "CD7 cells per 100 blasts in blood", on, 85, "%", method="Flow cytometry", interpretation="POS"
    )


# --- organs and performance -----------------------------------------------------------------------------------------


def ecog(patient: Patient, score: int, *, on: str) -> Patient:
    return patient.score("89247-1", "ECOG performance status", on, score)


def lansky(patient: Patient, score: int, *, on: str) -> Patient:
    return patient.score("C38144", "Lansky performance status", on, score, system=NCI_THESAURUS)


def ejection_fraction(patient: Patient, percent: float, *, on: str) -> Patient:
    return patient.quantity("18043-0", "Left ventricular ejection fraction by echocardiography", on, percent, "%")


def nyha(patient: Patient, answer: str, text: str, *, on: str) -> Patient:
    return patient.observation(
        "88020-3", "NYHA functional class", on, valueCodeableConcept=concept(LOINC, answer, text)
    )


def liver(
    patient: Patient, *, on: str, ast: float = 31, alt: float | None = 44, bilirubin: float | None = 0.8
) -> Patient:
    """AST, ALT and bilirubin, each with its reference range; None leaves one out."""
    patient.quantity("1920-8", "Aspartate aminotransferase", on, ast, "U/L", upper_limit=40)
    if alt is not None:
        patient.quantity("1742-6", "Alanine aminotransferase", on, alt, "U/L", upper_limit=41)
    if bilirubin is not None:
        patient.quantity("1975-2", "Total bilirubin", on, bilirubin, "mg/dL", upper_limit=1.2)
    return patient


def creatinine(patient: Patient, value: float, *, on: str, upper_limit: float = 1.2) -> Patient:
    return patient.quantity("2160-0", "Creatinine", on, value, "mg/dL", upper_limit=upper_limit)


def urea_nitrogen(patient: Patient, value: float, *, on: str) -> Patient:
    return patient.quantity("3094-0", "Urea nitrogen", on, value, "mg/dL", upper_limit=20)


def saturation_on_room_air(patient: Patient, percent: float, *, on: str) -> Patient:
    text = "Oxygen saturation by pulse oximetry on room air"
    return patient.quantity("59410-1", text, on, percent, "%", lower_limit=95, upper_limit=100)


def hemoglobin(patient: Patient, value: float, *, on: str) -> Patient:
    return patient.quantity("718-7", "Hemoglobin", on, value, "g/dL", lower_limit=12, upper_limit=16)


def clear_fluid(patient: Patient, *, on: str) -> Patient:
    return patient.quantity("26447-3", "Blasts per 100 leukocytes in cerebrospinal fluid", on, 0, "%")


# --- infections -------------------------------------------------------------------------------------------------------


def no_viral_nucleic_acid(patient: Patient, *, on: str) -> Patient:
    patient.result("29610-3", "Hepatitis B virus DNA", on, NOT_DETECTED)
    return patient.result("11259-9", "Hepatitis C virus RNA", on, NOT_DETECTED)


def hiv_negative(patient: Patient, *, on: str) -> Patient:
    return patient.result("56888-1", "HIV 1+2 antibody and p24 antigen", on, NEGATIVE)


def hepatitis_serology_negative(patient: Patient, *, on: str) -> Patient:
    patient.result("5196-1", "Hepatitis B surface antigen", on, NEGATIVE)
    patient.result("13952-7", "Hepatitis B core antibody", on, NEGATIVE)
    return patient.result("13955-0", "Hepatitis C antibody", on, NEGATIVE)


def syphilis_negative(patient: Patient, *, on: str) -> Patient:
    patient.result("24110-9", "Treponema pallidum antibody", on, NEGATIVE)
    return patient.result("20507-0", "Reagin antibody by RPR", on, NEGATIVE)


# --- what nobody is presumed to have or not to have -------------------------------------------------------------------


def no_known_allergy(patient: Patient, *, on: str) -> Patient:
    return patient.allergy("716186003", "No known allergy", recorded=on)


def not_breastfeeding(patient: Patient, *, on: str) -> Patient:
    return patient.result("63895-7", "Breastfeeding status", on, NO)


def serum_pregnancy_test_negative(patient: Patient, *, on: str) -> Patient:
    return patient.result("2118-8", "Choriogonadotropin (pregnancy test) in serum or plasma", on, NEGATIVE)


def chemotherapy(patient: Patient, *, began: str, ended: str) -> Patient:
    """Vincristine, which stands for the course."""
    return patient.medication("L01CA02", "Vincristine", began=began, ended=ended)


def lumbar_puncture(patient: Patient, *, on: str) -> Patient:
    """The record holds procedures, and this one."""
    return patient.procedure("277762005", "Lumbar puncture", on=on)


def attest(patient: Patient, trial: str, answers: dict[str, bool], *, on: str) -> Patient:
    """An investigator's answers: does the sentence, or its part, hold?"""
    for target, answer in answers.items():
        patient.attested(f"{trial}#{target}", answer, on)
    return patient
