"""Numbers and dates as intervals: what is imprecise in the record stays imprecise in the comparison."""

from __future__ import annotations

import calendar
import math
from datetime import date, timedelta
from enum import Enum

from msgspec import Struct

from trialsieve.rules.atom import Limits, Window
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Truth


class Place(Enum):
    """Where a date interval lies with respect to a window."""

    __hash__ = object.__hash__  # that of Enum is a Python function

    INSIDE = "inside"
    PERHAPS = "perhaps"
    OUTSIDE = "outside"


# By themselves: the members of an enumeration are found by a detour.
_INSIDE, _PERHAPS, _OUTSIDE = Place.INSIDE, Place.PERHAPS, Place.OUTSIDE


class NumberInterval(Struct, frozen=True, gc=False):
    """A number known to lie between two bounds; `<20` is `(-inf, 20)` with an open upper bound, `55` is `[55, 55]`."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    @staticmethod
    def exactly(value: float) -> NumberInterval:
        return NumberInterval(value, value)

    def compare(self, limits: Limits) -> Truth:
        """Whether the number lies within the limits; unknown exactly when it could go both ways."""
        low = -math.inf if limits.low is None else float(limits.low)
        high = math.inf if limits.high is None else float(limits.high)
        if _below(self.high, self.high_open, low, limits.low_open) or _below(
            -self.low, self.low_open, -high, limits.high_open
        ):
            return FALSE
        low_ok = limits.low is None or self.low > low or (self.low == low and (self.low_open or not limits.low_open))
        high_ok = (
            limits.high is None or self.high < high or (self.high == high and (self.high_open or not limits.high_open))
        )
        return TRUE if low_ok and high_ok else UNKNOWN


def _below(value: float, value_open: bool, bound: float, bound_open: bool) -> bool:
    """Whether everything up to `value` lies below a lower bound."""
    return value < bound or (value == bound and (value_open or bound_open))


class DateInterval(Struct, frozen=True, gc=False):
    """When something was, as precisely as the record says.

    `first` and `last` are calendar days in the site's zone; `start` and `end` are seconds since 1970 UTC, both
    inclusive, and order results of one day that carry a time. None is open: `first=None` for an upper bound only.
    """

    first: date | None
    last: date | None
    start: int | None
    end: int | None

    def starts_by(self, day: date) -> bool:
        """Whether it may have been on or before the day."""
        return self.first is None or self.first <= day

    def surely_before(self, other: DateInterval) -> bool:
        """Whether all of this is earlier than all of the other, by calendar day."""
        return self.last is not None and other.first is not None and self.last < other.first

    def surely_not_before(self, other: DateInterval) -> bool:
        """Whether this is on or after the other's last day."""
        return self.first is not None and other.last is not None and self.first >= other.last

    def surely_after(self, other: DateInterval) -> bool:
        return other.surely_before(self)

    def place(self, window: DateInterval) -> Place:
        """Where this lies in a window of whole days (`window.first` None reaches back for ever)."""
        assert window.last is not None
        if self.last is not None and window.first is not None and self.last < window.first:
            return _OUTSIDE
        if self.first is not None and self.first > window.last:
            return _OUTSIDE
        first_inside = window.first is None or (self.first is not None and self.first >= window.first)
        last_inside = self.last is not None and self.last <= window.last
        return _INSIDE if first_inside and last_inside else _PERHAPS


def clip(interval: DateInterval, as_of: date) -> DateInterval:
    """Cut off what lies after the as-of date; nothing is known of later days."""
    if interval.last is not None and interval.last <= as_of:
        return interval
    return DateInterval(interval.first, as_of, interval.start, interval.end)


def window_before(anchor: date, window: Window) -> DateInterval:
    """The days of a look-back window that ends on the anchor's day.

    Calendar months end on that month's last day where it is shorter. "Within 6 months" includes the day six calendar
    months before; "less than" (`inclusive` false) excludes it.
    """
    edge = subtract(anchor, window.amount, window.unit)
    return days(edge if window.inclusive else edge + timedelta(days=1), anchor)


def leaves(window: Window, when: date) -> date:
    """The first anchor day before which something of this day no longer lies in the window."""
    day = add(when, window.amount, window.unit)
    while window_before(day, window).first <= when:  # type: ignore[operator]  # a window has a first day
        day += timedelta(days=1)
    return day


def days(first: date | None, last: date) -> DateInterval:
    """An interval of whole days, for windows."""
    return DateInterval(first, last, None, None)


def subtract(day: date, amount: int, unit: str) -> date:
    """A day so many calendar days, weeks, months or years earlier."""
    if unit == "day":
        return day - timedelta(days=amount)
    if unit == "week":
        return day - timedelta(weeks=amount)
    months = day.year * 12 + day.month - 1 - (amount if unit == "month" else amount * 12)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add(day: date, amount: int, unit: str) -> date:
    """A day so many calendar days, weeks, months or years later; a shorter month ends on its last day."""
    return subtract(day, -amount, unit)


def completed_years(birth: date, on: date) -> int:
    """Age in completed years; someone born on 29 February turns a year older on 1 March of a common year."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def age_interval(birth: DateInterval, on: date) -> NumberInterval | None:
    """Completed years at a date from a birth date that may be partial; None if the whole interval is in the future."""
    if birth.first is None or birth.last is None or birth.first > on:
        return None
    youngest = completed_years(min(birth.last, on), on)
    return NumberInterval(float(youngest), float(completed_years(birth.first, on)))
