"""Numbers as recorded: JSON numbers, numbers in strings, comparators, ranges; and their way to a concept's unit.

Everything is exact (Decimal) until the very end. What has no unit, or one that cannot be converted, is never guessed.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.engine.interval import NumberInterval
from trialsieve.fhir_adapters.elements.shapes import Json, Malformed, a_text, an_object
from trialsieve.rules import units
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.kept import Kept

_UCUM: Final = frozenset({"http://unitsofmeasure.org", "https://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"})
_SIGNS: Final = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "＜": "<", "＞": ">"}
_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_TEXT: Final = re.compile(
    rf"(?P<sign><=|>=|=<|=>|<|>|≤|≥|＜|＞)?\s*(?P<low>{_NUMBER})"
    rf"(?:\s*(?P<unit_low>%)?\s*(?P<between>--|[-‐‑–—−－~～]|to|至|bis)\s*(?P<high>{_NUMBER}))?"
    r"(?:\s*(?P<unit>(?!/[0-9])[^\s0-9.,;:<>=()+\-][^\s,;:<>=()]{0,23})"
    r"|(?:\s+|\s*[xX×]\s+)(?P<power>10(?:(?:[*^]|[eE])[0-9]{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[369]|12)/\S{1,12}))?"
)
_UNITLESS: Final = frozenset({"1", "{score}", "{class}"})
_GREATEST_EXPONENT: Final = 30  # a number beyond 10^30 or with more digits is a slip, not a measurement
_MOST_DIGITS: Final = 25
_NUMBERS: Final = (int, float, str, Decimal)
_REMEMBERED: Final = 1 << 12


class Amount(Struct, frozen=True, gc=False):
    """A number, or an interval of numbers, with its unit as recorded. None is open to infinity.

    `code` is a UCUM code, `unit` the words for people; either may be missing.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    unit: str | None = None
    code: str | None = None
    shown: str = ""

    @property
    def has_unit(self) -> bool:
        return self.unit is not None or self.code is not None

    def interval(self, plausible: tuple[Decimal, Decimal] | None = None) -> NumberInterval:
        """As floating point numbers, for the comparison with limits; an open side ends where what is plausible does."""
        low = -math.inf if self.low is None else float(self.low)
        if self.high is self.low and self.low is not None:
            return NumberInterval(low, low, self.low_open, self.high_open)
        high = math.inf if self.high is None else float(self.high)
        if plausible is not None:
            least, most = float(plausible[0]), float(plausible[1])
            if self.low is None and least < high:
                low = least
            if self.high is None and low < most:
                high = most
        return NumberInterval(low, high, self.low_open, self.high_open)


def number(value: Any, path: str) -> Decimal:
    """A JSON number, or one in a string, exactly as written. Raises Malformed for anything else."""
    if type(value) is float or type(value) is int:
        text = str(value)
        if len(text) <= _MOST_DIGITS and "e" not in text and "n" not in text:  # neither a power of ten, inf nor nan
            return Decimal(text)
    elif isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise Malformed(path, value, "a number")
    text = str(value)
    if "_" in text:  # Python's own way of grouping digits
        raise Malformed(path, value, "a number")
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise Malformed(path, value, "a number") from error
    if not usable(found, text):
        raise Malformed(path, value, "a number that can be measured (at most 25 digits, within 30 powers of ten)")
    return found


def usable(value: Decimal, written: str) -> bool:
    """Finite and of a size that arithmetic keeps exact."""
    if not value.is_finite() or (value and abs(value.adjusted()) > _GREATEST_EXPONENT):
        return False
    return len(written) <= _MOST_DIGITS or len(value.as_tuple().digits) <= _MOST_DIGITS


class Beside(Struct, frozen=True, gc=False):
    """What stands beside a number: its unit in words and as a UCUM code, its comparator; and its unit as shown."""

    unit: str | None
    code: str | None
    comparator: str | None
    shown: str


