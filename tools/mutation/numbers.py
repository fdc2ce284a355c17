"""Changes of thresholds, comparators and lengths of time."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from mutation.places import Change, Place

_OPEN_OR_CLOSED = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below"}
_TURNED = {"above": "below", "below": "above", "at_least": "at_most", "at_most": "at_least"}


def of_bounds(place: Place) -> Iterator[Change]:
    """Each number moved, each comparator changed, each bound dropped."""
    bounds = place.value
    keys = [key for key in bounds if key in _TURNED]
    unit = str(bounds.get("unit", "1"))
    for key in keys:
        yield place.rename(key, _OPEN_OR_CLOSED[key])
        for moved in _moved(bounds[key], whole=unit == "a" or unit.startswith("{")):
            yield place.at(key).put(moved, f"{bounds[key]} -> {moved}")
        if len(keys) > 1:
            yield place.drop(key)
        else:
            yield place.rename(key, _TURNED[key])


def _moved(number: Any, *, whole: bool) -> list[int | float]:
    """The neighbours in the digits that are written and, but for scores and ages, a tenth more and less."""
    exact = Decimal(str(number))
    step = Decimal(1).scaleb(min(0, int(exact.as_tuple().exponent)))
    moved = [exact - step, exact + step]
    if not whole:
        moved += [exact * Decimal("0.9"), exact * Decimal("1.1")]
    return list(
        dict.fromkeys(int(each) if each == each.to_integral_value() else float(each) for each in moved if each != exact)
    )


def of_span(place: Place, key: str) -> Iterator[Change]:
    """A length of time, one of its units longer and shorter."""
    amount, unit = place.value[key].split()
    for other in (int(amount) - 1, int(amount) + 1):
        if other > 0:
            yield place.at(key).put(f"{other} {unit}", f"{amount} -> {other} {unit}")


def of_window(place: Place, anchors: list[str], *, on_record: bool) -> Iterator[Change]:
    """A look-back window: its length, its far edge, its anchors, itself."""
    atom = place.value
    for key, other in (("within", "less_than"), ("less_than", "within")):
        if key not in atom:
            continue
        yield from of_span(place, key)
        yield place.rename(key, other)
        gone = {key, "anchor", "back_from", "still_active"}
        yield place.edit(
            key, "window dropped", drop=gone, add={"timing": "ever"} if on_record else {"currency": "none"}
        )
        given = atom.get("anchor", "screening")
        for anchor in ["screening", next((name for name in anchors if name not in {"screening", given}), given)]:
            if anchor != given:
                yield place.edit(
                    "anchor" if "anchor" in atom else key, f"anchor {given} -> {anchor}", add={"anchor": anchor}
                )
        if "back_from" in atom:
            yield place.drop("back_from")
            for name in [name for name in anchors if name not in {"screening", given, atom["back_from"]}][:1]:
                yield place.at("back_from").put(name, f"-> {name}")
