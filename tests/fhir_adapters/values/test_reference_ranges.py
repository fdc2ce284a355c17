"""Which reference range applies: type, sex and age, and none where that is not sure."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.dates import read_date
from trialsieve.fhir_adapters.elements.shapes import Malformed
from trialsieve.fhir_adapters.values.reference_ranges import Subject, range_limit
from trialsieve.rules.vocabulary import Sex

UTC = ZoneInfo("UTC")
MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"


def day(text: str) -> DateInterval:
    read = read_date(text, UTC)
    assert read is not None
    return read


def subject(birth: str | None = "1980-05-20", sex: Sex = Sex.FEMALE, when: str | None = "2026-10-02") -> Subject:
    return Subject(day(birth) if birth else None, sex, day(when) if when else None)


def limit(high: float, **more: Any) -> dict[str, Any]:
    return {"high": {"value": high, "unit": "U/L"}, **more}


def years(low: float | None, high: float | None, unit: str = "a") -> dict[str, Any]:
    sides = {"low": low, "high": high}
    return {"age": {name: {"value": side, "code": unit} for name, side in sides.items() if side is not None}}


def kind(code: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": MEANING, "code": code}]}}


def sex(code: str, system: str = "http://hl7.org/fhir/administrative-gender") -> dict[str, Any]:
    return {"appliesTo": [{"coding": [{"system": system, "code": code}]}]}


def chosen(ranges: list[Any], of: Subject | None = None) -> float | None:
    found = range_limit({"referenceRange": ranges}, of or subject(), age_adjusted=False)
    return None if found is None or found.amount.high is None else float(found.amount.high)


ADULT = subject()


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([limit(40)], 40),
        ([limit(40), limit(40)], 40),
        ([limit(40), limit(50)], None),
        ([limit(40, **kind("normal"))], 40),
        ([limit(40, **kind("therapeutic"))], None),
        ([limit(40, **kind("normal")), limit(90, **kind("treatment"))], 40),
        ([limit(40, type={"text": "Normal Range"})], 40),
        ([limit(40, type={"text": "critical"})], None),
        ([limit(35, **sex("female")), limit(50, **sex("male"))], 35),
        ([limit(35, **sex("248152002", "http://snomed.info/sct")), limit(50, **sex("male"))], 35),
        ([limit(35, appliesTo=[{"text": "Female"}]), limit(50, appliesTo=[{"text": "Male"}])], 35),
        ([limit(50, **sex("male"))], None),
        ([limit(35, **sex("77386006", "http://snomed.info/sct"))], None),
        ([limit(40), limit(60, **sex("77386006", "http://snomed.info/sct"))], None),
        ([limit(40), {"text": "see laboratory handbook"}], 40),
        ([{"text": "< 40"}], None),
        ([{"low": {"value": 5}}], None),
        ([], None),
    ],
)
def test_type_and_sex(ranges: list[Any], expected: float | None) -> None:
    assert chosen(ranges) == expected


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (998, 998), (999, None), (1000, 1000), (9999, None), (9998, 9998), (99999, None), (999999, None),
        ("999.99", None), ("999.9", None), ("999.0", None), ("9999.99", None), ("999.5", 999.5),
        (99, 99), ("99.9", 99.9), ("9.99", 9.99),
    ],
)  # fmt: skip
def test_nothing_but_nines_is_no_limit(high: Any, expected: float | None) -> None:
    assert chosen([limit(high)]) == expected
    assert chosen([limit(40), limit(high)]) == (40 if expected == 40 else None)  # what the other is for is not known


def test_nothing_but_nines_is_no_lower_limit() -> None:
    low = {"low": {"value": 999, "unit": "U/L"}}
    assert range_limit({"referenceRange": [low]}, subject(), age_adjusted=False, side="low") is None
    low["low"]["value"] = 998
    assert range_limit({"referenceRange": [low]}, subject(), age_adjusted=False, side="low") is not None


@pytest.mark.parametrize(
    "text",
    [
        "Normal", "normal range", "Reference range: up to 40 U/L", "0 - 40 U/L", "<= 40", "≤ 40 U/L", "< 40 (10*3/uL)",
        "Adults: 0-40", "Female 0-40", "F: < 40", "Women 18-60 years", "Male and female", "Negative: < 40", "参考范围",
        "Normwert bis 40", "0.67 ukat/L", "low 5, high 40", "> 60 mL/min/1.73m2", "", None,
    ],
)  # fmt: skip
def test_a_text_that_says_what_the_range_says(text: str | None) -> None:
    assert chosen([limit(40, text=text)]) == 40


@pytest.mark.parametrize(
    "text",
    [
        "4 weeks of gestation", "Critical: > 500", "therapeutic", "Therapeutic range", "toxic", "first trimester",
        "follicular phase", "treatment target", "on warfarin", "Cord blood", "newborn", "Severe TBI", "Male",
        "Men: < 40", "Positive: > 40", "妊娠", "Low", "High",
    ],
)  # fmt: skip
def test_a_text_of_something_else_makes_it_no_normal_range(text: str) -> None:
    assert chosen([limit(40, text=text)]) is None


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([limit(40, text="Normal"), limit(500, text="Critical")], 40),
        ([limit(40), limit(90, text="Therapeutic")], 40),
        ([limit(40), limit(90, text="first trimester")], None),  # whether she is pregnant, nobody knows
        ([limit(35, text="Female"), limit(50, text="Male")], 35),
        ([limit(35, text="F"), limit(50, text="M")], 35),
    ],
)
def test_texts_of_several_ranges(ranges: list[Any], expected: float | None) -> None:
    assert chosen(ranges) == expected


def test_a_text_of_one_sex_is_not_for_an_unknown_one() -> None:
    assert chosen([limit(40, text="Female")], subject(sex=Sex.UNKNOWN)) is None


def test_an_unknown_sex_fits_neither() -> None:
    both = [limit(35, **sex("female")), limit(50, **sex("male"))]
    assert chosen(both, subject(sex=Sex.UNKNOWN)) is None


TO_18, FROM_18 = limit(60, **years(0, 18)), limit(40, **years(18, None))
TO_17 = limit(60, **years(0, 17))


@pytest.mark.parametrize(
    ("birth", "ranges", "expected"),
    [
        ("2008-10-03", [TO_18, FROM_18], 60),  # the day before the 18th birthday
        ("2008-10-02", [TO_18, FROM_18], None),  # the birthday itself lies in both
        ("2008-10-01", [TO_18, FROM_18], 40),
        ("2008-11-01", [TO_17, FROM_18], 60),  # 17 years and 11 months: "17" where nothing else fits
        ("2008-10-02", [TO_17, FROM_18], 40),
        ("2008", [TO_18, FROM_18], None),
        ("1980", [TO_18, FROM_18], 40),
        (None, [TO_18, FROM_18], None),
        ("2026-08-02", [limit(90, **years(1, 3, "mo")), limit(40, **years(1, None))], 90),
        ("2026-09-20", [limit(90, **years(0, 2, "wk")), limit(60, **years(3, 8, "wk"))], 90),
        ("2026-09-30", [limit(90, **years(0, 3, "d"))], 90),
        ("1900-01-01", [limit(40, **years(0, 100))], None),
    ],
)
def test_age(birth: str | None, ranges: list[Any], expected: float | None) -> None:
    assert chosen(ranges, subject(birth)) == expected


def test_without_a_date_of_the_result_no_age_is_known() -> None:
    assert chosen([TO_18, FROM_18], subject(when=None)) is None


@pytest.mark.parametrize(
    ("birth", "age_adjusted", "assumed"),
    [
        ("2010-01-01", False, True),
        ("2010-01-01", True, False),
        ("2008-10-02", False, False),
        ("2008-10-03", False, True),
    ],
)
def test_an_un_aged_range_for_a_child_is_an_assumption(birth: str, age_adjusted: bool, assumed: bool) -> None:
    found = range_limit({"referenceRange": [limit(40)]}, subject(birth), age_adjusted=age_adjusted)
    assert found is not None
    assert (found.assumed is not None) is assumed


def sides(low: float, high: float, unit: str | None = "U/L", **more: Any) -> dict[str, Any]:
    units = {} if unit is None else {"unit": unit}
    return {"low": {"value": low, **units}, "high": {"value": high, **units}, **more}


def both(ranges: list[Any]) -> list[float | None]:
    found = (
        range_limit({"referenceRange": ranges}, subject(), age_adjusted=False, side=one) for one in ("low", "high")
    )
    return [None if one is None or one.amount.high is None else float(one.amount.high) for one in found]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([sides(5, 40)], [5, 40]),
        ([sides(40, 40)], [40, 40]),
        ([sides(40, 5)], [None, None]),
        ([sides(40, 5, None)], [None, None]),
        ([sides(40, 5), sides(5, 40)], [None, None]),  # which of them was meant is not known
        ([sides(40, 5), sides(40, 5)], [None, None]),
        ([sides(5, 40), sides(40, 5, **sex("male"))], [5, 40]),  # not hers
        ([sides(5, 40), sides(40, 5, text="pregnancy")], [None, None]),  # perhaps hers
        ([{"low": {"value": 60, "unit": "umol/L"}, "high": {"value": 1.2, "unit": "mg/dL"}}], [60, 1.2]),
        ([{"low": {"value": 40, "unit": "U/L"}, "high": {"value": 5}}], [None, None]),
        ([{"low": {"value": 40, "unit": "U/L"}, "high": {"value": 5, "unit": "U/L", "comparator": "<"}}], [None, None]),
    ],
)
def test_a_range_whose_low_is_above_its_high_is_none(ranges: list[Any], expected: list[float | None]) -> None:
    assert both(ranges) == expected


@pytest.mark.parametrize(
    "ranges",
    [limit(40), [[limit(40)]], [{"high": 40}], [limit(40, age={"low": {"value": 1, "unit": "moons"}})], "normal"],
)
def test_a_range_of_another_shape_is_malformed(ranges: Any) -> None:
    with pytest.raises(Malformed):
        chosen(ranges)


def test_the_day_of_the_result_counts_not_today() -> None:
    assert chosen([TO_18, FROM_18], subject("2000-01-01", when="2017-06-01")) == 60
    assert date(2017, 6, 1) == day("2017-06-01").first
