"""Results that are positive or negative: coded, interpreted, in words, as a boolean, or as a number that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader, Coding
from trialsieve.fhir_adapters.elements.quantities import Amount
from trialsieve.rules.concept import Concept, Terminology
from trialsieve.rules.vocabulary import Reason, Result, Role

INTERPRETATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
# The same table under the addresses of other FHIR versions (STU3 and DSTU2 use HL7 v2's, which has the same codes).
_INTERPRETATIONS: Final = frozenset(
    {
        INTERPRETATION,
        "http://hl7.org/fhir/v3/ObservationInterpretation",
        "http://hl7.org/fhir/v2/0078",
        "http://terminology.hl7.org/CodeSystem/v2-0078",
        "urn:oid:2.16.840.1.113883.5.83",
    }
)
_ROLE_RESULTS: Final = {
    Role.DEFINITIVE: Result.POSITIVE,
    Role.NEGATES: Result.NEGATIVE,
    Role.SUPPORTING: Result.INDETERMINATE,
}
_YES_NO: Final = {"yes": Result.POSITIVE, "no": Result.NEGATIVE}
_INVERSE: Final = {Result.POSITIVE: Result.NEGATIVE, Result.NEGATIVE: Result.POSITIVE}
_BESIDE_A_NUMBER: Final = re.compile(r"[<>=≤≥]{0,2} ?[0-9][0-9.,]*\s*(?:\[?[A-Za-zµμ]+\]?/[A-Za-z]+|%)?")
# Words within a sentence beside an answer's code, that may contradict it.
_NO: Final = r"(?:not?|non|none|never|without|nicht|kein\w*|false|falsch|weak\w*)"
_YES_WORD: Final = r"(?:positive?|reactive|detected|present|nachgewiesen)"
_NO_WORD: Final = r"(?:negative?|nonreactive|undetect\w*|absent)"
_DENYING: Final = re.compile(rf"\b(?:{_NO}|gram)\b|假", re.IGNORECASE)
_DENIED: Final = re.compile(rf"\b(?:not|none|non|nicht)[ -]{_YES_WORD}\b", re.IGNORECASE)
_AFFIRMATIVE: Final = re.compile(rf"\b{_YES_WORD}\b|阳性", re.IGNORECASE)
_NEGATIVE: Final = re.compile(rf"\b{_NO_WORD}\b|阴性|未检出", re.IGNORECASE)
# A stain is no answer. What else denies an answer stands close before it ("nicht mehr positiv", "false negative").
_STAIN: Final = re.compile(r"\bgram[ -]?(?:positive?|negative?)\b", re.IGNORECASE)
_BARE_DENIAL: Final = re.compile(rf"\b{_NO}\b|假", re.IGNORECASE)
_TAKEN_BACK: Final = re.compile(
    rf"(?:\b{_NO}(?:[ -]\w+){{0,2}}?[ -]|假)(?:(?P<yes>\b{_YES_WORD}\b|阳性)|\b{_NO_WORD}\b|阴性)", re.IGNORECASE
)
_WEAKLY: Final = re.compile(rf"\bweak\w*[ -](?:{_YES_WORD}|{_NO_WORD})\b", re.IGNORECASE)
_EDGES: Final = " \t\n.,;:!*\"'"

Signals = set[Result]


class Answers:
    """What coded and written answers mean, by the loaded terminology."""

    def __init__(self, terminology: Terminology, reader: CodeReader) -> None:
        self._results: Mapping[tuple[str, str], Result] = terminology.results
        self._not_done = terminology.not_done
        self._not_done_texts = frozenset(map(_folded, terminology.not_done_texts))
        self._texts = {_folded(text): result for text, result in terminology.texts.items()}
        self._systems = frozenset(system for system, _ in terminology.results)
        self._reader = reader

    def of_text(self, text: str) -> Result | None:
        """A written answer, alone or beside a number (`<20, not detected`)."""
        found = self.of_words(text)
        if found is None and any(sign.isdigit() for sign in text):
            before, *after = _BESIDE_A_NUMBER.split(" ".join(text.split()).strip(_EDGES + "()"), maxsplit=1)
            if not (before and "".join(after)):  # within the words it belongs to them: "HIV 2 negative"
                found = self.of_words(f"{before} {' '.join(after)}".replace("(", " ").replace(")", " "))
        return found

    def of_words(self, text: str) -> Result | None:
        """A written answer and nothing else."""
        return self._texts.get(_folded(text))

    def says_not_done(self, text: str) -> bool:
        """Whether words say that the test was not done, and no more."""
        return _folded(text) in self._not_done_texts

    def of_coded(self, element: Coded, concept: str | None) -> tuple[Signals, bool]:
        """What a coded answer says, and whether it says that nothing was done.

        A code counts for more than words; words that contradict their code make the answer doubtful.
        """
        signals: Signals = set()
        not_done = False
        for coding in element.codings:
            key = self._key(coding)
            if key is None:
                continue
            not_done = not_done or key in self._not_done
            result = self._results.get(key)
            if result is not None:
                signals.add(result)
            if concept is not None:
                signals |= self._of_own_codes(coding, concept)
        understood = bool(signals) or not_done
        for text in element.texts if understood else self.free_texts(element):
            said = self.of_text(text)
            not_done = not_done or (not understood and self.says_not_done(text))
            if said is None and understood:
                said = says_outright(text)
            # What was not done is no result, whatever is said of it ("invalid").
            if said is not None and (signals or not understood or said in _INVERSE):
                signals.add(said)
        return signals, not_done

    def interpretation_codes(self, element: Coded) -> Iterable[str]:
        """The codes of HL7's table of interpretations, under whichever of its addresses."""
        keys = map(self._key, element.codings)
        return (key[1] for key in keys if key is not None and key[0] == INTERPRETATION)

    def _key(self, coding: Coding) -> tuple[str, str] | None:
        key = self._reader.canonical(coding)
        if key is not None and (key[0] in _INTERPRETATIONS or coding.system in _INTERPRETATIONS):
            return INTERPRETATION, key[1].upper()
        return key

    def _of_own_codes(self, coding: Coding, concept: str) -> Signals:
        found: Signals = set()
        for owner, code in self._reader.hits(coding):
            if owner != concept:
                continue
            if code.role is Role.COMPONENT and isinstance(code.value, str) and code.value.lower() in _YES_NO:
                found.add(_YES_NO[code.value.lower()])
            elif not code.observation and code.role in _ROLE_RESULTS:
                found.add(_ROLE_RESULTS[code.role])
        return found

    def free_texts(self, element: Coded) -> Iterable[str]:
        """The text, and the displays of codings in systems whose answers we do not know."""
        if element.text:
            yield element.text
        for coding in element.codings:
            key = self._key(coding)
            if coding.display and (key is None or key[0] not in self._systems):
                yield coding.display


