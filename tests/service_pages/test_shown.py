"""How a result is shown to people: its reasons in words, and whether a person answered."""

from __future__ import annotations

import pytest
from charts import AS_OF, Given, ago, attestation, chart, number
from invented_rules import atom, book, criterion, measured, recorded

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.vocabulary import CriterionKind, Reason, Sex
from trialsieve.service.text.shown import is_answered, shown_reasons

PART = "this part of the record was not retrieved"
UNREADABLE = "a resource that bears on it cannot be read"


@pytest.mark.parametrize(
    ("reasons", "words", "codes"),
    [
        ("no-data", ["nothing on record"], ["no-data"]),
        ("unusable-data", [UNREADABLE], ["unusable-data"]),
        ("no-data unusable-data", ["nothing on record", UNREADABLE], ["no-data", "unusable-data"]),
        ("no-data not-retrieved unusable-data", [PART], ["not-retrieved no-data unusable-data"]),
        ("judgement not-retrieved", ["a person has to judge it", PART], ["judgement", "not-retrieved"]),
    ],
)
def test_what_was_not_retrieved_is_said_once(reasons: str, words: list[str], codes: list[str]) -> None:
    found = shown_reasons(map(Reason, reasons.split()))
    assert [one.words for one in found] == words
    assert [" ".join(one.codes) for one in found] == codes


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(60, ago(1))], False),
        ([], False),
        ([attestation("T#C1.a", True, ago(1))], False),
        ([attestation("T#C1", True, ago(1))], True),
        ([number(40, ago(9)), attestation("T#C1", True, ago(1))], True),
    ],
)
def test_an_answer_to_the_whole_sentence_is_told_from_what_its_atoms_say(given: list[Given], expected: bool) -> None:
    (result,) = Screener(book(criterion(atom(measured()))), ["T"]).screen(chart(*given), Circumstances(AS_OF))
    assert is_answered(result.criteria[0]) is expected


def test_what_does_not_apply_is_not_answered() -> None:
    rule = criterion(atom(recorded()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE)
    (result,) = Screener(book(rule), ["T"]).screen(chart(sex=Sex.MALE), Circumstances(AS_OF))
    assert not is_answered(result.criteria[0])
