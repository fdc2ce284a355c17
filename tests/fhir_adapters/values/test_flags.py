"""A flag (high, low, normal) that contradicts the number and its own reference range leaves no value."""

from __future__ import annotations

from typing import Any

import pytest
from observed_values import AST, INTERPRETATION, code, quantity

from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.vocabulary import Reason

LIVER = {"low": quantity(10, "U/L"), "high": quantity(40, "U/L")}


def ast(value: Any, flag: str, *ranges: Any, system: str = INTERPRETATION, comparator: str | None = None) -> Any:
    measured = quantity(value, "U/L") if comparator is None else quantity(value, "U/L", comparator=comparator)
    return {"valueQuantity": measured, "interpretation": [code(flag, system)], "referenceRange": list(ranges)}


@pytest.mark.parametrize(
    "value",
    [
        *(ast(20, flag, LIVER) for flag in ("H", "HH", "HU", "L", "LL", "LU")),
        *(
            ast(20, "HH", LIVER, system=system)
            for system in ("http://hl7.org/fhir/v2/0078", "urn:oid:2.16.840.1.113883.5.83")
        ),
        ast(20, "hh", LIVER),
        ast(5, "H", LIVER),
        ast(5, "H", {"low": quantity(10, "U/L")}),
        ast(50, "L", LIVER),
        ast(50, "L", {"high": quantity(40, "U/L")}),
        ast(50, "N", LIVER),
        ast(5, "N", LIVER),
        ast(200, "N", {"high": quantity(40, "U/L")}),
        ast(40, "N", LIVER, comparator=">"),
        ast(10, "N", LIVER, comparator="<"),
        ast(40, "H", LIVER, comparator="<"),
        ast(20, "H", {"text": "10-40"}),
    ],
)
def test_what_is_flagged_against_its_own_range_has_no_value(fact_of: Any, make: Any, value: Any) -> None:
    fact = fact_of("lab.ast", make.observation(AST, **value))
    assert (fact.value, fact.times_upper_limit, fact.times_lower_limit) == (None, None, None)
    conflict = Reason.CONFLICTING_DATA
    assert (fact.value_problem, fact.limit_problem, fact.lower_limit_problem) == (conflict, conflict, conflict)


@pytest.mark.parametrize(
    "value",
    [
        ast(50, "H", LIVER),
        ast(500, "HH", LIVER),
        ast(5, "L", LIVER),
        ast(20, "N", LIVER),
        # on a limit: laboratories draw the line on either side of it
        *(ast(40, flag, LIVER) for flag in ("H", "N")),
        *(ast(10, flag, LIVER) for flag in ("L", "N")),
        ast(40, "N", LIVER, comparator="<="),
        ast(40, "H", LIVER, comparator="<="),
        # no range that tells
        ast(20, "HH"),
        ast(20, "H", {"low": quantity(10, "U/L")}),
        ast(20, "L", {"high": quantity(40, "U/L")}),
        ast(20, "HH", {"high": quantity(40, "mg/dL")}),
        ast(20, "HH", {"high": quantity(9999, "U/L")}),
        # both sides of the limit are possible
        ast(30, "N", LIVER, comparator=">"),
        # no flag of a range: also given to what only changed
        *(ast(20, flag, LIVER) for flag in ("A", "AA", "U", "D")),
        ast(20, "HH", LIVER, system="http://example.org/flags"),
    ],
)
def test_any_other_flag_leaves_it_as_it_is(fact_of: Any, make: Any, value: Any) -> None:
    fact = fact_of("lab.ast", make.observation(AST, **value))
    unflagged = fact_of("lab.ast", make.observation(AST, **{**value, "interpretation": None}))
    assert (fact.value, fact.value_problem, fact.times_upper_limit) == (
        unflagged.value,
        unflagged.value_problem,
        unflagged.times_upper_limit,
    )
    assert fact.value is not None


def test_a_number_that_alone_is_an_answer_is_none_then(fact_of: Any, make: Any) -> None:
    """Of hCG by its own range, the number is the answer."""
    hcg = {"valueQuantity": quantity(3, "m[IU]/mL"), "referenceRange": [{"high": quantity(5, "m[IU]/mL")}]}
    plain = fact_of("repro.pregnancy_test", make.observation("19080-1", **hcg))
    flagged = fact_of(
        "repro.pregnancy_test", make.observation("19080-1", **hcg, interpretation=[code("HH", INTERPRETATION)])
    )
    assert plain.result is not None
    assert (flagged.result, flagged.result_problem) == (None, Reason.CONFLICTING_DATA)


def test_of_several_flags_one_is_enough(fact_of: Any, make: Any) -> None:
    flags = [code("N", INTERPRETATION), code("H", INTERPRETATION)]
    value = {"valueQuantity": quantity(50, "U/L"), "referenceRange": [LIVER], "interpretation": flags}
    assert fact_of("lab.ast", make.observation(AST, **value)).value is None
    assert fact_of("lab.ast", make.observation(AST, **{**value, "interpretation": flags[1:]})).value == NumberInterval(
        50, 50
    )
