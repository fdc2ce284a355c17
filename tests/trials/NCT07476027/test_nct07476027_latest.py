"""Of several results the latest counts, and only while it speaks for today."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    INDETERMINATE,
    NEGATIVE,
    NOT_DETECTED,
    POSITIVE,
    Given,
    Screen,
    ago,
    answered,
    quantity,
)
from results import ecog, karnofsky, lansky, nyha
from timelines import answer, measured, timelines, times_limit

ATOMS = timelines(
    {
        ("I05", "a1"): (measured("731-0", "10*9/L"), 0.5, 0.4, 30),
        ("I05", "a2"): (ecog, 0, 2, 30),
        ("I05", "ecog"): (ecog, 0, 2, 30),
        ("I05", "score"): (lansky, 80, 79, 30),
        ("F02", "a1"): (measured("18043-0", "%"), 45, 44, 90),
        ("F03", "a1"): (times_limit("creatinine"), 1.5, 1.6, 30),
        ("F04", "a1"): (times_limit("bilirubin"), 3, 3.1, 30),
        ("F04", "a2"): (times_limit("alt"), 3, 3.1, 30),
        ("F04", "a3"): (times_limit("ast"), 3, 3.1, 30),
        ("X01", "class-3-4"): (nyha, "LA28407-7", "LA28405-1", 30),
        ("X05", "a1"): (answer("5195-3"), POSITIVE, NEGATIVE, 90),
        ("X05", "a2"): (answer("13952-7"), POSITIVE, NEGATIVE, 90),
        ("X05", "a3"): (measured("42595-9", "[IU]/mL", referenceRange=[{"high": quantity(20, "[IU]/mL")}]), 21, 20, 90),
        ("X05", "a4"): (answer("13955-0"), POSITIVE, NEGATIVE, 90),
        ("X05", "rna-detected"): (answer("11259-9"), DETECTED, NOT_DETECTED, 90),
    }
)


@pytest.mark.parametrize(("criterion", "atom", "resources", "expected"), ATOMS)
def test_the_latest_counts(screen: Screen, criterion: str, atom: str, resources: Any, expected: Any) -> None:
    assert screen(Given(resources)).atom(criterion, atom) == expected


RNA = [
    ((DETECTED, 3), (NOT_DETECTED, 1), (False, ())),
    ((NOT_DETECTED, 3), (DETECTED, 1), (None, ("truncated",))),
    ((NOT_DETECTED, 99), (NOT_DETECTED, 91), (None, ("stale",))),
    ((INDETERMINATE, 3), (DETECTED, 1), (None, ("truncated",))),
    ((INDETERMINATE, 99), (INDETERMINATE, 91), (None, ("stale",))),
]


@pytest.mark.parametrize(("first", "then", "expected"), RNA)
def test_the_latest_rna_counts(screen: Screen, first: Any, then: Any, expected: Any) -> None:
    chart = tuple(answered("11259-9", value, on=ago(days)) for value, days in (first, then))
    assert screen(Given(chart)).atom("X05", "a5") == expected


SCALES = [
    ("a2", ecog, 0, lansky, [(79, 5)], (None, ("judgement",))),
    ("a2", ecog, 1, karnofsky, [(79, 5)], (None, ("judgement",))),
    ("a2", ecog, 1, lansky, [(80, 5)], (True, ())),
    ("a2", ecog, 1, lansky, [(79, 5), (80, 4)], (True, ())),
    ("a2", ecog, 1, lansky, [(80, 5), (79, 4)], (None, ("judgement",))),
    ("a2", ecog, 2, lansky, [(79, 5)], (False, ())),
    ("a3", lansky, 80, ecog, [(2, 5)], (None, ("judgement",))),
    ("a3", lansky, 80, ecog, [(1, 5)], (True, ())),
    ("a3", lansky, 80, ecog, [(2, 5), (1, 4)], (True, ())),
    ("a3", lansky, 80, ecog, [(1, 5), (2, 4)], (None, ("judgement",))),
    ("a3", lansky, 79, lansky, [(80, 5)], (True, ())),
    ("a3", lansky, 80, lansky, [(79, 5)], (False, ())),
    ("a3", karnofsky, 79, karnofsky, [(80, 5)], (True, ())),
    ("a3", karnofsky, 80, karnofsky, [(79, 5)], (False, ())),
    ("a3", lansky, 79, karnofsky, [(79, 5)], (False, ())),
    ("a3", karnofsky, 79, ecog, [(2, 5)], (False, ())),
]


@pytest.mark.parametrize(("atom", "mine", "own", "other", "others", "expected"), SCALES)
def test_the_newer_scale(
    screen: Screen, atom: str, mine: Any, own: int, other: Any, others: list[tuple[int, int]], expected: Any
) -> None:
    chart = (mine(own, ago(7)), *(other(value, ago(days)) for value, days in others))
    assert screen(Given(chart)).atom("I05", atom) == expected
