"""Reference ranges of text alone: read where it is nothing but a range of numbers, in the unit of the value."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Reason

Json = dict[str, Any]
ALT, SPO2, HBSAG, HBV_DNA = "1742-6", "59408-5", "5196-1", "42595-9"


def alt(make: Any, *ranges: Json, value: Any = 80, unit: str | None = "U/L", **more: Any) -> Json:
    result: Json = make.observation(ALT, valueQuantity=make.quantity(value, unit, **more))
    return result | {"referenceRange": list(ranges)}


def times_upper_limit(fact: Any) -> Any:
    interval = fact.times_upper_limit
    return fact.limit_problem if interval is None else interval.low


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0-40 U/L", 2),
        ("0-40", 2),
        (" 0 - 40 ", 2),
        ("0 – 40 U/L", 2),
        ("10 to 40", 2),
        ("10.5-40.0", 2),
        ("<40", 2),
        ("< 40 U/L", 2),
        ("<=40", 2),
        ("≤ 40", 2),
        ("(0-40)", 2),
        (" [ 0 - 40 U/L ] ", 2),
        ("（0-40）", 2),
        ("0--40", 2),
        *(
            (text, Reason.NO_REFERENCE_RANGE)
            for text in (
                *("0-40 mg/dL", "0-40 u/l", "0,5-40", "40", "40 U/L", ">= 40", "40-0", "0-40-80", "M: 0-40", "0-40*"),
                *("Critical: > 500", "up to 40", "see below", "0-999", "(0-40", "0-40 (U/L)", "(0-40) (0-50)"),
                *("0-1.500", "<1.500 U/L", "1.500-2.000"),  # or one and a half, or fifteen hundred
            )
        ),
    ],
)
def test_by_the_text(fact_of: Any, make: Any, text: str, expected: Any) -> None:
    assert times_upper_limit(fact_of("lab.alt", alt(make, {"text": text}))) == expected


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"text": "0-40"}, {"text": "0-40 U/L"}], 2),
        ([{"text": "0-40"}, {"text": "0-50"}], Reason.NO_REFERENCE_RANGE),
        ([{"text": "0-40"}, {"text": "Critical: > 500"}], 2),
        ([{"text": "0-40"}, {"text": "women: 0-35"}], 2),
        ([{"text": "0-40", "type": {"text": "critical"}}], Reason.NO_REFERENCE_RANGE),
        ([{"text": "0-40", "high": {"value": 80, "unit": "U/L"}}], 1),
        ([{"text": "0-40"}, {"high": {"value": 80, "unit": "U/L"}}], 1),
        ([{"text": "0-40"}, {"low": {"value": 5, "unit": "U/L"}}], Reason.NO_REFERENCE_RANGE),
        ([{"text": 40}], Reason.NO_REFERENCE_RANGE),
    ],
)
def test_beside_others(fact_of: Any, make: Any, ranges: list[Json], expected: Any) -> None:
    assert times_upper_limit(fact_of("lab.alt", alt(make, *ranges))) == expected


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [(39, "<40", 0.975), (40, "<40", Reason.NO_REFERENCE_RANGE), (41, "<40", 1.025), (40, "<=40", 1), (40, "0-40", 1)],
)
def test_the_number_that_a_sign_leaves_out(fact_of: Any, make: Any, value: int, text: str, expected: Any) -> None:
    assert times_upper_limit(fact_of("lab.alt", alt(make, {"text": text}, value=value))) == expected


def test_a_lower_limit(fact_of: Any, make: Any) -> None:
    for text in ("49-100 %", ">49", "≥ 49 %"):
        saturation = make.observation(SPO2, valueQuantity=make.quantity(98, "%"), referenceRange=[{"text": text}])
        assert fact_of("lab.spo2", saturation).times_lower_limit.low == 2


def test_a_unit_in_words(fact_of: Any, make: Any) -> None:
    """The text may name the unit by its words or its code."""
    for text in ("0-40 U/L", "0-40 Units/L"):
        result = alt(make, {"text": text})
        result["valueQuantity"]["unit"] = "Units/L"
        assert times_upper_limit(fact_of("lab.alt", result)) == 2


@pytest.mark.parametrize(
    ("code", "concept", "unit"), [(HBSAG, "lab.hbsag", "{index}"), (HBV_DNA, "lab.hbv_dna", "[IU]/mL")]
)
def test_not_where_the_number_alone_is_an_answer(fact_of: Any, make: Any, code: str, concept: str, unit: str) -> None:
    """The text may say what the assay can measure."""
    result = make.observation(code, valueQuantity=make.quantity(50, unit), referenceRange=[{"text": "20-170000"}])
    fact = fact_of(concept, result)
    assert fact.times_upper_limit is None


def test_a_point_before_three_digits_where_it_cannot_part_thousands(fact_of: Any, make: Any) -> None:
    value = make.quantity(2.4, "mg/dL")
    result = make.observation("2160-0", valueQuantity=value, referenceRange=[{"text": "0.500-1.200 mg/dL"}])
    assert times_upper_limit(fact_of("lab.creatinine", result)) == 2
