"""A service says that it is ready once the first patient need wait no longer than the next."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

import pytest

from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.vocabulary import Kind
from trialsieve.service.opening import serving
from trialsieve.service.screening.desk import ScreeningDesk
from trialsieve.service.screening.first_patient import AS_OF, first_patient
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.web.metrics import Metrics


def test_it_is_ready_when_somebody_invented_was_screened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    screened: list[str] = []
    screen = ScreeningDesk.screened

    def slowly(desk: ScreeningDesk, *arguments: object) -> object:
        threading.Event().wait(0.3)
        answer = screen(desk, *arguments)  # type: ignore[arg-type]
        screened.extend(one.result.trial for one in answer.answers)
        return answer

    async def start() -> None:
        async with serving(Settings(data_folder=tmp_path), Metrics()) as state:
            assert tuple(screened) == state.trials

    monkeypatch.setattr(ScreeningDesk, "screened", slowly)
    asyncio.run(start())
    assert screened


def test_a_start_does_not_wait_forever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held = threading.Event()
    monkeypatch.setattr(ScreeningDesk, "_warm_up", lambda desk: held.wait(30))
    monkeypatch.setattr("trialsieve.service.screening.desk.MOST_WARM_UP_SECONDS", 0.1)

    async def start() -> None:
        async with serving(Settings(data_folder=tmp_path), Metrics()):
            assert "still not prepared after 0.1 seconds" in caplog.text
            held.set()

    with caplog.at_level(logging.ERROR):
        asyncio.run(start())
    assert held.is_set()


def test_somebody_invented_has_something_of_every_kind_and_no_fault() -> None:
    problems: list[InputProblem] = []
    record = first_patient()
    chart = build_chart(record, cached_rules(), problems, as_of=AS_OF)
    assert problems == []
    types = {resource["resourceType"] for _, resource in record.resources}
    assert types == {
        "Observation",
        "Condition",
        "Procedure",
        "MedicationRequest",
        "Immunization",
        "AllergyIntolerance",
    }
    assert {fact.kind for fact in chart.facts} >= {Kind.OBSERVATION, Kind.CONDITION}
