"""Words and days of a record that contradict what stands beside them: a person is asked, and nobody is excluded."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    condition,
    person,
    review,
    row,
    rows,
)


def embolism(words: str, code: str = "I26.99") -> Resource:
    """A current one by its code, with these words."""
    said = condition(code, onset=ago(20))
    said["code"]["text"] = words
    return said


EMBOLISM = [
    *rows(
        review("unconfirmed"),
        {
            words: embolism(words)
            for words in (
                "H/o pulmonary embolism (2015)",
                "s/p PE",
                "?PE",
                "PE excluded",
                "Mother: PE",
                "Family Hx of PE",
                "V.a. Lungenembolie",
                "Z.n. Lungenembolie",
            )
        },
    ),
    row(
        "an embolism by its words, hypertension by its code",
        embolism("Acute pulmonary embolism", "I10"),
        comes=review("unspecific"),
    ),
    row("the embolism itself", embolism("Pulmonary embolism, s/p thrombolysis"), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), EMBOLISM)
def test_words_that_take_an_embolism_back(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)


INFARCTION = [
    row("in the month of the birth", condition("I21.9", onset="1990-05"), comes=PASSES),
    row("long before the birth", condition("I21.9", onset="1900-01-01"), comes=review("undated")),
    row("the day before the birth", condition("I21.9", onset="1990-05-03"), comes=review("undated")),
]


@pytest.mark.parametrize(("given", "expected"), INFARCTION)
def test_what_lies_before_the_birth_is_undated(check: Check, given: Given, expected: Expected) -> None:
    answer = check("X08", given, expected)
    assert any("before the patient's birth" in problem for problem in answer.problems) is (expected is not PASSES)


@pytest.mark.parametrize("born", ["1900-01-01", "0001-01-01"])
def test_a_birth_date_of_nobody_alive_is_no_age(check: Check, born: str) -> None:
    check("I02", Given((HYPERTENSION,), patient=person(born=born)), review("unusable-data"))
