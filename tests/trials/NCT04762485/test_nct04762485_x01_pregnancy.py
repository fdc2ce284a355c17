"""Exclusion 1. Patients are pregnant or lactating.

Never presumed absent. A man passes unless a pregnancy stands on his record; a hysterectomy or menopause rules pregnancy
out; any other woman needs a pregnancy test or status inside its 7 days, and a statement on breastfeeding (30 days).
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    FAILS,
    HYPERTENSION,
    ICD_10,
    INDETERMINATE,
    LOINC,
    NEGATIVE,
    NO,
    PASSES,
    POSITIVE,
    SNOMED,
    YES,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    attestation,
    condition,
    observation,
    person,
    procedure,
    quantity,
    review,
    row,
    rows,
    woman,
)

HYSTERECTOMY = "236886002"


def pregnancy_test(answer: tuple[str, str] = NEGATIVE, **more: Any) -> Resource:
    """A pregnancy test in serum, two days ago."""
    return answered("2118-8", answer, **({"on": ago(2)} | more))


def pregnancy_status(answer: str, **more: Any) -> Resource:
    return answered("82810-3", (SNOMED, answer), **({"on": ago(2)} | more))


def pregnancy(**more: Any) -> Resource:
    return condition("Z33.1", **({"onset": ago(60)} | more))


def hcg(value: float, limit: float | None = 5, **more: Any) -> Resource:
    range_: Resource = {} if limit is None else {"referenceRange": [{"high": quantity(limit, "m[IU]/mL")}]}
    return observation("21198-7", on=ago(2), valueQuantity=quantity(value, "m[IU]/mL"), **range_, **more)


NOT_NURSING = answered("63895-7", NO, on=ago(5))


# --- men --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [Given(()), Given((pregnancy_test(NEGATIVE),)), Given((HYPERTENSION,))],
    ids=["nothing", "negative", "other"],
)
def test_it_does_not_apply_to_men(check: Check, given: Given) -> None:
    assert check("X01", given, PASSES).criterion("X01").applies is False


@pytest.mark.parametrize(
    "found",
    [pregnancy(), pregnancy_test(POSITIVE), pregnancy_status("77386006"), answered("63895-7", YES)],
    ids=["a pregnancy", "a positive test", "a status", "breastfeeding"],
)
def test_a_pregnancy_on_a_recorded_man_is_a_conflict(check: Check, found: Resource) -> None:
    check("X01", Given((found,)), review("conflicting-data"))


# --- women ------------------------------------------------------------------------------------------------------------

TESTS = [
    row("nothing", comes=review("no-data")),
    row("negative today", pregnancy_test(on=ago(0)), NOT_NURSING, comes=PASSES),
    row("negative 7 days ago", pregnancy_test(on=ago(7)), NOT_NURSING, comes=PASSES),
    row("negative 8 days ago", pregnancy_test(on=ago(8)), NOT_NURSING, comes=review("no-data", "stale")),
    row("negative tomorrow", pregnancy_test(on=ago(-1)), NOT_NURSING, comes=review("no-data")),
    row("negative, undated", pregnancy_test(on=None), NOT_NURSING, comes=review("no-data", "undated")),
    row(
        "negative, preliminary",
        pregnancy_test(status="preliminary"),
        NOT_NURSING,
        comes=review("no-data", "unconfirmed"),
    ),
    row("negative, cancelled", pregnancy_test(status="cancelled"), NOT_NURSING, comes=review("no-data")),
    row("negative, and nothing said of breastfeeding", pregnancy_test(), comes=review("no-data")),
    row("positive", pregnancy_test(POSITIVE), NOT_NURSING, comes=FAILS),
    row("positive, and nothing said of breastfeeding", pregnancy_test(DETECTED), comes=FAILS),
    row("positive 8 days ago", pregnancy_test(POSITIVE, on=ago(8)), NOT_NURSING, comes=review("no-data", "stale")),
    row("inconclusive", pregnancy_test(INDETERMINATE), NOT_NURSING, comes=review("no-data", "unspecific")),
    row("not done", pregnancy_test((SNOMED, "385660001")), NOT_NURSING, comes=review("no-data")),
    row(
        "in urine: its kind does not decide",
        answered("2106-3", NEGATIVE, on=ago(2)),
        NOT_NURSING,
        comes=review("no-data", "unspecific"),
    ),
    row("hCG below its limit", hcg(2), NOT_NURSING, comes=PASSES),
    row("hCG at its limit", hcg(5), NOT_NURSING, comes=PASSES),
    row("hCG above its limit", hcg(5.1), NOT_NURSING, comes=FAILS),
    row("hCG without a limit", hcg(2, None), NOT_NURSING, comes=review("no-data", "no-reference-range")),
    row(
        "the race code of the same number",
        observation("2106-3", system="urn:oid:2.16.840.1.113883.6.238", valueString="negative"),
        NOT_NURSING,
        comes=review("no-data"),
    ),
]

STATUSES = [
    row("pregnant", pregnancy_status("77386006"), NOT_NURSING, comes=FAILS),
    row("not pregnant", pregnancy_status("60001007"), NOT_NURSING, comes=PASSES),
    row("not pregnant, 7 days ago", pregnancy_status("60001007", on=ago(7)), NOT_NURSING, comes=PASSES),
    row(
        "not pregnant, 8 days ago",
        pregnancy_status("60001007", on=ago(8)),
        NOT_NURSING,
        comes=review("no-data", "stale"),
    ),
    row("unknown", pregnancy_status("261665006"), NOT_NURSING, comes=review("no-data", "unspecific")),
    row("possible pregnancy", pregnancy_status("102874004"), NOT_NURSING, comes=review("no-data", "unspecific")),
    row("a Condition", pregnancy(), NOT_NURSING, comes=FAILS),
    row("a Condition, SNOMED", condition("77386006", SNOMED, onset=ago(60)), NOT_NURSING, comes=FAILS),
    row("a Condition, WHO", condition("Z34.9", ICD_10, onset=ago(60)), NOT_NURSING, comes=FAILS),
    row("a Condition of this week", pregnancy(onset=ago(3)), NOT_NURSING, comes=FAILS),
    row("a Condition of 300 days", pregnancy(onset=ago(300)), NOT_NURSING, comes=FAILS),
    row("a Condition of 301 days", pregnancy(onset=ago(301)), NOT_NURSING, comes=review("no-data", "stale")),
    row("asserted again since", pregnancy(onset=ago(301), recorded=ago(20)), NOT_NURSING, comes=FAILS),
    row("its status is missing", pregnancy(status=None), NOT_NURSING, comes=review("no-data", "stale")),
    *rows(
        review("no-data", "unspecific"),
        {
            f"a fresh one whose code is not listed, {days} days old: not stale": (
                condition("237240001", SNOMED, text="Teenage pregnancy", onset=ago(days)),
                NOT_NURSING,
            )
            for days in (3, 8, 60, 300)
        },
    ),
    row(
        "one whose code is not listed, 301 days old",
        condition("237240001", SNOMED, text="Teenage pregnancy", onset=ago(301)),
        NOT_NURSING,
        comes=review("no-data", "stale", "unspecific"),
    ),
    row("provisional", pregnancy(verified="provisional"), NOT_NURSING, comes=review("no-data", "unconfirmed")),
    row("undated", pregnancy(onset=None), NOT_NURSING, comes=review("no-data", "undated")),
    row("resolved, and no test since", pregnancy(status="resolved"), NOT_NURSING, comes=review("no-data")),
    row("resolved, and a negative test", pregnancy(status="resolved"), pregnancy_test(), NOT_NURSING, comes=PASSES),
    row("refuted, and a negative test", pregnancy(verified="refuted"), pregnancy_test(), NOT_NURSING, comes=PASSES),
    row(
        "an active one, and a negative test",
        pregnancy(),
        pregnancy_test(),
        NOT_NURSING,
        comes=review("conflicting-data"),
    ),
    row("a complication only", condition("O14.90", onset=ago(5)), NOT_NURSING, comes=review("no-data", "unspecific")),
    row(
        "another disease that complicates a pregnancy, and a negative test",
        condition("O99.011", onset=ago(5)),
        pregnancy_test(),
        NOT_NURSING,
        comes=review("no-data", "unspecific"),
    ),
    row("encounter for a test: negative", condition("Z32.02", recorded=ago(2)), NOT_NURSING, comes=PASSES),
    row(
        "encounter for a test: negative, 8 days ago",
        condition("Z32.02", recorded=ago(8)),
        NOT_NURSING,
        comes=review("no-data", "stale"),
    ),
    row("encounter for a test: positive", condition("Z32.01", recorded=ago(2)), NOT_NURSING, comes=FAILS),
    row(
        "only words",
        condition(None, text="Pregnant, 12 weeks of gestation"),
        pregnancy_test(),
        NOT_NURSING,
        comes=review("no-data", "unusable-data"),
    ),
]

CHILDBEARING = [
    row("hysterectomy", procedure(HYSTERECTOMY, on="2015-03-01"), NOT_NURSING, comes=PASSES),
    row("hysterectomy without a date", procedure(HYSTERECTOMY), NOT_NURSING, comes=PASSES),
    row("uterus absent", condition("Z90.710"), NOT_NURSING, comes=PASSES),
    row("postmenopausal", condition("Z78.0"), NOT_NURSING, comes=PASSES),
    row(
        "postmenopausal for years, and a pregnancy since",
        condition("Z78.0", onset="2020-01-01"),
        condition("Z34.00", status="resolved", onset=ago(250), abatementDateTime=ago(20)),
        NOT_NURSING,
        comes=review("conflicting-data", "no-data"),
    ),
    row(
        "a pregnancy, and a hysterectomy since",
        procedure(HYSTERECTOMY, on="2015-03-01"),
        condition("Z34.00", status="resolved", onset="2010-01-01", abatementDateTime="2010-10-01"),
        NOT_NURSING,
        comes=PASSES,
    ),
    row("hysterectomy, and nothing said of breastfeeding", procedure(HYSTERECTOMY), comes=review("no-data")),
    row("hysterectomy not done", procedure(HYSTERECTOMY, status="not-done"), NOT_NURSING, comes=review("no-data")),
    row("hysterectomy planned", procedure(HYSTERECTOMY, status="preparation"), NOT_NURSING, comes=review("no-data")),
    row(
        "hysterectomy under way",
        procedure(HYSTERECTOMY, status="in-progress"),
        NOT_NURSING,
        comes=review("no-data", "unconfirmed"),
    ),
    row("the uterus remains", condition("Z90.712"), NOT_NURSING, comes=review("no-data")),
    row("tubal ligation is contraception", condition("Z98.51"), NOT_NURSING, comes=review("no-data", "unspecific")),
    row(
        "hysterectomy, and a positive test",
        procedure(HYSTERECTOMY),
        pregnancy_test(POSITIVE),
        NOT_NURSING,
        comes=review("conflicting-data"),
    ),
]

LACTATION = [
    row("not breastfeeding", pregnancy_test(), answered("63895-7", (LOINC, "LA29253-4")), comes=PASSES),
    row("breastfeeding", pregnancy_test(), answered("63895-7", (LOINC, "LA29252-6")), comes=FAILS),
    row("breastfeeding, and no test", answered("63895-7", YES), comes=FAILS),
    row("no, 30 days ago", pregnancy_test(), answered("63895-7", NO, on=ago(30)), comes=PASSES),
    row("no, 31 days ago", pregnancy_test(), answered("63895-7", NO, on=ago(31)), comes=review("no-data", "stale")),
    row("as a boolean", pregnancy_test(), observation("63895-7", valueBoolean=False), comes=PASSES),
    row("a Condition", pregnancy_test(), condition("Z39.1", recorded=ago(20)), comes=FAILS),
    row(
        "a Condition, of a mother in words",
        pregnancy_test(),
        condition("Z39.1", recorded=ago(20), text="Lactating mother"),
        comes=FAILS,
    ),
    row(
        "a Condition, of another mother in words",
        pregnancy_test(),
        condition("Z39.1", recorded=ago(20), text="Breastfeeding, mother"),
        comes=review("no-data", "unconfirmed"),
    ),
    row("a Condition, SNOMED", pregnancy_test(), condition("413712001", SNOMED, onset=ago(90)), comes=FAILS),
    row(
        "an infant who is breast fed",
        pregnancy_test(),
        condition("169741004", SNOMED, onset=ago(9)),
        comes=review("no-data"),
    ),
]


def _of_a_woman(cases: list[Any]) -> list[Any]:
    return [pytest.param(Given(case.values[0].resources, woman()), case.values[1], id=case.id) for case in cases]


@pytest.mark.parametrize(("given", "expected"), _of_a_woman(TESTS + STATUSES + CHILDBEARING + LACTATION))
def test_women(check: Check, given: Given, expected: Expected) -> None:
    answer = check("X01", given, expected)
    assert answer.criterion("X01").applies is True


# --- sex unknown ------------------------------------------------------------------------------------------------------

UNKNOWN_SEX = [
    *[
        row(f"nothing on record of {gender or 'no gender'}", patient=person(gender), comes=review("no-data"))
        for gender in ("unknown", "other", None)
    ],
    row("what holds of either sex", pregnancy_test(), NOT_NURSING, patient=person("unknown"), comes=PASSES),
    row("a positive test", pregnancy_test(POSITIVE), patient=person("unknown"), comes=review("no-data")),
    row("a gender that is none", patient=person("femme"), comes=review("no-data", "unusable-data")),
]


@pytest.mark.parametrize(("given", "expected"), UNKNOWN_SEX)
def test_sex_unknown(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


# --- attested ---------------------------------------------------------------------------------------------------------

ATTESTED = rows(PASSES, {"neither": attestation("X01", False)}, patient=woman()) + rows(
    FAILS, {"one of them": attestation("X01", True)}, patient=woman()
)


@pytest.mark.parametrize(("given", "expected"), ATTESTED)
def test_a_person_can_say_so(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)
