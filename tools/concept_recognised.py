"""How a resource's own method, specimen, route or severity says a facet; what is assumed where none does."""

from __future__ import annotations

from typing import Any

from concept_systems import LOINC, SNOMED

FHIR_METHODS = "hl7.fhir.r4.core-4.0.1 ValueSet/observation-methods (GinoCanessa/FhirTypeScriptOddsAndEnds)"
DICOM_EF = "DICOM CID 3744 EF Testing Method (bvdh/dicom-terminology-in-fhir)"
NOTES = "notes of the concept"

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
