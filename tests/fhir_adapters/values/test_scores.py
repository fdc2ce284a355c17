"""Scores and classes in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trialsieve.fhir_adapters.values.scores import read_score, scores_told
from trialsieve.rules.rule_book import RuleBook


@pytest.mark.parametrize(
    ("concept", "text", "low", "high"),
    [
        ("perf.ecog", "0", 0, 0),
        ("perf.ecog", "2", 2, 2),
        ("perf.ecog", "ECOG 1", 1, 1),
        ("perf.ecog", "ECOG: 1", 1, 1),
        ("perf.ecog", "ECOG performance status = 1", 1, 1),
        ("perf.ecog", "PS 1", 1, 1),
        ("perf.ecog", "grade 3", 3, 3),
        ("perf.ecog", "1-2", 1, 2),
        ("perf.ecog", "0 or 1", 0, 1),
        ("perf.ecog", "2分", 2, 2),
        ("cardiac.nyha", "II", 2, 2),
        ("cardiac.nyha", "NYHA II", 2, 2),
        ("cardiac.nyha", "NYHA class iv", 4, 4),
        ("cardiac.nyha", "class1", 1, 1),
        ("cardiac.nyha", "II-III", 2, 3),
        ("cardiac.nyha", "NYHA Ⅲ级", 3, 3),
        ("cardiac.nyha", "2", 2, 2),
        ("perf.karnofsky", "90 %", 90, 90),
        ("perf.karnofsky", "KPS 80-90", 80, 90),
        ("perf.lansky", "Lansky 100", 100, 100),
        ("perf.ecog", "0 - Fully active, able to carry on all pre-disease performance without restriction", 0, 0),
        ("perf.ecog", "1 - Restricted in physically strenuous activity", 1, 1),
        ("perf.ecog", "(2) Ambulatory and capable of all self-care; up and about > 50% of waking hours", 2, 2),
        ("perf.ecog", "ECOG 3 = Capable of only limited selfcare, confined to bed or chair", 3, 3),
        ("perf.ecog", "4-Completely disabled. Cannot carry on any self-care", 4, 4),
        ("perf.ecog", "5: Dead", 5, 5),
        ("perf.ecog", "0: Fully active", 0, 0),
        ("perf.karnofsky", "100 - Normal", 100, 100),
        ("perf.ecog", "1.0", 1, 1),
        ("perf.ecog", "1.0-2.0", 1, 2),
        ("perf.ecog", "2.", 2, 2),
        ("perf.ecog", "ECOG评分：1分", 1, 1),
        ("perf.ecog", "ECOG-Grad 1", 1, 1),
        ("perf.ecog", "ECOG 1 Punkt", 1, 1),
        ("cardiac.nyha", "NYHA-Stadium II", 2, 2),
        ("cardiac.nyha", "NYHA分级Ⅱ级", 2, 2),
        ("cardiac.nyha", "心功能III级", 3, 3),
        ("perf.karnofsky", "KPS评分 80分", 80, 80),
        ("perf.karnofsky", "90% - Able to carry on normal activity; minor signs or symptoms", 90, 90),
    ],
)
def test_a_score_in_words(book: RuleBook, concept: str, text: str, low: int, high: int) -> None:
    read = read_score(text, book.concepts[concept])
    assert read is not None
    assert (read.low, read.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(("text", "low", "high"), [("<2", None, 2), ("ECOG ≤1", None, 1), (">=2", 2, None)])
def test_a_comparator_before_a_score(book: RuleBook, text: str, low: int | None, high: int | None) -> None:
    read = read_score(text, book.concepts["perf.ecog"])
    assert read is not None
    assert (read.low, read.high) == (None if low is None else Decimal(low), None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("concept", "text"),
    [
        ("perf.ecog", "Karnofsky 90"),
        ("perf.ecog", "KPS 90"),
        ("perf.karnofsky", "ECOG 1"),
        ("perf.karnofsky", "PS 1"),
        ("perf.karnofsky", "II"),
        ("cardiac.nyha", "CCS II"),
        ("cardiac.nyha", "objective assessment B"),
        ("cardiac.nyha", "III-II"),
        ("cardiac.nyha", "IIa"),
        ("cardiac.nyha", "IIII"),
        ("perf.ecog", "1/5"),
        ("perf.ecog", "not 1"),
        ("perf.ecog", "ambulatory"),
        ("perf.ecog", ""),
        ("perf.ecog", "1.5"),
        ("perf.ecog", "1 2"),
        ("perf.ecog", "<1-2"),
        ("perf.ecog", "3 - Fully active, able to carry on all pre-disease performance"),
        ("perf.ecog", "1 - Restricted in activity"),
        ("perf.ecog", "1 - Restricted in physically"),
        ("perf.ecog", "1 - Restricted in physically strenuous activity, 3 last week"),
        ("perf.ecog", "0 - Fully"),
        ("perf.ecog", "1 - Fully active"),
        ("perf.ecog", "1.5.0"),
        ("perf.ecog", "体温 1"),
        ("perf.ecog", "Stadium IV"),
        ("perf.ecog", "心功能IV级"),
        ("cardiac.nyha", "体能状态 2"),
        ("perf.ecog", "1 - unable to assess"),
        ("perf.ecog", "1 - "),
        ("perf.ecog", "7 - Dead"),
        ("perf.ecog", "Fully active, able to carry on all pre-disease performance"),
        ("perf.karnofsky", "1 - Restricted in physically strenuous activity"),
    ],
)
def test_another_scale_or_more_than_a_score_is_not_read(book: RuleBook, concept: str, text: str) -> None:
    assert read_score(text, book.concepts[concept]) is None


@pytest.mark.parametrize(
    ("concept", "text", "scores"),
    [
        ("perf.ecog", "Completely disabled", {4}),
        ("perf.ecog", "Fully active, able to carry on all pre-disease performance", {0}),
        ("perf.ecog", "ECOG 3", {3}),
        ("perf.ecog", "ECOG 2 - Fully active", {0, 2}),
        ("perf.ecog", "1 - Restricted in physically strenuous activity", {1}),
        ("perf.ecog", "Eastern Cooperative Oncology Group performance status - grade 3", {3}),
        ("perf.ecog", "Eastern Cooperative Oncology Group performance status", set()),  # what all grades begin with
        ("perf.ecog", "3-month follow-up", set()),
        ("perf.ecog", "0-1", set()),
        ("perf.ecog", "<2", set()),
        ("perf.ecog", "Fully", set()),
        ("perf.karnofsky", "Normal activity with effort", {80}),
        ("perf.karnofsky", "Able to carry on normal activity", {90}),
        ("cardiac.nyha", "NYHA Class III", {3}),
    ],
)
def test_the_scores_that_words_speak_of_beside_a_code(
    book: RuleBook, concept: str, text: str, scores: set[int]
) -> None:
    assert scores_told(text, book.concepts[concept]) == scores
