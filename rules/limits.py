"""Limits as they are written to limits in the unit that facts of the concept have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trialsieve.rules.atom import Limits
from trialsieve.rules.concept import Concept
from trialsieve.rules.grammar import Bounds, UnitBounds
from trialsieve.rules.units import factor_to, is_ucum

_MICRO = str.maketrans("μµ", "uu")  # two signs for micro, which registries write; UCUM has a letter


class UnitMismatchError(Exception):
    """A unit that does not fit the concepts; `hint` says which would."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def limits_of(bounds: Bounds, unit: str, factor: Decimal = Decimal(1)) -> Limits:
    """The bounds as limits in `unit`, each number times `factor`."""
    return Limits(
        low=None if bounds.low is None else bounds.low * factor,
        low_open=bounds.above is not None,
        high=None if bounds.high is None else bounds.high * factor,
        high_open=bounds.below is not None,
        unit=unit,
    )


def canonical_limits(bounds: UnitBounds, concepts: Sequence[Concept]) -> Limits:
    """Limits in the canonical unit of the concepts, where facts have their values. Raises UnitMismatchError."""
    units = {concept.unit for concept in concepts}
    if len(units) > 1:
        listed = ", ".join(f"{concept.id}: {concept.unit or 'none'}" for concept in concepts)
        raise UnitMismatchError(f"these concepts have different units ({listed})", "write one atom for each")
    unit = next(iter(units), bounds.unit)
    if unit is None:
        raise UnitMismatchError(f"{concepts[0].id} has no unit, so it cannot be compared with a number")
    factors = {factor_to_canonical(bounds.unit, concept) for concept in concepts}
    if len(factors) > 1:
        raise UnitMismatchError(f"'{bounds.unit}' converts differently for these concepts", "write one atom for each")
    factor = next(iter(factors), Decimal(1))
    limits = limits_of(bounds, unit, factor)
    return limits if factor == 1 else replace(limits, written=limits_of(bounds, bounds.unit))


def factor_to_canonical(unit: str, concept: Concept) -> Decimal:
    """What makes a value in this unit one in the concept's own. Raises UnitMismatchError where that is a guess."""
    if not is_ucum(unit):
        hint = f"{concept.id} is measured in '{concept.unit}'"
        if is_ucum(unit.translate(_MICRO)):
            hint = f"write '{unit.translate(_MICRO)}'"
        raise UnitMismatchError(f"'{unit}' is not a UCUM unit", hint)
    factor = factor_to(unit, concept)
    if factor is None:
        raise UnitMismatchError(
            f"'{unit}' cannot be converted to the unit of {concept.id}", f"that is '{concept.unit}'"
        )
    return factor
