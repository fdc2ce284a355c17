"""Flags of an interpretation (high, low, normal) held against the number and the reference range beside them."""

from __future__ import annotations

from enum import Enum
from typing import Final

from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded
from trialsieve.fhir_adapters.elements.qualitative import Answers
from trialsieve.fhir_adapters.elements.quantities import Amount


class Flag(Enum):
    """Where the laboratory says that the number lies, by its own reference range."""

    HIGH = "high"
    LOW = "low"
    NORMAL = "normal"


# http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation: those that it defines by the reference range of a
# number. Not A and AA, which it defines by any expected norm: they are given to what only changed, too.
_FLAGS: Final = {
    **dict.fromkeys(("H", "HH", "HU"), Flag.HIGH),
    **dict.fromkeys(("L", "LL", "LU"), Flag.LOW),
    "N": Flag.NORMAL,
}


def flag_against(
    interpretation: Coded, answers: Answers, of_upper: Amount | None, of_lower: Amount | None
) -> Flag | None:
    """A flag that the number contradicts; None too where no range tells. What lies on a limit contradicts nothing.

    `of_upper`, `of_lower`: the number as a multiple of either limit of its own range.
    """
    if interpretation is NOTHING or (of_upper is None and of_lower is None):
        return None
    above, below_upper = _beyond(of_upper), _short_of(of_upper)
    above_lower, below = _beyond(of_lower), _short_of(of_lower)
    contradicted = {
        Flag.HIGH: below_upper or below,
        Flag.LOW: above_lower or above,
        Flag.NORMAL: above or below,
    }
    flags = (_FLAGS.get(code) for code in answers.interpretation_codes(interpretation))
    return next((flag for flag in flags if flag is not None and contradicted[flag]), None)


def _beyond(multiple: Amount | None) -> bool:
    return (
        multiple is not None
        and multiple.low is not None
        and (multiple.low > 1 or (multiple.low == 1 and multiple.low_open))
    )


def _short_of(multiple: Amount | None) -> bool:
    return (
        multiple is not None
        and multiple.high is not None
        and (multiple.high < 1 or (multiple.high == 1 and multiple.high_open))
    )
