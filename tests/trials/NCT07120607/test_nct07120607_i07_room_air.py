"""7. Normal oxygen saturation without oxygen: what states that the latest saturation was measured on room air."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    HYPERTENSION,
    PARACETAMOL,
    Check,
    Given,
    Resource,
    Screen,
    ago,
    lvef,
    observation,
    procedure,
    quantity,
    review,
    row,
)
from results import limited

COVERED = (HYPERTENSION, PARACETAMOL, procedure("73761001", on=ago(60)))
SAID_NOTHING = (None, ("no-data", "unspecific"))
ON_ROOM_AIR = (True, ())
STATED = "59410-1"
"""By its code, a saturation on room air."""


def saturation(on: str = ago(3), value: float = 98, *, code: str = "59408-5", **more: Any) -> Resource:
    unit = more.pop("unit", "%")
    ranges = [{"low": quantity(94, "%")}]
    return observation(
        code, on=on, valueQuantity=quantity(value, unit, more.pop("comparator", None)), referenceRange=ranges, **more
    )


def flow(value: float, on: str = ago(3)) -> Resource:
    return observation("3151-8", on=on, valueQuantity=quantity(value, "L/min"))


def concentration(value: float, on: str = ago(3)) -> Resource:
    return observation("3150-0", on=on, valueQuantity=quantity(value, "%"))


def over_days(resource: Resource, first: str, last: str) -> Resource:
    """A resource that was made over days."""
    rest = {name: part for name, part in resource.items() if name != "effectiveDateTime"}
    return {**rest, "effectivePeriod": {"start": first, "end": last}}


NONE_OF_EITHER = {"flow": (flow, 0, 2), "concentration": (concentration, 21, 28)}
"""By either: what says room air, and what says oxygen."""


def beside_saturation(name: str) -> list[Any]:
    by, none, oxygen = NONE_OF_EITHER[name]
    morning, noon = f"{ago(3)}T08:00:00Z", f"{ago(3)}T12:00:00Z"
    return [
        pytest.param(chart, expected, id=f"{name}: {what}")
        for what, chart, expected in (
            ("none that day", (saturation(), by(none)), ON_ROOM_AIR),
            ("none the day before", (saturation(), by(none, ago(4))), SAID_NOTHING),
            ("none the day after", (saturation(), by(none, ago(2))), SAID_NOTHING),
            ("none that day and the day after", (saturation(), by(none), by(none, ago(2))), SAID_NOTHING),
            ("oxygen that day", (saturation(), by(oxygen)), SAID_NOTHING),
            ("none that day, oxygen the day after", (saturation(), by(none), by(oxygen, ago(2))), SAID_NOTHING),
            (
                "none beside a saturation of at most 92 %",
                (saturation(value=92, comparator="<="), by(none)),
                ON_ROOM_AIR,
            ),
            ("none beside the least saturation", (saturation(value=40), by(none)), ON_ROOM_AIR),
            ("none beside the older saturation", (saturation(ago(4)), saturation(), by(none, ago(4))), SAID_NOTHING),
            ("none beside the latest saturation", (saturation(ago(4)), saturation(), by(none)), ON_ROOM_AIR),
            (
                "an unread saturation in the morning",
                (saturation(morning, unit=None), saturation(noon), by(none)),
                ON_ROOM_AIR,
            ),
            (
                "an unread saturation at noon",
                (saturation(morning), saturation(noon, unit=None), by(none)),
                (None, ("unit", "unspecific")),
            ),
            (
                "a saturation over days that end with it",
                (over_days(saturation(), ago(5), ago(3)), saturation(), by(none)),
                (None, ("imprecise", "no-data", "unspecific")),
            ),
        )
    ]


ROOM_AIR = [
    *beside_saturation("flow"),
    *beside_saturation("concentration"),
    *(
        pytest.param(chart, expected, id=what)
        for what, chart, expected in (
            ("stated by the latest", (saturation(ago(4)), saturation(code=STATED)), ON_ROOM_AIR),
            ("stated by an older one", (saturation(ago(4), code=STATED), saturation()), SAID_NOTHING),
            ("a saturation of 15 days ago", (saturation(ago(15)),), (None, ("stale", "unspecific"))),
        )
    ),
]


@pytest.mark.parametrize(("chart", "expected"), ROOM_AIR)
def test_what_says_room_air(screen: Screen, chart: tuple[Resource, ...], expected: Any) -> None:
    assert screen(Given(chart)).atom("I07", "on-room-air") == expected


VALUES = {"alt": 20, "ast": 20, "bilirubin": 0.5, "creatinine": 0.5}
GOOD = (*(limited(analyte, value) for analyte, value in VALUES.items()), lvef(60))

ASKED = [
    row("a word is wanted", saturation(), comes=review("unspecific")),
    row("the latest without a unit", saturation(ago(4)), saturation(unit=None), comes=review("unit")),
    row("an older one without a unit", saturation(ago(4), unit=None), saturation(), comes=review("unspecific")),
    row("15 days ago", saturation(ago(15)), comes=review("stale")),
]


@pytest.mark.parametrize(("given", "expected"), ASKED)
def test_room_air_is_asked_for_where_the_saturation_can_be_read(check: Check, given: Given, expected: Any) -> None:
    check("I07", Given((*GOOD, *COVERED, *given.resources)), expected)


def test_room_air_is_asked_for_beside_the_least_saturation_that_is_plausible(screen: Screen) -> None:
    assert screen(Given((*COVERED, saturation(value=40)))).atom("I07", "a7") == (None, ("unspecific",))
