"""What is assumed of a reference range is told where the range was used: where a multiple of its limit is asked for."""

from __future__ import annotations

import pytest
from charts import AS_OF, ago, chart, number, result
from invented_rules import atom, book, criterion, measured, positive
from msgspec.structs import replace

from trialsieve.engine import direct
from trialsieve.engine.interval import NumberInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Test
from trialsieve.rules.vocabulary import Basis, Result

UPPER, LOWER, METHOD = "the upper limit is taken for hers", "the lower limit is taken for hers", "the method is assumed"
RANGED = replace(
    number(60, ago(1), times=60),
    times_lower_limit=NumberInterval.exactly(60),
    assumptions=(METHOD,),
    upper_limit_assumed=UPPER,
    lower_limit_assumed=LOWER,
)
JUDGED_BY_RANGE = replace(
    result(Result.POSITIVE, ago(1)), assumptions=(METHOD,), upper_limit_assumed=UPPER, lower_limit_assumed=LOWER
)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (measured(), (METHOD,)),
        (measured(basis=Basis.TIMES_UPPER_LIMIT), (METHOD, UPPER)),
        (measured(basis=Basis.TIMES_LOWER_LIMIT), (METHOD, LOWER)),
        (positive(), (METHOD,)),
    ],
)
def test_an_assumed_limit_is_told_where_its_multiple_is_asked_for(test: Test, expected: tuple[str, ...]) -> None:
    rules = book(criterion(atom(test)))
    answer = direct.evaluate(rules, ["T"], chart(RANGED, JUDGED_BY_RANGE), Circumstances(AS_OF))
    assert answer.criteria["T", "C1"].outcome.assumptions == expected
