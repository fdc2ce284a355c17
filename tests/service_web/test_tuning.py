"""How a worker's process is set: what large bodies took is given back, whichever thread took it."""

from __future__ import annotations

import asyncio
import platform
import subprocess
import sys

import pytest

from trialsieve.rules.cache import cached_rules
from trialsieve.service.screening.desk import ScreeningDesk

# Many threads at once allocate what a body takes; small blocks stay behind. Then the allocator tells how many heaps
# it has, and how much of them is free.
ALLOCATE = """
import ctypes, sys, threading

if sys.argv[1] == "compact":
    from trialsieve.service.processes.tuning import compact_memory
    compact_memory()

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
together = threading.Barrier(8)

def allocate():
    together.wait()
    for _ in range(20):
        large = libc.malloc(500_000)
        libc.malloc(1_000)
        libc.free(large)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""

# Parses a body of usual size again and again; then tells how many pages of memory each time took anew.
PARSE = """
import resource
from trialsieve.service.processes.tuning import compact_memory
from trialsieve.service.web.json_pieces import parsed_json

compact_memory()
body = b'"' + 160_000 * b"x" + b'"'

def taken(times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        parsed_json(body)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

taken(5)
print(taken(20) / 20)
"""


def heaps(how: str) -> int:
    run = subprocess.run([sys.executable, "-c", ALLOCATE, how], capture_output=True, text=True, check=True)
    return run.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator has no such options")
def test_the_threads_of_a_worker_share_two_heaps() -> None:
    assert heaps("usual") > 2
    assert heaps("compact") == 2


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator has no such options")
def test_to_parse_a_usual_body_takes_no_new_memory_from_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", PARSE], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 10


def test_what_is_slow_to_load_is_loaded_before_the_first_patient_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr("trialsieve.service.screening.desk.load_library", lambda: loaded.append(True))
    desk = ScreeningDesk(cached_rules([], None), ["SENL-T7"])
    asyncio.run(desk.work(lambda: None))
    desk.close()
    assert loaded == [True]
