"""What one result says of what a test asks, in the direct evaluator (docs/semantics.md, 3.1, *Value and problem*)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import NumberInterval
from trialsieve.engine.outcome import Evidence
from trialsieve.rules.atom import Measurement, QualitativeResult
from trialsieve.rules.vocabulary import Basis, Reason, Result

ResultTest = Measurement | QualitativeResult
_Value = tuple[NumberInterval | Result | None, Reason | None]
_RESULT: Callable[[Fact], _Value] = attrgetter("result", "result_problem")
_BY_BASIS: Mapping[Basis, Callable[[Fact], _Value]] = {
    Basis.VALUE: attrgetter("value", "value_problem"),
    Basis.TIMES_UPPER_LIMIT: attrgetter("times_upper_limit", "limit_problem"),
    Basis.TIMES_LOWER_LIMIT: attrgetter("times_lower_limit", "lower_limit_problem"),
}
MUTE = frozenset({None, Reason.NO_DATA, Reason.UNSPECIFIC})
"""The problems of what has no value and does not say that it could have one."""
_NO_NUMBER = frozenset({None, Reason.NO_DATA})
_FOR_EVER = float("inf")


def value_of(test: ResultTest) -> Callable[[Fact], _Value]:
    """What a fact says that the test asks for: a number or a result, or why there is none."""
    return _RESULT if isinstance(test, QualitativeResult) else _BY_BASIS[test.basis]


def not_mute(facts: Sequence[Fact], test: ResultTest) -> list[Fact]:
    """Those that say something, or why they cannot."""
    value = value_of(test)
    return [fact for fact in facts if (said := value(fact))[0] is not None or said[1] not in MUTE]


def is_uncalled(fact: Fact) -> bool:
    """Whether it is a number, be it read or not, that nobody calls positive or negative."""
    return fact.result is None and (fact.value is not None or fact.value_problem not in _NO_NUMBER)


def start(fact: Fact) -> float:
    """The first moment of which a dated fact may be."""
    assert fact.when is not None
    return -_FOR_EVER if fact.when.start is None else fact.when.start


def end(fact: Fact) -> float:
    """The last one."""
    assert fact.when is not None
    return _FOR_EVER if fact.when.end is None else fact.when.end


def evidence_of(facts: Sequence[Fact]) -> tuple[Evidence, ...]:
    """What the resources of some facts say."""
    if len(facts) == 1:  # most often
        return (Evidence(facts[0].reference, facts[0].says),)
    return tuple(dict.fromkeys(Evidence(fact.reference, fact.says) for fact in facts))
