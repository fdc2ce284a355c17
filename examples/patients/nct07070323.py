"""NCT07070323: three cohorts, one of them only for who has had an allogeneic transplant; adults and children."""

from __future__ import annotations

from patients.builders import ICD_10_CM, Examples, Patient
from patients.records import (
    POSITIVE,
    attest,
    blood_blasts,
    chemotherapy,
    creatinine,
    ecog,
    hepatitis_serology_negative,
    hiv_negative,
    lansky,
    lumbar_puncture,
    no_known_allergy,
    relapse_of_all,
    serum_pregnancy_test_negative,
    syphilis_negative,
    t_all,
    urea_nitrogen,
)

TRIAL = "NCT07070323"


def relapsed_t_all(patient: Patient) -> Patient:
    """T-ALL in relapse, whose lymph node shows CD5 on 85 % of the tumour cells by immunohistochemistry."""
    t_all(patient, onset="2024-09-10")
    relapse_of_all(patient, on="2026-10-05")
    return patient.quantity(
        "29603-8", "CD5 in tissue by immunohistochemistry", "2026-10-08", 85, "%", interpretation="POS"
    )


def fit(patient: Patient) -> Patient:
    """Kidneys, infections and allergies that speak for the patient; a record that holds procedures."""
    creatinine(patient, 0.8, on="2026-11-16")
    urea_nitrogen(patient, 14, on="2026-11-16")
    hepatitis_serology_negative(patient, on="2026-11-10")
    hiv_negative(patient, on="2026-11-10")
    syphilis_negative(patient, on="2026-11-10")
    no_known_allergy(patient, on="2026-11-10")
    return lumbar_puncture(patient, on="2026-10-06")


JUDGED = {
    "I01.a4": True,  # progressed after all standard therapies
    "I01.a6": True,  # limited prognosis
    "I01.a7": True,  # no curative option
    "I06": True,  # expected to live for at least 60 days
    "I08": True,  # consent
    "X10": False,  # no active lesion in the magnetic resonance imaging
    "X15.a1": False,  # cells can be collected
    "X15.a2": False,  # frozen cells are available
}
NEW_DONOR = {"I09": True, "X14": False}
NO_NEW_DONOR = {"I09.a1": False, "X14": False}


def eligible_autologous() -> Patient:
    patient = Patient(
        "eligible-autologous",
        "Eligible with his own cells: 12 % blasts in blood, last chemotherapy 20 days ago. Never transplanted, so not "
        "with those of a previous donor; and no new donor was found.",
        gender="male",
        born="1990-02-18",
    )
    relapsed_t_all(patient)
    ecog(patient, 1, on="2026-11-16")
    blood_blasts(patient, 12, on="2026-11-16")
    chemotherapy(patient, began="2026-10-12", ended="2026-10-31")
    fit(patient)
    return attest(patient, TRIAL, JUDGED | NO_NEW_DONOR, on="2026-11-18")


def eligible_prior_donor() -> Patient:
    patient = Patient(
        "eligible-prior-donor",
        "Eligible with the cells of her previous allogeneic donor. Not with her own: 34 % blasts in blood.",
        gender="female",
        born="1983-06-06",
    )
    relapsed_t_all(patient)
    ecog(patient, 2, on="2026-11-16")
    blood_blasts(patient, 34, on="2026-11-16")
    chemotherapy(patient, began="2026-10-12", ended="2026-10-31")
    patient.procedure("58390007", "Allogeneic bone marrow transplantation", on="2025-04-22")
    fit(patient)
    serum_pregnancy_test_negative(patient, on="2026-11-17")
    return attest(patient, TRIAL, JUDGED | NO_NEW_DONOR, on="2026-11-18")


def donor_not_stated() -> Patient:
    patient = Patient(
        "donor-not-stated",
        "A transplant whose donor is not stated leaves the cohort of previous donors open; 20 % blasts in blood are "
        "not less than 20 %; for a new donor nobody has answered yet.",
        gender="male",
        born="2001-12-24",
    )
    relapsed_t_all(patient)
    ecog(patient, 1, on="2026-11-16")
    blood_blasts(patient, 20, on="2026-11-16")
    chemotherapy(patient, began="2026-10-12", ended="2026-10-31")
    patient.procedure("234336002", "Hemopoietic stem cell transplant", on="2025-08-30")
    fit(patient)
    return attest(patient, TRIAL, JUDGED, on="2026-11-18")


