"""CD7 expression by flow cytometry: beside what the laboratory called it, a percentage that nobody calls so."""

from __future__ import annotations

import pytest
from bundles import POSITIVE, Check, Expected, Given, ago, answered, observation, quantity
from local_codes import CD7, book_with_local_codes
from percentages import FLOW, UNCALLED, percentages_beside

from trialsieve.engine.screening import Screener
from trialsieve.rules.rule_book import RuleBook


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return book_with_local_codes()


@pytest.fixture(scope="module")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["SENL-T7"])


@pytest.mark.parametrize(("given", "expected"), percentages_beside("13846-1", CD7))
def test_a_newer_percentage_goes_to_a_person(check: Check, given: Given, expected: Expected) -> None:
    check("I02", given, expected)


def test_an_answer_by_immunohistochemistry_does_not_stand_for_a_newer_percentage(check: Check) -> None:
    by_flow = answered("13846-1", POSITIVE, on=ago(20), **FLOW)
    unread = observation("13846-1", on=ago(9), valueQuantity=quantity(85), **FLOW)
    stained = answered("50310-2", POSITIVE, on=ago(5))
    check("I02", Given((by_flow, unread, stained)), UNCALLED)
