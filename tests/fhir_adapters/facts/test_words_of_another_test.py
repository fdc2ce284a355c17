"""What the words of a code say against the test that it stands for."""

from __future__ import annotations

from typing import Any

import pytest
from observed_values import ECOG, LOINC, quantity

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Kind, Reason

PERFORMANCE = {"valueQuantity": quantity(1, "{score}")}
BLASTS = {"valueQuantity": quantity(85, "%")}
ENZYME = {"valueQuantity": quantity(30, "U/L")}
SATURATION = {"valueQuantity": quantity(97, "%")}
ANTIBODY = {"valueString": "negative"}
ALT, SPO2, CD7, ANTI_HCV = "1742-6", "59408-5", "13846-1", "16128-1"


@pytest.mark.parametrize("place", ["text", "display"])
@pytest.mark.parametrize("range_", [{}, {"referenceRange": [{"low": quantity(0), "high": quantity(100)}]}])
@pytest.mark.parametrize(
    ("concept", "loinc", "value", "words"),
    [
        ("perf.ecog", ECOG, PERFORMANCE, "Karnofsky performance status"),
        ("perf.ecog", ECOG, PERFORMANCE, "Lansky"),
        ("marker.cd7", CD7, BLASTS, "CD19 blasts"),
        ("marker.cd7", CD7, BLASTS, "cd-70"),
        ("marker.cd7", CD7, BLASTS, "CD5 blasts"),
        ("lab.alt", ALT, ENZYME, "AST"),
        ("lab.anti_hcv", ANTI_HCV, ANTIBODY, "HCV RNA"),
    ],
)
def test_words_of_another_test_are_no_sure_result(
    fact_of: Any, make: Any, concept: str, loinc: str, value: Any, words: str, place: str, range_: Any
) -> None:
    resource = make.observation(loinc, **value, **range_)
    (resource["code"] if place == "text" else resource["code"]["coding"][0])[place] = words
    fact = fact_of(concept, resource)
    assert fact.certainty is Certainty.WEAK
    assert f"(another test, by the words '{words}')" in fact.says


@pytest.mark.parametrize(
    ("concept", "loinc", "value", "words"),
    [
        ("perf.ecog", ECOG, PERFORMANCE, "ECOG or Karnofsky"),
        ("perf.ecog", ECOG, PERFORMANCE, "WHO performance"),
        ("perf.ecog", ECOG, PERFORMANCE, "Body weight"),  # no test of ours: shown, and no more
        ("marker.cd7", CD7, BLASTS, "CD7 blasts"),
        ("marker.cd7", CD7, BLASTS, "CD34+ blasts"),
        ("marker.cd7", CD7, BLASTS, "CD45 gate"),
        ("marker.cd7", CD7, BLASTS, "CD3+CD7+"),
        ("marker.cd7", CD7, BLASTS, "Flow cytometry study"),
        ("marker.cd7", CD7, BLASTS, "Bone marrow aspiration report"),
        ("lab.alt", ALT, ENZYME, "AST/ALT"),
        ("lab.alt", ALT, ENZYME, "GPT"),
        ("lab.spo2", SPO2, SATURATION, "Hemoglobin saturation"),
    ],
)
def test_other_words_leave_a_result_as_it_is(
    fact_of: Any, make: Any, concept: str, loinc: str, value: Any, words: str
) -> None:
    resource = make.observation(loinc, **value)
    resource["code"]["text"] = words
    assert fact_of(concept, resource).certainty is Certainty.FIRM


def test_each_component_is_held_against_its_own_words(chart_of: Any, make: Any) -> None:
    code = {"coding": [{"system": LOINC, "code": CD7}]}
    values = {"CD7": quantity(85, "%"), "CD19": quantity(20, "%")}
    parts = [{"code": {**code, "text": words}, "valueQuantity": value} for words, value in values.items()]
    facts = chart_of(make.observation("33719-6", component=parts)).facts
    found = {fact.value: fact.certainty for fact in facts if fact.concept == "marker.cd7"}
    assert found == {NumberInterval(85, 85): Certainty.FIRM, NumberInterval(20, 20): Certainty.WEAK}


def test_no_code_of_a_test_is_called_another(book: RuleBook, fact_of: Any, make: Any) -> None:
    named = 0
    for concept in book.concepts.values():
        if concept.kinds != {Kind.OBSERVATION}:
            continue
        for code in (one for one in concept.codes if one.role.value == "definitive"):
            resource = make.observation(code.code, valueString="1")
            resource["code"] = {
                "coding": [{"system": code.system, "code": code.code, "display": code.label}],
                "text": concept.label,
            }
            fact = fact_of(concept.id, resource)
            assert "another test" not in fact.says, code.label
            named += 1
    assert named > 100


def test_an_answer_of_perhaps_another_test_is_no_number_but_bears_on_one(fact_of: Any, make: Any) -> None:
    resource = make.observation(CD7, valueString="negative")
    resource["code"]["text"] = "CD5"
    fact = fact_of("marker.cd7", resource)
    assert (fact.certainty, fact.value_problem) == (Certainty.WEAK, Reason.CONFLICTING_DATA)
