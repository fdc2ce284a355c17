"""The number that a value stands for, wherever it is recorded: as such, as an answer's code, or in words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded, CodeReader
from trialsieve.fhir_adapters.elements.quantities import Amount, is_scale, plausible, read_text, to_canonical
from trialsieve.fhir_adapters.values.recorded_values import Recorded
from trialsieve.fhir_adapters.values.scores import read_score, scores_told
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Reason
from trialsieve.rules.words import words

_UNSPECIFIC, _UNUSABLE = Reason.UNSPECIFIC, Reason.UNUSABLE_DATA
_ROMAN: Final = frozenset("IVXⅠⅡⅢⅣⅤ")
_THOUSAND: Final = Decimal(1000)
_SEPARATED: Final = re.compile(r"\s*[:：=]\s*|\s+|(?<=[\u4e00-\u9fff])")  # nothing need stand after Chinese words


def number_of(recorded: Recorded, concept: Concept, reader: CodeReader) -> tuple[Amount | None, Reason]:
    """The number as recorded. Two places that disagree (a score and its interpretation or words) are unusable."""
    problem = _UNSPECIFIC
    if recorded.number is not None and recorded.answer is NOTHING and recorded.interpretation is NOTHING:
        return recorded.number, problem
    found = [] if recorded.number is None else [recorded.number]
    found += [*_answers(recorded.answer, concept, reader), *_answers(recorded.interpretation, concept, reader)]
    texts = recorded.answer.texts if recorded.text is None else (recorded.text,)
    in_words = [read_score(text, concept) if is_scale(concept) else _in_words(text, concept) for text in texts]
    found += [amount for amount in in_words if amount is not None]
    if not found and recorded.text is not None and _looks_like_a_number(recorded.text, scale=is_scale(concept)):
        problem = _UNUSABLE
    if not found:
        return None, problem
    if len(found) > 1 and not _agree(found):
        return None, _UNUSABLE
    if is_scale(concept) and any(_is_another(score, found[0]) for score in _told(recorded, concept)):
        return None, _UNUSABLE
    return found[0], problem


def _told(recorded: Recorded, concept: Concept) -> frozenset[int]:
    """The scores in the words beside it. One word of an interpretation (`Normal`) says nothing of the scale."""
    texts = [*recorded.answer.texts, *([] if recorded.text is None else [recorded.text])]
    texts += [text for text in recorded.interpretation.texts if len(words(text)) > 1 or not text.isalpha()]
    return frozenset[int]().union(*(scores_told(text, concept) for text in texts))


def _is_another(score: int, amount: Amount) -> bool:
    return not amount.low == amount.high == score


def _answers(element: Coded, concept: Concept, reader: CodeReader) -> list[Amount]:
    """The numbers that answer codes stand for (LOINC answers, SNOMED grade findings)."""
    if element is NOTHING:
        return []
    values = [code.value for code in reader.components(element, concept.id)]
    return [
        Amount(Decimal(value), Decimal(value), shown=str(value))
        for value in values
        if isinstance(value, int) and not isinstance(value, bool)
    ]


def _in_words(text: str, concept: Concept) -> Amount | None:
    amount = read_text(without_name(text, concept))
    return None if amount is None or perhaps_thousands(amount, concept) else amount


def perhaps_thousands(amount: Amount, concept: Concept) -> bool:
    """Whether a point may part thousands (`1.500 /uL` in German): three digits follow, and both may be true."""
    low, high = _thousandfold(amount.low), _thousandfold(amount.high)
    if (low, high) == (amount.low, amount.high):
        return False
    if concept.unit is None:
        return True
    other = to_canonical(replace(amount, low=low, high=high), concept)
    return other is not None and plausible(other, concept)


def _thousandfold(value: Decimal | None) -> Decimal | None:
    """What it is if its point parts thousands; itself where it cannot."""
    if value is None or not 1 <= abs(value) < _THOUSAND or value.as_tuple().exponent != -3:
        return value
    return value * _THOUSAND


def without_name(text: str, concept: Concept) -> str:
    """The text without a name of what is measured before it (`LVEF: 55 %`, `HIV nonreactive`), if one is there."""
    words = text.strip()
    for name in sorted(concept.number_names, key=len, reverse=True):
        if words[: len(name)].lower() == name and (number := _SEPARATED.match(words, len(name))):
            return words[number.end() :]
    return words


def _looks_like_a_number(text: str, *, scale: bool) -> bool:
    if any(sign.isdigit() for sign in text):
        return True
    return scale and any(word and not set(word) - _ROMAN for word in text.replace("-", " ").split())


def _agree(amounts: list[Amount]) -> bool:
    return len({(each.low, each.high, each.low_open, each.high_open) for each in amounts}) == 1
