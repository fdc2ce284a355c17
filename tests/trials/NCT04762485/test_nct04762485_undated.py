"""An undated result never decides and never outranks a dated one; that it was set aside is told."""

from __future__ import annotations

import pytest
from bundles import LOINC, NEGATIVE, POSITIVE, Given, Resource, Screen, ago, answered, cd7, coded, observation
from results import nyha

HBSAG, HBV_DNA = "5196-1", "42595-9"
TOLD = "has no date, so it does not count beside dated results; look when it is of"


@pytest.mark.parametrize(
    ("name", "resources", "told"),
    [
        ("NYHA III beside NYHA I", (nyha("LA28404-4", on=ago(5)), nyha("LA28406-9", on=None)), True),
        ("NYHA III alone", (nyha("LA28406-9", on=None),), False),
        ("NYHA III beside one of a day to come", (nyha("LA28404-4", on=ago(-5)), nyha("LA28406-9", on=None)), False),
        ("HBsAg", (answered(HBSAG, NEGATIVE, on=ago(9)), answered(HBSAG, POSITIVE, on=None)), True),
        ("CD7", (cd7(85), cd7(20, on=None)), True),
        ("nothing in it", (cd7(85), observation("13846-1", on=None, dataAbsentReason=coded(LOINC, None, "x"))), False),
        ("a result that no rule of the trial asks for", (observation("8302-2", on=None, valueInteger=170),), False),
    ],
)
def test_an_undated_result_is_told(screen: Screen, name: str, resources: tuple[Resource, ...], told: bool) -> None:
    answer = screen(Given(resources))
    cautions = [caution for caution in answer.result.cautions if TOLD in caution]
    assert bool(cautions) is told, name
    if told:
        (caution,) = cautions
        assert "undated (Observation/r2)" in caution
