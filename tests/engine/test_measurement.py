"""Measured numbers: the limits, what decides and what never does, and which result is the latest."""

from __future__ import annotations

import math

import pytest
from charts import NUMBER, Given, ago, at, by, chart, number, on, result
from invented_rules import Evaluate, ask, limits, measured
from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.atom import Measurement
from trialsieve.rules.vocabulary import Basis, Certainty, Reason, Result, Role

WEAK, SUPPORTING = Certainty.WEAK, Role.SUPPORTING

# --- limits ---------------------------------------------------------------------------------------------------------

OPEN_BELOW_20 = NumberInterval(-math.inf, 20, high_open=True)
ABOVE_30 = NumberInterval(30, math.inf, low_open=True)


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        (measured(limits=limits(low="50")), 49.9, "false"),
        (measured(limits=limits(low="50")), 50, "true"),
        (measured(limits=limits(low="50")), 50.1, "true"),
        (measured(limits=limits(above="50")), 50, "false"),
        (measured(limits=limits(above="50")), 50.1, "true"),
        (measured(limits=limits(high="50")), 50, "true"),
        (measured(limits=limits(high="50")), 50.1, "false"),
        (measured(limits=limits(below="50")), 50, "false"),
        (measured(limits=limits(below="50")), 49.9, "true"),
        (measured(limits=limits(low="0", high="2")), 0, "true"),
        (measured(limits=limits(low="0", high="2")), 2, "true"),
        (measured(limits=limits(low="0", high="2")), 3, "false"),
        (measured(limits=limits(low="0", high="2")), (2, 3), "imprecise"),
        (measured(limits=limits(low="50")), (50, 55), "true"),
        (measured(limits=limits(low="50")), (45, 49), "false"),
        (measured(limits=limits(low="50")), (49, 55), "imprecise"),
        (measured(limits=limits(low="20")), OPEN_BELOW_20, "false"),
        (measured(limits=limits(below="20")), OPEN_BELOW_20, "true"),
        (measured(limits=limits(low="10")), OPEN_BELOW_20, "imprecise"),
        (measured(limits=limits(above="30")), ABOVE_30, "true"),
        (measured(limits=limits(high="30")), ABOVE_30, "false"),
        (measured(limits=limits(above="40")), ABOVE_30, "imprecise"),
    ],
)
def test_a_number_is_compared_as_the_registry_states_the_boundary(
    evaluate: Evaluate, test: Measurement, value: float, expected: str
) -> None:
    assert ask(evaluate, test, chart(number(value, ago(1)))) == expected


@pytest.mark.parametrize(
    ("multiple", "expected"),
    [(2.9, "false"), (3.0, "false"), (3.1, "true"), (None, "no-reference-range")],
)
def test_multiples_of_the_upper_limit_are_compared_with_the_results_own_range(
    evaluate: Evaluate, multiple: float | None, expected: str
) -> None:
    test = measured(limits=limits(above="3"), basis=Basis.TIMES_UPPER_LIMIT)
    assert ask(evaluate, test, chart(number(120, ago(1), times=multiple))) == expected


@pytest.mark.parametrize(
    ("multiple", "expected"), [(0.99, "false"), (1, "true"), (1.05, "true"), (None, "no-reference-range")]
)
def test_normal_is_at_least_the_results_own_lower_limit(
    evaluate: Evaluate, multiple: float | None, expected: str
) -> None:
    test = measured(basis=Basis.TIMES_LOWER_LIMIT, limits=limits(low="1"))
    interval = None if multiple is None else NumberInterval.exactly(multiple)
    problem = Reason.NO_REFERENCE_RANGE if multiple is None else None
    fact = replace(number(97, ago(1)), times_lower_limit=interval, lower_limit_problem=problem)
    assert ask(evaluate, test, chart(fact)) == expected


# --- what decides, and what does not --------------------------------------------------------------------------------

SKIPPED = (("method", "staining"),)

