"""Rows for one atom: of two results the latest counts, whichever way it went, and one that is too old does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from bundles import Resource, ago, answered, observation, quantity
from results import limited

Maker = Callable[[Any, str], Resource]
"""A result of this value on this day."""


def measured(code: str, unit: str, **more: Any) -> Maker:
    return lambda value, on: observation(code, on=on, valueQuantity=quantity(value, unit), **more)


def times_limit(analyte: str) -> Maker:
    """So many times the upper limit of normal."""
    return lambda times, on: limited(analyte, times, limit=1, on=on)


def answer(code: str) -> Maker:
    return lambda value, on: answered(code, value, on=on)


def timelines(atoms: Mapping[tuple[str, str], tuple[Maker, Any, Any, int]]) -> list[Any]:
    """Rows of (criterion, atom, resources, expected), for each atom's maker, true value, false value and currency."""
    rows = []
    for (criterion, atom), (maker, true, false, days) in atoms.items():
        cases = {
            "it has become true": ((maker(false, ago(3)), maker(true, ago(1))), (True, ())),
            "it has become false": ((maker(true, ago(3)), maker(false, ago(1))), (False, ())),
            "it was true on the last day that counts": ((maker(true, ago(days)),), (True, ())),
            "it was true a day too long ago": ((maker(true, ago(days + 1)),), (None, ("stale",))),
        }
        rows += [
            pytest.param(criterion, atom, resources, expected, id=f"{criterion}.{atom} {name}")
            for name, (resources, expected) in cases.items()
        ]
    return rows
