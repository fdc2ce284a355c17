"""When time alone changes an answer of the direct evaluator: a window moves on, a person's answer lapses.

An outcome carries the day and what it would be then (`changes_on`, `changes_to`). It is proof: nothing decides by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from trialsieve.engine.direct_chart import View
from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN


def with_change(now: Outcome, days: Sequence[date], view: View, evaluate: Callable[[View], Outcome]) -> Outcome:
    """A test's outcome, with the first of these days on which its window makes it another."""
    for day in sorted(set(days)):
        if day > view.circumstances.as_of:
            then = evaluate(view.later(day))
            if then.truth is not now.truth:
                return replace(now, changes_on=day, changes_to=then)
    return now


def changing(
    now: Outcome,
    days: Sequence[date],
    conclude: Callable[[date], Outcome],
    until: Callable[[Outcome], bool] | None = None,
) -> Outcome:
    """What rests on others, with the first of their days that makes it another (`until`: of that kind)."""
    for number, day in enumerate(days, 1):
        then = conclude(day)
        if then.truth is not now.truth and (until is None or until(then)):
            return replace(now, changes_on=day, changes_to=changing(then, days[number:], conclude))
    return now if now.changes_on is None else replace(now, changes_on=None, changes_to=None)


def days_of(outcomes: Iterable[Outcome]) -> list[date]:
    """The days on which any of these changes, in order."""
    days: set[date] = set()
    for outcome in outcomes:
        if outcome.changes_on is None:  # as it mostly is
            continue
        then: Outcome | None = outcome
        while then is not None and then.changes_on is not None:
            days.add(then.changes_on)
            then = then.changes_to
    return sorted(days) if days else []


def on(day: date, outcome: Outcome) -> Outcome:
    """What an outcome will be on some later day."""
    while outcome.changes_on is not None and outcome.changes_to is not None and outcome.changes_on <= day:
        outcome = outcome.changes_to
    return outcome


def doubted(outcome: Outcome, doubts: Sequence[Fact]) -> Outcome:
    """With more doubts, wherever it is unknown."""
    if outcome.changes_to is not None:
        outcome = replace(outcome, changes_to=doubted(outcome.changes_to, doubts))
    if outcome.truth is not UNKNOWN or not doubts:
        return outcome
    return replace(outcome, doubts=(*outcome.doubts, *doubts))


def negated(outcome: Outcome) -> Outcome:
    """True and false change places; everything else stays."""
    if outcome.changes_to is not None:
        outcome = replace(outcome, changes_to=negated(outcome.changes_to))
    if outcome.truth is UNKNOWN:
        return outcome
    return replace(outcome, truth=FALSE if outcome.truth is TRUE else TRUE)
