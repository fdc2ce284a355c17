"""Names among words that make another matter of them, or say that there is none."""

from __future__ import annotations

from typing import Any

import pytest
from words_in_charts import beside_an_unlisted_code, doubted, told


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        ("Mast cell leukemia", "onc.other_malignancy"),
        ("Giant cell carcinoma of lung", "onc.other_malignancy"),
        ("Acute nonlymphoblastic leukemia", "onc.other_malignancy"),
        ("Chronische lymphatische Leukämie", "onc.other_malignancy"),
        ("Leucémie aiguë myéloïde", "onc.other_malignancy"),
        ("Insuficiencia respiratoria aguda, carcinoma de pulmón", "onc.other_malignancy"),
        ("Akute lymphatische Leukämie", "dx.acute_leukemia"),
        ("Generalized vaccinia infection", "dx.active_infection"),
    ],
)
def test_words_that_only_sound_like_another_matter(chart_of: Any, words: str, concept: str) -> None:
    assert concept in beside_an_unlisted_code(chart_of, words)


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        ("T-cell lymphoma of the gut", "onc.other_malignancy"),
        ("NKT-cell lymphoma", "onc.other_malignancy"),
        ("Akute lymphatische Leukämie", "onc.other_malignancy"),
        ("Leucémie aiguë lymphoblastique T", "onc.other_malignancy"),
        ("Leucemia linfocítica aguda", "onc.other_malignancy"),
        ("Brustkrebs in der Familienanamnese", "onc.other_malignancy"),
        ("Cribado de cáncer de colon", "onc.other_malignancy"),
        ("Chronische lymphatische Leukämie", "dx.acute_leukemia"),
        ("Leucémie lymphoïde chronique", "dx.t_all"),
        ("Leucemia mieloide crónica", "dx.aml"),
        ("Antécédents familiaux de leucémie", "dx.acute_leukemia"),
        ("Notwendigkeit der Impfung gegen Grippe", "dx.active_infection"),
        ("Vaccin contre la grippe", "dx.active_infection"),
        ("Contacto con tuberculosis", "dx.active_infection"),
    ],
)
def test_words_that_stand_for_another_matter(chart_of: Any, words: str, concept: str) -> None:
    assert concept not in beside_an_unlisted_code(chart_of, words)


NONE_OF_IT = [
    ("No evidence of infection", "dx.active_infection"),
    ("No infection", "dx.active_infection"),
    ("No known active infection", "dx.active_infection"),
    ("Without infection", "dx.active_infection"),
    ("Denies history of infection", "dx.active_infection"),
    ("Sepsis ruled out", "dx.active_infection"),
    ("Sepsis excluded", "dx.active_infection"),
    ("At risk for infection", "dx.active_infection"),
    ("At risk for infection (finding)", "dx.active_infection"),
    ("At increased risk of opportunistic infection", "dx.active_infection"),
    ("Risk for infection and sepsis", "dx.active_infection"),
    ("DVT prophylaxis", "vasc.dvt"),
    ("GVHD prophylaxis", "imm.gvhd"),
    ("Prophylaxis against infection", "dx.active_infection"),
    ("Family history of diabetes mellitus (situation)", "comorb.diabetes"),
    ("FH: Diabetes mellitus", "comorb.diabetes"),
    ("Family history of breast cancer", "onc.other_malignancy"),
    ("Family history of malignant neoplasm of breast", "onc.other_malignancy"),
]
SOME_OF_IT = [
    ("No evidence of infection?", "dx.active_infection"),
    ("No improvement of infection", "dx.active_infection"),
    ("No evidence of improving infection", "dx.active_infection"),
    ("Infection, no improvement", "dx.active_infection"),
    ("Infection despite prophylaxis", "dx.active_infection"),
    ("Not infection but sepsis", "dx.active_infection"),
    ("Sepsis not ruled out", "dx.active_infection"),
    ("No fever. Infection", "dx.active_infection"),
    ("Risk for infection; sepsis", "dx.active_infection"),
    ("At risk for worsening infection", "dx.active_infection"),
    ("Risk for infection of the port, infected port pocket", "dx.active_infection"),
    ("Family history of diabetes has breast cancer", "onc.other_malignancy"),
    ("Family history unknown; breast cancer", "onc.other_malignancy"),
    ("Family history of melanoma, own breast cancer", "onc.other_malignancy"),
    ("No evidence of leukemia", "dx.t_all"),
]


@pytest.mark.parametrize(("words", "concept"), NONE_OF_IT)
def test_words_that_only_say_that_there_is_none_name_nothing(chart_of: Any, words: str, concept: str) -> None:
    assert concept not in doubted(chart_of, told("Condition", words))
    assert concept not in beside_an_unlisted_code(chart_of, words)


@pytest.mark.parametrize(("words", "concept"), SOME_OF_IT)
def test_words_that_may_say_more_raise_their_doubt(chart_of: Any, words: str, concept: str) -> None:
    assert concept in doubted(chart_of, told("Condition", words))


@pytest.mark.parametrize(("words", "concept"), [row for row in SOME_OF_IT if row[1] == "dx.active_infection"])
def test_and_beside_an_unlisted_code(chart_of: Any, words: str, concept: str) -> None:
    assert concept in beside_an_unlisted_code(chart_of, words)
