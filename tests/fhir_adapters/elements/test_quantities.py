"""Numbers as they are recorded, and what they are in a concept's unit."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from trialsieve.engine.interval import NumberInterval
from trialsieve.fhir_adapters.elements.quantities import (
    Amount,
    number,
    plausible,
    read_quantity,
    read_range,
    read_text,
    scaled,
    to_canonical,
)
from trialsieve.fhir_adapters.elements.shapes import Malformed
from trialsieve.rules.rule_book import RuleBook

UCUM = "http://unitsofmeasure.org"


def test_numbers_are_kept_exactly_as_written() -> None:
    assert number(0.1, "value") == Decimal("0.1")
    assert number("0.10", "value") == Decimal("0.10")
    assert number(55, "value") == 55
    assert number(" 55 ", "value") == 55


@pytest.mark.parametrize(
    "value", [9.9e30, 1e-30, "1" * 25, "0." + "1" * 25, "0" * 30 + "1" * 25, "0." + "0" * 25, 0, -0.5]
)
def test_a_number_that_can_be_measured_has_at_most_25_digits_and_lies_within_30_powers_of_ten(value: Any) -> None:
    assert number(value, "value") == Decimal(str(value))


@pytest.mark.parametrize(
    "value", [True, None, [], {}, "many", "", "5 mg", "<5", "NaN", "Infinity", "1e999", 1e300, "1_000"]
)
def test_what_is_no_number_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        number(value, "valueQuantity.value")


@pytest.mark.parametrize("value", [1e31, 9e-31, "1" * 26, "0." + "1" * 26, "0" * 30 + "1" * 26, "1" + "0" * 25])
def test_a_number_of_more_digits_or_of_another_size_is_a_slip(value: Any) -> None:
    with pytest.raises(Malformed, match="a number that can be measured"):
        number(value, "valueQuantity.value")


@pytest.mark.parametrize(
    ("comparator", "expected"),
    [
        (None, NumberInterval(20, 20)),
        ("<", NumberInterval(-math.inf, 20, high_open=True)),
        ("<=", NumberInterval(-math.inf, 20)),
        (">", NumberInterval(20, math.inf, low_open=True)),
        (">=", NumberInterval(20, math.inf)),
        ("ad", NumberInterval(-math.inf, math.inf)),
    ],
)
def test_a_comparator_makes_an_interval(comparator: str | None, expected: NumberInterval) -> None:
    read = read_quantity({"value": 20, "comparator": comparator}, "valueQuantity")
    assert read is not None
    assert read.interval() == expected


@pytest.mark.parametrize(
    ("comparator", "value", "expected"),
    [
        (None, 20, NumberInterval(20, 20)),
        ("<", 20, NumberInterval(0, 20, high_open=True)),
        ("<=", 20, NumberInterval(0, 20)),
        (">", 20, NumberInterval(20, 100, low_open=True)),
        (">=", 20, NumberInterval(20, 100)),
        ("<", 0, NumberInterval(-math.inf, 0, high_open=True)),  # contradicts itself, and is not made to be plausible
        (">", 100, NumberInterval(100, math.inf, low_open=True)),
        ("ad", 20, NumberInterval(0, 100)),
    ],
)
def test_an_open_side_ends_where_what_is_plausible_does(
    comparator: str | None, value: int, expected: NumberInterval
) -> None:
    read = read_quantity({"value": value, "comparator": comparator}, "valueQuantity")
    assert read is not None
    assert read.interval((Decimal(0), Decimal(100))) == expected


def test_a_comparator_that_fhir_does_not_know_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_quantity({"value": 20, "comparator": "~"}, "valueQuantity")


def test_a_quantity_without_value_is_none() -> None:
    assert read_quantity({"unit": "mg/dL"}, "valueQuantity") is None


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("55", "55", "55", None),
        ("0.01", "0.01", "0.01", None),
        ("55 %", "55", "55", "%"),
        ("120 U/L", "120", "120", "U/L"),
        ("120U/L", "120", "120", "U/L"),
        ("55-60 %", "55", "60", "%"),
        ("55 – 60%", "55", "60", "%"),
        ("55% - 60%", "55", "60", "%"),
        ("55 to 60", "55", "60", None),
        ("55 bis 60 Prozent", "55", "60", "Prozent"),
        ("55−60%", "55", "60", "%"),
        ("55～60%", "55", "60", "%"),
        ("55-55%", "55", "55", "%"),
        ("55－60%", "55", "60", "%"),
        ("55--60%", "55", "60", "%"),
        ("0--40", "0", "40", None),
        ("-5-5 mmol/L", "-5", "5", "mmol/L"),
        ("-5--3 mmol/L", "-5", "-3", "mmol/L"),
        ("55 %.", "55", "55", "%"),
        ("55.", "55", "55", None),
        ("<0.01", None, "0.01", None),
        ("≤ 0.01 %", None, "0.01", "%"),
        (">30 %", "30", None, "%"),
        (">=30%", "30", None, "%"),
        ("4.5 10*9/L", "4.5", "4.5", "10*9/L"),
        ("4.5 x10^9/L", "4.5", "4.5", "x10^9/L"),
        ("4.5 x 10^9/L", "4.5", "4.5", "10^9/L"),
        ("4.5 × 10*9/L", "4.5", "4.5", "10*9/L"),
        ("10-15 x 10^9/L", "10", "15", "10^9/L"),
        ("4.5 10⁹/L", "4.5", "4.5", "10⁹/L"),
        ("4.5 109/L", "4.5", "4.5", "109/L"),  # its superscript was lost
    ],
)
def test_numbers_in_words(text: str, low: str | None, high: str | None, unit: str | None) -> None:
    read = read_text(text)
    assert read is not None
    assert (read.low, read.high) == (low and Decimal(low), high and Decimal(high))
    assert read.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "about 55",
        "~55 %",
        "ca. 55 %",
        "1,5",
        "1,500",
        "55/60",
        "60-55",
        "60-55 %",
        ">55-60 %",
        "55-60-65 %",
        "2026-10-02",
        "1-2+",
        "1:8",
        "5.5.5",
        "55 ± 5",
        "none",
        "<20 not detected",
        "5 of 10",
        "EF 55 %",
        "10-15 x 10-20 %",
        "4.5 x 5 %",
    ],
)
def test_words_that_are_not_just_a_number_are_not_read(text: str) -> None:
    assert read_text(text) is None


def test_a_range_runs_from_low_to_high_and_may_be_open() -> None:
    read = read_range({"low": {"value": 55, "unit": "%"}, "high": {"value": 60, "unit": "%"}}, "valueRange")
    assert read is not None
    assert read.interval() == NumberInterval(55, 60)
    half = read_range({"low": {"value": 55, "unit": "%"}}, "valueRange")
    assert half is not None
    assert half.interval() == NumberInterval(55, math.inf)
    assert read_range({}, "valueRange") is None


@pytest.mark.parametrize(
    "value",
    [
        {"low": {"value": 60, "unit": "%"}, "high": {"value": 55, "unit": "%"}},
        {"low": {"value": 0.5, "unit": "1"}, "high": {"value": 55, "unit": "%"}},
        {"low": [55]},
    ],
)
def test_a_range_whose_sides_do_not_fit_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        read_range(value, "valueRange")


# --- units ------------------------------------------------------------------------------------------------------------


def canonical(book: RuleBook, concept: str, quantity: dict[str, Any]) -> Decimal | None:
    read = read_quantity(quantity, "valueQuantity")
    assert read is not None
    found = to_canonical(read, book.concepts[concept])
    return None if found is None else found.low


@pytest.mark.parametrize(
    ("concept", "quantity", "expected"),
    [
        ("lab.bilirubin_total", {"value": 2, "unit": "mg/dL", "system": UCUM, "code": "mg/dL"}, "2"),
        ("lab.bilirubin_total", {"value": 2, "unit": "mg/dl", "system": UCUM + "/", "code": "mg/dL"}, "2"),
        ("lab.bilirubin_total", {"value": 20, "unit": "mg/L"}, "2"),
        ("lab.bilirubin_total", {"value": 20, "code": "mg/L"}, "2"),
        ("cardiac.lvef", {"value": 55, "unit": "%"}, "55"),
        ("cardiac.lvef", {"value": 0.55, "unit": "1", "system": UCUM, "code": "1"}, "55"),
        ("lab.alc", {"value": 500, "unit": "/uL", "system": UCUM, "code": "/uL"}, "0.5"),
        ("perf.ecog", {"value": 1}, "1"),
        ("perf.ecog", {"value": 1, "unit": "{score}", "system": UCUM, "code": "{score}"}, "1"),
        ("perf.ecog", {"value": 1, "system": UCUM, "code": "1"}, "1"),
        ("perf.karnofsky", {"value": 90, "unit": "%", "system": UCUM, "code": "%"}, "90"),
    ],
)
def test_a_unit_that_is_known_is_converted(book: RuleBook, concept: str, quantity: Any, expected: str) -> None:
    assert canonical(book, concept, quantity) == Decimal(expected)


@pytest.mark.parametrize(
    ("concept", "quantity"),
    [
        ("lab.bilirubin_total", {"value": 20}),
        ("lab.bilirubin_total", {"value": 20, "unit": " "}),
        ("lab.bilirubin_total", {"value": 20, "unit": "U/L"}),
        ("lab.bilirubin_total", {"value": 20, "system": "http://example.org", "code": "mg/L"}),
        ("cardiac.lvef", {"value": 0.55}),
        ("cardiac.lvef", {"value": 55, "unit": "1", "system": UCUM, "code": "1"}),
        ("perf.ecog", {"value": 1, "unit": "%"}),
        ("perf.ecog", {"value": 1, "unit": "mg"}),
        ("lab.hbsag", {"value": 1, "unit": "COI"}),
    ],
)
def test_no_unit_or_another_quantitys_is_never_guessed(book: RuleBook, concept: str, quantity: Any) -> None:
    assert canonical(book, concept, quantity) is None


@pytest.mark.parametrize(
    ("concept", "both"),
    [
        ("lab.bilirubin_total", {"value": 20, "unit": "mg/L", "system": UCUM, "code": "mg/dL"}),
        ("cardiac.lvef", {"value": 55, "unit": "%", "system": UCUM, "code": "mL"}),  # a unit of something else
    ],
)
def test_a_code_and_words_for_people_that_disagree_are_not_believed(book: RuleBook, concept: str, both: Any) -> None:
    assert canonical(book, concept, both) is None


def test_a_code_that_is_no_unit_leaves_it_to_the_words(book: RuleBook) -> None:
    junk = {"value": 55, "unit": "%", "system": UCUM, "code": "percentage?"}
    assert canonical(book, "cardiac.lvef", junk) == 55


@pytest.mark.parametrize(
    ("concept", "codes", "unit", "expected"),
    [
        ("lab.bun", ("6299-2",), "mg/dL", "10.71"),  # urea nitrogen
        ("lab.bun", ("3091-6",), "mg/dL", "4.995"),  # urea
        ("lab.bun", ("6299-2", "3091-6"), "mg/dL", None),  # one number cannot be both
        ("lab.bun", ("6299-2", "3094-0"), "mg/dL", "10.71"),
        ("lab.bun", ("3091-6",), "mmol/L", "30"),
        ("lab.hbv_dna", ("48398-2",), "[IU]/mL", None),  # a logarithm, whatever its unit says
    ],
)
@pytest.mark.parametrize("named_by", [("unit", "code"), ("unit",), ("code",)])
def test_the_code_of_a_result_says_which_factor_holds(
    book: RuleBook, concept: str, codes: tuple[str, ...], unit: str, expected: str | None, named_by: tuple[str, ...]
) -> None:
    words, ucum = (unit if name in named_by else None for name in ("unit", "code"))
    amount = Amount(Decimal(30), Decimal(30), unit=words, code=ucum)
    recorded = tuple(code for code in book.concepts[concept].codes if code.code in codes)
    assert len(recorded) == len(codes)
    found = to_canonical(amount, book.concepts[concept], recorded)
    assert (None if found is None else found.low) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7.5, "7.5"), ("7.50", "7.50"), (1e-7, "0.0000001"), ("1E+5", "100000"), (-0.0, "-0.0"),
        ("1E-13", "0.0000000000001"), ("1E-14", "1E-14"), ("1E+14", "100000000000000"), ("1E+15", "1E+15"),
    ],
)  # fmt: skip
def test_a_number_is_shown_without_an_exponent_where_that_is_short(value: Any, shown: str) -> None:
    read = read_quantity({"value": value, "unit": "mg"}, "valueQuantity")
    assert read is not None
    assert read.shown == f"{shown} mg"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [("5", "5", True), ("90", "90", True), ("4.9", "4.9", False), ("90.1", "90.1", False), ("0.55", "0.55", False),
     (None, "90", True), (None, "91", False), ("80", "95", False)],
)  # fmt: skip
def test_what_no_living_person_has_is_implausible(
    book: RuleBook, low: str | None, high: str | None, expected: bool
) -> None:
    amount = Amount(Decimal(low) if low else None, Decimal(high) if high else None)
    assert plausible(amount, book.concepts["cardiac.lvef"]) is expected


@pytest.mark.parametrize("concept", ["perf.ecog", "cardiac.nyha"])
@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [("2", "2", True), ("2.0", "2.0", True), ("1", "2", True), (None, "2", True), ("2.5", "2.5", False),
     ("2", "2.5", False), ("1.5", "2", False), (None, "2.5", False), ("2.5", None, False)],
)  # fmt: skip
def test_no_score_lies_between_two(
    book: RuleBook, concept: str, low: str | None, high: str | None, expected: bool
) -> None:
    amount = Amount(Decimal(low) if low else None, Decimal(high) if high else None)
    assert plausible(amount, book.concepts[concept]) is expected


@pytest.mark.parametrize(
    ("concept", "value", "expected"),
    [("perf.ecog", "2", 2), ("perf.ecog", "2.0", 2), ("perf.ecog", "2.5", None), ("cardiac.nyha", "2.5", None),
     ("cardiac.lvef", "49.5", 49.5)],
)  # fmt: skip
def test_what_is_no_score_is_scaled_to_none(book: RuleBook, concept: str, value: str, expected: float | None) -> None:
    scaled_to = scaled(Decimal(value), Decimal(1), book.concepts[concept])
    assert scaled_to == (None if expected is None else NumberInterval.exactly(expected))
