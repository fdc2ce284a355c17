"""What a record and a person say of one test, whatever its sort, in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from trialsieve.engine import direct_recorded, direct_results
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_person import PersonView
from trialsieve.engine.direct_plans import AtomPlan
from trialsieve.engine.direct_proof import dated_since, readings, same_resource
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import (
    Age,
    DatedSince,
    FindingHolds,
    Judgement,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    SameResource,
    Test,
    Unresolved,
)
from trialsieve.rules.vocabulary import UNKNOWN, Reason


class Asked(Protocol):
    """Whom tests are asked of: a record, a person, and the shared findings of these."""

    @property
    def view(self) -> View: ...
    @property
    def person(self) -> PersonView: ...
    def finding(self, name: str) -> Outcome:
        """A shared finding."""


def _recorded(plan: AtomPlan, test: Recorded, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return direct_recorded.evaluate(plan.atom, test, asked.view, asked.finding, sibling)


def _result(plan: AtomPlan, test: Measurement | QualitativeResult, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return direct_results.evaluate(test, plan.selectors[0], asked.view, asked.finding, sibling)


def _finding(plan: AtomPlan, test: FindingHolds, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return asked.finding(test.finding)


def _age(plan: AtomPlan, test: Age, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return asked.person.age(test)


def _recorded_sex(plan: AtomPlan, test: RecordedSex, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return asked.person.recorded_sex(test)


def _same_resource(plan: AtomPlan, test: SameResource, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return same_resource(test, sibling(test.of))


def _dated_since(plan: AtomPlan, test: DatedSince, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return dated_since(test, sibling(test.of), asked.view.circumstances)


def _readings(plan: AtomPlan, test: Readings, asked: Asked, sibling: AtomOutcome) -> Outcome:
    view, finding = asked.view, asked.finding
    each = zip(test.tests, plan.selectors, strict=True)
    return readings(
        test,
        [direct_results.evaluate(reading, selector, view, finding, sibling) for (_, reading), selector in each],
    )


def _judgement(plan: AtomPlan, test: Judgement, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return Outcome(UNKNOWN, frozenset({Reason.JUDGEMENT}))


def _unresolved(plan: AtomPlan, test: Unresolved, asked: Asked, sibling: AtomOutcome) -> Outcome:
    return Outcome(UNKNOWN, frozenset({test.reason}))


WAYS: Mapping[type[Test], Callable[[AtomPlan, Any, Asked, AtomOutcome], Outcome]] = {
    Recorded: _recorded,
    Measurement: _result,
    QualitativeResult: _result,
    FindingHolds: _finding,
    Age: _age,
    RecordedSex: _recorded_sex,
    SameResource: _same_resource,
    DatedSince: _dated_since,
    Readings: _readings,
    Judgement: _judgement,
    Unresolved: _unresolved,
}
"""The outcome of an atom's test, by its sort; `sibling` are the atoms beside it."""
