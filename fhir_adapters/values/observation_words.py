"""What a fact of an Observation says, in the record's own words."""

from __future__ import annotations

from typing import Final

from trialsieve.fhir_adapters.elements.codings import NOTHING
from trialsieve.fhir_adapters.values.measurements import Measured
from trialsieve.fhir_adapters.values.recorded_values import Recorded
from trialsieve.rules.vocabulary import Reason

_NO_DATA: Final = Reason.NO_DATA
_SHOWN: Final = 80


def words_of(label: str, recorded: Recorded, measured: Measured) -> str:
    """The label, the value, and what stands beside it."""
    value = recorded.shown or "no value"
    if measured.result is not None and recorded.answer.codings and not recorded.answer.texts:
        value = f"{measured.result.value} (code {value})"  # nobody knows a code by its number
    if recorded.number is None:
        label = _without(value, label)
    words = f"{label} {value}"
    if recorded.interpretation is not NOTHING and recorded.interpretation.shown not in ("", value):
        words += f", interpreted as {recorded.interpretation.shown}"
    if measured.against is not None and measured.against[:_SHOWN] not in words:
        words += f", beside the words '{measured.against[:_SHOWN]}'"
    if (measured.lower or measured.upper) is not None and measured.value_problem is not _NO_DATA:
        limits = (("lower", measured.lower), ("upper", measured.upper))
        named = [f"{side} limit {limit.amount.shown}" for side, limit in limits if limit is not None]
        words += f" ({', '.join(named)})"
    return words


def _without(value: str, label: str) -> str:
    """A label without its last word where the value begins with that: NYHA class, Class II."""
    rest, _, last = label.rpartition(" ")
    return rest if rest and value.casefold().startswith(f"{last.casefold()} ") else label
