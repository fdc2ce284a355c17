"""4. CD7-positive during screening. 6. ECOG 0-2.

"During screening" needs the day on which screening began: without it, or with an older result, nothing is decided.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bundles import (
    FAILS,
    LOINC,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    cd7,
    coded,
    condition,
    observation,
    quantity,
    review,
    row,
    rows,
)

BEGAN: dict[str, Any] = {"anchors": {"screening-start": date(2026, 11, 9)}}


def result(answer: tuple[str, str], on: str | None = "2026-11-10", **more: Any) -> Resource:
    return cd7({"valueCodeableConcept": coded(*answer)}, on=on, **more)


CD7 = [
    row("positive", result(POSITIVE), comes=PASSES, **BEGAN),
    row("positive on the first day", result(POSITIVE, "2026-11-09"), comes=PASSES, **BEGAN),
    row("positive the day before", result(POSITIVE, "2026-11-08"), comes=review("stale"), **BEGAN),
    row("positive in that month", result(POSITIVE, "2026-11"), comes=review("imprecise"), **BEGAN),
    row("positive, undated", result(POSITIVE, None), comes=review("undated"), **BEGAN),
    row("positive, and nobody said when screening began", result(POSITIVE), comes=review("no-data")),
    row("negative", result(NEGATIVE), comes=FAILS, **BEGAN),
    row("negative, and nobody said when screening began", result(NEGATIVE), comes=review("no-data", "stale")),
    row("negative on the first day", result(NEGATIVE, "2026-11-09"), comes=FAILS, **BEGAN),
    row("negative the day before", result(NEGATIVE, "2026-11-08"), comes=review("stale"), **BEGAN),
    row("negative, undated", result(NEGATIVE, None), comes=review("undated"), **BEGAN),
    row("positive, relapse without a date", result(POSITIVE), condition("C91.02"), comes=PASSES, **BEGAN),
    row("an old positive and a new negative", result(POSITIVE, ago(400)), result(NEGATIVE), comes=FAILS, **BEGAN),
    row("an old negative and a new positive", result(NEGATIVE, ago(400)), result(POSITIVE), comes=PASSES, **BEGAN),
    row("only a percentage", cd7(85), comes=review("unspecific"), **BEGAN),
    row("of gated cells", result(POSITIVE, code="8135-6"), comes=review("unspecific"), **BEGAN),
    row("by immunohistochemistry", result(POSITIVE, code="50310-2"), comes=PASSES, **BEGAN),
    row("preliminary", result(POSITIVE, status="preliminary"), comes=review("unconfirmed"), **BEGAN),
    row("not tested", comes=review("no-data"), **BEGAN),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), CD7)
def test_cd7(check: Check, given: Given, expected: Expected) -> None:
    check("I04", given, expected)


def ecog(value: Any, *, code: str = "89247-1", **more: Any) -> Resource:
    return observation(code, **(value if isinstance(value, dict) else {"valueInteger": value}), **more)


def on_scale(value: Any, on: str) -> Resource:
    """By a code that names the scale, and not what it gives."""
    said: Resource = {"valueString": value} if isinstance(value, str) else {"valueInteger": value}
    return observation("273437007", system=SNOMED, on=on, **said)


ECOG = [
    *rows(PASSES, {f"ECOG {value}": ecog(value) for value in (0, 1, 2)}),
    *rows(FAILS, {f"ECOG {value}": ecog(value) for value in (3, 4)}),
    row("an answer", ecog({"valueCodeableConcept": coded(LOINC, "LA9624-3")}), comes=PASSES),
    row("a SNOMED grade", ecog({"valueCodeableConcept": coded(SNOMED, "423053003")}), comes=FAILS),
    row("a score", ecog({"valueQuantity": quantity(2, "{score}")}), comes=PASSES),
    row("'1-2'", ecog({"valueString": "1-2"}), comes=PASSES),
    row("'2-3'", ecog({"valueString": "2-3"}), comes=review("imprecise")),
    row("30 days ago", ecog(2, on=ago(30)), comes=PASSES),
    row("31 days ago", ecog(2, on=ago(31)), comes=review("stale")),
    row("the latest counts", ecog(1, on=ago(20)), ecog(3, on=ago(5)), comes=FAILS),
    *rows(
        review("unspecific"),
        {
            "4 on a scale of a broader name since": (ecog(1, on=ago(20)), on_scale(4, ago(5))),
            "1 on it since": (ecog(3, on=ago(20)), on_scale(1, ago(5))),
        },
    ),
    *rows(
        PASSES,
        {
            "4 on it before": (ecog(1, on=ago(5)), on_scale(4, ago(20))),
            "2 on it since": (ecog(1, on=ago(20)), on_scale(2, ago(5))),
        },
    ),
    row(
        "preliminary, and it could go either way",
        ecog(1, on=ago(20)),
        {**on_scale("1-3", ago(5)), "status": "preliminary"},
        comes=review("unspecific"),
    ),
    row("undated", ecog(1, on=None), comes=review("undated")),
    row("only Karnofsky 90", observation("89243-0", valueInteger=90), comes=review("no-data")),
    row("nothing", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), ECOG)
def test_ecog(check: Check, given: Given, expected: Expected) -> None:
    check("I06", given, expected)
