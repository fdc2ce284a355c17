"""What charts of several languages call the things that criteria ask for, in words alone: a doubt, never silence."""

from __future__ import annotations

from typing import Any

import pytest
from words_in_charts import Json, doubted, medicine, told

REGIMENS = "med.antineoplastic_recent"
IMMUNOSUPPRESSANTS, STEROIDS = "med.immunosuppressants", "med.systemic_steroids"


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        *(
            (words, REGIMENS)
            for words in (
                "FLAG-IDA",
                "FLAG",
                "HyperCVAD",
                "hyper-CVAD",
                "POMP",
                "R-DHAP",
                "ICE",
                "ALL-BFM 2017",
                "EPOCH",
            )
        ),
        *((words, REGIMENS) for words in ("ziftomenib", "Komzifti 200 mg", "Lymphodepleting regimen", "Zytostatika")),
        # the same substance as other languages end and spell it
        *(
            (words, REGIMENS)
            for words in ("Cytarabin", "citarabina", "Ciclofosfamida", "Nelarabin 5 mg/ml", "hidroxiurea")
        ),
        *((words, STEROIDS) for words in ("Prednison 20 mg", "dexametasona", "Kortison", "Decortin", "Fortecortin")),
        *((words, IMMUNOSUPPRESSANTS) for words in ("Envarsus", "Dupixent", "azatioprina", "Mycophenolatmofetil")),
        ("AIDA protocol", REGIMENS),
        ("AZA 75 mg/m2", REGIMENS),
        ("AZA 50 mg", IMMUNOSUPPRESSANTS),
    ],
)
def test_a_drug(chart_of: Any, words: str, concept: str) -> None:
    assert concept in doubted(chart_of, medicine(words))


