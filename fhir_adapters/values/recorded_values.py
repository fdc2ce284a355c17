"""The value of an Observation, or of one of its components, as it is recorded, before any concept reads it."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded, Coding, coded, coded_list
from trialsieve.fhir_adapters.elements.quantities import Amount, number, plain, read_quantity, read_range
from trialsieve.fhir_adapters.elements.shapes import (
    Json,
    a_flag,
    a_text,
    an_object,
    choice,
    has_absent_reason,
    only_one,
)
from trialsieve.rules.kept import Kept

# STU3 to R5. Those that are neither numbers nor answers are of another sort than any rule asks for.
VALUES: Final = choice(
    "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
    "valueSampledData", "valueTime", "valueDateTime", "valuePeriod", "valueAttachment", "valueReference",
)  # fmt: skip
_REMEMBERED: Final = 1 << 12


class Recorded(Struct, frozen=True, gc=False):
    """What the element says, before any concept reads it. `number` is a quantity, range or integer.

    `alone`: it says that answer and nothing else. Equal ones that do are one object mostly.
    """

    number: Amount | None = None
    answer: Coded = NOTHING
    text: str | None = None
    flag: bool | None = None
    other: bool = False
    interpretation: Coded = NOTHING
    absent: bool = False
    shown: str = ""
    alone: bool = False

    @property
    def empty(self) -> bool:
        """No value at all: neither a value[x] nor an interpretation."""
        return (
            self.number is None
            and self.text is None
            and self.flag is None
            and not (self.other or self.answer.codings or self.answer.text)
            and not (self.interpretation.codings or self.interpretation.text)
        )

    @property
    def in_words(self) -> bool:
        """An answer in a code or in words."""
        return self.text is not None or bool(self.answer.codings or self.answer.text)

    @property
    def unread(self) -> bool:
        """Something that may say anything, the contrary of an older result that is understood included."""
        return self.other or self.in_words


NOTHING_RECORDED: Final = Recorded()


def read_element(element: Json) -> Recorded:
    """Reads value[x], interpretation and dataAbsentReason. Raises Unusable where they are not what FHIR says."""
    name = only_one(element, VALUES)
    interpretation = qualitative_interpretation(element)
    absent = bool(element.get("dataAbsentReason")) or (name is not None and _has_absent_reason(element, name))
    recorded = Recorded(shown=interpretation.shown) if name is None else _value(element, name)
    if absent or interpretation is not NOTHING:
        return replace(recorded, interpretation=interpretation, absent=absent, alone=False)
    return recorded


def _value(element: Json, name: str) -> Recorded:
    """value[x] alone."""
    if name == "valueQuantity":
        part = an_object(element, name)
        return _in_number(None if part is None else read_quantity(part, name))
    if name == "valueRange":
        part = an_object(element, name)
        return _in_number(None if part is None else read_range(part, name))
    if name == "valueInteger":
        whole = number(element[name], name)
        return Recorded(number=Amount(whole, whole, shown=plain(whole)), shown=plain(whole))
    if name == "valueCodeableConcept":
        return _answer(coded(element, name))
    if name == "valueString":
        text = a_text(element, name)
        return NOTHING_RECORDED if text is None else Recorded(text=text, shown=f"'{text[:120]}'")
    if name == "valueBoolean":
        flag = a_flag(element, name)
        return Recorded(flag=flag, shown="true" if flag else "false")
    return Recorded(other=True, shown=f"a {name.removeprefix('value')}")


# By identity, since equal answers are one object mostly; each is held, so that its identity stays its own.
_answers: Final[Kept[int, Recorded]] = Kept(_REMEMBERED)


def _answer(answer: Coded) -> Recorded:
    known = _answers.get(id(answer))
    if known is None:
        known = Recorded(answer=answer, shown=answer.shown, alone=True)
        _answers.keep(id(answer), known)
    return known


def _in_number(amount: Amount | None) -> Recorded:
    return NOTHING_RECORDED if amount is None else Recorded(amount, shown=amount.shown)


def _has_absent_reason(element: Json, name: str) -> bool:
    """Whether value[x] carries a reason for its absence; that of a primitive stands beside it (`_valueString`)."""
    value, beside = element[name], element.get(f"_{name}")
    return (isinstance(value, dict) and has_absent_reason(value)) or (
        isinstance(beside, dict) and has_absent_reason(beside)
    )


def qualitative_interpretation(element: Json) -> Coded:
    """All interpretations as one element; STU3 has at most one, not in a list."""
    parts = coded_list(element, "interpretation") if "interpretation" in element else ()
    if not parts:
        return NOTHING
    texts = [part.text for part in parts if part.text]
    codings = (coding for part in parts for coding in part.codings)
    further = (Coding(None, None, text) for text in texts[1:])  # an element has one text
    return Coded((*codings, *further), texts[0] if texts else None)
