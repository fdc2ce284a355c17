"""Of several results the latest counts, and only while it speaks for today."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    POSITIVE,
    Given,
    Screen,
    ago,
    answered,
    observation,
    quantity,
)
from timelines import timelines

NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"


def score(code: str, system: str = LOINC) -> Any:
    return lambda value, on: observation(code, system=system, on=on, valueInteger=value)


def measured(code: str, unit: str, **more: Any) -> Any:
    return lambda value, on: observation(code, on=on, valueQuantity=quantity(value, unit), **more)


def limited(code: str, unit: str) -> Any:
    return measured(code, unit, referenceRange=[{"high": quantity(1, unit)}])


def answer(code: str) -> Any:
    return lambda value, on: answered(code, value, on=on)


ECOG, KARNOFSKY, LANSKY = score("89247-1"), score("89243-0"), score("C38144", NCIT)
ATOMS = timelines(
    {
        ("I05", "a1"): (measured("731-0", "10*9/L"), 0.5, 0.4, 30),
        ("I05", "a2"): (ECOG, 0, 2, 30),
        ("I05", "ecog"): (ECOG, 0, 2, 30),
        ("I05", "score"): (LANSKY, 80, 79, 30),
        ("F02", "a1"): (measured("18043-0", "%"), 45, 44, 90),
        ("F03", "a1"): (limited("2160-0", "mg/dL"), 1.5, 1.6, 30),
        ("F04", "a1"): (limited("1975-2", "mg/dL"), 3, 3.1, 30),
        ("F04", "a2"): (limited("1742-6", "U/L"), 3, 3.1, 30),
        ("F04", "a3"): (limited("1920-8", "U/L"), 3, 3.1, 30),
        ("X01", "class-3-4"): (score("88020-3"), 4, 2, 30),
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
]


@pytest.mark.parametrize(("first", "then", "expected"), RNA)
def test_the_latest_rna_counts(screen: Screen, first: Any, then: Any, expected: Any) -> None:
    chart = tuple(answered("11259-9", value, on=ago(days)) for value, days in (first, then))
    assert screen(Given(chart)).atom("X05", "a5") == expected


SCALES = [
    ("a2", ECOG, 0, LANSKY, [(79, 5)], (None, ("judgement",))),
    ("a2", ECOG, 1, KARNOFSKY, [(79, 5)], (None, ("judgement",))),
    ("a2", ECOG, 1, LANSKY, [(80, 5)], (True, ())),
    ("a2", ECOG, 1, LANSKY, [(79, 5), (80, 4)], (True, ())),
    ("a2", ECOG, 1, LANSKY, [(80, 5), (79, 4)], (None, ("judgement",))),
    ("a2", ECOG, 2, LANSKY, [(79, 5)], (False, ())),
    ("a3", LANSKY, 80, ECOG, [(2, 5)], (None, ("judgement",))),
    ("a3", LANSKY, 80, ECOG, [(1, 5)], (True, ())),
    ("a3", LANSKY, 80, ECOG, [(2, 5), (1, 4)], (True, ())),
    ("a3", LANSKY, 80, ECOG, [(1, 5), (2, 4)], (None, ("judgement",))),
    ("a3", LANSKY, 79, LANSKY, [(80, 5)], (True, ())),
    ("a3", LANSKY, 80, LANSKY, [(79, 5)], (False, ())),
    ("a3", KARNOFSKY, 79, KARNOFSKY, [(80, 5)], (True, ())),
    ("a3", KARNOFSKY, 80, KARNOFSKY, [(79, 5)], (False, ())),
    ("a3", LANSKY, 79, KARNOFSKY, [(79, 5)], (False, ())),
    ("a3", KARNOFSKY, 79, ECOG, [(2, 5)], (False, ())),
]


@pytest.mark.parametrize(("atom", "mine", "own", "other", "others", "expected"), SCALES)
def test_the_newer_scale(
    screen: Screen, atom: str, mine: Any, own: int, other: Any, others: list[tuple[int, int]], expected: Any
) -> None:
    chart = (mine(own, ago(7)), *(other(value, ago(days)) for value, days in others))
    assert screen(Given(chart)).atom("I05", atom) == expected
