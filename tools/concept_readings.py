"""How codes and numbers of a concept are read, where the research file leaves that open or says otherwise."""

from __future__ import annotations

# Roles that read differently once a concept stands on its own.
ROLES: dict[str, dict[str, str]] = {
    # concepts.yaml marks these `exclude` as seen from stroke; of the carve-out itself they are the very codes.
    "neuro.lacunar_infarct": {"exclude": "definitive"},
    # D84.81 and D84.821: the trials' reading sends drug- or disease-related immunodeficiency to a person.
    "imm.immunodeficiency_congenital": {"exclude": "supporting"},
    # The code says allergy; substance and severity, which rules ask for as facets, decide.
    "allergy.biologic": {"supporting": "definitive"},
    # The method is a facet: a rule that asks for echocardiography skips the others, one that asks for any does not.
    "cardiac.lvef": {"supporting": "definitive"},
    # Of an interval that was measured, the laboratory's own limit says whether it is long; diagnoses do not change.
    "cardiac.long_qt": {"supporting": "definitive"},
}

# Value sets that can never be complete: a diagnosis in any code system whose words name the concept raises a doubt.
OPEN_LISTS = (
    "cardiac.ventricular_arrhythmia",
    "dx.active_infection",
    "dx.acute_leukemia",
    "dx.aml",
    "dx.cns_leukemia",
    "dx.t_all",
    "vasc.arterial",
    "vasc.venous_any",
)

# Not codes at all.
DROPPED: dict[str, tuple[str, ...]] = {
    "status.newly_diagnosed": ("condition-assertedDate",),
    "onc.other_malignancy": ("D06",),  # as every carcinoma in situ, a person says whether it counts
}

# Codes whose role is another than concepts.yaml's. A coma score is a number: the rule's limit says what it means.
CODE_ROLES: dict[tuple[str, str], str] = {
    ("neuro.consciousness", "9269-2"): "definitive",
    ("comorb.diabetes", "4548-4"): "definitive",
}

# Codes whose mass concentration converts by another factor than the concept's (concept notes: the analyte is in the
# LOINC code, not in the unit): urea, 60.06 g/mol, where the concept's mg/dL is urea nitrogen.
CODE_FACTORS: dict[tuple[str, str], dict[str, str]] = {("lab.bun", "3091-6"): {"mg/dL": "0.1665"}}

# Words that turn a name into something else: "chronic ... leukemia" is no acute leukemia, a family history no disease.
_NOT_THE_PATIENTS = ("family history", "screening", "exposure", "contact with", "immunization", "vaccination")
NOT_NAMED_WITH: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(OPEN_LISTS, _NOT_THE_PATIENTS),
    "dx.cns_leukemia": ("no cns", "without cns", "no central", "without central", "prophyla", *_NOT_THE_PATIENTS),
    "onc.other_malignancy": (
        *("t-cell", "t cell", "lymphoblastic", "acute lymphoid", "acute leukemia", "benign"),
        *_NOT_THE_PATIENTS,
    ),
    **dict.fromkeys(
        ("dx.acute_leukemia", "dx.aml", "dx.mpal", "dx.t_all", "dx.t_cell_malignancy"), ("chronic", *_NOT_THE_PATIENTS)
    ),
}

# How a number without an interpretation is read as a result; codes listed here win over their concept.
NUMBER_MEANS: dict[str, str] = {
    **dict.fromkeys(
        (
            *("lab.hbv_dna", "lab.hcv_rna", "lab.ebv_pcr", "lab.cmv_pcr", "lab.adv_pcr", "lab.bkv_pcr"),
            "lab.hhv6_pcr",
            "lab.csf_blasts",
            "lab.pb_blast_pct",
        ),
        "detection",
    ),
    **dict.fromkeys(
        ("lab.hbsag", "lab.anti_hbc", "lab.anti_hcv", "lab.hiv", "lab.syphilis", "repro.pregnancy_test"),
        "reference-range",
    ),
}
CODE_NUMBER_MEANS: dict[tuple[str, str], str] = {
    ("lab.hiv", "20447-9"): "detection",
    ("lab.hiv", "25835-0"): "detection",
}

CURRENCY: dict[str, str] = {
    "repro.pregnancy_test": "pregnancy-test",
    "repro.pregnancy_status": "pregnancy",
    "repro.lactation": "pregnancy",
    "lab.spo2": "vital-sign",
    **dict.fromkeys(
        (
            *("lab.bm_blast_pct", "lab.pb_blast_pct", "lab.csf_blasts", "lab.mrd", "lab.alt", "lab.ast"),
            *("lab.bilirubin_total", "lab.creatinine", "lab.bun", "lab.hemoglobin", "lab.alc"),
        ),
        "laboratory",
    ),
    **dict.fromkeys(("perf.ecog", "perf.karnofsky", "perf.lansky", "cardiac.nyha"), "performance-status"),
    **dict.fromkeys(("cardiac.lvef", "cardiac.fs"), "echocardiography"),
    **dict.fromkeys(
        (
            *("lab.hbsag", "lab.anti_hbc", "lab.hbv_dna", "lab.anti_hcv", "lab.hcv_rna", "lab.hiv", "lab.syphilis"),
            *("lab.ebv_pcr", "lab.cmv_pcr", "lab.adv_pcr", "lab.bkv_pcr", "lab.hhv6_pcr"),
            "lab.hepatitis_a_igm",
        ),
        "infection-test",
    ),
    **dict.fromkeys(
        ("dx.active_infection", "heme.dic", "comorb.pulmonary", "neuro.consciousness"),
        "acute-condition",
    ),
}
