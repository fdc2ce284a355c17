"""1. CD7 positive: beside what the laboratory called it, a percentage that nobody calls so."""

from __future__ import annotations

import pytest
from bundles import SNOMED, Check, Expected, Given, ago, condition
from local_codes import CD7, book_with_local_codes
from percentages import UNCALLED, Marker, percentages_beside

from trialsieve.engine.screening import Screener
from trialsieve.rules.rule_book import RuleBook

T_ALL = condition("277575008", SNOMED, onset="2024-03-12")
RELAPSE = condition("122951000119108", SNOMED, onset=ago(60))


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return book_with_local_codes()


@pytest.fixture(scope="module")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["NCT04762485"])


@pytest.mark.parametrize(("given", "expected"), percentages_beside("13846-1", CD7, T_ALL, RELAPSE))
def test_a_newer_percentage_goes_to_a_person(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


def test_a_newer_percentage_of_stained_cells_goes_to_a_person(check: Check) -> None:
    called = Marker("13846-1").called()
    stained = Marker("50310-2").unread(method=None)
    check("I01", Given((T_ALL, RELAPSE, called, stained)), UNCALLED)