_known: Final[Kept[tuple[object, ...], Beside]] = Kept(_REMEMBERED)


def read_beside(value: Json) -> Beside:
    """What stands beside a Quantity's number. It recurs, and is kept where it is in words."""
    key = (value.get("unit"), value.get("code"), value.get("system"), value.get("comparator"))
    try:
        known = _known.get(key)
    except TypeError:  # something that is no word
        known = None
    if known is None:
        unit, code, system = a_text(value, "unit"), a_text(value, "code"), a_text(value, "system")
        is_ucum = system is not None and system.rstrip("/") in _UCUM
        if code is not None and not is_ucum:
            unit, code = unit or (code if system is None else None), None
        known = Beside(unit, code, a_text(value, "comparator"), f" {unit or code}" if unit or code else "")
        _known.keep(key, known)  # each is a word or absent, or it would have been refused
    return known


def read_quantity(value: Json, path: str) -> Amount | None:
    """A Quantity; None if it holds no number. Raises Malformed where it is not one, or its comparator is unknown."""
    if value.get("value") is None:
        return None
    amount = number(value["value"], f"{path}.value")
    beside = read_beside(value)
    shown = f"{beside.comparator or ''}{plain(amount)}{beside.shown}"
    if beside.comparator is None:
        return Amount(amount, amount, False, False, beside.unit, beside.code, shown)
    compared = _compared(beside.comparator, amount, f"{path}.comparator")
    return replace(compared, unit=beside.unit, code=beside.code, shown=shown)


def _compared(comparator: str | None, amount: Decimal, path: str) -> Amount:
    if comparator is None:
        return Amount(amount, amount)
    if comparator == "ad":  # "sufficient to achieve this total": says nothing of what was measured
        return Amount(None, None)
    if comparator in ("<", "<="):
        return Amount(None, amount, high_open=comparator == "<")
    if comparator in (">", ">="):
        return Amount(amount, None, low_open=comparator == ">")
    raise Malformed(path, comparator, "one of < <= > >= ad")


def read_range(value: Json, path: str) -> Amount | None:
    """A Range; None if it has no number. One side may be open. Raises Malformed if its sides do not fit together."""
    low_part, high_part = an_object(value, "low", f"{path}.low"), an_object(value, "high", f"{path}.high")
    low = None if low_part is None else read_quantity(low_part, f"{path}.low")
    high = None if high_part is None else read_quantity(high_part, f"{path}.high")
    if low is None and high is None:
        return None
    if low is not None and high is not None:
        if (low.unit, low.code) != (high.unit, high.code):
            raise Malformed(path, value, "a range with one unit")
        if low.low is not None and high.high is not None and low.low > high.high:
            raise Malformed(path, value, "a range from low to high")
    either = low or high
    assert either is not None
    shown = "-".join(part.shown for part in (low, high) if part)
    return Amount(
        low.low if low else None, high.high if high else None, unit=either.unit, code=either.code, shown=shown
    )


def read_text(text: str) -> Amount | None:
    """A number in words: `<0.01`, `>30 %`, `55-60 %`, `120 U/L`; None if it is not just that.

    A decimal comma is not read: `1,500` may be either.
    """
    said = " ".join(text.split()).removesuffix(".")
    match = _TEXT.fullmatch(said)
    if match is None:
        return None
    low = Decimal(match["low"])
    unit = match["unit"] or match["power"] or match["unit_low"]
    if match["unit_low"] is not None and unit != "%":
        return None
    if not usable(low, match["low"]):
        return None
    sign = match["sign"]
    if match["high"] is not None:
        high = Decimal(match["high"])
        if match["between"] == "--" and low < 0:
            high = -high  # "-5--3"; but "3.5--5.5" is a longer dash
        if sign is not None or not usable(high, match["high"]) or low > high:
            return None
        return Amount(low, high, unit=unit, shown=said)
    return replace(_compared(_SIGNS.get(sign, sign) if sign else None, low, "text"), unit=unit, shown=said)