@pytest.mark.parametrize(
    "words",
    [
        "Ice chips",
        "Flagyl 400 mg",
        "Atovaquone",
        "Hydroxyzine",
        "Cyclizine",
        "Paracetamol",
        "Aida 0,02 mg/3 mg Filmtabletten",  # a contraceptive
        "Azvudine 1 mg",  # against viruses
    ],
)
def test_another_drug(chart_of: Any, words: str) -> None:
    assert doubted(chart_of, medicine(words)) == frozenset()


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        ("Akute T-lymphoblastische Leukämie", "dx.t_all"),
        ("leucemia linfoblástica aguda", "dx.t_all"),
        ("LAL-T", "dx.t_all"),
        ("lymphome lymphoblastique", "dx.t_lbl"),
        ("Dekompensierte Herzinsuffizienz", "cardiac.heart_failure"),
        ("infarto agudo de miocardio", "cardiac.mi"),
        ("Vorhofflimmern", "cardiac.af_flutter"),
        ("embolie pulmonaire", "vasc.pe"),
        ("Schlaganfall", "neuro.stroke"),
        ("1. Rezidiv", "status.relapsed"),
        ("Kein Rezidiv bis 2024, dann Frührezidiv", "status.relapsed"),
        ("obtunded", "neuro.consciousness"),
        ("Infantile Zerebralparese", "neuro.brain_injury"),
        ("Idiopathic pulmonary fibrosis", "comorb.pulmonary"),
        ("sclérose en plaques", "imm.autoimmune"),
        ("Mammakarzinom", "onc.other_malignancy"),
        ("Pneumonie", "dx.active_infection"),
        ("VIH", "dx.hiv"),
        ("Lues", "dx.syphilis"),
        ("embarazo", "repro.pregnancy_status"),
        ("Verbrauchskoagulopathie", "heme.dic"),
        ("Magenkarzinom", "onc.solid_tumour"),
        ("Adénocarcinome du côlon", "onc.solid_tumour"),
        ("Cancro del polmone", "onc.other_malignancy"),
        ("Masern", "dx.active_infection"),
        ("Appendicite aiguë", "dx.active_infection"),
        ("Osteomielitis", "dx.active_infection"),
        ("Setticemia", "dx.active_infection"),
        ("Lakunärer Infarkt", "neuro.stroke"),
        ("Infarto lacunar", "neuro.lacunar_infarct"),
        ("Zerebelläre Ataxie", "neuro.cerebellar"),
        ("Crisis convulsivas", "neuro.epilepsy"),
        ("Segunda remisión", "status.remission"),
        ("Z.n. Stauungsinsuffizienz", "cardiac.heart_failure"),
        ("s/p MI 2024", "cardiac.mi"),
        ("VHF, permanent", "cardiac.af_flutter"),
        ("PEA arrest", "cardiac.ventricular_arrhythmia"),
        ("BAV III", "cardiac.high_av_block"),
        ("Mediainsult links", "neuro.stroke"),
        ("Generalized tonic-clonic", "neuro.epilepsy"),
        ("Unterschenkelvenenthrombose", "vasc.dvt"),
        ("Sinusthrombose", "vasc.venous_any"),
        ("Acute limb ischemia", "vasc.arterial"),
        ("Psoriasis-Arthritis", "imm.autoimmune"),
        ("PLHIV", "dx.hiv"),
        ("Infected port pocket", "dx.active_infection"),
        ("JMML", "onc.other_malignancy"),
        ("Prostate CA", "onc.solid_tumour"),
        ("Pick's disease", "neuro.dementia"),
        ("Diffuse axonal injury", "neuro.brain_injury"),
        ("Risikoschwangerschaft", "repro.pregnancy_status"),
        ("Early T-cell precursor", "dx.t_all"),
        # beside what the same letters mean elsewhere, below
        ("HCC, BCLC stage C", "onc.other_malignancy"),
        ("Hepatocellular carcinoma (HCC)", "onc.solid_tumour"),
        ("Breast cancer (CMS/HCC)", "onc.solid_tumour"),
        ("LMA M3", "dx.aml"),
        ("LMA en recaída", "dx.acute_leukemia"),
        ("AVC ischémique", "neuro.stroke"),
        ("AIT en 2019", "neuro.tia"),
        ("TTP, relapsing", "imm.autoimmune"),
        ("Keratoconjunctivitis sicca in Sjögren's syndrome", "imm.autoimmune"),
        ("Unresponsive to pain", "neuro.consciousness"),
        ("Frontotemporal lobar degeneration", "neuro.dementia"),
        ("Major neurocognitive disorder", "neuro.dementia"),
        ("Pneumonia due to Streptococcus pneumoniae", "dx.active_infection"),
        ("Klebsiella pneumoniae sepsis", "dx.active_infection"),
        ("RSV bronchiolitis despite RSV prophylaxis", "dx.active_infection"),
        ("Sinus arrhythmia, later other arrhythmia", "cardiac.ventricular_arrhythmia"),
        ("Arritmia ventricular", "cardiac.other_arrhythmia"),
        # as indexes have it
        ("Embolism, pulmonary", "vasc.pe"),
        ("Fibrillation, atrial (CMS/HCC)", "cardiac.af_flutter"),
        ("Infarction, myocardial, acute", "cardiac.mi"),
        ("Failure, respiratory, acute", "comorb.pulmonary"),
        # as their supporting codes are called
        ("Cor pulmonale", "cardiac.heart_failure"),
        ("Centrilobular emphysema", "comorb.pulmonary"),
        ("Emphysema, with subcutaneous emphysema", "comorb.pulmonary"),
        ("Lungenemphysem", "comorb.pulmonary"),
        ("Flash pulmonary edema", "comorb.pulmonary"),
        ("Acute pulmonary oedema", "comorb.pulmonary"),
        ("Lungenödem", "comorb.pulmonary"),
        *(
            (words, "comorb.pulmonary")
            for words in (
                "Fibrosis of lung",
                "Idiopathic interstitial pneumonia",
                "Cystic fibrosis",
                "Mukoviszidose",
                "Cryptogenic organizing pneumonia",
                "Organising pneumonia",
                "Alveolar proteinosis",
                "Restriktive Ventilationsstörung, mittelschwer",
                "Diffusionsstörung",
                "Bronchiectasis",
                "Bronchiektasen",
                "Silicosis",
                "Asbestosis",
                "Radiation pneumonitis",
                "Pneumonitis",
                "Exogen-allergische Alveolitis",
                "Lung transplant 2019",
                "Z.n. Lungentransplantation",
                "Pneumonitis after aspiration pneumonitis",
            )
        ),
        *(
            (words, "onc.other_malignancy")
            for words in (
                "Hepatoblastom",
                "Keimzelltumor",
                "Malignant teratoma",
                "Teratoma malignant",
                "Schwannoma malignant (MPNST)",
                "Krukenberg tumor",
                "DIPG",
                "NET of pancreas",
                "Neuroendokriner Tumor",
                "Zweitmalignom",
                "Tumor maligne",
                "Maligner Tumor der Niere",
                "Schilddrüsen-Ca",
                "Ca. mammae",
            )
        ),
        ("Secondary myelofibrosis", "onc.other_malignancy"),
        ("Post-transplant lymphoproliferative disorder", "onc.other_malignancy"),
        ("Posttransplant lymphoproliferative disease", "onc.other_malignancy"),
        ("Sicca syndrome", "imm.autoimmune"),
        ("Arteritis of the aorta", "imm.autoimmune"),
        ("Allergic purpura", "imm.autoimmune"),
        ("Mastoiditis, left", "dx.active_infection"),
        ("Acute laryngitis", "dx.active_infection"),
        ("Acute tracheitis", "dx.active_infection"),
        ("Acute laryngotracheitis", "dx.active_infection"),
        ("Malignant otitis externa", "dx.active_infection"),
        ("Infective otitis externa", "dx.active_infection"),
        ("Mastitis", "dx.active_infection"),
        ("Acute salpingitis", "dx.active_infection"),
        ("Oophoritis", "dx.active_infection"),
        ("Endometritis", "dx.active_infection"),
        ("Infective dermatitis", "dx.active_infection"),
        ("Infective bursitis", "dx.active_infection"),
        ("Postthrombotic syndrome", "vasc.venous_any"),
        ("Post-thrombotic syndrome", "vasc.venous_any"),
    ],
)
def test_a_diagnosis(chart_of: Any, words: str, concept: str) -> None:
    assert concept in doubted(chart_of, told("Condition", words))


