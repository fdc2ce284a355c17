"""What counts as hanging: what runs for too long; nothing that waits, or was stopped with the whole process."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from typing import Any

import pytest
from structlog.testing import capture_logs

from trialsieve.rules.cache import cached_rules
from trialsieve.service.processes import watchdog
from trialsieve.service.processes.watchdog import HUNG_STATUS, Runs, Watchdog
from trialsieve.service.screening.desk import ScreeningDesk
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.web.errors import ServiceError

LONGEST = 0.4


class Desk:
    """Runs what it is told to."""

    def __init__(self) -> None:
        self.runs = Runs()
        self.given_up = False

    def give_up(self) -> None:
        self.given_up = True


class Store:
    """Says when it was asked to write what waits."""

    def __init__(self) -> None:
        self.flushed = False

    def flush(self, timeout: float) -> bool:
        self.flushed = True
        return True


class Ended(threading.Event):
    """The end of the process, which goes on in a test."""

    status: int | None = None

    def __call__(self, status: int) -> None:
        self.status = status
        self.set()


@pytest.fixture
def told_to_end(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The signals that the process was sent."""
    sent: list[int] = []
    monkeypatch.setattr("trialsieve.service.processes.watchdog.os.kill", lambda process, which: sent.append(which))
    return sent


@pytest.fixture
def ended() -> Ended:
    return Ended()


def run_for(desk: Desk, seconds: float) -> None:
    with desk.runs.one():
        time.sleep(seconds)


def watched(desk: Desk, ended: Ended, *seconds: float, store: Store | None = None) -> Watchdog:
    """Watches while these are worked on in a thread, one after the other."""
    dog = Watchdog(LONGEST, end=ended)

    async def work() -> None:
        dog.watch(desk, store or Store())
        for one in seconds:
            await asyncio.to_thread(run_for, desk, one)

    asyncio.run(work())
    return dog


@pytest.mark.parametrize("seconds", [(0.0,), (0.2,), (0.3, 0.3, 0.3)])
def test_what_comes_to_its_end_in_time_hangs_nobody(
    seconds: tuple[float, ...], ended: Ended, told_to_end: list[int]
) -> None:
    desk = Desk()
    watched(desk, ended, *seconds).stop()
    assert not told_to_end
    assert (desk.given_up, ended.status) == (False, None)


def test_what_runs_for_too_long_ends_the_process_once_everything_is_closed(
    ended: Ended, told_to_end: list[int]
) -> None:
    desk = Desk()
    with capture_logs() as logged:
        dog = watched(desk, ended, 0.8)
    assert told_to_end == [signal.SIGTERM]
    assert desk.given_up
    assert ended.status is None  # requests are answered meanwhile
    dog.stop()
    assert ended.status == HUNG_STATUS
    (line,) = logged
    assert (line["log_level"], line["what"], line["seconds"]) == ("critical", "a screening", LONGEST)
    assert line["where"][-1].endswith(":run_for")


def test_where_it_does_not_come_to_its_end_what_was_answered_is_written_first(
    ended: Ended, told_to_end: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "ENDING_SECONDS", 0.1)
    store = Store()
    watched(Desk(), ended, 1.0, store=store)
    assert ended.wait(5)
    assert (store.flushed, ended.status) == (True, HUNG_STATUS)


@pytest.mark.parametrize(("seconds", "noticed"), [(0.2, []), (0.8, ["the event loop"])])
def test_an_event_loop_that_stands_still_is_noticed(
    seconds: float, noticed: list[str], ended: Ended, told_to_end: list[int]
) -> None:
    dog = Watchdog(LONGEST, end=ended)

    async def stand_still() -> None:
        dog.watch(Desk(), Store())
        await asyncio.sleep(0.1)
        time.sleep(seconds)
        await asyncio.sleep(0.1)

    with capture_logs() as logged:
        asyncio.run(stand_still())
    dog.stop()
    assert ended.status == (HUNG_STATUS if noticed else None)
    assert [line["what"] for line in logged] == noticed


def test_a_process_that_was_stopped_as_a_whole_does_not_hang(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock went on, and nobody looked."""
    clock = iter([0.0, 0.02, 100.0, 200.0, 200.02])
    desk, dog = Desk(), Watchdog(LONGEST, end=ended, clock=clock.__next__)
    looks = iter([False, False, False, False, True])
    monkeypatch.setattr(dog._stopped, "wait", lambda _: next(looks))
    loop = asyncio.new_event_loop()
    with desk.runs.one():
        dog._watch(desk, Store(), loop)
    loop.close()
    dog.stop()
    assert not desk.given_up
    assert ended.status is None


# --- the desk -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk() -> ScreeningDesk:
    made = ScreeningDesk(cached_rules([], None), ["SENL-T7"])
    asyncio.run(made.work(lambda: None))  # its thread has warmed up by then
    return made


class Large:
    """Stands for what a request takes in memory."""

    def __init__(self, gone: threading.Event) -> None:
        self._gone = gone

    def __del__(self) -> None:
        self._gone.set()


def test_what_waits_for_its_turn_does_not_run(desk: ScreeningDesk) -> None:
    go, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go.wait(20)

    async def crowd() -> int:
        tasks = [asyncio.create_task(desk.work(hold)) for _ in range(5)]
        await asyncio.to_thread(begun.wait, 20)
        count = len(desk.runs.now())
        go.set()
        await asyncio.gather(*tasks)
        return count

    assert asyncio.run(crowd()) == 1
    assert not desk.runs.now()
    desk.close()


def test_what_is_done_aside_runs_too(desk: ScreeningDesk) -> None:
    assert len(asyncio.run(desk.aside(desk.runs.now))) == 1
    desk.close()


def test_of_a_desk_that_hangs_nobody_waits_for_anything(desk: ScreeningDesk) -> None:
    go = threading.Event()

    async def give_up() -> list[Any]:
        tasks = [asyncio.create_task(desk.work(lambda: go.wait(20))) for _ in range(3)]
        await asyncio.sleep(0.05)
        desk.give_up()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        with pytest.raises(ServiceError):
            await desk.work(lambda: None)
        return answers

    began = time.monotonic()
    for error in asyncio.run(give_up()):
        assert isinstance(error, ServiceError)
        assert (error.status, error.headers["Retry-After"]) == (503, "1")
    desk.close()
    assert time.monotonic() - began < 10
    go.set()


def test_what_nobody_waits_for_takes_no_memory_although_the_thread_is_held_up(desk: ScreeningDesk) -> None:
    go, gone = threading.Event(), threading.Event()

    async def leave() -> bool:
        holding = asyncio.create_task(desk.work(lambda: go.wait(20)))
        await asyncio.sleep(0.05)
        large = Large(gone)
        left = asyncio.create_task(desk.work(lambda one=large: one))  # type: ignore[misc]
        del large
        await asyncio.sleep(0.05)
        left.cancel()
        del left
        await asyncio.sleep(0.05)
        freed = gone.is_set()
        go.set()
        await holding
        return freed

    assert asyncio.run(leave())
    desk.close()


# --- its setting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [({}, 60), ({"request_seconds": 5}, 15), ({"request_seconds": 5, "hangs_after_seconds": 5}, 5)],
)
def test_after_what_time_it_hangs(settings: dict[str, Any], seconds: float) -> None:
    assert Settings(**settings).hangs_after == seconds


def test_nothing_hangs_within_its_deadline() -> None:
    with pytest.raises(ValueError, match="hangs_after_seconds: a request may take 5 seconds"):
        Settings(request_seconds=5, hangs_after_seconds=4.9)
