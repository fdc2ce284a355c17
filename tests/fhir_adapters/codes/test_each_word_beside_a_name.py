"""Every word beside a disease's name by which it is denied, doubted, of the past or another's, or only may come."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.recorded_words import denies_each, says_only_none_of
from trialsieve.rules.words import Phrases

NAMES = Phrases(("PE", "DVT"))
RELATIVES = [
    *("mother", "father", "parent", "grandmother", "brother", "sister", "sibling", "son", "daughter"),
    *("aunt", "uncle", "cousin", "relative", "husband", "wife", "spouse", "partner"),
]
BEFORE = [
    *("no PE", "not PE", "without PE", "denies PE", "denied PE", "deny PE", "negative for PE", "neg PE"),
    *("neg for PE", "absence of PE", "never PE", "no evidence of acute left PE", "no signs of acute left PE"),
    *("no suspicion of PE", "suspected PE", "suspect PE", "suspicion of PE", "suspicion for PE"),
    *("possible PE", "possibly PE", "probable PE", "presumed PE", "doubtful PE", "questionable PE", "query PE"),
    *("concern for PE", "evaluate PE", "evaluate for PE", "evaluation for PE", "eval for PE", "workup for PE"),
    *("work up for PE", "rule out PE", "r/o PE", "exclude PE", "former PE", "negative for acute left PE"),
]
AFTER = [
    *("PE neg", "PE: negative", "PE absent", "PE denied", "PE - none", "PE: no", "PE, remote", "PE former"),
    *("PE refuted", "PE excl.", "PE susp.", "PE possible", "PE possibly", "PE probable", "PE likely", "PE doubtful"),
    *("PE questionable", "PE equivocal", "PE risk", "PE, risk of", "PE screen", "PE screening", "PE prophylaxis"),
    *("PE workup", "PE work up", "PE is absent", "PE was negative", "PE has been excl", "PE not present"),
    *("PE not seen", "PE not found", "PE was not identified", "PE is not detected", "PE has not been shown"),
    *("PE not shown", "PE not confirmed", "PE absent, dyspnea"),
    *(f"PE, {relative}" for relative in RELATIVES),
    *(f"PE in {relative}" for relative in RELATIVES),
]
NOT_DENIED = [
    *("1. No fever 2. PE", "PE has not been shown to resolve", "DVT has not changed"),
    *(
        "PE",
        "acute PE",
        "no longer on oxygen for PE",
        "PE not yet resolved",
        "no DVT, but PE",
        "PE; CT: no PE on the left",
    ),
    *("not only PE", "not yet PE-free", "no longer PE", "PE, mother informed", "PE negative troponin", "no fever. PE"),
    *("no fever; PE", "no fever\nPE", "no fever。PE", "no fever，PE", "no fever, PE"),
]
ONLY_NONE = [
    *("no PE", "without PE", "denies PE", "no known PE", "no current PE", "no active PE", "no acute PE", "no any PE"),
    *("no evidence of PE", "no signs of PE", "no history of PE", "no suspicion of PE", "no known history of PE"),
    *("no current evidence of PE", "no active signs of PE", "no acute signs of PE", "no evidence of any PE"),
    *("no history of known PE", "no evidence of current PE", "no evidence of active PE", "no evidence of acute PE"),
    *("at risk for PE", "risk of PE", "high risk for PE", "at increased risk of PE", "risk for acute massive PE"),
    *("at risk for development of acute PE", "risk of developing PE"),
    *("no PE or DVT", "no PE and DVT", "family history of PE", "FH PE", "FHx of PE", "family history PE"),
    *("family history of early fatal PE", "family history of PE of father", "PE ruled out", "PE excluded"),
    *(
        "family history: PE",
        "family history of mother's PE",
        "family history of father’s PE",
        "risk of line-related PE",
    ),
    *("no PE (situation)", "PE excluded (finding)", "PE prophylaxis", "need for PE prophylaxis"),
    *("prophylaxis of PE", "prophylaxis for PE", "Prophylaxis against PE"),
]
SAYING_MORE = [
    *("no improvement of PE", "PE", "no PE?", "no PE!", "no PE, DVT", "no PE. DVT", "no PE; DVT", "no PE / DVT"),
    *("risk of worsening PE", "risk of progressive PE", "risk of spread PE", "risk of further PE"),
    *("risk of recurrent PE", "at risk for recurring PE", "risk for repeat PE", "risk of another PE"),
    *("risk of complications of PE", "risk of death from PE", "risk for death with PE"),
    *("family history of stroke has PE", "family history of stroke had PE", "family history of stroke now PE"),
    *("family history of stroke with PE", "family history of stroke but PE", "family history of own PE"),
    *("family history of stroke personal PE", "family history of unknown cause PE", "family history of none PE"),
    *("family history of no note PE", "PE ruled out on the left", "PE, prophylaxis since", "PE despite prophylaxis"),
    *("secondary prophylaxis of PE", "PE on prophylaxis", "PE after prophylaxis", "prophylaxis failed, PE"),
]


@pytest.mark.parametrize("words", [*BEFORE, *AFTER])
def test_what_denies_or_doubts_it_wherever_it_stands(words: str) -> None:
    assert denies_each(f"Dyspnea, {words}", NAMES)


@pytest.mark.parametrize("words", NOT_DENIED)
def test_what_does_not(words: str) -> None:
    assert not denies_each(words, NAMES)


@pytest.mark.parametrize("words", ONLY_NONE)
def test_what_says_only_that_there_is_none_or_that_it_may_come(words: str) -> None:
    assert says_only_none_of(words, NAMES)


@pytest.mark.parametrize("words", SAYING_MORE)
def test_what_says_more_than_that(words: str) -> None:
    assert not says_only_none_of(words, NAMES)