@pytest.mark.parametrize(
    "words",
    [
        "Slit lamp exam (SLE)",
        "Pulmonary valve insufficiency",
        "Asthma bronchiale",
        "Dolor en zona lumbar",
        "Mukositis",
        "Kein Rezidiv",
        "Masern-Mumps-Röteln-Impfung",
        "Vaccin contre la grippe",
        "Pancytopenia (HCC)",  # Hierarchical Condition Category
        "Morbid obesity (CMS/HCC)",
        "Minimum data set (MDS) assessment",
        "Left main artery (LMA) stenosis",
        "Difficult airway, LMA placed",
        "Complete AVC defect",
        "Heat stroke",
        "Amiodarone-induced thyrotoxicosis (AIT)",
        "Abdomen TTP",
        "Keratoconjunctivitis sicca, not specified as Sjögren's, right eye",
        "Anemia unresponsive to iron",
        "Frontotemporal headache",
        "Mild neurocognitive disorder",
        "Niemann-Pick disease type C",
        "Streptococcus pneumoniae carrier",
        "Colonization with Klebsiella pneumoniae",
        "Encounter for prophylactic immunotherapy for respiratory syncytial virus (RSV)",
        "Sinus arrhythmia",
        "Respiratorische Arrhythmie",
        "Arritmia sinusal",
        "Subcutaneous emphysema of the neck",
        "Emphysema (subcutaneous) resulting from a procedure",
        "Mediastinal emphysema",
        "Surgical emphysema",
        "Interstitial emphysema",
        "Orbital emphysema",
        "Cervical emphysema",
        "Gastric emphysema",
        "Emphysema of skin",
        "Cystic fibrosis carrier",
        "Fibrosis of liver",
        "Exposure to asbestos",
        "Vestibular schwannoma",
        "Mature teratoma",
        "Net weight loss",
        "Ca 2.3 mmol/l",
        "Pontine infarction, DI",
        "Granulomatous mastitis",
        "Periductal mastitis",
        # none, in the order of an index
        "Embolism, pulmonary, family history",
        "Embolism, pulmonary, at risk for",
    ],
)
def test_another_diagnosis(chart_of: Any, words: str) -> None:
    assert doubted(chart_of, told("Condition", words)) == frozenset()