def plain(value: Decimal) -> str:
    """As recorded, without an exponent where that is short."""
    text = str(value)
    if "E" not in text:
        return text
    written_out = format(value, "f")
    return written_out if len(written_out) <= 15 else text


def is_scale(concept: Concept) -> bool:
    """Whether the concept is a score or class, which has no unit to speak of."""
    return concept.unit in ("{score}", "{class}")


def to_canonical(amount: Amount, concept: Concept, codes: tuple[Code, ...] = ()) -> Amount | None:
    """The amount in the concept's unit; None where it has no unit, or one that cannot be converted to it.

    `codes` are those that the result was recorded with. Where the UCUM code and the words for people, or two codes,
    lead to different numbers, or the code is a unit of something else, none is believed.
    """
    if concept.unit is None:
        return None
    if is_scale(concept) and not amount.has_unit:
        return amount
    if amount.code == amount.unit and len(codes) < 2:  # one unit and one factor, which nothing else can contradict
        return None if amount.code is None else _converted(amount, amount.code, concept, codes[0] if codes else None)
    found = []
    for unit in (amount.code,) if amount.code == amount.unit else (amount.code, amount.unit):
        if unit is None:
            continue
        by_unit = [each for code in codes or (None,) if (each := _converted(amount, unit, concept, code)) is not None]
        if not by_unit and unit is amount.code and units.normalise(unit) is not None:
            return None  # a unit of something else, whatever the words beside it say
        found += by_unit
    if not found or any((each.low, each.high) != (found[0].low, found[0].high) for each in found[1:]):
        return None
    return found[0]


def factor_for_all(beside: Beside, concept: Concept, codes: tuple[Code, ...]) -> Decimal | None:
    """What `to_canonical` multiplies numbers with this unit by, if it is the same for all of them; None if it is not.

    A fraction is read up to 1 only: what holds for 1 and for 2 holds for every number.
    """
    found = [
        to_canonical(Amount(number, number, unit=beside.unit, code=beside.code), concept, codes)
        for number in (Decimal(1), Decimal(2))
    ]
    one, two = (None if amount is None else amount.low for amount in found)
    return one if one is not None and two == units.EXACT.multiply(one, Decimal(2)) else None


def scaled(value: Decimal, factor: Decimal, concept: Concept) -> NumberInterval | None:
    """A number in the concept's unit, for the comparison with limits; None where it is not plausible."""
    canonical = units.EXACT.multiply(value, factor)
    if concept.plausible is not None:
        least, most = concept.plausible
        if not least <= canonical <= most or (is_scale(concept) and not _is_whole(canonical)):
            return None
    known = float(canonical)
    return NumberInterval(known, known)


def _converted(amount: Amount, unit: str, concept: Concept, code: Code | None) -> Amount | None:
    if is_scale(concept) and units.normalise(unit) in _UNITLESS:
        return amount
    low = None if amount.low is None else units.convert(amount.low, unit, concept, code)
    high = low
    if amount.high is not amount.low:
        high = None if amount.high is None else units.convert(amount.high, unit, concept, code)
    if (low is None) != (amount.low is None) or (high is None) != (amount.high is None):
        return None
    if low is None and high is None and units.convert(Decimal(1), unit, concept, code) is None:
        return None
    return Amount(low, high, amount.low_open, amount.high_open, amount.unit, amount.code, amount.shown)


def plausible(amount: Amount, concept: Concept) -> bool:
    """Whether every known side of the amount (in the concept's unit) can be true of a living person.

    No score or class lies between two: whoever writes ECOG 2.5 has averaged, or mistyped.
    """
    if concept.plausible is None:
        return True
    least, most = concept.plausible
    low, high = amount.low, amount.high
    if is_scale(concept) and not all(side is None or _is_whole(side) for side in (low, high)):
        return False
    return (low is None or least <= low <= most) and (high is None or high is low or least <= high <= most)


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()
