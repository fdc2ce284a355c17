"""Of several results the latest counts, and only while it speaks for today."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    HYPERTENSION,
    NOT_DETECTED,
    PARACETAMOL,
    SNOMED,
    Given,
    Screen,
    ago,
    coded,
    condition,
    observation,
    procedure,
)
from results import karnofsky, lansky, nyha
from timelines import answer, measured, timelines, times_limit

ATOMS = timelines(
    {
        ("I04", "a1"): (karnofsky, 60, 50, 30),
        ("I04", "karnofsky"): (karnofsky, 60, 59, 30),
        ("I04", "a2"): (lansky, 60, 59, 30),
        ("I04", "lansky"): (lansky, 60, 59, 30),
        ("I05", "a1"): (measured("718-7", "g/L"), 70, 69, 30),
        ("I08", "a1"): (measured("718-7", "g/L"), 70, 69, 30),
        ("I09", "a1"): (times_limit("bilirubin"), 3, 3.1, 30),
        ("I09", "a2"): (times_limit("ast"), 5, 5.1, 30),
        ("I09", "a3"): (times_limit("alt"), 5, 5.1, 30),
        ("X01", "a8"): (nyha, "LA28407-7", "LA28405-1", 30),
        ("X07", "a1"): (answer("29610-3"), DETECTED, NOT_DETECTED, 90),
        ("X07", "a2"): (answer("11259-9"), DETECTED, NOT_DETECTED, 90),
    }
)


@pytest.mark.parametrize(("criterion", "atom", "resources", "expected"), ATOMS)
def test_the_latest_counts(screen: Screen, criterion: str, atom: str, resources: Any, expected: Any) -> None:
    assert screen(Given(resources)).atom(criterion, atom) == expected


T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
REMISSION = observation("88040-1", on=ago(300), valueCodeableConcept=coded(SNOMED, "103338009"))


@pytest.mark.parametrize(("atom", "code"), [("a4", "26446-5"), ("a5", "11150-0")])
@pytest.mark.parametrize(("first", "then", "expected"), [(40, 1, (False, ())), (1, 40, (True, ()))])
def test_the_latest_blasts_count(screen: Screen, atom: str, code: str, first: int, then: int, expected: Any) -> None:
    blasts = measured(code, "%")
    chart = (T_ALL, REMISSION, blasts(first, ago(200)), blasts(then, ago(100)))
    assert screen(Given(chart)).atom("I01", atom) == expected


@pytest.mark.parametrize(("first", "then", "expected"), [(98, 80, (False, ())), (80, 98, (True, ()))])
def test_the_latest_saturation_counts(screen: Screen, first: int, then: int, expected: Any) -> None:
    saturation = measured("59408-5", "%")
    covered = (HYPERTENSION, PARACETAMOL, procedure("73761001", on=ago(60)))
    chart = (*covered, saturation(first, ago(3)), saturation(then, ago(2)))
    assert screen(Given(chart)).atom("I07", "a1") == expected


SCALES = {("a1", "newer-lansky-low"): (karnofsky, lansky), ("a2", "newer-karnofsky-low"): (lansky, karnofsky)}


@pytest.mark.parametrize(("atoms", "makers"), SCALES.items())
@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (60, [(59, 5)], (None, ("judgement",))),
        (60, [(60, 5)], (True, ())),
        (59, [(59, 5)], (False, ())),
        (60, [(59, 5), (60, 4)], (True, ())),
        (60, [(60, 5), (59, 4)], (None, ("judgement",))),
        (60, [(59, 9)], (True, ())),
    ],
)
def test_the_newer_scale(
    screen: Screen, atoms: tuple[str, str], makers: Any, own: int, others: list[tuple[int, int]], expected: Any
) -> None:
    mine, other = makers
    chart = (mine(own, ago(7)), *(other(value, ago(days)) for value, days in others))
    assert screen(Given(chart)).atom("I04", atoms[0]) == expected
