"""How far a run has come: a line that renews itself on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import io

import pytest

from trialsieve.service.batch.progress import SECONDS_LIVE, SECONDS_PLAIN, ProgressLines


class Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Clock:
    """Stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def told(clock: Clock, *, terminal: bool) -> str:
    """Four pieces of 300 patients and 5 problems, one of them finished before this run; each takes 100 seconds."""
    stream = Stream(terminal)
    lines = ProgressLines(stream)
    lines.begin("screening", 4)
    lines.advance(300, 5, fresh=False)
    for _ in range(3):
        clock.now += 100
        lines.advance(300, 5)
    lines.close()
    return stream.getvalue()


def test_elsewhere_each_is_a_line_of_its_own(clock: Clock) -> None:
    assert told(clock, terminal=False).splitlines() == [
        "screening: 4 pieces",
        "screening: 2 of 4, 600 patients, 3 a second, about 3 min 20 s left, 10 input problems",
        "screening: 3 of 4, 900 patients, 3 a second, about 1 min 40 s left, 15 input problems",
        "screening: 4 of 4, 1200 patients, 3 a second, 20 input problems",
    ]


def test_on_a_terminal_one_line_renews_itself(clock: Clock) -> None:
    text = told(clock, terminal=True)
    assert text.count("\n") == 1
    assert text.endswith("\r\x1b[Kscreening: 4 of 4, 1200 patients, 3 a second, 20 input problems\n")
    assert "\r\x1b[Kscreening: 2 of 4, 600 patients, 3 a second, about 3 min 20 s left, 10 input problems\r" in text


@pytest.mark.parametrize(("terminal", "seconds"), [(True, SECONDS_LIVE), (False, SECONDS_PLAIN)])
def test_it_is_told_no_more_often_than_so(clock: Clock, terminal: bool, seconds: float) -> None:
    stream = Stream(terminal)
    lines = ProgressLines(stream)
    lines.begin("screening", 100)
    before = stream.getvalue()
    clock.now += seconds - 0.125
    lines.advance(1)
    assert stream.getvalue() == before
    clock.now += 0.125
    lines.advance(1)
    assert "2 of 100" in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "left"), [(20, "20 s"), (60, "1 min 00 s"), (3_599, "59 min 59 s"), (7_260, "2 h 01 min")]
)
def test_the_time_left_is_told_in_words(clock: Clock, seconds: int, left: str) -> None:
    stream = Stream(terminal=True)
    lines = ProgressLines(stream)
    lines.begin("screening", 2)
    clock.now += seconds
    lines.advance(1)
    assert f"about {left} left" in stream.getvalue()


def test_a_step_without_pieces_says_nothing(clock: Clock) -> None:
    stream = Stream(terminal=False)
    ProgressLines(stream).begin("looking through the input", 0)
    assert stream.getvalue() == ""
