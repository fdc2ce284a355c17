"""8. Contraception; women of childbearing potential: negative serum HCG within 7 days before enrollment, not
breastfeeding.

No age limit is built in. A man's part, and every commitment, is a person's to say.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
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
    woman,
)

COVERED = (HYPERTENSION, procedure("80146002", on="2019-03-01"))
COMMITTED = attestation("NCT07120607#I08.a3", True)
NOT_BREASTFEEDING = observation("63895-7", on=ago(2), valueCodeableConcept={
    "coding": [{"system": "http://loinc.org", "code": "LA29253-4"}]})  # fmt: skip
ENROLLED: dict[str, Any] = {"anchors": {"enrollment": date(2026, 11, 20)}, "patient": woman()}
EARLIER: dict[str, Any] = {"anchors": {"enrollment": date(2026, 11, 15)}, "patient": woman()}


def hcg(answer: tuple[str, str] = NEGATIVE, on: str | None = ago(2), code: str = "2118-8", **more: Any) -> Resource:
    return answered(code, answer, on=on, **more)


def chart(*resources: Resource) -> tuple[Resource, ...]:
    return (*COVERED, COMMITTED, NOT_BREASTFEEDING, *resources)


def level(value: float, **more: Any) -> Resource:
    return observation("19080-1", on=ago(2), valueQuantity=quantity(value, "m[IU]/mL"), **more)


UPPER = {"referenceRange": [{"high": quantity(5, "m[IU]/mL")}]}

WOMEN = [
    row("negative", *chart(hcg()), comes=PASSES, **ENROLLED),
    row("seven days before enrollment", *chart(hcg(on="2026-11-13")), comes=PASSES, **ENROLLED),
    row("eight days before", *chart(hcg(on="2026-11-12")), comes=review("stale"), **ENROLLED),
    row("seven days before an earlier enrollment", *chart(hcg(on="2026-11-08")), comes=PASSES, **EARLIER),
    row("eight days before that", *chart(hcg(on="2026-11-07")), comes=review("stale"), **EARLIER),
    row("after enrollment", *chart(hcg(on="2026-11-16")), comes=review("stale"), **EARLIER),
    row("enrollment not given: counted to the as-of date", *chart(hcg(on="2026-11-13")), comes=PASSES, patient=woman()),
    row("in the month of the edge", *chart(hcg(on="2026-11")), comes=review("imprecise"), **ENROLLED),
    row("undated", *chart(hcg(on=None)), comes=review("undated"), **ENROLLED),
    row("positive", *chart(hcg(POSITIVE)), comes=FAILS, **ENROLLED),
    row("positive before the window", *chart(hcg(POSITIVE, ago(40))), comes=review("stale"), **ENROLLED),
    row("the latest counts", *chart(hcg(POSITIVE, ago(6)), hcg(on=ago(1))), comes=PASSES, **ENROLLED),
    row("negative, and a pregnancy on record", *chart(hcg(), condition("77386006", SNOMED, onset=ago(30),
        recorded=ago(1))), comes=review("conflicting-data"), **ENROLLED),
    row("negative, and pregnant by her status", *chart(hcg(), answered("82810-3", (SNOMED, "77386006"), on=ago(1))),
        comes=review("conflicting-data"), **ENROLLED),
    row("negative, and a pregnancy whose state nobody stated", *chart(hcg(), condition("77386006", SNOMED, status=None,
        onset=ago(30))), comes=review("conflicting-data"), **ENROLLED),
    row("the same of 300 days ago", *chart(hcg(), condition("77386006", SNOMED, status=None, onset=ago(300))),
        comes=review("conflicting-data"), **ENROLLED),
    row("the same of 301 days ago", *chart(hcg(), condition("77386006", SNOMED, status=None, onset=ago(301))),
        comes=PASSES, **ENROLLED),
    row("negative, then seen for what may be a pregnancy", *chart(hcg(), condition("Z36.9", onset=ago(1),
        recorded=ago(1))), comes=review("unspecific"), **ENROLLED),
    row("negative, a pregnancy that is over", *chart(hcg(), condition("77386006", SNOMED, status="resolved",
        onset=ago(200), abatementDateTime=ago(20))), comes=PASSES, **ENROLLED),
    row("negative, then a date of delivery", *chart(hcg(), observation("11778-8", on=ago(1),
        valueDateTime="2027-07-01")), comes=review("unusable-data"), **ENROLLED),
    row("a date of delivery, then negative", *chart(hcg(), observation("11778-8", on=ago(200),
        valueDateTime="2026-07-01")), comes=PASSES, **ENROLLED),
    row("negative, then positive in urine", *chart(hcg(), hcg(POSITIVE, ago(1), "2106-3")),
        comes=review("unspecific"), **ENROLLED),
    row("urine", *chart(hcg(code="2106-3")), comes=review("no-data"), **ENROLLED),
    row("a level below its limit", *chart(level(1.2, **UPPER)), comes=PASSES, **ENROLLED),
    row("a level above it", *chart(level(300, **UPPER)), comes=FAILS, **ENROLLED),
    row("a level without a limit", *chart(level(1.2)), comes=review("no-reference-range"), **ENROLLED),
    row("no test", *chart(), comes=review("no-data"), **ENROLLED),
    row("not committed", *COVERED, NOT_BREASTFEEDING, hcg(), comes=review("judgement"), **ENROLLED),
    row("refuses", *COVERED, NOT_BREASTFEEDING, hcg(), attestation("NCT07120607#I08.a3", False),
        comes=FAILS, **ENROLLED),
    row("breastfeeding", *COVERED, COMMITTED, hcg(), condition("413712001", SNOMED, onset=ago(30), recorded=ago(5)),
        comes=FAILS, **ENROLLED),
    row("nothing said of breastfeeding", *COVERED, COMMITTED, hcg(), comes=review("no-data"), **ENROLLED),
    row("70 years old, nothing else on record", *chart(), comes=review("no-data"), patient=woman(born="1956-01-01")),
]  # fmt: skip

WITHOUT_POTENTIAL = [
    row("hysterectomy", procedure("236886002", on="2015-01-01"), comes=PASSES, patient=woman()),
    row("both ovaries removed", condition("Z90.722"), comes=PASSES, patient=woman()),
    row("menopause", condition("Z78.0"), comes=PASSES, patient=woman()),
    row("menopause years ago, and a pregnancy since", *COVERED, condition("Z78.0", onset="2020-01-01"),
        condition("Z34.00", status="resolved", onset=ago(250), abatementDateTime=ago(20)),
        comes=review("conflicting-data", "judgement", "no-data"), patient=woman()),
    row("cervix removed", *COVERED, condition("Z90.712"), comes=review("judgement", "no-data"), patient=woman()),
    row("tubal ligation", *COVERED, condition("Z98.51"),
        comes=review("judgement", "no-data", "unspecific"), patient=woman()),
    row("procedures were not retrieved", HYPERTENSION, COMMITTED, NOT_BREASTFEEDING,
        covers=UNVOUCHED, comes=review("no-data", "not-retrieved"), patient=woman()),
    row("a man", *COVERED, comes=review("judgement")),
    row("a man, committed", *COVERED, COMMITTED, comes=PASSES),
    row("a man, his partner cannot bear children", attestation("NCT07120607#I08.a2", False), comes=PASSES),
    row("a man, pregnant by his record", *COVERED, condition("77386006", SNOMED, onset=ago(60), recorded=ago(60)),
        attestation("NCT07120607#I08.a2", False), comes=review("conflicting-data", "judgement", "no-data")),
    row("sex not recorded", *chart(hcg()), comes=PASSES, patient=person(None)),
    row("sex not recorded, no test", *chart(), comes=review("judgement", "no-data"), patient=person(None)),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), WOMEN + WITHOUT_POTENTIAL)
def test_pregnancy_and_contraception(check: Check, given: Given, expected: Expected) -> None:
    check("I08", given, expected)


def test_the_concept_says_what_she_is_not(screen: Screen) -> None:
    able, unable = Given(COVERED, patient=woman()), Given((condition("Z78.0"),), patient=woman())
    assert screen(able).atom("I08", "a1") == (True, ())
    assert screen(unable).atom("I08", "a1") == (False, ())
    assert screen(Given(COVERED)).atom("I08", "a1") == (False, ())
