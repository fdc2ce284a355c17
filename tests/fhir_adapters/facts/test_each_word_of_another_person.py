"""Every word by which what is in a patient's record is about somebody else."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from trialsieve.engine.facts import Person
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.facts.focus import speaks_of_donor, words_of_another
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.rules.concept import Terminology
from trialsieve.rules.rule_book import RuleBook, Site

TERMS = Terms.of(RuleBook({}, {}, {}, {}, Terminology({}, {}, frozenset(), {}), Site()), None)
DONORS = [
    *("stem cell donor", "donors", "Spender", "Blut des Spenders", "Spenderin", "Fremdspender", "供者", "供体"),
]
RELATIVES = [
    *("mother", "grandmother", "father", "parent", "both parents", "son", "daughter", "brother", "sister", "sibling"),
    *("aunt", "uncle", "cousin", "relatives", "wife", "husband", "spouse", "partner", "fetus", "foetus", "fetal blood"),
    *("foetal blood", "maternal blood", "paternal blood", "Mutter", "Vater", "Bruder", "Schwester", "Geschwister"),
    *("母亲", "父亲", "兄弟", "哥哥", "弟弟", "姐姐", "妹妹", "姐妹", "配偶", "胎儿"),
]
CHILDREN = [
    *("child", "children", "baby", "babies", "infant", "newborn", "newborns", "neonate", "twin", "twins"),
    *("婴儿", "新生儿", "儿童"),
]
NOBODY = ["the left arm", "venous blood", "suspender", "relative humidity", "parenteral line", "motherwell tube"]


def words_found(element: str, words: str) -> str | None:
    resource = {"resourceType": "Observation", "id": "o1", element: {"display": words}}
    source = Source("Observation/o1", resource, NOTHING, TERMS, Names(TERMS), Clock(ZoneInfo("UTC")), {}, Person(None))
    return words_of_another(source)


@pytest.mark.parametrize("words", DONORS)
def test_what_is_a_donors(words: str) -> None:
    assert speaks_of_donor(Coded((), words))


@pytest.mark.parametrize("words", [*DONORS, *RELATIVES])
def test_who_is_another_in_focus_or_by_a_specimen(words: str) -> None:
    assert (words_found("focus", words), words_found("specimen", words)) == (words, words)


@pytest.mark.parametrize("words", CHILDREN)
def test_who_is_another_in_focus_alone(words: str) -> None:
    assert (words_found("focus", words), words_found("specimen", words)) == (words, None)


@pytest.mark.parametrize("words", NOBODY)
def test_who_is_nobody(words: str) -> None:
    assert (words_found("focus", words), words_found("specimen", words)) == (None, None)
    assert not speaks_of_donor(Coded((), words))
