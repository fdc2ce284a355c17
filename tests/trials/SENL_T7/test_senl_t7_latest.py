"""Of several results the latest counts, and only while it speaks for today."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    HYPERTENSION,
    LOINC,
    NOT_DETECTED,
    SNOMED,
    Given,
    Resource,
    Screen,
    ago,
    answered,
    coded,
    condition,
    observation,
    procedure,
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


def functional(value: str, on: str) -> Resource:
    return observation("88020-3", on=on, valueCodeableConcept=coded(LOINC, value))


ATOMS = timelines(
    {
        ("I04", "a1"): (score("89243-0"), 60, 50, 30),
        ("I04", "karnofsky"): (score("89243-0"), 60, 59, 30),
        ("I04", "a2"): (score("C38144", NCIT), 60, 59, 30),
        ("I04", "lansky"): (score("C38144", NCIT), 60, 59, 30),
        ("I05", "a1"): (measured("718-7", "g/L"), 70, 69, 30),
        ("I08", "a1"): (measured("718-7", "g/L"), 70, 69, 30),
        ("I09", "a1"): (limited("1975-2", "mg/dL"), 3, 3.1, 30),
        ("I09", "a2"): (limited("1920-8", "U/L"), 5, 5.1, 30),
        ("I09", "a3"): (limited("1742-6", "U/L"), 5, 5.1, 30),
        ("X01", "a8"): (functional, "LA28407-7", "LA28405-1", 30),
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
    chart = (HYPERTENSION, procedure("73761001", on=ago(60)), saturation(first, ago(3)), saturation(then, ago(2)))
    assert screen(Given(chart)).atom("I07", "a1") == expected


KARNOFSKY, LANSKY = score("89243-0"), score("C38144", NCIT)
SCALES = {("a1", "newer-lansky-low"): (KARNOFSKY, LANSKY), ("a2", "newer-karnofsky-low"): (LANSKY, KARNOFSKY)}


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
