"""FHIR dates and times as intervals: partial dates, times with and without zone, periods, ages at onset.

A date without a zone is read in the site's. What cannot be read is never guessed: the caller gets None and says so.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from trialsieve.engine.interval import DateInterval, subtract
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable

EFFECTIVE: Final = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming")
"""The elements of which one says of which time an Observation or a report is."""

_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LONGEST_DATE: Final = len("2026-11-20")
_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
    r"(?:([Zz])|([+-])([0-9]{2}):?([0-9]{2}))?"
)
# The form of nearly all, without what Python reads otherwise than FHIR: 24:00, leap seconds, offsets beyond 14 hours.
_REGULAR: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
)
_DAY: Final = timedelta(days=1)
_AGE_UNITS: Final = {
    "a": "year", "year": "year", "years": "year", "yr": "year", "yrs": "year", "y": "year",
    "mo": "month", "month": "month", "months": "month",
    "wk": "week", "week": "week", "weeks": "week",
    "d": "day", "day": "day", "days": "day",
}  # fmt: skip
_AGE_CODES: Final = frozenset({"a", "mo", "wk", "d"})


class Clock(msgspec.Struct, gc=False):
    """Reads the dates of one resource, remembering what could not be read (`problems`, sentences for the person).

    `unread`: the first of what is there and could not be read, which is not the same as a date that is missing.
    `as_of` is the day for which the record is read, where that is known: what had ended by then is told by it.
    """

    zone: ZoneInfo
    birth: DateInterval | None = None
    as_of: date | None = None
    problems: list[str] = msgspec.field(default_factory=list)
    unread: str = ""

    def _read_as_undated(self, what: str) -> None:
        self.problems.append(f"{what}; it was read as undated")

    def _not_read(self, what: str) -> None:
        self._read_as_undated(what)
        self.unread = self.unread or what

    def must_have_read(self) -> None:
        """Raises Unusable where one of the dates is there and could not be read."""
        if self.unread:
            raise Unusable(self.unread)

    def read(self, parent: Json, key: str) -> DateInterval | None:
        """The date or date-time under `key`."""
        value = parent.get(key)
        if value is None:
            return None
        interval = read_date(value, self.zone) if isinstance(value, str) else None
        if interval is None:
            self._not_read(no_date(key, value))
        elif (birth := self.birth) is not None and _is_before(interval, birth):
            self._read_as_undated(f"{_shown(key, value)} lies before the patient's birth")
            return None
        return interval

    def noted_before(self, parent: Json, key: str, when: DateInterval | None) -> DateInterval | None:
        """The date under `key` on which something was noted, if that is surely before it is said to have been.

        Then one of the two days is wrong; of all others nobody asks. What cannot be read is not told for it.
        """
        text = parent.get(key)
        if text is None:
            return self.held_before(parent, when)
        if not isinstance(text, str) or when is None or when.first is None or text >= when.first.isoformat():
            return None
        noted = read_date(text, self.zone)
        return noted if noted is not None and noted.surely_before(when) else None

    def held_before(self, resource: Json, when: DateInterval | None) -> DateInterval | None:
        """When the record last changed a resource, if that was by the day it is read for, and `when` begins later."""
        return None if self.as_of is None or when is None or when.starts_by(self.as_of) else self.last_changed(resource)

    def last_changed(self, resource: Json) -> DateInterval | None:
        """When the record last changed a resource, if that was by the day it is read for."""
        held = self.changed(resource)
        return held if held is not None and self.as_of is not None and held.starts_by(self.as_of) else None

    def changed(self, resource: Json) -> DateInterval | None:
        """When the record last changed a resource, be that on a later day."""
        meta = resource.get("meta")
        text = meta.get("lastUpdated") if isinstance(meta, dict) else None
        return read_date(text, self.zone) if isinstance(text, str) else None

    def is_to_come(self, when: DateInterval) -> bool:
        """Whether it surely lies after the day for which the record is read."""
        return self.as_of is not None and not when.starts_by(self.as_of)

    def has_passed(self, when: DateInterval) -> bool:
        """Whether it surely lies before the day for which the record is read."""
        return self.as_of is not None and when.last is not None and when.last < self.as_of

    def may_come(self, when: DateInterval) -> bool:
        """Whether it may lie before the day for which the record is read, on it or after it."""
        as_of = self.as_of
        return as_of is not None and when.starts_by(as_of) and (when.last is None or as_of < when.last)

    def period(self, parent: Json, key: str) -> DateInterval | None:
        """The Period under `key`, from the earliest start to the latest end; a side that is missing is open."""
        return self.period_and_end(parent, key)[0]

    def period_and_end(self, parent: Json, key: str) -> tuple[DateInterval | None, DateInterval | None]:
        """The Period under `key`, and its end as `period_end` gives it."""
        value = parent.get(key)
        if value is None:
            return None, None
        if not isinstance(value, dict):
            self._not_read(f"{key} is not a Period")
            return None, None
        start, end = self.read(value, "start"), self.read(value, "end")
        if start is end:  # of one and the same time, or neither is known
            return start, end
        if start is None or end is None:
            unread = value.get("start" if start is None else "end")
            return (hull(start, end) if unread is None else None), end
        if start.start is not None and end.end is not None and start.start > end.end:
            self._not_read(f"{key} ends before it starts")
            return None, end
        return DateInterval(start.first, end.last, start.start, end.end), end

    def events(self, parent: Json, key: str) -> DateInterval | None:
        """From the first to the last of the single times that the Timing under `key` names."""
        value = parent.get(key)
        named = value.get("event") if isinstance(value, dict) else None
        if not isinstance(named, list) or not named:
            self._not_read(f"{key} names no day")
            return None
        read = [self.read({"event": event}, "event") for event in named]
        dated = [each for each in read if each is not None]
        if len(dated) < len(read):
            return None
        return hull(min(dated, key=lambda each: each.start or 0), max(dated, key=lambda each: each.end or 0))

    def period_end(self, parent: Json, key: str) -> DateInterval | None:
        """The end alone of a Period, where there is a readable one."""
        value = parent.get(key)
        end = value.get("end") if isinstance(value, dict) else None
        found = read_date(end, self.zone) if isinstance(end, str) else None
        return None if found is None or (self.birth is not None and _is_before(found, self.birth)) else found

    def end_after_start(self, parent: Json, key: str) -> DateInterval | None:
        """As `period_end`; None where the Period starts after it, too: one of the two days is wrong."""
        end, value = self.period_end(parent, key), parent.get(key)
        start = value.get("start") if isinstance(value, dict) else None
        began = read_date(start, self.zone) if isinstance(start, str) else None
        return None if end is not None and began is not None and _is_before(end, began) else end

    def age(self, parent: Json, key: str) -> DateInterval | None:
        """When the patient was of the Age under `key`; None without a birth date."""
        value = parent.get(key)
        if value is None:
            return None
        return self._at_age(value, value, key)

    def age_range(self, parent: Json, key: str) -> DateInterval | None:
        """When the patient was between the two ages of the Range under `key`."""
        value = parent.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._not_read(f"{key} is not a Range")
            return None
        return self._at_age(value.get("low"), value.get("high"), key)

    def _at_age(self, low: object, high: object, key: str) -> DateInterval | None:
        begin, end = age_of(low), age_of(high)
        if (begin is None and low is not None) or (end is None and high is not None):
            self._not_read(f"{key} has no number of years, months, weeks or days")
            return None
        if self.birth is None or self.birth.first is None or self.birth.last is None:
            return None
        try:
            first = None if begin is None else subtract(self.birth.first, -int(begin[0]), begin[1])
            last = None if end is None else subtract(self.birth.last, -(int(end[0]) + 1), end[1]) - _DAY
        except (ValueError, OverflowError):
            self._not_read(f"{key} is no age")
            return None
        return whole_days(first, last, self.zone)


def age_of(value: object) -> tuple[Decimal, str] | None:
    """An Age or Quantity as (number, year | month | week | day). The number is not negative."""
    if not isinstance(value, dict) or value.get("comparator") is not None:
        return None
    number, code, unit = value.get("value"), value.get("code"), value.get("unit")
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        return None
    word = code if isinstance(code, str) and code in _AGE_CODES else unit if code is None else None
    name = _AGE_UNITS.get(word.strip().lower()) if isinstance(word, str) else None
    try:
        amount = Decimal(str(number))
    except InvalidOperation:
        return None
    if name is None or not amount.is_finite() or not 0 <= amount < 100_000:
        return None
    return amount, name


def no_date(key: str, value: object) -> str:
    """That what stands under `key` is no date."""
    return f"{_shown(key, value)} is no FHIR date"


def _shown(key: str, value: object) -> str:
    return f"{key} {str(value)[:40]!r}"


def _is_before(when: DateInterval, other: DateInterval) -> bool:
    return when.end is not None and other.start is not None and when.end < other.start


def is_visible(when: DateInterval | None, recorded: DateInterval | None, as_of: date | None) -> bool:
    """Whether what was at a time, and recorded at one, is to be seen as of a day (docs/semantics.md, 1, *Visible*)."""
    if as_of is None:
        return True
    if recorded is not None and not recorded.starts_by(as_of):
        return False
    return when is None or when.starts_by(as_of) or (recorded is not None and recorded.surely_before(when))


def hull(start: DateInterval | None, end: DateInterval | None) -> DateInterval:
    """From the beginning of the one to the end of the other; None leaves that side open."""
    return DateInterval(
        start.first if start else None,
        end.last if end else None,
        start.start if start else None,
        end.end if end else None,
    )


def until(end: DateInterval | None) -> DateInterval | None:
    """An upper bound only: at some time up to the end."""
    return None if end is None else DateInterval(None, end.last, None, end.end)


def since(start: DateInterval | None) -> DateInterval | None:
    """From the start on, for as long as nobody knows."""
    return None if start is None else DateInterval(start.first, None, start.start, None)


def whole_days(first: date | None, last: date | None, zone: ZoneInfo) -> DateInterval:
    """Whole calendar days in the site's zone."""
    return DateInterval(
        first,
        last,
        None if first is None else _midnight(first, zone),
        None if last is None else _midnight(last + _DAY, zone) - 1,
    )


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


