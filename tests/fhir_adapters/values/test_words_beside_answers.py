"""Words beside an answer, positive or negative, that say another one, take it back or leave it open."""

from __future__ import annotations

from typing import Any

import pytest
from observed_values import HBSAG, SNOMED, code, interpreted, quantity

from trialsieve.rules.vocabulary import Reason, Result

CD7, PERCENTAGE = "13846-1", "%"
POSITIVE, NEGATIVE = "10828004", "260385009"

AGAINST_POSITIVE = [
    # denied
    *("No CD7 expression", "no CD7", "CD7 not expressed", "CD7 nicht exprimiert", "kein CD7", "keine CD7-Expression"),
    *(
        "CD7 negative",
        "CD7 negativ",
        "CD7 neg",
        "CD7: negativ",
        "CD7 nicht nachweisbar",
        "CD7 ausgeschlossen",
        "ohne CD7",
    ),
    *("Not detected", "nicht nachgewiesen", "CD7 negative, CD5 positive", "negative, no CD7", "CD7阴性", "未见CD7"),
    # by a sign
    *("CD7-", "CD7 -", "CD7 (-)", "CD7−", "CD7-, CD5+", "CD5+ CD7-"),
    # lost
    *("loss of CD7", "loss of surface CD7", "CD7 lost", "CD7 loss", "CD7 is lost"),
    # left open
    *(
        "yes, not confirmed",
        "?positive",
        "Positive?",
        "possibly positive",
        "probable",
        "suspected CD7",
        "V.a. CD7",
        "fraglich",
        "not confirmed",
    ),
    # neither
    *("weakly positive", "CD7 weakly positive", "false positive", "falsch positiv", "假阳性", "never CD7 positive"),
    # of another person
    *("Mother: positive", "Mutter: positiv", "of her mother"),
]
POSITIVE_ALL_THE_SAME = [
    *(
        "Positive",
        "positiv",
        "Positive (qualifier value)",
        "CD7 positive",
        "CD7 positiv",
        "CD7+",
        "CD7 (+)",
        "Detected",
    ),
    *(
        "Present",
        "strongly positive",
        "CD7",
        "CD7 expressed",
        "blasts express CD7, CD5; no B cell markers",
        "see report",
    ),
    *("CD7 positive, CD5 negative", "CD7 positive, not CD5", "CD7-positive", "CD7 - positive", "not CD7 negative"),
    *("blasts express CD7. No myeloid markers", "CD5- CD7+", "weakly reactive before, now positive"),
    *("Not quantifiable", "nicht quantifizierbar", "CD7: 85 %. Results not comparable between laboratories"),
    *("CD7 positive; rule out CNS disease", "Yes, no residual disease", "ja - kein Aszites", "Reaktiv (kein Titer)"),
]
AGAINST_NEGATIVE = [
    *("CD7 positive", "positiv", "CD7 pos", "CD7+", "CD7 (+)", "CD7+, CD5-", "CD7 reaktiv", "positive, no CD5", "阳性"),
    *("not negative", "nicht negativ", "false negative", "falsch negativ", "假阴性", "?negative", "negativ?"),
    *("possibly negative", "weakly positive", "Mutter: negativ"),
    *("Negative, suspected false negative", "negativ, wohl falsch negativ"),
]
NEGATIVE_ALL_THE_SAME = [
    *("Nonreactive. This does not rule out early infection.", "Not detected; cannot rule out a low level"),
    *("Negative. If acute infection is suspected, repeat", "negativ, eine Infektion ist unwahrscheinlich"),
    *("Negative", "negativ", "Not detected", "Non-reactive", "Negative (qualifier value)", "nicht nachweisbar", "CD7-"),
    *("No CD7 expression detected", "no CD7", "kein CD7", "keine CD7-Expression", "CD7 negative, no aberrant antigens"),
    *(
        "Known absent (qualifier value)",
        "loss of CD7",
        "CD7 unlikely",
        "V.a. T-ALL",
        "CD7 not confirmed",
        "false positive",
    ),
    *(
        "CD5+ CD7-",
        "None detected",
        "Negative result does not rule out disease",
        "CD7 negative, CD5 positive",
        "no reactive cells",
    ),
]
SHAPES = ["text", "display", "display of another code", "valueString", "interpretation"]


def cd7(make: Any, answer: str, words: str, shape: str) -> dict[str, Any]:
    """CD7 on blasts, with an answer by a code and words in one of the places beside it."""
    value: dict[str, Any] = code(answer, SNOMED)
    called = interpreted("POS" if answer == POSITIVE else "NEG")
    if shape == "valueString":
        more: dict[str, Any] = {"valueString": words, "interpretation": called}
    elif shape == "interpretation":
        more = {"valueCodeableConcept": value, "interpretation": [{**called[0], "text": words}]}
    elif shape == "text":
        more = {"valueCodeableConcept": {**value, "text": words}}
    elif shape == "display":
        more = {"valueCodeableConcept": code(answer, SNOMED, words)}
    else:
        other = {"system": "urn:example:local", "code": "x", "display": words}
        more = {"valueCodeableConcept": {"coding": [*value["coding"], other]}}
    observation: dict[str, Any] = make.observation(CD7, **more)
    return observation


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("words", AGAINST_POSITIVE)
def test_words_that_speak_against_positive(fact_of: Any, make: Any, words: str, shape: str) -> None:
    fact = fact_of("marker.cd7", cd7(make, POSITIVE, words, shape))
    assert fact.result is Result.INDETERMINATE
    assert words in fact.says


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("words", POSITIVE_ALL_THE_SAME)
def test_words_that_leave_positive_as_it_is(fact_of: Any, make: Any, words: str, shape: str) -> None:
    assert fact_of("marker.cd7", cd7(make, POSITIVE, words, shape)).result is Result.POSITIVE


