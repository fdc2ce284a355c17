"""What one concept makes of the value of an Observation, or of one of its components."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from trialsieve.fhir_adapters.codes.doubting_words import words_against_state
from trialsieve.fhir_adapters.codes.recorded_words import loses_a_state
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import NOTHING, Reading
from trialsieve.fhir_adapters.elements.qualitative import Signals, combined, inverted, of_number
from trialsieve.fhir_adapters.elements.quantities import Amount, plausible, to_canonical
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.values.answer_words import words_against_answer
from trialsieve.fhir_adapters.values.flags import flag_against
from trialsieve.fhir_adapters.values.limit_multiples import multiple_of
from trialsieve.fhir_adapters.values.recorded_numbers import number_of, without_name
from trialsieve.fhir_adapters.values.recorded_values import Recorded
from trialsieve.fhir_adapters.values.reference_ranges import RangeLimit, Subject, range_limit, sides_cross
from trialsieve.fhir_adapters.values.worded_ranges import with_sides_in_words
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Reason, Result, Role

# Looked up on an enum, each is a search of its own.
_NO_DATA, _UNSPECIFIC, _UNUSABLE, _UNIT = Reason.NO_DATA, Reason.UNSPECIFIC, Reason.UNUSABLE_DATA, Reason.UNIT
_NEGATES: Final = Role.NEGATES
_RESPONSES: Final = {
    Role.DEFINITIVE: Result.POSITIVE,
    Role.STATUS: Result.POSITIVE,
    Role.SUPPORTING: Result.INDETERMINATE,
    Role.NEGATES: Result.NEGATIVE,
}


class Measured(Struct, frozen=True, gc=False):
    """What a concept makes of it, in the terms of `engine.facts.Fact`."""

    value: Amount | None = None
    value_problem: Reason | None = None
    times_upper_limit: Amount | None = None
    limit_problem: Reason | None = None
    result: Result | None = None
    result_problem: Reason | None = None
    upper: RangeLimit | None = None
    times_lower_limit: Amount | None = None
    lower_limit_problem: Reason | None = None
    lower: RangeLimit | None = None
    against: str | None = None
    """Words beside the answer that speak against it."""


class Measurer(Struct, frozen=True, gc=False):
    """Reads elements for concepts. One for each resource."""

    terms: Terms
    subject: Subject

    def measure(self, element: Json, recorded: Recorded, reading: Reading, concept: Concept) -> Measured:
        """What the element says of the concept (`Terms.concept_of` the reading)."""
        if recorded.empty:
            return _nothing(_NO_DATA)
        raw, raw_problem = number_of(recorded, concept, self.terms.reader)
        if recorded.absent and (recorded.number is not None or recorded.flag is not None or recorded.in_words):
            return _nothing(_UNUSABLE)  # a value and a reason for its absence
        value, problem = _canonical(raw, raw_problem, concept, reading)
        lower, upper = self._limits(element, raw, concept)
        narrowed = (concept, reading)
        ratio, ratio_problem = lower_ratio, lower_problem = multiple_of(raw, value, problem, upper, narrowed)
        if lower is not upper:  # most often there is neither
            lower_ratio, lower_problem = multiple_of(raw, value, problem, lower, narrowed)
        signals, not_done = self._signals(recorded, concept)
        if not_done and not signals:
            return _nothing(_NO_DATA if recorded.number is None else _UNUSABLE)  # a number of a clotted specimen
        amount = raw if concept.unit is None else value
        said, result_problem = of_number(concept, amount, problem, ratio, ratio_problem)
        if raw is None:
            said, result_problem = None, _UNUSABLE if recorded.unread else problem
        elif said is None and _is_nothing(raw) and Result.POSITIVE in signals:
            said = Result.NEGATIVE  # nothing was found of what is called positive
        if signals and inverted(said) in signals:  # "40 %, negative": neither counts
            value = ratio = lower_ratio = None
            problem = ratio_problem = lower_problem = Reason.CONFLICTING_DATA
        flag = flag_against(recorded.interpretation, self.terms.answers, ratio, lower_ratio)
        if flag is not None:  # "20 U/L, critically high", of a range up to 40: one of the three is wrong
            value = ratio = lower_ratio = said = None
            problem = ratio_problem = lower_problem = result_problem = Reason.CONFLICTING_DATA
        against = words_against_answer(recorded, signals, concept, self.terms.answers)
        if against is not None:
            signals = signals | {Result.INDETERMINATE}
            if raw is None:  # no number, but it may speak against an older one
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
            upper,
            lower_ratio,
            None if lower_ratio is not None else lower_problem if raw is not None else problem,
            lower,
            against,
        )

    def _limits(
        self, element: Json, raw: Amount | None, concept: Concept
    ) -> tuple[RangeLimit | None, RangeLimit | None]:
        """The lower and the upper limit of its own reference range."""
        if element.get("referenceRange") is None:
            return None, None
        aged = self.terms.age_adjusted_ranges
        # Not where the number alone is an answer: such words may say what the assay can measure at all.
        ranged = element if raw is None or concept.number_means else with_sides_in_words(element, raw, concept)
        upper = range_limit(ranged, self.subject, age_adjusted=aged)
        lower = range_limit(ranged, self.subject, age_adjusted=aged, side="low")
        if lower is not None and upper is not None and sides_cross(lower.amount, upper.amount):
            return None, None  # of two ranges, one for each side
        return lower, upper

    def response(self, recorded: Recorded, reading: Reading) -> tuple[Measured, Reading] | None:
        """An Observation about the status of a disease: its value must be a code of this very concept.

        None where the value is known to be another status: a remission is no word on relapse.
        """
        concept = reading.concept
        if recorded.absent and recorded.in_words:
            return _nothing(_UNUSABLE), Reading(concept, Role.DEFINITIVE, (), reading.codings)
        for said in self.terms.reader.read(recorded.answer):
            plain_codes = tuple(code for code in said.codes if not code.observation)
            if said.concept != concept or not plain_codes:
                continue
            result = _RESPONSES.get(said.role)
            if result is not None:
                against = self._against_state(recorded, concept)
                if against is not None:
                    result = Result.INDETERMINATE
                measured = Measured(None, _UNSPECIFIC, None, _UNSPECIFIC, result, None, against=against)
                return measured, Reading(concept, Role.DEFINITIVE, plain_codes, reading.codings)
        if self._is_another_state(recorded, concept):
            return None
        unknown = _nothing(_NO_DATA if recorded.empty else _UNSPECIFIC)
        return unknown, Reading(concept, Role.DEFINITIVE, (), reading.codings)

    def _against_state(self, recorded: Recorded, state: str) -> str | None:
        """Words, codes or an interpretation beside a state that leave it in doubt."""
        found = words_against_state(recorded.answer, self.terms.concepts[state], self.terms)
        if found is None and recorded.interpretation is not NOTHING:
            signals, _ = self.terms.answers.of_coded(recorded.interpretation, None)
            found = recorded.interpretation.shown if signals - {Result.POSITIVE} else None
        return found

    def _is_another_state(self, recorded: Recorded, concept: str) -> bool:
        index, states = self.terms.index, self.terms.states - {concept}
        hits = self.terms.every_hit(recorded.answer)
        texts = [text for text in (*recorded.answer.texts, recorded.text or "") if not loses_a_state(text)]
        words = frozenset[str]().union(*map(index.names, texts))
        if concept in words:
            return False
        excluding = {name for name, found in hits if found.role is Role.EXCLUDE}
        return concept in excluding or not states.isdisjoint({name for name, _ in hits} - excluding | words)

    def _signals(self, recorded: Recorded, concept: Concept) -> tuple[Signals, bool]:
        answers = self.terms.answers
        signals: Signals = set()
        not_done = not_done_too = False
        if recorded.answer is not NOTHING:
            signals, not_done = answers.of_coded(recorded.answer, concept.id)
        if recorded.text is not None:
            if (said := answers.of_text(recorded.text)) is not None:
                signals.add(said)
            not_done = not_done or answers.says_not_done(recorded.text)
        if not signals and not not_done:
            signals = self._after_its_name(recorded, concept)
        if recorded.interpretation is not NOTHING:
            more, not_done_too = answers.of_coded(recorded.interpretation, None)
            signals |= more
        if recorded.flag is not None:
            signals.add(Result.POSITIVE if recorded.flag else Result.NEGATIVE)
        return signals, not_done or not_done_too

    def _after_its_name(self, recorded: Recorded, concept: Concept) -> Signals:
        """An answer in words that has a name of what was tested before it (`HCV RNA not detected`)."""
        answers = self.terms.answers
        texts = answers.free_texts(recorded.answer) if recorded.text is None else (recorded.text,)
        said = (answers.of_words(without_name(text, concept)) for text in texts)
        return {result for result in said if result is not None}


def _is_nothing(amount: Amount) -> bool:
    """Whether it is 0, or no more than that."""
    return amount.high == 0 and amount.low in (None, 0)


def _nothing(problem: Reason) -> Measured:
    return Measured(value_problem=problem, limit_problem=problem, result_problem=problem)


def _canonical(raw: Amount | None, problem: Reason, concept: Concept, reading: Reading) -> tuple[Amount | None, Reason]:
    if raw is None or concept.unit is None:
        return None, problem
    value = to_canonical(raw, concept, reading.codes)
    if value is None or not plausible(value, concept):
        return None, _UNIT
    return value, problem