@lru_cache(maxsize=8192)
def read_date(text: str, zone: ZoneInfo) -> DateInterval | None:
    """A FHIR date, dateTime or instant; None if it is not one.

    The end of a day may be written 24:00. A leap second is read as the second before it.
    """
    text = text.strip()
    try:
        if _REGULAR.fullmatch(text):
            return _within(datetime.fromisoformat(text), zone, 0)
        return _date_time(text, zone) if len(text) > _LONGEST_DATE else _partial_date(text, zone)
    except (ValueError, OverflowError):
        return None


def _partial_date(text: str, zone: ZoneInfo) -> DateInterval | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = match.groups()
    first = date(int(year), int(month or 1), int(day or 1))
    if day is not None:
        last = first
    elif month is not None:
        last = subtract(first, -1, "month") - _DAY
    else:
        last = date(first.year, 12, 31)
    return whole_days(first, last, zone)


def _date_time(text: str, zone: ZoneInfo) -> DateInterval | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, utc, sign, offset_hours, offset_minutes = match.groups()
    in_zone: tzinfo | None = zone
    if utc:
        in_zone = UTC
    elif sign:
        in_zone = _offset(sign, offset_hours, offset_minutes)
    seconds = int(second or 0)
    at_end = hour == "24"
    if in_zone is None or seconds > 60 or (at_end and (int(minute) or seconds)):
        return None
    moment = datetime(
        int(year), int(month), int(day), 0 if at_end else int(hour), int(minute), min(seconds, 59), tzinfo=in_zone
    )
    return _within(moment + _DAY if at_end else moment, zone, 0 if second else 59)


def _within(moment: datetime, zone: ZoneInfo, seconds: int) -> DateInterval:
    """From a moment on, for so many seconds of the same minute."""
    local = moment.astimezone(zone).date()
    start = int(moment.timestamp())
    return DateInterval(local, local, start, start + seconds)


@lru_cache(maxsize=128)
def _offset(sign: str, hours: str, minutes: str) -> timezone | None:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > timedelta(hours=14) or int(minutes) > 59:
        return None
    return timezone(-offset if sign == "-" else offset)
