"""5. LVEF ≥ 0.5 by echocardiography or grade I/II cardiovascular dysfunction (NYHA).

Read literally, LVEF 35 % with NYHA II passes, so whatever rests on the literal "or" goes to a person; so does LVEF 50 %
or more beside NYHA III/IV. The registry states a fraction: a bare number has no unit, and nobody guesses which it is.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    LOINC,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    coded,
    condition,
    lvef,
    observation,
    quantity,
    review,
    row,
    rows,
)

CLASS_I, CLASS_II, CLASS_III, CLASS_IV = "LA28404-4", "LA28405-1", "LA28406-9", "LA28407-7"


def nyha(answer: str, **more: Any) -> Resource:
    return observation("88020-3", valueCodeableConcept=coded(LOINC, answer), **more)


def nyha_words(text: str) -> Resource:
    return observation("88020-3", valueString=text)


def between(low: float, high: float) -> Resource:
    return {"valueRange": {"low": quantity(low, "%"), "high": quantity(high, "%")}}


# --- ejection fraction ------------------------------------------------------------------------------------------------

# With NYHA III beside it, too low a fraction decides (fails), and one that is high enough goes to a person.
FRACTION = [
    *rows(PASSES, {f"{value} %": lvef(value) for value in (50, 50.0, 51, 65, "50 %", "55-60 %", "≥50%", ">50 %")}),
    *rows(
        FAILS,
        {
            f"{value} %, NYHA III": (lvef(value), nyha(CLASS_III))
            for value in (49.9, 49, 35, "35 %", "<50 %", "40-45 %")
        },
    ),
    *rows(review("no-data"), {f"{value} % and no class": lvef(value) for value in (49.9, 35)}),
    row("at least 50 %", lvef({"valueQuantity": quantity(50, "%", ">=")}), comes=PASSES),
    row("less than 50 %", lvef({"valueQuantity": quantity(50, "%", "<")}), nyha(CLASS_III), comes=FAILS),
    row("at most 50 %", lvef({"valueQuantity": quantity(50, "%", "<=")}), comes=review("imprecise", "no-data")),
    row("45 to 55 %", lvef(between(45, 55)), comes=review("imprecise", "no-data")),
    row("'45-55 %'", lvef("45-55 %"), comes=review("imprecise", "no-data")),
    row("50 to 55 %", lvef(between(50, 55)), comes=PASSES),
    row("0.5 as a fraction", lvef(0.5, "1"), comes=PASSES),
    row("0.55 as a fraction", lvef(0.55, "{fraction}"), comes=PASSES),
    row("0.49 as a fraction", lvef(0.49, "1"), nyha(CLASS_III), comes=FAILS),
    row("0.55 without a unit", lvef(0.55, None), comes=review("no-data", "unit")),
    row("55 without a unit", lvef(55, None), comes=review("no-data", "unit")),
    row("'55'", lvef("55"), comes=review("no-data", "unit")),
    row("0.55 %", lvef(0.55, "%"), comes=review("no-data", "unit")),
    row("55 as a fraction", lvef(55, "1"), comes=review("no-data", "unit")),
    row("in millilitres", lvef(55, "mL"), comes=review("no-data", "unit")),
    row("in words that nobody can measure", lvef("normal"), comes=review("no-data", "unusable-data")),
]

BY_ECHO = (
    """
