"""Exclusion 5. Patients with active hepatitis B or hepatitis C infection.

The nucleic acid decides, or an acute hepatitis; serology alone and chronic or carrier codes go to a person; nothing is
presumed. Each table is put to both viruses, the other one's nucleic acid being negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from bundles import (
    DETECTED,
    FAILS,
    HYPERTENSION,
    INDETERMINATE,
    INTERPRETATION,
    LOINC,
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    coded,
    condition,
    described,
    observation,
    quantity,
    review,
)


@dataclass(frozen=True)
class Virus:
    """The codes of one virus."""

    presence: str
    load: str
    serology: str
    acute: str
    chronic: str
    chronic_snomed: str
    unspecified: str
    words: str


B = Virus("29610-3", "42595-9", "5196-1", "B16.9", "B18.1", "61977001", "B19.10", "Acute hepatitis B")
C = Virus("11259-9", "11011-4", "16128-1", "B17.10", "B18.2", "128302006", "B19.20", "Acute hepatitis C")
VIRUSES = {"B": B, "C": C}


def acute(virus: Virus, **more: Any) -> Resource:
    return condition(virus.acute, **({"onset": ago(20)} | more))


def load(virus: Virus, value: float, unit: str | None = "[IU]/mL", comparator: str | None = None) -> Resource:
    return observation(virus.load, valueQuantity=quantity(value, unit, comparator))


def cases(virus: Virus) -> dict[str, tuple[tuple[Resource, ...], Expected]]:
    """What is given of this virus, and what comes of it where the other is cleared."""
    nucleic, serology = virus.presence, virus.serology
    return {
        "nothing": ((), review("no-data")),
        "not detected": ((answered(nucleic, NOT_DETECTED),), PASSES),
        "negative": ((answered(nucleic, NEGATIVE),), PASSES),
        "not detected, LOINC answer": ((answered(nucleic, (LOINC, "LA11883-8")),), PASSES),
        "not detected, only interpreted": (
            (observation(nucleic, interpretation=[coded(INTERPRETATION, "ND")]),),
            PASSES,
        ),
        "not detected, in words": ((observation(nucleic, valueString="Not detected"),), PASSES),
        "not detected beside a number": ((observation(nucleic, valueString="<20 IU/mL, not detected"),), PASSES),
        "detected": ((answered(nucleic, DETECTED),), FAILS),
        "a load": ((load(virus, 150),), FAILS),
        "no load": ((load(virus, 0),), PASSES),
        "a load below the limit of detection says neither": (
            (load(virus, 20, comparator="<"),),
            review("imprecise", "no-data"),
        ),
        "a load above what the assay measures": ((load(virus, 1000000, comparator=">"),), FAILS),
        "a load without a unit": ((load(virus, 150, None),), review("no-data", "unit")),
        "a load in copies": ((load(virus, 150, "{copies}/mL"),), review("no-data", "unit")),
        "inconclusive": ((answered(nucleic, INDETERMINATE),), review("no-data", "unspecific")),
        "contradicts its interpretation": (
            (answered(nucleic, NOT_DETECTED, interpretation=[coded(INTERPRETATION, "POS")]),),
            review("no-data", "unspecific"),
        ),
        "not detected 90 days ago": ((answered(nucleic, NOT_DETECTED, on=ago(90)),), PASSES),
        "not detected 91 days ago": ((answered(nucleic, NOT_DETECTED, on=ago(91)),), review("no-data", "stale")),
        "not detected, undated": ((answered(nucleic, NOT_DETECTED, on=None),), review("no-data", "undated")),
        "not detected, preliminary": (
            (answered(nucleic, NOT_DETECTED, status="preliminary"),),
            review("no-data", "unconfirmed"),
        ),
        "not detected, entered in error": (
            (answered(nucleic, NOT_DETECTED, status="entered-in-error"),),
            review("no-data"),
        ),
        "it was detected, and is not any more": (
            (answered(nucleic, DETECTED, on=ago(80)), answered(nucleic, NOT_DETECTED, on=ago(5))),
            PASSES,
        ),
        # serology
        "serology positive": ((answered(serology, POSITIVE),), review("no-data", "unspecific")),
        "serology positive, nucleic acid not detected": (
            (answered(serology, POSITIVE), answered(nucleic, NOT_DETECTED)),
            PASSES,
        ),
        "serology positive, nucleic acid detected": (
            (answered(serology, POSITIVE), answered(nucleic, DETECTED)),
            FAILS,
        ),
        "serology negative alone": ((answered(serology, NEGATIVE),), review("no-data")),
        # diagnoses
        "acute": ((acute(virus),), FAILS),
        "acute, 30 days ago": ((acute(virus, onset=ago(30)),), FAILS),
        "acute, 31 days ago, never closed": (
            (acute(virus, onset=ago(31)),),
            review("no-data", "stale", "unspecific"),
        ),
        # An acute hepatitis that does not count as current is one more that may be carried on, or cured.
        "acute, resolved": ((acute(virus, status="resolved"),), review("judgement", "no-data", "unspecific")),
        "acute, resolved, not detected": ((acute(virus, status="resolved"), answered(nucleic, NOT_DETECTED)), PASSES),
        "acute, but not detected": ((acute(virus), answered(nucleic, NOT_DETECTED)), review("conflicting-data")),
        "acute, no clinical status": ((acute(virus, status=None),), review("no-data", "stale", "unspecific")),
        "acute, refuted, not detected": ((acute(virus, verified="refuted"), answered(nucleic, NOT_DETECTED)), PASSES),
        "acute, provisional": (
            (acute(virus, verified="provisional"),),
            review("no-data", "unconfirmed", "unspecific"),
        ),
        "chronic": ((condition(virus.chronic, onset="2015"),), review("no-data", "unspecific")),
        "chronic, SNOMED": (
            (condition(virus.chronic_snomed, SNOMED, onset="2015"),),
            review("no-data", "unspecific"),
        ),
        "chronic, not detected": (
            (condition(virus.chronic, onset="2015"), answered(nucleic, NOT_DETECTED)),
            PASSES,
        ),
        "chronic, detected": ((condition(virus.chronic, onset="2015"), answered(nucleic, DETECTED)), FAILS),
        "of no stated course": ((condition(virus.unspecified, onset=ago(20)),), review("no-data", "unspecific")),
        "other diagnoses only": ((HYPERTENSION,), review("no-data")),
        "only words": ((described(virus.words),), review("no-data", "unusable-data")),
    }


CASES = [
    pytest.param(name, given, expected, id=f"{name}: {case}")
    for name, virus in VIRUSES.items()
    for case, (given, expected) in cases(virus).items()
]


@pytest.mark.parametrize(("name", "given", "expected"), CASES)
def test_active_hepatitis(check: Check, name: str, given: tuple[Resource, ...], expected: Expected) -> None:
    other = C if name == "B" else B
    cleared = answered(other.presence, NOT_DETECTED)
    check("X05", Given((*given, cleared)), expected)


BOTH = {
    "neither tested": ((), review("no-data")),
    "neither detected": ((answered(B.presence, NOT_DETECTED), answered(C.presence, NOT_DETECTED)), PASSES),
    "one detected, the other not tested": ((answered(C.presence, DETECTED),), FAILS),
    "one not detected, the other not tested": ((answered(B.presence, NOT_DETECTED),), review("no-data")),
    "antibodies against the vaccine say nothing": ((answered("10900-9", POSITIVE),), review("no-data")),
}


@pytest.mark.parametrize(("given", "expected"), BOTH.values(), ids=BOTH)
def test_both_viruses_count(check: Check, given: tuple[Resource, ...], expected: Expected) -> None:
    check("X05", Given(given), expected)
