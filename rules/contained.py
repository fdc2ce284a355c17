"""Whether what counts for one test of what is on record always counts for another one too."""

from __future__ import annotations

from trialsieve.rules.atom import Recorded, Window
from trialsieve.rules.vocabulary import Timing

_ALWAYS = {Timing.EVER, Timing.INDEX_DISEASE}


def contained_in(narrow: Recorded, wide: Recorded) -> bool:
    """Whether every resource that makes `narrow` true makes `wide` true, which is read alike otherwise."""
    return (
        set(narrow.concepts) <= set(wide.concepts)
        and (not wide.states or (bool(narrow.states) and narrow.states <= wide.states))
        and set(narrow.facets) >= set(wide.facets)
        and set(narrow.skip) >= set(wide.skip)
        and _timed_within(narrow, wide)
    )


def _timed_within(narrow: Recorded, wide: Recorded) -> bool:
    if wide.window is not None:
        return narrow.window is not None and no_longer(narrow.window, wide.window)
    if wide.timing in _ALWAYS:
        return True
    if narrow.window is not None or narrow.timing in _ALWAYS:
        return False
    if wide.timing is Timing.UNSTATED:
        return True
    return narrow.timing is Timing.CURRENT and wide.currency in {None, narrow.currency}


def no_longer(one: Window, other: Window) -> bool:
    """Whether all that lies in one window surely lies in the other, however long the months are."""
    if one.anchor != other.anchor or one.back_from not in {None, other.back_from}:
        return False
    (unit, length), (other_unit, other_length) = _length(one), _length(other)
    if unit != other_unit:
        return _days(unit, length)[1] < _days(other_unit, other_length)[0]
    return length < other_length or (length == other_length and (other.inclusive or not one.inclusive))


def _length(window: Window) -> tuple[str, int]:
    """In days or in months."""
    unit, factor = {"week": ("day", 7), "year": ("month", 12)}.get(window.unit, (window.unit, 1))
    return unit, window.amount * factor


def _days(unit: str, length: int) -> tuple[int, int]:
    """The least and the most days; months are up to three days off their mean length."""
    mean = length * 487 // 16
    return (length, length) if unit == "day" else (mean - 3, mean + 3)


def is_apart(one: Recorded, other: Recorded) -> bool:
    """Whether no resource can count for both: another state or facet, or one leaves out the other's."""
    facets, others = dict(one.facets), dict(other.facets)
    return (
        (bool(one.states and other.states) and not one.states & other.states)
        or any(others.get(facet, value) != value for facet, value in facets.items())
        or bool(set(one.facets) & set(other.skip) or set(other.facets) & set(one.skip))
    )
