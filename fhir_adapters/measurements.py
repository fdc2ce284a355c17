"""The value of an Observation, or of one of its components, as one concept reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.fhir_adapters.codings import NOTHING, Coded, Reading, coded, coded_list
from trialsieve.fhir_adapters.qualitative import Signals, combined, inverted, of_number
from trialsieve.fhir_adapters.quantities import (
    Amount,
    is_scale,
    number,
    plain,
    plausible,
    read_quantity,
    read_range,
    read_text,
    to_canonical,
)
from trialsieve.fhir_adapters.reference_ranges import RangeLimit, Subject, range_limit
from trialsieve.fhir_adapters.scores import read_score
from trialsieve.fhir_adapters.shapes import Json, a_flag, a_text, an_object, choice, has_absent_reason, only_one
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Reason, Result, Role

# STU3 to R5. Those that are neither numbers nor answers are of another sort than any rule asks for.
VALUES: Final = choice(
    "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
    "valueSampledData", "valueTime", "valueDateTime", "valuePeriod", "valueAttachment", "valueReference",
)  # fmt: skip
# Looked up on an enum, each is a search of its own.
_NO_DATA, _UNSPECIFIC, _UNUSABLE = Reason.NO_DATA, Reason.UNSPECIFIC, Reason.UNUSABLE_DATA
_NO_RANGE, _UNIT = Reason.NO_REFERENCE_RANGE, Reason.UNIT
_NEGATES = Role.NEGATES
_ROMAN: Final = frozenset("IVXⅠⅡⅢⅣⅤ")


class Recorded(Struct, frozen=True, gc=False):
    """What the element says, before any concept reads it. `number` is a quantity, range or integer.

    `alone`: it says that number and nothing else.
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


class Measured(Struct, frozen=True, gc=False):
    """What a concept makes of it, in the terms of `engine.facts.Fact`."""

    value: Amount | None = None
    value_problem: Reason | None = None
    times_upper_limit: Amount | None = None
    limit_problem: Reason | None = None
    result: Result | None = None
    result_problem: Reason | None = None
    limit: RangeLimit | None = None
    times_lower_limit: Amount | None = None
    lower_limit_problem: Reason | None = None
    lower: RangeLimit | None = None


def read_element(element: Json) -> Recorded:
    """Reads value[x], interpretation and dataAbsentReason. Raises Malformed where they are not what FHIR says."""
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
        answer = coded(element, name)
        return Recorded(answer=answer, shown=answer.shown)
    if name == "valueString":
        text = a_text(element, name)
        return NOTHING_RECORDED if text is None else Recorded(text=text, shown=f"'{text[:120]}'")
    if name == "valueBoolean":
        flag = a_flag(element, name)
        return Recorded(flag=flag, shown="true" if flag else "false")
    return Recorded(other=True, shown=f"a {name.removeprefix('value')}")


def _in_number(amount: Amount | None) -> Recorded:
    return NOTHING_RECORDED if amount is None else Recorded(amount, shown=amount.shown, alone=True)


def _has_absent_reason(element: Json, name: str) -> bool:
    """Whether value[x] carries a reason for its absence; that of a primitive stands beside it (`_valueString`)."""
    value, beside = element[name], element.get(f"_{name}")
    return (isinstance(value, dict) and has_absent_reason(value)) or (
        isinstance(beside, dict) and has_absent_reason(beside)
    )


def qualitative_interpretation(element: Json) -> Coded:
    """All interpretations as one element; STU3 has at most one, not in a list."""
    parts = coded_list(element, "interpretation", single=True) if "interpretation" in element else ()
    if not parts:
        return NOTHING
    texts = [part.text for part in parts if part.text]
    return Coded(tuple(coding for part in parts for coding in part.codings), texts[0] if texts else None)


