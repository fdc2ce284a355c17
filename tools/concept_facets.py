"""What codes say beyond their concept: facets.

All of it is explicit: a table of codes, each with the reason beside it. Nothing is derived from a display at run time.
"""

from __future__ import annotations

from concept_added import ALLOGENEIC_PCS, ALLOGENEIC_SNOMED, AUTOLOGOUS_PCS, AUTOLOGOUS_SNOMED

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
