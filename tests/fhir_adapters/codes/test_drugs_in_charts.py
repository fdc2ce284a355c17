"""What charts of several languages call drugs and regimens, in words alone: a doubt, never silence."""

from __future__ import annotations

from typing import Any

import pytest
from words_in_charts import doubted, medicine

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
