"""When the passing of time alone changes an answer of the direct evaluator: a window moves on, nothing new is recorded.

An outcome carries the day and what it would be then (`changes_on`, `changes_to`). It is proof: nothing decides by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial

from msgspec.structs import replace

from trialsieve.engine.direct_chart import View
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.vocabulary import Truth

Then = Callable[[Outcome], Outcome]
"""What an outcome will be on some later day."""


def with_change(now: Outcome, days: Sequence[date], view: View, evaluate: Callable[[View], Outcome]) -> Outcome:
    """A test's outcome, with the first of these days on which its window makes it another."""
    for day in sorted(set(days)):
        if day > view.circumstances.as_of:
            then = evaluate(view.later(day))
            if then.truth is not now.truth:
                return replace(now, changes_on=day, changes_to=then)
    return now


def combined(
    now: Outcome,
    atoms: Iterable[Outcome],
    conclude: Callable[[Then], Outcome],
    until: Callable[[Outcome], bool] | None = None,
) -> Outcome:
    """What rests on atoms, with the first day on which their changes make it another (`until`: of that kind)."""
    days = [outcome.changes_on for outcome in atoms if outcome.changes_on is not None]
    for day in sorted(set(days)):
        then = conclude(partial(_on, day))
        if then.truth is not now.truth and (until is None or until(then)):
            return replace(now, changes_on=day, changes_to=then)
    return now


def _on(day: date, outcome: Outcome) -> Outcome:
    if outcome.changes_on is None or outcome.changes_to is None or outcome.changes_on > day:
        return outcome
    return outcome.changes_to


def negated(outcome: Outcome) -> Outcome:
    """True and false change places; everything else stays."""
    if outcome.changes_to is not None:
        outcome = replace(outcome, changes_to=negated(outcome.changes_to))
    if outcome.truth is Truth.UNKNOWN:
        return outcome
    return replace(outcome, truth=Truth.FALSE if outcome.truth is Truth.TRUE else Truth.TRUE)
