"""NCT04762485: never eligible without an amendment, for criterion 6 is a registry error."""

from __future__ import annotations

from patients.builders import ICD_10_CM, SNOMED, Examples, Patient
from patients.records import (
    NEGATIVE,
    POSITIVE,
    cd7_positive,
    clear_fluid,
    ecog,
    ejection_fraction,
    hiv_negative,
    liver,
    no_viral_nucleic_acid,
    not_breastfeeding,
    nyha,
    relapse_of_all,
    serum_pregnancy_test_negative,
    t_all,
)


def leukemia(patient: Patient) -> Patient:
    """Relapsed T-ALL, CD7 on 85 % of the blasts by flow cytometry."""
    t_all(patient, onset="2025-03-12")
    relapse_of_all(patient, on="2026-10-05")
    return cd7_positive(patient, on="2026-10-06")


def fit(patient: Patient) -> Patient:
    """Performance status, heart, liver, cerebrospinal fluid and virus tests that all speak for the patient."""
    ecog(patient, 1, on="2026-11-10")
    ejection_fraction(patient, 58, on="2026-11-03")
    liver(patient, on="2026-11-16")
    clear_fluid(patient, on="2026-11-09")
    no_viral_nucleic_acid(patient, on="2026-10-20")
    return hiv_negative(patient, on="2026-10-20")


def needs_review() -> Patient:
    patient = Patient(
        "needs-review",
        "Everything that data can say passes; criterion 6 is on hold for the registry's error and criterion 9 waits "
        "for a person.",
        gender="male",
        born="1994-07-19",
    )
    return fit(leukemia(patient))


def attested() -> Patient:
    patient = Patient(
        "attested",
        "As needs-review, and the investigator has attested that no other comorbidity stands against it: only "
        "criterion 6 stays on hold.",
        gender="male",
        born="1988-01-30",
    )
    return fit(leukemia(patient)).attested("NCT04762485#X09", False, "2026-11-18")


def missing_data() -> Patient:
    patient = Patient(
        "missing-data",
        "A woman with relapsed T-ALL of whom much is not known: no pregnancy test, an old echocardiogram, ALT without "
        "its range.",
        gender="female",
        born="2001-05",
    )
    leukemia(patient)
    ecog(patient, 2, on="2026-11-10")
    ejection_fraction(patient, 61, on="2026-05-03")
    patient.quantity("1742-6", "Alanine aminotransferase", "2026-11-16", 44, "U/L")
    patient.quantity("14631-6", "Total bilirubin", "2026-11-16", 12, "umol/L", upper_limit=21)
    return patient.result("56888-1", "HIV 1+2 antibody and p24 antigen", "2026-10-20", POSITIVE)


def ineligible_embolism() -> Patient:
    patient = Patient(
        "ineligible-embolism",
        "Fit but for a current pulmonary embolism (criterion 7) and ECOG 3 (criterion 3).",
        gender="female",
        born="1979-12-02",
    )
    fit(leukemia(patient))
    ecog(patient, 3, on="2026-11-17")
    patient.condition(SNOMED, "59282003", "Pulmonary embolism", onset="2026-11-01", recorded="2026-11-01")
    serum_pregnancy_test_negative(patient, on="2026-11-17")
    return not_breastfeeding(patient, on="2026-11-17")


def ineligible_age() -> Patient:
    patient = Patient(
        "ineligible-age", "Turned 66 on the day of screening (criterion 2).", gender="male", born="1960-11-20"
    )
    return fit(leukemia(patient))


def heart_by_class_only() -> Patient:
    patient = Patient(
        "heart-by-class-only",
        "LVEF 42 % with NYHA class II: passes criterion 5 only by its literal 'or', so a person must look.",
        gender="male",
        born="1971-02-11",
    )
    fit(leukemia(patient))
    ejection_fraction(patient, 42, on="2026-11-12")
    return nyha(patient, "LA28405-1", "Class II", on="2026-11-12")


def contradicting_data() -> Patient:
    patient = Patient(
        "contradicting-data",
        "Much is recorded and little of it decides: two contradicting echocardiograms of one day, CD7 without a "
        "method, ECOG as a range, a provisional infarction, an arrhythmia known by its month, a thrombosis without a "
        "date, a preliminary HIV test.",
        gender="male",
        born="1999-09-09",
    )
    t_all(patient, onset="2025-03-12")
    relapse_of_all(patient, on="2026-10-05")
    patient.quantity(
        "13846-1", "CD7 cells per 100 blasts in blood", "2026-10-06", 60, "%", interpretation="POS"
    )  # no method
    patient.observation("89247-1", "ECOG performance status", "2026-11-10", valueString="2-3")
    ejection_fraction(patient, 55, on="2026-11-12")
    ejection_fraction(patient, 45, on="2026-11-12")
    liver(patient, on="2026-11-16")
    clear_fluid(patient, on="2026-11-09")
    no_viral_nucleic_acid(patient, on="2026-10-20")
    patient.result("56888-1", "HIV 1+2 antibody and p24 antigen", "2026-10-20", NEGATIVE, status="preliminary")
    patient.condition(ICD_10_CM, "J18.9", "Pneumonia, unspecified organism", onset="2026-11-08")
    patient.condition(
        SNOMED, "22298006", "Myocardial infarction", onset="2026-07-02", verified="provisional", recorded="2026-07-02"
    )
    patient.condition(SNOMED, "25569003", "Ventricular tachycardia", onset="2026-05", status="resolved")
    return patient.condition(SNOMED, "128053003", "Deep venous thrombosis", onset=None)


EXAMPLES = Examples(
    "NCT04762485",
    (
        needs_review(),
        attested(),
        missing_data(),
        contradicting_data(),
        ineligible_embolism(),
        ineligible_age(),
        heart_by_class_only(),
    ),
)
