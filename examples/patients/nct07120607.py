"""NCT07120607: adolescents and adults; windows before screening and before enrollment, and washouts."""

from __future__ import annotations

from patients.builders import ICD_10_CM, SNOMED, Examples, Patient
from patients.records import (
    NEGATIVE,
    POSITIVE,
    attest,
    blood_blasts,
    cd7_positive,
    creatinine,
    ecog,
    ejection_fraction,
    hiv_negative,
    liver,
    lumbar_puncture,
    marrow_blasts,
    no_known_allergy,
    no_viral_nucleic_acid,
    not_breastfeeding,
    relapse_of_all,
    remission,
    saturation_on_room_air,
    serum_pregnancy_test_negative,
    syphilis_negative,
    t_all,
)

TRIAL = "NCT07120607"
SCREENING_AND_ENROLLMENT = {"screening-start": "2026-11-09", "enrollment": "2026-11-24"}


def relapsed_t_all(patient: Patient) -> Patient:
    """T-ALL, in remission since June 2025, in relapse since October 2026 with 42 % blasts."""
    t_all(patient, onset="2025-02-03")
    remission(patient, on="2025-06-20")
    relapse_of_all(patient, on="2026-10-05")
    marrow_blasts(patient, 42, on="2026-10-05")
    return cd7_positive(patient, on="2026-11-10")


def fit(patient: Patient) -> Patient:
    """Everything that is measured speaks for the patient, and every kind of record is there."""
    ecog(patient, 1, on="2026-11-10")
    liver(patient, on="2026-11-16")
    creatinine(patient, 0.9, on="2026-11-16")
    ejection_fraction(patient, 58, on="2026-11-03")
    saturation_on_room_air(patient, 98, on="2026-11-16")
    no_viral_nucleic_acid(patient, on="2026-11-10")
    hiv_negative(patient, on="2026-11-10")
    syphilis_negative(patient, on="2026-11-10")
    no_known_allergy(patient, on="2026-11-10")
    lumbar_puncture(patient, on="2026-10-06")
    patient.medication("L01CA02", "Vincristine", began="2025-02-10", ended="2025-06-10")
    return patient.vaccination("140", "Influenza, seasonal, injectable, preservative free", on="2026-10-01")


JUDGED = {
    "I02.a2": True,  # by the guideline for acute lymphoblastic leukemia
    "I05": True,  # expected to survive for more than 3 months
    "I09": True,  # no significant genetic disorder
    "I10": True,  # consent
    "I11": True,  # willing and able to comply
    "X01.a8": False,  # no other severe disorder of the central nervous system
    "X03.a14": False,  # no other unstable cardiovascular condition
    "X07.a2": False,  # no long-term need of steroids or immunosuppression
    "X08": False,  # no other severe condition
    "X11": False,  # no adverse events of immunotherapy
    "X13": False,  # never received CAR-T cells
    "X16": False,  # nothing else that adds risk
}
CONTRACEPTION = {"I08.a3": True}
PARTNER = {"I08.a2": True} | CONTRACEPTION


def eligible_man() -> Patient:
    patient = Patient(
        "eligible-man",
        "A man with relapsed T-ALL: what data can say passes, and the investigator has attested to the rest.",
        gender="male",
        born="1991-03-14",
        anchors=SCREENING_AND_ENROLLMENT,
    )
    fit(relapsed_t_all(patient))
    return attest(patient, TRIAL, JUDGED | PARTNER, on="2026-11-18")


def before_attestation() -> Patient:
    patient = Patient(
        "before-attestation",
        "The same man before anybody attested to anything: what is left is a person's to judge, and never presumed "
        "(genetic disorders, CAR-T cells).",
        gender="male",
        born="1991-03-14",
        anchors=SCREENING_AND_ENROLLMENT,
    )
    return fit(relapsed_t_all(patient))


def enrollment_too_late() -> Patient:
    patient = Patient(
        "enrollment-too-late",
        "A woman whose serum HCG test was eight days before enrollment (one day too many), whose tacrolimus ended ten "
        "days ago and whose CD7 was shown before screening began.",
        gender="female",
        born="1998-08-02",
        anchors={"screening-start": "2026-11-12", "enrollment": "2026-11-24"},
    )
    fit(relapsed_t_all(patient))
    serum_pregnancy_test_negative(patient, on="2026-11-16")
    not_breastfeeding(patient, on="2026-11-16")
    patient.medication("L04AD02", "Tacrolimus", began="2026-03-01", ended="2026-11-10", route="oral")
    return attest(patient, TRIAL, JUDGED | CONTRACEPTION, on="2026-11-18")


