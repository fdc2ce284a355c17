"""4. CD7-positive during screening: beside what the laboratory called it, a percentage that nobody calls so."""

from __future__ import annotations

from datetime import date

import pytest
from bundles import PASSES, Check, Expected, Given, ago
from local_codes import CD7, book_with_local_codes
from percentages import Marker, percentages_beside

from trialsieve.engine.screening import Screener
from trialsieve.rules.rule_book import RuleBook

BEGAN = {"screening-start": date(2026, 11, 1)}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return book_with_local_codes()


@pytest.fixture(scope="module")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["NCT07120607"])


@pytest.mark.parametrize(("given", "expected"), percentages_beside("13846-1", CD7, anchors=BEGAN))
def test_a_newer_percentage_goes_to_a_person(check: Check, given: Given, expected: Expected) -> None:
    check("I04", given, expected)


def test_what_is_called_today_is_not_older_than_a_percentage_of_this_month(check: Check) -> None:
    marker = Marker("13846-1")
    over_days = {name: part for name, part in marker.called().items() if name != "effectiveDateTime"}
    over_days["effectivePeriod"] = {"start": ago(4), "end": ago(0)}
    chart = (marker.percentage("2026-11"), marker.called(on=ago(0)), over_days)
    check("I04", Given(chart, anchors={"screening-start": date(2026, 11, 9)}), PASSES)
