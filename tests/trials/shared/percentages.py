"""What the laboratory called a marker, and a percentage beside it that nobody calls positive or negative.

Where the sentence has no limit a newer percentage may say the opposite, whatever it is: the answer goes to a person,
be it preliminary, unread or of all cells. One of that day or an older one changes nothing.
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
UNCALLED = review("unspecific")

ALL_CELLS = {"13845-3": "35640-2", "13846-1": "35641-0"}
"""Codes of a percentage of all cells in marrow, by those of one of the blasts."""

NUMBERS: dict[str, tuple[float, str | None]] = {
    "without a unit": (85, None),
    "in another unit": (85, "mg/L"),
    "of more than all": (100.1, "%"),
    "of less than none": (-0.1, "%"),
    "at its highest": (100, "%"),
    "high": (85, "%"),
    "low": (1, "%"),
    "at its lowest": (0, "%"),
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
    rows = {
        f"{name}, {way}": given
        for way, marker in markers.items()
        for name, given in (_single(marker) | _called_since(marker) | _several(marker)).items()
    }
    rows |= _of_all_cells(markers["by flow cytometry"], Marker(ALL_CELLS[code]))
    return [row(name, *beside, *chart, comes=comes, **circumstances) for name, (chart, comes) in rows.items()]


def _single(marker: Marker) -> _Rows:
    """Called positive once, and one percentage."""
    called, percentage = marker.called(), marker.percentage
    return {
        "no percentage": ((called,), PASSES),
        **{
            f"{name}, newer": ((called, percentage(NEWER, value, unit)), UNCALLED)
            for name, (value, unit) in NUMBERS.items()
        },
        **{
            f"{name}, of that day": ((called, percentage(SAME, value, unit)), PASSES)
            for name, (value, unit) in NUMBERS.items()
        },
        **{
            f"{name}, older": ((called, percentage(OLDER, value, unit)), PASSES)
            for name, (value, unit) in NUMBERS.items()
        },
        "preliminary, newer": ((called, percentage(NEWER, status="preliminary")), UNCALLED),
        "preliminary, of that day": ((called, percentage(SAME, status="preliminary")), PASSES),
        "preliminary, older": ((called, percentage(OLDER, status="preliminary")), PASSES),
        "of another specimen, newer": ((called, marker.unread(**MARROW)), UNCALLED),
        "some day of that month": ((called, marker.unread("2026-11")), UNCALLED),
    }


def _of_all_cells(marker: Marker, all_cells: Marker) -> _Rows:
    """Called positive once, and one percentage that is of all cells."""
    called, percentage = marker.called(), all_cells.percentage
    return {
        "of all cells, newer": ((called, percentage(NEWER)), UNCALLED),
        "of all cells, newer, unread": ((called, all_cells.unread()), UNCALLED),
        "of all cells, that day": ((called, percentage(SAME)), PASSES),
        "of all cells, older": ((called, percentage(OLDER)), PASSES),
        "of all cells, and positive since": ((called, percentage(NEWER), marker.called(on=SINCE)), PASSES),
    }


def _called_since(marker: Marker) -> _Rows:
    """Called so itself, called negative, or called so again since."""
    called, unread, read = marker.called(), marker.unread(), marker.percentage(NEWER)
    positive, preliminary = marker.called(on=SINCE), marker.called(on=SINCE, status="preliminary")
    in_that_month = marker.called(on="2026-11")
    return {
        "called so itself": ((unread | CALLED_SO,), PASSES),
        "called negative, and newer": ((marker.called(NEGATIVE), unread), UNCALLED),
        "called negative since": ((unread, marker.called(NEGATIVE, SINCE)), FAILS),
        "called positive since": ((unread, positive), PASSES),
        "called positive before and since": ((called, unread, positive), PASSES),
        "called positive before and that day": ((called, unread, marker.called(on=NEWER)), PASSES),
        "unread, preliminarily positive since": ((called, unread, preliminary), UNCALLED),
        "read, preliminarily positive since": ((called, read, preliminary), UNCALLED),
        "unread, positive since and some day of that month": ((unread, in_that_month, positive), PASSES),
        "read, positive since and some day of that month": ((read, in_that_month, positive), PASSES),
    }


def _several(marker: Marker) -> _Rows:
    """Several percentages: the newest counts."""
    called, unread, read = marker.called(), marker.unread(), marker.percentage(NEWER)
    return {
        "the newer unread": ((called, marker.percentage(BETWEEN), unread), UNCALLED),
        "the older unread": ((called, marker.unread(BETWEEN), read), UNCALLED),
        "the newer unread, one before it was called": ((called, marker.percentage(OLDER), unread), UNCALLED),
        "the unread one before it was called": ((called, marker.unread(OLDER), read), UNCALLED),
        "of one day, one unread": ((called, read, unread), UNCALLED),
        "called so itself, and one since": ((marker.unread(SAME) | CALLED_SO, unread), UNCALLED),
        "read and called so, and one since": ((marker.percentage(SAME) | CALLED_SO, unread), UNCALLED),
    }