WHAT_DECIDES: list[tuple[str, Measurement, list[Given], str]] = [
    ("nothing measured", measured(), [], "no-data"),
    ("no value at all", measured(), [number(None, ago(1))], "no-data"),
    ("a value of another sort", measured(), [number(None, ago(1), problem=Reason.UNSPECIFIC)], "unspecific"),
    ("no usable unit", measured(), [number(None, ago(1), problem=Reason.UNIT)], "unit"),
    ("undated only", measured(), [number(60, None)], "undated"),
    ("preliminary only", measured(), [number(60, ago(1), certainty=WEAK)], "unconfirmed"),
    ("a supporting code only", measured(), [number(60, ago(1), role=SUPPORTING)], "unspecific"),
    ("preliminary and undated", measured(), [number(60, None, certainty=WEAK)], "unconfirmed"),
    (
        "each of the three doubts",
        measured(),
        [number(60, None), number(60, ago(1), certainty=WEAK), number(60, ago(1), role=SUPPORTING)],
        "unconfirmed, undated, unspecific",
    ),
    ("a code of role component", measured(), [number(60, ago(1), role=Role.COMPONENT)], "no-data"),
    ("a code of role exclude", measured(), [number(60, ago(1), role=Role.EXCLUDE)], "no-data"),
    ("of a skipped method", measured(skip=SKIPPED), [number(60, ago(1), facets=SKIPPED)], "unspecific"),
    ("of no stated method", measured(skip=SKIPPED), [number(60, ago(1))], "true"),
    ("after the as-of date", measured(), [number(60, ago(-1))], "no-data"),
    ("on the as-of date", measured(), [number(60, ago(0))], "true"),
    ("an undated one does not outrank a dated one", measured(), [number(60, ago(9)), number(40, None)], "true"),
    ("a newer one without a value does not outrank", measured(), [number(60, ago(9)), number(None, ago(1))], "true"),
    (
        "a newer one of another sort does not outrank",
        measured(),
        [number(60, ago(9)), result(Result.NEGATIVE, ago(1), concept=NUMBER)],
        "true",
    ),
    (
        "a newer one without a usable unit does",
        measured(),
        [number(60, ago(9)), number(None, ago(1), problem=Reason.UNIT)],
        "unit",
    ),
    ("one recorded after the as-of date", measured(), [number(60, ago(9)), number(40, ago(-1))], "true"),
]