def washout_running() -> Patient:
    patient = Patient(
        "washout-running",
        "Last chemotherapy ten days ago: the two weeks pass by themselves, and the registry does not say before what. "
        "No frozen cells, but fresh ones can be collected: 'or' or 'and' decides.",
        gender="male",
        born="1995-10-10",
    )
    relapsed_t_all(patient)
    ecog(patient, 1, on="2026-11-16")
    blood_blasts(patient, 5, on="2026-11-16")
    chemotherapy(patient, began="2026-10-12", ended="2026-11-10")
    fit(patient)
    return attest(patient, TRIAL, JUDGED | NO_NEW_DONOR | {"X15.a2": True}, on="2026-11-18")


def child() -> Patient:
    patient = Patient(
        "child",
        "A girl of six: a Lansky score, which is not converted to ECOG, and nobody has said that her guardian "
        "signed. Young as she is, a pregnancy test is asked for: the registry names no age.",
        gender="female",
        born="2020-03-03",
    )
    relapsed_t_all(patient)
    lansky(patient, 90, on="2026-11-16")
    blood_blasts(patient, 8, on="2026-11-16")
    chemotherapy(patient, began="2026-10-12", ended="2026-10-31")
    fit(patient)
    judged = {target: answer for target, answer in JUDGED.items() if target != "I08"}
    return attest(patient, TRIAL, judged | NEW_DONOR, on="2026-11-18")


def unspecific_data() -> Patient:
    patient = Patient(
        "unspecific-data",
        "CD5 of all marrow cells instead of blasts, and no word on fluorescence; an allergy of high criticality; "
        "a syphilis test that is positive and not confirmed; a provisional sepsis; two contradicting urea nitrogens; "
        "no imaging; nothing of medication or procedures, so a transplant is not ruled out either.",
        gender="male",
        born="1966-01-15",
    )
    t_all(patient, onset="2024-09-10")
    relapse_of_all(patient, on="2026-10-05")
    patient.quantity(
        "35640-2",
        "CD5 cells per 100 cells in bone marrow",
        "2026-10-08",
        91,
        "%",
        method="Flow cytometry",
        interpretation="POS",
    )
    ecog(patient, 1, on="2026-11-16")
    blood_blasts(patient, 3, on="2026-11-16")
    creatinine(patient, 0.8, on="2026-11-16")
    urea_nitrogen(patient, 14, on="2026-11-16")
    urea_nitrogen(patient, 31, on="2026-11-16")
    hepatitis_serology_negative(patient, on="2026-11-10")
    hiv_negative(patient, on="2026-11-10")
    patient.result("20507-0", "Reagin antibody by RPR", "2026-11-10", POSITIVE)
    patient.allergy("91936005", "Allergy to penicillin", recorded="2019-01-01", criticality="high")
    patient.condition(ICD_10_CM, "A41.9", "Sepsis, unspecified organism", onset="2026-11-17", verified="provisional")
    judged = {target: answer for target, answer in JUDGED.items() if target != "X10"}
    return attest(patient, TRIAL, judged | NO_NEW_DONOR, on="2026-11-18")


def ineligible_sepsis() -> Patient:
    patient = Patient(
        "ineligible-sepsis",
        "Out of every cohort: sepsis (exclusion 7), urea nitrogen at exactly 1.5 times its limit (exclusion 6), a "
        "breast cancer (exclusion 4) and a kidney transplant (exclusion 11).",
        gender="female",
        born="1972-08-08",
    )
    relapsed_t_all(patient)
    ecog(patient, 2, on="2026-11-16")
    blood_blasts(patient, 12, on="2026-11-16")
    chemotherapy(patient, began="2026-10-12", ended="2026-10-31")
    fit(patient)
    urea_nitrogen(patient, 30, on="2026-11-18")
    patient.condition(ICD_10_CM, "A41.9", "Sepsis, unspecified organism", onset="2026-11-17", recorded="2026-11-17")
    patient.condition(ICD_10_CM, "C50.911", "Malignant neoplasm of right female breast", onset="2026-02-01")
    patient.condition(ICD_10_CM, "Z94.0", "Kidney transplant status", onset=None, recorded="2018-05-05")
    serum_pregnancy_test_negative(patient, on="2026-11-17")
    return attest(patient, TRIAL, JUDGED | NO_NEW_DONOR, on="2026-11-18")


EXAMPLES = Examples(
    TRIAL,
    (
        eligible_autologous(),
        eligible_prior_donor(),
        donor_not_stated(),
        washout_running(),
        child(),
        unspecific_data(),
        ineligible_sepsis(),
    ),
)
