"""NCT07476027: children, screened for collection and for infusion. Never eligible: the exclusions are cut off."""

from __future__ import annotations

from patients.builders import ICD_10_CM, LABORATORY, Examples, Patient
from patients.records import (
    attest,
    creatinine,
    ecog,
    ejection_fraction,
    hepatitis_serology_negative,
    lansky,
    liver,
    relapse_of_all,
    remission,
    t_all,
)

TRIAL = "NCT07476027"


def residual_disease(
    patient: Patient, percent: float, *, on: str, comparator: str | None = None, specimen: str = "Bone marrow aspirate"
) -> Patient:
    """By the laboratory's own code: there is no common one."""
    return patient.quantity(
        "MRD", "Minimal residual disease", on, percent, "%", comparator=comparator, system=LABORATORY, specimen=specimen
    )


def first_remission(patient: Patient) -> Patient:
    """T-ALL of June 2026, in its first complete remission after six weeks of induction."""
    t_all(patient, onset="2026-06-22")
    patient.medication("L01CA02", "Vincristine", began="2026-06-25", ended="2026-07-23")
    return remission(patient, on="2026-08-05")


def lymphocytes(patient: Patient, count: float, *, on: str) -> Patient:
    return patient.quantity("731-0", "Lymphocytes in blood", on, count, "10*9/L", lower_limit=1.5, upper_limit=7)


def organs(patient: Patient) -> Patient:
    """Heart, kidney and liver as the infusion asks for."""
    ejection_fraction(patient, 62, on="2026-11-12")
    creatinine(patient, 0.5, on="2026-11-16", upper_limit=0.7)
    return liver(patient, on="2026-11-16", alt=70)


JUDGED = {
    "I02.a1": True,  # induction completed
    "I03.a1": True,  # high risk
    "I04": True,  # high risk of relapse, recommended by the multidisciplinary team
    "I06": True,  # the guardian's consent
    "X01.a3": False,  # nothing about heart and lungs that the investigator deems inappropriate
}
FIRST = {"I02.a2": True}  # the remission is the first
READY = {"F01": True}


def cleared_but_truncated() -> Patient:
    patient = Patient(
        "cleared-but-truncated",
        "A boy of nine for whom everything that can be read speaks, at screening and for the infusion; the exclusions "
        "that the registry page cuts off nobody can clear.",
        gender="male",
        born="2017-04-02",
    )
    first_remission(patient)
    residual_disease(patient, 0.004, on="2026-08-06")
    lymphocytes(patient, 1.1, on="2026-11-16")
    lansky(patient, 90, on="2026-11-16")
    organs(patient)
    hepatitis_serology_negative(patient, on="2026-11-10")
    return attest(patient, TRIAL, JUDGED | FIRST | READY, on="2026-11-18")


def not_ready_for_infusion() -> Patient:
    patient = Patient(
        "not-ready-for-infusion",
        "Open for screening, ineligible for the infusion: LVEF 44 %. Whether ALT at four times its limit comes from "
        "leukemic infiltration is for a person.",
        gender="female",
        born="2020-12-11",
    )
    first_remission(patient)
    residual_disease(patient, 0.004, on="2026-08-06")
    lymphocytes(patient, 0.5, on="2026-11-16")
    lansky(patient, 80, on="2026-11-16")
    ejection_fraction(patient, 44, on="2026-11-12")
    creatinine(patient, 0.5, on="2026-11-16", upper_limit=0.7)
    liver(patient, on="2026-11-16", alt=164)
    hepatitis_serology_negative(patient, on="2026-11-10")
    return attest(patient, TRIAL, JUDGED | FIRST, on="2026-11-18")


def eighteen() -> Patient:
    patient = Patient(
        "eighteen",
        "Eighteen years old, which the registry's two age statements treat differently; MRD reported as < 0.1 %, a "
        "limit above the trial's; a newer Lansky score contradicts ECOG.",
        gender="male",
        born="2008-02-25",
    )
    first_remission(patient)
    residual_disease(patient, 0.1, on="2026-08-06", comparator="<")
    lymphocytes(patient, 0.9, on="2026-11-16")
    ecog(patient, 1, on="2026-11-02")
    lansky(patient, 70, on="2026-11-16")
    organs(patient)
    hepatitis_serology_negative(patient, on="2026-11-10")
    return attest(patient, TRIAL, JUDGED | FIRST | READY, on="2026-11-18")


def unreadable_diagnosis() -> Patient:
    patient = Patient(
        "unreadable-diagnosis",
        "MRD in blood instead of marrow, lymphocytes of six weeks ago, an echocardiogram of 100 days ago, creatinine "
        "without a reference range, pneumonia as a mere word in Chinese, and the diagnosis only by its year.",
        gender="female",
        born="2016-10-19",
    )
    t_all(patient, onset="2025")
    remission(patient, on="2026-08-05")
    residual_disease(patient, 0.004, on="2026-08-06", specimen="Peripheral blood")
    lymphocytes(patient, 0.8, on="2026-10-09")
    lansky(patient, 90, on="2026-11-16")
    ejection_fraction(patient, 60, on="2026-08-12")
    patient.quantity("2160-0", "Creatinine", "2026-11-16", 0.5, "mg/dL")
    liver(patient, on="2026-11-16")
    patient.written("肺炎", recorded="2026-11-13")
    return attest(patient, TRIAL, JUDGED | READY, on="2026-11-18")


def ineligible_relapsed() -> Patient:
    patient = Patient(
        "ineligible-relapsed",
        "In relapse, so neither newly diagnosed nor in a first remission (inclusions 1 and 2).",
        gender="male",
        born="2013-07-07",
    )
    first_remission(patient)
    residual_disease(patient, 0.004, on="2026-08-06")
    relapse_of_all(patient, on="2026-11-09")
    lymphocytes(patient, 1.4, on="2026-11-16")
    ecog(patient, 1, on="2026-11-16")
    organs(patient)
    hepatitis_serology_negative(patient, on="2026-11-10")
    return attest(patient, TRIAL, JUDGED | READY, on="2026-11-18")


def ineligible_residual_disease() -> Patient:
    patient = Patient(
        "ineligible-residual-disease",
        "MRD of exactly 0.01 % in the marrow, which is not below it (inclusion 2), and hepatitis B: surface antigen "
        "positive with DNA above the laboratory's limit (the part of exclusion 5 that can be read). Her heart failure "
        "the investigator deems inappropriate, but nothing says that it is severe (exclusion 1).",
        gender="female",
        born="2011-01-23",
    )
    first_remission(patient)
    residual_disease(patient, 0.01, on="2026-08-06")
    lymphocytes(patient, 1.1, on="2026-11-16")
    ecog(patient, 0, on="2026-11-16")
    organs(patient)
    patient.result("5196-1", "Hepatitis B surface antigen", "2026-11-10", ("10828004", "Positive"))
    patient.quantity("42595-9", "Hepatitis B virus DNA", "2026-11-10", 2300, "[IU]/mL", upper_limit=20)
    patient.condition(ICD_10_CM, "I50.9", "Heart failure, unspecified", onset="2026-07-01")
    return attest(patient, TRIAL, JUDGED | FIRST | READY | {"X01.a3": True}, on="2026-11-18")


EXAMPLES = Examples(
    TRIAL,
    (
        cleared_but_truncated(),
        not_ready_for_infusion(),
        eighteen(),
        unreadable_diagnosis(),
        ineligible_relapsed(),
        ineligible_residual_disease(),
    ),
    site=True,
)