@pytest.mark.parametrize(
    ("test", "given", "expected"), [row[1:] for row in WHAT_DECIDES], ids=[r[0] for r in WHAT_DECIDES]
)
def test_only_a_firm_dated_definitive_result_decides(
    evaluate: Evaluate, test: Measurement, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


# --- the latest -----------------------------------------------------------------------------------------------------


def slip(value: float, issued: DateInterval) -> Fact:
    """A result of next year, by its date."""
    return replace(number(value, ago(-300)), recorded=issued)


THE_LATEST: list[tuple[str, list[Given], str]] = [
    ("the newer of two", [number(40, ago(2)), number(60, ago(1))], "true"),
    ("in whatever order they come", [number(60, ago(1)), number(40, ago(2))], "true"),
    ("two of one day that disagree", [number(40, ago(1)), number(60, ago(1))], "conflicting-data"),
    ("two of one day that agree", [number(70, ago(1)), number(60, ago(1))], "true"),
    ("two of one day with their times", [number(40, at(1, 8)), number(60, at(1, 9))], "true"),
    ("a time may be the latest of its day", [number(40, ago(1)), number(60, at(1, 9))], "conflicting-data"),
    ("a month that may be newer", [number(60, ago(5)), number(40, on("2026-11"))], "conflicting-data"),
    ("a month that is older", [number(60, ago(5)), number(40, on("2026-10"))], "true"),
    ("issued later, taken who knows when", [number(60, ago(5)), number(40, by(3))], "conflicting-data"),
    ("issued before the other was taken", [number(60, ago(3)), number(40, by(5))], "true"),
    ("only an upper bound, no window", [number(60, by(3))], "true"),
    ("dated after it was issued, and that after the other", [number(60, ago(5)), slip(40, ago(3))], "conflicting-data"),
    ("dated after it was issued, before the other", [number(60, ago(3)), slip(40, ago(5))], "true"),
    ("dated after it was issued, alone", [slip(40, ago(5))], "false"),
    ("dated after it was issued, tomorrow", [number(60, ago(5)), slip(40, ago(-1))], "true"),
    ("one of them unknown", [number(60, ago(1)), number((40, 60), ago(1))], "imprecise"),
    (
        "each of them unknown",
        [number(None, ago(1), problem=Reason.UNIT), number((40, 60), ago(1))],
        "imprecise, unit",
    ),
    (
        "conflicting outweighs unknown",
        [number(60, ago(1)), number(40, ago(1)), number((40, 60), ago(1))],
        "conflicting-data",
    ),
    ("a newer preliminary one contradicts", [number(60, ago(5)), number(40, ago(1), certainty=WEAK)], "unconfirmed"),
    (
        "a preliminary one of the same moment",
        [number(60, at(1, 8)), number(40, at(1, 8), certainty=WEAK)],
        "unconfirmed",
    ),
    ("a preliminary one of an hour before", [number(60, at(1, 8)), number(40, at(1, 7), certainty=WEAK)], "true"),
    (
        "a preliminary one older than one of those that may be the latest",
        [number(60, on("2026-10")), number(70, on("2026-10-15")), number(40, on("2026-10-14"), certainty=WEAK)],
        "true",
    ),
    ("a newer preliminary one agrees", [number(60, ago(5)), number(70, ago(1), certainty=WEAK)], "true"),
    (
        "a newer preliminary one is unclear",
        [number(60, ago(5)), number((40, 60), ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer preliminary one has no usable unit",
        [number(60, ago(5)), number(None, ago(1), problem=Reason.UNIT, certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer preliminary one has no value at all",
        [number(60, ago(5)), number(None, ago(1), certainty=WEAK)],
        "true",
    ),
    ("an older preliminary one is unclear", [number(60, ago(1)), number((40, 60), ago(5), certainty=WEAK)], "true"),
    ("an older preliminary one contradicts", [number(60, ago(1)), number(40, ago(5), certainty=WEAK)], "true"),
    (
        "a preliminary one of the same day contradicts",
        [number(60, ago(1)), number(40, ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    ("an undated preliminary one contradicts", [number(60, ago(5)), number(40, None, certainty=WEAK)], "true"),
    (
        "a preliminary one contradicts a false one too",
        [number(40, ago(5)), number(60, ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer one of a supporting code contradicts",
        [number(60, ago(9)), number(40, ago(1), role=SUPPORTING)],
        "unspecific",
    ),
    (
        "one of the same day contradicts",
        [number(60, ago(1)), number(40, ago(1), role=SUPPORTING)],
        "unspecific",
    ),
    ("it contradicts a false one too", [number(40, ago(9)), number(60, ago(1), role=SUPPORTING)], "unspecific"),
    ("it agrees", [number(60, ago(9)), number(70, ago(1), role=SUPPORTING)], "true"),
    ("it agrees with a false one", [number(40, ago(9)), number(30, ago(1), role=SUPPORTING)], "false"),
    ("it is unclear", [number(60, ago(9)), number((40, 60), ago(1), role=SUPPORTING)], "unspecific"),
    ("it has no usable unit", [number(60, ago(9)), number(None, ago(1), problem=Reason.UNIT, role=SUPPORTING)], "true"),
    ("it is older", [number(60, ago(1)), number(40, ago(2), role=SUPPORTING)], "true"),
    ("it may be newer", [number(60, ago(5)), number(40, on("2026-11"), role=SUPPORTING)], "unspecific"),
    ("it is undated", [number(60, ago(9)), number(40, None, role=SUPPORTING)], "true"),
    ("it is preliminary", [number(60, ago(9)), number(40, ago(1), role=SUPPORTING, certainty=WEAK)], "unspecific"),
    (
        "and a preliminary one contradicts",
        [number(60, ago(9)), number(40, ago(1), role=SUPPORTING), number(40, ago(1), certainty=WEAK)],
        "unconfirmed, unspecific",
    ),
    (
        "the decider is unknown whatever it says",
        [number((40, 60), ago(9)), number(40, ago(1), role=SUPPORTING)],
        "imprecise",
    ),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in THE_LATEST], ids=[row[0] for row in THE_LATEST])
def test_the_latest_is_every_result_that_may_be_the_latest(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, measured(), chart(*given)) == expected
