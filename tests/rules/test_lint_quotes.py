"""`trialsieve lint` tells a window that is not the one of which the sentence speaks."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import TRIAL, MadeUpRules
from trialsieve.rules.lint import lint
from trialsieve.rules.loader import load_rules


def told() -> list[str]:
    return [str(problem) for problem in lint() if "the quote says" in problem.message]


@pytest.mark.parametrize("window", ["within: 6 months", "less_than: 6 months"])
def test_the_window_that_the_quote_names_is_not_told(rules: MadeUpRules, window: str) -> None:
    rules.change(TRIAL, "within: 6 months", window)
    assert told() == []


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ("12 months", "within: 1 year"),
        ("1 year", "within: 12 months"),
        ("2 weeks", "within: 14 days"),
        ("twelve months", "within: 1 year"),
        ("year", "within: 12 months"),
        ("72 hours", "within: 3 days"),
        ("30 hours", "within: 2 days"),  # no whole number of days: whoever writes the rule chooses
        ("months, by a 24-hour protocol", "timing: ever"),
    ],
)
def test_the_same_length_in_another_unit_is_not_told(rules: MadeUpRules, said: str, window: str) -> None:
    rules.reword("last 6 months", f"last {said}")
    rules.change(TRIAL, "within: 6 months", window)
    assert load_rules()
    assert told() == []


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("within: 5 months", "5 months"),
        ("within: 7 months", "7 months"),
        ("within: 6 weeks", "6 weeks"),
        ("timing: ever", "without a window"),
    ],
)
def test_another_window_or_none_is_told_at_the_quote(rules: MadeUpRules, window: str, words: str) -> None:
    rules.change(TRIAL, "within: 6 months", window)
    place = rules.change(TRIAL, "quote: a cough in the last 6 months", "▶quote: a cough in the last 6 months")
    message = f"the quote says '6 months', and the atom looks back {words}"
    assert told() == [f"{place}: {message} (or say in its note what '6 months' is)"]


@pytest.mark.parametrize(("said", "words"), [("three months", "three months"), ("year", "last year")])
def test_a_length_in_words_is_a_length(rules: MadeUpRules, said: str, words: str) -> None:
    rules.reword("last 6 months", f"last {said}")
    (problem,) = told()
    assert f"the quote says '{words}', and the atom looks back 6 months" in problem


def test_hours_are_days(rules: MadeUpRules) -> None:
    rules.reword("last 6 months", "last 72 hours")
    rules.change(TRIAL, "within: 6 months", "within: 4 days")
    (problem,) = told()
    assert "the quote says '72 hours', and the atom looks back 4 days" in problem


def test_a_note_that_names_the_length_explains_it(rules: MadeUpRules) -> None:
    rules.change(TRIAL, "within: 6 months", "timing: ever\n        note: a cough of 6 months is no window")
    assert told() == []
