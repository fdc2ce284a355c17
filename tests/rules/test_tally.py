"""Who can answer a criterion, and how much of a trial's text is counted as covered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from trialsieve.rules.atom import Age, Atom, Judgement, Limits, Measurement, Readings, Test, Unresolved
from trialsieve.rules.inventory_files import Computability
from trialsieve.rules.loader import load_rules
from trialsieve.rules.logic import AllOf, AtomRef, Not
from trialsieve.rules.tally import Standing, standing, tally
from trialsieve.rules.trial import Amendment, Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind, Reason

AGE = Age(Limits(Decimal(18), False, None, False, "a"))
SALT = Measurement(("lab.salt",), Limits(Decimal(1), False, None, False, "mmol/L"))
TWO_WAYS = Readings((("above", SALT), ("at-least", SALT)))


def criterion(*tests: Test) -> Criterion:
    atoms = tuple(Atom(f"a{number}", test) for number, test in enumerate(tests))
    logic = AllOf(tuple(AtomRef(atom.id) for atom in atoms))
    return Criterion("I01", CriterionKind.INCLUSION, "screening", "all", "A sentence.", atoms, logic)


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ((AGE,), Standing.EXECUTED),
        ((AGE, Judgement()), Standing.EXECUTED),
        ((Judgement(),), Standing.ATTESTED),
        ((Judgement(), Judgement()), Standing.ATTESTED),
        ((AGE, TWO_WAYS), Standing.ON_HOLD),
        ((AGE, Unresolved(Reason.REGISTRY_ERROR)), Standing.ON_HOLD),
        ((AGE, Unresolved(Reason.TRUNCATED)), Standing.TRUNCATED),
        ((TWO_WAYS, Unresolved(Reason.TRUNCATED)), Standing.TRUNCATED),
    ],
)
def test_who_can_answer_a_criterion(tests: tuple[Test, ...], expected: Standing) -> None:
    assert standing(criterion(*tests)) is expected


def test_what_is_only_shown_counts_for_nothing() -> None:
    shown = Atom("hint", Unresolved(), operand=False)
    one = criterion(AGE)
    assert standing(replace(one, atoms=(*one.atoms, shown))) is Standing.EXECUTED


def test_an_amendment_takes_a_criterion_off_hold() -> None:
    one = criterion(AGE)
    held = replace(one, logic=None, readings=(("written", AtomRef("a0")), ("presumed", Not(AtomRef("a0")))))
    assert standing(held) is Standing.ON_HOLD
    amendment = Amendment("presumed", "A. Sponsor", date(2026, 11, 1), "inverted by mistake")
    assert standing(replace(held, amendment=amendment)) is Standing.EXECUTED


@pytest.fixture(scope="module")
def trial() -> Trial:
    return load_rules().trials["NCT04762485"]


def test_a_shipped_trial_is_counted_with_its_text(trial: Trial) -> None:
    another = replace(criterion(AGE, Judgement()), id="X99")
    found = tally(replace(trial, criteria=(*trial.criteria, another)))
    assert found.judged_in_part == ["X99"]
    assert found.criteria[Standing.ON_HOLD] == ["I06"]
    assert found.text is not None
    assert (found.text.sentences, found.text.by_criteria, found.text.headings) == (23, 15, 8)
    assert found.text.atoms == {Computability.COMPUTABLE: 12, Computability.PARTIAL: 12, Computability.JUDGEMENT: 1}


def test_a_sentence_whose_criterion_is_missing_is_not_counted(trial: Trial) -> None:
    text = tally(replace(trial, criteria=trial.criteria[1:])).text
    assert text is not None
    assert (text.sentences, text.by_criteria, text.headings) == (23, 14, 8)


@pytest.mark.parametrize("change", [{"id": "NCT00000000"}, {"source_sha256": "0"}, {"source": "other.txt"}])
def test_a_trial_that_is_not_the_shipped_one_has_no_count_of_its_text(trial: Trial, change: dict[str, str]) -> None:
    assert tally(replace(trial, **change)).text is None  # type: ignore[arg-type]
