"""A database server that takes connections and never answers: who waits for it is cut off."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from trialsieve.service.storage import silence
from trialsieve.service.storage.silence import Silence

SOON = 5.0  # seconds, on a busy machine


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "LOOKS_EVERY", 0.02)


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    """To somebody who takes it and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as made:
        made.settimeout(SOON)
        yield made


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_who_waits_for_too_long_is_cut_off(connection: socket.socket, seconds: float) -> None:
    quiet = Silence(left_alone=60)
    began = time.monotonic()
    with quiet.broken_after(connection, seconds):
        assert connection.recv(1) == b""  # as if the server had gone
    assert seconds <= time.monotonic() - began < seconds + SOON / 2
    assert quiet.is_silent


def test_who_is_answered_in_time_is_not(connection: socket.socket) -> None:
    quiet = Silence(left_alone=60)
    for _ in range(3):
        with quiet.broken_after(connection, 1):
            time.sleep(0.05)
    time.sleep(1.2)
    connection.settimeout(0.1)
    with pytest.raises(TimeoutError):
        connection.recv(1)
    assert not quiet.is_silent


def test_each_is_cut_off_at_a_time_of_its_own(connection: socket.socket) -> None:
    other, far = socket.socketpair()
    quiet = Silence(left_alone=60)
    with other, far, quiet.broken_after(other, 60), quiet.broken_after(connection, 0.1):
        assert connection.recv(1) == b""
        far.send(b"x")
        assert other.recv(1) == b"x"


def test_a_socket_that_got_the_number_of_one_that_was_closed_is_left_alone() -> None:
    old, far = socket.socketpair()
    quiet = Silence(left_alone=60)
    with quiet.broken_after(old, 0.1):
        number = old.fileno()
        old.close()
        new, its = socket.socketpair()
        assert number in {new.fileno(), its.fileno()}
        time.sleep(0.3)
        new.send(b"x")
        assert its.recv(1) == b"x"
    for one in (far, new, its):
        one.close()


def test_nothing_is_left_open(connection: socket.socket) -> None:
    quiet = Silence(left_alone=60)
    with quiet.broken_after(connection, 60):
        during = len(os.listdir("/proc/self/fd"))
    before = len(os.listdir("/proc/self/fd"))
    assert during == before + 1


def test_a_silence_is_over_after_a_while() -> None:
    quiet = Silence(left_alone=5, clock=iter([100.0, 100.0, 100.0, 104.9, 105.0]).__next__)
    assert not quiet.is_silent
    quiet.met()
    assert [quiet.is_silent for _ in range(3)] == [True, True, False]