@lru_cache(maxsize=4096)
def says_outright(text: str) -> Result | None:
    """What a sentence says outright (`HIV-1 antibody positive`); nothing where it may say the one or the other."""
    affirmed, denied = _AFFIRMATIVE.search(text) is not None, _NEGATIVE.search(text) is not None
    if affirmed and not denied and _DENYING.search(text) is None:
        return Result.POSITIVE
    if denied and not affirmed and _DENYING.search(text) is None:
        return Result.NEGATIVE
    if _DENIED.search(text) is not None and not denied and _AFFIRMATIVE.search(_DENIED.sub(" ", text)) is None:
        return Result.NEGATIVE
    return None


class Leaning(NamedTuple):
    """What words say of an answer: that it is positive, or negative, or one of them denied ("false negative"), or weak.

    `denies`: there is a word of denial at all.
    """

    positive: bool
    negative: bool
    not_positive: bool
    not_negative: bool
    denies: bool
    weakly: bool

    def against(self, result: Result) -> bool:
        """Whether that speaks against an answer that is positive, or negative; words of both do not."""
        if result is Result.POSITIVE:
            return not self.positive and (self.negative or (self.denies and not self.not_negative))
        if result is Result.NEGATIVE:
            doubted = self.weakly or self.not_negative or (self.positive and not self.not_positive)
            return not self.negative and doubted
        return False


@lru_cache(maxsize=4096)
def leaning(text: str) -> Leaning:
    """What a sentence beside an answer's code says of the answer, word by word."""
    text = _STAIN.sub(" ", text)
    taken_back = list(_TAKEN_BACK.finditer(text))
    rest = _TAKEN_BACK.sub(" ", text)
    return Leaning(
        positive=_AFFIRMATIVE.search(rest) is not None,
        negative=_NEGATIVE.search(rest) is not None,
        not_positive=any(found["yes"] for found in taken_back),
        not_negative=any(not found["yes"] for found in taken_back),
        denies=_BARE_DENIAL.search(text) is not None,
        weakly=_WEAKLY.search(text) is not None,
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip(_EDGES).split()).strip(_EDGES)


def inverted(result: Result | None) -> Result | None:
    """The result of asking for the opposite."""
    return None if result is None else _INVERSE.get(result, result)


def combined(signals: Signals) -> Result | None:
    """One result; signals that contradict each other are indeterminate."""
    if len(signals) > 1:
        return Result.INDETERMINATE
    return next(iter(signals), None)


def of_number(
    concept: Concept, amount: Amount | None, problem: Reason | None, ratio: Amount | None, ratio_problem: Reason | None
) -> tuple[Result | None, Reason]:
    """What a number alone says, by the concept's `number_means`. `ratio` is the multiple of the upper limit."""
    if concept.number_means == "detection":
        if amount is None:
            return None, problem or Reason.UNSPECIFIC
        if amount.low is not None and (amount.low > 0 or (amount.low == 0 and amount.low_open)):
            return Result.POSITIVE, Reason.UNSPECIFIC
        if amount.low == 0 and amount.high == 0:
            return Result.NEGATIVE, Reason.UNSPECIFIC
        return None, Reason.IMPRECISE
    if concept.number_means == "reference-range":
        if ratio is None:
            return None, ratio_problem or Reason.NO_REFERENCE_RANGE
        if ratio.low is not None and (ratio.low > 1 or (ratio.low == 1 and ratio.low_open)):
            return Result.POSITIVE, Reason.UNSPECIFIC
        if ratio.high is not None and ratio.high <= 1:
            return Result.NEGATIVE, Reason.UNSPECIFIC
        return None, Reason.IMPRECISE
    return None, Reason.UNSPECIFIC
