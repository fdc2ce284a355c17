"""Every word beside a diagnosis outside Conditions by which it is sought, kept away or another's, and not had."""

from __future__ import annotations

import pytest
from mentions_read import icd, order

from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.facts.mentions import Mentions
from trialsieve.rules.rule_book import RuleBook

NOT_HAD = [
    *("HIV screen", "visit for screening, HIV today", "HIV screening", "HIV test"),
    *("HIV tests", "tested for HIV", "HIV testing", "HIV test not positive"),
    *("HIV test not reactive", "HIV test non-reactive", "HIV test non reactive", "HIV test nonreactive"),
    *("HIV prophylaxis", "HIV, prophylactic antiretrovirals", "prevention of HIV"),
    *("exposure to HIV", "exposed to HIV", "contact with HIV"),
    *("HIV vaccine trial", "HIV immunization", "HIV immunisation", "risk of HIV", "HIV risk factor"),
    *("HIV risk factors", "high-risk factor, HIV", "high-risk factors, HIV", "HIV risk"),
    *("risk for HIV", "at-risk HIV lifestyle", "low risk of HIV", "high risk for HIV"),
    *("HIV, suspect", "HIV (suspicion)", "HIV evaluation"),
    *("HIV workup today", "HIV work-up today", "HIV, monitor for"),
    *("HIV, monitoring for", "HIV, rule out", "HIV rule-out", "HIV, ruled out"),
    *("CT rules-out HIV", "lab rules out HIV", "HIV (r/o)"),
    *("HIV in the family", "HIV, FH", "HIV donor", "HIV, partner has it"),
]
HAD = [
    *("HIV", "HIV disease", "HIV, low risk", "HIV, low-risk", "HIV, intermediate risk", "HIV, intermediate-risk"),
    *("HIV, high risk", "HIV, high-risk", "HIV test positive", "HIV tested, positive", "tested positive for HIV"),
    *("HIV test result positive", "positive HIV test", "HIV test reactive", "HIV screening positive"),
    *("HIV positive on screening", "reactive HIV test"),
]


@pytest.fixture(scope="module")
def mentions(book: RuleBook) -> Mentions:
    terms = Terms.of(book, frozenset({"dx.hiv"}))
    return Mentions(terms, Names(terms), book)


@pytest.mark.parametrize(
    ("words", "expected"), [*((words, False) for words in NOT_HAD), *((words, True) for words in HAD)]
)
def test_what_mentions_a_disease(mentions: Mentions, words: str, expected: bool) -> None:
    assert mentions.may_say(order(icd("B20", text=words))) is expected
