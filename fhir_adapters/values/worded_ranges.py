"""Reference ranges that stand in words alone, as laboratories' messages often have them: `0-40 U/L`, `<40`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from trialsieve.fhir_adapters.elements.quantities import Amount, read_text
from trialsieve.fhir_adapters.elements.shapes import Json, objects
from trialsieve.fhir_adapters.values.recorded_numbers import perhaps_thousands
from trialsieve.rules.concept import Concept

_SIDES: Final = ("low", "high")
_BRACKETS: Final = re.compile(r"^\s*[(\[（【](.*)[)\]）】]\s*$")  # around all of it: "[0-40]"
_UCUM: Final = "http://unitsofmeasure.org"


def with_sides_in_words(element: Json, value: Amount, concept: Concept) -> Json:
    """The element with the sides of such ranges as quantities, where no range of it has any otherwise.

    Only what is nothing but a range of numbers, without a unit or with that of the `value`. Raises Malformed.
    """
    ranges = objects(element, "referenceRange")
    if any(side in item for item in ranges for side in _SIDES):
        return element
    return {**element, "referenceRange": [{**item, **_sides(item.get("text"), value, concept)} for item in ranges]}


def _sides(text: object, value: Amount, concept: Concept) -> Json:
    said = read_text(_BRACKETS.sub(r"\1", text)) if isinstance(text, str) else None
    if said is None or said.unit not in (None, value.unit, value.code):
        return {}
    if said.low == said.high or _leaves_out(said, value):
        return {}
    sides = {name: number for name, number in zip(_SIDES, (said.low, said.high), strict=True) if number is not None}
    if any(perhaps_thousands(replace(value, low=number, high=number), concept) for number in sides.values()):
        return {}
    return {name: _quantity(number, value) for name, number in sides.items()}


def _leaves_out(said: Amount, value: Amount) -> bool:
    """Whether the value is the very number at which `<` or `>` ends: it is outside, and yet no more than the limit."""
    return value.low == value.high and value.low in (said.low, said.high) and (said.low_open or said.high_open)


def _quantity(number: Decimal, value: Amount) -> Json:
    beside = {"unit": value.unit, "code": value.code, "system": _UCUM if value.code is not None else None}
    return {"value": number, **{name: word for name, word in beside.items() if word is not None}}
