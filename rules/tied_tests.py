"""Which tests look at the same thing, and which outcomes those can have together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, product

from trialsieve.rules.atom import (
    Age,
    Judgement,
    Limits,
    Measurement,
    QualitativeResult,
    Recorded,
    RecordedSex,
    Test,
    Unresolved,
)
from trialsieve.rules.concept import Concept
from trialsieve.rules.contained import contained_in
from trialsieve.rules.value_points import is_within, points_between, range_of
from trialsieve.rules.vocabulary import Result, Sex, Take

Row = tuple[bool, ...]
"""The outcomes of several tests, in their order."""

MOST_ROWS = 1 << 12
"""More combinations are not looked at."""

_NO_LIMITS = Limits(None, False, None, False, "")


class TooManyError(Exception):
    """More combinations than are looked at."""


def selection(name: str, test: Test) -> Hashable:
    """What an atom's test looks at: two atoms of the same selection cannot have just any outcomes together."""
    match test:
        case Age():
            return Age
        case RecordedSex(among=among):
            return RecordedSex if len(among) < len(Sex) else name  # all three: it asks nothing
        case Judgement() | Unresolved():
            return name
        case Measurement(take=Take.LATEST):
            # Too old is unknown: where the latest is known, it is the same one for every window.
            return replace(test, limits=_NO_LIMITS, window=None, currency=None, not_before=())
        case QualitativeResult(take=Take.LATEST):
            return replace(
                test, expected=Result.POSITIVE, window=None, currency=None, not_before=(), heed_numbers=False
            )
        case Measurement():
            return replace(test, limits=_NO_LIMITS, take=Take.ANY)
        case QualitativeResult():
            return replace(test, expected=Result.POSITIVE, take=Take.ANY)
        case Recorded(all_supporting=True):
            return name  # only a person can say that it holds
        case Recorded():
            return (test.negated, test.after, test.within_after, test.at_time_of)
        case _:
            return test


def are_tied(one: Test, other: Test) -> bool:
    """Of two tests of one selection: whether the outcome of one can settle that of the other."""
    if isinstance(one, Recorded) and isinstance(other, Recorded):
        return contained_in(one, other) or contained_in(other, one)
    return True


def known_alike(one: Test, other: Test) -> bool:
    """Of two tests of one selection: whether they are unknown for the same cause, such as what is too old."""
    if isinstance(one, (Measurement, QualitativeResult)) and isinstance(other, (Measurement, QualitativeResult)):
        causes = [
            (test.window, test.currency, test.not_before, isinstance(test, QualitativeResult) and test.heed_numbers)
            for test in (one, other)
        ]
        return causes[0] == causes[1]
    if isinstance(one, Recorded) and isinstance(other, Recorded):
        return (one.review, one.still_active) == (other.review, other.still_active)
    return True


def rows_of(tests: Sequence[Test], concepts: Mapping[str, Concept], ages: Sequence[int]) -> Sequence[Row]:
    """The outcomes that tests of one selection can have together; not for the recorded sex. Raises TooManyError."""
    first = tests[0]
    if isinstance(first, Age):
        return _unlike(tuple(is_within(age, _limits(test)) for test in tests) for age in ages)
    if isinstance(first, Measurement):
        points = points_between([_limits(test) for test in tests], range_of(first, concepts))
        return _taken(tests, [tuple(is_within(point, _limits(test)) for test in tests) for point in points])
    if isinstance(first, QualitativeResult):
        results = (Result.POSITIVE, Result.NEGATIVE)
        return _taken(tests, [tuple(_expected(test) is result for test in tests) for result in results])
    if isinstance(first, Recorded):
        return _recorded(tests)
    return [(True,) * len(tests), (False,) * len(tests)]


def _taken(tests: Sequence[Test], points: Sequence[Row]) -> Sequence[Row]:
    """Of one result (the latest) its value counts; of several, each may have a value of its own."""
    takes = [test.take for test in tests if isinstance(test, (Measurement, QualitativeResult))]
    cells = _unlike(points)
    if takes[0] is Take.LATEST:
        return cells
    if 1 << len(cells) > MOST_ROWS:
        raise TooManyError
    several = chain.from_iterable(combinations(cells, count) for count in range(1, len(cells) + 1))
    return _unlike(
        tuple((any if take is Take.ANY else all)(cell[index] for cell in chosen) for index, take in enumerate(takes))
        for chosen in several
    )


def _recorded(tests: Sequence[Test]) -> Sequence[Row]:
    """What counts for one test counts for another that is no narrower."""
    recorded = [test for test in tests if isinstance(test, Recorded)]
    numbered = list(enumerate(recorded))
    implied = {
        (one, other) for (one, narrow), (other, wide) in product(numbered, repeat=2) if contained_in(narrow, wide)
    }
    rows: list[Row] = [()]
    for index in range(len(tests)):
        wider = [other for other in range(index) if (index, other) in implied]
        narrower = [other for other in range(index) if (other, index) in implied]
        with_true = [(*row, True) for row in rows if all(row[other] for other in wider)]
        rows = with_true + [(*row, False) for row in rows if not any(row[other] for other in narrower)]
        if len(rows) > MOST_ROWS:
            raise TooManyError
    return rows


def _unlike(rows: Iterable[Row]) -> Sequence[Row]:
    return list(dict.fromkeys(rows))


def _limits(test: Test) -> Limits:
    assert isinstance(test, (Age, Measurement))
    return test.limits


def _expected(test: Test) -> Result:
    assert isinstance(test, QualitativeResult)
    return test.expected