@pytest.mark.parametrize(
    "words",
    [
        "Aspiration pneumonitis",
        "Pneumonitis due to inhalation of food and vomit",
        "Lung transplant donor",
        "Lobar pneumonia",
    ],
)
def test_no_damage_of_the_lungs(chart_of: Any, words: str) -> None:
    assert "comorb.pulmonary" not in doubted(chart_of, told("Condition", words))


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        ("allogene SZT", "tx.hsct"),
        ("greffe de moelle osseuse", "tx.hsct"),
        ("trasplante renal", "tx.organ_transplant"),
        ("Dünndarmtransplantation", "tx.organ_transplant"),
        ("Ganzkörperbestrahlung", "tx.anticancer_procedure"),
        ("TBI 12 Gy", "tx.anticancer_procedure"),
        ("pontage aorto-coronarien", "cardiac.revasc"),
        ("Drug-eluting stent to LAD", "cardiac.revasc"),
        ("Renal allograft biopsy", "tx.organ_transplant"),
        ("Autologous transplant 2021", "tx.hsct"),
        ("Autogreffe de moelle", "tx.hsct"),
        ("Autologe Transplantation von Knochenmark", "tx.hsct"),
        ("HPC-A infusion after HPC-A collection", "tx.hsct"),
        ("allogreffe rénale", "tx.organ_transplant"),
        ("Bestrahlung der Neuroachse", "tx.anticancer_procedure"),
        ("Chemo via chemo port", "tx.anticancer_procedure"),
        # as ICD-10-PCS, SNOMED CT and OPS call them
        ("Transfusion of Allogeneic Unrelated Hematopoietic Stem Cells into Central Vein, Percutaneous", "tx.hsct"),
        ("Transfusion of Nonautologous Bone Marrow into Central Vein, Percutaneous Approach", "tx.hsct"),
        ("Allogeneic related cord blood stem cells, central vein", "tx.hsct"),
        ("Transplantation of hematopoietic stem cells from bone marrow", "tx.hsct"),
        ("Transplantation of haematopoietic stem cells", "tx.hsct"),
        ("Transfusion of hematopoietic stem cells from peripheral blood: allogeneic", "tx.hsct"),
        ("Transfusion of haematopoietic stem cells", "tx.hsct"),
        ("Allograft of bone marrow from matched unrelated donor", "tx.hsct"),
        ("Grafting of bone marrow using allograft from unmatched donor", "tx.hsct"),
        ("Infusion of stem cells, day 0", "tx.hsct"),
        ("Infusion of hematopoietic stem cells", "tx.hsct"),
        ("PBSC infusion", "tx.hsct"),
        ("Cord blood infusion", "tx.hsct"),
        ("Marrow infusion", "tx.hsct"),
        ("Transplant, Stem Cell, Allogeneic", "tx.hsct"),
        ("Transplant, kidney", "tx.organ_transplant"),
        ("TRANSPLANT BONE MARROW ALLOGENEIC", "tx.hsct"),
        ("Transplant stem cell", "tx.hsct"),
        ("PR BONE MARROW/STEM TRANSPLANT", "tx.hsct"),
        ("Allo transplant day 0", "tx.hsct"),
        ("PR TRANSPLANT ALLO HEMATOPOIETIC CELLS PER DONOR", "tx.hsct"),
        ("TRNSPLJ ALLOGENEIC HEMATOPOIETIC CELLS PER DONOR", "tx.hsct"),
        ("TRNSPLJ AUTOLOGOUS HEMATOPOIETIC CELLS", "tx.hsct"),
        ("Donor leukocyte infusion", "tx.hsct"),
        ("MUD-Transplantation", "tx.hsct"),
        ("MMUD-Transplantation", "tx.hsct"),
        ("MSD transplantation", "tx.hsct"),
        ("MUD-Tx", "tx.hsct"),
        ("Transplantation (MUD)", "tx.hsct"),
        ("Matched unrelated donor transplantation", "tx.hsct"),
        ("Haplo-Transplantation", "tx.hsct"),
        ("Allo-Transplantation", "tx.hsct"),
        ("Fremdspender-Transplantation", "tx.hsct"),
        ("Familienspendertransplantation", "tx.hsct"),
        ("Nabelschnurbluttransplantation", "tx.hsct"),
        ("Stammzell-Tx", "tx.hsct"),
        ("Kidney retransplantation, living donor", "tx.organ_transplant"),
        ("Lung retransplantation", "tx.organ_transplant"),
        ("Pancreas retransplantation", "tx.organ_transplant"),
        ("Transplantation of pancreas", "tx.organ_transplant"),
        ("Transplantation of the pancreas", "tx.organ_transplant"),
        ("Retransplantation of the pancreas", "tx.organ_transplant"),
        ("Transplantation of pancreas tissue", "tx.organ_transplant"),
    ],
)
def test_a_procedure(chart_of: Any, words: str, concept: str) -> None:
    assert concept in doubted(chart_of, told("Procedure", words))


@pytest.mark.parametrize(
    "words",
    [
        "Application of ice pack",
        "Mud bath",
        "Haarwurzeltransplantation",
        "Corneal graft, living unrelated donor transplant of limbus",
        "TBI screening",
        "Cone beam CT",
        "Knochenmarkpunktion",
        "Autogreffe de peau",
        "Autologe Transplantation von Knochen",
        "Trasplante autólogo de hueso",
        "HPC-A collection",
        "UVB-Bestrahlung",
        "Bestrahlung von Blutkonserven",
        "Chemo port removal",
        "Harvest of bone marrow",
        "Bone marrow aspiration and biopsy",
        "Peripheral blood stem cell collection",
        "Collection of cord blood stem cells",
        "Injection of bone marrow into spinal fusion site",
        "Fusion of spine, bone marrow using allograft",
    ],
)
def test_another_procedure(chart_of: Any, words: str) -> None:
    assert doubted(chart_of, told("Procedure", words)) == frozenset()


@pytest.mark.parametrize(
    ("words", "concepts"),
    [
        ("Hepatitis B surface antigen", {"lab.hbsag"}),
        ("Hypertension", set()),
        ("Life expectancy", set()),
    ],
)
def test_a_test(chart_of: Any, make: Any, words: str, concepts: set[str]) -> None:
    """Of those with open lists a positive result raises a doubt; others are told by codes alone."""
    named = {"coding": [{"system": "http://snomed.info/sct", "code": "7", "display": words}]}
    results: list[Json] = [{"valueString": "positive"}, {"valueQuantity": make.quantity(3, "mg/dL")}]
    facts = [fact for one in results for fact in chart_of(make.observation("1", **one) | {"code": named}).facts]
    assert {fact.concept for fact in facts} == concepts
