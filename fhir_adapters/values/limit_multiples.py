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
    if (raw.unit, raw.code) == (bound.unit, bound.code):
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
