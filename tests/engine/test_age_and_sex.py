"""Age in completed years, from birth dates that may be partial, and the recorded sex."""

from __future__ import annotations

from decimal import Decimal

import pytest
from charts import chart
from invented_rules import Evaluate, ask

from trialsieve.rules.atom import Age, Limits, RecordedSex
from trialsieve.rules.vocabulary import Sex

FROM_12_TO_65 = Age(Limits(Decimal(12), False, Decimal(65), False, "a"))
UNDER_18 = Age(Limits(None, False, Decimal(18), True, "a"))


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("2014-11-22", "false"),  # twelve tomorrow
        ("2014-11-21", "true"),  # twelve today
        ("1960-11-22", "true"),  # sixty-six tomorrow
        ("1960-11-21", "false"),  # sixty-six today
        ("1990-01-01", "true"),
        ("2014-11", "imprecise"),
        ("2014-10", "true"),
        ("2014-12", "false"),
        ("2014", "imprecise"),
        ("2013", "true"),
        ("1960", "imprecise"),
        ("1959", "false"),
        ("2026", "false"),
        ("2026-11-21", "false"),
        ("2026-11-22", "unusable-data"),
        ("2027", "unusable-data"),
        (None, "no-data"),
    ],
)
def test_age_counts_completed_years_on_the_as_of_date(evaluate: Evaluate, birth: str | None, expected: str) -> None:
    assert ask(evaluate, FROM_12_TO_65, chart(birth=birth)) == expected


@pytest.mark.parametrize(
    ("birth", "expected"), [("2008-11-22", "true"), ("2008-11-21", "false"), ("2008", "imprecise")]
)
def test_the_boundary_may_be_excluded(evaluate: Evaluate, birth: str, expected: str) -> None:
    assert ask(evaluate, UNDER_18, chart(birth=birth)) == expected


def test_a_birth_date_that_cannot_be_read_is_not_a_missing_one(evaluate: Evaluate) -> None:
    assert ask(evaluate, FROM_12_TO_65, chart(unusable=["birthDate"])) == "unusable-data"


MALE, FEMALE, UNKNOWN = Sex


@pytest.mark.parametrize(
    ("among", "sex", "unusable", "expected"),
    [
        ({FEMALE}, FEMALE, (), "true"),
        ({FEMALE}, MALE, (), "false"),
        ({FEMALE}, UNKNOWN, (), "no-data"),
        ({FEMALE}, UNKNOWN, ("gender",), "unusable-data"),
        ({FEMALE, MALE}, MALE, (), "true"),
        ({FEMALE, MALE}, UNKNOWN, (), "no-data"),
        ({FEMALE, MALE, UNKNOWN}, MALE, (), "true"),
        ({FEMALE, MALE, UNKNOWN}, UNKNOWN, (), "true"),
        ({FEMALE, MALE, UNKNOWN}, UNKNOWN, ("gender",), "true"),
    ],
)
def test_the_recorded_sex(
    evaluate: Evaluate, among: set[Sex], sex: Sex, unusable: tuple[str, ...], expected: str
) -> None:
    assert ask(evaluate, RecordedSex(frozenset(among)), chart(sex=sex, unusable=unusable)) == expected
