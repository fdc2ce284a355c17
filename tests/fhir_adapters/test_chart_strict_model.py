"""Our reading of dates and quantities against the strict R4B model of fhir.resources, for what that accepts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from fhir.resources.R4B.observation import Observation
from hypothesis import assume, given
from hypothesis import strategies as st

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.loader import load_rules

BUILDER = ChartBuilder(load_rules())
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def observation(value: Any, effective: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "1920-8"}]},
        "effectiveDateTime": effective,
        "valueQuantity": {"value": value, "unit": "U/L", "system": UCUM, "code": "U/L"},
    }


def fact(resource: dict[str, Any]) -> Fact:
    problems: list[InputProblem] = []
    chart = BUILDER.build(Record("Patient/p1", "p1.json", None, [("Observation/o1", resource)]), problems)
    assert problems == []
    (found,) = chart.facts
    return found


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2100, 1, 1), timezones=zones)


def written(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}{offset[:3]}:{offset[3:5]}"


@given(moments)
def test_a_moment_is_that_of_the_model(moment: datetime) -> None:
    resource = observation(50, written(moment))
    model = Observation.model_validate(resource)
    assert isinstance(model.effectiveDateTime, datetime)
    when = fact(resource).when
    assert when is not None
    assert when.start == when.end == int(model.effectiveDateTime.timestamp())
    assert when.first == when.last == model.effectiveDateTime.astimezone(UTC).date()


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)), st.sampled_from([4, 7, 10]))
def test_a_date_holds_the_day_of_the_model(day: date, precision: int) -> None:
    resource = observation(50, f"{day:%Y-%m-%d}"[:precision])
    model = Observation.model_validate(resource)
    when = fact(resource).when
    assert when is not None
    assert when.first is not None
    assert when.last is not None
    assert when.first <= day <= when.last
    assert model.effectiveDateTime is not None
    read = json.loads(model.model_dump_json())["effectiveDateTime"]
    assert fact({**resource, "effectiveDateTime": read}).when == when


@given(st.decimals(min_value=1, max_value=10_000, places=4))
def test_a_quantity_is_that_of_the_model(value: Decimal) -> None:
    assume(value.is_finite())
    resource = observation(float(value), "2026-10-02")
    model = Observation.model_validate(resource)
    assert model.valueQuantity is not None
    assert model.valueQuantity.value is not None
    found = fact(resource).value
    assert found is not None
    assert found.low == found.high == float(model.valueQuantity.value)


@given(st.text(alphabet="0123456789-:TZ+. ", max_size=28))
def test_what_the_model_accepts_as_a_date_time_we_can_read(text: str) -> None:
    """The model is stricter about the shape, and laxer about nothing that we would misread."""
    resource = observation(50, text)
    try:
        model = Observation.model_validate(resource)
    except ValueError:
        return
    assume(isinstance(model.effectiveDateTime, datetime) and model.effectiveDateTime.tzinfo is not None)
    assert isinstance(model.effectiveDateTime, datetime)
    when = fact(resource).when
    assert when is not None
    assert when.start == int(model.effectiveDateTime.timestamp())
