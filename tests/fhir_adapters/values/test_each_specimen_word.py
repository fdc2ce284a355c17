"""Every word by which a specimen is blood, serum or plasma, or surely something else."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader
from trialsieve.fhir_adapters.values.specimens import is_of_blood, not_blood
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Code, Concept, Terminology
from trialsieve.rules.vocabulary import Kind, Role

OF_BLOOD = [
    *("Blasts in Blood by Manual count", "Glucose Bld-mCnc", "Creatinine in Serum", "Creatinine in Plasma"),
    *("HIV Ab Ser Ql", "Urea SerPl-sCnc", "Potassium SerPlBld-sCnc"),
]
NOT_OF_BLOOD = [
    *("Systolic blood pressure", "LVEF by Nuclear blood pool", "HBV DNA [#/volume] in Unspecified specimen"),
    *("Creatinine in Serum and Urine", "Seroma"),
]
NO_BLOOD = [
    *("Urine, random", "Urin", "Ur", "Urn", "orina", "CSF", "cerebrospinal fluid", "cerebro spinal fluid"),
    *("cerebral spinal fluid", "liquide céphalo-rachidien", "liquide cephalorachidien", "líquido cefalorraquídeo"),
    *("LCR", "pleural fluid", "peritoneal fluid", "pericardial fluid", "ascites", "ascitic fluid", "líquido ascítico"),
    *("liquide d'ascite", "drain fluid", "drainage", "dialysate", "dialysis fluid", "knee effusion"),
    *("exudate", "synovial fluid", "joint fluid", "body fluid", "amniotic fluid", "saliva", "salive", "oral fluid"),
    *("sputum", "stool", "feces", "faeces", "fecal", "faecal", "selles", "heces", "lung tissue", "tissu", "tejido"),
    *("liver biopsy", "bone marrow", "moelle osseuse", "médula ósea", "medula ossea", "throat swab"),
    *("bronchial lavage", "BAL", "semen", "seminal fluid", "bile", "pus", "abscess"),
    *("Harn", "Sammelharn", "Liquor", "Liquorprobe", "Aszites", "Aszitespunktat", "Gelenkpunktat", "Speichelprobe"),
    *(
        "Stuhlprobe",
        "Gewebeprobe",
        "Knochenmark",
        "Knochenmarkaspirat",
        "Knochenmarkblut",
        "Knochenmarksblut",
        "Rachenabstrich",
    ),
    *("尿液", "脑脊液", "胸水", "腹腔积液", "腹水", "引流管", "骨髓", "骨髓血", "组织", "活检", "唾液", "粪便", "大便"),
    *("痰", "咽拭子", "关节液", "羊水"),
]
PERHAPS_BLOOD = [
    *("blood", "liquid biopsy", "Harnstoff", "Harnsäure", "tube 3", "Ballon", "Draw", "Pusher"),
    # beside another that names blood
    *("blood-stained pleural fluid", "Bld/Ur", "serum, urine", "plasma/CSF", "Ser/Ur", "SerPl/Ur", "SerPlBld/Ur"),
    *("sérum et urine", "suero y orina", "siero e urina", "sangre y orina", "sangue e urina", "sang et urine"),
    *("Vollblut, Urin", "Harn und Serum", "血尿"),
]


READER = CodeReader(CodeIndex({}, Terminology({}, {}, frozenset(), {})), frozenset())


@pytest.mark.parametrize(
    ("label", "expected"), [*((label, True) for label in OF_BLOOD), *((label, False) for label in NOT_OF_BLOOD)]
)
def test_what_a_code_is_of(label: str, expected: bool) -> None:
    concept = Concept("lab.made-up", "Made up", frozenset({Kind.OBSERVATION}), ())
    assert is_of_blood(concept, [Code("http://loinc.org", "1", label, Role.DEFINITIVE, "")]) is expected


@pytest.mark.parametrize("words", NO_BLOOD)
def test_what_is_surely_no_blood(words: str) -> None:
    assert not_blood(Coded((), words), READER) == words


@pytest.mark.parametrize("words", PERHAPS_BLOOD)
def test_what_is_blood_or_may_be(words: str) -> None:
    assert not_blood(Coded((), words), READER) is None