Echo; ECHO; 2D-Echo; 3D echo; Transthoracic echo; TTE; TEE; Ultraschall; UKG; Échocardiographie; Ecocardiograma;
心脏彩超; 心エコー
""".strip()
    .replace("\n", " ")
    .split("; ")
)
NOT_BY_ECHO = ["CMR", "Kardio-MRT", "Gradient echo", "Echoplanar imaging", "MUGA, no echo", "Recho", "Attest"]
NOT_BY_ECHO += [
    "No echo",
    "Echo not done",
    "Fast field echo",
    "Gradient recalled echo",
    "ECHO virus",
    "Doppler not done",
]
METHODS = [
    row("2D echo, biplane", lvef(55, code="18047-1"), comes=PASSES),
    row(
        "echocardiography in method",
        lvef(55, code="10230-1", method={"text": "Transthoracic echocardiography"}),
        comes=PASSES,
    ),
    *rows(
        PASSES,
        {f"'{words}' in method": lvef(55, code="10230-1", method={"text": words}) for words in BY_ECHO},
    ),
    row(
        "low by an echo in method, NYHA III",
        lvef(35, code="10230-1", method={"text": "Transthoracic echo"}),
        nyha(CLASS_III),
        comes=FAILS,
    ),
    *rows(
        review("no-data", "unspecific"),
        {f"'{words}' in method": lvef(55, code="10230-1", method={"text": words}) for words in NOT_BY_ECHO},
    ),
    *rows(
        review("no-data", "unspecific"),
        {
            "by magnetic resonance": lvef(55, code="8811-2"),
            "by nuclear blood pool": lvef(55, code="8812-0"),
            "by angiography": lvef(55, code="8808-8"),
            "by magnetic resonance, in method": lvef(55, code="10230-1", method={"text": "Cardiac MRI"}),
            "by SNOMED code, in method": lvef(55, code="10230-1", method=coded(SNOMED, "312250003")),
            "by magnetic resonance, in the words of its code": lvef(55, code="10230-1")
            | {"code": coded(LOINC, "10230-1", "LVEF by cardiac MRI")},
            "scintigraphy in method": lvef(55, code="10230-1", method={"text": "MUGA scan"}),
            "a method in words that name none we know": lvef(55, code="10230-1", method={"text": "in-house"}),
            "low by magnetic resonance": lvef(35, code="8811-2"),
        },
    ),
    row(
        "low by magnetic resonance in method, NYHA III: not by echocardiography, so it does not fail",
        lvef(35, code="10230-1", method={"text": "Cardiac MRI"}),
        nyha(CLASS_III),
        comes=review("unspecific"),
    ),
    row(
        "a newer one by magnetic resonance never outranks",
        lvef(55, on=ago(30)),
        lvef(35, code="8811-2", on=ago(5)),
        comes=PASSES,
    ),
]


@pytest.mark.parametrize(("given", "expected"), FRACTION + METHODS)
def test_ejection_fraction(check: Check, given: Given, expected: Expected) -> None:
    check("I05", given, expected)


def test_a_method_not_stated_is_taken_as_echocardiography_and_said_so(check: Check) -> None:
    answer = check("I05", Given((lvef(55, code="10230-1"),)), PASSES)
    assert answer.criterion("I05").assumptions == ("LVEF without a stated method taken as echocardiography",)


TIMES = [
    row("90 days ago", lvef(55, on=ago(90)), comes=PASSES),
    row("91 days ago", lvef(55, on=ago(91)), comes=review("no-data", "stale")),
    row("the month of the edge", lvef(55, on="2026-08"), comes=review("imprecise", "no-data")),
    row("September", lvef(55, on="2026-09"), comes=PASSES),
    row("undated", lvef(55, on=None), comes=review("no-data", "undated")),
    row("tomorrow", lvef(55, on=ago(-1)), comes=review("no-data")),
    row("preliminary", lvef(55, status="preliminary"), comes=review("no-data", "unconfirmed")),
    row("cancelled", lvef(55, status="cancelled"), comes=review("no-data")),
    row("nothing", comes=review("no-data")),
    row("the latest counts", lvef(35, on=ago(60)), lvef(55, on=ago(5)), comes=PASSES),
    row("it has fallen since", lvef(55, on=ago(60)), lvef(35, on=ago(5)), nyha(CLASS_III), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), TIMES)
def test_when_it_was_measured(check: Check, given: Given, expected: Expected) -> None:
    check("I05", given, expected)


# --- both halves ------------------------------------------------------------------------------------------------------

BOTH = [
    *rows(
        PASSES,
        {f"55 %, NYHA {name}": (lvef(55), nyha(answer)) for name, answer in {"I": CLASS_I, "II": CLASS_II}.items()},
    ),
    *rows(
        review("registry-error"),
        {
            "55 %, NYHA III": (lvef(55), nyha(CLASS_III)),
            "55 %, NYHA IV": (lvef(55), nyha(CLASS_IV)),
            "49 %, NYHA I": (lvef(49), nyha(CLASS_I)),
            "35 %, NYHA II": (lvef(35), nyha(CLASS_II)),
        },
    ),
    *rows(FAILS, {"35 %, NYHA III": (lvef(35), nyha(CLASS_III)), "49 %, NYHA IV": (lvef(49), nyha(CLASS_IV))}),
    row("NYHA II and no fraction", nyha(CLASS_II), comes=review("no-data", "registry-error")),
    row("NYHA III and no fraction", nyha(CLASS_III), comes=review("no-data")),
    row("NYHA II and a stale fraction", nyha(CLASS_II), lvef(55, on=ago(200)), comes=review("registry-error", "stale")),
    row("35 %, NYHA II 30 days ago", lvef(35), nyha(CLASS_II, on=ago(30)), comes=review("registry-error")),
    row("35 %, NYHA II 31 days ago", lvef(35), nyha(CLASS_II, on=ago(31)), comes=review("stale")),
    row(
        "55 %, and NYHA III is the latest class, however old",
        lvef(55),
        nyha(CLASS_III, on=ago(400)),
        comes=review("registry-error", "stale"),
    ),
    row(
        "55 %, NYHA III has become II", lvef(55), nyha(CLASS_III, on=ago(400)), nyha(CLASS_II, on=ago(5)), comes=PASSES
    ),
    row("55 %, perhaps NYHA III", lvef(55), nyha_words("II-III"), comes=review("imprecise")),
    row("55 %, NYHA III cancelled", lvef(55), nyha(CLASS_III, status="cancelled"), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), BOTH)
def test_both_halves(check: Check, given: Given, expected: Expected) -> None:
    check("I05", given, expected)


# --- the class in every shape -----------------------------------------------------------------------------------------

# Beside LVEF 35 %, class I or II goes to a person, and class III or IV fails: so each shape shows what was read.
CLASSES = {
    "I-II": review("registry-error"),
    "III-IV": FAILS,
}
SHAPES = [
    *rows(
        CLASSES["I-II"],
        {
            name: (lvef(35), shape)
            for name, shape in {
                "LOINC answer": nyha(CLASS_II),
                "SNOMED finding": observation("88020-3", valueCodeableConcept=coded(SNOMED, "421704003")),
                "an integer and its interpretation": observation(
                    "88020-3", valueInteger=2, interpretation=[coded(LOINC, CLASS_II)]
                ),
                "an integer": observation("88020-3", valueInteger=1),
                "a Quantity in {class}": observation("88020-3", valueQuantity=quantity(2, "{class}")),
                "'NYHA II'": nyha_words("NYHA II"),
                "'II'": nyha_words("II"),
                "'Ⅱ'": nyha_words("Ⅱ"),
                "'2'": nyha_words("2"),
                "'class1'": nyha_words("class1"),
                "'NYHA class I'": nyha_words("NYHA class I"),
                "'I-II'": nyha_words("I-II"),
                "a concept that is only words": observation("88020-3", valueCodeableConcept={"text": "NYHA II"}),
                "a Condition recorded this month": condition("421704003", SNOMED, recorded=ago(5)),
                "a Condition that began this month": condition("420300004", SNOMED, onset=ago(5)),
            }.items()
        },
    ),
    *rows(
        CLASSES["III-IV"],
        {
            name: (lvef(35), shape)
            for name, shape in {
                "LOINC answer III": nyha(CLASS_III),
                "SNOMED finding IV": observation("88020-3", valueCodeableConcept=coded(SNOMED, "422293003")),
                "'NYHA III'": nyha_words("NYHA III"),
                "'III-IV'": nyha_words("III-IV"),
                "'4'": nyha_words("4"),
                "a Condition, III": condition("420913000", SNOMED, recorded=ago(5)),
            }.items()
        },
    ),
    row("'II-III'", lvef(35), nyha_words("II-III"), comes=review("imprecise")),
    row(
        "an integer and another interpretation",
        lvef(35),
        observation("88020-3", valueInteger=2, interpretation=[coded(LOINC, CLASS_III)]),
        comes=review("unusable-data"),
    ),
    row("class 5 is none", lvef(35), observation("88020-3", valueInteger=5), comes=review("unit")),
    row("class 0 is none", lvef(35), observation("88020-3", valueInteger=0), comes=review("unit")),
    row(
        "a Condition recorded long ago",
        lvef(35),
        condition("421704003", SNOMED, recorded=ago(200)),
        comes=review("stale"),
    ),
    row(
        "a Condition that is refuted",
        lvef(35),
        condition("421704003", SNOMED, recorded=ago(5), verified="refuted"),
        comes=review("no-data"),
    ),
    row(
        "the objective assessment A-D is another scale",
        lvef(35),
        observation("88021-1", valueString="B"),
        comes=review("no-data"),
    ),
    row("the panel's code as such", lvef(35), observation("93124-6", valueInteger=2), comes=review("unspecific")),
]


@pytest.mark.parametrize(("given", "expected"), SHAPES)
def test_functional_class(check: Check, given: Given, expected: Expected) -> None:
    check("I05", given, expected)
