"""The desk: one record at a time, off the event loop; bounded, and never without an answer for every trial."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hook_client import example

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.vocabulary import Reason, Verdict
from trialsieve.service.screening.desk import PatientAnswers, ScreeningDesk
from trialsieve.service.screening.unanswered import FAILED
from trialsieve.service.web.errors import ServiceError

AS_OF = Circumstances(date(2026, 11, 20))
BOOK = cached_rules([], None)
TRIALS = tuple(BOOK.trials)


def record(name: str = "SENL-T7/eligible-boy") -> Record:
    return records_of_bundle(example(name), "prefetch", lambda problem: None)[0].record


@pytest.fixture
def desk() -> Iterator[ScreeningDesk]:
    desk = ScreeningDesk(BOOK, TRIALS, most_waiting=2)
    screened(desk)  # its thread has warmed up by then
    yield desk
    desk.close()


def screened(desk: ScreeningDesk, **options: Any) -> PatientAnswers:
    return asyncio.run(answer(desk, **options))


async def answer(
    desk: ScreeningDesk,
    given: Record | None = None,
    as_of: Circumstances = AS_OF,
    *,
    trials: tuple[str, ...] | None = None,
    deadline: float | None = None,
) -> PatientAnswers:
    one = given or record()
    return await desk.work(lambda: desk.screened(one, as_of, trials, deadline), deadline)


def test_every_trial_is_answered_in_order(desk: ScreeningDesk) -> None:
    answers = screened(desk).answers
    assert [answer.result.trial for answer in answers] == list(TRIALS)
    verdicts = {answer.result.trial: answer.result.verdict for answer in answers}
    assert verdicts["SENL-T7"] is Verdict.ELIGIBLE
    assert all(f'"trial":"{answer.result.trial}"'.encode() in answer.json for answer in answers)
    assert desk.disagreements == 0


def test_some_trials_can_be_asked_for(desk: ScreeningDesk) -> None:
    answers = screened(desk, trials=("SENL-T7", "NCT04762485")).answers
    assert [answer.result.trial for answer in answers] == ["SENL-T7", "NCT04762485"]


def test_work_is_done_in_one_thread_that_is_not_the_event_loops(
    desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    screen = Screener.screen

    def noting(*arguments: Any, **named: Any) -> Any:
        threads.append(threading.current_thread().name)
        return screen(*arguments, **named)

    monkeypatch.setattr(Screener, "screen", noting)

    async def two() -> None:
        await asyncio.gather(answer(desk), answer(desk))

    asyncio.run(two())
    assert len(threads) == 2
    assert len(set(threads)) == 1
    assert threads[0].startswith("screening")


class Held:
    """Keeps the desk's thread busy until it is told to go on."""

    def __init__(self, desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.begun: list[str] = []
        screen = Screener.screen

        def waiting(screener: Screener, chart: Any, *arguments: Any, **named: Any) -> Any:
            self.begun.append(chart.patient)
            assert self.go.wait(20)
            return screen(screener, chart, *arguments, **named)

        monkeypatch.setattr(Screener, "screen", waiting)


def test_what_is_too_much_is_refused_at_once(desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(desk, monkeypatch)

    async def crowd() -> None:
        taken = [asyncio.create_task(answer(desk)) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(ServiceError) as caught:
            await answer(desk)
        assert (caught.value.status, caught.value.headers["Retry-After"]) == (503, "1")
        held.go.set()
        for done in await asyncio.gather(*taken):
            assert len(done.answers) == len(TRIALS)
        assert await answer(desk)

    asyncio.run(crowd())


def test_what_nobody_waits_for_any_more_is_not_begun(desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(desk, monkeypatch)

    async def leave() -> None:
        first = asyncio.create_task(answer(desk))
        second = asyncio.create_task(answer(desk, record("NCT04762485/needs-review")))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.sleep(0.05)
        held.go.set()
        await first

    asyncio.run(leave())
    desk.close()
    assert held.begun == ["Patient/eligible-boy"]


def test_a_record_is_read_as_of_the_day_of_screening(desk: ScreeningDesk) -> None:
    born = Record("Patient/p1", "prefetch", {"resourceType": "Patient", "id": "p1", "birthDate": "1900-01-01"})
    (problem,) = asyncio.run(answer(desk, born)).problems
    assert "more than 120 years before 2026-11-20" in problem.reason
    assert asyncio.run(answer(desk, born, Circumstances(date(1990, 1, 1)))).problems == ()


def test_what_has_not_begun_by_its_deadline_is_not_begun(desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert screened(desk, deadline=time.monotonic() + 60).answers
    held = Held(desk, monkeypatch)
    with pytest.raises(ServiceError) as caught:
        screened(desk, deadline=time.monotonic() - 0.001)
    assert caught.value.status == 503
    assert held.begun == []


def test_a_deadline_that_passes_halfway_ends_it_there(desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(desk, monkeypatch)
    held.go.set()
    build = ChartBuilder.build

    def slow(*arguments: Any, **named: Any) -> Any:
        time.sleep(0.2)
        return build(*arguments, **named)

    monkeypatch.setattr(ChartBuilder, "build", slow)
    with pytest.raises(ServiceError) as caught:
        screened(desk, deadline=time.monotonic() + 0.1)
    assert caught.value.status == 503
    assert held.begun == []


def test_other_work_is_done_in_the_same_thread_within_the_same_bounds(desk: ScreeningDesk) -> None:
    def thread() -> str:
        return threading.current_thread().name

    assert asyncio.run(desk.work(thread)).startswith("screening")
    with pytest.raises(ServiceError):
        asyncio.run(desk.work(thread, time.monotonic() - 0.001))


def test_memory_is_looked_at_after_each_screening(desk: ScreeningDesk) -> None:
    before = desk._memory._screenings
    screened(desk)
    screened(desk)
    assert desk._memory._screenings == before + 2


def test_the_event_loop_goes_on_meanwhile(desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(desk, monkeypatch)

    async def breathing() -> int:
        task = asyncio.create_task(answer(desk))
        breaths = 0
        while not held.begun or breaths < 5:
            await asyncio.sleep(0.001)
            breaths += 1
        assert not task.done()
        held.go.set()
        await task
        return breaths

    assert asyncio.run(breathing()) >= 5


def test_one_trials_failure_does_not_take_the_others_down(
    desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = {answer.result.trial: answer.result for answer in screened(desk).answers}
    screen = Screener.screen

    def failing(screener: Screener, *arguments: Any, **named: Any) -> Any:
        if "NCT04762485" in screener.trials:
            raise RuntimeError("quotes Winterbottom of the record")
        return screen(screener, *arguments, **named)

    monkeypatch.setattr(Screener, "screen", failing)
    after = {answer.result.trial: answer.result for answer in screened(desk).answers}
    broken = after.pop("NCT04762485")
    before.pop("NCT04762485")
    assert after == before
    assert broken.verdict is Verdict.NEEDS_REVIEW
    assert {reason for criterion in broken.criteria for reason in criterion.reasons} == {Reason.ENGINE_DISAGREEMENT}
    assert broken.cautions[-1] == FAILED
    assert desk.failures == 1
    assert "RuntimeError" in caplog.text
    assert "Winterbottom" not in caplog.text


@pytest.mark.parametrize("trial", TRIALS)
def test_of_a_trial_that_cannot_be_evaluated_every_arm_is_open(trial: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = ScreeningDesk(BOOK, [trial])
    sound = screened(desk).answers[0].result

    def failing(*arguments: Any, **named: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(Screener, "screen", failing)
    broken = screened(desk).answers[0].result
    desk.close()
    assert [(arm.cohort, arm.stage) for arm in broken.arms] == [(arm.cohort, arm.stage) for arm in sound.arms]
    assert {arm.verdict for arm in broken.arms} == {Verdict.NEEDS_REVIEW}
    assert [one.id for one in broken.criteria] == [one.id for one in sound.criteria]


def test_disagreements_are_counted(desk: ScreeningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def evaluate(self, *arguments: Any) -> Any:
            raise RuntimeError

    monkeypatch.setattr(desk._screener, "_forward", Silent())
    answers = screened(desk).answers
    assert desk.disagreements > 0
    assert {answer.result.verdict for answer in answers} == {Verdict.NEEDS_REVIEW}