class Measurer(Struct, frozen=True, gc=False):
    """Reads elements for concepts. One for each resource."""

    terms: Terms
    subject: Subject

    def measure(self, element: Json, recorded: Recorded, reading: Reading, concept: Concept) -> Measured:
        """What the element says of the concept (`Terms.concept_of` the reading)."""
        if recorded.empty:
            return Measured(None, _NO_DATA, None, _NO_DATA, None, _NO_DATA)
        raw, raw_problem = self._number(recorded, concept)
        if recorded.absent and (recorded.number is not None or recorded.flag is not None or recorded.in_words):
            problem = _UNUSABLE  # a value and a reason for its absence
            return Measured(None, problem, None, problem, None, problem)
        value, problem = _canonical(raw, raw_problem, concept, reading)
        limit = lower = None
        if element.get("referenceRange") is not None:
            aged = self.terms.age_adjusted_ranges
            limit = range_limit(element, self.subject, age_adjusted=aged)
            lower = range_limit(element, self.subject, age_adjusted=aged, side="low")
        narrowed = (concept, reading)
        ratio, ratio_problem = lower_ratio, lower_problem = _times_limit(raw, value, problem, limit, narrowed)
        if lower is not limit:  # most often there is neither
            lower_ratio, lower_problem = _times_limit(raw, value, problem, lower, narrowed)
        signals, not_done = self._signals(recorded, reading)
        if not_done and not signals:
            return Measured(None, _NO_DATA, None, _NO_DATA, None, _NO_DATA)
        amount = raw if concept.unit is None else value
        said, result_problem = of_number(concept, amount, problem, ratio, ratio_problem)
        if raw is None:
            said, result_problem = None, _UNUSABLE if recorded.unread else problem
        if signals and inverted(said) in signals:  # "40 %, negative": neither counts
            value = ratio = lower_ratio = None
            problem = ratio_problem = lower_problem = Reason.CONFLICTING_DATA
        result = combined(signals | ({said} if said is not None else set()))
        if reading.role is _NEGATES:
            result = inverted(result)
        if problem is _UNUSABLE and recorded.text is not None and signals:
            problem = ratio_problem = _UNSPECIFIC  # words that were understood as an answer are no broken number
        elif raw is None and problem is _UNSPECIFIC and recorded.unread and not signals:
            problem = ratio_problem = _UNUSABLE  # a newer "severely reduced" must not yield to an old number
        return Measured(
            value,
            None if value is not None else problem,
            ratio,
            None if ratio is not None else ratio_problem,
            result,
            None if result is not None else result_problem,
            limit,
            lower_ratio,
            None if lower_ratio is not None else lower_problem if raw is not None else problem,
            lower,
        )

    def response(self, recorded: Recorded, reading: Reading) -> tuple[Measured, Reading]:
        """An Observation about the status of a disease: its value must be a code of this very concept."""
        concept = reading.concept
        unspecific = Measured(None, _UNSPECIFIC, None, _UNSPECIFIC, None, _UNSPECIFIC)
        if recorded.empty:
            unspecific = Measured(None, _NO_DATA, None, _NO_DATA, None, _NO_DATA)
        for said in self.terms.reader.read(recorded.answer):
            plain_codes = tuple(code for code in said.codes if not code.observation)
            if said.concept != concept or not plain_codes:
                continue
            result = _RESPONSES.get(said.role)
            if result is not None:
                measured = Measured(None, _UNSPECIFIC, None, _UNSPECIFIC, result, None)
                return measured, Reading(concept, Role.DEFINITIVE, plain_codes, reading.codings)
        return unspecific, Reading(concept, Role.DEFINITIVE, (), reading.codings)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _number(self, recorded: Recorded, concept: Concept) -> tuple[Amount | None, Reason]:
        """The number as recorded. Two places that disagree (a score and its interpretation) are unusable."""
        problem = _UNSPECIFIC
        if recorded.number is not None and recorded.answer is NOTHING and recorded.interpretation is NOTHING:
            return recorded.number, problem
        found = [] if recorded.number is None else [recorded.number]
        answers = [*self._answers(recorded.answer, concept), *self._answers(recorded.interpretation, concept)]
        found += answers
        text = recorded.text
        if text is None and recorded.answer is not NOTHING and not self._answers(recorded.answer, concept):
            text = recorded.answer.text
        if text is not None and not found:
            amount = read_score(text, concept) if is_scale(concept) else read_text(text)
            if amount is not None:
                found.append(amount)
            elif _looks_like_a_number(text, scale=is_scale(concept)) and recorded.text is not None:
                problem = _UNUSABLE
        if not found:
            return None, problem
        if len(found) > 1 and not _agree(found):
            return None, _UNUSABLE
        return found[0], problem

    def _answers(self, element: Coded, concept: Concept) -> list[Amount]:
        """The numbers that answer codes stand for (LOINC answers, SNOMED grade findings)."""
        if element is NOTHING:
            return []
        values = [code.value for code in self.terms.reader.components(element, concept.id)]
        return [
            Amount(Decimal(value), Decimal(value), shown=str(value))
            for value in values
            if isinstance(value, int) and not isinstance(value, bool)
        ]

    # --- results ------------------------------------------------------------------------------------------------------

    def _signals(self, recorded: Recorded, reading: Reading) -> tuple[Signals, bool]:
        answers = self.terms.answers
        signals: Signals = set()
        not_done = not_done_too = False
        if recorded.answer is not NOTHING:
            signals, not_done = answers.of_coded(recorded.answer, reading.concept)
        if recorded.interpretation is not NOTHING:
            more, not_done_too = answers.of_coded(recorded.interpretation, None)
            signals |= more
        if recorded.text is not None and (said := answers.of_text(recorded.text)) is not None:
            signals.add(said)
        if recorded.flag is not None:
            signals.add(Result.POSITIVE if recorded.flag else Result.NEGATIVE)
        return signals, not_done or not_done_too