@pytest.mark.parametrize(
    "words",
    [
        *(
            "Not applicable",
            "None",
            "n/a",
            "No flag",
            "No reference range",
            "No reference range available",
            "Screening",
        ),
        *(
            "Not available",
            "not established",
            "kein Normbereich",
            "Not normal",
            "nicht normal",
            "Not previously reported",
        ),
    ],
)
@pytest.mark.parametrize(("answer", "result"), [(POSITIVE, Result.POSITIVE), (NEGATIVE, Result.NEGATIVE)])
def test_an_interpretation_may_say_nothing_of_the_answer(
    fact_of: Any, make: Any, answer: str, result: Result, words: str
) -> None:
    assert fact_of("marker.cd7", cd7(make, answer, words, "interpretation")).result is result


@pytest.mark.parametrize("words", ["CD7 negative?", "false negative", "CD7+"])
def test_an_answer_that_its_words_speak_against_is_no_number_but_bears_on_one(
    fact_of: Any, make: Any, words: str
) -> None:
    fact = fact_of("marker.cd7", cd7(make, NEGATIVE, words, "text"))
    assert (fact.value, fact.value_problem) == (None, Reason.CONFLICTING_DATA)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("words", AGAINST_NEGATIVE)
def test_words_that_speak_against_negative(fact_of: Any, make: Any, words: str, shape: str) -> None:
    assert fact_of("marker.cd7", cd7(make, NEGATIVE, words, shape)).result is Result.INDETERMINATE


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("words", NEGATIVE_ALL_THE_SAME)
def test_words_that_leave_negative_as_it_is(fact_of: Any, make: Any, words: str, shape: str) -> None:
    assert fact_of("marker.cd7", cd7(make, NEGATIVE, words, shape)).result is Result.NEGATIVE


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("No HBsAg", Result.INDETERMINATE),
        ("kein HBsAg", Result.INDETERMINATE),
        ("HBsAg neg", Result.INDETERMINATE),
        ("HBsAg is negative", Result.INDETERMINATE),
        ("HBsAg positive, HBeAg negative", Result.POSITIVE),
        ("Positive for HBsAg", Result.POSITIVE),
        ("HBsAg detected, <20 IU/mL not quantified", Result.POSITIVE),
    ],
)
def test_the_name_is_that_of_what_was_tested(fact_of: Any, make: Any, words: str, result: Result) -> None:
    value = {**code(POSITIVE, SNOMED), "text": words}
    assert fact_of("lab.hbsag", make.observation(HBSAG, valueCodeableConcept=value)).result is result


def test_one_of_two_viruses_is_enough(fact_of: Any, make: Any) -> None:
    value = code(POSITIVE, SNOMED, "Positive for HIV 1, negative for HIV 2")
    assert fact_of("lab.hiv", make.observation("56888-1", valueCodeableConcept=value)).result is Result.POSITIVE


def test_of_several_interpretations_each_has_its_words(fact_of: Any, make: Any) -> None:
    called = [{**interpreted("POS")[0], "text": "Positive"}, {"text": "negative"}]
    assert fact_of("lab.hbsag", make.observation(HBSAG, interpretation=called)).result is Result.INDETERMINATE


# --- a number of nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "called", "result"),
    [
        ({"value": 0}, "POS", Result.INDETERMINATE),
        ({"value": 0.0}, "DET", Result.INDETERMINATE),
        ({"value": 0, "comparator": "<="}, "POS", Result.INDETERMINATE),
        ({"value": 0, "comparator": ">"}, "POS", Result.POSITIVE),
        ({"value": 0.1}, "POS", Result.POSITIVE),
        ({"value": 0}, "NEG", Result.NEGATIVE),
        ({"value": 2}, "NEG", Result.NEGATIVE),  # from how much on a test is positive, the laboratory says
        ({"value": 0}, "N", None),
    ],
)
def test_nothing_was_found_of_what_is_called_positive(
    fact_of: Any, make: Any, number: dict[str, Any], called: str, result: Result | None
) -> None:
    amount = quantity(number["value"], PERCENTAGE, **{k: v for k, v in number.items() if k != "value"})
    fact = fact_of("marker.cd7", make.observation(CD7, valueQuantity=amount, interpretation=interpreted(called)))
    assert fact.result is result
    assert (fact.value_problem is Reason.CONFLICTING_DATA) == (result is Result.INDETERMINATE)


def test_a_number_of_nothing_in_words(fact_of: Any, make: Any) -> None:
    fact = fact_of("marker.cd7", make.observation(CD7, valueString="0 %", interpretation=interpreted("POS")))
    assert fact.result is Result.INDETERMINATE
