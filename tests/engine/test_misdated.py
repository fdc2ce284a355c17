"""Cautions for what lies after the as-of date although it was done, or recorded, by then."""

from __future__ import annotations

import pytest
from charts import AS_OF, CONDITION, DRUG, NUMBER, OTHER, PROCEDURE, Given, ago, chart, entry, number, unreadable
from invented_rules import atom, book, criterion, measured, recorded
from msgspec.structs import replace

from trialsieve.engine.facts import Fact, Unreadable
from trialsieve.engine.misdated import lying_after, misdated
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.vocabulary import Certainty, Kind

READ = frozenset({NUMBER, CONDITION, PROCEDURE, DRUG})
WRONG, LATER = "its own date must be wrong", "dated after the as-of date"
DOSE = entry(ago(-9), concept=DRUG, kind=Kind.MEDICATION, reference="MedicationAdministration/1")


def _strange(fact: Fact, *concepts: str) -> Unreadable:
    """What was read and not understood, of the dates of a fact."""
    named = frozenset(concepts) if concepts else None
    sought = replace(fact, concept="", says="")
    return Unreadable("Condition/strange", fact.kind, named, "strange", was_read=True, would_be=sought)


Rows = list[tuple[str, Given, str | None]]
ROWS: Rows = [
    ("a result of the as-of date", number(60, ago(0)), None),
    ("a final result of tomorrow", number(60, ago(-1)), LATER),
    ("a preliminary one", number(60, ago(-1), certainty=Certainty.WEAK), None),
    ("one that was issued before", replace(number(60, ago(-1)), recorded=ago(0)), WRONG),
    ("one that was issued tomorrow", replace(number(60, ago(-9)), recorded=ago(-1)), None),
    ("a result that no rule reads", number(60, ago(-1), concept="x.unread"), None),
    ("a diagnosis", entry(ago(-9)), LATER),
    ("a diagnosis that was recorded before", entry(ago(-9), recorded=ago(9)), WRONG),
    ("a diagnosis that was recorded after", entry(ago(-9), recorded=ago(-9)), None),
    ("a procedure", entry(ago(-9), concept=PROCEDURE, kind=Kind.PROCEDURE), LATER),
    ("a procedure under way", entry(ago(-9), concept=PROCEDURE, kind=Kind.PROCEDURE, certainty=Certainty.WEAK), None),
    ("a dose", DOSE, LATER),
    ("an order", entry(ago(-9), concept=DRUG, kind=Kind.MEDICATION, reference="MedicationRequest/1"), None),
    ("one that is not understood", _strange(entry(ago(-9))), LATER),
    ("one that is not understood and may be of a concept", _strange(entry(ago(-9)), OTHER, CONDITION), LATER),
    ("one that is not understood and is of another", _strange(entry(ago(-9)), OTHER), None),
    ("one that is not understood, of today", _strange(entry(ago(0))), None),
    ("one that is not understood, in doubt", _strange(entry(ago(-9), certainty=Certainty.WEAK)), None),
    ("one that is not understood, recorded before", _strange(entry(ago(-9), recorded=ago(9))), WRONG),
    ("one that could not be read", unreadable(Kind.CONDITION), None),
]


def _told(*given: Given) -> list[str]:
    return misdated(READ, lying_after(chart(*given), AS_OF), AS_OF)


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_told(given: Given, expected: str | None) -> None:
    said = _told(given)
    assert [expected in sentence for sentence in said if expected] == ([True] if expected else [])
    assert len(said) == (expected is not None)


def test_much_of_it_is_one_sentence() -> None:
    (said,) = _told(*[number(value, ago(-value)) for value in range(1, 6)])
    assert said.count("number ") == 3
    assert "and 2 more" in said


def test_one_resource_is_told_once() -> None:
    facts = [entry(ago(-9), reference="Condition/1", concept=concept) for concept in (CONDITION, PROCEDURE)]
    (said,) = _told(*facts)
    assert said.count("Condition/1") == 1


def test_one_that_is_not_understood_is_named() -> None:
    (said,) = _told(_strange(entry(ago(-9), reference="Condition/1"), CONDITION, PROCEDURE))
    assert said.count("what was not understood (Condition/1)") == 1


def test_the_result_carries_it() -> None:
    rules = book(criterion(atom(recorded(), "a"), atom(measured(), "b")))
    patient = chart(entry(ago(-9), recorded=ago(9)), number(60, ago(-1)))
    (result,) = Screener(rules, ["T"]).screen(patient, Circumstances(AS_OF))
    assert [WRONG in caution or LATER in caution for caution in result.cautions] == [True, True]
