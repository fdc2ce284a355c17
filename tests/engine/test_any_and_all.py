"""Any or all of several measured numbers: what one of them decides, and which doubts keep it open."""

from __future__ import annotations

import pytest
from charts import Given, ago, chart, number
from invented_rules import Evaluate, ask, measured

from trialsieve.rules.atom import Measurement
from trialsieve.rules.vocabulary import Certainty, Reason, Role, Take

WEAK, SUPPORTING = Certainty.WEAK, Role.SUPPORTING

ANY, ALL = measured(take=Take.ANY), measured(take=Take.ALL)
SKIPPED = (("method", "radionuclide"),)
ANY_THIS_WEEK = measured(take=Take.ANY, currency="week")
ALL_THIS_WEEK = measured(take=Take.ALL, currency="week")

SEVERAL: list[tuple[str, Measurement, list[Given], str]] = [
    ("any: one of them", ANY, [number(40, ago(1)), number(60, ago(9))], "true"),
    ("any: none of them", ANY, [number(40, ago(1)), number(30, ago(9))], "false"),
    ("any: perhaps one", ANY, [number(40, ago(1)), number((40, 60), ago(9))], "imprecise"),
    ("any: one, whatever the others", ANY, [number(60, ago(1)), number(None, ago(9), problem=Reason.UNIT)], "true"),
    ("any: nothing decides", ANY, [number(60, None)], "undated"),
    ("any: no data", ANY, [], "no-data"),
    (
        "any: one of a skipped method",
        measured(take=Take.ANY, skip=SKIPPED),
        [number(60, ago(1), facets=SKIPPED)],
        "no-data",
    ),
    (
        "all: one of a skipped method",
        measured(take=Take.ALL, skip=SKIPPED),
        [number(60, ago(1), facets=SKIPPED)],
        "no-data",
    ),
    (
        "any: one of a skipped method, and one preliminary",
        measured(take=Take.ANY, skip=SKIPPED),
        [number(60, ago(1), facets=SKIPPED), number(60, ago(9), certainty=WEAK)],
        "unconfirmed",
    ),
    ("any: one is too old", ANY_THIS_WEEK, [number(40, ago(1)), number(60, ago(9))], "false"),
    ("any: all too old", ANY_THIS_WEEK, [number(60, ago(8)), number(60, ago(9))], "stale"),
    ("any: too old, and perhaps", ANY_THIS_WEEK, [number(60, ago(9)), number((40, 60), ago(1))], "imprecise"),
    ("any: a preliminary one", ANY, [number(40, ago(1)), number(60, ago(9), certainty=WEAK)], "unconfirmed"),
    (
        "any: a preliminary one that is too old",
        ANY_THIS_WEEK,
        [number(40, ago(1)), number(60, ago(9), certainty=WEAK)],
        "false",
    ),
    (
        "any: a preliminary one that is unclear",
        ANY,
        [number(40, ago(1)), number((40, 60), ago(9), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "any: it is unclear and too old",
        ANY_THIS_WEEK,
        [number(40, ago(1)), number((40, 60), ago(9), certainty=WEAK)],
        "false",
    ),
    ("any: a preliminary one cannot undo it", ANY, [number(60, ago(9)), number(40, ago(1), certainty=WEAK)], "true"),
    ("all: each of them", ALL, [number(70, ago(1)), number(60, ago(9))], "true"),
    ("all: but one", ALL, [number(70, ago(1)), number(40, ago(9))], "false"),
    ("all: perhaps but one", ALL, [number(70, ago(1)), number((40, 60), ago(9))], "imprecise"),
    ("all: but one that is too old", ALL_THIS_WEEK, [number(70, ago(1)), number(40, ago(9))], "true"),
    ("all: all too old", ALL_THIS_WEEK, [number(70, ago(8))], "stale"),
    ("all: but a preliminary one", ALL, [number(70, ago(1)), number(40, ago(9), certainty=WEAK)], "unconfirmed"),
    ("any: but one of a supporting code", ANY, [number(40, ago(1)), number(70, ago(9), role=SUPPORTING)], "unspecific"),
    ("any: it is true all the same", ANY, [number(70, ago(9)), number(40, ago(1), role=SUPPORTING)], "true"),
    ("any: undated", ANY, [number(40, ago(1)), number(70, None, role=SUPPORTING)], "false"),
    (
        "any: it is too old to speak",
        ANY_THIS_WEEK,
        [number(40, ago(1)), number(70, ago(9), role=SUPPORTING)],
        "false",
    ),
    ("all: but one of a supporting code", ALL, [number(70, ago(1)), number(40, ago(9), role=SUPPORTING)], "unspecific"),
    (
        "all: but two sorts of doubt",
        ALL,
        [number(70, ago(1)), number(40, ago(9), role=SUPPORTING), number(40, ago(9), certainty=WEAK)],
        "unconfirmed, unspecific",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in SEVERAL], ids=[row[0] for row in SEVERAL])
def test_any_and_all_look_at_every_result(
    evaluate: Evaluate, test: Measurement, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected
