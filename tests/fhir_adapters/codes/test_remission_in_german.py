"""Remission in ICD-10-GM and in German words; and words of a remission beside a code that does not say it."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.engine.facts import Fact
from trialsieve.rules.vocabulary import Certainty, Role

GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
CM = "http://hl7.org/fhir/sid/icd-10-cm"
FIRM, WEAK = Certainty.FIRM, Certainty.WEAK


@pytest.fixture
def states_of(chart_of: Any, make: Any) -> Any:
    """The facts about the state of a diagnosis's disease, which leave nothing unreadable but a relapse in words."""

    def read(system: str, value: str, text: str | None) -> list[Fact]:
        said = {"coding": [{"system": system, "code": value}], **({"text": text} if text else {})}
        chart = chart_of({**make.condition(value, system), "code": said})
        assert all(item.concepts == {"status.relapsed"} for item in chart.unreadable)
        return [fact for fact in chart.facts if fact.concept.startswith("status.")]

    return read


@pytest.mark.parametrize(
    ("value", "text", "certainty"),
    [
        ("C91.01", None, FIRM),
        ("C91.01", "Akute lymphatische Leukämie [ALL]: In kompletter Remission", FIRM),
        ("C91.01", "in kompletter Remission", FIRM),
        ("C91.01", "ALL in Vollremission", FIRM),
        ("C91.01", "ALL, Komplettremission", FIRM),
        ("C91.01", "T-ALL", FIRM),
        ("C91.01", "T-ALL, kein Rezidiv", FIRM),
        ("C91.01", "T-ALL, rezidivfrei", FIRM),
        ("C91.01", "T-ALL in 2. Remission nach Rezidiv", FIRM),
        ("C91.01", "Akute lymphatische Leukämie [ALL]: Ohne Angabe einer kompletten Remission", WEAK),
        ("C91.01", "T-ALL, nicht in Remission", WEAK),
        ("C91.01", "T-ALL, nicht mehr in kompletter Remission", WEAK),
        ("C91.01", "T-ALL, keine Remission", WEAK),
        ("C91.01", "T-ALL, keine Vollremission", WEAK),
        ("C91.01", "T-ALL, Remission nicht erreicht", WEAK),
        ("C91.01", "T-ALL, Remission noch nicht erreicht", WEAK),
        ("C91.01", "T-ALL, partielle Remission", WEAK),
        ("C91.01", "T-ALL in partieller Remission", WEAK),
        ("C91.01", "T-ALL, Teilremission", WEAK),
        ("C91.01", "T-ALL, PR", WEAK),
        ("C91.01", "T-ALL, Rezidiv", WEAK),
        ("C91.01", "T-ALL, 1. Frührezidiv", WEAK),
        ("C91.01", "fragliche Remission", WEAK),
        ("C91.01", "V.a. Remission", WEAK),
        ("C91.01", "T-ALL, V.a. Remission", WEAK),
        ("C91.01", "T-ALL, Verdacht auf Remission", WEAK),
        ("C91.01", "T-ALL, Remission unklar", WEAK),
        ("C91.01", "Z.n. ALL", WEAK),
        ("C9101", None, FIRM),
        ("C92.01", "AML in kompletter Remission", FIRM),
        ("C92.81", None, FIRM),
        ("C95.01", None, FIRM),
    ],
)
def test_the_fifth_character_one_of_icd_10_gm_is_a_complete_remission(
    states_of: Any, value: str, text: str | None, certainty: Certainty
) -> None:
    (fact,) = states_of(GM, value, text)
    assert (fact.concept, fact.role, fact.certainty) == ("status.remission", Role.DEFINITIVE, certainty)
    assert fact.facets == (("extent", "complete"),)


@pytest.mark.parametrize("value", ["C91.91", "C92.91", "C93.91", "C95.91"])
def test_of_a_leukemia_that_is_not_told_a_remission_is_a_doubt(states_of: Any, value: str) -> None:
    (fact,) = states_of(GM, value, "Leukämie in kompletter Remission")
    assert (fact.concept, fact.role) == ("status.remission", Role.SUPPORTING)


@pytest.mark.parametrize(("system", "value"), [(GM, "C91.0"), (GM, "C91.00"), (GM, "Z85.6"), (CM, "C91.00")])
@pytest.mark.parametrize(
    "text",
    [
        "ALL in kompletter Remission", "ALL in Vollremission", "ALL in remission", "ALL, partielle Remission",
        "ALL, nicht mehr in Remission", "ALL, Remission nicht erreicht",
    ],
)  # fmt: skip
def test_words_of_a_remission_beside_a_code_that_does_not_say_it_are_a_doubt(
    states_of: Any, system: str, value: str, text: str
) -> None:
    (fact,) = states_of(system, value, text)
    assert (fact.concept, fact.role) == ("status.remission", Role.SUPPORTING)


@pytest.mark.parametrize(
    ("system", "value", "text"),
    [
        (GM, "C91.00", "ALL"),
        (GM, "C91.00", "Akute lymphatische Leukämie [ALL]: Ohne Angabe einer kompletten Remission"),
        (GM, "C91.00", "ALL, nicht in Remission"),
        (GM, "C91.00", "ALL, keine Vollremission"),
        (GM, "M06.90", "Rheumatoide Arthritis in Remission"),
        (CM, "C91.00", "Acute lymphoblastic leukemia not having achieved remission"),
        (CM, "F32.5", "Major depressive disorder, single episode, in full remission"),
    ],
)
def test_no_remission_and_that_of_something_else_are_none(states_of: Any, system: str, value: str, text: str) -> None:
    assert states_of(system, value, text) == []


@pytest.mark.parametrize("text", ["ALL in Vollremission", "ALL, partial remission", "ALL in Teilremission"])
def test_a_relapse_by_code_beside_words_of_a_remission_is_weak(states_of: Any, text: str) -> None:
    assert {fact.certainty for fact in states_of(CM, "C91.02", text)} == {WEAK}


@pytest.mark.parametrize("text", ["ALL, Rezidiv", "ALL, nicht in Remission", "ALL, keine Remission", "Rezidiv der ALL"])
def test_a_relapse_by_code_beside_words_that_go_with_it(states_of: Any, text: str) -> None:
    (fact,) = states_of(CM, "C91.02", text)
    assert (fact.concept, fact.role, fact.certainty) == ("status.relapsed", Role.DEFINITIVE, FIRM)


@pytest.mark.parametrize("text", ["ALL in partial remission", "ALL, PR", "ALL, partielle Remission"])
def test_a_remission_by_code_that_the_words_call_partial_is_weak(states_of: Any, text: str) -> None:
    (fact,) = states_of(CM, "C91.01", text)
    assert (fact.concept, fact.role, fact.certainty) == ("status.remission", Role.DEFINITIVE, WEAK)
