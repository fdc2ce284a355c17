"""What the laboratory called a marker, and a percentage beside it that nobody calls positive or negative.

Where the sentence has no limit a newer percentage may say the opposite, whatever it is: the answer goes to a person,
for what keeps the percentage from being evidence. One of that day or an older one changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bundles import (
    FAILS,
    INTERPRETATION,
    LOINC,
    NEGATIVE,
    PASSES,
    POSITIVE,
    Expected,
    Resource,
    ago,
    answered,
    coded,
    observation,
    quantity,
    review,
    row,
)
from local_codes import LOCAL

FLOW: Resource = {"method": {"text": "Flow cytometry"}}
MARROW: Resource = {"specimen": {"display": "Bone marrow"}}
CALLED_SO: Resource = {"interpretation": [coded(INTERPRETATION, "POS")], **FLOW}
OLDER, SAME, BETWEEN, NEWER, SINCE = ago(11), ago(9), ago(7), ago(5), ago(4)
UNREAD, UNCALLED = review("unit"), review("unspecific")

NUMBERS: dict[str, tuple[float, str | None, Expected]] = {
    "without a unit": (85, None, UNREAD),
    "in another unit": (85, "mg/L", UNREAD),
    "of more than all": (100.1, "%", UNREAD),
    "of less than none": (-0.1, "%", UNREAD),
    "at its highest": (100, "%", UNCALLED),
    "high": (85, "%", UNCALLED),
    "low": (1, "%", UNCALLED),
    "at its lowest": (0, "%", UNCALLED),
}


@dataclass(frozen=True)
class Marker:
    """A marker by its code. What is called is by flow cytometry; the percentage states `by`."""

    code: str
    system: str = LOINC
    by: Resource = field(default_factory=lambda: FLOW)

    def called(self, answer: tuple[str, str] = POSITIVE, on: str = SAME, **more: Any) -> Resource:
        return answered(self.code, answer, system=self.system, on=on, **FLOW, **more)

    def percentage(self, on: str, value: float = 85, unit: str | None = "%", **more: Any) -> Resource:
        stated = {"valueQuantity": quantity(value, unit), **self.by, **more}
        return observation(self.code, system=self.system, on=on, **stated)

    def unread(self, on: str = NEWER, **more: Any) -> Resource:
        return self.percentage(on, unit=None, **more)


_Rows = dict[str, tuple[tuple[Resource, ...], Expected]]


def percentages_beside(code: str, local_code: str, *beside: Resource, **circumstances: Any) -> list[Any]:
    """Rows for a marker, each with the other resources that the sentence needs to be true: by a code that says that it
    is of the blasts, with and without a method, and by a site's own code, which says no more than the marker.
    """
    markers = {
        "by flow cytometry": Marker(code),
        "by an unstated method": Marker(code, by={}),
        "by a site's code": Marker(local_code, LOCAL),
    }
    return [
        row(f"{name}, {way}", *beside, *chart, comes=comes, **circumstances)
        for way, marker in markers.items()
        for name, (chart, comes) in (_single(marker) | _called_since(marker) | _several(marker)).items()
    ]


def _single(marker: Marker) -> _Rows:
    """Called positive once, and one percentage."""
    called, percentage = marker.called(), marker.percentage
    return {
        "no percentage": ((called,), PASSES),
        **{
            f"{name}, newer": ((called, percentage(NEWER, value, unit)), comes)
            for name, (value, unit, comes) in NUMBERS.items()
        },
        **{
            f"{name}, of that day": ((called, percentage(SAME, value, unit)), PASSES)
            for name, (value, unit, _) in NUMBERS.items()
        },
        **{
            f"{name}, older": ((called, percentage(OLDER, value, unit)), PASSES)
            for name, (value, unit, _) in NUMBERS.items()
        },
        "preliminary, of that day": ((called, percentage(SAME, status="preliminary")), PASSES),
        "preliminary, older": ((called, percentage(OLDER, status="preliminary")), PASSES),
        "of another specimen, newer": ((called, marker.unread(**MARROW)), UNREAD),
        "some day of that month": ((called, marker.unread("2026-11")), UNREAD),
    }


def _called_since(marker: Marker) -> _Rows:
    """Called so itself, called negative, or called so again since."""
    called, unread, read = marker.called(), marker.unread(), marker.percentage(NEWER)
    positive, preliminary = marker.called(on=SINCE), marker.called(on=SINCE, status="preliminary")
    in_that_month = marker.called(on="2026-11")
    return {
        "called so itself": ((unread | CALLED_SO,), PASSES),
        "called negative, and newer": ((marker.called(NEGATIVE), unread), UNREAD),
        "called negative since": ((unread, marker.called(NEGATIVE, SINCE)), FAILS),
        "called positive since": ((unread, positive), PASSES),
        "called positive before and since": ((called, unread, positive), PASSES),
        "called positive before and that day": ((called, unread, marker.called(on=NEWER)), PASSES),
        "unread, preliminarily positive since": ((called, unread, preliminary), UNREAD),
        "read, preliminarily positive since": ((called, read, preliminary), UNCALLED),
        "unread, positive since and some day of that month": ((unread, in_that_month, positive), PASSES),
        "read, positive since and some day of that month": ((read, in_that_month, positive), PASSES),
    }


def _several(marker: Marker) -> _Rows:
    """Several percentages: the newest counts."""
    called, unread, read = marker.called(), marker.unread(), marker.percentage(NEWER)
    return {
        "the newer unread": ((called, marker.percentage(BETWEEN), unread), UNREAD),
        "the older unread": ((called, marker.unread(BETWEEN), read), UNCALLED),
        "the newer unread, one before it was called": ((called, marker.percentage(OLDER), unread), UNREAD),
        "the unread one before it was called": ((called, marker.unread(OLDER), read), UNCALLED),
        "of one day, one unread": ((called, read, unread), UNREAD),
        "called so itself, and one since": ((marker.unread(SAME) | CALLED_SO, unread), UNREAD),
        "read and called so, and one since": ((marker.percentage(SAME) | CALLED_SO, unread), UNREAD),
    }
