"""Words beside an answer, positive or negative, that say another one, take it back or leave it open.

The text is what was meant; the codes stand for it (https://hl7.org/fhir/R4/datatypes.html#CodeableConcept).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.codes.recorded_words import (
    denies,
    is_of_a_relative,
    leaves_open,
    parts_that_name,
    says_lost,
)
from trialsieve.fhir_adapters.elements.qualitative import Answers, Signals, leaning, says_outright
from trialsieve.fhir_adapters.values.recorded_numbers import without_name
from trialsieve.fhir_adapters.values.recorded_values import Recorded
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Result
from trialsieve.rules.words import Phrases

_FIRST_PART: Final = re.compile(r"[,;:(]|\s[-–—]\s|\.\s")
_NOT_RULED_OUT: Final = re.compile(r"\bnot (?:rule|exclude)\w*(?: out)?\b", re.IGNORECASE)  # what laboratories add
# "Not quantifiable" beside detected.
_OF_ITS_NUMBER: Final = re.compile(
    r"\b(?:not|nicht|non)[ -](?:quantif|quantit|compar|validat|vergleich|validier)\w*", re.IGNORECASE
)
# An interpretation that says nothing of the answer, or that it is out of the ordinary, whatever it is.
_OF_THE_RANGE: Final = re.compile(
    r"\W*(?:none|n/?a|screening"
    r"|(?:not|nicht) (?:applicable|available|established|normal|flagged|previously reported|anwendbar)"
    r"|(?:no|kein\w*) (?:flags?|(?:reference|normal|referenz|norm)[ -]?(?:range|interval|value|bereich|wert)\w*)"
    r"(?: (?:available|established|given|provided|angegeben|vorhanden))?)\W*",
    re.IGNORECASE,
)
_SIGNS: Final = {Result.POSITIVE: "-−–", Result.NEGATIVE: "+＋"}
"""What stands right after a name and says the other answer: `CD7-` beside positive."""


def words_against_answer(recorded: Recorded, signals: Signals, concept: Concept, answers: Answers) -> str | None:
    """The words of a value or its interpretation that speak against what their codes say of a concept."""
    if signals not in ({Result.POSITIVE}, {Result.NEGATIVE}):
        return None
    (result,) = signals
    texts = (
        *recorded.answer.texts,
        *(text for text in recorded.interpretation.texts if _OF_THE_RANGE.fullmatch(text) is None),
        *(() if recorded.text is None else (recorded.text,)),
    )
    return next((text for text in texts if _speak_against(text, result, concept, answers)), None)


def _speak_against(text: str, result: Result, concept: Concept, answers: Answers) -> bool:
    said = answers.of_text(text) or answers.of_words(without_name(text, concept))
    if said is not None:
        return said is not result
    named = tuple(sorted({concept.label, *concept.terms, *concept.number_names}))
    answered = answers.of_words(_FIRST_PART.split(text, maxsplit=1)[0]) is result
    return _sentence_against(text, result, named, answered=answered)


@lru_cache(maxsize=4096)
def _sentence_against(text: str, result: Result, named: tuple[str, ...], *, answered: bool) -> bool:
    """Where it names what was tested, the parts that do so tell; what else it denies is another thing.

    `answered`: it begins with the same answer ("Yes, no GvHD"). What follows a negative one is mostly what laboratories
    add to each ("if infection is suspected, repeat"): of that, only what takes the answer back counts.
    """
    text, names = _OF_ITS_NUMBER.sub(" ", text), _phrases(named)
    naming = parts_that_name(text, names)
    part, said = naming or text, leaning(naming or text)
    if answered and not naming:
        if result is Result.NEGATIVE:
            doubted = said.not_negative or leaves_open(_FIRST_PART.split(text, maxsplit=1)[0])
        else:
            doubted = leaves_open(_NOT_RULED_OUT.sub(" ", text))
        return doubted or is_of_a_relative(text)
    if is_of_a_relative(text) or said.against(result) or _signs(named, _SIGNS[result]).search(part) is not None:
        return True
    if says_outright(text) not in (None, result):
        return True
    if result is Result.NEGATIVE:  # "HIV infection unlikely" says no more than the code
        return said.negative and leaves_open(_NOT_RULED_OUT.sub(" ", part))
    return leaves_open(part) or says_lost(part, names) or (denies(part) and not said.positive and not said.not_negative)


@lru_cache(maxsize=1024)
def _phrases(names: tuple[str, ...]) -> Phrases:
    return Phrases(names)


@lru_cache(maxsize=1024)
def _signs(names: tuple[str, ...], signs: str) -> re.Pattern[str]:
    """One of the names, and right after it a sign: `CD7-`, `CD7 (-)`; not `CD7-positive`, or `CD7 - positive`."""
    any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    sign = f"[{re.escape(signs)}]"
    return re.compile(
        rf"(?<!\w)(?:{any_name})(?:{sign}(?![\w{sign[1:-1]}])|\s?[(（]{sign}[)）]|\s{sign}\s*$)", re.IGNORECASE
    )
