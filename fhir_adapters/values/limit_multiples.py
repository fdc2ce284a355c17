"""A number as a multiple of a limit of its own reference range."""

from __future__ import annotations

from trialsieve.fhir_adapters.elements.codings import Reading
from trialsieve.fhir_adapters.elements.quantities import Amount, plausible, to_canonical
from trialsieve.fhir_adapters.values.reference_ranges import RangeLimit
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Reason

_NO_RANGE, _UNIT = Reason.NO_REFERENCE_RANGE, Reason.UNIT


def multiple_of(
    raw: Amount | None,
    value: Amount | None,
    problem: Reason,
    limit: RangeLimit | None,
    narrowed: tuple[Concept, Reading],
) -> tuple[Amount | None, Reason]:
    """The multiple of the limit: exact division, of numbers in the same unit."""
    concept, reading = narrowed
    if raw is None or (value is None and concept.unit is not None):
        return None, problem
    if limit is None:
        return None, _NO_RANGE
    bound = limit.amount
    in_unit = to_canonical(bound, concept, reading.codes)
    if concept.unit is not None and (in_unit is None or not plausible(in_unit, concept)):
        return None, _UNIT
    if _same_unit(raw, bound):
        dividend, divisor = raw, bound.high
    elif in_unit is None or value is None:
        return None, _UNIT
    else:
        dividend, divisor = value, in_unit.high
    if divisor is None or divisor <= 0:
        return None, _NO_RANGE
    low = None if dividend.low is None else dividend.low / divisor
    top = None if dividend.high is None else dividend.high / divisor
    return Amount(low, top, dividend.low_open, dividend.high_open), problem


def _same_unit(one: Amount, other: Amount) -> bool:
    """Whether both have no unit, or the same: servers give the code of the value's, and not that of the limit's."""
    pairs = ((one.unit, other.unit), (one.code, other.code))
    stated = [pair for pair in pairs if None not in pair]
    return all(mine == its for mine, its in stated) and (bool(stated) or not (one.has_unit or other.has_unit))
