"""FHIR dates as intervals of days in the site's zone and of seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.dates import Clock, read_date, whole_days

UTC_ZONE = ZoneInfo("UTC")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type, misc]  # year, month, day, hour ...


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-10-02", date(2026, 10, 2), date(2026, 10, 2)),
        (" 2026-10-02 ", date(2026, 10, 2), date(2026, 10, 2)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_partial_date_spans_all_days_that_it_may_be(text: str, first: date, last: date) -> None:
    read = read_date(text, UTC_ZONE)
    assert read is not None
    assert (read.first, read.last) == (first, last)
    assert read.start == at(first.year, first.month, first.day)
    assert read.end == at(last.year, last.month, last.day, 23, 59, 59)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-10-02T10:15:30Z", at(2026, 10, 2, 10, 15, 30), at(2026, 10, 2, 10, 15, 30)),
        ("2026-10-02T10:15:30.987654321Z", at(2026, 10, 2, 10, 15, 30), at(2026, 10, 2, 10, 15, 30)),
        ("2026-10-02T10:15:30+02:00", at(2026, 10, 2, 8, 15, 30), at(2026, 10, 2, 8, 15, 30)),
        ("2026-10-02T10:15Z", at(2026, 10, 2, 10, 15), at(2026, 10, 2, 10, 15, 59)),
        ("2026-10-02T10:15:30", at(2026, 10, 2, 10, 15, 30), at(2026, 10, 2, 10, 15, 30)),
        ("2026-10-02 10:15:30", at(2026, 10, 2, 10, 15, 30), at(2026, 10, 2, 10, 15, 30)),
        ("2026-10-02T24:00:00Z", at(2026, 10, 3), at(2026, 10, 3)),
        ("2016-12-31T23:59:60Z", at(2016, 12, 31, 23, 59, 59), at(2016, 12, 31, 23, 59, 59)),
    ],
)
def test_a_date_time_is_a_moment_as_precise_as_it_is_written(text: str, start: int, end: int) -> None:
    read = read_date(text, UTC_ZONE)
    assert read is not None
    assert (read.start, read.end) == (start, end)


def _digits(least: int, most: int, width: int = 2) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda number: str(number).zfill(width))


_OFFSETS = st.builds("{}{}:{}".format, st.sampled_from("+-"), _digits(0, 15), _digits(0, 61))
_REGULAR = st.builds(
    "{}-{}-{}T{}:{}:{}{}".format,
    st.sampled_from(["0000", "0001", "9999"]) | _digits(1, 9999, 4),
    _digits(0, 13),
    _digits(0, 32),
    _digits(0, 25),
    _digits(0, 61),
    _digits(0, 62),
    st.just("Z") | _OFFSETS,
)


@given(_REGULAR, st.sampled_from([UTC_ZONE, SHANGHAI, NEW_YORK]))
@example("2026-10-02T24:00:00Z", UTC_ZONE)
@example("2016-12-31T23:59:60+01:00", SHANGHAI)
@example("2026-10-02T10:15:30+14:01", UTC_ZONE)
@example("2026-10-02T10:15:30-05:60", UTC_ZONE)
@example("0001-01-01T00:00:00+14:00", NEW_YORK)
@example("1969-12-31T23:59:59-13:59", NEW_YORK)
def test_the_usual_form_says_what_the_others_say(text: str, zone: ZoneInfo) -> None:
    assert (
        read_date(text, zone) == read_date(text.replace("T", " "), zone) == read_date(f"{text[:19]}.0{text[19:]}", zone)
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "02/10/2026", "20261002", "2026-13", "2026-00-01", "2026-02-30", "2025-02-29", "0000", "26",
        "2026-10-02T25:00:00Z", "2026-10-02T24:00:01Z", "2026-10-02T10:60Z", "2026-10-02T10:15:61Z", "2026-10-02T10Z",
        "2026-10-02T10:15:30+15:00", "2026-10-02T10:15:30+01:99", "2026-10-02T", "2026-W40-5", "９９９９-10-02",
        "9999-12-31T24:00:00Z", "0001-01-01T00:00:00+14:00",
    ],
)  # fmt: skip
def test_what_is_no_fhir_date_is_not_guessed(text: str) -> None:
    assert read_date(text, UTC_ZONE) is None


def test_a_date_is_a_day_in_the_sites_zone() -> None:
    assert read_date("2026-10-02T23:30:00Z", SHANGHAI) == DateInterval(
        date(2026, 10, 3), date(2026, 10, 3), at(2026, 10, 2, 23, 30), at(2026, 10, 2, 23, 30)
    )
    assert read_date("2026-10-02T10:00:00", SHANGHAI) == DateInterval(
        date(2026, 10, 2), date(2026, 10, 2), at(2026, 10, 2, 2), at(2026, 10, 2, 2)
    )
    assert read_date("2026-10-02", SHANGHAI) == DateInterval(
        date(2026, 10, 2), date(2026, 10, 2), at(2026, 10, 1, 16), at(2026, 10, 2, 15, 59, 59)
    )


def test_a_day_on_which_clocks_change_has_its_own_length() -> None:
    spring = read_date("2026-03-08", NEW_YORK)
    assert spring is not None
    assert spring.start is not None
    assert spring.end is not None
    assert spring.end - spring.start + 1 == 23 * 3600


# --- periods ----------------------------------------------------------------------------------------------------------


def clock(birth: DateInterval | None = None) -> Clock:
    return Clock(UTC_ZONE, birth)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ({"start": "2026-01-05", "end": "2026-02"}, date(2026, 1, 5), date(2026, 2, 28)),
        ({"start": "2026-01-05"}, date(2026, 1, 5), None),
        ({"end": "2026-02"}, None, date(2026, 2, 28)),
        ({"start": "2026", "end": "2026-03-01"}, date(2026, 1, 1), date(2026, 3, 1)),
    ],
)
def test_a_period_runs_from_its_earliest_start_to_its_latest_end(period: Any, first: Any, last: Any) -> None:
    read = clock().period({"p": period}, "p")
    assert read is not None
    assert (read.first, read.last) == (first, last)


@pytest.mark.parametrize(
    "period",
    [
        {"start": "2026-03", "end": "2026-02"},
        {"start": "soon", "end": "2026-02"},
        {"start": "2026", "end": "x"},
        [],
        "p",
    ],
)
def test_a_period_that_cannot_be_read_is_undated_and_named(period: Any) -> None:
    reader = clock()
    assert reader.period({"p": period}, "p") is None
    assert len(reader.problems) == 1


def test_an_empty_period_is_undated_and_nothing_is_wrong() -> None:
    reader = clock()
    assert reader.period({"p": {}}, "p") is None
    assert reader.problems == []


@pytest.mark.parametrize("value", [20261002, ["2026"], {"value": "2026"}, True, "gestern"])
def test_a_date_that_cannot_be_read_is_named(value: Any) -> None:
    reader = clock()
    assert reader.read({"d": value}, "d") is None
    assert len(reader.problems) == 1
    assert "d " in reader.problems[0]


# --- ages -------------------------------------------------------------------------------------------------------------

BORN = whole_days(date(1960, 2, 29), date(1960, 2, 29), UTC_ZONE)


@pytest.mark.parametrize(
    ("age", "first", "last"),
    [
        ({"value": 52, "unit": "years", "code": "a"}, date(2012, 2, 29), date(2013, 2, 27)),
        ({"value": "52", "unit": "years"}, date(2012, 2, 29), date(2013, 2, 27)),
        ({"value": 6, "code": "mo"}, date(1960, 8, 29), date(1960, 9, 28)),
        ({"value": 3, "code": "wk"}, date(1960, 3, 21), date(1960, 3, 27)),
        ({"value": 10, "code": "d"}, date(1960, 3, 10), date(1960, 3, 10)),
    ],
)
def test_an_age_at_onset_is_the_time_at_which_one_was_of_it(age: Any, first: date, last: date) -> None:
    read = clock(BORN).age({"onsetAge": age}, "onsetAge")
    assert read is not None
    assert (read.first, read.last) == (first, last)


def test_a_birth_date_that_is_only_a_year_makes_the_onset_as_vague() -> None:
    birth = read_date("1960", UTC_ZONE)
    read = clock(birth).age({"onsetAge": {"value": 52, "code": "a"}}, "onsetAge")
    assert read is not None
    assert (read.first, read.last) == (date(2012, 1, 1), date(2013, 12, 30))


def test_an_age_range_spans_both_ages() -> None:
    both = {"low": {"value": 20, "code": "a"}, "high": {"value": 29, "code": "a"}}
    read = clock(BORN).age_range({"onsetRange": both}, "onsetRange")
    assert read is not None
    assert (read.first, read.last) == (date(1980, 2, 29), date(1990, 2, 27))


def test_without_a_birth_date_an_age_is_no_date_and_nothing_is_wrong() -> None:
    reader = clock()
    assert reader.age({"onsetAge": {"value": 52, "code": "a"}}, "onsetAge") is None
    assert reader.problems == []


@pytest.mark.parametrize(
    "age",
    [{"value": 52}, {"value": 52, "unit": "kg"}, {"value": -1, "code": "a"}, {"value": "old", "code": "a"}, 52,
     {"value": 52, "code": "a", "comparator": "<"}, {"value": True, "code": "a"}, {"value": 9999, "code": "a"}],
)  # fmt: skip
def test_an_age_without_unit_or_number_is_named(age: Any) -> None:
    reader = clock(BORN)
    assert reader.age({"onsetAge": age}, "onsetAge") is None
    assert len(reader.problems) == 1


BORN_IN_MAY = DateInterval(date(1990, 5, 1), date(1990, 5, 31), at(1990, 5, 1), at(1990, 5, 31, 23, 59, 59))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1990-05-01", True),
        ("1990-05", True),
        ("1990", True),
        ("1990-04-30", False),
        ("1989", False),
        ("1900-01-01", False),
    ],
)
def test_what_lies_before_the_birth_is_undated_and_named(text: str, read: bool) -> None:
    """A month or year in which the patient may have been born already is not before the birth."""
    clock = Clock(UTC_ZONE, BORN_IN_MAY)
    found = clock.read({"onsetDateTime": text}, "onsetDateTime")
    assert (found is not None) is read
    told = [] if read else [f"onsetDateTime '{text}' lies before the patient's birth; it was read as undated"]
    assert clock.problems == told
    assert (clock.period_end({"period": {"end": text}}, "period") is not None) is read


@pytest.mark.parametrize("start", ["2026-10-02", "2026-10", "2026-10-03", "1900-01-01", "soon", 20261002, None])
@pytest.mark.parametrize("end", ["2026-10-02", "2026-10", "2026-10-01", "1900-01-01", "soon", 20261002, None])
def test_the_end_of_a_period_is_the_same_beside_its_start(start: object, end: object) -> None:
    parent = {"p": {"start": start, "end": end}}
    _, found = Clock(UTC_ZONE, BORN_IN_MAY).period_and_end(parent, "p")
    assert found == Clock(UTC_ZONE, BORN_IN_MAY).period_end(parent, "p")


@pytest.mark.parametrize("value", ["2026", [], 5])
def test_what_is_no_period_has_no_end(value: object) -> None:
    clock = Clock(UTC_ZONE)
    assert clock.period_and_end({"p": value}, "p") == (None, None)
    assert clock.problems == ["p is not a Period; it was read as undated"]
    assert clock.period_and_end({}, "p") == (None, None)


def test_a_period_from_before_the_birth_is_undated() -> None:
    clock = Clock(UTC_ZONE, BORN_IN_MAY)
    assert clock.period({"p": {"start": "1900-01-01", "end": "2026-10-02"}}, "p") is None
    assert clock.problems == ["start '1900-01-01' lies before the patient's birth; it was read as undated"]


@pytest.mark.parametrize(("text", "passed"), [("2026-11-19", True), ("2026-11-20", False), ("2026-11", False)])
def test_what_has_passed(text: str, passed: bool) -> None:
    when = read_date(text, UTC_ZONE)
    assert when is not None
    assert Clock(UTC_ZONE, as_of=date(2026, 11, 20)).has_passed(when) is passed
    assert not Clock(UTC_ZONE).has_passed(when)
