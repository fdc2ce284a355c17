"""Units: real spellings to UCUM, exact conversion to a concept's unit, and what is refused as a guess."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsieve.rules import units
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.units import convert, factor_to, is_ucum, normalise
from trialsieve.rules.vocabulary import Kind, Role


def concept(unit: str | None, factors: dict[str, str] | None = None, molar_mass: str | None = None) -> Concept:
    return Concept(
        id="lab.example",
        label="example",
        kinds=frozenset({Kind.OBSERVATION}),
        codes=(),
        unit=unit,
        factors={key: Decimal(value) for key, value in (factors or {}).items()},
        molar_mass=None if molar_mass is None else Decimal(molar_mass),
    )


MG_DL = concept("mg/dL")
BILIRUBIN = concept("mg/dL", {"umol/L": "0.058466", "mg/L": "0.1"}, "584.66")
LYMPHOCYTES = concept("10*9/L")
PERCENT = concept("%", {"1": "100", "{fraction}": "100"})
VIRAL_LOAD = concept("[IU]/mL")
SCORE = concept("{score}")


# --- spellings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("mg/dL", "mg/dL"),
        ("mg/dl", "mg/dL"),
        ("MG/DL", "mg/dL"),
        (" mg / dL ", "mg/dL"),
        ("mg%", "mg/dL"),
        ("g%", "g/dL"),
        ("µmol/L", "umol/L"),
        ("μmol/l", "umol/L"),
        ("UMOL/L", "umol/L"),
        ("K/uL", "10*3/uL"),
        ("k/ul", "10*3/uL"),
        ("K/mcL", "10*3/uL"),
        ("Tsd./µl", "10*3/uL"),
        ("K/CUMM", "10*3/mm3"),
        ("10*3/uL", "10*3/uL"),
        ("x10^3/µL", "10*3/uL"),
        ("10^9/L", "10*9/L"),
        ("x10E9/L", "10*9/L"),
        ("10e9/l", "10*9/L"),
        ("10**9/L", "10*9/L"),
        ("×10⁹/L", "10*9/L"),
        ("10\\S\\9/L", "10*9/L"),
        ("x10\\S\\3/uL", "10*3/uL"),
        ("109/L", "10*9/L"),  # what is left of 10⁹/L in plain text
        ("10 9/l", "10*9/L"),
        ("x103/µL", "10*3/uL"),
        ("*109/L", "10*9/L"),
        ("1012/L", "10*12/L"),
        ("10x3/uL", "10*3/uL"),
        ("10E+09/L", "10*9/L"),
        ("Gpt/l", "10*9/L"),
        ("Mrd/l", "10*9/L"),
        ("cells/cumm", "/mm3"),
        ("k/cmm", "10*3/mm3"),
        ("gm%", "g/dL"),
        ("u/L", "U/L"),
        ("Units/L", "U/L"),
        ("unit/L", "U/L"),
        ("units/liter", "U/L"),
        ("iu/L", "[IU]/L"),
        ("ui/L", "[IU]/L"),
        ("IU/liter", "[IU]/L"),
        ("iu/mL", "[IU]/mL"),
        ("ui/mL", "[IU]/mL"),
        ("mu/mL", "mU/mL"),
        ("miu/mL", "m[IU]/mL"),
        ("cells/uL", "{cells}/uL"),
        ("/mm³", "/mm3"),
        ("IU/L", "[IU]/L"),
        ("iu/l", "[IU]/L"),
        ("UI/L", "[IU]/L"),
        ("IU/ml", "[IU]/mL"),
        ("mIU/mL", "m[IU]/mL"),
        ("MIU/ML", "m[IU]/mL"),
        ("[iU]/L", "[IU]/L"),
        ("copies/mL", "{copies}/mL"),
        ("log10 IU/mL", "{Log_IU}/mL"),
        ("mmHg", "mm[Hg]"),
        ("percent", "%"),
        ("msec", "ms"),
        ("ml/min/1.73m²", "mL/min/{1.73_m2}"),
        ("mL/min/1.73.m2", "mL/min/{1.73_m2}"),
        ("ng/mL", "ng/mL"),
    ],
)
def test_a_real_spelling_means_a_unit(spelling: str, unit: str) -> None:
    assert normalise(spelling) == unit


@pytest.mark.parametrize("spelling", ["", "  ", "foo", "mEq/L", "bpm", "10+3/uL", "?", "x" * 51, "mg/dL mg/dL"])
def test_a_spelling_that_means_nothing_is_none(spelling: str) -> None:
    assert normalise(spelling) is None


@pytest.mark.parametrize("spelling", ["G/L", "G/l", "MIU/mL", "MU/mL"])
def test_a_spelling_that_could_mean_two_units_is_none_by_itself(spelling: str) -> None:
    assert normalise(spelling) is None


def test_case_counts_where_it_is_mixed() -> None:
    assert normalise("Mg/dL") == "Mg/dL"  # UCUM's megagram: absurd, so the plausible range catches it
    assert convert(Decimal(1), "Mg/dL", MG_DL) == Decimal(10) ** 9


def test_every_unit_of_our_tables_is_ucum() -> None:
    parser = import_module("ucumvert").get_ucum_parser()
    for unit in units._spellings()[3]:
        parser.parse(unit)  # raises where it is not


@pytest.mark.parametrize(("unit", "valid"), [("mg/dL", True), ("{score}", True), ("mmHg", False), ("K/UL", False)])
def test_is_ucum_takes_a_unit_as_it_stands(unit: str, valid: bool) -> None:
    assert is_ucum(unit) is valid


# --- conversion -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        ("15", "mg/L", MG_DL, "1.5"),
        ("2.0", "mg/dL", BILIRUBIN, "2.0"),
        ("34.2", "umol/L", BILIRUBIN, "1.99953720"),
        ("0.0342", "mmol/L", BILIRUBIN, "1.99953720"),  # by the molar mass
        ("500", "/uL", LYMPHOCYTES, "0.5"),
        ("500", "cells/mm3", LYMPHOCYTES, "0.5"),
        ("0.5", "K/uL", LYMPHOCYTES, "0.5"),
        ("0.5", "10^9/L", LYMPHOCYTES, "0.5"),
        ("55", "%", PERCENT, "55"),
        ("0.55", "1", PERCENT, "55"),
        ("1", "{fraction}", PERCENT, "100"),
        ("20", "kIU/L", VIRAL_LOAD, "20"),
        ("2000", "IU/L", VIRAL_LOAD, "2"),
        ("1", "ukat/L", concept("U/L"), "60"),
        ("0.45", "s", concept("ms"), "450"),
        ("0.5", "G/L", LYMPHOCYTES, "0.5"),  # a count, so giga
        ("80", "G/l", concept("g/L"), "80"),  # a mass, so gram
        ("5", "109/L", LYMPHOCYTES, "5"),
        ("5", "103/uL", LYMPHOCYTES, "5"),
        ("5", "10*4/uL", LYMPHOCYTES, "50"),
        ("5", "100/uL", LYMPHOCYTES, "0.5"),
        ("500000000", "L-1", LYMPHOCYTES, "0.5"),
        ("7", "min", concept("ms"), "420000"),  # not in our tables: by the UCUM library
        ("0", "score", SCORE, "0"),
        ("1.5", "mL/s/{1.73_m2}", concept("mL/min/{1.73_m2}"), "90"),
    ],
)
def test_a_value_is_converted_exactly(value: str, unit: str, into: Concept, expected: str) -> None:
    assert convert(Decimal(value), unit, into) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "into", "why"),
    [
        ("", MG_DL, "no unit"),
        ("umol/L", MG_DL, "no molar mass"),
        ("[IU]/L", concept("U/L"), "an arbitrary unit is an enzyme unit only where the concept says so"),
        ("U/mL", VIRAL_LOAD, "an enzyme unit is no international unit"),
        ("{copies}/mL", VIRAL_LOAD, "copies are not international units; the factor depends on the assay"),
        ("/mL", VIRAL_LOAD, "a count is not an arbitrary unit"),
        ("log IU/mL", VIRAL_LOAD, "a logarithm"),
        ("mmol/mol", concept("%"), "70 per mille is not an HbA1c of 7 %"),
        ("1", concept("%"), "a fraction is a percentage only where the concept says so"),
        ("%", concept("{score}"), "a score is not a percentage unless the concept says so"),
        ("[ppm]", PERCENT, "pure numbers need the concept to say what they are parts of"),
        ("10*-4", PERCENT, "pure numbers need the concept to say what they are parts of"),
        ("mL/min", concept("mL/min/{1.73_m2}"), "not related to the body surface"),
        ("meq/L", concept("mmol/L"), "needs a valence"),
        ("kg", MG_DL, "another quantity"),
        ("[degF]", concept("Cel"), "an offset"),
        ("G/L", PERCENT, "neither a count nor a mass"),
        ("MIU/mL", concept("m[IU]/mL"), "milli or mega"),
        ("104/uL", LYMPHOCYTES, "104 of something a microlitre: a superscript that was lost, but of a rare power"),
        ("10.9/L", LYMPHOCYTES, "ten times nine a litre"),
        ("10^-9/L", LYMPHOCYTES, "nobody counts so"),
        ("9/L", LYMPHOCYTES, "what stood before it was lost"),
        ("U/L/37", concept("U/L"), "a temperature"),
        ("mg/dL", concept(None), "the concept has no unit"),
    ],
)
def test_what_would_be_a_guess_is_not_converted(unit: str, into: Concept, why: str) -> None:
    assert convert(Decimal(1), unit, into) is None, why


@pytest.mark.parametrize(
    ("value", "expected"), [("-0.01", None), ("0", "0"), ("1", "100"), ("1.01", None), ("55", None)]
)
def test_a_fraction_lies_between_0_and_1(value: str, expected: str | None) -> None:
    assert convert(Decimal(value), "1", PERCENT) == (None if expected is None else Decimal(expected))


def test_a_code_can_have_a_factor_of_its_own() -> None:
    nitrogen = concept("mmol/L", {"mg/dL": "0.357"})
    urea = Code("http://loinc.org", "3091-6", "urea", Role.DEFINITIVE, "", factors=(("mg/dL", Decimal("0.1665")),))
    assert convert(Decimal(60), "mg/dL", nitrogen) == Decimal("21.42")
    assert convert(Decimal(60), "mg/dL", nitrogen, urea) == Decimal("9.99")
    assert convert(Decimal(60), "mmol/L", nitrogen, urea) == 60


def test_a_code_of_a_logarithm_gives_no_amount() -> None:
    log = Code("http://loinc.org", "48398-2", "log", Role.DEFINITIVE, "", facets=(("scale", "log10"),))
    assert convert(Decimal(3), "[IU]/mL", VIRAL_LOAD, log) is None


def test_many_digits_stay_exact() -> None:
    value = Decimal("1234567890123456789012345")
    in_mg_dl = convert(value, "umol/L", BILIRUBIN)
    assert in_mg_dl is not None
    assert int(in_mg_dl.scaleb(6)) == int(value) * 58466
    assert convert(value, "mg/L", MG_DL) == value.scaleb(-1)


def test_factor_to_is_what_a_value_is_multiplied_by() -> None:
    assert factor_to("mg/L", MG_DL) == Decimal("0.1")
    assert factor_to("umol/L", MG_DL) is None
    assert factor_to("mg/L", concept(None)) is None


# --- properties and the oracle ----------------------------------------------------------------------------------------

amounts = st.decimals(min_value="0.0001", max_value="100000", places=4, allow_nan=False, allow_infinity=False)
SAME_QUANTITY = [
    ["mg/dL", "mg/L", "ug/mL", "g/L", "ug/dL", "mg/mL", "g/dL", "kg/m3"],
    ["10*9/L", "10*3/uL", "/uL", "/mm3", "10*6/mL", "/nL", "10*12/L"],
    ["mmol/L", "umol/L", "mol/L", "mmol/dL", "mol/m3"],
    ["U/L", "U/mL", "mU/mL", "ukat/L", "nkat/L", "kU/L"],
    ["[IU]/mL", "[IU]/L", "k[IU]/L", "m[IU]/mL"],
    ["ms", "s", "us", "min"],
]
PAIRS = [(one, other) for group in SAME_QUANTITY for one in group for other in group]


@given(value=amounts, pair=st.sampled_from(PAIRS))
def test_there_and_back_again_is_the_same_value(value: Decimal, pair: tuple[str, str]) -> None:
    one, other = pair
    there = convert(value, one, concept(other))
    assert there is not None
    back = convert(there, other, concept(one))
    assert back is not None
    assert abs(back - value) <= value * Decimal("1e-12")


@given(value=amounts)
def test_equivalent_units_give_equal_values(value: Decimal) -> None:
    same = [convert(value, unit, LYMPHOCYTES) for unit in ("10*9/L", "10*3/uL", "K/uL", "/nL", "10^9/L", "10*6/mL")]
    assert set(same) == {value}


@pytest.fixture(scope="module")
def registry() -> Any:
    return import_module("ucumvert").PintUcumRegistry()


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_our_factors_are_those_of_the_ucum_library(one: str, other: str, registry: Any) -> None:
    ours = factor_to(one, concept(other))
    theirs = registry.from_ucum(one).to(registry.from_ucum(other))
    expected = theirs.magnitude / registry.from_ucum(other).magnitude
    assert ours is not None
    assert float(ours) == pytest.approx(expected, rel=1e-9)


def test_every_factor_of_our_table_is_that_of_the_ucum_library(registry: Any) -> None:
    for (wanted, unit), factor in units._table().items():
        theirs = registry.from_ucum(unit).to(registry.from_ucum(wanted)).magnitude
        assert float(factor) == pytest.approx(theirs, rel=1e-9), f"{unit} to {wanted}"


def test_known_units_need_no_ucum_library() -> None:
    """Starting it takes half a second, which a screening of ordinary records never pays."""
    code = (
        "import sys; from trialsieve.rules.units import normalise, is_ucum\n"
        "assert normalise('K/uL') == '10*3/uL' and is_ucum('mg/dL') and is_ucum('{score}')\n"
        "assert normalise('ml/min') == 'mL/min' and is_ucum('L/min') and is_ucum('mmol/mol')\n"
        "assert not {'pint', 'ucumvert', 'lark'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
