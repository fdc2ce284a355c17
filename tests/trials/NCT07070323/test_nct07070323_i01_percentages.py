"""1. CD5+: beside what the laboratory called it, a percentage that nobody calls so."""

from __future__ import annotations

import pytest
from bundles import SNOMED, Check, Expected, Given, ago, attestation, condition
from local_codes import CD5
from percentages import UNCALLED, Marker, percentages_beside

T_ALL = condition("277575008", SNOMED, onset=ago(400))
RELAPSE = condition("C91.02", onset=ago(60))
NO_OPTIONS = tuple(attestation(f"NCT07070323#I01.{atom}", True) for atom in ("a4", "a6", "a7"))


@pytest.mark.parametrize(("given", "expected"), percentages_beside("13845-3", CD5, T_ALL, RELAPSE, *NO_OPTIONS))
def test_a_newer_percentage_goes_to_a_person(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


def test_a_newer_percentage_of_stained_cells_goes_to_a_person(check: Check) -> None:
    called = Marker("13845-3").called()
    stained = Marker("29603-8").unread(method=None)
    check("I01", Given((T_ALL, RELAPSE, *NO_OPTIONS, called, stained)), UNCALLED)