def number_alone(recorded: Recorded, reading: Reading, concept: Concept) -> Measured:
    """What `measure` makes of a number with nothing beside it, neither answer nor range: of most results that is all.

    `recorded` is alone, and the reading definitive.
    """
    raw = recorded.number
    value, problem = _canonical(raw, _UNSPECIFIC, concept, reading)
    limit_problem = problem if value is None and concept.unit is not None else _NO_RANGE
    result: Result | None = None
    result_problem = _UNSPECIFIC
    if concept.number_means is not None:
        amount = raw if concept.unit is None else value
        result, result_problem = of_number(concept, amount, problem, None, limit_problem)
    return Measured(
        value,
        None if value is not None else problem,
        None,
        limit_problem,
        result,
        None if result is not None else result_problem,
        None,
        None,
        limit_problem,
    )


_RESPONSES: Final = {
    Role.DEFINITIVE: Result.POSITIVE,
    Role.STATUS: Result.POSITIVE,
    Role.SUPPORTING: Result.INDETERMINATE,
    Role.NEGATES: Result.NEGATIVE,
}


def _looks_like_a_number(text: str, *, scale: bool) -> bool:
    if any(sign.isdigit() for sign in text):
        return True
    return scale and any(word and not set(word) - _ROMAN for word in text.replace("-", " ").split())


def _agree(amounts: list[Amount]) -> bool:
    return len({(each.low, each.high, each.low_open, each.high_open) for each in amounts}) == 1


def _canonical(raw: Amount | None, problem: Reason, concept: Concept, reading: Reading) -> tuple[Amount | None, Reason]:
    if raw is None or concept.unit is None:
        return None, problem
    value = to_canonical(raw, concept, reading.codes)
    if value is None or not plausible(value, concept):
        return None, _UNIT
    return value, problem


def _times_limit(
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
    if (raw.unit, raw.code) == (bound.unit, bound.code):
        dividend, divisor = raw, bound.high
    else:
        converted = to_canonical(bound, concept, reading.codes)
        if converted is None or value is None:
            return None, _UNIT
        dividend, divisor = value, converted.high
    in_unit = None if concept.unit is None else to_canonical(bound, concept, reading.codes)
    if concept.unit is not None and (in_unit is None or not plausible(in_unit, concept)):
        return None, _UNIT
    if divisor is None or divisor <= 0:
        return None, _NO_RANGE
    low = None if dividend.low is None else dividend.low / divisor
    top = None if dividend.high is None else dividend.high / divisor
    return Amount(low, top, dividend.low_open, dividend.high_open), problem