def aml_five_percent() -> Patient:
    patient = Patient(
        "aml-five-percent",
        "AML with exactly 5 % blasts in the marrow after a remission: enough, if somebody rules out that the marrow "
        "is regenerating. An infarction known by its month lies on the edge of six months.",
        gender="male",
        born="1969-05-30",
        anchors=SCREENING_AND_ENROLLMENT,
    )
    patient.condition(
        ICD_10_CM, "C92.00", "Acute myeloblastic leukemia, not having achieved remission", onset="2025-09-01"
    )
    remission(patient, on="2026-01-15")
    marrow_blasts(patient, 5, on="2026-11-11")
    blood_blasts(patient, 0, on="2026-11-11")
    cd7_positive(patient, on="2026-11-11")
    fit(patient)
    patient.condition(SNOMED, "22298006", "Myocardial infarction", onset="2026-05", status="resolved")
    aml = {"I02.a4" if target == "I02.a2" else target: answer for target, answer in JUDGED.items()}
    return attest(patient, TRIAL, aml | PARTNER, on="2026-11-18")


def faulty_results() -> Patient:
    patient = Patient(
        "faulty-results",
        "ALT without a unit, AST and oxygen saturation without a reference range, an undated creatinine, one of two "
        "syphilis tests, a preliminary HCV test, CD7 as a bare percentage, a procedure eleven days ago; nothing of "
        "medication or vaccination.",
        gender="male",
        born="1985-11-01",
        anchors=SCREENING_AND_ENROLLMENT,
    )
    t_all(patient, onset="2025-02-03")
    relapse_of_all(patient, on="2026-10-05")
    marrow_blasts(patient, 42, on="2026-10-05")
    patient.quantity(
        "13846-1", "CD7 cells per 100 blasts in blood", "2026-11-10", 40, "%", method="Flow cytometry"
    )  # nobody says whether that is positive
    ecog(patient, 1, on="2026-11-10")
    patient.quantity("1742-6", "Alanine aminotransferase", "2026-11-16", 44, None, upper_limit=41)
    patient.quantity("1920-8", "Aspartate aminotransferase", "2026-11-16", 31, "U/L")
    patient.quantity("1975-2", "Total bilirubin", "2026-11-16", 0.8, "mg/dL", upper_limit=1.2)
    patient.quantity("2160-0", "Creatinine", None, 0.9, "mg/dL", upper_limit=1.2)
    ejection_fraction(patient, 58, on="2026-11-03")
    patient.quantity("59408-5", "Oxygen saturation by pulse oximetry", "2026-11-16", 97, "%")
    patient.result("29610-3", "Hepatitis B virus DNA", "2026-11-10", ("260415000", "Not detected"))
    patient.result(
        "11259-9", "Hepatitis C virus RNA", "2026-11-10", ("260415000", "Not detected"), status="preliminary"
    )
    hiv_negative(patient, on="2026-11-10")
    patient.result("24110-9", "Treponema pallidum antibody", "2026-11-10", NEGATIVE)
    no_known_allergy(patient, on="2026-11-10")
    lumbar_puncture(patient, on="2026-11-09")
    return attest(patient, TRIAL, JUDGED | PARTNER, on="2026-11-18")


def only_the_diagnosis() -> Patient:
    patient = Patient(
        "only-the-diagnosis",
        "Next to nothing was retrieved: no procedure, no medication, no vaccination, no allergy. What was not asked "
        "for is not presumed absent.",
        gender="female",
        born="2008",
    )
    return relapsed_t_all(patient)


def ineligible_history() -> Patient:
    patient = Patient(
        "ineligible-history",
        "CAR-T cells in the past (exclusion 13), a stroke two months ago (exclusions 1 and 3), a vaccination 28 days "
        "ago (exclusion 15), and both syphilis tests positive (exclusion 9).",
        gender="male",
        born="1977-04-17",
        anchors=SCREENING_AND_ENROLLMENT,
    )
    fit(relapsed_t_all(patient))
    patient.condition(
        ICD_10_CM,
        "Z92.850",
        "Personal history of chimeric antigen receptor T-cell therapy",
        onset=None,
        recorded="2026-11-02",
    )
    patient.condition(ICD_10_CM, "I63.9", "Cerebral infarction, unspecified", onset="2026-09-20", recorded="2026-09-20")
    patient.result("24110-9", "Treponema pallidum antibody", "2026-11-16", POSITIVE)
    patient.result("20507-0", "Reagin antibody by RPR", "2026-11-16", POSITIVE)
    patient.vaccination("187", "Zoster vaccine, recombinant", on="2026-10-23")
    judged = {target: answer for target, answer in JUDGED.items() if target != "X13"}
    return attest(patient, TRIAL, judged | PARTNER, on="2026-11-18")


EXAMPLES = Examples(
    TRIAL,
    (
        eligible_man(),
        before_attestation(),
        enrollment_too_late(),
        aml_five_percent(),
        faulty_results(),
        only_the_diagnosis(),
        ineligible_history(),
    ),
)
